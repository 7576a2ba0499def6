#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped recipe of tty0tty with the real source: KPKG_TTY0TTY names a local clone, used as --source and as the git URL."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, program  # noqa: E402
from vm import answers, machine  # noqa: E402

FROM_UPSTREAM = 'git = "https://github.com/lcgamboa/tty0tty"'


def clone():
    path = os.environ.get("KPKG_TTY0TTY")
    if not path:
        raise kernels.Unavailable("KPKG_TTY0TTY names no clone of tty0tty")
    return pathlib.Path(path).resolve()


class OfKernel:
    flavour = ""

    @classmethod
    def setUpClass(cls):
        cls.clone = clone()
        cls.world = program.World((cls.flavour,))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]

    def local_recipe(self):
        """The shipped recipe, word for word but for where the repository is."""
        text = (program.RECIPES / "tty0tty.toml").read_text(encoding="utf-8")
        self.assertIn(FROM_UPSTREAM, text)
        path = self.world.root.parent / "tty0tty.toml"
        path.write_text(text.replace(FROM_UPSTREAM, f'git = "{self.clone.as_uri()}"'), encoding="utf-8")
        return path

    def working_copy(self):
        commit = next(line.split('"')[1] for line in (program.RECIPES / "tty0tty.toml").read_text(encoding="utf-8").splitlines()
                      if line.startswith("commit"))
        copy = self.world.root.parent / "working copy"
        copy.mkdir()
        archive = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(self.clone), "archive", commit], check=True,
                                 stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", str(copy)], input=archive.stdout, check=True)
        return copy

    def test_it_is_fetched_built_installed_and_loaded(self):
        answer = self.world.kpkg("install", "-y", "-k", self.release, self.local_recipe())

        self.assertEqual(0, answer.status, answer)
        self.assertTrue((self.world.root / "etc/udev/rules.d/99-kpkg-tty0tty.rules").exists(), answer)
        results = machine.Machine(self.world.root, self.release).boot([
            answers.modprobe("tty0tty"), answers.exists("/dev/tnt0"), answers.exists("/dev/tnt7")])
        self.assertEqual(["ok"] * 3, [result.answer for result in results], machine.table(results))

    def test_a_working_copy_builds_the_same_module(self):
        fetched = self.world.kpkg("build", "-k", self.release, self.local_recipe())
        copied = self.world.kpkg("build", "-k", self.release, "tty0tty", "--source", self.working_copy())

        self.assertEqual((0, 0), (fetched.status, copied.status), f"{fetched}{copied}")
        kept = {path.name for path in (self.world.root / "var/lib/kpkg/store").rglob("*.ko-file")}
        self.assertLessEqual(len(kept), 3, "module, Module.symvers and rules: the bytes of both builds are the same")


class Amd64(OfKernel, unittest.TestCase):
    flavour = "amd64"


class CloudAmd64(OfKernel, unittest.TestCase):
    flavour = "cloud-amd64"


if __name__ == "__main__":
    cases.main()
