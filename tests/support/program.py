# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the kpkg that is being tested, in a root of the test's own."""
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile

from support import kernels

SOURCE = kernels.SOURCE
RECIPES = SOURCE / "recipes"
OWN_RECIPES = SOURCE / "tests/modules"


@dataclasses.dataclass
class Answer:
    status: int
    output: str
    errors: str

    def json(self):
        return json.loads(self.output)

    def __str__(self):
        return f"status {self.status}\n{self.output}{self.errors}"


def kpkg_program():
    """The program, named by KPKG; ctest sets it. Raises Unavailable."""
    path = os.environ.get("KPKG")
    if not path:
        raise kernels.Unavailable("KPKG does not name the program that is to be tested")
    return path


def helper_program(name):
    """One of kpkg's own programs, found as kpkg finds it. Raises Unavailable."""
    found = [place / "libexec/kpkg" / name for place in pathlib.Path(kpkg_program()).resolve().parents
             if (place / "libexec/kpkg" / name).exists()]
    if not found:
        raise kernels.Unavailable(f"{name} does not belong to the program that KPKG names")
    return found[0]


def run(root, *words, environment=None, timeout=900):
    """Runs kpkg on a root; options follow the command's names."""
    command = [kpkg_program(), *map(str, words), "--root", str(root)]
    variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "KPKG_RECIPES": str(RECIPES)}
    variables.update(environment or {})
    done = subprocess.run(command, env=variables, capture_output=True, text=True, errors="replace", check=False,
                          timeout=timeout, stdin=subprocess.DEVNULL)
    return Answer(done.returncode, done.stdout, done.stderr)


class Elsewhere:
    """A machine that has none of the kernels it builds for: a directory for kpkg's state, and one for files that are carried."""

    def __init__(self):
        self._scratch = tempfile.TemporaryDirectory(prefix="elsewhere.", dir=kernels.cache())
        self.root, self.carried = pathlib.Path(self._scratch.name) / "root", pathlib.Path(self._scratch.name) / "carried"
        self.root.mkdir()
        self.carried.mkdir()

    def close(self):
        self._scratch.cleanup()

    def kpkg(self, *words, timeout=900):
        return run(self.root, *words, timeout=timeout)


class World:
    """A copy of the distribution's kernels that a test may change: hard links, because kpkg and depmod replace files."""

    def __init__(self, flavours=kernels.FLAVOURS, kernel=None):
        """Of the kernels of `flavours`, or of one `kernel` of the catalogue."""
        original = kernel.root if kernel else kernels.root(flavours)
        self._scratch = tempfile.TemporaryDirectory(prefix="world.", dir=kernels.cache())
        self.root = pathlib.Path(self._scratch.name) / "root"
        kernels.linked_copy(original, self.root)
        self.releases = [kernel.release] if kernel else [kernels.release_of(flavour) for flavour in flavours]

    def close(self):
        self._scratch.cleanup()

    def kpkg(self, *words, environment=None, timeout=900):
        """Runs kpkg on this root; options follow the command's names."""
        return run(self.root, *words, environment=environment, timeout=timeout)

    def modules(self, release):
        """lib/modules/RELEASE of this root."""
        return self.root / "usr/lib/modules" / release

    def installed(self, release, name):
        """The file of a module that kpkg installed."""
        return self.modules(release) / "updates/kpkg" / f"{name}.ko"
