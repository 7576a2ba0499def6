#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel whose vendor changed its headers, and that carries them: of mainline's source alone no tree of it can be made, with its own
headers one can, and modules are those that its own build tree makes.

The kernel is a User-mode Linux of Debian's source; what stands for mainline's source is Debian's with other headers.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, kernels, linux_source, modules, program, own_kernels  # noqa: E402

KERNEL = "6.1-um-kheaders"
HEADER, PRIVATE_HEADER = "include/linux/device.h", "drivers/base/base.h"


def with_another_member(text):
    """linux/device.h with a struct device that has a member in addition."""
    return re.sub(r"\n\tbool\s+can_match:1;", "\n\tunsigned long kpkg_older;\n\tbool can_match:1;", text, count=1)


def with_another_private_member(text):
    """A header that only some files in C see, and that no module and no kernel carries."""
    return re.sub(r"\nstruct device_private \{\n", "\nstruct device_private {\n\tunsigned long kpkg_older;\n", text, count=1)


class Kheaders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for each in ("make", "gcc", "flex", "bison", "bc", "pahole", "objcopy"):
            kernels.need(each)
        cls.kernel = catalogue.kernel(KERNEL)
        cls.release = cls.kernel.release
        cls.world = program.World(kernel=cls.kernel)
        cls.addClassCleanup(cls.world.close)
        shutil.rmtree(cls.world.root / "usr/src")
        source = linux_source.source(linux_source.upstream_version(cls.kernel.configuration))
        scratch = tempfile.TemporaryDirectory(prefix="kheaders.", dir=kernels.cache())
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)
        cls.source = linux_source.altered(source, cls.directory / "mainline", {HEADER: with_another_member})
        cls.other_code = linux_source.altered(source, cls.directory / "other-code", {HEADER: with_another_member,
                                                                                     PRIVATE_HEADER: with_another_private_member})

    def rebuild(self, world, source, name):
        """What kpkg says of a tree that it makes of a source, and where that is."""
        tree = self.directory / name
        answer = world.kpkg("kernel", "rebuild-tree", "-k", self.release, "--source", source, "-o", tree, "--json")
        return answer, tree

    def stripped(self, module):
        """A module without what tells of the place where it was built; only the kernel's own build has vmlinux to make types of."""
        file = self.directory / "stripped.ko"
        shutil.copy(module, file)
        subprocess.run(["objcopy", "-g", "--remove-section", ".note.gnu.build-id", "--remove-section", ".BTF", file], check=True)
        return file.read_bytes()

    def built(self, tree):
        source, name = own_kernels.REFERENCE
        module = self.directory / "module"
        shutil.rmtree(module, ignore_errors=True)
        shutil.copytree(modules.SOURCES / source, module)
        done = subprocess.run(["make", "-C", tree, f"M={module}", "ARCH=um", "modules"], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return self.stripped(module / name)

    def test_a_source_with_other_headers_alone_is_refused(self):
        world = program.World(kernel=self.kernel)
        self.addCleanup(world.close)
        (world.modules(self.release) / "kernel/kernel/kheaders.ko").unlink()

        answer, tree = self.rebuild(world, self.source, "alone")

        self.assertEqual(4, answer.status, answer)
        self.assertRegex(answer.errors, "struct device: [0-9]+ bytes instead of [0-9]+ bytes")
        self.assertFalse(tree.exists())

    def test_with_the_headers_that_the_kernel_carries_modules_are_those_of_its_own_build_tree(self):
        answer, tree = self.rebuild(self.world, self.source, "grafted")

        told = answer.json()
        self.assertEqual((0, "exact"), (answer.status, told["grade"]), answer)
        self.assertEqual([HEADER], told["kernel_headers"]["replaced"])
        self.assertEqual([], told["kernel_headers"]["removed"])
        self.assertEqual({"equal"}, {point["result"] for point in told["points"]}, told["points"])
        _, name = own_kernels.REFERENCE
        self.assertEqual(self.stripped(self.kernel.root / own_kernels.REFERENCE_PLACE / name), self.built(tree))

    def test_symbols_of_code_that_a_vendor_changed_say_nothing_against_headers_that_types_prove(self):
        answer, tree = self.rebuild(self.world, self.other_code, "other-code-tree")

        told = answer.json()
        points = {point["gate"]: point["result"] for point in told["points"]}
        self.assertEqual(0, answer.status, answer)
        self.assertEqual(("differs", "equal"), (points["symbols"], points["types"]), told["points"])
        self.assertEqual("", json.loads((tree / "kpkg-tree.json").read_text(encoding="utf-8"))["proved_symbols"])

    def test_the_search_for_a_tree_takes_them_too_and_says_what_it_lacks(self):
        # First without a source, then with one.
        without = self.world.kpkg("kernel", "tree", "-k", self.release, "--make", "--offline", "--json")
        answer = self.world.kpkg("kernel", "tree", "-k", self.release, "--make", "--offline", "--json", "--source", self.source)

        (lacking,) = [step for step in without.json()["trees"][0]["steps"] if step["origin"] == "kheaders"]
        self.assertEqual(5, without.status, without)
        self.assertIn("has the headers, but no source for the rest is there", lacking["text"])
        (taken,) = [step for step in answer.json()["trees"][0]["steps"] if step["taken"]]
        self.assertEqual((0, "kheaders"), (answer.status, taken["origin"]), answer)
        self.assertIn(taken["attestation"]["standing"], ("exact", "verified"))
        again = self.world.kpkg("kernel", "tree", "-k", self.release, "--json").json()["trees"][0]
        self.assertEqual(f"/var/cache/kpkg/trees/{self.release}/kheaders", again["tree"])


if __name__ == "__main__":
    cases.main()
