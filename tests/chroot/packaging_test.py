#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What surrounds dkms: the scripts that packages of modules and kernels call, with a dkms that only notes what it is asked."""
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from support import cases, dkms_root  # noqa: E402

# Notes its words. `/root/answers/ACTION` is what it prints and, in its first line, its status; "status" tells built after a build.
NOTING = """\
#!/bin/sh
echo "$*" >>/root/asked
case $1 in
status) [ ! -e "/root/built-$7" ] || echo "demo/1.0, $7, x86_64: built" ;;
add) mkdir -p /var/lib/dkms/demo/1.0 && ln -s /usr/src/demo-1.0 /var/lib/dkms/demo/1.0/source ;;
build) [ -e /root/answers/build ] || : >"/root/built-$7" ;;
esac
[ ! -e "/root/answers/$1" ] || exit "$(cat "/root/answers/$1")"
"""
POSTINST = "/usr/lib/dkms/common.postinst"
NEWER = "99.1.0-2-amd64"


class Packaging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = dkms_root.Root()
        cls.addClassCleanup(cls.root.close)
        cls.kernel = cls.root.release
        shutil.copytree(dkms_root.PACKAGING, cls.root.root, dirs_exist_ok=True, symlinks=True)
        cls.file("usr/sbin/dkms", NOTING).chmod(0o755)
        cls.file("etc/dkms/framework.conf.d/none.conf", "")

    @classmethod
    def file(cls, name, text):
        path = cls.root.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def setUp(self):
        for name in ("root/asked", "root/answers", "var/lib/dkms", "usr/src/demo-1.0", f"usr/lib/modules/{NEWER}", f"boot/config-{NEWER}",
                     "etc/dkms/no-autoinstall", "usr/share/demo-dkms", *(f"root/built-{kernel}" for kernel in (self.kernel, NEWER))):
            path = self.root.root / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        (self.root.root / "var/lib/dkms").mkdir()
        self.file("etc/dkms/framework.conf", "")
        self.module('AUTOINSTALL="yes"')

    def module(self, text):
        self.file("usr/src/demo-1.0/dkms.conf", f'PACKAGE_NAME="demo"\nPACKAGE_VERSION="1.0"\n{text}\n')

    def newer_kernel(self):
        (self.root.root / "usr/lib/modules" / NEWER / "build/include").mkdir(parents=True)
        self.file(f"boot/config-{NEWER}", "")

    def answer(self, action, status):
        self.file(f"root/answers/{action}", f"{status}\n")

    def asked(self):
        """What dkms was asked that changes something."""
        path = self.root.root / "root/asked"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [line for line in lines if not line.startswith("status")]

    def configure(self, *words):
        return self.root.run(POSTINST, "demo", "1.0", "/usr/share/demo-dkms", *words)

    def on(self, action, kernel):
        return f"{action} -m demo -v 1.0 -k {kernel}"

    def test_a_module_is_added_built_and_installed_for_the_kernel_with_headers(self):
        status, output = self.configure()

        self.assertEqual((0, ["add -m demo -v 1.0", self.on("build", self.kernel), self.on("install", self.kernel)]), (status, self.asked()))
        self.assertIn(f"Building for {self.kernel}\n", output)

    def test_two_kernels_are_served_the_lower_one_first(self):
        self.newer_kernel()

        status, output = self.configure()

        self.assertEqual(0, status, output)
        self.assertEqual([self.on("build", self.kernel), self.on("install", self.kernel), self.on("build", NEWER), self.on("install", NEWER)],
                         self.asked()[1:])
        self.assertIn(f"Building for {self.kernel} and {NEWER}\n", output)

    def test_an_upgrade_in_a_chroot_serves_the_newest_kernel_alone_unless_all_are_wanted(self):
        self.newer_kernel()
        self.configure("", "0.9-1")
        newest = self.asked()[1:]
        self.setUp()
        self.newer_kernel()
        self.file("etc/dkms/framework.conf", "autoinstall_all_kernels=yes\n")

        self.configure("", "0.9-1")

        self.assertEqual([self.on("build", NEWER), self.on("install", NEWER)], newest)
        self.assertEqual(4, len(self.asked()[1:]))

    def test_the_same_version_is_removed_first(self):
        (self.root.root / "var/lib/dkms/demo/1.0").mkdir(parents=True)

        self.configure()

        self.assertEqual("remove -m demo -v 1.0 --all", self.asked()[0])

    def test_a_tarball_comes_before_the_source(self):
        self.file("usr/share/demo-dkms/demo-1.0.dkms.tar.gz", "")

        self.configure()

        self.assertEqual("ldtarball --archive /usr/share/demo-dkms/demo-1.0.dkms.tar.gz", self.asked()[0])

    def test_a_tarball_that_is_refused_ends_it_with_status_2(self):
        self.file("usr/share/demo-dkms/demo-1.0.dkms.tar.gz", "")
        self.answer("ldtarball", 3)

        self.assertEqual(2, self.configure()[0])

    def test_a_module_that_does_not_install_itself_is_only_added(self):
        self.module("")

        status, output = self.configure()

        self.assertEqual((0, ["add -m demo -v 1.0"]), (status, self.asked()))
        self.assertIn("Not building the demo module which does not have AUTOINSTALL enabled.\n", output)

    def test_what_a_dkms_conf_does_it_does_without_the_rights_of_root(self):
        self.module("touch /root/was-here\nid -u >/tmp/user\nAUTOINSTALL=yes")

        self.assertEqual(0, self.configure()[0])

        self.assertFalse((self.root.root / "root/was-here").exists())
        self.assertEqual("65534\n", (self.root.root / "tmp/user").read_text(encoding="utf-8"))

    def test_a_dkms_conf_that_nobody_may_read_is_left_to_the_build_to_complain_about(self):
        (self.root.root / "usr/src/demo-1.0/dkms.conf").chmod(0o600)

        self.configure()

        self.assertIn(self.on("build", self.kernel), self.asked())

    def test_a_module_that_excludes_a_kernel_is_no_failure(self):
        self.answer("build", 77)

        self.assertEqual((0, 2), (self.configure()[0], len(self.asked())))

    def test_a_build_that_fails_gives_its_status_and_the_next_kernel_is_tried(self):
        self.newer_kernel()
        self.answer("build", 10)

        status, output = self.configure()

        self.assertEqual((10, [self.on("build", self.kernel), self.on("build", NEWER)]), (status, self.asked()[1:]))
        self.assertIn(f"Builds for the following kernel(s) failed: {self.kernel} {NEWER}\n", output)

    def test_the_first_failure_ends_it_where_the_administrator_says_so(self):
        self.newer_kernel()
        self.answer("build", 10)
        self.file("etc/dkms/framework.conf", "continue_on_error=false\n")

        self.assertEqual((10, 2), (self.configure()[0], len(self.asked())))

    def test_nothing_is_done_where_modules_are_not_to_install_themselves(self):
        self.file("etc/dkms/no-autoinstall", "")

        self.assertEqual((0, []), (self.configure()[0], self.asked()))

    def test_a_call_without_a_version_is_wrong(self):
        self.assertEqual(1, self.root.run(POSTINST, "demo")[0])

    def test_the_hooks_call_it_once_and_end_well_whatever_it_says(self):
        for hook, action in (("postinst.d", "autoinstall --kernelver"), ("header_postinst.d", "autoinstall --kernelver"),
                             ("preinst.d", "kernel_preinst -k"), ("prerm.d", "kernel_prerm -k")):
            with self.subTest(hook=hook):
                self.setUp()
                self.answer(action.split()[0], 11)

                status, _ = self.root.run("run-parts", f"--arg={self.kernel}", "--regex=dkms", f"/etc/kernel/{hook}")

                self.assertEqual((0, [f"{action} {self.kernel}"]), (status, self.asked()))

    def test_a_kernel_that_is_upgraded_under_its_name_keeps_its_modules(self):
        status, _ = self.root.run("/etc/kernel/prerm.d/dkms", self.kernel, environment={"DEB_MAINT_PARAMS": "upgrade 2"})

        self.assertEqual((0, []), (status, self.asked()))

    def test_kernel_install_does_what_the_hooks_do(self):
        for command in ("add", "remove", "inspect"):
            self.root.run("/usr/lib/kernel/install.d/40-dkms.install", command, self.kernel, "/boot/entry")

        self.assertEqual([f"autoinstall --kernelver {self.kernel}", f"kernel_prerm -k {self.kernel}"], self.asked())

    def test_the_autoinstaller_says_that_headers_are_missing_and_has_the_words_of_an_init_script(self):
        _, output = self.root.run("/usr/lib/dkms/dkms_autoinstaller", "start", "1.0-none")
        statuses = [self.root.run("/usr/lib/dkms/dkms_autoinstaller", word)[0] for word in ("stop", "restart", "status", "nonsense")]

        self.assertIn("for kernel 1.0-none was skipped since the kernel headers for this kernel do not seem to be installed.\n", output)
        self.assertEqual(([0, 0, 0, 2], []), (statuses, self.asked()))

    def test_the_autoinstaller_fails_with_status_1(self):
        self.answer("autoinstall", 11)

        self.assertEqual(1, self.root.run("/usr/lib/dkms/dkms_autoinstaller", "start", self.kernel)[0])

    def complete(self, *words):
        script = ('. /usr/share/bash-completion/completions/dkms; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dkms 2>/dev/null;'
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        return self.root.run("bash", "-c", script, "bash", *words)[1].split()

    def test_bash_completes_actions_modules_kernels_and_options(self):
        self.configure()

        self.assertEqual(["uninstall", "unbuild"], sorted(self.complete("dkms", "un"), reverse=True))
        self.assertEqual(["demo/1.0"], self.complete("dkms", "build", "de"))
        self.assertEqual(["demo/1.0"], self.complete("dkms", "add", "de"))
        self.assertEqual(["demo"], self.complete("dkms", "build", "-m", ""))
        self.assertEqual(["1.0"], self.complete("dkms", "build", "-m", "demo", "-v", ""))
        self.assertEqual([self.kernel], self.complete("dkms", "build", "-k", "6."))
        self.assertEqual(["--templatekernel"], self.complete("dkms", "match", "--temp"))


if __name__ == "__main__":
    debian.enter_namespace()
    cases.main()
