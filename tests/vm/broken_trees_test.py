#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What one gets from a broken kernel tree with plain make: whether it builds, and what the kernel says to the module.

    broken_trees_test.py 6.1-amd64             compares with the recorded table
    broken_trees_test.py --record 6.1-amd64    puts what is measured into it

This is the truth that kpkg is compared with; kpkg itself is not asked. Exit status: 0 if all rows are as recorded, 1, or 77 if
nothing could be measured.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import broken_trees, catalogue, kernels  # noqa: E402
from vm import machine, tables, truths  # noqa: E402

TABLE = tables.Table(pathlib.Path(__file__).with_name("broken_trees.tsv"), """# SPDX-License-Identifier: GPL-2.0-or-later
# What plain make makes of each broken kernel tree, and what the kernel says: kernel, way (support/broken_trees.py), whether it
# builds, else the first complaint; size of struct module, where it has init and exit; whether the code is that of the whole tree;
# answer and log of the kernel. Written by broken_trees_test.py --record.
""", truths.Row, ("6.1-amd64", "6.12-amd64", "6.12-arm64"))


def compare(chosen):
    """A line for each row that is not as recorded."""
    kernel = catalogue.kernel(chosen.kernel)
    board = machine.BOARDS[kernel.architecture]
    for program in ("make", f"{board.compiler}-12", "pahole", board.program):
        kernels.need(program)
    found = truths.measured(kernel, broken_trees.WAYS)
    if chosen.record:
        TABLE.record(kernel.name, found)
    print(f"{kernel.name}: {len(found)} trees of {kernel.release}")
    return TABLE.differences(kernel.name, found)


if __name__ == "__main__":
    sys.exit(tables.main(TABLE, "build in broken kernel trees and let the kernel judge the modules", compare))
