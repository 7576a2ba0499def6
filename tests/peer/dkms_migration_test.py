#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of every series of DKMS since 3.0: kpkg takes them over as they are, lives on with them, and gives them back.

KPKG_DKMS_REPOSITORY names a clone of DKMS. Debian's own packages of modules are in tests/chroot/dkms_test.py.
"""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from packages import outcomes  # noqa: E402
from support import cases, dkms_root, dkms_world, program  # noqa: E402

VERSIONS = ("v3.0.13", "v3.1.8", "v3.2.2", "v3.3.0", "v3.4.3")
INSTALLED, BUILT, ADDED, LATER = "mig_installed", "mig_built", "mig_added", "mig_later"


class Machine:
    """A chroot with one version of stock dkms, and modules in every state."""

    def __init__(self, version):
        self.root = dkms_root.Root()
        self.release = self.root.release
        self.root.install_stock(version)
        for name in (INSTALLED, BUILT, ADDED, LATER):
            dkms_world.write_source(self.root.root, name, conf="" if name == INSTALLED else 'AUTOINSTALL=""\n')
        for name in (INSTALLED, BUILT, ADDED):
            self.dkms("add", f"{name}/1.0")
        self.dkms("install", f"{INSTALLED}/1.0", "-k", self.release)
        self.dkms("build", f"{BUILT}/1.0", "-k", self.release)

    def dkms(self, *words):
        return dkms_root.checked(self.root, "dkms", *words)

    def status(self):
        return outcomes.in_words_of_3_4(self.dkms("status")).splitlines()

    def files(self):
        """Inode and time of every module of the tree and of what is installed."""
        top = self.root.root
        paths = [*(top / "usr/lib/modules" / self.release / "updates").rglob("*.ko*"), *(top / "var/lib/dkms").rglob("*.ko*")]
        return {str(path.relative_to(top)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths if path.is_file()}


class Migration(unittest.TestCase):
    def there_and_back(self, version):
        machine = Machine(version)
        self.addCleanup(machine.root.close)
        before, status = machine.files(), machine.status()
        self.assertEqual(3, len(status), status)

        machine.root.install_own(program.kpkg_program())
        self.assertEqual(status, machine.status())
        machine.dkms("autoinstall", "-k", machine.release)
        self.assertEqual(before, machine.files())

        machine.dkms("install", f"{LATER}/1.0", "-k", machine.release)
        machine.dkms("uninstall", f"{INSTALLED}/1.0", "-k", machine.release)
        machine.dkms("install", f"{BUILT}/1.0", "-k", machine.release)
        before, status = machine.files(), machine.status()

        machine.root.install_stock(version)
        self.assertEqual(status, machine.status())
        machine.dkms("install", f"{INSTALLED}/1.0", "-k", machine.release)
        after = machine.files()
        self.assertEqual(before, {path: file for path, file in after.items() if path in before})
        self.assertEqual([f"usr/lib/modules/{machine.release}/updates/dkms/{INSTALLED}.ko"], sorted(after.keys() - before.keys()))
        for name in (INSTALLED, BUILT, ADDED, LATER):
            machine.dkms("remove", f"{name}/1.0", "--all")
        self.assertEqual(({}, []), (machine.files(), machine.status()))

    def test_there_and_back(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                self.there_and_back(version)


if __name__ == "__main__":
    debian.enter_namespace()
    cases.main()
