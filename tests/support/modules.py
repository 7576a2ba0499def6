# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds modules with plain make against the headers of kernels.root(), without kpkg: the yardstick for what kpkg builds."""
import lzma
import os
import pathlib
import shutil
import subprocess

from support import kernels

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "modules"
ARCHITECTURE_VARIABLES = ("ARCH", "CROSS_COMPILE", "KBUILD_EXTRA_SYMBOLS", "KBUILD_OUTPUT", "MAKEFLAGS", "MAKELEVEL", "O")


class BuildFailed(Exception):
    """make failed; the text is its whole output."""


def content(path):
    """The bytes of a module file, unpacked if its name says that it is compressed."""
    data = pathlib.Path(path).read_bytes()
    if str(path).endswith(".xz"):
        return lzma.decompress(data)
    if str(path).endswith(".zst"):
        return subprocess.run(["zstd", "-dcq"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def tree(root, release, directory):
    """Make in `directory` a tree for `make -C` from the headers of `release` in `root`.

    Debian's header Makefile includes /usr/src/... by absolute path, which is not where an unpacked root has it. The root stays as
    it is: the tree is links, and a Makefile of its own.
    """
    headers = pathlib.Path(root) / "usr/src" / f"linux-headers-{release}"
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True)
    for entry in headers.iterdir():
        if entry.name != "Makefile":
            (directory / entry.name).symlink_to(entry)
    makefile = (headers / "Makefile").read_text(encoding="utf-8")
    (directory / "Makefile").write_text(makefile.replace("/usr/src", str(headers.parent)), encoding="utf-8")
    return directory


def build(source, release, directory, extra_symbols=(), root=None):
    """Build a copy of `source` for `release` in `directory`/module; returns that path. Raises BuildFailed, Unavailable.

    The compiler's output is kept in `directory`/log; `extra_symbols` are Module.symvers files of modules built before.
    """
    kernels.need("make")
    directory = pathlib.Path(directory).absolute()
    headers = tree(root or kernels.root(), release, directory / "tree")
    module = directory / "module"
    shutil.copytree(source, module)
    environment = {name: value for name, value in os.environ.items() if name not in ARCHITECTURE_VARIABLES}
    command = ["make", "-C", str(headers), f"M={module}", "modules"]
    if extra_symbols:
        command.append("KBUILD_EXTRA_SYMBOLS=" + " ".join(str(file) for file in extra_symbols))
    done = subprocess.run(command, env={**environment, "LC_ALL": "C"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    output = done.stdout.decode(errors="replace")
    (directory / "log").write_text(output, encoding="utf-8")
    if done.returncode:
        raise BuildFailed(output)
    return module
