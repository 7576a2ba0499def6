#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle itself: real kernels take what is whole, refuse what has a defect, and the machine reports which it was."""
import gzip
import lzma
import pathlib
import struct
import sys
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, kernels, modules  # noqa: E402
from vm import answers, image, machine, mutate  # noqa: E402

OOPS = b"\r\nBUG: kernel NULL pointer dereference, address: 0000000000000000\r\n"


def said(*bodies):
    """The console of a machine that sent these lines, each twice."""
    lines = (f"{number} {body}".encode() for number, body in enumerate(bodies))
    return b"".join(b"\r\n@kpkg %08x %s\r\n" % (zlib.crc32(line), line) * 2 for line in lines)


def a_console():
    return said("0 ready 6.1.0", "1 taint_before 0", "1 errno 8", "1 outcome done", "1 taint_after 4096", "1 log a%20b%25",
                "1 end ", "1 bye ")


class Answers(unittest.TestCase):
    steps = [answers.finit(b"module")]

    def test_an_answer_is_read_with_errno_taint_and_log(self):
        (result,) = machine.results_of(a_console(), self.steps, "", "6.1.0")

        self.assertEqual(("ENOEXEC", "O", ("a b%",)), (result.errno_name, result.taint, result.log))
        self.assertFalse(result.ok)

    def test_a_line_that_the_kernel_broke_is_taken_from_its_second_copy(self):
        broken = a_console().replace(b"1 errno 8", b"1 err" + OOPS + b"no 8", 1)

        (result,) = machine.results_of(broken, self.steps, "", "6.1.0")

        self.assertEqual(8, result.errno)

    def test_a_line_whose_copies_are_both_broken_is_missed(self):
        broken = a_console().replace(b"1 errno 8", b"1 err" + OOPS + b"no 8")

        with self.assertRaisesRegex(machine.MachineFailed, "line 2 .* did not arrive whole"):
            machine.results_of(broken, self.steps, "", "6.1.0")

    def test_a_machine_that_ends_during_a_step_died_at_that_step(self):
        with self.assertRaises(machine.DiedMidway) as caught:
            machine.results_of(said("0 ready 6.1.0", "1 taint_before 0"), self.steps, "", "6.1.0")

        self.assertEqual(self.steps[0], caught.exception.step)

    def test_a_machine_that_was_stopped_after_it_booted_timed_out(self):
        with self.assertRaises(machine.TimedOut):
            machine.results_of(said("0 ready 6.1.0"), self.steps, "timeout", "6.1.0")

    def test_a_machine_that_never_said_ready_did_not_boot(self):
        with self.assertRaises(machine.DidNotBoot):
            machine.results_of(b"Kernel panic - not syncing", self.steps, "", "6.1.0")


def a_bzimage(packed, sectors=3):
    """A bzImage of nothing but the header fields that lead to `packed`."""
    head = bytearray((sectors + 1) * image.SECTOR)
    head[0x1F1] = sectors
    head[0x202:0x206] = b"HdrS"
    struct.pack_into("<II", head, 0x248, 16, len(packed))
    return bytes(head) + bytes(16) + packed + b"relocations"


class Images(unittest.TestCase):
    kernel = b"\x7fELF" + bytes(range(256)) * 40
    size = struct.pack("<I", len(kernel))

    def test_a_kernel_is_unpacked_without_the_size_that_follows_it(self):
        packed = lzma.compress(self.kernel, check=lzma.CHECK_CRC32) + self.size

        self.assertEqual(self.kernel, image.decompress(image.payload(a_bzimage(packed))))

    def test_a_kernel_is_unpacked_from_gzip_which_ends_with_the_size_itself(self):
        packed = gzip.compress(self.kernel)

        self.assertEqual(self.kernel, image.decompress(image.payload(a_bzimage(packed))))

    def test_a_file_that_is_no_bzimage_is_refused(self):
        with self.assertRaisesRegex(image.NotAKernel, "no bzImage header"):
            image.payload(bytes(4096))

    def test_a_kernel_that_ends_early_is_refused(self):
        packed = lzma.compress(self.kernel)[:-40] + self.size

        with self.assertRaisesRegex(image.NotAKernel, "xz did not yield"):
            image.decompress(image.payload(a_bzimage(packed)))


class OfKernel:
    """What must hold for each kernel. dummy is the network driver: small, needs nothing, has parameters."""
    flavour = ""

    @classmethod
    def setUpClass(cls):
        cls.machine = machine.Machine(kernels.root(), kernels.release_of(cls.flavour))
        dummy = modules.content(cls.machine.index.path("dummy"))
        cls.steps = {
            "wrong vermagic": answers.finit(mutate.vermagic(dummy, "mod_unload", "mod_unloaX")),
            "wrong crc": answers.finit(mutate.crc(dummy, "ether_setup")),
            "unknown symbol": answers.finit(mutate.imported(dummy, "ether_setup")),
            "modprobe": answers.modprobe("dummy", "numdummies=2"),
            "second": answers.exists("/sys/class/net/dummy1"),
            "none": answers.exists("/sys/class/net/dummy2"),
            "again": answers.finit(dummy),
            "unload": answers.rmmod("dummy"),
            "unsigned": answers.finit(mutate.unsigned(dummy)),
            "closure": answers.modprobe("veth"),
            "nonsense": answers.modprobe("no_such_module"),
        }
        cls.results = dict(zip(cls.steps, cls.machine.boot(cls.steps.values())))

    def refused(self, name):
        result = self.results[name]
        return result.errno_name, "\n".join(result.log)

    def test_a_module_of_the_distribution_loads_through_modprobe_with_its_parameters(self):
        answered = [self.results[name].answer for name in ("modprobe", "second", "none")]

        self.assertEqual(["ok", "ok", "ENOENT"], answered)
        self.assertEqual("", self.results["modprobe"].taint)

    def test_a_module_that_is_loaded_already_is_refused_and_can_be_unloaded(self):
        self.assertEqual("EEXIST", self.results["again"].errno_name)
        self.assertTrue(self.results["unload"].ok)

    def test_a_module_without_its_signature_loads_and_taints(self):
        unsigned = self.results["unsigned"]

        self.assertTrue(unsigned.ok, unsigned)
        self.assertEqual("E", unsigned.module_taint)

    def test_a_module_with_another_flag_in_its_vermagic_is_refused(self):
        error, log = self.refused("wrong vermagic")

        self.assertEqual("ENOEXEC", error)
        self.assertRegex(log, "version magic '.*mod_unloaX.*' should be '.*mod_unload .*'")

    def test_a_module_that_demands_another_crc_is_refused(self):
        error, log = self.refused("wrong crc")

        self.assertEqual("EINVAL", error)
        self.assertIn("disagrees about version of symbol ether_setup", log)

    def test_a_module_that_needs_an_unknown_symbol_is_refused(self):
        error, log = self.refused("unknown symbol")

        self.assertEqual("ENOENT", error)
        self.assertIn("Unknown symbol Qther_setup (err -2)", log)

    def test_modprobe_says_why_it_failed(self):
        nonsense = self.results["nonsense"]

        self.assertEqual(1, nonsense.status)
        self.assertIn("Module no_such_module not found", nonsense.stderr)


class OfTheFullKernel(OfKernel, unittest.TestCase):
    flavour = "amd64"

    def test_modules_that_need_others_load_with_them(self):
        videodev = answers.modprobe("videodev")

        results = self.machine.boot([videodev, answers.rmmod("mc")])

        self.assertEqual(["ok", "EAGAIN"], [result.answer for result in results])

    def test_a_kernel_without_an_init_is_reported_as_not_booting(self):
        lost = machine.Machine(self.machine.root, self.machine.kernel, parameters="rdinit=/none")

        with self.assertRaises(machine.DidNotBoot) as caught:
            lost.boot([])

        self.assertIn(b"Kernel panic", caught.exception.console)


class OfTheCloudKernel(OfKernel, unittest.TestCase):
    flavour = "cloud-amd64"


if __name__ == "__main__":
    cases.main()
