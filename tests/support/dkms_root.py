# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian with a kernel, its headers and a compiler, in which a `dkms` is at home: kpkg's, stock 3.4 or the distribution's.

What apt installs there is installed once and kept; each test gets it as a chroot in which only what changes is written.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess

from chroot import debian
from support import kernels

# A kernel whose headers say what modules need, what builds one, and what kpkg's programs are linked with.
KERNEL = ("linux-image-{arch}", "linux-headers-{arch}")
TOOLS = ("adduser", "binutils", "bubblewrap", "gcc", "kmod", "make", "openssl", "patch", "perl", "util-linux", "xz-utils", "zstd")
LIBRARIES = ("libarchive13", "libcurl4", "libelf1", "libfmt9", "libkmod2", "libsqlite3-0", "libssl3", "libtomlplusplus3")
# The lock on the cache that all chroots share; debian.Chroot.apt_install has one of its own.
WITHOUT_LOCK = 'Debug::NoLocking "true";\n'
MORE_COMPONENTS = "contrib non-free"  # where more packages of modules are
SUITE_VERSION = "v3.4.3"
WITHOUT_INITRAMFS = {"INITRD": "No"}
PACKAGING = kernels.SOURCE / "packaging/dkms"
DIRECTORIES = kernels.SOURCE / "debian/kpkg-dkms.dirs"


def checked(chroot, *words, environment=None):
    """What a program inside printed; it must end well."""
    status, output = chroot.run(*words, environment=environment)
    if status:
        raise AssertionError(f"{' '.join(map(str, words))}: status {status}\n{output[-4000:]}")
    return output


def _prepare(chroot, packages):
    sources = chroot.root / "etc/apt/sources.list"
    lines = sources.read_text(encoding="utf-8").splitlines()
    sources.write_text("".join(f"{line} {MORE_COMPONENTS}\n" for line in lines), encoding="utf-8")
    checked(chroot, "apt-get", "-q", "update")
    status, output = chroot.apt_install(*packages, environment=WITHOUT_INITRAMFS)
    if status:
        raise kernels.Unavailable(f"apt cannot install what these tests need: {output[-300:]}")
    checked(chroot, "adduser", "--system", "--group", "--quiet", "--no-create-home", "--home", "/nonexistent",
            "--shell", "/usr/sbin/nologin", "_kpkg-build")


def base(*more):
    """The directory of the Debian with the packages above and `more`, made on first use. Raises Unavailable."""
    arch = subprocess.run(["dpkg", "--print-architecture"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    packages = [name.format(arch=arch) for name in (*KERNEL, *TOOLS, *LIBRARIES, *more)]
    digest = hashlib.sha256(" ".join([*packages, MORE_COMPONENTS]).encode()).hexdigest()[:12]
    place = kernels.cache() / f"dkms-root-{digest}"
    with kernels.locked(place.name):
        if not place.exists():
            chroot = debian.Chroot()
            try:
                chroot.mount_proc()
                _prepare(chroot, packages)
            finally:
                chroot.unmount()
            chroot.root.rename(place)
            chroot.close()
    return place


class Root(debian.Chroot):
    """That Debian, for one test to change."""

    def __init__(self, *more):
        super().__init__(base(*more))
        (self.root / "etc/apt/apt.conf.d/90without-lock").write_text(WITHOUT_LOCK, encoding="utf-8")
        self.mount_proc()
        self._mount("-t", "sysfs", "sysfs", "sys")

    @property
    def release(self):
        """The release of its kernel, such as 6.1.0-56-amd64."""
        return sorted(path.name for path in (self.root / "usr/lib/modules").iterdir())[-1]

    def install_own(self, program):
        """Makes `dkms` the kpkg `program` of a build tree, with what packaging/dkms brings beside it."""
        build = next((place for place in pathlib.Path(program).resolve().parents if (place / "libexec/kpkg").is_dir()), None)
        if build is None:
            raise kernels.Unavailable(f"{program} is in no build tree")
        self.show(build, str(build).lstrip("/"))
        if PACKAGING.is_dir():
            subprocess.run(["cp", "-a", f"{PACKAGING}/.", str(self.root)], check=True)
            for line in DIRECTORIES.read_text(encoding="utf-8").splitlines():  # git keeps no empty ones
                if not line.startswith("#"):
                    (self.root / line).mkdir(parents=True, exist_ok=True)
        for name in ("dkms", "kpkg"):
            place = self.root / "usr/sbin" / name
            place.unlink(missing_ok=True)
            place.symlink_to(pathlib.Path(program).resolve())

    def install_stock(self, version=SUITE_VERSION):
        """Makes `dkms` that of the repository, which its own Makefile installs."""
        sources = self.sources(version)
        subprocess.run(["make", "-s", "-C", sources, f"DESTDIR={self.root}", "install-debian"], check=True, stdout=subprocess.DEVNULL)

    def sources(self, version=SUITE_VERSION):
        """The directory of the sources of DKMS inside, without pictures: /root/dkms, or for another version beside it.
        KPKG_DKMS_REPOSITORY names a clone or its git directory. Raises Unavailable."""
        repository = os.environ.get("KPKG_DKMS_REPOSITORY")
        if not repository or not shutil.which("git"):
            raise kernels.Unavailable("KPKG_DKMS_REPOSITORY names no clone of DKMS")
        place = self.root / ("root/dkms" if version == SUITE_VERSION else f"root/dkms-{version}")
        if not place.exists():
            place.mkdir(parents=True)
            packed = subprocess.run(["git", "-c", "safe.directory=*", "-C", repository, "archive", version, "--", ".",
                                     ":(exclude)images"], stdout=subprocess.PIPE, check=True).stdout
            subprocess.run(["tar", "-x", "-C", str(place)], input=packed, check=True)
        return place
