#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's packages of modules under kpkg and under stock dkms, each in a fresh root, installed by their own maintainer scripts.

usage: dkms_packages.py [--stock-only] [--log FILE] [PACKAGE ...]
Prints a table: what each came to, how many modules it has, and every difference. Exit status: 0 if there is none but for known reasons,
1, or 77.
"""
import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from packages import outcomes  # noqa: E402
from support import cases, dkms_root, own_packages, program  # noqa: E402

NOT_MODULES = {"dh-dkms", "kpkg-dkms"}


def known_packages(root):
    """Every package of the archive that is named like one of modules, without those that bring hundreds of megabytes along."""
    _, listing = root.run("apt-cache", "search", "--names-only", "--", "-dkms$")
    names = {line.split()[0] for line in listing.splitlines()} - NOT_MODULES
    return sorted(name for name in names if not name.startswith("nvidia-"))


def candidate(root, package):
    for line in root.run("apt-cache", "show", "--no-all-versions", package)[1].splitlines():
        if line.startswith("Version: "):
            return line.split()[1]
    return None


def seen(root, package, log):
    log.write(f"\n=== {package}\n{outcomes.install(root, package)}")
    outcome = outcomes.of_package(root, package, outcomes.names_in(root, package))
    log.flush()
    return outcome, outcomes.modules_of(root, outcome)


def under_stock(package, log):
    """The outcome under stock dkms, from memory or from a new root; None if the archive has no such package."""
    root, name = outcomes.stock_root()
    try:
        version = candidate(root, package)
        if version is None:
            return None
        kept = outcomes.Kept(name, root.release)
        found = kept.find(package, version)
        if found is None:
            found = seen(root, package, log)
            kept.keep(*found)
        return found
    finally:
        root.close()


def under_kpkg(packages, package, log):
    root = outcomes.own_root(packages)
    try:
        return seen(root, package, log)
    finally:
        root.close()


def line(package, theirs, ours, found, explained):
    word = "DIFFERS" if found else "explained" if explained else "same"
    counts = f"{len(theirs.modules):3} {len(ours.modules) if ours else '-':>3}"
    return f"{package:26} {theirs.version:32.32} {theirs.word:10} {ours.word if ours else '-':10} {counts}  {word if ours else ''}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="*", metavar="PACKAGE")
    parser.add_argument("--stock-only", action="store_true", help="only see and keep what stock dkms makes of them")
    parser.add_argument("--log", default="dkms-packages.log", help="where everything goes that apt printed")
    options = parser.parse_args()
    built = same = known = 0
    with tempfile.TemporaryDirectory(prefix="own-packages.") as scratch, open(options.log, "w", encoding="utf-8") as log:
        own = [] if options.stock_only else own_packages.build(program.kpkg_program(), scratch)
        wanted = options.packages
        if not wanted:
            root = dkms_root.Root()
            wanted = known_packages(root)
            root.close()
        print(f"{'package':26} {'version':32} {'stock':10} {'kpkg':10} {'.ko':>7}", flush=True)
        for package in wanted:
            theirs = under_stock(package, log)
            if theirs is None:
                print(f"{package:26} is not in the archive")
                continue
            ours = (None, {}) if options.stock_only else under_kpkg(own, package, log)
            found, explained = ([], []) if options.stock_only else outcomes.compared(ours, theirs)
            print(line(package, theirs[0], ours[0], found, explained), *(f"    {each}" for each in found + explained), sep="\n", flush=True)
            built += theirs[0].word == "installed"
            if theirs[0].word == "installed":
                same += not found and not explained
                known += not found and bool(explained)
    print(f"{built} are installed under stock dkms, {same} of them are the same under kpkg, {known} differ for a known reason")
    return 0 if options.stock_only or same + known == built else 1


if __name__ == "__main__":
    debian.enter_namespace()
    cases.measure(main)
