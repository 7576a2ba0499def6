# SPDX-License-Identifier: GPL-2.0-or-later
"""The distribution kernels that tests build for and boot: one root directory, made on first use and shared by all tests.

KPKG_TEST_ROOT names the root; without it the root is kept in the cache directory. A root that is there is used as it is, without
asking apt: delete it to get the current kernels.
"""
import contextlib
import fcntl
import os
import pathlib
import re
import shutil
import subprocess
import unittest

FLAVOURS = ("amd64", "cloud-amd64")
# Where kpkg keeps what it knows and made: the store is written in place, so no two roots may share its file.
STATES = ("var/lib/kpkg", "var/cache/kpkg")
SOURCE = pathlib.Path(__file__).resolve().parents[2]


class Unavailable(unittest.SkipTest):
    """What a test needs is not on this machine: the test is skipped with this reason."""


def boot_image(root, modules, release):
    """The file that a boot loader would start: beside the modules, or below boot/, where riscv64 has a `vmlinux`."""
    places = (modules / "vmlinuz", root / "boot" / f"vmlinuz-{release}", root / "boot" / f"vmlinux-{release}")
    return next((place for place in places if place.exists()), places[1])


def need(program):
    """Raise Unavailable unless `program` is installed."""
    if not shutil.which(program):
        raise Unavailable(f"{program} is not installed")


def cache():
    """The directory for everything that tests may keep between runs; it may be deleted."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(base) / "kpkg-tests"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name):
    """Hold the lock `name` of the cache directory; parallel tests wait for each other here."""
    with open(cache() / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def linked_copy(original, directory):
    """Make `directory`, which is not there yet and will be on the file system of `original`, a copy of it: hard links, so that files
    may be replaced in it and never written to. What kpkg keeps of a root is not copied."""
    directory = pathlib.Path(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-al", str(original), str(directory)], check=True)
    for state in STATES:
        shutil.rmtree(directory / state, ignore_errors=True)


def downloads():
    """The directory of the package files of kernels; KPKG_DOWNLOADS names its parent."""
    path = pathlib.Path(os.environ.get("KPKG_DOWNLOADS") or cache() / "downloads") / "kernels"
    path.mkdir(parents=True, exist_ok=True)
    return path


def _directory():
    return pathlib.Path(os.environ.get("KPKG_TEST_ROOT") or cache() / "root").absolute()


def _record(flavour):
    return _directory() / "var/lib/kernel-root" / flavour


def _make(flavour):
    environment = dict(os.environ)
    environment.setdefault("KPKG_DOWNLOADS", str(cache() / "downloads"))
    command = [str(SOURCE / "packaging/kernel-root"), flavour, str(_directory())]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        said = re.findall("^kernel-root: (?:error: |(?=hint: ))(.*)", done.stderr, re.MULTILINE)
        raise Unavailable("; ".join(said) or done.stderr[-200:])


def root(flavours=FLAVOURS):
    """The root with a kernel of each flavour, made if it is not there yet. Raises Unavailable."""
    with locked("root"):
        for flavour in flavours:
            if not _record(flavour).exists():
                _make(flavour)
    return _directory()


def release_of(flavour):
    """The release of the kernel of `flavour` in root(), such as 6.1.0-56-amd64. Raises Unavailable."""
    root((flavour,))
    return _record(flavour).read_text(encoding="utf-8").splitlines()[0]


def releases():
    """The releases of FLAVOURS, in their order. Raises Unavailable."""
    return [release_of(flavour) for flavour in FLAVOURS]
