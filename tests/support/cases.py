# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the test cases of a file so that ctest sees which ones could not run (SKIP_RETURN_CODE 77)."""
import signal
import sys
import unittest

from support import kernels

SKIPPED = 77


def _heed_signals():
    """kpkg heeds no signal that its caller ignores. A shell starts what runs in the background so; what this program starts then heeds
    them again, because a program that is executed inherits no handlers."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def main():
    """Run the calling program's cases. Exit status: 0 passed, 1 failed, 77 if nothing failed and something was skipped."""
    _heed_signals()
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    for _, reason in result.skipped:
        print(f"skipped: {reason}")
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.skipped else 0)


def measure(main):
    """Run `main`, which yields an exit status, as a program of its own: 77 if what it needs is not there."""
    try:
        sys.exit(main())
    except kernels.Unavailable as reason:
        print(f"skipped: {reason}")
        sys.exit(SKIPPED)
