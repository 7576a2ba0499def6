#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The header packages of a kernel, brought by the real apt and unpacked privately: a tree that modules build in, the same modules as in
installed headers."""
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, program  # noqa: E402

PLACE = "/var/cache/kpkg/trees/{}/packages"
MODULE = "kpkg_tty_pair"
RECIPE = program.OWN_RECIPES / "kpkg-tty-pair.toml"
# Where Debian's packages put headers and host tools.
INSTALLED = ("usr/src", "usr/lib/linux-kbuild-*")


def unpack(world, release, place):
    """Runs the function that no command calls alone. Its rows by kind, its status and what it complained of."""
    driver = os.environ.get("UNPACK_HEADERS")
    if not driver:
        raise kernels.Unavailable("UNPACK_HEADERS does not name the program that unpacks")
    done = subprocess.run([driver, str(world.root), release, place], capture_output=True, text=True, check=False)
    rows = {}
    for line in done.stdout.splitlines():
        kind, _, rest = line.partition(" ")
        rows.setdefault(kind, []).append(rest)
    return rows, done.returncode, done.stderr


def module_of(world, release):
    """The bytes of a module that is built here, without its build id: that is of the debug information too, where the tree's path is."""
    built = world.kpkg("install", "-y", "--no-load", "-k", release, RECIPE)
    if built.status:
        raise AssertionError(built)
    copy = world.root / "tmp" / MODULE
    subprocess.run(["objcopy", "--remove-section=.note.gnu.build-id", world.installed(release, MODULE), copy], check=True)
    return copy.read_bytes()


def without_headers(world, release):
    """Takes the installed headers away with all that kpkg knows, and says that the root is Debian's."""
    for pattern in INSTALLED:
        for path in world.root.glob(pattern):
            shutil.rmtree(path)
    for made in (world.root / "var/lib/kpkg", world.root / "var/cache/kpkg", world.modules(release) / "updates"):
        shutil.rmtree(made)
    for link in ("build", "source"):
        (world.modules(release) / link).unlink()
    (world.root / "etc/os-release").write_text("ID=debian\n", encoding="utf-8")


class PackagedTree(unittest.TestCase):
    """One world, used by its cases in the order of their names."""

    @classmethod
    def setUpClass(cls):
        for name in ("apt-get", "apt-cache", "apt-config", "dpkg-deb", "objcopy"):
            kernels.need(name)
        cls.release = kernels.release_of("amd64")
        cls.world = program.World(("amd64",))
        cls.addClassCleanup(cls.world.close)
        cls.reference = module_of(cls.world, cls.release)
        without_headers(cls.world, cls.release)
        cls.place = PLACE.format(cls.release)
        left = cls.world.root / (cls.place[1:] + ".new") / "tree"
        left.mkdir(parents=True)
        cls.rows, status, complaint = unpack(cls.world, cls.release, cls.place)
        if status == 1 and "network" in complaint:
            raise kernels.Unavailable(complaint)
        if "problem" in cls.rows:
            raise kernels.Unavailable(f"{cls.rows['problem']} {cls.rows['hint']}")
        if status:
            raise AssertionError(complaint)

    def test_a_the_packages_are_the_flavour_its_common_part_and_its_tools(self):
        names = [package.split()[0] for package in self.rows["package"]]
        version = self.rows["package"][0].split()[1]

        self.assertEqual(f"linux-headers-{self.release}", names[0])
        self.assertEqual(3, len(names), names)
        self.assertTrue(names[1].endswith("-common"), names)
        self.assertTrue(names[2].startswith("linux-kbuild-"), names)
        self.assertEqual({version}, {package.split()[1] for package in self.rows["package"]})
        self.assertNotIn("note", self.rows)

    def test_b_everything_that_a_build_needs_is_at_the_private_place(self):
        self.assertEqual(f"{self.place}/usr/src/linux-headers-{self.release}", self.rows["tree"][0])
        self.assertEqual(f"{self.rows['tree'][0]}/Module.symvers", self.rows["symvers"][0])
        self.assertEqual(3, len(self.rows["needs"]), self.rows)
        for path in self.rows["needs"]:
            self.assertTrue(path.startswith(self.place + "/usr/"), path)

    def test_c_nothing_is_left_beside_it_and_nothing_is_installed(self):
        cache = self.world.root / "var/cache/kpkg"

        self.assertEqual(["packages"], sorted(path.name for path in (cache / "trees" / self.release).iterdir()))
        self.assertEqual([], list((cache / "work").iterdir()))
        self.assertFalse((self.world.root / "usr/src").exists())

    def test_d_a_module_built_there_is_the_one_that_is_built_in_installed_headers(self):
        (self.world.modules(self.release) / "build").symlink_to(self.rows["tree"][0])

        self.assertEqual(self.reference, module_of(self.world, self.release))
        self.assertIn(f"make -C {self.rows['tree'][0]} ", self.world.kpkg("log", "kpkg-tty-pair", "-k", self.release).output)

    def test_e_it_is_replaced_at_once_by_a_second_run(self):
        marker = self.world.root / self.place[1:] / "marker"
        marker.touch()

        rows, status, complaint = unpack(self.world, self.release, self.place)

        self.assertEqual((0, self.rows), (status, rows), complaint)
        self.assertFalse(marker.exists())

    def test_f_a_kernel_of_which_apt_has_no_headers_is_an_answer(self):
        other = "6.1.0-0-nobody"
        shutil.copytree(self.world.modules(self.release), self.world.modules(other), symlinks=True, copy_function=os.link)
        (self.world.modules(other) / "build").unlink()

        rows, status, complaint = unpack(self.world, other, PLACE.format(other))

        self.assertEqual(0, status, complaint)
        self.assertIn(f"linux-headers-{other}", rows["problem"][0])
        self.assertFalse((self.world.root / PLACE.format(other)[1:]).exists())


if __name__ == "__main__":
    cases.main()
