#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel trees that are broken as they are met broken: what kpkg says of each, what it mends, and what is built in what it mended.

What plain make and the kernels do with the same trees stands in tests/vm/broken_trees.tsv.
"""
import dataclasses
import lzma
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import broken_trees, cases, catalogue, kernels, program  # noqa: E402
from vm import broken_trees_test, truths  # noqa: E402

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
    "spinlock-drift": (MENDED, "exact", ["build", "configuration"]),
    "pm-off": (MENDED, "exact", ["configuration", "types"]),
    "missing-symvers": (MENDED, "verified", ["build", "symbols"]),
    "plus-suffix": (MENDED, "exact", ["release", "vermagic"]),
    "dangling-scripts-link": (MENDED, "exact", ["host-tools", "links"]),
    "foreign-tools": (None, None, ["host-tools"]),
    "missing-module-lds": (None, None, ["linker-script"]),
    "missing-modpost": (None, None, ["host-tools"]),
    "kbuild-absent": (None, None, ["host-tools", "links"]),
}
# Those of which a module is compared: make builds the same or another one in them, or it is the mended copy alone that builds.
BUILT = ("", "btf-drift", "rwsems-drift", "missing-symvers", "plus-suffix")


def is_bad(row):
    """Whether make or the kernel refuses what comes of a tree, or its code is not that of the whole tree."""
    return row.builds != "yes" or row.answer != "ok" or row.code != "same"


class Trees(unittest.TestCase):
    """A root for each way, used by its cases in the order of their names: what one has made the next one finds."""

    @classmethod
    def setUpClass(cls):
        cls.kernel = catalogue.kernel(KERNEL)
        cls.directory = pathlib.Path(tempfile.mkdtemp(dir=kernels.cache(), prefix="trees."))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)

    def broken(self, way):
        """The kernel in a root in which the tree is broken that way."""
        place = self.directory / (way or truths.WHOLE)
        if place.exists():
            return dataclasses.replace(self.kernel, root=place)
        return broken_trees.broken_root(self.kernel, way, place)

    def resolved(self, way, *options):
        """What kpkg finds in that root."""
        kernel = self.broken(way)
        answer = program.run(kernel.root, "kernel", "tree", "-k", kernel.release, "--offline", "--json", *options)
        (found,) = answer.json()["trees"]
        self.assertEqual(5 if found["tree"] is None else 0, answer.status)
        return found

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

    def module_built_in(self, way):
        """The module that is installed where the tree is broken that way."""
        kernel = self.broken(way)
        answer = program.run(kernel.root, "install", "-y", "--no-load", "--offline", "-k", kernel.release,
                             program.OWN_RECIPES / "kpkg-tty-pair.toml")
        self.assertEqual(0, answer.status, answer)
        (module,) = (kernel.root / "usr/lib/modules" / kernel.release / "updates").rglob("*.ko*")
        return self.without_build_id(module)

    def test_a_nothing_is_made_unless_that_is_wanted(self):
        found = self.resolved("plus-suffix")

        self.assertIsNone(found["tree"])
        self.assertFalse((self.broken("plus-suffix").root / "var/cache/kpkg/trees").exists())

    def test_b_each_broken_tree_is_told_and_mended_where_that_is_possible(self):
        for way, (origin, standing, wrong) in EXPECTED.items():
            with self.subTest(way or truths.WHOLE):
                found = self.resolved(way, "--make")
                taken = [step for step in found["steps"] if step["taken"]]
                self.assertEqual([origin] if origin else [], [step["origin"] for step in taken], found)
                if taken:
                    self.assertEqual(standing, taken[0]["attestation"]["standing"])
                installed = [step for step in found["steps"] if step["origin"] == INSTALLED and step["attestation"]]
                self.assertEqual(wrong, self.wrong(installed[0]))

    def test_c_a_module_built_in_a_mended_tree_is_the_one_of_the_right_tree(self):
        built = {way: self.module_built_in(way) for way in BUILT}

        self.assertEqual([], [way for way, content in built.items() if content != built[""]])

    def test_d_what_nothing_proves_is_built_in_only_if_that_is_allowed_and_then_recorded(self):
        kernel = broken_trees.broken_root(self.kernel, "plus-suffix", self.directory / "unproved")
        # What the kernel exports and how it lays structs out is not known without its image.
        (kernel.root / "boot" / f"vmlinuz-{kernel.release}").unlink()

        def install(*options):
            return program.run(kernel.root, "install", "-y", "--no-load", "--offline", "-k", kernel.release, *options,
                               program.OWN_RECIPES / "kpkg-tty-pair.toml")

        refused, allowed, again = install(), install("--allow-unverified"), install()
        (reasons,) = program.run(kernel.root, "why", "kpkg-tty-pair", "--json").json()["reasons"]
        (row,) = program.run(kernel.root, "status", "--json").json()["status"]

        self.assertEqual([5, 0, 5], [answer.status for answer in (refused, allowed, again)], f"{refused}{allowed}{again}")
        self.assertIn("--allow-unverified lets it", allowed.errors)
        self.assertEqual({"path": f"/var/cache/kpkg/trees/{kernel.release}/mended", "origin": MENDED, "standing": "usable",
                          "proved_by": []}, reasons["build"]["tree"])
        self.assertEqual(("--allow-unverified", "--allow-unverified"), (reasons["allowed_by"], row["allowed_by"]))
        self.assertEqual(("installed", "installed although nothing proves its tree (--allow-unverified)"),
                         (row["state"], row["attention"]))
        self.assertEqual(0, program.run(kernel.root, "hook", "postinst", kernel.release).status)
        self.assertEqual([row], program.run(kernel.root, "status", "--json").json()["status"])

    def test_e_what_is_expected_is_the_truth_that_make_and_the_kernel_told(self):
        # The headers of a neighbouring build are another kernel's, which is not always at hand.
        rows = {row.way: row for row in broken_trees_test.TABLE.recorded() if row.kernel == KERNEL and row.way != "neighbour"}
        bad = {way for way, row in rows.items() if is_bad(row)}
        trusted = {way for way, (origin, _, _) in EXPECTED.items() if origin == INSTALLED}

        self.assertEqual(set(rows), {way or truths.WHOLE for way in EXPECTED})
        # make follows the link alone; kpkg looks in /usr/src too, where the tree is whole.
        self.assertEqual({"dangling-build-link"}, bad & trusted)


if __name__ == "__main__":
    cases.main()
