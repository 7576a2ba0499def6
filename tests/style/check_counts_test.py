#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""packaging/check-counts can say no: to tests that nobody runs any more, and in CI to tests that were skipped."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source  # noqa: E402

sys.dont_write_bytecode = True  # beside a program stands no __pycache__
LOADER = importlib.machinery.SourceFileLoader("check_counts", str(source.TOP / "packaging/check-counts"))
check_counts = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_counts", LOADER))
LOADER.exec_module(check_counts)

TESTS = """
add_test(fine "true")
set_tests_properties(fine PROPERTIES LABELS "unit")
add_test(broken "false")
set_tests_properties(broken PROPERTIES LABELS "unit;slow")
add_test(absent "true")
set_tests_properties(absent PROPERTIES LABELS "vm")
"""
RESULTS = """<testsuite>
<testcase name="fine" time="60" status="run"><system-out>good</system-out></testcase>
<testcase name="broken" time="30" status="fail"><failure/><system-out>bad</system-out></testcase>
<testcase name="absent" time="0" status="notrun"><skipped/><system-out>line\nskipped: qemu is not installed\n</system-out></testcase>
</testsuite>"""


def complaints(tally, least, in_ci):
    return list(check_counts.judge("vm", tally, least, in_ci))


class Counts(unittest.TestCase):
    def test_results_are_counted_by_the_labels_of_ctest_with_the_reasons_of_what_was_skipped(self):
        with tempfile.TemporaryDirectory() as build:
            (pathlib.Path(build) / "CTestTestfile.cmake").write_text(TESTS, encoding="utf-8")
            (pathlib.Path(build) / "results.xml").write_text(RESULTS, encoding="utf-8")

            found = check_counts.tallies(build, ["unit", "vm"])

        self.assertEqual({"unit": check_counts.Tally(passed=1, failed=1, seconds=90.0),
                          "vm": check_counts.Tally(skipped={"absent": "skipped: qemu is not installed"})}, found)

    def test_as_many_tests_as_expected_are_no_complaint(self):
        self.assertEqual([], complaints(check_counts.Tally(passed=1, failed=1), 2, True))

    def test_fewer_tests_than_expected_are_a_complaint_everywhere(self):
        self.assertEqual(1, len(complaints(check_counts.Tally(passed=1), 2, False)))

    def test_a_skipped_test_is_a_complaint_in_ci_only(self):
        tally = check_counts.Tally(passed=1, skipped={"absent": "no qemu"})

        self.assertEqual([], complaints(tally, 2, False))
        self.assertEqual(2, len(complaints(tally, 2, True)))


if __name__ == "__main__":
    unittest.main()
