#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kpkg installs, real kernels load by name; what kpkg refuses, they refuse."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, program  # noqa: E402
from vm import answers, machine, mutate  # noqa: E402


class OfKernel:
    """What holds for each kernel; `module` is one that works there, and `symbol` one that it imports."""
    flavour = ""
    recipes = ()
    module = ""
    symbol = ""

    @classmethod
    def setUpClass(cls):
        cls.world = program.World((cls.flavour,))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]
        cls.answer = cls.world.kpkg("install", "-y", "-k", cls.release, *cls.recipes)
        scratch = tempfile.TemporaryDirectory(prefix="kpkg-installed.")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)

    def setUp(self):
        self.assertEqual(0, self.answer.status, self.answer)

    def boot(self, steps):
        return machine.Machine(self.world.root, self.release).boot(steps)

    def all_ok(self, steps):
        results = self.boot(steps)
        self.assertEqual(["ok"] * len(steps), [result.answer for result in results], machine.table(results))

    def test_the_installed_terminals_load_by_name_and_pass_bytes(self):
        self.all_ok([
            answers.modprobe("kpkg_tty_watch"),
            answers.exists("/dev/kpkgtty0"),
            answers.echo("/dev/kpkgtty0", "/dev/kpkgtty1", "through the cable"),
        ])

    def test_what_kpkg_refuses_the_kernel_refuses_for_the_same_reason(self):
        module = self.world.installed(self.release, self.module).read_bytes()
        defects = {
            "vermagic": (mutate.vermagic(module, "mod_unload", "mod_unloaX"), "vermagic-differs", "ENOEXEC"),
            "crc": (mutate.crc(module, self.symbol), "crc-differs", "EINVAL"),
            "symbol": (mutate.imported(module, self.symbol), "symbol-unknown", "ENOENT"),
            "whole": (module, None, "ok"),
        }

        results = self.boot([answers.finit(damaged) for damaged, _, _ in defects.values()])

        for (name, (damaged, finding, errno)), result in zip(defects.items(), results):
            with self.subTest(name):
                path = self.directory / f"{name}.ko"
                path.write_bytes(damaged)
                answer = self.world.kpkg("check", path, "-k", self.release, "--json")
                findings = {each["id"]: each["errno"] for each in answer.json()["verdicts"][0]["findings"]}
                self.assertEqual(errno, result.answer, machine.table(results))
                self.assertEqual(0 if finding is None else 4, answer.status, answer)
                if finding:
                    self.assertEqual(errno, findings.get(finding), findings)


class Amd64(OfKernel, unittest.TestCase):
    flavour = "amd64"
    recipes = ("v4l2loopback", program.OWN_RECIPES / "kpkg-tty-watch.toml")
    module = "kpkg_tty_pair"
    symbol = "tty_register_driver"

    def test_v4l2loopback_loads_by_name_and_makes_its_device(self):
        self.all_ok([answers.modprobe("v4l2loopback"), answers.exists("/dev/video0")])


class CloudAmd64(OfKernel, unittest.TestCase):
    """Debian's cloud kernel has no video core, so v4l2loopback is not for it."""
    flavour = "cloud-amd64"
    recipes = (program.OWN_RECIPES / "kpkg-tty-watch.toml",)
    module = "kpkg_tty_pair"
    symbol = "tty_register_driver"


if __name__ == "__main__":
    cases.main()
