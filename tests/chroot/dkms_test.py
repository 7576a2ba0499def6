#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with Debian's dkms and ten packages of modules is taken over by kpkg, lives on, and is given back."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from packages import outcomes  # noqa: E402
from support import cases, dkms_root, own_packages, program  # noqa: E402

PACKAGES = ("acpi-call-dkms", "adv-17v35x-dkms", "bbswitch-dkms", "dm-writeboost-dkms", "langford-dkms", "nat-rtsp-dkms", "tp-smapi-dkms",
            "v4l2loopback-dkms", "vpoll-dkms", "xtrx-dkms")
LATER = "rapiddisk-dkms"  # two modules, which stock dkms never saw before kpkg built them
HOOKS = ("postinst.d", "header_postinst.d", "preinst.d", "prerm.d")


class Dkms(unittest.TestCase):
    """One chroot, used by its cases in the order of their names: each is a step of one story."""

    @classmethod
    def setUpClass(cls):
        cls.root = dkms_root.Root()
        cls.addClassCleanup(cls.root.close)
        cls.release = cls.root.release
        cls.modules = cls.root.root / "usr/lib/modules" / cls.release
        cls.said = outcomes.install(cls.root, "dkms", *PACKAGES)
        cls.names = {package: outcomes.names_in(cls.root, package) for package in (*PACKAGES, LATER)}
        cls.stock = {package: cls.seen(package) for package in PACKAGES}

    @classmethod
    def seen(cls, package):
        outcome = outcomes.of_package(cls.root, package, cls.names[package])
        return outcome, outcomes.modules_of(cls.root, outcome)

    @classmethod
    def own(cls):
        """kpkg's packages, copied inside; their paths there."""
        with tempfile.TemporaryDirectory(prefix="own-packages.") as scratch:
            return outcomes.copied(cls.root, own_packages.build(program.kpkg_program(), scratch))

    def run_inside(self, *words):
        return dkms_root.checked(self.root, *words)

    def files(self):
        """Inode and time of every file below updates and of every module in the tree."""
        paths = [*(self.modules / "updates").rglob("*"), *(self.root.root / "var/lib/dkms").rglob("*.ko*")]
        return {str(path): (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths if path.is_file()}

    def status(self):
        return outcomes.in_words_of_3_4(self.run_inside("dkms", "status")).splitlines()

    def missing_files_of_the_kernel(self):
        """What dpkg misses of the kernel's package, among the modules."""
        _, lines = self.root.run("dpkg", "-V", f"linux-image-{self.release}")
        return [line for line in lines.splitlines() if ".ko" in line]

    def test_a_stock_dkms_installed_all_of_them(self):
        self.assertEqual({"installed"}, {outcome.word for outcome, _ in self.stock.values()}, self.said[-3000:])

    def test_b_kpkg_takes_the_place_of_dkms_and_no_package_of_modules_is_touched(self):
        before, status = self.files(), self.status()

        said = outcomes.install(self.root, *self.own())

        self.assertEqual({"installed"}, {self.seen(package)[0].state for package in PACKAGES}, said)
        self.assertEqual(before, self.files())
        self.assertTrue((self.root.root / "usr/sbin/dkms").is_symlink(), said)
        self.assertEqual(status, self.status())

    def test_c_its_hooks_are_where_those_of_stock_dkms_were_and_stay_when_that_is_purged(self):
        self.run_inside("apt-get", "-q", "-y", "purge", "dkms")

        texts = [(self.root.root / "etc/kernel" / hook / "dkms").read_text(encoding="utf-8") for hook in HOOKS]
        self.assertEqual([True] * 4, ["SPDX-License-Identifier: GPL-2.0-or-later" in text for text in texts])
        self.assertEqual("dkms\n", self.run_inside("sh", "-c", "cd /etc/kernel/postinst.d && ls | grep dkms"))

    def test_d_nothing_is_built_again_for_a_kernel_that_has_everything(self):
        before = self.files()

        self.run_inside("dkms", "autoinstall", "-k", self.release)
        self.run_inside("run-parts", f"--arg={self.release}", "/etc/kernel/header_postinst.d")

        after = self.files()
        added = after.keys() - before.keys()
        self.assertEqual(before, {path: file for path, file in after.items() if path not in added})
        self.assertEqual({name for names in outcomes.ADDED.values() for name in names}, {pathlib.Path(path).name for path in added})

    def test_e_a_kernel_that_goes_takes_its_modules_along_and_one_that_comes_gets_them(self):
        self.run_inside("/etc/kernel/prerm.d/dkms", self.release)
        self.assertEqual({}, {path: file for path, file in self.files().items() if "/updates/" in path})
        self.assertEqual([], self.missing_files_of_the_kernel())

        self.run_inside("/etc/kernel/postinst.d/dkms", self.release)

        self.assert_as_under_stock(*PACKAGES)

    def test_f_packages_of_modules_are_installed_again_by_their_own_scripts_as_under_stock_dkms(self):
        said = self.run_inside("apt-get", "-q", "-y", "-o", "Dpkg::Options::=--force-unsafe-io", "install", "--reinstall", *PACKAGES)

        self.assert_as_under_stock(*PACKAGES)
        self.assertEqual(len(PACKAGES), said.count("Building initial module"), said)

    def test_g_a_package_that_stock_dkms_never_saw_is_installed(self):
        said = outcomes.install(self.root, LATER)

        self.names[LATER] = outcomes.names_in(self.root, LATER)
        outcome, _ = self.seen(LATER)
        self.assertEqual(("installed", 2), (outcome.state, len(outcome.modules)), said)
        self.assertRegex(self.run_inside("dkms", "status"), f"(?m)^rapiddisk-dkms/.*, {self.release}, .*: installed$")

    def test_h_a_module_whose_file_vanished_comes_back_and_nothing_else_is_touched(self):
        before = self.files()
        victim = str(self.modules / "updates/dkms/vpoll.ko")
        pathlib.Path(victim).unlink()

        self.run_inside("dkms", "autoinstall", "-k", self.release)

        self.assertEqual(before.keys(), self.files().keys())
        self.assertEqual([], [path for path, file in self.files().items() if path != victim and before[path] != file])

    def test_i_what_asks_for_the_helper_of_packages_finds_it(self):
        outcomes.install(self.root, "dh-dkms")

        self.assertEqual("install ok installed", self.run_inside("dpkg-query", "-W", "-f=${Status}", "dh-dkms"))

    def test_j_stock_dkms_comes_back_and_says_the_same(self):
        before, status = self.files(), self.status()

        said = outcomes.install(self.root, "dkms")

        self.assertEqual("dkms-3.0.10\n", self.run_inside("dkms", "--version"), said)
        self.assertEqual(before, self.files())
        self.assertEqual(status, self.status())

    def test_k_stock_dkms_takes_apart_what_kpkg_built(self):
        said = self.run_inside("apt-get", "-q", "-y", "purge", *PACKAGES, LATER)

        self.assertEqual([], self.status(), said)
        self.assertEqual({}, self.files())
        self.assertEqual([], self.missing_files_of_the_kernel())

    def assert_as_under_stock(self, *packages):
        for package in packages:
            with self.subTest(package=package):
                self.assertEqual([], outcomes.compared(self.seen(package), self.stock[package])[0])


if __name__ == "__main__":
    debian.enter_namespace()
    cases.main()
