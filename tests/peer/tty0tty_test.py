#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The shipped recipe of tty0tty with the real source: KPKG_TTY0TTY names a local clone, used as --source and as the git URL."""
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, headerless, kernels, program  # noqa: E402
from vm import answers, machine, sameness  # noqa: E402

FROM_UPSTREAM = 'git = "https://github.com/lcgamboa/tty0tty"'


def clone():
    path = os.environ.get("KPKG_TTY0TTY")
    if not path:
        raise kernels.Unavailable("KPKG_TTY0TTY names no clone of tty0tty")
    return pathlib.Path(path).resolve()


def local_recipe(world):
    """The shipped recipe, word for word but for where the repository is."""
    text = (program.RECIPES / "tty0tty.toml").read_text(encoding="utf-8")
    if FROM_UPSTREAM not in text:
        raise AssertionError(f"the recipe does not say {FROM_UPSTREAM}")
    path = world.root.parent / "tty0tty.toml"
    path.write_text(text.replace(FROM_UPSTREAM, f'git = "{clone().as_uri()}"'), encoding="utf-8")
    return path


class OfKernel:
    flavour = ""

    @classmethod
    def setUpClass(cls):
        cls.clone = clone()
        cls.world = program.World((cls.flavour,))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]

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
        answer = self.world.kpkg("install", "-y", "-k", self.release, local_recipe(self.world))

        self.assertEqual(0, answer.status, answer)
        self.assertTrue((self.world.root / "etc/udev/rules.d/99-kpkg-tty0tty.rules").exists(), answer)
        results = machine.Machine(self.world.root, self.release).boot([
            answers.modprobe("tty0tty"), answers.exists("/dev/tnt0"), answers.exists("/dev/tnt7")])
        self.assertEqual(["ok"] * 3, [result.answer for result in results], machine.table(results))

    def test_a_working_copy_builds_the_same_module(self):
        fetched = self.world.kpkg("build", "-k", self.release, local_recipe(self.world))
        copied = self.world.kpkg("build", "-k", self.release, "tty0tty", "--source", self.working_copy())

        self.assertEqual((0, 0), (fetched.status, copied.status), f"{fetched}{copied}")
        kept = {path.name for path in (self.world.root / "var/lib/kpkg/store").rglob("*.ko-file")}
        self.assertLessEqual(len(kept), 3, "module, Module.symvers and rules: the bytes of both builds are the same")


class Amd64(OfKernel, unittest.TestCase):
    flavour = "amd64"


class CloudAmd64(OfKernel, unittest.TestCase):
    flavour = "cloud-amd64"


class WithoutHeaders(unittest.TestCase):
    """In a tree that kpkg makes of the kernel's source it is the module of the packaged headers, and is loaded."""

    def test_it_is_built_and_loaded_as_with_headers(self):
        clone()
        kernel = catalogue.kernel("6.1-amd64")
        packaged, rebuilt = program.World(kernel=kernel), program.World(kernel=kernel)
        self.addCleanup(packaged.close)
        self.addCleanup(rebuilt.close)
        headerless.without_headers(rebuilt, kernel.release)
        made = headerless.made(rebuilt, kernel)

        answers_of_both = [world.kpkg("install", "-y", "--no-load", "--offline", "-k", kernel.release, local_recipe(world))
                           for world in (packaged, rebuilt)]

        self.assertEqual([0, 0, 0], [answer.status for answer in (made, *answers_of_both)], f"{made}{answers_of_both}")
        theirs, ours = (sameness.installed(world, kernel.release) for world in (packaged, rebuilt))
        self.assertEqual((["tty0tty"], []), (list(ours), sameness.differences(ours, theirs)))
        results = machine.Machine(rebuilt.root, kernel.release).boot([answers.modprobe("tty0tty"), answers.exists("/dev/tnt0")])
        self.assertEqual(["ok"] * 2, [result.answer for result in results], machine.table(results))


if __name__ == "__main__":
    cases.main()
