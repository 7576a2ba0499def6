#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""dkms on real headers: modules are built where DKMS builds them, judged, installed and taken back, whatever stops it."""
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, dkms_world  # noqa: E402

FOREIGN = 'MAKE[0]="cp foreign.ko {name}.ko"\nSTRIP[0]="no"\n'
CURIOUS = """#!/bin/sh
for place in /usr/src/planted /lib/modules/planted /var/lib/dkms/planted /etc/planted; do
  echo planted > $place && echo "wrote $place"
done
cat /etc/shadow && echo "read the shadow"
exit 0
"""


LACKING = """\
#include <linux/module.h>
extern int exported_by_nobody(void);
static int __init lacking_init(void) { return exported_by_nobody(); }
module_init(lacking_init);
MODULE_LICENSE("GPL");
"""


class Dkms(unittest.TestCase):
    """One world, each case with sources of its own."""

    @classmethod
    def setUpClass(cls):
        cls.world = dkms_world.DkmsWorld()
        cls.addClassCleanup(cls.world.close)

    def added(self, name, **parts):
        self.world.source(name, **parts)
        answer = self.world.dkms("add", f"{name}/1.0")
        self.assertEqual(0, answer.status, answer)

    def dkms(self, action, name, *words):
        return self.world.dkms(action, f"{name}/1.0", "-k", self.world.release, *words)

    def test_a_module_is_built_under_the_name_of_dkms_and_installed(self):
        self.added("plain")

        answer = self.dkms("install", "plain")

        self.assertEqual(0, answer.status, answer)
        self.assertIn(f"Installing /lib/modules/{self.world.release}/updates/dkms/plain.ko\nRunning depmod... done.\n", answer.output)
        self.assertIn(b"/var/lib/dkms/plain/1.0/build/plain.c", self.world.dkms_module("plain").read_bytes())
        self.assertIn("\nupdates/dkms/plain.ko:", self.world.index())
        self.assertIn("plain/1.0, {}, x86_64: installed\n".format(self.world.release), self.world.dkms("status").output)
        log = (self.world.built("plain") / "log/make.log").read_text(encoding="utf-8")
        self.assertIn(f"# command: make -j{os.cpu_count()} KERNELRELEASE={self.world.release} -C /lib/modules/", log)
        self.assertTrue((self.world.built("plain") / "module/Module.symvers").exists())

    def test_what_was_installed_is_taken_back(self):
        self.added("returned")
        before = self.world.index()
        self.dkms("install", "returned")

        answer = self.dkms("remove", "returned")

        self.assertEqual(0, answer.status, answer)
        self.assertEqual(before, self.world.index())
        self.assertFalse(self.world.tree("returned").exists())

    def test_an_index_that_was_left_out_of_date_is_made_when_its_module_is_asked_for_again(self):
        self.added("indexed")
        self.dkms("install", "indexed")
        index = self.world.modules(self.world.release) / "modules.dep"
        index.write_text(index.read_text(encoding="utf-8").replace("\nupdates/dkms/indexed.ko:", ""), encoding="utf-8")
        pending = self.world.root / f"var/lib/dkms/depmod-pending-{self.world.release}-x86_64"
        pending.touch()

        answer = self.dkms("install", "indexed")

        self.assertEqual(0, answer.status, answer)
        self.assertIn("already installed", answer.output)
        self.assertIn("updates/dkms/indexed.ko:", [line for line in self.world.index().splitlines() if line.startswith("updates/")])
        self.assertFalse(pending.exists())

    def test_a_module_of_another_kernel_is_refused_and_force_is_recorded(self):
        self.added("other")
        self.dkms("build", "other")
        module = next((self.world.built("other") / "module").glob("*.ko")).read_bytes()
        foreign = module.replace(b"-amd64 SMP ", b"-amd64 UPX ")
        self.assertNotEqual(module, foreign)
        self.added("strange", conf=FOREIGN.format(name="strange"), files={"foreign.ko": foreign})

        refused = self.dkms("install", "strange")
        self.assertEqual(6, refused.status, refused)
        self.assertIn("\nError! Installation aborted.\nKernel", refused.errors)
        self.assertIn("UPX", refused.errors)
        self.assertFalse(self.world.dkms_module("strange").exists())

        forced = self.dkms("install", "strange", "--force")
        self.assertEqual(0, forced.status, forced)
        self.assertIn("Warning: Kernel", forced.errors)
        self.assertTrue(self.world.dkms_module("strange").exists())
        with sqlite3.connect(self.world.root / "var/lib/kpkg/kpkg.db") as records:
            flags = [flag for (flag,) in records.execute("SELECT overridden_by FROM verdict WHERE decision = 'refused'")]
        self.assertEqual(["--force"], flags)

    def test_of_several_modules_the_one_that_lacks_a_symbol_is_left_out_until_it_is_forced(self):
        conf = ('BUILT_MODULE_NAME[1]="lacking"\nDEST_MODULE_LOCATION[1]="/kernel/misc"\n'
                'MAKE[0]="make -C $kernel_source_dir M=$dkms_tree/several/1.0/build KBUILD_MODPOST_WARN=1 modules"\n')
        self.added("several", conf=conf, files={"Makefile": "obj-m := several.o lacking.o\n", "lacking.c": LACKING})

        answer = self.dkms("install", "several")
        self.assertEqual(0, answer.status, answer)
        self.assertRegex(answer.errors, "\\A\nError! lacking.ko is not installed.\nKernel .* would not load lacking: exported_by_nobody: .*\n"
                                        "You may override by specifying --force.\n\\Z")
        self.assertTrue(self.world.dkms_module("several").exists())
        self.assertFalse(self.world.dkms_module("lacking").exists())

        again = self.world.dkms("autoinstall", "-k", self.world.release)
        self.assertNotIn("several", again.output + again.errors)
        self.assertFalse(self.world.dkms_module("lacking").exists())

        forced = self.dkms("install", "several", "--force")
        self.assertEqual(0, forced.status, forced)
        self.assertTrue(self.world.dkms_module("lacking").exists())

    def test_a_build_sees_and_writes_no_more_than_it_needs(self):
        self.added("curious", conf='PRE_BUILD="curious.sh"\n', files={"curious.sh": CURIOUS})

        answer = self.dkms("build", "curious")

        self.assertEqual(0, answer.status, answer)
        log = (self.world.built("curious") / "log/make.log").read_text(encoding="utf-8")
        self.assertNotIn("\nwrote", log)
        self.assertNotIn("read the shadow", log)
        self.assertEqual([], list(self.world.root.rglob("planted")))

    def test_a_build_that_is_killed_leaves_what_was_before(self):
        self.added("slow", conf='PRE_BUILD="slow.sh"\n', files={"slow.sh": "#!/bin/sh\n[ -e fast ] || sleep 100\n"})
        command, environment = self.world.command("build", "slow/1.0", "-k", self.world.release)
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
            said = b""
            while b"pre_build" not in said:
                said += running.stdout.read(1)
            time.sleep(0.5)
            running.send_signal(signal.SIGKILL)
        self.assertIn("slow/1.0: added\n", self.world.dkms("status", "slow").output)

        (self.world.root / "usr/src/slow-1.0/fast").touch()
        answer = self.dkms("install", "slow")

        self.assertEqual(0, answer.status, answer)
        self.assertEqual([], list((self.world.root / "var/cache/kpkg/work").iterdir()))

    def test_a_build_that_is_interrupted_leaves_its_log(self):
        self.added("halted", conf='PRE_BUILD="halt.sh"\n', files={"halt.sh": "#!/bin/sh\necho begun\nsleep 100\n"})
        command, environment = self.world.command("build", "halted/1.0", "-k", self.world.release)
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
            time.sleep(1.5)
            running.send_signal(signal.SIGINT)
            self.assertNotEqual(0, running.wait(timeout=30))

        self.assertIn("\nbegun\n", (self.world.tree("halted") / "build/make.log").read_text(encoding="utf-8"))
        self.assertIn("halted/1.0: added\n", self.world.dkms("status", "halted").output)

    def test_an_installation_that_is_killed_anywhere_is_made_whole_by_the_next_one(self):
        self.added("victim")
        begun = time.monotonic()
        self.dkms("install", "victim")
        whole = time.monotonic() - begun
        for part in (0.5, 0.6, 0.7, 0.8, 0.9):
            self.dkms("unbuild", "victim")
            command, environment = self.world.command("install", "victim/1.0", "-k", self.world.release)
            with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
                time.sleep(whole * part)
                running.send_signal(signal.SIGKILL)

            answer = self.world.dkms("autoinstall", "-k", self.world.release)

            self.assertNotIn("failed for module(s) victim", answer.output)
            self.assertIn("victim/1.0, {}, x86_64: installed\n".format(self.world.release), self.world.dkms("status").output)
            self.assertIn("\nupdates/dkms/victim.ko:", self.world.index())
            self.assertEqual([], [path for path in self.world.root.glob("var/lib/dkms/**/*") if ".tmp" in path.name or "pending" in path.name])

    def test_one_version_is_built_for_two_kernels_at_once(self):
        self.added("twice")
        releases = [self.world.release, self.world.release.replace("-amd64", "-cloud-amd64")]

        answer = self.world.dkms("build", "twice/1.0", *(word for release in releases for word in ("-k", release)))

        self.assertEqual(0, answer.status, answer)
        self.assertEqual(2, answer.output.count("Building module(s)"))
        for release in releases:
            built = self.world.tree("twice") / release / "x86_64/module/twice.ko"
            self.assertIn(f"vermagic={release} SMP".encode(), built.read_bytes())

    def test_several_are_built_at_once_and_one_failure_keeps_the_rest(self):
        for name in ("one", "two", "three"):
            self.added(name)
        self.added("broken", files={"broken.c": "this is no C\n"})

        answer = self.world.dkms("autoinstall", "-k", self.world.release)

        self.assertEqual(11, answer.status, answer)
        self.assertIn("failed for module(s) broken(10)", answer.output)
        for name in ("one", "two", "three"):
            self.assertIn(f"\nupdates/dkms/{name}.ko:", self.world.index())


if __name__ == "__main__":
    cases.main()
