#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What bad input gets: one clear line with a hint, the right status, and nothing changed."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, program  # noqa: E402


def contents(root):
    """Every file below lib/modules, boot and etc with what identifies its bytes."""
    places = [root / "usr/lib/modules", root / "etc"]
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for place in places for path in place.rglob("*")}


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = program.World(("cloud-amd64",))
        cls.addClassCleanup(cls.world.close)
        scratch = tempfile.TemporaryDirectory(prefix="kpkg refusals ")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)

    def setUp(self):
        self.before = contents(self.world.root)

    def tearDown(self):
        self.assertEqual(self.before, contents(self.world.root), "something was changed")

    def recipe(self, name, text):
        path = self.directory / f"{name}.toml"
        path.write_text(f'format = 1\nname = "{name}"\nversion = "1"\nsummary = "x"\n{text}', encoding="utf-8")
        return path

    def source(self, name, code):
        directory = self.directory / f"{name} source"
        directory.mkdir(exist_ok=True)
        (directory / "Kbuild").write_text(f"obj-m := {name}.o\n", encoding="utf-8")
        (directory / f"{name}.c").write_text(code, encoding="utf-8")
        return self.recipe(name, f'[[source]]\npath = "{directory}"\n[[module]]\nname = "{name}"\n')

    def refused(self, status, pattern, *words, **options):
        answer = self.world.kpkg(*words, **options)
        self.assertEqual(status, answer.status, answer)
        self.assertRegex(answer.output + answer.errors, pattern)
        return answer

    def test_an_unknown_recipe_is_not_found_and_the_nearest_is_named(self):
        self.refused(3, r"no recipe v4l2loopbak\nhint: did you mean v4l2loopback\?", "install", "-y", "v4l2loopbak")

    def test_a_malformed_recipe_names_line_and_column(self):
        path = self.recipe("broken", "sumary = 1\n")
        self.refused(1, r"broken.toml:\d+:\d+: .*hint: kpkg recipe lint (?s:.)*|broken.toml:\d+:\d+", "install", "-y", path)

    def test_an_unknown_kernel_is_not_found(self):
        self.refused(3, "hint: ", "install", "-y", "-k", "6.1.0-nowhere", "v4l2loopback")

    def test_a_source_that_does_not_compile_shows_file_and_line(self):
        path = self.source("no_compile", "#include <linux/module.h>\nint broken(void) { return nothing; }\n")
        self.refused(6, r"no_compile\.c:2:\d+: .*nothing", "install", "-y", path)
        self.refused(0, r"first error", "log", "no_compile")

    def test_a_module_that_uses_a_symbol_nobody_has_is_not_built_or_refused(self):
        path = self.source("no_symbol", '#include <linux/module.h>\nextern int kpkg_nowhere(void);\n'
                           'static int __init start(void) { return kpkg_nowhere(); }\nmodule_init(start);\n'
                           'MODULE_LICENSE("GPL");\n')
        self.refused(6, "kpkg_nowhere", "install", "-y", path)

    def test_a_wrong_digest_is_a_matter_of_trust(self):
        archive = self.directory / "source.tar"
        subprocess.run(["tar", "-C", str(self.directory), "-cf", str(archive), "--files-from=/dev/null"], check=True)
        path = self.recipe("wrong_digest", f'[[source]]\nurl = "{archive.as_uri()}"\nsha256 = "{"0" * 64}"\n'
                           '[[module]]\nname = "wrong"\n')
        self.refused(8, "digest", "install", "-y", path)

    def test_a_file_that_is_no_module_is_refused_as_the_kernel_would(self):
        for name, content in {"empty": b"", "text": b"hello", "elf": b"\x7fELF" + bytes(10)}.items():
            path = self.directory / f"{name}.ko"
            path.write_bytes(content)
            self.refused(4, f"{name}.ko on .*: refused", "check", path)

    def test_a_kernel_without_headers_names_the_package(self):
        release = self.world.releases[0]
        bare = self.world.root / "usr/lib/modules/6.1.0-99-amd64"
        bare.mkdir()
        try:
            self.refused(5, "linux-headers-6.1.0-99-amd64", "install", "-y", "-k", "6.1.0-99-amd64", "v4l2loopback")
        finally:
            bare.rmdir()
        self.assertNotEqual(release, "6.1.0-99-amd64")

    def test_two_at_once_wait_and_then_give_up(self):
        lock = self.world.root / "var/lib/kpkg/lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        with subprocess.Popen(["flock", str(lock), "sleep", "30"]) as holder:
            self.addCleanup(holder.kill)
            self.refused(9, "another kpkg is at work", "remove", "-y", "v4l2loopback", environment={"KPKG_LOCK_SECONDS": "1"})
            holder.kill()

    def test_an_unknown_command_or_option_is_usage(self):
        self.refused(64, "did you mean install", "instal")
        self.refused(64, "no-such-option", "status", "--no-such-option")

    def test_another_language_changes_nothing(self):
        path = self.source("umlaut", "int x = ;\n")
        self.refused(6, r"umlaut\.c:1:\d+", "build", path, environment={"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"})


if __name__ == "__main__":
    cases.main()
