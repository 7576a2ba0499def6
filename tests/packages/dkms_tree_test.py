#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of the distribution's own dkms: 3.0 in Debian 12."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from packages import dkms_tree_cases  # noqa: E402
from support import cases, stock_dkms  # noqa: E402


class OfTheDistribution(dkms_tree_cases.Cases, unittest.TestCase):
    def program(self):
        return stock_dkms.from_apt()


if __name__ == "__main__":
    cases.main()
