#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel trees that are broken as they are met broken: what kpkg says of each, what it mends, and what is built in what it mended.

What plain make and the kernels do with the same trees stands in tests/vm/broken_trees.tsv.
"""
import lzma
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import broken_trees, cases, catalogue, kernels, program  # noqa: E402

KERNEL = "6.12-amd64"
INSTALLED, MENDED = "installed", "mended"
# Which tree is taken, how well it describes the kernel, and what is wrong with the one that is installed.
EXPECTED = {
    "": (INSTALLED, "exact", []),
    "unrelated-drift": (INSTALLED, "verified", []),
    "dangling-build-link": (INSTALLED, "exact", []),
    "missing-config": (INSTALLED, "verified", []),
    "btf-drift": (MENDED, "exact", ["configuration", "layout", "types"]),
    "rwsems-drift": (MENDED, "exact", ["configuration", "types"]),
    "missing-symvers": (MENDED, "verified", ["build", "symbols"]),
    "plus-suffix": (MENDED, "exact", ["release", "vermagic"]),
    "dangling-scripts-link": (MENDED, "exact", ["host-tools", "links"]),
    "foreign-tools": (None, None, ["host-tools"]),
}


class Trees(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kernel = catalogue.kernel(KERNEL)
        cls.directory = pathlib.Path(tempfile.mkdtemp(dir=kernels.cache(), prefix="trees."))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)

    def resolved(self, way, *options):
        """The root in which the tree is broken that way, and what kpkg finds there."""
        kernel = broken_trees.broken_root(self.kernel, way, self.directory / (way or "whole"))
        self.addCleanup(shutil.rmtree, kernel.root, ignore_errors=True)
        answer = program.run(kernel.root, "kernel", "tree", "-k", kernel.release, "--offline", "--json", *options)
        (found,) = answer.json()["trees"]
        self.assertEqual(5 if found["tree"] is None else 0, answer.status)
        return kernel, found

    @staticmethod
    def wrong(step):
        observations = (step["attestation"] or {"observations": []})["observations"]
        return sorted({each["aspect"] for each in observations if each["weight"] == "wrong"})

    def without_build_id(self, module):
        """The bytes of a module, but for the digest of its debug information, in which the tree's own path stands."""
        plain = self.directory / "plain.ko"
        plain.write_bytes(lzma.decompress(module.read_bytes()))
        subprocess.run(["objcopy", "--remove-section", ".note.gnu.build-id", plain], check=True)
        return plain.read_bytes()

    def test_each_broken_tree_is_told_and_mended_where_that_is_possible(self):
        for way, (origin, standing, wrong) in EXPECTED.items():
            with self.subTest(way or "whole"):
                _, found = self.resolved(way, "--make")
                taken = [step for step in found["steps"] if step["taken"]]
                self.assertEqual([origin] if origin else [], [step["origin"] for step in taken], found)
                if taken:
                    self.assertEqual(standing, taken[0]["attestation"]["standing"])
                installed = [step for step in found["steps"] if step["origin"] == INSTALLED and step["attestation"]]
                self.assertEqual(wrong, self.wrong(installed[0]))

    def test_nothing_is_made_unless_that_is_wanted(self):
        kernel, found = self.resolved("plus-suffix")

        self.assertIsNone(found["tree"])
        self.assertFalse((kernel.root / "var/cache/kpkg/trees").exists())

    def test_a_module_built_in_a_mended_tree_is_the_one_of_the_right_tree(self):
        built = {}
        for way in ("", "btf-drift", "rwsems-drift", "missing-symvers", "plus-suffix"):
            kernel = broken_trees.broken_root(self.kernel, way, self.directory / f"install-{way or 'whole'}")
            self.addCleanup(shutil.rmtree, kernel.root, ignore_errors=True)
            answer = program.run(kernel.root, "install", "-y", "--no-load", "--offline", "-k", kernel.release,
                                    program.OWN_RECIPES / "kpkg-tty-pair.toml")
            self.assertEqual(0, answer.status, answer)
            (module,) = (kernel.root / "usr/lib/modules" / kernel.release / "updates").rglob("*.ko*")
            built[way] = self.without_build_id(module)
        for way, content in built.items():
            self.assertEqual(built[""], content, f"{way} gives another module")


if __name__ == "__main__":
    cases.main()
