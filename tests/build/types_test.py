#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Types of modules against those of real kernels: the case where vermagic, size and symbol versions agree and a struct does not."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, modules, program  # noqa: E402
from vm import image  # noqa: E402

FLAVOUR = "cloud-amd64"
OF_TYPES = ("struct-layout-differs", "btf-invalid", "btf-unchecked")
CODE = """#include <linux/fs.h>
#include <linux/module.h>
#include <linux/platform_device.h>
static int probe(struct platform_device *device)
{
	dev_info(&device->dev, "%zu\\n", sizeof(struct inode));
	return 0;
}
static struct platform_driver kpkg_types_driver = {.probe = probe, .driver = {.name = "kpkg_types"}};
module_platform_driver(kpkg_types_driver);
MODULE_LICENSE("GPL");
"""


def changed(text, without, with_new):
    """A configuration header without the options `without` and with the options `with_new`."""
    lines = [line for line in text.splitlines() if not any(line.startswith(f"#define CONFIG_{name} ") for name in without)]
    return "\n".join(lines + [f"#define CONFIG_{name} 1" for name in with_new]) + "\n"


class Types(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kernels.need("pahole")
        cls.world = program.World((FLAVOUR,))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]
        scratch = tempfile.TemporaryDirectory(prefix="kpkg-types-")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)

    def built(self, name, without=(), with_new=()):
        """The module, built in a tree whose configuration differs in these options."""
        tree = modules.tree(self.world.root, self.release, self.directory / name / "tree")
        include = tree / "include"
        original = include.resolve()
        include.unlink()
        shutil.copytree(original, include, symlinks=True)
        header = include / "generated/autoconf.h"
        text = changed(header.read_text(encoding="utf-8"), without, with_new)
        header.unlink()
        header.write_text(text, encoding="utf-8")
        source = self.directory / name / "source"
        source.mkdir()
        (source / "kpkg_types.c").write_text(CODE, encoding="utf-8")
        (source / "Kbuild").write_text("obj-m := kpkg_types.o\n", encoding="utf-8")
        environment = {key: value for key, value in os.environ.items() if key not in modules.ARCHITECTURE_VARIABLES}
        done = subprocess.run(["make", "-C", tree, f"M={source}", "modules"], env=environment, capture_output=True, text=True,
                              check=False)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return source / "kpkg_types.ko"

    def findings(self, *files):
        """What is found of the types in these files; whether they are signed is another test's subject."""
        answer = self.world.kpkg("check", *files, "-k", self.release, "--json")
        verdicts = answer.json()["verdicts"]
        self.assertEqual(len(files), len(verdicts))
        found = [finding for verdict in verdicts for finding in verdict["findings"]]
        return [finding for finding in found if finding["id"] in OF_TYPES]

    def test_a_module_of_the_kernels_own_tree_has_its_types(self):
        self.assertEqual([], self.findings(self.built("same")))

    def test_a_tree_without_power_management_has_another_struct_device(self):
        found = self.findings(self.built("pm", without=("PM", "PM_SLEEP")))

        device = [finding for finding in found if finding["symbol"] == "struct device"]
        self.assertEqual(["struct-layout-differs"], [finding["id"] for finding in device], found)
        self.assertEqual("broken", device[0]["severity"])
        self.assertNotEqual(device[0]["module_value"], device[0]["kernel_value"])

    def test_debugging_of_locks_is_seen_in_every_struct_that_has_such_a_lock(self):
        found = self.findings(self.built("locks", with_new=("DEBUG_RWSEMS",)))

        self.assertEqual({"struct-layout-differs"}, {finding["id"] for finding in found})
        self.assertIn("struct inode", [finding["symbol"] for finding in found])
        semaphore = [finding for finding in found if finding["symbol"] == "struct rw_semaphore"]
        self.assertTrue(semaphore == [] or "magic is there in addition" in semaphore[0]["cause"], found)

    def test_what_is_remembered_of_a_kernel_judges_as_what_was_learned(self):
        module = self.built("own", without=("PM", "PM_SLEEP"))
        base = image.vmlinux(self.world.root / "boot" / f"vmlinuz-{self.release}", kernels.cache())
        subprocess.run(["pahole", "-J", "--btf_base", base, module], check=True)
        subprocess.run(["strip", "--strip-debug", module], check=True)
        shutil.rmtree(self.world.root / "var/cache/kpkg/memory", ignore_errors=True)

        learned, remembered = self.findings(module), self.findings(module)

        self.assertIn("struct device", [finding["symbol"] for finding in learned])
        self.assertEqual(learned, remembered)

    def test_what_nobody_learned_again_for_half_a_year_is_forgotten(self):
        memory = self.world.root / "var/cache/kpkg/memory"
        shutil.rmtree(memory, ignore_errors=True)
        memory.mkdir(parents=True)
        for name, days in (("old", 200), ("new", 100)):
            (memory / name).write_text("")
            os.utime(memory / name, (time.time() - days * 86400,) * 2)

        self.findings(self.built("forgetting"))

        self.assertEqual((False, True), ((memory / "old").exists(), (memory / "new").exists()))
        self.assertLess(2, len(list(memory.iterdir())), "nothing new is remembered")

    def test_the_kernels_own_modules_differ_in_nothing(self):
        files = sorted(self.world.modules(self.release).joinpath("kernel").rglob("*.ko*"))[::40]

        self.assertEqual([], self.findings(*files))


if __name__ == "__main__":
    cases.main()
