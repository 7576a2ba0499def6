#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A careless or hostile person: kpkg says clearly what is wrong, and changes nothing."""
import os
import pathlib
import random
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, hostile, program  # noqa: E402


class Permissions(hostile.Case):
    NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups"

    def as_nobody(self, command):
        """On a root that nobody may enter but not change, with its programs where nobody may run them."""
        return self.shell('mkdir -p /tmp/kpkg-nobody && mount -t tmpfs -o mode=755 tmpfs /tmp/kpkg-nobody && cd /tmp/kpkg-nobody &&\n'
                          'mkdir root recipes bin && mount --bind "$ROOT" root && mount --bind "$(dirname "$PAIR")" recipes &&\n'
                          'cp "$KPKG" "$(dirname "$KPKG")"/../../libexec/kpkg/kpkg-* bin && chmod -R a+rX bin || exit 99\n'
                          f'KPKG=/tmp/kpkg-nobody/bin/kpkg\n{self.NOBODY} {command}\nstatus=$?\n'
                          'cd /; umount -R /tmp/kpkg-nobody; rmdir /tmp/kpkg-nobody; exit $status')

    def test_who_may_not_change_this_system_is_told_to_use_sudo(self):
        answer = self.as_nobody('"$KPKG" install -y recipes/kpkg-tty-pair.toml')
        self.refused(answer, 1, "^kpkg: only root may change this system\nhint: .*sudo")

    def test_who_may_not_change_a_root_is_told_so(self):
        for verb in ("install -y recipes/kpkg-tty-pair.toml", "build recipes/kpkg-tty-pair.toml", "remove -y kpkg-tty-pair", "rebuild -y"):
            answer = self.as_nobody(f'"$KPKG" {verb} --root root')
            self.refused(answer, 1, "Permission denied\nhint: run the command as root")

    def test_everybody_may_look(self):
        self.assertEqual(0, self.world.kpkg("install", "-y", hostile.PAIR).status)
        for verb in ("status", "verify", "list", "why kpkg-tty-pair", "log kpkg-tty-pair", "kernel list", "kernel show -k $K"):
            answer = self.as_nobody(f'"$KPKG" {verb} --root root')
            self.assertEqual(0, answer.status, f"{verb}: {answer}")
        checkup = self.as_nobody('"$KPKG" doctor -k $K --root root')
        # This root has no hooks, and nothing else is wrong with it.
        self.assertEqual(1, checkup.status, checkup)
        self.assertIn("(installed): exact (good)", checkup.output)
        self.assertRegex(checkup.output, "\n1 problem, [0-9]+ notes?\n$")


class Stores(hostile.Case):
    """A store that is not one."""

    def setUp(self):
        self.assertEqual(0, self.world.kpkg("install", "-y", hostile.PAIR).status)
        self.store = self.world.root / "var/lib/kpkg/kpkg.db"
        self.sound = self.store.read_bytes()

    def tearDown(self):
        self.store.unlink(missing_ok=True)
        self.store.write_bytes(self.sound)

    def with_store(self, content, status, pattern):
        self.store.unlink()
        self.store.write_bytes(content)
        for words in (("status",), ("verify",), ("install", "-y", hostile.PAIR), ("remove", "-y", "kpkg-tty-pair"), ("rebuild", "-y")):
            answer = self.world.kpkg(*words)
            self.refused(answer, status, pattern)
            self.assertNotIn("--rebuild-store", answer.errors, "there is no such option yet")
            self.assertEqual(content, self.store.read_bytes(), "the damaged file was changed")
        self.assertTrue(self.world.installed(self.release, "kpkg_tty_pair").exists())
        checkup = self.world.kpkg("doctor", "--json")
        self.assertEqual(1, checkup.status, checkup)
        points = {point["subject"]: point for point in checkup.json()["points"] if point["kernel"] is None}
        self.assertEqual("problem", points["store"]["health"], checkup)
        self.assertNotEqual("", points["store"]["remedy"])
        self.assertEqual(content, self.store.read_bytes(), "the damaged file was changed")

    def test_garbage_is_told_and_left_alone(self):
        self.with_store(random.Random(7).randbytes(8192), 1, "kpkg: .*kpkg.db.*\nhint: ")

    def test_a_truncated_store_is_told(self):
        self.with_store(self.sound[:5000], 1, "kpkg: .*kpkg.db.*\nhint: ")

    def test_an_empty_store_is_told(self):
        self.with_store(b"", 1, "kpkg: .*kpkg.db is empty.*\nhint: ")

    def test_the_store_of_a_newer_kpkg_is_told(self):
        newer = bytearray(self.sound)
        newer[60:64] = (99).to_bytes(4, "big")  # user_version: https://www.sqlite.org/fileformat.html#user_version_number
        self.with_store(bytes(newer), 1, "schema 99.*\nhint: install the kpkg that wrote it, or a newer one")

    def test_without_its_store_the_same_module_is_installed_again(self):
        self.store.unlink()
        answer = self.world.kpkg("install", "-y", hostile.PAIR)
        self.assertEqual(0, answer.status, answer)
        self.assert_whole()


class Surroundings(hostile.Case):
    """Streams, languages and words of the command line."""

    def closed(self, redirection, words='status'):
        return self.shell(f'"$KPKG" {words} --root "$ROOT" {redirection}')

    def test_closed_streams_do_no_harm(self):
        self.source("closed")
        for redirection in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
            answer = self.closed(redirection, 'install -y "$DIR/closed.toml"')
            self.assertIn(answer.status, (0, 1) if ">&-" in redirection else (0,), f"{redirection}: {answer}")
            self.assertTrue(self.world.installed(self.release, "closed").exists(), redirection)
            self.assertEqual(b"", (self.world.root / "var/lib/kpkg/lock").read_bytes(), "output went into a file that was opened")
            self.assert_whole()
            self.assertEqual(0, self.world.kpkg("remove", "-y", "closed").status)

    def test_output_that_is_lost_is_an_error(self):
        for words in ("status", "list --json", "kernel list", "--version", "--help"):
            answer = self.shell(f'"$KPKG" {words} >/dev/full')
            self.refused(answer, 1, "^kpkg: cannot write (to )?the output: No space left on device")

    def test_a_reader_that_goes_away_is_no_news(self):
        answer = self.shell('"$KPKG" list --json | head -c 1; "$KPKG" kernel show --json -k $K --root "$ROOT" | head -1')
        self.assertEqual(0, answer.status, answer)
        self.assertEqual("", answer.errors)

    def test_no_environment_is_enough(self):
        self.source("bare")
        answer = self.shell('env -i "$KPKG" install -y "$DIR/bare.toml" --root "$ROOT"')
        self.assertEqual(0, answer.status, answer)

    def test_language_and_terminal_change_nothing(self):
        plain = self.closed("").output
        self.assertEqual(plain, self.shell('LC_ALL=ja_JP.UTF-8 LANGUAGE=ja TERM= "$KPKG" status --root "$ROOT"').output)

    def test_odd_names_are_not_found(self):
        for name in ("x" * 300, "x" * 5000, "new\nline", "\x1b[31mred", "", " ", "%s%n", "*", "..", ".", "a@b@c", "@", "-"):
            answer = self.world.kpkg("install", "-y", name)
            self.assertIn(answer.status, (3, 64), f"{name[:20]!r}: {answer}")
            self.assertRegex(answer.errors, "^kpkg: .*\nhint: ", repr(name[:20]))
            self.assertNotIn("\x1b", answer.errors)
            self.assertLess(len(answer.errors), 500)

    def test_odd_paths_are_not_recipes(self):
        for path, status in (("../../x", 3), ("/etc", 1), ("/dev/zero", 1), ("/dev/null", 1), ("/proc/self/mem", 1),
                             (f"/{'y' * 300}", 3), (f"/{'y/' * 4000}", 3), ("./new\nline", 3), (program.kpkg_program(), 1)):
            answer = self.world.kpkg("install", "-y", path)
            self.assertEqual(status, answer.status, f"{path[:20]!r}: {answer}")
            self.assertRegex(answer.errors, "^kpkg: .*\nhint: ", repr(path[:20]))
            self.assertLess(len(answer.errors), 1000)

    def test_a_pipe_in_the_place_of_a_recipe_does_not_hang(self):
        os.mkfifo(self.directory / "pipe.toml")
        self.refused(self.world.kpkg("install", "-y", self.directory / "pipe.toml", timeout=20), 1, "not a regular file\nhint: ")

    def test_recipes_from_nowhere_are_told(self):
        answer = self.world.kpkg("install", "-y", "v4l2loopback", environment={"KPKG_RECIPES": "/nowhere"})
        self.refused(answer, 3, "no recipe v4l2loopback\nhint: ")
        self.assertEqual(0, self.world.kpkg("list", environment={"KPKG_RECIPES": "/nowhere:/etc/passwd"}).status)

    def test_odd_kernels_are_not_found(self):
        for name in ("../../../etc", "", "a b", "x" * 400, "new\nline", "."):
            answer = self.world.kpkg("install", "-y", "-k", name, hostile.PAIR)
            self.assertIn(answer.status, (3, 64), f"{name[:20]!r}: {answer}")
            self.assertRegex(answer.errors, "^kpkg: .*\nhint: ", repr(name[:20]))
            self.assertEqual(0, self.world.kpkg("hook", "prerm", name or "x").status)

    def test_a_root_that_is_none_is_told(self):
        for root, status in (("/nowhere", 3), ("/etc/passwd", 3), ("", 64)):
            done = subprocess.run([program.kpkg_program(), "status", "--root", root], capture_output=True, text=True, check=False)
            self.assertIn(done.returncode, (status, 3), f"{root}: {done.stderr}")
            self.assertRegex(done.stderr, "^kpkg: .*\nhint: ", root)

    def test_a_name_with_dashes_is_the_module_with_underscores(self):
        answer = self.world.kpkg("install", "-y", self.source("with-dash"))
        self.assertEqual(0, answer.status, answer)
        index = (self.world.modules(self.release) / "modules.dep").read_text(encoding="utf-8")
        self.assertTrue(re.search("(?m)^updates/kpkg/with-dash.ko", index))
        self.assertEqual(0, self.world.kpkg("inspect", "with_dash", "-k", self.release).status)
        self.assert_whole()


class Modules(hostile.Case):
    """Files that check has to take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        installed = cls.world.kpkg("install", "-y", hostile.PAIR)
        if installed.status != 0:
            raise AssertionError(str(installed))
        cls.sound = cls.world.installed(cls.release, "kpkg_tty_pair").read_bytes()

    def check(self, name, content, status, pattern):
        path = self.directory / f"{name}.ko"
        path.write_bytes(content)
        self.refused(self.world.kpkg("check", path, "-k", self.release), status, pattern)

    def test_a_truncated_module_is_told(self):
        for length in (1, 4, 63, 64, 1000, len(self.sound) // 2, len(self.sound) - 1):
            self.check("cut", self.sound[:length], 4, "cut.ko on .*: refused\n")

    def test_a_module_of_another_architecture_is_incompatible(self):
        other = bytearray(self.sound)
        other[18:20] = (183).to_bytes(2, "little")  # e_machine: EM_AARCH64
        self.check("arm64", bytes(other), 4, "arm64|aarch64")

    def test_a_huge_file_is_told_at_once(self):
        path = self.directory / "huge.ko"
        path.write_bytes(self.sound)
        os.truncate(path, 1 << 40)
        self.refused(self.world.kpkg("check", path, "-k", self.release, timeout=20), 1, "kpkg: .*huge.ko.*larger than")

    def test_damaged_bytes_never_crash_it(self):
        chance = random.Random(11)
        for _ in range(60):
            broken = bytearray(self.sound)
            for _ in range(chance.choice((1, 3, 40))):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            path = self.directory / "fuzz.ko"
            path.write_bytes(broken)
            for verb in (("check", path, "-k", self.release), ("inspect", path)):
                answer = self.world.kpkg(*verb, timeout=20)
                self.assertIn(answer.status, (0, 1, 4), answer.errors[-300:])

    def test_a_directory_and_a_pipe_are_no_modules(self):
        self.refused(self.world.kpkg("check", self.directory, "-k", self.release), 1, "^kpkg: .*\nhint: |directory")
        os.mkfifo(self.directory / "pipe.ko")
        self.refused(self.world.kpkg("check", self.directory / "pipe.ko", "-k", self.release, timeout=20), 1, "not a regular file")


class Roots(unittest.TestCase):
    """Roots of other shapes and with odd names."""

    def world(self, name="root"):
        world = program.World(("cloud-amd64",))
        self.addCleanup(world.close)
        world.root = world.root.rename(world.root.with_name(name))
        return world

    def installs(self, world):
        release = world.releases[0]
        answer = world.kpkg("install", "-y", hostile.PAIR)
        self.assertEqual(0, answer.status, answer)
        index = (world.root / "usr/lib/modules" / release / "modules.dep").resolve().read_text(encoding="utf-8")
        self.assertIn("updates/kpkg/kpkg_tty_pair.ko:", index.replace(".ko.xz", ".ko"))
        self.assertEqual(0, world.kpkg("verify").status)
        removed = world.kpkg("remove", "-y", "kpkg-tty-pair")
        self.assertEqual(0, removed.status, removed)
        self.assertEqual([], [str(path) for path in (world.root / "usr/lib/modules").resolve().rglob("*kpkg*")])

    def test_a_name_with_spaces_quotes_and_colons(self):
        self.installs(self.world("it's \"a\" b:c $x\\n"))

    def test_merged_by_a_relative_link(self):
        self.installs(self.world())

    def test_merged_by_an_absolute_link_is_what_depmod_cannot_follow(self):
        world = self.world()
        (world.root / "lib").unlink()
        (world.root / "lib").symlink_to("/usr/lib")
        answer = world.kpkg("install", "-y", hostile.PAIR)
        self.assertEqual(7, answer.status, answer)
        self.assertRegex(answer.errors, "kpkg: a link on the way .* leads out of .*\nhint: make it a relative link")
        self.assertFalse((world.modules(world.releases[0]) / "updates").exists())

    def test_not_merged(self):
        world = self.world()
        (world.root / "lib").unlink()
        (world.root / "lib").mkdir()
        (world.root / "usr/lib/modules").rename(world.root / "lib/modules")
        release = world.releases[0]
        answer = world.kpkg("install", "-y", hostile.PAIR)
        self.assertEqual(0, answer.status, answer)
        self.assertTrue((world.root / f"lib/modules/{release}/updates/kpkg/kpkg_tty_pair.ko").exists())
        self.assertEqual(0, world.kpkg("verify").status)

    def test_a_link_out_of_the_root_stays_inside(self):
        world = self.world()
        (world.root / "var").mkdir(exist_ok=True)
        (world.root / "var/lib/kpkg").parent.mkdir(parents=True, exist_ok=True)
        (world.root / "var/lib/kpkg").symlink_to("/../../srv/kpkg-state")
        (world.root / "srv/kpkg-state").mkdir(parents=True)
        self.installs(world)
        self.assertTrue((world.root / "srv/kpkg-state/kpkg.db").exists())
        self.assertFalse(pathlib.Path("/srv/kpkg-state").exists())


if __name__ == "__main__":
    cases.main()
