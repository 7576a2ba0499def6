# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers of kernels that were asked before, one file a kernel: a machine without QEMU compares with them, and a machine with it
sees what changed. An answer counts only for the same release and the same bytes; what nobody asked yet is not compared.
"""
import pathlib

from vm.asking import Answer

DIRECTORY = pathlib.Path(__file__).with_name("recorded")
HEAD = """# SPDX-License-Identifier: GPL-2.0-or-later
# What a real kernel did with each case: name, digest of the bytes, ok or errno or crash, taint of the module, log.
# Written by oracle_test.py --record; of another release or of other bytes an answer says nothing.
"""


def _file(kernel):
    return DIRECTORY / f"{kernel.name}.tsv"


def write(kernel, cases, answers):
    """Keep the answers to `cases`."""
    rows = [f"release\t{kernel.release}"]
    for case in sorted(cases, key=lambda case: case.name):
        answer = answers[case.name]
        log = "" if answer.crashes else " | ".join(answer.log)
        rows.append("\t".join([case.name, case.digest, answer.word, answer.taint, log]).rstrip())
    DIRECTORY.mkdir(exist_ok=True)
    _file(kernel).write_text(HEAD + "".join(row + "\n" for row in rows), encoding="utf-8")


def read(kernel, cases):
    """The recorded answers to those of `cases` that have one, by name."""
    if not _file(kernel).exists():
        return {}
    lines = [line for line in _file(kernel).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    if lines[0] != f"release\t{kernel.release}":
        return {}
    rows = (line.split("\t") + [""] * 4 for line in lines[1:])
    known = {(name, digest): Answer(word, taint, tuple(log.split(" | ")) if log else ())
             for name, digest, word, taint, log, *_ in rows}
    return {case.name: known[case.name, case.digest] for case in cases if (case.name, case.digest) in known}
