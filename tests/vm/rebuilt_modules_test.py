#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real modules that kpkg builds where no headers are, in a tree that it made of the kernel's source: they are those of the packaged
headers, and the kernel loads them."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, headerless, kernels, program  # noqa: E402
from vm import answers, built, machine, sameness  # noqa: E402

OWN = ("kpkg-tty-watch", "kpkg-sizes", "kpkg-no-exit", "xtables-addons")
RECIPES = ("v4l2loopback", *(program.OWN_RECIPES / f"{name}.toml" for name in OWN))
MODULES = 29
# What their own init functions say: one is of no use on kernels of which the translation of addresses is a module, as of Debian's; one
# asks modprobe for what the kernel has, and there is no modprobe.
DECLINE = {"xt_DNETMAP": "EINVAL", "xt_pknock": "ENXIO"}
INSTALL_SECONDS = 3600  # on a busy machine


class OfKernel:
    """Two copies of one kernel: with the packaged headers, and without any."""
    name, grade = "", ""

    @classmethod
    def setUpClass(cls):
        cls.kernel = catalogue.kernel(cls.name)
        cls.release = cls.kernel.release
        board = machine.BOARDS[cls.kernel.architecture]
        for each in ("make", f"{board.compiler}-12", "flex", "bison", "bc", "pahole", "objcopy", board.program):
            kernels.need(each)
        cls.packaged, cls.rebuilt = cls._world(), cls._world()
        headerless.without_headers(cls.rebuilt, cls.release)
        cls.made = headerless.made(cls.rebuilt, cls.kernel)
        cls.answers = [world.kpkg("install", "-y", "--no-load", "--offline", "-k", cls.release, *RECIPES, timeout=INSTALL_SECONDS)
                       for world in (cls.packaged, cls.rebuilt)]
        if not any(answer.status for answer in cls.answers):
            cls.theirs, cls.ours = (sameness.installed(world, cls.release) for world in (cls.packaged, cls.rebuilt))

    @classmethod
    def _world(cls):
        world = program.World(kernel=cls.kernel)
        cls.addClassCleanup(world.close)
        return world

    def setUp(self):
        for answer in (self.made, *self.answers):
            self.assertEqual(0, answer.status, answer)

    def without_build_id(self, name, module):
        """A module but for the digest of its debug information, in which the path of the tree stands."""
        file = self.rebuilt.root.parent / f"{name}.ko"
        file.write_bytes(module)
        subprocess.run([f"{built.PREFIX.get(self.kernel.architecture, '')}objcopy", "-g", "--remove-section", ".note.gnu.build-id", file],
                       check=True)
        return file.read_bytes()

    def test_the_tree_is_the_one_that_was_made_of_the_source(self):
        (found,) = self.made.json()["trees"]
        (taken,) = [step for step in found["steps"] if step["taken"]]

        self.assertEqual("rebuilt", taken["origin"], found)
        self.assertEqual(1, len(taken["repairs"]), taken)
        self.assertRegex(taken["repairs"][0], f"^made of the source [0-9.]+: {self.grade}$")

    def test_what_is_installed_says_which_tree_was_used_and_why(self):
        used = f"note: v4l2loopback for {self.release}: /var/cache/kpkg/trees/{self.release}/rebuilt is used, as no headers are installed"

        self.assertIn(used, self.answers[1].errors + self.answers[1].output)

    def test_symbol_versions_vermagic_struct_module_and_code_are_those_of_the_packaged_headers(self):
        self.assertEqual(MODULES, len(self.theirs), sorted(self.theirs))
        self.assertEqual([], sameness.differences(self.ours, self.theirs))

    def test_modules_are_those_of_the_packaged_headers_to_the_byte(self):
        differing = [name for name, module in self.theirs.items()
                     if self.without_build_id(name, module) != self.without_build_id(name, self.ours[name])]

        self.assertEqual([], differing)

    def test_the_kernel_loads_them_all(self):
        booted = machine.Machine(self.rebuilt.root, self.release, architecture=self.kernel.architecture, memory_mb=1024, timeout_s=600)
        # A machine of another architecture has no modprobe: init loads the files, each after those that it needs.
        files = booted.index.in_order(sorted(self.ours))
        used = [answers.exists("/dev/kpkgtty0"), answers.echo("/dev/kpkgtty0", "/dev/kpkgtty1", "through the cable"),
                answers.exists("/dev/video0")]

        results = booted.boot([*map(answers.finit, files), *used])

        self.assertGreater(len(files), MODULES, "those that they need are among them")
        expected = [DECLINE.get(file.stem, "ok") for file in files] + ["ok"] * len(used)
        self.assertEqual(expected, [result.answer for result in results], machine.table(results))


class Amd64(OfKernel, unittest.TestCase):
    name, grade = "6.1-amd64", "exact"


class Arm64(OfKernel, unittest.TestCase):
    """Cross-built, and not by the very compiler that built the kernel: so its own modules would not come out equal."""
    name, grade = "6.1-arm64", "(exact|verified)"


if __name__ == "__main__":
    cases.main()
