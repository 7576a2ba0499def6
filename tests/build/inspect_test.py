#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kpkg tells of modules that a real kernel has: inspect, its tree, and explain with such a module at hand."""
import gzip
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, program  # noqa: E402
from vm import initramfs, mutate  # noqa: E402


class Inspect(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = program.World(("cloud-amd64",))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]
        cls.index = initramfs.ModuleIndex(cls.world.root, cls.release)

    def kpkg(self, *words):
        answer = self.world.kpkg(*words, "-k", self.release)
        self.assertEqual(0, answer.status, answer)
        return answer

    def test_each_import_is_told_with_who_exports_it(self):
        told = self.kpkg("inspect", "net_failover", "--json").json()

        owners = {symbol["symbol"]: symbol["owner"] for symbol in told["imports"]}
        self.assertEqual("vmlinux", owners["dev_close"])
        self.assertIn("net/core/failover", owners["failover_register"])
        self.assertEqual([], told["taints"])
        self.assertIsNone(told["loaded"])

    def test_who_signed_a_module_and_what_the_kernel_makes_of_that_is_told(self):
        told = self.kpkg("inspect", "net_failover", "--json").json()
        text = self.kpkg("inspect", "net_failover")

        (signer,) = told["signature_message"]["signers"]
        self.assertEqual("sha256", signer["digest"])
        self.assertEqual("good", told["signature_check"]["outcome"])
        self.assertRegex(text.output, r"\n  signed by +.*, with sha256 and rsa\n  kernel says +right: the kernel has the key, from ")

    def test_a_module_whose_signer_the_kernel_does_not_know_is_told_with_the_taint(self):
        module = self.index.path("net_failover").read_bytes()
        with tempfile.TemporaryDirectory(prefix="kpkg-inspect.") as directory:
            bare = pathlib.Path(directory) / "net_failover.ko"
            bare.write_bytes(module[:-1])  # without the end of its marker it is not signed
            told = self.kpkg("inspect", bare, "--json").json()

        self.assertEqual("absent", told["signature_check"]["outcome"])
        self.assertEqual(["E"], [taint["letter"] for taint in told["taints"]])

    def test_gpl_only_imports_and_direct_dependents_are_told_at_a_glance(self):
        told = self.kpkg("inspect", "failover", "--json").json()
        text = self.kpkg("inspect", "failover").output

        restricted = [symbol for symbol in told["imports"] if symbol["gpl_only"]]
        self.assertRegex(text, rf"  imports [0-9]+ symbols, {len(restricted)} of them GPL-only\n")
        self.assertIn({"module": "net_failover", "direct": True}, told["dependents"])
        self.assertRegex(text, "\n  needed by +.*net_failover")

    def test_the_tree_has_what_depmod_says_and_who_needs_the_module(self):
        told = self.kpkg("inspect", "--tree", "failover", "--json").json()
        above = self.kpkg("inspect", "--tree", "net_failover")

        names = [each["module"] for each in told["dependents"]]
        self.assertEqual([], told["tree"]["needs"])
        self.assertIn("net_failover", names)
        self.assertEqual(sorted(names), names)
        self.assertRegex(above.output, "^net_failover\n  failover\nneeded by ")

    def test_a_message_about_a_module_at_hand_is_told_with_the_finding_of_the_judge(self):
        module = self.index.path("net_failover").read_bytes()
        with tempfile.TemporaryDirectory(prefix="kpkg-inspect.") as directory:
            damaged = pathlib.Path(directory) / "net_failover.ko"
            damaged.write_bytes(mutate.crc(module, "dev_close"))
            line = "net_failover: disagrees about version of symbol dev_close"
            told = self.kpkg("explain", "--json", "--module", damaged, line).json()

        (message,) = told["messages"]
        self.assertEqual(["crc-differs"], [finding["id"] for finding in message["judged"]])
        self.assertEqual("vmlinux", message["exported_by"])
        self.assertEqual("refused", told["verdicts"][0]["decision"])

    def checked(self, name, content):
        """The verdict on a file of this name and content, and the exit status."""
        with tempfile.TemporaryDirectory(prefix="kpkg-inspect.") as directory:
            file = pathlib.Path(directory) / name
            file.write_bytes(content)
            answer = self.world.kpkg("check", "--json", file, "-k", self.release)
        return answer.json()["verdicts"][0], answer.status

    def test_a_compressed_file_is_judged_by_what_the_modprobe_of_the_root_unpacks(self):
        module = gzip.compress(self.index.path("net_failover").read_bytes())
        unknown, loads = self.checked("net_failover.ko.gz", module)
        kmod = self.world.root / "usr/bin/kmod"
        kmod.parent.mkdir(parents=True, exist_ok=True)
        kmod.write_bytes(b"\0kmod version\0+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\0")
        self.addCleanup(kmod.unlink)
        unread, refused = self.checked("net_failover.ko.gz", module)

        self.assertEqual((0, ["compression-unchecked"]), (loads, [each["id"] for each in unknown["findings"]]))
        self.assertEqual((4, "ENOEXEC"), (refused, unread["errno"]))
        self.assertIn("compression-unread", [each["id"] for each in unread["findings"]])

    def test_a_file_that_depmod_would_rank_behind_another_of_its_name_is_told_so(self):
        module = self.index.path("net_failover").read_bytes()
        alone, _ = self.checked("net_failover.ko", module)
        order = self.world.root / "etc/depmod.d/kernel-first.conf"
        order.parent.mkdir(parents=True, exist_ok=True)
        order.write_text("search built-in updates\n", encoding="utf-8")
        self.addCleanup(order.unlink)
        behind, status = self.checked("net_failover.ko", module)

        self.assertEqual([], alone["findings"])
        self.assertEqual((0, ["shadowed"]), (status, [each["id"] for each in behind["findings"]]))
        self.assertIn("/kernel/drivers/net/net_failover.ko", behind["findings"][0]["cause"])

    def test_a_message_about_an_installed_module_that_is_right_says_so(self):
        told = self.kpkg("explain", "net_failover: Unknown symbol failover_register (err -2)")

        self.assertRegex(told.output, "failover_register: exported by kernel .*'s module net/core/failover")
        self.assertRegex(told.output, "net_failover.ko on .*: the judge finds no such reason .verdict: loads.")


if __name__ == "__main__":
    cases.main()
