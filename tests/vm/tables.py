# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of what was measured, one line a row and way of being broken, which tests compare with and --record writes."""
import argparse
import dataclasses
import pathlib

from support import kernels

SKIPPED = 77


def line_of(row):
    """The members of a row, without the empty ones at its end."""
    return "\t".join(dataclasses.astuple(row)).rstrip("\t")


@dataclasses.dataclass(frozen=True)
class Table:
    """A file of rows of one type, whose first two members are `kernel` and `way`; `kernels` is the order of the former."""
    path: pathlib.Path
    head: str
    row: type
    kernels: tuple

    def recorded(self):
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        return [self.row(*line.split("\t")) for line in lines if not line.startswith("#")]

    def record(self, kernel, rows):
        """Put `rows` in the place of the recorded ones of `kernel`."""
        kept = [row for row in self.recorded() if row.kernel != kernel] + rows
        kept.sort(key=lambda row: self.kernels.index(row.kernel))
        self.path.write_text(self.head + "".join(f"{line_of(row)}\n" for row in kept), encoding="utf-8")

    def differences(self, kernel, found):
        """A line for each row of `kernel` that is not as recorded."""
        known = {row.way: row for row in self.recorded() if row.kernel == kernel}
        for row in found:
            before = known.pop(row.way, None)
            if before != row:
                yield f"{kernel} {row.way}\n  recorded: {before and line_of(before)}\n  now:      {line_of(row)}"
        yield from (f"{kernel} {way}: is recorded and no way any more" for way in known)


def main(table, description, compare):
    """The exit status of a program that measures one kernel: 0 if `compare` of the chosen one has no complaint, 1, or 77 if nothing
    could be measured."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("kernel", choices=table.kernels)
    parser.add_argument("--record", action="store_true", help="keep what is measured in the sources")
    try:
        complaints = list(compare(parser.parse_args()))
    except kernels.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    print(*complaints, sep="\n")
    return 1 if complaints else 0
