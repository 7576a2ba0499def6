#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tree made by hand of the point release before the kernel's, with the kernel's own symbols put into it: the kernel loads what plain
make builds there, and only kpkg sees that its structs are others."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, catalogue, kernels, linux_source, modules, program  # noqa: E402
from vm import answers, machine  # noqa: E402

NAMED = r"struct [a-z0-9_]+: ([0-9]+ bytes instead of|other members in) [0-9]+ bytes"
RECIPE = program.OWN_RECIPES / "kpkg-sizes.toml"
# Structs for which the kernel has a cache of its own, which tells how large they are to it.
CACHES = {"key": "key_jar", "user_struct": "uid_cache", "cred": "cred_jar", "signal_struct": "signal_cache",
          "sighand_struct": "sighand_cache", "fs_struct": "fs_cache", "dentry": "dentry", "vm_area_struct": "vm_area_struct"}
HEADERS = ("cred", "dcache", "fs_struct", "key", "mm_types", "module", "sched/signal", "sched/user")
MODULE = "".join(f"#include <linux/{name}.h>\n" for name in HEADERS) + """
static int __init kpkg_older_init(void)
{
""" + "".join(f'\tpr_info("{name} %zu\\n", sizeof(struct {name}));\n' for name in CACHES) + """\treturn 0;
}
static void __exit kpkg_older_exit(void)
{
}
module_init(kpkg_older_init);
module_exit(kpkg_older_exit);
MODULE_LICENSE("GPL");
"""


class OlderSource(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for each in ("make", "gcc-12", "flex", "bison", "bc", "pahole", "qemu-system-x86_64"):
            kernels.need(each)
        cls.kernel = catalogue.kernel("6.1-amd64")
        cls.release = cls.kernel.release
        cls.version = linux_source.upstream_version(cls.kernel.configuration)
        cls.older = linux_source.point_release_before(cls.version)
        cls.source = linux_source.source(cls.older)
        cls.world = program.World(kernel=cls.kernel)
        cls.addClassCleanup(cls.world.close)
        cls.directory = cls.world.root.parent
        cls.tree = f"/usr/src/linux-{cls.older}"
        cls._make_by_hand(cls.world.root / cls.tree[1:])

    @classmethod
    def _make_by_hand(cls, tree):
        """What a person does that has neither headers nor this source: configure what there is and give it the kernel's symbols."""
        kernels.linked_copy(cls.source, tree)
        (tree / ".config").write_bytes(cls.kernel.configuration.read_bytes())
        for target in ("olddefconfig", "modules_prepare"):
            cls.make(tree, "CONFIG_DEBUG_INFO_BTF=", f"KERNELRELEASE={cls.release}", target)
        (tree / "include/config/kernel.release").write_text(f"{cls.release}\n", encoding="utf-8")
        symbols = cls.world.kpkg("kernel", "show", "-k", cls.release, "--symvers")
        (tree / "Module.symvers").write_text(symbols.output, encoding="utf-8")

    @staticmethod
    def make(tree, *words):
        environment = {key: value for key, value in os.environ.items() if key not in modules.ARCHITECTURE_VARIABLES}
        command = ["make", "-s", f"-j{os.cpu_count()}", "-C", tree, "CC=gcc-12", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    def rebuilt(self, source):
        """What kpkg says to a source, of which it must make no tree."""
        tree = self.directory / "refused"
        answer = self.world.kpkg("kernel", "rebuild-tree", "-k", self.release, "--source", source, "-o", tree)
        self.assertFalse(tree.exists())
        self.assertEqual(4, answer.status, answer)
        return answer

    def sizes(self):
        """The structs of CACHES: what they are to a module that plain make built in the tree, and to the kernel that loads it."""
        module = self.directory / "older"
        module.mkdir()
        (module / "kpkg_older.c").write_text(MODULE, encoding="utf-8")
        (module / "Kbuild").write_text("obj-m := kpkg_older.o\n", encoding="utf-8")
        self.make(self.world.root / self.tree[1:], f"M={module}", "modules")
        booted = machine.Machine(self.world.root, self.release, parameters="slab_nomerge")
        booted.include_program("/usr/bin/cat")
        steps = [answers.finit(module / "kpkg_older.ko"),
                 *(answers.run("/usr/bin/cat", f"/sys/kernel/slab/{cache}/object_size") for cache in CACHES.values())]
        loaded, *told = booted.boot(steps)
        self.assertEqual("ok", loaded.answer, machine.table([loaded, *told]))
        of_module = dict(re.findall(r"(\w+) (\d+)$", "\n".join(loaded.log), re.MULTILINE))
        return of_module, {name: result.stdout.strip() for name, result in zip(CACHES, told)}

    def test_the_kernel_loads_what_plain_make_builds_there_and_kpkg_names_the_structs_that_differ(self):
        of_module, of_kernel = self.sizes()
        differing = {f"struct {name}: {of_module[name]} bytes instead of {of_kernel[name]} bytes"
                     for name in CACHES if of_module[name] != of_kernel[name]}

        answer = self.world.kpkg("kernel", "tree", "-k", self.release, "--tree", self.tree, "--json")

        (found,) = answer.json()["trees"]
        details = [detail for each in found["steps"][0]["attestation"]["observations"] for detail in each["details"]]
        self.assertEqual((5, None), (answer.status, found["tree"]), answer)
        # Of many that differ only the first are named.
        self.assertNotEqual(set(), differing & set(details), (of_module, of_kernel, details))

    def test_kpkg_builds_nothing_there(self):
        answer = self.world.kpkg("install", "-y", "--no-load", "-k", self.release, "--tree", self.tree, RECIPE)

        self.assertEqual(5, answer.status, answer)
        self.assertFalse((self.world.modules(self.release) / "updates").exists())

    def test_no_tree_is_made_of_that_source_and_both_point_releases_are_named(self):
        answer = self.rebuilt(self.source)

        self.assertIn(f"Linux {self.version} (", answer.errors)
        self.assertIn(f"is Linux {self.older}", answer.errors)

    def test_no_tree_is_made_of_it_where_its_number_was_altered_and_structs_and_symbols_are_named(self):
        number = self.version.rsplit(".", 1)[1]
        source = linux_source.altered(self.source, self.directory / "altered", {
            "Makefile": lambda text: re.sub("(?m)^SUBLEVEL = .*$", f"SUBLEVEL = {number}", text)})

        answer = self.rebuilt(source)

        self.assertRegex(answer.errors, NAMED)
        self.assertRegex(answer.errors, "[0-9]+ of [0-9]+ exported symbols differ: ")


if __name__ == "__main__":
    cases.main()
