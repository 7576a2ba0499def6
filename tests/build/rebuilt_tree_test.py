#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel's tree, rebuilt of its configuration and the source that apt has of it where no headers are: the same as the distribution's,
or refused."""
import hashlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, headerless, kernels, linux_source, modules, program  # noqa: E402

FLAVOUR = "amd64"
MEGABYTE = 1 << 20
HELLO = """#include <linux/device.h>
#include <linux/module.h>
static int __init hello_init(void)
{
	pr_info("hello from " KBUILD_MODNAME ", sizeof(struct device) is %zu\\n", sizeof(struct device));
	return 0;
}
static void __exit hello_exit(void)
{
}
module_init(hello_init);
module_exit(hello_exit);
MODULE_LICENSE("GPL");
"""


def with_another_member(text):
    """linux/device.h with a struct device that has a member in addition, as that of another release has."""
    return re.sub(r"\n\tbool\s+can_match:1;", "\n\tunsigned long kpkg_older;\n\tbool can_match:1;", text, count=1)


class RebuiltTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for each in ("make", "gcc-12", "flex", "bison", "bc", "pahole", "objcopy", "apt-get", "apt-cache"):
            kernels.need(each)
        cls.headers_root = kernels.root((FLAVOUR,))
        cls.world = program.World((FLAVOUR,))
        cls.addClassCleanup(cls.world.close)
        (cls.release,) = cls.world.releases
        headerless.without_headers(cls.world, cls.release)
        cls.version = linux_source.upstream_version(cls.world.root / "boot" / f"config-{cls.release}")
        cls.source = linux_source.source(cls.version)
        scratch = tempfile.TemporaryDirectory(prefix="rebuilt.", dir=kernels.cache())
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)
        cls.tree = cls.directory / "trees" / cls.release
        # What kpkg finds by itself, so that no other tree need be made for that.
        cls.switch_mainline_off()
        cls.answer = cls.rebuild(None, cls.tree, "--json")
        if "cannot fetch" in cls.answer.errors or "has no archive" in cls.answer.errors:
            raise kernels.Unavailable(cls.answer.errors)
        if cls.answer.status:
            raise AssertionError(cls.answer)
        cls.left = [path.name for path in (cls.world.root / "var/cache/kpkg/work").iterdir()]

    @classmethod
    def switch_mainline_off(cls):
        settings = cls.world.root / "etc/kpkg/kpkg.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("[mainline]\nenabled = false\n", encoding="utf-8")

    @classmethod
    def rebuild(cls, source, tree, *words):
        named = ("--source", source) if source else ()
        return cls.world.kpkg("kernel", "rebuild-tree", "-k", cls.release, *named, "-o", tree, *words)

    def built(self, tree, source, name):
        """The module `name`.ko of `source`, built in `tree`: always at one place, whose name gets into it."""
        module = self.directory / "module"
        shutil.rmtree(module, ignore_errors=True)
        shutil.copytree(source, module)
        environment = {key: value for key, value in os.environ.items() if key not in modules.ARCHITECTURE_VARIABLES}
        done = subprocess.run(["make", "-C", tree, f"M={module}", "CC=gcc-12", "modules"], env=environment, capture_output=True,
                              text=True, check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return next(module.rglob(f"{name}.ko")).read_bytes()

    def stripped(self, content):
        """A module without debug information and build id, which depend on the place of the tree."""
        file = self.directory / "stripped.ko"
        file.write_bytes(content)
        subprocess.run(["objcopy", "-g", "--remove-section", ".note.gnu.build-id", file], check=True)
        return file.read_bytes()

    def assert_nothing_at(self, tree):
        self.assertFalse(tree.exists())
        self.assertEqual([], [each for each in tree.parent.iterdir() if each.name.startswith(".kpkg")] if tree.parent.exists() else [])

    def part_of_source(self, name):
        """A directory with the first file that is looked at, for what is refused before make is run."""
        directory = self.directory / name
        directory.mkdir()
        shutil.copy(self.source / "Makefile", directory)
        return directory

    def refused(self, source):
        """What kpkg says of a source; no tree may be left."""
        tree = self.directory / "refused" / self.release
        answer = self.rebuild(source, tree)
        self.assert_nothing_at(tree)
        return answer

    def test_the_source_is_the_distributions_of_the_kernels_version_and_goes_away(self):
        series = ".".join(self.version.split(".")[:2])
        (step,) = self.answer.json()["sources"]

        self.assertEqual(("package", True), (step["origin"], step["taken"]), self.answer)
        self.assertRegex(step["place"], rf"^linux-source-{series} {self.version}-\S+$")
        self.assertEqual([], self.left)
        self.assertFalse((self.world.root / "var/cache/kpkg/downloads").exists())
        self.assertFalse((self.world.root / "usr/src").exists())

    def test_without_a_network_and_a_package_the_source_is_nowhere(self):
        tree = self.directory / "offline" / self.release
        answer = self.rebuild(None, tree, "--offline")

        self.assertEqual(3, answer.status, answer)
        self.assertIn(f"the source of kernel {self.release} is nowhere", answer.errors)
        self.assertIn("hint: name it with --source", answer.errors)
        self.assert_nothing_at(tree)

    def test_the_tree_is_exact_by_symbols_types_and_modules(self):
        told = self.answer.json()

        self.assertEqual((0, "exact", str(self.tree)), (self.answer.status, told["grade"], told["tree"]), self.answer)
        self.assertEqual(self.version, told["upstream_version"])
        points = {point["gate"]: point for point in told["points"]}
        self.assertEqual({"equal"}, {point["result"] for point in points.values()}, points)
        self.assertGreater(points["symbols"]["equal"], 1000)
        self.assertGreater(points["types"]["equal"], 500)
        self.assertEqual([], told["drift"]["others"])

    def test_the_tree_has_the_size_that_a_cache_of_trees_can_bear(self):
        files = [path.lstat() for path in self.tree.rglob("*")]

        self.assertLess(sum(status.st_blocks * 512 for status in files), 70 * MEGABYTE)
        self.assertEqual([], [*self.tree.rglob("*.o"), *self.tree.rglob("*.cmd")])

    def test_the_configuration_is_that_of_the_packaged_headers_but_for_the_key(self):
        packaged = self.headers_root / "usr/src" / f"linux-headers-{self.release}" / "include/generated/autoconf.h"
        ours = (self.tree / "include/generated/autoconf.h").read_text(encoding="utf-8").splitlines()
        theirs = packaged.read_text(encoding="utf-8").splitlines()

        differing = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
        self.assertEqual(["CONFIG_MODULE_SIG_KEY"], [line.split()[1] for line, _ in differing])

    def test_the_symbols_are_those_of_the_packaged_headers(self):
        packaged = self.headers_root / "usr/src" / f"linux-headers-{self.release}" / "Module.symvers"

        self.assertEqual(set(packaged.read_text(encoding="utf-8").splitlines()),
                         set((self.tree / "Module.symvers").read_text(encoding="utf-8").splitlines()))

    def test_modules_are_those_of_the_packaged_headers_to_the_byte(self):
        hello = self.directory / "hello"
        hello.mkdir()
        (hello / "hello.c").write_text(HELLO, encoding="utf-8")
        (hello / "Kbuild").write_text("obj-m := hello.o\n", encoding="utf-8")
        packaged = modules.tree(self.headers_root, self.release, self.directory / "packaged")
        for source, name in ((hello, "hello"), (modules.SOURCES / "layout", "kpkg_layout"),
                             (modules.SOURCES / "outcomes", "kpkg_no_exit"), (modules.SOURCES / "tty/pair", "kpkg_tty_pair")):
            with self.subTest(name):
                ours, theirs = self.built(self.tree, source, name), self.built(packaged, source, name)
                self.assertEqual(self.stripped(theirs), self.stripped(ours))

    def test_a_source_with_another_struct_device_is_refused_and_the_struct_is_named(self):
        source = linux_source.altered(self.source, self.directory / "other", {"include/linux/device.h": with_another_member})
        answer = self.refused(source)

        self.assertEqual(4, answer.status, answer)
        self.assertRegex(answer.errors, "struct device: [0-9]+ bytes instead of [0-9]+ bytes")
        self.assertRegex(answer.errors, "[0-9]+ of [0-9]+ exported symbols differ: ")

    def test_a_tree_that_was_put_together_by_hand_is_not_believed_for_its_symbols(self):
        place = "srv/by-hand"
        tree = linux_source.altered(self.tree, self.world.root / place, {"include/linux/device.h": with_another_member})
        (tree / "kpkg-tree.json").unlink()

        answer = self.world.kpkg("install", "-y", "--no-load", "--offline", "-k", self.release, "--tree", f"/{place}",
                                 program.OWN_RECIPES / "kpkg-tty-pair.toml")

        self.assertEqual(5, answer.status, answer)
        self.assertRegex(answer.output, "struct [a-z_]+: [0-9]+ bytes instead of [0-9]+ bytes")

    def test_a_source_of_another_point_release_is_refused_and_both_are_named(self):
        source = self.part_of_source("other-version")
        text = (source / "Makefile").read_text(encoding="utf-8")
        (source / "Makefile").write_text(re.sub("(?m)^SUBLEVEL = .*$", "SUBLEVEL = 7", text), encoding="utf-8")
        answer = self.refused(source)

        self.assertEqual(4, answer.status, answer)
        self.assertIn(f"Linux {self.version} (", answer.errors)
        self.assertIn("is Linux " + self.version.rsplit(".", 1)[0] + ".7", answer.errors)

    def test_a_source_that_was_configured_is_refused(self):
        source = self.part_of_source("configured")
        (source / "include/config").mkdir(parents=True)
        answer = self.refused(source)

        self.assertEqual(1, answer.status, answer)
        self.assertIn("was already configured: it has include/config", answer.errors)

    def started(self, tree):
        """A rebuild that has come to making things."""
        command = [program.kpkg_program(), "kernel", "rebuild-tree", "-k", self.release, "--source", self.source, "-o", tree, "--root",
                   self.world.root]
        log = self.world.root / "var/log/kpkg" / f"tree-{self.release}.log"
        log.unlink(missing_ok=True)
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not (log.exists() and b"modules_prepare" in log.read_bytes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return running

    def test_a_rebuild_that_is_interrupted_leaves_nothing(self):
        tree = self.directory / "interrupted" / self.release
        with self.started(tree) as running:
            running.send_signal(signal.SIGTERM)
            running.communicate(timeout=60)

        self.assertEqual(130, running.returncode)
        self.assert_nothing_at(tree)
        self.assertEqual([], list((self.world.root / "var/cache/kpkg/work").iterdir()))

    def test_a_rebuild_that_was_killed_is_cleared_away_by_the_next_whose_tree_is_one_file_that_is_taken_as_one(self):
        packed = self.directory / "killed" / "tree.tar.zst"
        with self.started(packed) as running:
            running.kill()
            running.communicate(timeout=60)
        left = [each.name for each in packed.parent.iterdir()]
        answer = self.rebuild(self.source, packed, "--json")

        self.assertEqual([True], [name.startswith(".kpkg-tree-") for name in left])
        self.assertEqual((0, packed.stat().st_size), (answer.status, answer.json()["packed_bytes"]), answer)
        self.assertEqual([packed], list(packed.parent.iterdir()))
        self.assertEqual([], list((self.world.root / "var/cache/kpkg/work").iterdir()))
        self.assertLess(packed.stat().st_size, 16 * MEGABYTE)
        self.assert_taken(packed)

    def assert_taken(self, packed):
        """The tree in that file is taken, and unpacked once."""
        found = self.world.kpkg("kernel", "tree", "-k", self.release, "--tree", packed, "--json").json()["trees"][0]
        unpacked = self.world.root / "var/cache/kpkg/trees/unpacked"
        (place,) = unpacked.iterdir()
        before = place.stat()
        installed = self.world.kpkg("install", "-y", "--no-load", "--offline", "-k", self.release, "--tree", packed,
                                    program.OWN_RECIPES / "kpkg-tty-pair.toml")

        (step,) = [step for step in found["steps"] if step["taken"]]
        self.assertEqual(("named", f"/var/cache/kpkg/trees/unpacked/{place.name}"), (step["origin"], found["tree"]))
        self.assertEqual(hashlib.sha256(packed.read_bytes()).hexdigest(), place.name)
        self.assertIn(step["attestation"]["standing"], ("exact", "verified"))
        self.assertEqual(0, installed.status, installed)
        self.assertEqual([place], list(unpacked.iterdir()))
        self.assertEqual(before.st_ino, place.stat().st_ino)

    def test_a_hostile_tree_in_one_file_is_refused_and_leaves_nothing(self):
        packed = self.directory / "hostile.tar.xz"
        with tarfile.open(packed, "w:xz") as archive:
            link = tarfile.TarInfo("linux-headers/scripts")
            link.type, link.linkname = tarfile.SYMTYPE, "../../../../etc"
            archive.addfile(link)
        answer = self.world.kpkg("kernel", "tree", "-k", self.release, "--tree", packed)

        self.assertNotEqual(0, answer.status)
        self.assertIn("is a link that leads out", answer.errors)
        self.assertEqual([], list((self.world.root / "var/cache/kpkg/trees/unpacked").glob("*.new")))

    def test_what_killed_commands_left_of_trees_is_removed_by_the_next_that_may_make_some(self):
        trees = self.world.root / "var/cache/kpkg/trees"
        left = [trees / self.release / ".kpkg-tree-abcdef", trees / self.release / "mended.new", trees / "unpacked/0123.new"]
        for directory in left:
            (directory / "tree").mkdir(parents=True)
        answer = self.world.kpkg("kernel", "tree", "-k", self.release, "--make", "--offline")

        self.assertEqual(5, answer.status, answer)
        self.assertEqual([], [directory for directory in left if directory.exists()])


if __name__ == "__main__":
    cases.main()
