#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What this machine builds for the kernel of a board of another architecture, which it only knows from a file of facts, that kernel
loads."""
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, kernels, linux_source, program  # noqa: E402
from vm import answers, machine, sameness  # noqa: E402

WATCH = program.OWN_RECIPES / "kpkg-tty-watch.toml"
REBUILD_SECONDS = 3600  # on a busy machine


class OnBoard:
    """The other machine has the headers of the board's kernel, or makes them of its source and the facts."""
    name, types = "", ("--btf",)

    @classmethod
    def setUpClass(cls):
        cls.kernel = catalogue.kernel(cls.name)
        for each in (machine.BOARDS[cls.kernel.architecture].compiler, machine.BOARDS[cls.kernel.architecture].program):
            kernels.need(each)
        cls.board = program.World(kernel=cls.kernel)
        cls.addClassCleanup(cls.board.close)
        cls.release = cls.kernel.release
        cls.prepare(cls.board.root)
        cls.other = program.Elsewhere()
        cls.addClassCleanup(cls.other.close)
        cls.facts = cls.other.carried / "board.facts"
        cls.exported = cls.board.kpkg("kernel", "export", "-k", cls.release, *cls.types, "-o", cls.facts)

    @classmethod
    def prepare(cls, root):
        """The board has no headers at all."""
        for headers in (root / "usr/src").iterdir():
            subprocess.run(["rm", "-rf", str(headers)], check=True)

    def setUp(self):
        self.assertEqual(0, self.exported.status, self.exported)

    def brought_and_loaded(self, tree):
        """Build in `tree`, install on the board, and ask its kernel."""
        bundle = self.other.carried / "watch.kpkg"
        built = self.other.kpkg("build", WATCH, "--for", self.facts, "--tree", tree, "-o", bundle)
        self.assertEqual(0, built.status, built)
        installed = self.board.kpkg("install", "-y", bundle)
        self.assertEqual(0, installed.status, installed)
        # The machine has no programs of its own: init loads the files, in the order in which they need each other.
        modules = sameness.installed(self.board, self.release)
        files = [modules[name] for name in ("kpkg_tty_pair", "kpkg_tty_watch")]
        steps = [*map(answers.finit, files), answers.exists("/dev/kpkgtty0"),
                 answers.echo("/dev/kpkgtty0", "/dev/kpkgtty1", "through the cable")]
        results = machine.Machine(self.board.root, self.release, architecture=self.kernel.architecture, timeout_s=300).boot(steps)
        self.assertEqual(["ok"] * len(steps), [result.answer for result in results], machine.table(results))
        self.assertEqual(0, self.board.kpkg("verify").status)
        self.assertEqual(0, self.board.kpkg("remove", "-y", "kpkg-tty-watch", "kpkg-tty-pair").status)

    def test_what_was_built_with_headers_made_of_the_facts_is_loaded(self):
        source = linux_source.source(linux_source.upstream_version(self.kernel.configuration))
        tree = self.other.carried / "tree"
        made = self.other.kpkg("kernel", "rebuild-tree", "--kernel-facts", self.facts, "--source", source, "-o", tree, "--json",
                               timeout=REBUILD_SECONDS)
        self.assertEqual(0, made.status, made)
        told = made.json()
        # A note would say that the facts tell only what is set of the configuration. They have no modules that could be built again.
        notes = [note for note in told["notes"] if "the kernel was built by" not in note]
        self.assertEqual(([], "verified"), (notes, told["grade"]), made)
        self.brought_and_loaded(tree)


class Arm64(OnBoard, unittest.TestCase):
    name = "6.1-arm64"

    def test_what_was_built_with_the_packaged_headers_is_loaded(self):
        self.brought_and_loaded(self.kernel.headers)


class Armhf(Arm64):
    """Its kernel has no types: the CRCs of its symbols alone prove a tree."""
    name, types = "6.1-armhf", ()


class Riscv64(OnBoard, unittest.TestCase):
    """Of a newer release of the distribution, whose compiler and programs this machine has not. What its kernel exports stands in its
    headers alone: its image is one whose pointers are all filled in when it starts."""
    name = "6.12-riscv64"

    @classmethod
    def prepare(cls, root):
        pass


if __name__ == "__main__":
    cases.main()
