#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `dkms` does for a whole kernel: all that is missing, in the order in which modules need each other, and back."""
import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, dkms_world, kernels  # noqa: E402

NAMES = ("base", "upper", "wrong", "by_hand", "never", "lonely")


class Actions(unittest.TestCase):
    """One world, used by its cases in the order of their names: each is a step of one story."""

    @classmethod
    def setUpClass(cls):
        cls.world = dkms_world.DkmsWorld(kernels.FLAVOURS)
        cls.addClassCleanup(cls.world.close)
        cls.kernel, cls.other = cls.world.releases
        (cls.world.root / "etc/dkms").mkdir()
        (cls.world.root / "etc/dkms/framework.conf").write_text("try_sign_modules=false\n", encoding="utf-8")
        cls.world.source("dkms_base_test")
        cls.world.source("dkms_upper_test", conf="BUILD_DEPENDS=dkms_base_test\n")
        cls.world.source("dkms_wrong_test", files={"dkms_wrong_test.c": "this is no C\n"})
        cls.world.source("dkms_by_hand_test", conf="AUTOINSTALL=no\n")
        cls.world.source("dkms_never_test", conf="BUILD_EXCLUSIVE_KERNEL=^2\n")
        cls.world.source("dkms_lonely_test", conf="BUILD_DEPENDS=dkms_unknown\n")

    def dkms(self, *words):
        return self.world.dkms(*words)

    def installed(self, name, kernel=None):
        return self.world.modules(kernel or self.kernel) / f"updates/dkms/{name}.ko"

    def index(self, kernel):
        """What the index of a kernel names of the modules that dkms installed."""
        text = (self.world.modules(kernel) / "modules.dep").read_text(encoding="utf-8")
        return [line.split(":")[0] for line in text.splitlines() if line.startswith("updates/dkms/")]

    def states(self):
        """Module and kernel to state, as dkms status tells it."""
        lines = re.findall(r"(?m)^(\w+)/1\.0(?:, ([^,]+), [^:]+)?: (.*)$", self.dkms("status").output)
        return {(name, kernel): state for name, kernel, state in lines}

    def test_a_autoinstall_installs_what_it_can_and_tells_the_rest(self):
        for name in NAMES:
            self.assertEqual(0, self.dkms("add", f"dkms_{name}_test/1.0", "-k", self.kernel).status, name)

        answer = self.dkms("autoinstall", "-k", self.kernel)

        self.assertEqual(11, answer.status, answer)
        self.assertEqual([
            f"Autoinstall on {self.kernel} succeeded for module(s) dkms_base_test dkms_upper_test.",
            f"Autoinstall on {self.kernel} was skipped for module(s) dkms_never_test.",
            f"Autoinstall on {self.kernel} failed for module(s) dkms_wrong_test(10).",
            "dkms_lonely_test/1.0 autoinstall deferred: BUILD_DEPENDS not registered with DKMS: dkms_unknown.",
            f"Autoinstall on {self.kernel} deferred module(s) dkms_lonely_test/1.0 due to BUILD_DEPENDS not yet registered with DKMS.",
            "These may be provided externally or by a package not yet configured; autoinstall will retry on the next trigger."
        ], answer.output.splitlines()[-6:])
        self.assertTrue(answer.errors.endswith("\nError! One or more modules failed to install during autoinstall.\n"
                                               "Refer to previous errors for more information.\n"), answer)
        self.assertTrue(self.installed("dkms_base_test").exists())
        self.assertTrue(self.installed("dkms_upper_test").exists())
        self.assertFalse(self.installed("dkms_by_hand_test").exists())

    def test_b_the_index_of_the_kernel_has_them(self):
        self.assertEqual(["updates/dkms/dkms_base_test.ko", "updates/dkms/dkms_upper_test.ko"], sorted(self.index(self.kernel)))

    def test_c_a_file_that_vanished_is_told_and_comes_back_with_autoinstall(self):
        self.installed("dkms_base_test").unlink()
        before = self.states()

        self.dkms("autoinstall", "-k", self.kernel)

        self.assertEqual("installed (Differences between built and installed modules)", before["dkms_base_test", self.kernel])
        self.assertTrue(self.installed("dkms_base_test").exists())
        self.assertEqual("installed", self.states()["dkms_base_test", self.kernel])

    def test_d_so_does_one_whose_build_vanished_with_it(self):
        self.installed("dkms_base_test").unlink()
        next(self.world.root.glob("var/lib/dkms/dkms_base_test/1.0/*/*/module/dkms_base_test.ko")).unlink()

        self.dkms("kernel_postinst", "-k", self.kernel)

        self.assertTrue(self.installed("dkms_base_test").exists())
        self.assertEqual("installed", self.states()["dkms_base_test", self.kernel])

    def test_e_match_brings_to_a_kernel_what_another_one_has(self):
        answer = self.dkms("match", f"--templatekernel={self.kernel}", "-k", self.other, "dkms_base_test")

        self.assertEqual(0, answer.status, answer)
        self.assertTrue(self.installed("dkms_base_test", self.other).exists())
        self.assertFalse(self.installed("dkms_upper_test", self.other).exists())

    def test_f_a_kernel_that_is_replaced_loses_what_it_will_get_again(self):
        self.assertEqual(0, self.dkms("install", "dkms_by_hand_test/1.0", "-k", self.other).status)

        answer = self.dkms("kernel_preinst", "-k", self.other)

        self.assertEqual(0, answer.status, answer)
        self.assertFalse(self.installed("dkms_base_test", self.other).exists())
        self.assertTrue(self.installed("dkms_by_hand_test", self.other).exists())

    def test_g_a_kernel_that_goes_loses_everything_and_its_index_knows(self):
        answer = self.dkms("kernel_prerm", "-k", self.other)

        self.assertEqual(0, answer.status, answer)
        self.assertNotIn(self.other, {kernel for _, kernel in self.states()})
        self.assertEqual([], self.index(self.other))

    def test_h_nothing_is_left_of_what_is_removed(self):
        for name in NAMES:
            self.assertEqual(0, self.dkms("remove", f"dkms_{name}_test/1.0", "--all").status, name)

        self.assertEqual({}, self.states())
        self.assertEqual([], os.listdir(self.world.root / "var/lib/dkms"))


if __name__ == "__main__":
    cases.main()
