#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Both commands of the README in a fresh Debian: from a checkout to an installed module, back to nothing, and to the tests."""
import fcntl
import json
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from style import source  # noqa: E402
from support import cases, kernels  # noqa: E402

CHECKOUT = "/root/my checkouts/kpkg"
OWN_ROOT = "/var/lib/kpkg-quickstart/root"
HOOKS = ("/etc/kernel/postinst.d/20-kpkg", "/etc/kernel/header_postinst.d/20-kpkg", "/etc/kernel/prerm.d/20-kpkg")
DOWNLOADS = {"KPKG_DOWNLOADS": "/var/cache/kpkg-tests"}  # not below what the package owns and a purge deletes


def copy_checkout(destination):
    for name in source.committed():
        (destination / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source.TOP / name, destination / name)


def files_below(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*"))


class Quickstart(unittest.TestCase):
    """One chroot, used by its cases in the order of their names: each is a step of one story."""

    @classmethod
    def setUpClass(cls):
        cls.chroot = debian.Chroot()
        cls.addClassCleanup(cls.chroot.close)
        cls.chroot.share(kernels.cache() / "downloads", DOWNLOADS["KPKG_DOWNLOADS"].lstrip("/"))
        cls.parent = cls.chroot.root / CHECKOUT.lstrip("/") / ".."
        copy_checkout(cls.chroot.root / CHECKOUT.lstrip("/"))
        cls.before = files_below(cls.parent)
        cls.status, cls.output = cls.quickstart()
        print(cls.output, flush=True)
        cls.left_proc = cls.chroot.is_mounted("proc")
        if not cls.left_proc:
            cls.chroot.mount_proc()

    @classmethod
    def quickstart(cls):
        return cls.chroot.run("my checkouts/kpkg/packaging/quickstart", directory="/root", environment=DOWNLOADS)

    def kpkg(self, *words):
        status, output = self.chroot.run("kpkg", *words, "--root", OWN_ROOT)
        self.assertEqual(0, status, output)
        return output

    @classmethod
    def install_a_kernel(cls):
        """The smallest of the distribution, from its packages, without headers and without an initramfs."""
        cls.flavour = "linux-image-cloud-" + cls.chroot.run("dpkg", "--print-architecture")[1].strip()
        status, output = cls.chroot.run("apt-get", "-q", "-y", "--no-install-recommends", "install", cls.flavour,
                                        environment={"INITRD": "No"})
        assert status == 0, output
        (cls.release,) = (path.name for path in (cls.chroot.root / "usr/lib/modules").iterdir())
        cls.version = cls.state_of(cls.flavour).split()[1]

    @classmethod
    def state_of(cls, package):
        """"ii  6.1.192-2", or "" if dpkg does not know the package."""
        status, line = cls.chroot.run("dpkg-query", "-W", "-f=${db:Status-Abbrev} ${Version}", package)
        return line if status == 0 else ""

    def install(self, recipe):
        """What kpkg says when it installs a recipe of the tests for that kernel."""
        file = f"{CHECKOUT}/tests/modules/{recipe}.toml"
        status, output = self.chroot.run("kpkg", "install", "--yes", "--no-load", "-k", self.release, file)
        self.assertEqual(0, status, output)
        return output

    def is_installed(self, module):
        return bool(list((self.chroot.root / "usr/lib/modules" / self.release / "updates/kpkg").glob(f"{module}.ko*")))

    def own_root(self):
        return self.chroot.root / OWN_ROOT.lstrip("/")

    def test_a_quickstart_succeeds_in_a_chroot_without_proc_and_says_where_it_installs(self):
        self.assertEqual(0, self.status)
        self.assertRegex(self.output, "quickstart: (the running kernel .* takes no modules|the modules of the running kernel)")
        self.assertIn(OWN_ROOT, self.output)

    def test_b_nothing_is_left_mounted_and_nothing_is_written_beside_or_in_the_checkout(self):
        self.assertFalse(self.left_proc)
        self.assertEqual(self.before, files_below(self.parent))

    def test_c_the_package_is_installed_with_its_recipes_and_pages(self):
        self.assertEqual((0, "install ok installed"), self.chroot.run("dpkg-query", "-W", "-f=${Status}", "kpkg"))
        for name in ("sbin/kpkg", "share/kpkg/recipes/v4l2loopback.toml", "share/man/man8/kpkg.8.gz",
                     "share/man/man7/kpkg-abi.7.gz", "share/man/man7/kpkg-kernel-trees.7.gz", "share/man/man5/kpkg-recipe.5.gz",
                     "share/man/man5/kpkg.toml.5.gz"):
            self.assertTrue((self.chroot.root / "usr" / name).exists(), name)

    def test_d_builds_have_a_user_of_their_own_that_cannot_log_in(self):
        status, line = self.chroot.run("getent", "passwd", "_kpkg-build")

        self.assertEqual((0, "/nonexistent", "/usr/sbin/nologin"), (status, *line.strip().split(":")[5:]))

    def test_e_status_names_the_recipe_as_installed_for_a_kernel(self):
        (row,) = json.loads(self.kpkg("status", "--json"))["status"]

        self.assertEqual(("v4l2loopback", "installed", True), (row["recipe"], row["state"], bool(row["kernel"])))

    def test_f_the_module_is_there_and_depmod_knows_it(self):
        (directory,) = (self.own_root() / "usr/lib/modules").iterdir()

        self.assertEqual(1, len(list(directory.glob("updates/kpkg/v4l2loopback.ko*"))))
        self.assertRegex((directory / "modules.dep").read_text(encoding="utf-8"), "(?m)^updates/kpkg/v4l2loopback.ko.*: ")

    def test_g_why_and_log_answer(self):
        self.assertIn("v4l2loopback", self.kpkg("why", "v4l2loopback"))
        self.assertIn("v4l2loopback", self.kpkg("log", "v4l2loopback"))

    def test_h_the_kernel_hooks_exit_0_for_a_kernel_that_is_not_there(self):
        answers = [self.chroot.run(hook, "0.0.0-none")[0] for hook in HOOKS]

        self.assertEqual([0, 0, 0], answers)

    def test_i_a_second_quickstart_builds_no_package_and_changes_no_module(self):
        modules = {path: path.stat().st_mtime_ns for path in self.own_root().glob("usr/lib/modules/*/updates/kpkg/*")}

        status, output = self.quickstart()

        self.assertEqual(0, status, output)
        self.assertIn("already built", output)
        self.assertEqual(modules, {path: path.stat().st_mtime_ns for path in self.own_root().glob("usr/lib/modules/*/updates/kpkg/*")})

    def test_j_a_recipe_that_is_not_there_fails_with_the_status_of_kpkg(self):
        status, output = self.chroot.run(f"{CHECKOUT}/packaging/quickstart", "no-such-recipe", environment=DOWNLOADS)

        self.assertEqual(3, status, output)
        self.assertIn("no-such-recipe", output)

    def test_k_while_another_apt_is_at_work_headers_are_unpacked_for_kpkg_alone(self):
        self.install_a_kernel()
        with (self.chroot.root / "var/lib/dpkg/lock-frontend").open("w", encoding="utf-8") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            output = self.install("kpkg-no-exit")

        self.assertIn(f"linux-headers-{self.release} {self.version} is not installed: another program holds apt's lock", output)
        self.assertIn(f"when that has finished: apt-get install linux-headers-{self.release}", output)
        self.assertTrue(self.is_installed("kpkg_no_exit"))
        self.assertEqual("", self.state_of(f"linux-headers-{self.release}"))

    def test_l_headers_that_are_missing_are_installed_by_apt_and_what_waited_for_them_is_built(self):
        shutil.rmtree(self.chroot.root / "var/cache/kpkg/trees")
        hook = self.chroot.root / "etc/kernel/header_postinst.d/10-test"
        hook.write_text("#!/bin/sh\necho $1 $KPKG_HOOKS >>/root/hooks\n", encoding="utf-8")
        hook.chmod(0o755)
        self.assertEqual(0, self.chroot.run("kpkg", "hook", "prerm", self.release)[0])
        self.assertFalse(self.is_installed("kpkg_no_exit"))

        output = self.install("kpkg-tty-pair")

        headers, flavour = f"linux-headers-{self.release}", self.flavour.replace("image", "headers")
        self.assertIn(f"installed {headers} {self.version} with apt, and {flavour} {self.version} for the headers of later kernels", output)
        self.assertEqual((f"ii  {self.version}",) * 2, (self.state_of(headers), self.state_of(flavour)))
        self.assertEqual(headers, self.chroot.run("apt-mark", "showauto", headers)[1].strip())
        self.assertIn(f"make -C /usr/src/{headers} ", self.chroot.run("kpkg", "log", "kpkg-tty-pair", "-k", self.release)[1])
        self.assertEqual(f"{self.release} later\n", (self.chroot.root / "root/hooks").read_text(encoding="utf-8"))
        for name in ("kpkg_tty_pair", "kpkg_no_exit"):
            self.assertTrue(self.is_installed(name), name)

    def test_m_dpkg_is_whole_and_no_hook_waited_for_the_kpkg_that_called_it(self):
        said = (self.chroot.root / f"var/log/kpkg/headers-{self.release}.log").read_text(encoding="utf-8", errors="replace")

        self.assertEqual((0, ""), self.chroot.run("dpkg", "--audit"))
        self.assertIn(f"Setting up linux-headers-{self.release} ", said)
        self.assertNotIn("another kpkg", said)

    def test_n_a_purge_leaves_neither_state_nor_user_nor_hooks(self):
        status, output = self.chroot.run("apt-get", "-q", "-y", "purge", "kpkg")

        self.assertEqual(0, status, output)
        left = [path for path in ("/var/lib/kpkg", "/var/cache/kpkg", "/var/log/kpkg", *HOOKS) if (self.chroot.root / path[1:]).exists()]
        self.assertEqual([], left)
        self.assertEqual(2, self.chroot.run("getent", "passwd", "_kpkg-build")[0])

    def test_o_the_second_command_of_the_readme_installs_what_it_needs_and_ends_with_the_closing_lines_of_ctest(self):
        status, output = self.chroot.run(f"{CHECKOUT}/packaging/test", "style")

        self.assertEqual(0, status, output)
        self.assertRegex(output, r"(?s)label +passed.*style +[1-9].*\n100% tests passed, 0 tests failed out of [1-9]\d*\n")


if __name__ == "__main__":
    debian.enter_namespace()
    cases.main()
