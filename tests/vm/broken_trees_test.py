#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What one gets from a broken kernel tree with plain make: whether it builds, and what the kernel says to the module.

    broken_trees_test.py 6.1-amd64             compares with the recorded table
    broken_trees_test.py --record 6.1-amd64    puts what is measured into it

This is the truth that kpkg is compared with; kpkg itself is not asked. Exit status: 0 if all rows are as recorded, 1, or 77 if
nothing could be measured.
"""
import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import broken_trees, catalogue, kernels  # noqa: E402
from vm import machine, truths  # noqa: E402

TABLE = pathlib.Path(__file__).with_name("broken_trees.tsv")
HEAD = """# SPDX-License-Identifier: GPL-2.0-or-later
# What plain make makes of each broken kernel tree, and what the kernel says: kernel, way (support/broken_trees.py), whether it
# builds, else the first complaint; size of struct module, where it has init and exit; whether the code is that of the whole tree;
# answer and log of the kernel. Written by broken_trees_test.py --record.
"""
KERNELS = ("6.1-amd64", "6.12-amd64", "6.12-arm64")
SKIPPED = 77


def recorded():
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    return [truths.Row.of(line) for line in lines if not line.startswith("#")]


def record(kernel, rows):
    """Put `rows` in the place of the recorded ones of `kernel`."""
    kept = [row for row in recorded() if row.kernel != kernel.name] + rows
    kept.sort(key=lambda row: KERNELS.index(row.kernel))
    TABLE.write_text(HEAD + "".join(f"{row}\n" for row in kept), encoding="utf-8")


def differences(expected, found):
    """A line for each row that is not as recorded."""
    known = {row.way: row for row in expected}
    for row in found:
        before = known.pop(row.way, None)
        if before != row:
            yield f"{row.kernel} {row.way}\n  recorded: {before}\n  now:      {row}"
    yield from (f"{row.kernel} {row.way}: is recorded and no way any more" for row in known.values())


def compare(chosen):
    """The exit status."""
    kernel = catalogue.kernel(chosen.kernel)
    board = machine.BOARDS[kernel.architecture]
    for program in ("make", f"{board.compiler}-12", "pahole", board.program):
        kernels.need(program)
    found = truths.measured(kernel, broken_trees.WAYS)
    if chosen.record:
        record(kernel, found)
    complaints = list(differences([row for row in recorded() if row.kernel == kernel.name], found))
    print(*complaints, sep="\n")
    print(f"{kernel.name}: {len(found)} trees of {kernel.release}, {len(complaints)} not as recorded")
    return 1 if complaints else 0


def main():
    parser = argparse.ArgumentParser(description="build in broken kernel trees and let the kernel judge the modules")
    parser.add_argument("kernel", choices=KERNELS)
    parser.add_argument("--record", action="store_true", help="keep what is measured in the sources")
    try:
        return compare(parser.parse_args())
    except kernels.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED


if __name__ == "__main__":
    sys.exit(main())
