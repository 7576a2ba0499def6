#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The conversation of dkms_talk.bash with stock DKMS 3.4.3 and with kpkg: what both answer is compared, command by command.

KPKG_DKMS_REPOSITORY names a clone of DKMS. It adds what DKMS's own suite leaves out.
"""
import difflib
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from support import cases, dkms_root, program  # noqa: E402

TALK = pathlib.Path(__file__).resolve().parent / "dkms_talk.bash"
# What modinfo of kmod prints when DKMS asks it of a file that is no module; kpkg reads the file itself.
NOT_TOLD = re.compile(r"(?m)^modinfo: ERROR: .*\n")


def answers(install):
    """Command to what was printed and its status, in the order of the conversation, from a chroot that `install` prepared."""
    root = dkms_root.Root()
    try:
        install(root)
        root.sources()
        (root.root / "root/talk.bash").write_bytes(TALK.read_bytes())
        _, output = root.run("bash", "/root/talk.bash", environment={"KERNEL_VER": root.release})
    finally:
        root.close()
    return [part.split("\n", 1) for part in re.split(r"(?m)^\$ ", NOT_TOLD.sub("", output))[1:]]


class Talk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stock = answers(lambda root: root.install_stock())
        cls.own = answers(lambda root: root.install_own(program.kpkg_program()))

    def test_both_are_asked_the_same(self):
        self.assertEqual([command for command, _ in self.stock], [command for command, _ in self.own])
        self.assertGreater(len(self.stock), 120)

    def test_both_answer_the_same(self):
        for number, ((command, stock), (_, own)) in enumerate(zip(self.stock, self.own)):
            with self.subTest(number=number, command=command):
                difference = "\n".join(difflib.unified_diff(stock.splitlines(), own.splitlines(), "stock", "kpkg", lineterm="", n=50))
                self.assertEqual("", difference)


if __name__ == "__main__":
    debian.enter_namespace()
    cases.main()
