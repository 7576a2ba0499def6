#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The main road on real headers: recipes become installed modules for every kernel of a root, and go away again."""
import pathlib
import re
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, program  # noqa: E402


class MainRoad(unittest.TestCase):
    """One world, used by its cases in the order of their names: each is a step of one story."""

    @classmethod
    def setUpClass(cls):
        cls.world = program.World()
        cls.addClassCleanup(cls.world.close)
        cls.first = cls.world.kpkg("install", "-y", "-k", "all", "v4l2loopback", program.OWN_RECIPES / "kpkg-tty-watch.toml")
        # Debian's cloud kernel has no video core (CONFIG_VIDEO_DEV is off), so v4l2loopback excludes it.
        cls.amd64, cls.cloud = cls.world.releases
        cls.expected = [(cls.amd64, "v4l2loopback"), (cls.amd64, "kpkg_tty_pair"), (cls.amd64, "kpkg_tty_watch"),
                        (cls.cloud, "kpkg_tty_pair"), (cls.cloud, "kpkg_tty_watch")]

    def test_a_every_pair_is_installed_but_the_excluded_one(self):
        self.assertEqual(77, self.first.status, self.first)
        self.assertIn("CONFIG_VIDEO_DEV is off", self.first.output)
        for release, name in self.expected:
            self.assertTrue(self.world.installed(release, name).exists(), f"{name} for {release}\n{self.first}")

    def test_b_depmod_knows_the_modules_and_their_order(self):
        index = (self.world.modules(self.amd64) / "modules.dep").read_text(encoding="utf-8")
        self.assertTrue(re.search("(?m)^updates/kpkg/v4l2loopback.ko: .*videodev", index))
        for release in self.world.releases:
            index = (self.world.modules(release) / "modules.dep").read_text(encoding="utf-8")
            self.assertTrue(re.search("(?m)^updates/kpkg/kpkg_tty_watch.ko: updates/kpkg/kpkg_tty_pair.ko", index), release)

    def test_c_a_second_install_builds_nothing(self):
        again = self.world.kpkg("install", "-y", "-k", self.amd64, "v4l2loopback", "--exit-code=changes")

        self.assertEqual(2, again.status, again)
        self.assertNotIn("built in", again.output)

    def test_d_status_names_every_pair_and_nothing_needs_attention(self):
        rows = self.world.kpkg("status", "--json").json()["status"]

        self.assertEqual(5, len(rows))
        self.assertEqual({"installed"}, {row["state"] for row in rows})
        self.assertEqual({""}, {row["attention"] for row in rows})

    def test_e_why_and_log_tell_how_it_was_built(self):
        release = self.amd64

        self.assertIn("judged loads", self.world.kpkg("why", "v4l2loopback", "-k", release).output)
        self.assertIn("v4l2loopback.ko", self.world.kpkg("log", "v4l2loopback", "-k", release).output)

    def test_f_the_build_ran_in_namespaces_and_as_nobody_special(self):
        reasons = self.world.kpkg("why", "v4l2loopback", "--json").json()["reasons"]

        self.assertEqual({"namespaces"}, {reason["build"]["sandbox"] for reason in reasons})

    def test_g_the_tree_of_every_build_is_recorded_and_told(self):
        rows = self.world.kpkg("status", "--json").json()["status"]
        trees = {row["kernel"]: row["tree"] for row in rows}
        inspected = self.world.kpkg("inspect", self.world.installed(self.amd64, "v4l2loopback"), "--json").json()

        for release in self.world.releases:
            self.assertEqual({"path": f"/usr/src/linux-headers-{release}", "origin": "installed", "standing": "exact",
                              "proved_by": ["symbols"]}, trees[release])
        self.assertEqual(trees[self.amd64], inspected["tree"])
        self.assertEqual({""}, {row["allowed_by"] for row in rows})
        self.assertIn("(installed): exact, proved by symbols", self.world.kpkg("why", "v4l2loopback").output)
        self.assertIn("  tree: /usr/src/linux-headers-", self.world.kpkg("status", "-v").output)

    def ailing(self):
        """What doctor says of the kernels that is not good."""
        answer = self.world.kpkg("doctor", "--json")
        self.assertEqual(1, answer.status, answer)  # this root has no hooks
        points = answer.json()["points"]
        self.assertEqual(["hooks"], [point["subject"] for point in points if point["health"] == "problem" and not point["kernel"]])
        return [(point["kernel"], point["subject"], point["health"]) for point in points
                if point["kernel"] and point["health"] != "good"]

    def test_h_the_doctor_finds_nothing_wrong_with_the_kernels_until_something_is(self):
        self.assertEqual([], self.ailing())
        headers = self.world.root / "usr/src" / f"linux-headers-{self.cloud}"
        left_over = self.world.modules("6.1.0-1-gone") / "updates/kpkg"
        self.world.installed(self.amd64, "kpkg_tty_pair").rename(self.world.root / "away.ko")
        headers.rename(headers.with_name("away"))
        left_over.mkdir(parents=True)
        try:
            found = self.ailing()
        finally:
            shutil.rmtree(left_over.parents[1])
            headers.with_name("away").rename(headers)
            (self.world.root / "away.ko").rename(self.world.installed(self.amd64, "kpkg_tty_pair"))

        self.assertEqual({(self.amd64, "index", "problem"), (self.cloud, "tree", "problem"), ("6.1.0-1-gone", "kernel", "note")},
                         set(found))

    def test_i_a_changed_module_is_found_and_put_right(self):
        release = self.amd64
        module = self.world.installed(release, "v4l2loopback")
        module.unlink()
        module.write_bytes(b"not a module")

        found = self.world.kpkg("verify")
        self.assertEqual(1, found.status, found)
        self.assertIn("was changed", found.output)
        self.assertEqual(0, self.world.kpkg("rebuild", "-y", "-k", release).status)
        self.assertEqual(0, self.world.kpkg("verify").status)

    def test_j_an_installed_module_passes_check_on_its_kernel_and_no_other(self):
        own, other = self.amd64, self.cloud
        module = self.world.installed(own, "v4l2loopback")
        self.assertEqual(0, self.world.kpkg("check", module, "-k", own).status)
        refused = self.world.kpkg("check", module, "-k", other)
        self.assertEqual(4, refused.status, refused)
        self.assertIn("module-layout-crc-differs", refused.output)

    def test_k_a_kernel_that_goes_takes_only_its_own_files(self):
        gone, left = self.amd64, self.cloud

        self.assertEqual(0, self.world.kpkg("hook", "prerm", gone).status)
        self.assertFalse(self.world.installed(gone, "v4l2loopback").exists())
        self.assertTrue(self.world.installed(left, "kpkg_tty_pair").exists())
        self.assertEqual(0, self.world.kpkg("hook", "postinst", gone).status)
        self.assertTrue(self.world.installed(gone, "v4l2loopback").exists())

    def test_l_removal_leaves_nothing(self):
        removed = self.world.kpkg("remove", "-y", "v4l2loopback", "kpkg-tty-watch", "kpkg-tty-pair")

        self.assertEqual(0, removed.status, removed)
        for release in self.world.releases:
            self.assertFalse((self.world.modules(release) / "updates").exists())
            self.assertNotIn("kpkg", (self.world.modules(release) / "modules.dep").read_text(encoding="utf-8"))
        self.assertEqual([], list((self.world.root / "etc").rglob("kpkg-*")))
        self.assertIn("nothing is installed", self.world.kpkg("status").output)


if __name__ == "__main__":
    cases.main()
