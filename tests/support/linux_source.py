# SPDX-License-Identifier: GPL-2.0-or-later
"""The sources that Debian's kernels were built of: unpacked once (1.5 GB each) in the cache directory and shared by all tests, which
only read them.
"""
import pathlib
import re
import shutil
import subprocess
import tempfile

from support import apt_tree, kernels

SUITES = ("bookworm", "bookworm-security")


def upstream_version(configuration):
    """6.1.192 of the third line of a kernel's configuration file."""
    with open(configuration, encoding="utf-8") as file:
        head = file.read(500)
    return re.search(r"^# Linux/\w+ (\S+) Kernel Configuration$", head, re.MULTILINE)[1]


def _series(version):
    return ".".join(version.split(".")[:2])


def _numbers(version):
    return [int(part) for part in version.split(".")]


def _offered(series):
    """apt's tree, and the versions of the package with the sources of `series` that it offers, newest first. Raises Unavailable."""
    tree = apt_tree.AptTree(SUITES, apt_tree.native_architecture())
    tree.update()
    return tree, tree.versions(f"linux-source-{series}")


def _package(version):
    """The file of the package with the sources of `version`. Raises Unavailable."""
    series = _series(version)
    there = sorted(kernels.downloads().glob(f"linux-source-{series}_{version}-*_all.deb"))
    if there:
        return there[-1]
    tree, versions = _offered(series)
    offered = [each for each in versions if each.startswith(f"{version}-")]
    if not offered:
        raise kernels.Unavailable(f"{' and '.join(SUITES)} have no linux-source-{series} of {version}")
    return tree.files([f"linux-source-{series}={offered[0]}"])[0]


def point_release_before(version):
    """6.1.190 of 6.1.192: the last one before it of which there are sources, here or in apt. Raises Unavailable."""
    series = _series(version)
    kept = [path.name.removeprefix("linux-") for path in (kernels.cache() / "sources").glob(f"linux-{series}.*")]
    found = kept if any(_numbers(each) < _numbers(version) for each in kept) else \
        [each.split("-")[0] for each in _offered(series)[1]]
    older = sorted((each for each in found if _numbers(each) < _numbers(version)), key=_numbers)
    if not older:
        raise kernels.Unavailable(f"{' and '.join(SUITES)} have no linux-source-{series} before {version}")
    return older[-1]


def source(version):
    """The directory with the sources of `version`, whole. Raises Unavailable."""
    directory = kernels.cache() / "sources" / f"linux-{version}"
    with kernels.locked(f"linux-{version}"):
        if not directory.exists():
            directory.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=directory.parent, prefix="partial.") as staging:
                unpack(_package(version), pathlib.Path(staging)).rename(directory)
    return directory


def unpack(package, staging, left_out=()):
    """The directory of the sources in a package linux-source-*, unpacked below `staging`, without what these patterns match."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as reader:
        subprocess.run(["tar", "-x", "-C", str(staging), "-f", "-", "--wildcards", "./usr/src/linux-source-*.tar.xz"],
                       stdin=reader.stdout, check=True)
    (packed,) = staging.glob("usr/src/*.tar.xz")
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", str(staging), "-f", str(packed), *(f"--exclude={each}" for each in left_out)],
                   check=True)
    shutil.rmtree(staging / "usr")
    (unpacked,) = staging.glob("linux-source-*")
    return unpacked


def altered(original, directory, changes):
    """Make in `directory` a copy of `original` in which each file of `changes` is what its function makes of the text. All other
    files are hard links: nobody may write to them."""
    kernels.linked_copy(original, directory)
    for name, change in changes.items():
        file = pathlib.Path(directory) / name
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        file.unlink(missing_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(change(text), encoding="utf-8")
    return pathlib.Path(directory)
