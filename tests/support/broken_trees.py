# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel trees that are broken in one way each, as they are met on machines whose modules do not build or do not load.

    broken = broken_trees.broken_root(catalogue.kernel("6.12-amd64"), "btf-drift", directory)
    modules.build(source, broken.release, elsewhere, root=broken.root)

A root is copied as hard links and whatever is changed is replaced first, so the cache stays as it is.
"""
import dataclasses
import pathlib
import re
import shutil
import tempfile

from support import apt_tree, catalogue, kernels

# What kconfig calls an option that can be chosen and is not (a comment in .config), and one that is not there to be chosen.
NOT_SET, GONE = "n", ""
CONFIGURATION = (".config", "include/config/auto.conf", "include/generated/autoconf.h", "include/generated/rustc_cfg")


@dataclasses.dataclass(frozen=True)
class Tree:
    """The headers of one kernel in a root that may be changed."""
    root: pathlib.Path
    release: str

    @property
    def headers(self):
        return self.root / "usr/src" / f"linux-headers-{self.release}"

    @property
    def tools(self):
        """The directory of the linux-kbuild package, which scripts/ is a link to; other kernels of the root may use it too."""
        return (self.headers / "scripts").resolve(strict=True).parent

    @property
    def build_link(self):
        return self.root / "usr/lib/modules" / self.release / "build"

    @property
    def neighbour(self):
        """What the catalogue calls the build before this one."""
        series, flavour = re.match(r"(\d+\.\d+)[^a-z]*(?:\+[a-z]+\d+)?-([a-z].*)", self.release).groups()
        return f"{series}-older-{flavour}"


def _replace(path, text):
    """Put a file of `text` in the place of `path`: what is there may be another root's too."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


def _rewrite(path, change):
    """Put what `change` makes of the text of `path` in its place."""
    _replace(path, change(path.read_text(encoding="utf-8")))


def _link(path, target):
    path.unlink()
    path.symlink_to(target)


def _options(tree):
    """The options of .config that have a value, with it."""
    return dict(re.findall("^CONFIG_(\\w+)=(.*)$", (tree.headers / ".config").read_text(encoding="utf-8"), re.MULTILINE))


def _lines(option, value):
    """What the files that kconfig writes say of an option: .config, auto.conf, autoconf.h and rustc_cfg."""
    if value in (NOT_SET, GONE):
        return (f"# CONFIG_{option} is not set\n" if value == NOT_SET else ""), "", "", ""
    line, flag = f"CONFIG_{option}={value}\n", f'--cfg=CONFIG_{option}="{value}"\n'
    if value == "y":
        return line, line, f"#define CONFIG_{option} 1\n", f"--cfg=CONFIG_{option}\n{flag}"
    return line, line, f"#define CONFIG_{option} {value}\n", flag


def _altered(text, option, lines):
    """`text` of one of those files with `lines` in the place of what it says of `option`, or at its end."""
    said = re.compile(rf"^(# |#define |--cfg=)?CONFIG_{option}(_MODULE)?([ =].*)?\n", re.MULTILINE)
    first = said.search(text)
    at = first.start() if first else len(text)
    return text[:at] + lines + said.sub("", text[at:])


def _configure(tree, changes):
    """Give options other values everywhere, as kconfig does. `changes` is option to value: y, a number, NOT_SET or GONE."""
    for index, name in enumerate(CONFIGURATION):
        path = tree.headers / name
        if path.exists():
            text = path.read_text(encoding="utf-8")
            for option, value in changes.items():
                text = _altered(text, option, _lines(option, value)[index])
            _replace(path, text)


def _without(tree, pattern):
    """All options whose name matches, gone."""
    text = (tree.headers / ".config").read_text(encoding="utf-8")
    return dict.fromkeys(re.findall(rf"^(?:# )?CONFIG_({pattern})[ =]", text, re.MULTILINE), GONE)


def btf_drift(tree):
    """The board story: the configuration of the headers was made anew (`make olddefconfig`) on a machine without pahole, and what
    needs pahole vanished. With kconfig of 6.12 that is BTF altogether, with that of 6.1 only BTF of modules."""
    changes = _without(tree, "DEBUG_INFO_BTF_MODULES|MODULE_ALLOW_BTF_MISMATCH|PAHOLE_HAS_\\w+")
    # Headers have no Kconfig files that could be asked; this option is one that the older kconfig has not got.
    if "PROBE_EVENTS_BTF_ARGS" in _options(tree):
        changes |= _without(tree, "DEBUG_INFO_BTF|PROBE_EVENTS_BTF_ARGS|SCHED_CLASS_EXT")
    _configure(tree, {**changes, "PAHOLE_VERSION": "0"})


def rwsems_drift(tree):
    """DEBUG_RWSEMS was switched on: each semaphore gets a pointer more, and no check of the kernel sees the other layout."""
    _configure(tree, {"DEBUG_RWSEMS": "y"})


def spinlock_drift(tree):
    """DEBUG_SPINLOCK was switched on; locks that were inline cannot be then. What was measured of locks (bounds.h) stays as it
    was, because a headers package cannot measure again."""
    inline = {option: GONE for option in _options(tree) if re.match("INLINE_(SPIN|READ|WRITE)_", option)}
    _configure(tree, {"DEBUG_SPINLOCK": "y", **inline, **({"UNINLINE_SPIN_UNLOCK": "y"} if inline else {})})


def pm_off(tree):
    """The configuration of a machine without power management. No kconfig makes it of Debian's, where drivers select PM."""
    _configure(tree, _without(tree, "PM|PM_\\w+|SUSPEND\\w*|HIBERNAT\\w+|ARCH_HIBERNATION_HEADER|ACPI_SLEEP|CXL_SUSPEND"))


def unrelated_drift(tree):
    """A driver was left out that no header knows: every module is the same as before."""
    _configure(tree, {"BLK_DEV_NULL_BLK": NOT_SET})


def foreign_tools(tree):
    """fixdep, modpost and genksyms run on another architecture: headers that were cross-built, or copied to another machine."""
    foreign = _foreign_tools(tree)
    for tool in ("scripts/basic/fixdep", "scripts/genksyms/genksyms", *_modpost(foreign)):
        (tree.tools / tool).unlink(missing_ok=True)
        (tree.tools / tool).hardlink_to(foreign / tool)


def missing_module_lds(tree):
    """The script for linking modules is not there, as in headers that were packed by a list from before 5.10."""
    for script in tree.headers.glob("arch/*/module.lds"):
        script.unlink()


def missing_symvers(tree):
    """Module.symvers is not there: the headers are of a tree in which modules were never built."""
    (tree.headers / "Module.symvers").unlink()


def plus_suffix(tree):
    """The release ends in "+": made anew in a git repository with changes (scripts/setlocalversion)."""
    _rewrite(tree.headers / "include/config/kernel.release", lambda text: text.rstrip("\n") + "+\n")
    _rewrite(tree.headers / "include/generated/utsrelease.h", lambda text: text.replace(f'"{tree.release}"', f'"{tree.release}+"'))


def dangling_build_link(tree):
    """The build link leads to where somebody else built the kernel."""
    _link(tree.build_link, f"/home/builder/linux-{tree.release}")


def dangling_scripts_link(tree):
    """scripts/ leads nowhere: the headers were copied without what they link to, or that has another name now."""
    _link(tree.headers / "scripts", f"../../lib/{tree.tools.name}.gone/scripts")


def neighbour(tree):
    """The headers of another build of this kernel under this one's name and release: only CRCs and the point release tell."""
    older = catalogue.kernel(tree.neighbour)
    if older.release == tree.release:
        raise kernels.Unavailable(f"{older.name} is {older.release} too: one of the two roots in the cache is out of date")
    shutil.rmtree(tree.headers)
    kernels.linked_copy(older.headers, tree.headers)
    for shared in (*older.root.glob("usr/src/*-common"), *older.root.glob("usr/lib/linux-kbuild-*")):
        place = tree.root / shared.relative_to(older.root)
        if not place.exists():
            kernels.linked_copy(shared, place)
    for name in (".kernelvariables", "include/config/kernel.release", "include/generated/utsrelease.h"):
        _rewrite(tree.headers / name, lambda text: text.replace(older.release, tree.release))


def missing_config(tree):
    """.config is not there. kbuild itself does not read it for a module; some modules' makefiles do."""
    (tree.headers / ".config").unlink()


def missing_modpost(tree):
    """modpost is not there: `make modules_prepare` was not run, or only in part."""
    for tool in _modpost(tree.tools):
        (tree.tools / tool).unlink()


def kbuild_absent(tree):
    """The package linux-kbuild is not there: headers were unpacked, and not what they depend on."""
    shutil.rmtree(tree.tools)


WAYS = {function.__name__.replace("_", "-"): function for function in (
    btf_drift, rwsems_drift, spinlock_drift, pm_off, unrelated_drift, foreign_tools, missing_module_lds, missing_symvers,
    plus_suffix, dangling_build_link, dangling_scripts_link, neighbour, missing_config, missing_modpost, kbuild_absent)}


def break_tree(root, release, way):
    """Break the tree of `release` in `root` in one of WAYS. Files are replaced, never written to. Raises Unavailable."""
    WAYS[way](Tree(pathlib.Path(root), release))


def broken_root(kernel, way, directory):
    """`kernel` of the catalogue in a copy of its root, with its tree broken in one of WAYS ("" for a whole tree). The copy is
    `directory`, which is not there yet and will be on the file system of the cache. Raises Unavailable."""
    directory = pathlib.Path(directory)
    kernels.linked_copy(kernel.root, directory)
    if way:
        break_tree(directory, kernel.release, way)
    return dataclasses.replace(kernel, root=directory)


def _modpost(tools):
    """modpost below `tools`; Debian's is a wrapper, and what it calls stands beside it."""
    return [path.relative_to(tools) for path in tools.glob("scripts/mod/modpost*")]


def _foreign_tools(tree):
    """The directory of the newest linux-kbuild package of `tree` for an architecture that is not this machine's, kept between
    runs. Raises Unavailable."""
    architecture = "amd64" if apt_tree.native_architecture() == "arm64" else "arm64"
    kept = kernels.cache() / "foreign" / f"{tree.tools.name}-{architecture}"
    with kernels.locked("foreign"):
        if not kept.exists():
            packages = apt_tree.AptTree(catalogue.BOOKWORM, architecture)
            packages.update()
            kept.parent.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=kept.parent, prefix="partial.") as scratch:
                fresh = pathlib.Path(scratch, "root")
                fresh.mkdir()
                for package in packages.files([f"{tree.tools.name}:{architecture}"]):
                    apt_tree.unpack(package, fresh)
                fresh.rename(kept)
    return kept / "usr/lib" / tree.tools.name
