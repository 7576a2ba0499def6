#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The modules of tests/modules, built with plain make: they compile without a warning, load, and do what they are for."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, modules  # noqa: E402
from vm import answers, machine  # noqa: E402


class OfKernel:
    flavour = ""

    @classmethod
    def setUpClass(cls):
        cls.root, cls.release = kernels.root(), kernels.release_of(cls.flavour)
        scratch = tempfile.TemporaryDirectory(prefix="kpkg-modules.")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)
        cls.pair = modules.build(modules.SOURCES / "tty/pair", cls.release, cls.directory / "pair")
        cls.watch = modules.build(modules.SOURCES / "tty/watch", cls.release, cls.directory / "watch",
                                  [cls.pair / "Module.symvers"])
        cls.both = modules.build(modules.SOURCES / "tty", cls.release, cls.directory / "both")
        cls.outcomes = modules.build(modules.SOURCES / "outcomes", cls.release, cls.directory / "outcomes")

    def load_both(self, pair, watch):
        """The results of loading by name what is at these paths; the machine's own depmod indexes them."""
        booted = machine.Machine(self.root, self.release)
        booted.include_file(f"/usr/lib/modules/{self.release}/updates/kpkg_tty_pair.ko", pair)
        booted.include_file(f"/usr/lib/modules/{self.release}/updates/kpkg_tty_watch.ko", watch)
        booted.include_program("/usr/bin/cat")
        return booted.boot([
            answers.run("/usr/sbin/depmod", "-a"),
            answers.modprobe("kpkg-tty-watch"),
            answers.run("/usr/bin/cat", "/sys/module/kpkg_tty_watch/parameters/pairs"),
            answers.exists("/dev/kpkgtty0"),
            answers.echo("/dev/kpkgtty0", "/dev/kpkgtty1", "there"),
            answers.echo("/dev/kpkgtty1", "/dev/kpkgtty0", "and back, 20 %"),
            answers.rmmod("kpkg_tty_pair"),
            answers.rmmod("kpkg_tty_watch"),
            answers.rmmod("kpkg_tty_pair"),
        ])

    def finit(self, *names, parameters=""):
        booted = machine.Machine(self.root, self.release, parameters=parameters)
        return booted.boot([answers.finit(self.outcomes / f"{name}.ko") for name in names])

    def test_nothing_is_warned_about(self):
        logs = "".join(log.read_text(encoding="utf-8") for log in self.directory.glob("*/log"))

        self.assertIn("kpkg_tty_watch.ko", logs)
        self.assertNotRegex(logs, "(?i)warning")

    def test_modules_built_one_after_the_other_load_and_pass_bytes(self):
        results = self.load_both(self.pair / "kpkg_tty_pair.ko", self.watch / "kpkg_tty_watch.ko")

        self.assertEqual(["ok"] * 6 + ["EAGAIN", "ok", "ok"], [result.answer for result in results], machine.table(results))
        self.assertEqual(["1\n", "there", "and back, 20 %"], [results[index].stdout for index in (2, 4, 5)])

    def test_modules_built_in_one_tree_load_and_pass_bytes(self):
        results = self.load_both(self.both / "pair/kpkg_tty_pair.ko", self.both / "watch/kpkg_tty_watch.ko")

        self.assertEqual(["ok"] * 6 + ["EAGAIN", "ok", "ok"], [result.answer for result in results], machine.table(results))

    def test_the_watcher_alone_lacks_a_symbol(self):
        (result,) = machine.Machine(self.root, self.release).boot([answers.finit(self.watch / "kpkg_tty_watch.ko")])

        self.assertEqual("ENOENT", result.errno_name)
        self.assertIn("Unknown symbol kpkg_tty_pair_count", "\n".join(result.log))

    def test_each_outcome_is_told_from_the_others_and_an_oops_ends_nothing(self):
        no_exit = self.outcomes / "kpkg_no_exit.ko"
        steps = [answers.finit(self.outcomes / f"kpkg_init_{name}.ko") for name in ("enodev", "oops", "eio")]

        results = machine.Machine(self.root, self.release).boot(
            [*steps, answers.finit(no_exit), answers.rmmod("kpkg_no_exit")])

        self.assertEqual(["ENODEV", "oops", "EIO", "ok", "EBUSY"], [result.answer for result in results])
        self.assertIn("BUG: kernel NULL pointer dereference", "\n".join(results[1].log))

    def test_a_panic_is_reported_as_dying_at_the_step(self):
        with self.assertRaises(machine.DiedMidway) as caught:
            self.finit("kpkg_init_eio", "kpkg_init_oops", parameters="oops=panic")

        self.assertEqual(["EIO"], [result.answer for result in caught.exception.results])
        self.assertIn("kpkg_init_oops.ko", str(caught.exception.step))


class OfTheFullKernel(OfKernel, unittest.TestCase):
    flavour = "amd64"


class OfTheCloudKernel(OfKernel, unittest.TestCase):
    flavour = "cloud-amd64"


if __name__ == "__main__":
    cases.main()
