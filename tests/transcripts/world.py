# SPDX-License-Identifier: GPL-2.0-or-later
"""The directives with which a transcript describes the files that its commands find."""
import os
import pathlib
import shutil
import subprocess

SHELLS = ("sh", "bash")
LOCALE = "usr/lib/locale/C.utf8"

class Unknown(Exception):
    """A directive that there is not."""


class Unavailable(Exception):
    """What a directive asks for cannot be had on this machine."""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def inside(directory, path):
    """`path` below `directory`; a transcript never writes outside its world."""
    place = directory / path.lstrip("/")
    if ".." in pathlib.PurePath(path).parts:
        raise Unknown(f"the path {path} leads outside")
    return place


def skeleton(root):
    """The directories that every system has, with /lib a link as in a merged /usr."""
    for name in ("usr/lib/modules", "boot", "etc"):
        (root / name).mkdir(parents=True, exist_ok=True)
    if not (root / "lib").is_symlink():
        (root / "lib").symlink_to("usr/lib")


def kernel(root, release, *without):
    """A kernel as far as names of files tell: modules, image, configuration and headers, all of them without content."""
    if unknown := set(without) - {"headers", "image", "modules"}:
        raise Unknown(f"a kernel has no {' '.join(sorted(unknown))} to go without")
    skeleton(root)
    modules, headers = root / "usr/lib/modules" / release, f"/usr/src/linux-headers-{release}"
    configuration = "CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\n"
    if "modules" not in without:
        write(modules / "kernel/lib/empty.ko", "")
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo", "modules.dep"):
            write(modules / name, "")
    if "image" not in without:
        write(root / f"boot/vmlinuz-{release}", "")
        write(root / f"boot/config-{release}", configuration)
    if "headers" not in without:
        tree = inside(root, headers)
        write(tree / "Makefile", "")
        write(tree / "scripts/Makefile.build", "")
        write(tree / "Module.symvers", "")
        write(tree / ".config", configuration)
        write(tree / "include/config/auto.conf", configuration)
        write(tree / "include/config/kernel.release", f"{release}\n")
        write(tree / "include/generated/utsrelease.h", f'#define UTS_RELEASE "{release}"\n')
        write(tree / "include/generated/autoconf.h", "")
        modules.mkdir(parents=True, exist_ok=True)
        (modules / "build").symlink_to(headers)


def shell(root):
    """The shells of this machine with the libraries that they need, for scripts that run in the root."""
    if os.geteuid() != 0:
        raise Unavailable("only root may run scripts in another root")
    skeleton(root)
    if not (root / "bin").exists():
        (root / "bin").symlink_to("usr/bin")
    for name in SHELLS:
        if (root / "bin" / name).exists():
            continue
        program = shutil.which(name)
        listing = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True, check=True).stdout
        for file in {program, *(word for word in listing.split() if word.startswith("/"))}:
            inside(root, file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, inside(root, file))
    if pathlib.Path("/", LOCALE).is_dir():
        shutil.copytree(pathlib.Path("/", LOCALE), root / LOCALE, dirs_exist_ok=True)


def make(words, body, directory, settings):
    """Carries out one directive; `settings` collects variables of the environment."""
    match words:
        case ["file", path]:
            write(inside(directory, path), body)
        case ["root", "file", path]:
            skeleton(directory / "root")
            write(inside(directory / "root", path), body)
        case ["root", "link", path, target]:
            place = inside(directory / "root", path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)
        case ["root", "directory", path]:
            inside(directory / "root", path).mkdir(parents=True, exist_ok=True)
        case ["root", "shell"]:
            shell(directory / "root")
        case ["root", "kernel", release]:
            kernel(directory / "root", release)
        case ["root", "kernel", release, "without", *parts]:
            kernel(directory / "root", release, *parts)
        case ["environment", setting] if "=" in setting:
            name, value = setting.split("=", 1)
            settings[name] = value
        case _:
            raise Unknown(f"there is no directive {' '.join(words)}")
