#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The transcripts that claim it: their commands are given to stock DKMS 3.4.3, and every line that it prints is compared.

KPKG_DKMS_REPOSITORY names a clone of DKMS. Each transcript has a chroot of its own, in which its world is the root.
"""
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "transcripts")]
import run  # noqa: E402
import world  # noqa: E402
from chroot import debian  # noqa: E402
from support import cases, dkms_root  # noqa: E402

CLAIM = "dkms_*_as_dkms_does.txt"
OF_KPKG = "KPKG_ROOT"


def given(step, root, here, environment):
    """What a step prints: dkms runs inside, any other program beside the root as it does for kpkg."""
    words = shlex.split(step.command)
    inside = ["chroot", str(root.root)] if "dkms" in words else []
    done = subprocess.run([*inside, *words], cwd=here, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return run.said(done, here)


def differences(path):
    """A diff for each command that stock DKMS answers otherwise."""
    directives, steps = run.split(path.read_text(encoding="utf-8").splitlines())
    root = dkms_root.Root()
    try:
        root.install_stock()
        here, settings = root.root.parent, {}
        for _, text, body in directives:
            world.make(shlex.split(text), body, here, settings)
        settings.pop(OF_KPKG, None)
        environment = run.environment_of("/usr/local/sbin", "/root", settings)
        for step in steps:
            expected = step.expected[:len(step.expected) - run.comments_and_blanks(step.expected)]
            actual = given(step, root, here, environment)
            if not run.agree(expected, actual):
                yield run.difference(step, expected, actual)
    finally:
        root.close()


class Transcripts(unittest.TestCase):
    def test_stock_dkms_says_the_same(self):
        paths = sorted((TESTS / "transcripts").glob(CLAIM))
        self.assertGreater(len(paths), 10)
        for path in paths:
            with self.subTest(path=path.name):
                self.assertEqual("", "\n\n".join(differences(path)))

    def test_a_line_that_stock_dkms_does_not_print_is_a_difference(self):
        with tempfile.TemporaryDirectory() as scratch:
            path = pathlib.Path(scratch) / "claim.txt"
            path.write_text("root directory /var/lib/dkms\n\n$ dkms --version\ndkms-0.1\n", encoding="utf-8")
            self.assertIn("+dkms-3.4.3", "".join(differences(path)))


if __name__ == "__main__":
    debian.enter_namespace()
    cases.main()
