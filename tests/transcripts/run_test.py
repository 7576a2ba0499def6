#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The runner itself: it sees every kind of difference, hides what is variable, and accepts on request."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

RUNNER = pathlib.Path(__file__).resolve().parent / "run.py"
PROGRAM = """#!/bin/sh
case "$1" in
greet) echo "hello $2" ;;
warn) echo out; echo "careful: $PWD/root" >&2; exit 4 ;;
environment) env | sort ;;
esac
"""


class Runner(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.transcript = pathlib.Path(scratch.name) / "claim.txt"
        self.program = pathlib.Path(scratch.name) / "program"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.program.chmod(0o755)

    def run_transcript(self, text, **environment):
        self.transcript.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, RUNNER, self.program, self.transcript], env={**os.environ, **environment},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def assert_passes(self, text, **environment):
        done = self.run_transcript(text, **environment)
        self.assertEqual((0, ""), (done.returncode, done.stdout if done.returncode else ""))

    def assert_fails(self, status, said, text):
        done = self.run_transcript(text)
        self.assertEqual(status, done.returncode)
        self.assertIn(said, done.stdout)

    def test_output_that_is_as_written_passes(self):
        self.assert_passes("# a claim\n\n$ kpkg greet you\nhello you\n\n# more\n$ dkms greet me\nhello me\n")

    def test_a_line_that_differs_fails_and_is_shown(self):
        self.assert_fails(1, "+hello you", "$ kpkg greet you\nhello me\n")

    def test_a_line_that_is_missing_and_one_too_many_fail(self):
        self.assert_fails(1, "+hello you", "$ kpkg greet you\n")
        self.assert_fails(1, "-again", "$ kpkg greet you\nhello you\nagain\n")

    def test_stderr_has_its_mark_the_directory_its_name_and_the_status_its_line(self):
        self.assert_passes("$ kpkg warn\nout\n2> careful: $DIR/root\n[status 4]\n")

    def test_a_status_that_is_not_expected_fails(self):
        self.assert_fails(1, "+[status 4]", "$ kpkg warn\nout\n2> careful: …\n")

    def test_dots_stand_for_any_text_of_one_line(self):
        self.assert_passes("$ kpkg greet you\nh…lo …\n")
        self.assert_fails(1, "-bye …", "$ kpkg greet you\nbye …\n")

    def test_nothing_of_the_callers_environment_gets_through(self):
        self.assert_passes("environment 'D=e f'\n$ kpkg environment\nD=e f\nHOME=$DIR/home\nLC_ALL=C.UTF-8\nPATH=…\nPWD=$DIR\nTZ=UTC\n",
                           SECRET="x")

    def test_files_links_and_kernels_are_there(self):
        self.assert_passes("root kernel 6.1-a\nroot file /etc/x <<END\none\nEND\nfile y <<E\ntwo\nE\nroot link /etc/z x\n"
                           "$ cat root/etc/z\none\n$ cat y\ntwo\n$ ls root/lib/modules/6.1-a/kernel root/boot\n"
                           "root/boot:\nconfig-6.1-a\nvmlinuz-6.1-a\n\nroot/lib/modules/6.1-a/kernel:\nlib\n")

    def test_a_body_line_that_looks_like_a_command_is_of_the_file(self):
        self.assert_passes("root file /x <<END\n$ two\nEND\n$ cat root/x\n…two\n")

    def test_headers_that_a_kernel_goes_without_are_not_there(self):
        self.assert_passes("root kernel a without headers image\n$ ls root/lib/modules/a root/boot\nroot/boot:\n\n…\n…\n…\n…\n…\n…\n")

    def test_what_is_not_a_directive_is_named_with_its_line(self):
        self.assert_fails(2, "claim.txt: line 2: there is no directive root beer", "# x\nroot beer\n$ kpkg greet\n")
        self.assert_fails(2, "line 1: no line says END", "file x <<END\n$ kpkg greet\n")
        self.assert_fails(2, "leads outside", "root file ../../x\n$ kpkg greet\n")
        self.assert_fails(2, "it has no command", "# only words\n")

    def test_accepting_writes_what_was_printed_and_keeps_lines_with_dots_that_fit(self):
        done = self.run_transcript("# claim\n$ kpkg warn\nold\n2> careful: …\n\n# next\n$ kpkg greet a\n", KPKG_ACCEPT="1")

        self.assertEqual(0, done.returncode)
        self.assertEqual("# claim\n$ kpkg warn\nout\n2> careful: …\n[status 4]\n\n# next\n$ kpkg greet a\nhello a\n",
                         self.transcript.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
