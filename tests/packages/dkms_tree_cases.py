# SPDX-License-Identifier: GPL-2.0-or-later
"""What src/dkmstree and stock dkms say and do with each other's trees, for every version of stock dkms."""
import os
import shutil
import subprocess

from support import kernels, stock_dkms

KERNELS = ("6.1.0-9-amd64", "6.1.0-56-amd64", "10.0.0")
OLD, NEW, NEXT = KERNELS


def helper():
    path = os.environ.get("KPKG_DKMS_TREE")
    if not path:
        raise kernels.Unavailable("KPKG_DKMS_TREE does not name the program dkms_tree")
    return path


class Cases:
    """Mixed into a test case that has program(): where stock dkms is."""

    def setUp(self):
        self.helper = helper()
        self.stock = stock_dkms.Stock(self.program())
        self.addCleanup(self.stock.close)
        for kernel in KERNELS:
            self.stock.kernel(kernel)

    def ours(self, *words):
        done = subprocess.run([self.helper, *self.stock.places, *map(str, words)], capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout.splitlines()

    def change(self, verb, version, kernel=OLD, *steps):
        """Performs a change, or its first steps; how many it has."""
        return int(self.ours(verb, f"{version}/{kernel}/{stock_dkms.ARCH}", *steps)[0])

    def assert_same_status(self, *lines):
        said = self.stock.status()
        self.assertEqual(said, self.ours("status"))
        if lines:
            self.assertEqual(list(lines), said)

    def added(self, *versions):
        for version in versions:
            self.stock.source(*version.split("/"))
            self.stock.run("add", version)

    def test_every_state_that_stock_dkms_makes_is_read_the_same(self):
        self.assert_same_status()
        self.added("a/1", "a/10", "a-b/1", "a.b/1~rc1", "B/0+git2")
        self.assert_same_status("B/0+git2: added", "a-b/1: added", "a.b/1~rc1: added", "a/1: added", "a/10: added")
        for kernel in KERNELS:
            self.stock.on("build", "a/1", kernel)
        self.stock.on("install", "a-b/1", OLD)
        self.assert_same_status()
        self.stock.on("install", "a/1", OLD)
        self.stock.on("install", "a/10", NEW)
        self.assert_same_status(
            "B/0+git2: added", "a-b/1, 6.1.0-9-amd64, x86_64: installed", "a.b/1~rc1: added", "a/1, 10.0.0, x86_64: built",
            "a/1, 6.1.0-56-amd64, x86_64: built", "a/1, 6.1.0-9-amd64, x86_64: installed",
            "a/10, 6.1.0-56-amd64, x86_64: installed")
        self.stock.on("uninstall", "a/1", OLD)
        self.stock.on("remove", "a-b/1", OLD)
        self.assert_same_status()

    def test_a_module_that_was_changed_or_removed_behind_the_back_of_dkms_differs(self):
        self.added("a/1", "b/1")
        for version in ("a/1", "b/1"):
            self.stock.on("install", version, OLD)
        updates = self.stock.modules / OLD / "updates/dkms"
        (updates / "a.ko").write_text("other\n", encoding="utf-8")
        (updates / "b.ko").unlink()

        self.assert_same_status(
            *(f"{name}/1, {OLD}, x86_64: installed (Differences between built and installed modules)" for name in "ab"))

    def test_original_modules_are_told(self):
        self.added("a/1")
        original = self.stock.modules / OLD / "kernel/test/a.ko"
        original.parent.mkdir(parents=True)
        original.write_text("the kernel's own\n", encoding="utf-8")

        self.stock.on("install", "a/1", OLD)

        # Debian's 3.0 leaves it where it is, and tells nevertheless what an earlier one has moved.
        (self.stock.tree / f"a/original_module/{OLD}/x86_64").mkdir(parents=True, exist_ok=True)
        self.assert_same_status()
        self.assertIn("(Original modules exist)", self.ours("status")[0])

    def test_filters_choose_the_same_entries(self):
        self.added("a/1", "a/2", "a-b/1", "b/1")
        for version, kernel in (("a/1", OLD), ("a/1", NEXT), ("b/1", NEW)):
            self.stock.on("build", version, kernel)
        for words in (("a",), ("a", "2"), ("", "1"), ("a*",), ("[!a]*",), ("@(a|b)", "1"), ("A",), ("", "", OLD), ("a", "", "6.*"),
                      ("", "", "", "x86_64"), ("", "", "", "i686"), ("a", "1", NEXT, "x86*"), ("a", "1", "build"), (".*",)):
            with self.subTest(words=words):
                options = [part for name, word in zip(("-m", "-v", "-k", "-a"), words) if word for part in (name, word)]
                self.assertEqual(self.stock.status(*options), self.ours("status", *words))

    def test_a_link_to_another_version_or_to_nothing_installs_nothing(self):
        self.added("a/1", "a/2")
        self.stock.on("install", "a/1", OLD)
        self.stock.on("build", "a/2", OLD)
        link = self.stock.tree / f"a/kernel-{OLD}-x86_64"
        link.unlink()
        link.symlink_to(f"2/{OLD}/x86_64")
        self.assert_same_status()
        link.unlink()
        link.symlink_to(f"3/{OLD}/x86_64")
        self.assert_same_status(f"a/1, {OLD}, x86_64: built", f"a/2, {OLD}, x86_64: built")

    def test_what_kpkg_made_stock_dkms_goes_on_with(self):
        self.stock.source("a", "1")
        self.change("add", "a/1")
        self.assert_same_status("a/1: added")
        self.stock.on("build", "a/1", NEW)
        self.change("put", "a/1", OLD)
        self.assert_same_status(f"a/1, {NEW}, x86_64: built", f"a/1, {OLD}, x86_64: built")
        self.stock.on("install", "a/1", OLD)
        self.assertEqual("put by kpkg\n", (self.stock.modules / OLD / "updates/dkms/a.ko").read_text(encoding="utf-8"))
        self.change("unlink", "a/1", OLD)
        self.change("link", "a/1", OLD)
        self.assert_same_status(f"a/1, {NEW}, x86_64: built", f"a/1, {OLD}, x86_64: installed")
        self.stock.run("remove", "a/1", "--all")
        self.assertEqual([], list(self.stock.tree.glob("a")))
        self.assertFalse((self.stock.modules / OLD / "updates/dkms/a.ko").exists())

    def test_what_stock_dkms_made_kpkg_takes_apart(self):
        self.added("a/1")
        self.stock.on("install", "a/1", OLD)
        self.change("unlink", "a/1", OLD)
        self.assert_same_status(f"a/1, {OLD}, x86_64: built")
        self.change("drop", "a/1", OLD)
        self.assert_same_status("a/1: added")
        self.change("remove", "a/1")
        self.assertEqual([], list(self.stock.tree.iterdir()))

    def test_stock_dkms_loads_what_kpkg_packed(self):
        self.added("a/1")
        self.change("put", "a/1", OLD)
        tarball = self.stock.top / "a.dkms.tar.gz"
        self.ours("pack", f"a/1/{OLD}/{stock_dkms.ARCH}", tarball)
        self.stock.run("remove", "a/1", "--all")
        shutil.rmtree(self.stock.sources / "a-1")

        self.stock.run("ldtarball", str(tarball))

        self.assert_same_status(f"a/1, {OLD}, x86_64: built")
        self.assertTrue((self.stock.sources / "a-1/module").exists())

    def test_kpkg_loads_what_stock_dkms_packed(self):
        self.added("a/1")
        self.stock.on("build", "a/1", OLD)
        self.stock.run("mktarball", "a/1", "-k", f"{OLD}/{stock_dkms.ARCH}")
        made = self.stock.tree / f"a/1/tarball/a-1-kernel{OLD}-x86_64.dkms.tar.gz"
        self.change("drop", "a/1", OLD)

        self.ours("unpack", f"a/1/{OLD}/{stock_dkms.ARCH}", made, self.stock.top / "unpacked")

        self.assert_same_status(f"a/1, {OLD}, x86_64: built")
        self.assertEqual("a 1\n", (self.stock.tree / f"a/1/{OLD}/x86_64/module/a.ko").read_text(encoding="utf-8"))

    def survive(self, prepare, verb):
        """Stops a change of a/1 before each of its steps: stock dkms must see the old state or the new, and go on from there."""
        step, count, seen = 0, 1, set()
        while step <= count:
            with self.subTest(step=step):
                self.setUp()
                self.stock.source("a", "1")
                prepare()
                old = tuple(self.stock.status())
                count = self.change(verb, "a/1", OLD, step)
                new = tuple(self.stock.status())
                self.assertEqual(list(new), self.ours("status"))
                self.assertLessEqual(len(seen | {old, new}), 2, "a state in between")
                seen |= {old, new}
                if not new:
                    self.stock.run("add", "a/1")
                self.stock.on("install", "a/1", OLD)
                self.stock.run("remove", "a/1", "--all")
                self.assertEqual([], list(self.stock.tree.glob("a")))
            step += 1
        self.assertEqual(2, len(seen), seen)

    def test_stock_dkms_sees_no_half_addition(self):
        self.survive(lambda: None, "add")

    def test_stock_dkms_sees_no_half_removal(self):
        self.survive(lambda: (self.stock.run("add", "a/1"), self.stock.on("build", "a/1", OLD)), "remove")

    def test_stock_dkms_sees_no_half_build(self):
        self.survive(lambda: self.stock.run("add", "a/1"), "put")

    def test_stock_dkms_sees_no_build_half_dropped(self):
        self.survive(lambda: (self.stock.run("add", "a/1"), self.stock.on("build", "a/1", OLD)), "drop")
