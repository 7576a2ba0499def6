#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel with neither CRCs of symbols nor types: only its own modules, built again, prove a tree, and that proof is kept with it."""
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, kernels, linux_source, program  # noqa: E402

KERNEL = "6.1-um-silent"


class Silent(unittest.TestCase):
    """One root, used by its cases in the order of their names: what one has made the next one finds."""

    @classmethod
    def setUpClass(cls):
        for each in ("make", "gcc", "flex", "bison", "bc"):
            kernels.need(each)
        cls.kernel = catalogue.kernel(KERNEL)
        cls.release = cls.kernel.release
        cls.world = program.World(kernel=cls.kernel)
        cls.addClassCleanup(cls.world.close)
        shutil.rmtree(cls.world.root / "usr/src")
        cls.source = linux_source.source(linux_source.upstream_version(cls.kernel.configuration))
        cls.tree = cls.world.root / "var/cache/kpkg/trees" / cls.release / "rebuilt"

    def taken(self, *words):
        """The step whose tree is taken; None: no tree is."""
        answer = self.world.kpkg("kernel", "tree", "-k", self.release, "--json", *words)
        self.assertIn(answer.status, (0, 5), answer)
        steps = [step for step in answer.json()["trees"][0]["steps"] if step["taken"]]
        return steps[0] if steps else None

    def canary(self, step):
        return [each["weight"] for each in step["attestation"]["observations"] if each["aspect"] == "canary"]

    def test_a_the_tree_is_made_and_its_modules_prove_it(self):
        made = self.taken("--make", "--offline", "--source", self.source)

        self.assertIsNotNone(made)
        self.assertEqual("rebuilt", made["origin"])
        self.assertEqual((["good"], "exact"), (self.canary(made), json.loads((self.tree / "kpkg-tree.json").read_text())["grade"]))

    def test_b_it_is_taken_again_without_the_source(self):
        again = self.taken()

        self.assertIsNotNone(again)
        self.assertIn(again["attestation"]["standing"], ("exact", "verified"))

    def test_c_a_tree_that_was_changed_is_not_taken_and_one_that_was_put_right_is(self):
        header = self.tree / "include/linux/uio_driver.h"
        before = header.read_text(encoding="utf-8")
        header.write_text(before + "\n", encoding="utf-8")
        changed = self.taken()
        header.write_text(before, encoding="utf-8")

        self.assertIsNone(changed)
        self.assertIsNotNone(self.taken())

    def test_d_another_build_of_the_kernel_does_not_profit(self):
        record = self.tree / "kpkg-tree.json"
        told = json.loads(record.read_text(encoding="utf-8"))
        record.write_text(json.dumps({**told, "build_id": "00" * 20}), encoding="utf-8")

        self.assertIsNone(self.taken())


if __name__ == "__main__":
    cases.main()
