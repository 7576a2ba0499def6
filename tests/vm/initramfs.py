# SPDX-License-Identifier: GPL-2.0-or-later
"""The file system of the test machine: init, kmod, and whatever modules and files a test asks for."""
import pathlib
import re
import stat
import subprocess

from support import kernels

MERGED = ("bin", "lib", "lib64", "sbin")


def normal_name(module):
    """A module's name as the kernel has it: no directory, no suffix, underscores."""
    return re.sub(r"\.ko(\.\w+)?$", "", module.rsplit("/", 1)[-1]).replace("-", "_")


class Archive:
    """A cpio archive in the newc format; parents of files are added by themselves, and /lib and the like lead into /usr."""

    def __init__(self):
        self._bytes = bytearray()
        self._directories = set()
        self._inode = 0
        for name in MERGED:
            self.directory(f"usr/{name}")
            self._entry(name, stat.S_IFLNK | 0o777, f"usr/{name}".encode())

    def _entry(self, path, mode, data=b"", device=(0, 0)):
        self._inode += 1
        name = path.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
        self._bytes += b"070701" + b"".join(b"%08x" % field for field in fields) + name
        self._bytes += bytes(-len(self._bytes) % 4) + data
        self._bytes += bytes(-len(self._bytes) % 4)

    @staticmethod
    def _inside(path):
        path = str(path).strip("/")
        return f"usr/{path}" if path.split("/")[0] in MERGED else path

    def _parents(self, path):
        for parent in reversed(pathlib.PurePosixPath(path).parents):
            self.directory(str(parent))

    def directory(self, path):
        path = self._inside(path)
        if path in ("", ".") or path in self._directories:
            return
        self._parents(path)
        self._directories.add(path)
        self._entry(path, stat.S_IFDIR | 0o755)

    def file(self, path, data, mode=0o755):
        """Put `data` (bytes, or the path of a file here) at `path`; the last of several at one path counts."""
        path = self._inside(path)
        self._parents(path)
        self._entry(path, stat.S_IFREG | mode, data if isinstance(data, bytes) else pathlib.Path(data).read_bytes())

    def link(self, path, target):
        path = self._inside(path)
        self._parents(path)
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def tree(self, path, source):
        """Put a whole directory of this machine at `path`, with its links and the modes of its files."""
        self.directory(path)
        for entry in sorted(pathlib.Path(source).iterdir()):
            place = f"{path}/{entry.name}"
            if entry.is_symlink():
                self.link(place, str(entry.readlink()))
            elif entry.is_dir():
                self.tree(place, entry)
            elif entry.is_file():
                self.file(place, entry, stat.S_IMODE(entry.stat().st_mode))

    def console(self):
        self.directory("dev")
        self._entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))

    def finished(self):
        """The archive's bytes; nothing may be added afterwards."""
        self._inode = 0
        self._entry("TRAILER!!!", 0)
        return bytes(self._bytes)


def shared_libraries(program):
    """The libraries that `program` is loaded with, by the path that it asks for."""
    listing = subprocess.run(["ldd", str(program)], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.findall(r"(?:=> |^\s*)(/\S+) \(0x", listing, re.MULTILINE)


def add_program(archive, program):
    """A dynamically linked program of this machine, with its libraries, at its own path."""
    kernels.need(program)
    archive.file(program, pathlib.Path(program).resolve())
    for library in shared_libraries(program):
        archive.file(library, pathlib.Path(library).resolve())


def add_kmod(archive):
    add_program(archive, "/usr/bin/kmod")
    for name in ("modprobe", "insmod", "rmmod", "lsmod", "modinfo", "depmod"):
        archive.link(f"/usr/sbin/{name}", "../bin/kmod")


class ModuleIndex:
    """What depmod wrote about the modules of one kernel in one root."""

    def __init__(self, root, release):
        self.directory = pathlib.Path(root) / "usr/lib/modules" / release
        if not self.directory.is_dir():
            self.directory = pathlib.Path(root) / "lib/modules" / release
        self._needs = {}
        for line in (self.directory / "modules.dep").read_text(encoding="utf-8").splitlines():
            path, _, needs = line.partition(":")
            self._needs[normal_name(path)] = [path, *needs.split()]

    def __contains__(self, module):
        return normal_name(module) in self._needs

    def path(self, module):
        """The file of `module` in the root."""
        return self.directory / self._needs[normal_name(module)][0]

    def closure(self, modules):
        """The files, relative to the directory, of `modules` and of all that they need: modules.dep lists that in full."""
        return sorted({file for module in modules for file in self._needs[normal_name(module)]})

    def in_order(self, modules):
        """The files of `modules` and of all that they need, each after those that it needs: modules.dep names first what is
        loaded last."""
        wanted = [file for module in modules for file in reversed(self._needs[normal_name(module)])]
        return [self.directory / file for file in dict.fromkeys(wanted)]

    def add_to(self, archive, modules):
        """Put the indexes and the files of `modules` with their closure into `archive`."""
        for index in self.directory.glob("modules.*"):
            archive.file(f"/usr/lib/modules/{self.directory.name}/{index.name}", index, 0o644)
        for file in self.closure(modules):
            archive.file(f"/usr/lib/modules/{self.directory.name}/{file}", self.directory / file, 0o644)


def add_modprobe_configuration(archive, root):
    for directory in ("etc/modprobe.d", "usr/lib/modprobe.d"):
        for file in sorted((pathlib.Path(root) / directory).glob("*.conf")):
            archive.file(f"/{directory}/{file.name}", file, 0o644)
