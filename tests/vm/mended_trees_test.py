#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kpkg makes of broken kernel trees: whichever way one is broken, the module is that of the whole tree, and the kernel loads it.

    mended_trees_test.py 6.1-amd64             compares with the recorded table
    mended_trees_test.py --record 6.1-amd64    puts what is measured into it

What plain make makes of the same trees is in broken_trees.tsv. Exit status: 0 if all rows are as recorded and good, 1, or 77 if
nothing could be measured.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import broken_trees, catalogue, kernels, program  # noqa: E402
from vm import machine, mending, tables  # noqa: E402

TABLE = tables.Table(pathlib.Path(__file__).with_name("mended_trees.tsv"), """# SPDX-License-Identifier: GPL-2.0-or-later
# What kpkg makes of each broken kernel tree, and what the kernel says: kernel, way (support/broken_trees.py), the tree that it builds
# in, what that is worth; what is wrong with the installed one; whether the code is that of the whole tree; answer and log of the
# kernel. Written by mended_trees_test.py --record.
""", mending.Row, ("6.1-amd64", "6.12-amd64", "6.12-arm64"))


def compare(chosen):
    """A line for each row that is not as recorded, or of a module that is not the right one."""
    program.kpkg_program()
    kernel = catalogue.kernel(chosen.kernel)
    board = machine.BOARDS[kernel.architecture]
    for name in ("make", f"{board.compiler}-12", "pahole", board.program):
        kernels.need(name)
    found = mending.measured(kernel, broken_trees.WAYS)
    if chosen.record:
        TABLE.record(kernel.name, found)
    print(f"{kernel.name}: {len(found)} trees of {kernel.release}")
    yield from TABLE.differences(kernel.name, found)
    yield from (f"not the right module: {tables.line_of(row)}" for row in found if not row.is_good)


if __name__ == "__main__":
    sys.exit(tables.main(TABLE, "have kpkg build in broken kernel trees and let the kernel judge the modules", compare))
