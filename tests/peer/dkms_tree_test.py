#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of another dkms: KPKG_DKMS names its program, which is dkms.in in its sources."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from packages import dkms_tree_cases  # noqa: E402
from support import cases, kernels  # noqa: E402


class OfThatProgram(dkms_tree_cases.Cases, unittest.TestCase):
    def program(self):
        path = os.environ.get("KPKG_DKMS")
        if not path:
            raise kernels.Unavailable("KPKG_DKMS names no program of dkms")
        return pathlib.Path(path).resolve()


if __name__ == "__main__":
    cases.main()
