#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel without symbol versions and a tree that differs from it in one option, power management: the kernel loads what plain make
builds there, whose struct device is another; kpkg names the struct and refuses. In the right tree it builds."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, headerless, kernels, linux_source, modules, program  # noqa: E402
from vm import answers, machine, mending  # noqa: E402

RECIPE = program.OWN_RECIPES / "kpkg-sizes.toml"


class WithoutVersions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for each in ("make", "gcc", "flex", "bison", "bc", "pahole", "qemu-system-x86_64"):
            kernels.need(each)
        cls.kernel = catalogue.kernel("6.1-own-amd64")
        cls.release = cls.kernel.release
        cls.source = linux_source.source(linux_source.upstream_version(cls.kernel.configuration))
        cls.world = program.World(kernel=cls.kernel)
        cls.addClassCleanup(cls.world.close)
        cls.tree = "/usr/src/linux-with-pm"
        cls._make_with_power_management(cls.world.root / cls.tree[1:])

    @classmethod
    def _make_with_power_management(cls, tree):
        """The kernel's source, configured as the kernel but for this."""
        kernels.linked_copy(cls.source, tree)
        text = cls.kernel.configuration.read_text(encoding="utf-8")
        (tree / ".config").write_text(text.replace("# CONFIG_PM is not set\n", "CONFIG_PM=y\n"), encoding="utf-8")
        for target in ("olddefconfig", "modules_prepare"):
            cls.make(tree, "CONFIG_DEBUG_INFO_BTF=", f"KERNELRELEASE={cls.release}", target)
        (tree / "include/config/kernel.release").write_text(f"{cls.release}\n", encoding="utf-8")
        (tree / "Module.symvers").write_bytes((cls.kernel.headers / "Module.symvers").read_bytes())

    @staticmethod
    def make(tree, *words):
        environment = {key: value for key, value in os.environ.items() if key not in modules.ARCHITECTURE_VARIABLES}
        done = subprocess.run(["make", "-s", f"-j{os.cpu_count()}", "-C", tree, *words], env=environment, capture_output=True,
                              text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    def loaded(self, module):
        """What the kernel says to a module."""
        (result,) = machine.Machine(self.world.root, self.release).boot([answers.finit(module)])
        self.assertEqual("ok", result.answer, machine.table([result]))
        return "\n".join(result.log)

    def test_the_kernel_has_neither_versions_nor_power_management(self):
        text = self.kernel.configuration.read_text(encoding="utf-8")

        self.assertIn("# CONFIG_MODVERSIONS is not set\n", text)
        self.assertIn("# CONFIG_PM is not set\n", text)
        self.assertIn("CONFIG_PM=y\n", (self.world.root / self.tree[1:] / ".config").read_text(encoding="utf-8"))

    def test_what_plain_make_builds_there_is_loaded_and_has_another_struct_device(self):
        module = self.world.root.parent / "sizes"
        kernels.linked_copy(modules.SOURCES / "sizes", module)

        self.make(self.world.root / self.tree[1:], f"M={module}", "modules")

        self.assertRegex(self.loaded(module / "kpkg_sizes.ko"), r"inode \+0, device \+[1-9][0-9]* bytes from the kernel's")

    def test_kpkg_names_struct_device_and_takes_no_such_tree(self):
        shutil.rmtree(self.world.root / "var/cache/kpkg", ignore_errors=True)

        answer = self.world.kpkg("kernel", "tree", "-k", self.release, "--tree", self.tree)

        self.assertEqual(5, answer.status, answer)
        self.assertRegex(answer.output, "struct device: [0-9]+ bytes instead of [0-9]+ bytes")
        self.assertIn("CONFIG_PM: not set, y", answer.output)

    def test_kpkg_builds_no_bundle_there_and_names_option_and_struct(self):
        facts, bundle = (self.world.root.parent / name for name in ("board.facts", "sizes.kpkg"))
        exported = self.world.kpkg("kernel", "export", "-k", self.release, "--btf", "-o", facts)
        self.assertEqual(0, exported.status, exported)

        answer = self.world.kpkg("build", RECIPE, "--for", facts, "--tree", self.world.root / self.tree[1:], "-o", bundle)

        self.assertEqual(5, answer.status, answer)
        self.assertRegex(answer.errors, "CONFIG_PM: not set, y; struct [a-z_]+: [0-9]+ bytes instead of [0-9]+ bytes")
        self.assertFalse(bundle.exists())

    def test_what_kpkg_builds_in_a_mended_copy_has_the_kernels_structs(self):
        installed = self.world.kpkg("install", "-y", "--no-load", "-k", self.release, "--tree", self.tree, RECIPE)
        self.addCleanup(self.world.kpkg, "remove", "-y", "kpkg-sizes")

        self.assertEqual(0, installed.status, installed)
        self.assertIn(f"the headers in {self.tree} do not describe this kernel", installed.output + installed.errors)
        self.assertIn(mending.KERNELS_SIZES, self.loaded(self.world.installed(self.release, "kpkg_sizes")))

    def test_kpkg_builds_in_the_tree_that_it_makes_of_the_source(self):
        made = headerless.made(self.world, self.kernel)
        installed = self.world.kpkg("install", "-y", "--no-load", "--offline", "-k", self.release, RECIPE)
        self.addCleanup(self.world.kpkg, "remove", "-y", "kpkg-sizes")

        (found,) = made.json()["trees"]
        self.assertEqual(["rebuilt"], [step["origin"] for step in found["steps"] if step["taken"]], found)
        self.assertEqual(0, installed.status, installed)
        self.assertIn(mending.KERNELS_SIZES, self.loaded(self.world.installed(self.release, "kpkg_sizes")))


if __name__ == "__main__":
    cases.main()
