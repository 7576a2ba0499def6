#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The header packages of a kernel, brought by the real apt and unpacked privately: a tree that modules build in, the same modules as in
installed headers."""
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, program  # noqa: E402

TREES = "var/cache/kpkg/trees"
MODULE = "kpkg_tty_pair"
RECIPE = program.OWN_RECIPES / "kpkg-tty-pair.toml"
# Where Debian's packages put headers and host tools.
INSTALLED = ("usr/src", "usr/lib/linux-kbuild-*")


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
    for made in (*(world.root / state for state in kernels.STATES), world.modules(release) / "updates"):
        shutil.rmtree(made)
    for link in ("build", "source"):
        (world.modules(release) / link).unlink()
    (world.root / "etc/os-release").write_text("ID=debian\n", encoding="utf-8")


def made(world, release, *options):
    """What `kernel tree --make` says of a kernel: the answer, the path of the tree or None, and the step of packages."""
    answer = world.kpkg("kernel", "tree", "-k", release, "--make", "--json", *options)
    (found,) = answer.json()["trees"]
    (step,) = [step for step in found["steps"] if step["origin"] == "packages"]
    return answer, found["tree"], step


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
        left = cls.world.root / TREES / cls.release / "packages.new/tree"
        left.mkdir(parents=True)
        cls.answer, cls.tree, cls.step = made(cls.world, cls.release)
        if cls.step["attestation"] is None:
            raise kernels.Unavailable(cls.step["text"])

    def test_a_the_packages_are_the_flavour_its_common_part_and_its_tools_of_one_version(self):
        names, versions = zip(*(package.split() for package in self.step["repairs"]), strict=True)

        self.assertEqual(3, len(names), names)
        self.assertEqual(f"linux-headers-{self.release}", names[0])
        self.assertTrue(names[1].endswith("-common"), names)
        self.assertTrue(names[2].startswith("linux-kbuild-"), names)
        self.assertEqual(1, len(set(versions)), versions)

    def test_b_the_tree_is_at_the_private_place_and_describes_the_kernel(self):
        self.assertEqual(0, self.answer.status, self.answer)
        self.assertEqual(f"/{TREES}/{self.release}/packages/usr/src/linux-headers-{self.release}", self.tree)
        self.assertTrue(self.step["taken"])
        self.assertIn(self.step["attestation"]["standing"], ("exact", "verified"))

    def test_c_nothing_is_left_beside_it_and_nothing_is_installed(self):
        cache = self.world.root / "var/cache/kpkg"

        self.assertEqual(["packages"], sorted(path.name for path in (cache / "trees" / self.release).iterdir()))
        self.assertEqual([], list((cache / "work").iterdir()))
        self.assertFalse((self.world.root / "usr/src").exists())
        self.assertFalse((self.world.modules(self.release) / "build").is_symlink())

    def test_d_a_module_built_there_is_the_one_that_is_built_in_installed_headers(self):
        self.assertEqual(self.reference, module_of(self.world, self.release))
        self.assertIn(f"make -C {self.tree} ", self.world.kpkg("log", "kpkg-tty-pair", "-k", self.release).output)

    def test_e_a_tree_that_was_damaged_is_unpacked_anew(self):
        symvers = self.world.root / self.tree[1:] / "Module.symvers"
        symvers.unlink()

        answer, tree, step = made(self.world, self.release)

        self.assertEqual((0, self.tree, self.step), (answer.status, tree, step), answer)
        self.assertTrue(symvers.exists())

    def test_f_a_good_one_is_taken_as_it_is_without_a_network(self):
        answer, tree, step = made(self.world, self.release, "--offline")

        self.assertEqual((0, self.tree, []), (answer.status, tree, step["repairs"]), answer)
        self.assertTrue(step["taken"])

    def test_g_a_kernel_of_which_apt_has_no_headers_is_told_with_their_name(self):
        other = "6.1.0-0-nobody"
        kernels.linked_copy(self.world.modules(self.release), self.world.modules(other))

        answer, tree, step = made(self.world, other)

        self.assertEqual((5, None), (answer.status, tree), answer)
        self.assertIn(f"linux-headers-{other}", step["text"])
        self.assertFalse((self.world.root / TREES / other / "packages").exists())


if __name__ == "__main__":
    cases.main()
