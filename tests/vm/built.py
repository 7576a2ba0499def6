# SPDX-License-Identifier: GPL-2.0-or-later
"""Modules compiled for a kernel: with its headers, and in trees whose configuration differs from it in one option."""
import hashlib
import pathlib
import re
import shutil
import subprocess
import tempfile

from support import kernels, modules

SOURCE = modules.SOURCES / "layout"
MODULE = "kpkg_layout.ko"
# Each option with the value that a tree gets; a tree that has it so already is left out. Those of FOLLOWING go with an option.
OPTIONS = {"PM": False, "DEBUG_SPINLOCK": True, "DEBUG_MUTEXES": True, "JUMP_LABEL": False, "TRACING": False, "LIVEPATCH": False,
           "BPF_EVENTS": False, "DEBUG_INFO_BTF_MODULES": False, "KUNIT": True, "MODULE_UNLOAD": False}
UNLOCKS = ("SPIN_UNLOCK_IRQ", "READ_UNLOCK", "READ_UNLOCK_IRQ", "WRITE_UNLOCK", "WRITE_UNLOCK_IRQ")
FOLLOWING = {"DEBUG_SPINLOCK": {"UNINLINE_SPIN_UNLOCK": True, **{f"INLINE_{name}": False for name in UNLOCKS}}}
PREFIX = {"arm64": "aarch64-linux-gnu-", "armhf": "arm-linux-gnueabihf-", "s390x": "s390x-linux-gnu-"}
ARCHITECTURES = {"amd64": "x86", "armhf": "arm", "s390x": "s390"}  # what kbuild calls them, if otherwise


def altered(tree, option, value):
    """Give `tree`, which modules.tree made of links, one other option. False if it has it already."""
    include = (tree / "include").resolve()
    (tree / "include").unlink()
    shutil.copytree(include, tree / "include", symlinks=True)
    changed = _set(tree / "include", option, value)
    for name, following in FOLLOWING.get(option, {}).items():
        _set(tree / "include", name, following)
    bounds = tree / "include/generated/bounds.h"
    if option == "DEBUG_SPINLOCK":  # the header has what the compiler measured of the smaller lock
        text = bounds.read_text(encoding="utf-8")
        bounds.write_text(re.sub(r"(SPINLOCK_SIZE) \d+", r"\1 24", text), encoding="utf-8")
    return changed


def _set(include, option, value):
    changed = False
    for name, line in (("generated/autoconf.h", f"#define CONFIG_{option} 1\n"), ("config/auto.conf", f"CONFIG_{option}=y\n")):
        text = (include / name).read_text(encoding="utf-8")
        if (line in text) != value:
            (include / name).write_text(text + line if value else text.replace(line, ""), encoding="utf-8")
            changed = True
    return changed


def _compiled(kernel, directory, option):
    """The bytes of the module, or None if the option is so already or the module does not compile with it."""
    tree = modules.tree(kernel.root, kernel.release, directory / "tree")
    if option and not altered(tree, option, OPTIONS[option]):
        return None
    module = directory / "module"
    shutil.copytree(SOURCE, module)
    prefix = PREFIX.get(kernel.architecture, "")
    variables = [f"ARCH={ARCHITECTURES.get(kernel.architecture, kernel.architecture)}", f"CROSS_COMPILE={prefix}"]
    if not re.search("gcc-12", (kernel.headers / ".kernelvariables").read_text(encoding="utf-8")):
        variables.append(f"CC={prefix}gcc-12" if shutil.which(f"{prefix}gcc-12") else f"CC={prefix}gcc")
    command = ["make", "-C", str(tree), f"M={module}", *variables, "KBUILD_MODPOST_WARN=1", "modules"]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", check=False)
    if done.returncode and not option:
        raise kernels.Unavailable(f"{MODULE} was not built for {kernel.release}: {done.stdout.strip()[-300:]}")
    return (module / MODULE).read_bytes() if done.returncode == 0 else None


def module(kernel, option=""):
    """kpkg_layout.ko for `kernel`, built with another `option` if one is named, kept between runs; None where that cannot be.
    Raises Unavailable."""
    kernels.need("make")
    if not (kernel.headers / "Makefile").exists():
        raise kernels.Unavailable(f"no headers of {kernel.release}")
    sources = b"".join(file.read_bytes() for file in sorted(SOURCE.iterdir()))
    digest = hashlib.sha256(sources).hexdigest()[:12]
    kept = kernels.cache() / "built" / f"{kernel.release}-{digest}-{option or 'plain'}"
    with kernels.locked("built"):
        if not kept.exists():
            kept.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="kpkg-built.") as directory:
                kept.write_bytes(_compiled(kernel, pathlib.Path(directory), option) or b"")
    return kept.read_bytes() or None
