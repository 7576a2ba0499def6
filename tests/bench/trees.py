#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel tree costs that is made of the kernel's source, with that at hand: medians of three, each beside its limit.

Seconds are those of processors, kpkg's and its tools' together: what the machine does besides matters little. Exit status: 0 if all
are below their limits, 1, or 77 if nothing could be measured.
"""
import pathlib
import shutil
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import learning  # noqa: E402
from support import cases, catalogue, headerless, linux_source, program  # noqa: E402

RUNS = 3
KERNEL = "6.1-amd64"
MEGABYTE = 1 << 20
# Seconds of processors, but for the last.
LIMITS = {"making the tree, without the gates": 60, "the gates": 60, "the tree from the cache": 0.3, "megabytes on the disk": 70}


class Bench:
    """One kernel without headers, and the source that it was built of."""

    def __init__(self):
        kernel = catalogue.kernel(KERNEL)
        self.source = linux_source.source(linux_source.upstream_version(kernel.configuration))
        self.world = program.World(kernel=kernel)
        self.release = kernel.release
        headerless.without_headers(self.world, self.release)
        self.place = self.world.root / "var/cache/kpkg/trees" / self.release / "rebuilt"

    def kpkg(self, *words):
        """Seconds of processors that a run took, and what it printed."""
        return learning.answer([program.kpkg_program(), "kernel", *words, "-k", self.release, "--root", self.world.root, "--json"])

    def once(self):
        """What one tree costs, by the names of LIMITS."""
        shutil.rmtree(self.world.root / "var/cache/kpkg", ignore_errors=True)
        tree = self.world.root.parent / "tree"
        whole, told = self.kpkg("rebuild-tree", "--source", self.source, "-o", tree)
        gates = told["gates"]["cpu_seconds"]
        size = sum(path.lstat().st_blocks * 512 for path in tree.rglob("*")) / MEGABYTE
        self.place.parent.mkdir(parents=True)
        tree.rename(self.place)
        self.kpkg("tree")  # looks at it and remembers that
        cached, told = self.kpkg("tree")
        assert told["trees"][0]["tree"], told
        return dict(zip(LIMITS, (whole - gates, gates, cached, size)))


def main():
    bench = Bench()
    try:
        runs = [bench.once() for _ in range(RUNS)]
    finally:
        bench.world.close()
    status = 0
    for name, limit in LIMITS.items():
        values = [run[name] for run in runs]
        median = statistics.median(values)
        status = max(status, int(median > limit))
        print(f"{name:<58} {median:8.2f}   ({min(values):.2f} to {max(values):.2f})   limit {limit}, of which it is {median / limit:.0%}"
              + " TOO MUCH" * (median > limit), flush=True)
    return status


if __name__ == "__main__":
    cases.measure(main)
