#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A real kernel and kpkg judge the same files: whole modules of that kernel and modules with one defect each.

    oracle_test.py 6.1-amd64                asks the kernel; without QEMU compares with the recorded answers
    oracle_test.py --recorded 6.1-amd64     compares with the recorded answers alone
    oracle_test.py --record 6.1-amd64       asks the kernel and records what it answers
    oracle_test.py --missing 6.1-amd64      asks only what has no recorded answer, and records that

Prints each disagreement with both answers, then the row of the table of results, which is also kept beside the build
(ORACLE_RESULTS). Exit status: 0 if there is no disagreement, 1, or 77 if nothing could be compared.
"""
import argparse
import os
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import catalogue, kernels  # noqa: E402
from vm import asking, comparison, machine, recorded, suite  # noqa: E402

SKIPPED = 77
EXCUSED = 0.02


def arguments():
    parser = argparse.ArgumentParser(description="let a kernel and kpkg judge the same modules")
    parser.add_argument("kernel", choices=sorted(catalogue.OFFERS))
    parser.add_argument("--recorded", action="store_true", help="do not ask the kernel")
    parser.add_argument("--record", action="store_true", help="ask the kernel and keep the answers in the sources")
    parser.add_argument("--missing", action="store_true", help="ask the kernel only what has no recorded answer, and keep it")
    return parser.parse_args()


def answers_of(chosen, kernel, cases):
    """The kernel's answers by name, and where they come from."""
    known = recorded.read(kernel, cases)
    if chosen.recorded or not shutil.which(machine.BOARDS[kernel.architecture].program):
        return known, "recorded"
    if chosen.missing:
        return {**known, **asking.ask(kernel, [case for case in cases if case.name not in known])}, "partly asked"
    return asking.ask(kernel, cases), "asked"


def changed(kernel, cases, answers):
    """Answers that the kernel gave otherwise when they were recorded."""
    before = recorded.read(kernel, cases)
    return [f"{kernel.name}\tchanged\t{name}\trecorded: {before[name]}\tnow: {answers[name]}" for name in before
            if before[name].word != answers[name].word and not (before[name].crashes and answers[name].crashes)]


def report(text):
    print(text)
    kept = os.environ.get("ORACLE_RESULTS")
    if kept:
        with open(kept, "a", encoding="utf-8") as file:
            file.write(text + "\n")


def judge(chosen):
    """The exit status."""
    kernel = catalogue.kernel(chosen.kernel)
    cases = suite.cases(kernel)
    answers, origin = answers_of(chosen, kernel, cases)
    asked = [case for case in cases if case.name in answers]
    if not asked:
        raise kernels.Unavailable(f"no QEMU for {kernel.architecture}, and no recorded answers of {kernel.release}")
    if chosen.record or chosen.missing:
        recorded.write(kernel, asked, answers)
    compared = comparison.Comparison(kernel, asked, comparison.verdicts(kernel, asked), answers)
    complaints = compared.lines(*comparison.KINDS)
    complaints += [f"{kernel.name}\trow {row} has no case" for row in compared.missing_rows()]
    if origin == "asked":
        complaints += changed(kernel, asked, answers)
    excused = [case for case in asked if compared.is_excused(case)]
    if len(excused) > EXCUSED * len(asked):
        complaints.append(f"{kernel.name}\t{len(excused)} cases are excused by unknowable.tsv: too many")
    print(*complaints, sep="\n")
    report(f"{compared.summary()}  {origin} of {kernel.release}, {len(cases) - len(asked)} not")
    return 1 if compared.of_kind(*comparison.KINDS) or compared.missing_rows() or len(excused) > EXCUSED * len(asked) else 0


def main():
    try:
        return judge(arguments())
    except kernels.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
