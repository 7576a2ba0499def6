#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The board story: facts go to another machine, which builds for them without having that kernel, and a bundle comes back."""
import hashlib
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, program  # noqa: E402

WATCH = program.OWN_RECIPES / "kpkg-tty-watch.toml"  # needs kpkg-tty-pair, which goes along
MODULES = ("kpkg_tty_pair", "kpkg_tty_watch")


class BoardStory(unittest.TestCase):
    """One story in the order of its cases; the first root stands for the board, the other for the machine that builds."""

    @classmethod
    def setUpClass(cls):
        cls.board = program.World()
        cls.addClassCleanup(cls.board.close)
        cls.amd64, cls.cloud = cls.board.releases
        cls.other = program.Elsewhere()
        cls.addClassCleanup(cls.other.close)
        cls.directory = cls.other.carried
        cls.facts, cls.bundle = cls.directory / "board.facts", cls.directory / "watch.kpkg"
        cls.exported = cls.board.kpkg("kernel", "export", "-k", cls.amd64, "-o", cls.facts)
        cls.headers = cls.board.root / "usr/src" / f"linux-headers-{cls.amd64}"
        cls.built = cls.other.kpkg("build", WATCH, "--for", cls.facts, "--tree", cls.headers, "-o", cls.bundle)

    def digests(self):
        return {name: hashlib.sha256(self.board.installed(self.amd64, name).read_bytes()).hexdigest() for name in MODULES}

    def altered(self, name, change):
        path = self.directory / name
        path.write_bytes(change(bytearray(self.bundle.read_bytes())))
        return path

    def test_a_a_module_is_built_where_its_kernel_is_not(self):
        self.assertEqual(0, self.exported.status, self.exported)
        self.assertEqual(0, self.built.status, self.built)
        self.assertFalse((self.other.root / "lib").exists() or (self.other.root / "usr").exists())
        self.assertIn(f"for kernel {self.amd64}", self.built.output)

    def test_b_a_bundle_that_was_cut_or_altered_is_refused_and_leaves_nothing(self):
        def flip(content):
            content[len(content) // 2] ^= 1
            return content

        for path in (self.altered("flipped.kpkg", flip), self.altered("cut.kpkg", lambda content: content[:-100])):
            refused = self.board.kpkg("install", "-y", path)
            self.assertEqual(8, refused.status, refused)
            self.assertIn("cut or altered", refused.errors)
        self.assertIn("nothing is installed", self.board.kpkg("status").output)

    def test_c_a_bundle_is_for_its_kernel_alone(self):
        refused = self.board.kpkg("install", "-y", "-k", self.cloud, self.bundle)

        self.assertEqual(4, refused.status, refused)
        self.assertIn(self.amd64, refused.errors)
        self.assertIn(self.cloud, refused.errors)

    def test_d_a_board_that_lacks_the_kernel_refuses_the_bundle_and_says_what_it_has(self):
        board = program.World(("cloud-amd64",))
        self.addCleanup(board.close)
        # The kernels' own root may have more than was asked for.
        for path in (board.modules(self.amd64), board.root / "boot" / f"vmlinuz-{self.amd64}"):
            subprocess.run(["rm", "-rf", str(path)], check=True)

        refused = board.kpkg("install", "-y", self.bundle)

        self.assertEqual(4, refused.status, refused)
        self.assertIn(f"for kernel {self.amd64}", refused.errors)
        self.assertIn(self.cloud, refused.errors)

    def test_e_another_kernel_of_the_same_release_is_refused_with_both_build_ids(self):
        board = program.World()
        self.addCleanup(board.close)
        image = board.root / "boot" / f"vmlinuz-{self.amd64}"
        other = (board.root / "boot" / f"vmlinuz-{self.cloud}").read_bytes()
        image.unlink()
        image.write_bytes(other)

        refused = board.kpkg("install", "-y", self.bundle)

        self.assertEqual(4, refused.status, refused)
        self.assertIn("its build id is", refused.errors)

    def test_f_the_bundle_is_installed_like_a_recipe(self):
        installed = self.board.kpkg("install", "-y", self.bundle)
        self.assertEqual(0, installed.status, installed)
        rows = self.board.kpkg("status", "--json").json()["status"]
        self.assertEqual([("kpkg-tty-pair", "installed", ""), ("kpkg-tty-watch", "installed", "")],
                         [(row["recipe"], row["state"], row["attention"]) for row in rows])
        self.assertEqual(0, self.board.kpkg("verify").status)
        reasons = self.board.kpkg("why", "kpkg-tty-watch", "--json").json()["reasons"]
        self.assertEqual([True], [reason["from_bundle"] for reason in reasons])
        self.assertEqual(["loads"], [module["verdict"] for module in reasons[0]["modules"]])
        self.assertIn("kpkg_tty_watch.ko", self.board.kpkg("log", "kpkg-tty-watch").output)
        self.assertEqual({"path": f"/usr/src/{self.headers.name}", "origin": "named", "standing": "exact", "proved_by": ["symbols"]},
                         reasons[0]["build"]["tree"])
        self.assertIn("(named): exact, proved by symbols", installed.errors)
        type(self).from_bundle = self.digests()

    def test_g_the_same_bundle_again_changes_nothing_and_rebuild_leaves_it_alone(self):
        again = self.board.kpkg("install", "-y", self.bundle, "--exit-code=changes")
        self.assertEqual(2, again.status, again)
        for words in ((), ("kpkg-tty-watch",)):
            rebuilt = self.board.kpkg("rebuild", "-y", "-k", self.amd64, *words, "--exit-code=changes")
            self.assertEqual(2, rebuilt.status, rebuilt)
        self.assertEqual(self.from_bundle, self.digests())

    def test_h_without_headers_it_can_be_put_right_all_the_same(self):
        module = self.board.installed(self.amd64, "kpkg_tty_watch")
        module.unlink()
        hidden = self.headers.rename(self.headers.with_name("away"))
        try:
            rebuilt = self.board.kpkg("rebuild", "-y", "-k", self.amd64)
        finally:
            hidden.rename(self.headers)

        self.assertEqual(0, rebuilt.status, rebuilt)
        self.assertTrue(module.exists())

    def test_i_it_goes_as_it_came_and_a_build_here_yields_the_same_bytes(self):
        removed = self.board.kpkg("remove", "-y", "kpkg-tty-watch", "kpkg-tty-pair")
        self.assertEqual(0, removed.status, removed)
        self.assertFalse((self.board.modules(self.amd64) / "updates").exists())

        built = self.board.kpkg("install", "-y", "-k", self.amd64, WATCH)

        self.assertEqual(0, built.status, built)
        self.assertIn("built in", built.output)
        self.assertEqual(self.from_bundle, self.digests())

    def test_j_what_is_no_tree_of_that_kernel_is_named(self):
        wrong = self.board.root / "usr/src" / f"linux-headers-{self.cloud}"
        for tree, told in ((wrong, self.cloud), (self.directory, "has no Makefile"), (self.directory / "absent", "there is no")):
            refused = self.other.kpkg("build", WATCH, "--for", self.facts, "--tree", tree, "-o", self.directory / "x.kpkg")
            self.assertEqual(5, refused.status, refused)
            self.assertIn(told, refused.errors)
        self.assertEqual(5, self.other.kpkg("build", WATCH, "--for", self.facts, "-o", self.directory / "x.kpkg").status)
        self.assertFalse((self.directory / "x.kpkg").exists())

    def test_k_a_tree_whose_modules_the_kernel_would_refuse_makes_no_bundle(self):
        lying = self.board.root / "usr/src/linux-headers-lying"
        kernels.linked_copy(lying.with_name(f"linux-headers-{self.cloud}"), lying)
        release = lying / "include/generated/utsrelease.h"
        release.unlink()
        release.write_text(f'#define UTS_RELEASE "{self.amd64}"\n', encoding="utf-8")

        refused = self.other.kpkg("build", WATCH, "--for", self.facts, "--tree", lying, "-o", self.directory / "lying.kpkg")

        self.assertEqual(5, refused.status, refused)
        self.assertIn("does not describe the kernel of the facts", refused.errors)
        self.assertIn("options that may lay structs out otherwise", refused.errors)
        self.assertFalse((self.directory / "lying.kpkg").exists())

    def test_l_options_that_contradict_each_other_are_usage(self):
        for words in (("build", WATCH, "-o", "x.kpkg"), ("build", WATCH, "--for", self.facts, "-o", "x.ko"),
                      ("build", WATCH, "--for", self.facts, "-k", "all", "-o", "x.kpkg"),
                      ("install", "-y", self.bundle, self.bundle), ("install", "-y", self.bundle, "--source", "/tmp"),
                      ("install", "-y", self.bundle, "--tree", "/tmp")):
            answer = self.board.kpkg(*words)
            self.assertEqual(64, answer.status, answer)


if __name__ == "__main__":
    cases.main()
