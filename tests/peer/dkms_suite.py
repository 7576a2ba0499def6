#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts how many checks of DKMS's own suite a `dkms` passes: run_test.sh of 3.4.3, in a chroot, every check counted.

KPKG_DKMS_REPOSITORY names a clone of DKMS. Without --stock the program is the kpkg that KPKG names, in its build tree. Nothing of the
suite is kept. Exit status: 0 if at least --least checks passed, 1, or 77 if it cannot run here.
"""
import argparse
import collections
import dataclasses
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from support import cases, dkms_root, kernels, program  # noqa: E402

KINDS = ("command", "status", "log", "source", "clean")  # those that are counted; "direct" is only told
CHECKS = "root/checks"
COUNTING = pathlib.Path(__file__).resolve().parent / "counting.bash"


@dataclasses.dataclass(frozen=True)
class Check:
    kind: str
    outcome: str
    line: int
    what: str
    block: str


def blocks(suite):
    """The name of the block of each line of the suite; "" outside of them."""
    names, current = [""], ""
    for line in suite.splitlines():
        begun = re.match(r"if \[\[ ! \$only \|\| \$only = ([a-z_-]+) \]\]", line)
        current = begun[1] if begun else "" if re.match(r"fi\s+# .* tests$", line) else current
        names.append(current)
    return names


def instrumented(suite):
    """The suite with counting.bash read behind its functions; every line stays where it is."""
    text, count = re.subn(r"(?m)^mod_compression_ext=$", "mod_compression_ext=; . /root/counting.bash", suite, count=1)
    if not count:
        raise kernels.Unavailable("run_test.sh is not the one that is known here")
    return text


def run(root, block, log):
    """Runs the suite, or one block of it, and returns its checks."""
    place = root.sources()
    suite = (place / "run_test.sh").read_text(encoding="utf-8")
    (place / "run_test_counted.sh").write_text(instrumented(suite), encoding="utf-8")
    (root.root / "root/counting.bash").write_bytes(COUNTING.read_bytes())
    (root.root / CHECKS).touch()
    environment = {"KERNEL_VER": root.release, "KPKG_CHECKS": f"/{CHECKS}"}
    status, output = root.run("bash", "./run_test_counted.sh", *([block] if block else []), directory="/root/dkms", environment=environment)
    log.write(output + f"\n=== the suite ended with status {status}\n")
    names = blocks(suite)
    rows = (row.split("\t") for row in (root.root / CHECKS).read_text(encoding="utf-8").splitlines())
    return [Check(kind, outcome, int(line), what, names[int(line)]) for kind, outcome, line, what in rows]


def report(checks):
    """Prints what passed by block and kind and every check that failed; the number of those that passed."""
    table = collections.defaultdict(collections.Counter)
    for check in checks:
        if check.kind in KINDS:
            table[check.block or "(before)"][check.outcome] += 1
            table["all, " + check.kind][check.outcome] += 1
            table["all"][check.outcome] += 1
    for check in checks:
        if check.outcome == "failed":
            print(f"failed: line {check.line} ({check.block}), {check.kind}: {check.what}")
    print(f"{'':28} passed  failed")
    for name, row in table.items():
        print(f"{name:28} {row['passed']:6}  {row['failed']:6}")
    return table["all"]["passed"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("blocks", nargs="*", metavar="BLOCK", help="run only these, each in a chroot of its own")
    parser.add_argument("--stock", action="store_true", help="ask the dkms of the repository instead of kpkg")
    parser.add_argument("--log", default="dkms-suite.log", help="where everything goes that the suite printed")
    parser.add_argument("--least", type=int, default=0, help="how many checks must pass")
    return parser.parse_args()


def main():
    options = arguments()
    checks = []
    with open(options.log, "w", encoding="utf-8") as log:
        for block in options.blocks or [""]:
            root = dkms_root.Root()
            try:
                root.install_stock() if options.stock else root.install_own(program.kpkg_program())
                checks += run(root, block, log)
            finally:
                root.close()
    return 0 if report(checks) >= options.least else 1


if __name__ == "__main__":
    debian.enter_namespace()
    cases.measure(main)
