# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes small kernels from Debian's sources, with configurations of ours that no distribution ships. Some minutes of one processor,
once for each.
"""
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from support import apt_tree, kernels, linux_source

# What a machine of a test needs of any kernel.
OF_EVERY_MACHINE = """
LOCALVERSION="-kpkg" 64BIT=y MODULES=y MODULE_UNLOAD=y KALLSYMS=y PRINTK=y BUG=y BINFMT_ELF=y BLK_DEV_INITRD=y FUTEX=y POSIX_TIMERS=y
TTY=y PROC_FS=y PROC_SYSCTL=y SYSFS=y DEVTMPFS=y SHMEM=y TMPFS=y BLOCK=y BLK_DEV=y CRC7=m BLK_DEV_RAM=m UIO=m
"""


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kernel: what kbuild calls its architecture, its options besides those that tinyconfig sets, the target and the file of its
    image, and the programs that it takes besides those of any."""
    arch: str
    wanted: str
    unwanted: tuple
    target: str
    image: str
    needs: tuple = ()


KINDS = {
    # A program of this machine. Whoever configures a kernel for itself has MODULE_FORCE_LOAD=n: it is the default, and every
    # distribution changes it.
    "um": Kind("um", """
        MODVERSIONS=y MODULE_SIG=y MODULE_SIG_SHA256=y IKCONFIG=y NET=y INET=y NETDEVICES=y NET_CORE=y NET_SCHED=y NET_CLS_ACT=y
        NETFILTER=y NETFILTER_ADVANCED=y CRYPTO=y NEW_LEDS=y LEDS_CLASS=y INPUT=y CRC_ITU_T=m CORDIC=m CRYPTO_CMAC=m CRYPTO_XCBC=m
        CRYPTO_PCBC=m DUMMY=m NET_SCH_TEQL=m LEDS_CLASS_MULTICOLOR=m NET_IPIP=m INPUT_FF_MEMLESS=m NF_TPROXY_IPV4=m NF_DUP_IPV4=m
        NF_REJECT_IPV4=m
        """, ("IPV6", "MODULE_FORCE_LOAD"), "all", "vmlinux"),
    # As the vendor of a small device has it: no symbol versions, no power management. Only its types tell what it is.
    "amd64": Kind("x86", """
        HYPERVISOR_GUEST=y PARAVIRT=y PVH=y SERIAL_8250=y SERIAL_8250_CONSOLE=y DEBUG_KERNEL=y DEBUG_INFO_DWARF4=y BPF_SYSCALL=y
        DEBUG_INFO_BTF=y
        """, ("MODVERSIONS", "PM", "SUSPEND"), "all", "arch/x86/boot/bzImage", ("pahole",)),
}
# A kernel that carries its headers in a module and its types in itself, as those of many boards do. Twice the time.
CARRYING = "IKHEADERS=m DEBUG_KERNEL=y DEBUG_INFO_DWARF4=y BPF_SYSCALL=y DEBUG_INFO_BTF=y"
# One that proves nothing of a tree by itself: it has neither CRCs of symbols nor types, as a fifth of boards' kernels.
SILENT = "MODVERSIONS=n"
# A module that is built in the kernel's own build tree, and where it goes to: what is built in any other tree of it should be equal.
REFERENCE = ("tty/pair", "kpkg_tty_pair.ko")
REFERENCE_PLACE = "usr/lib/kpkg-reference"
# Drivers that none of them can have: 700 MB less to unpack. Kconfig files stay, each is read; so do all headers below include/, of which
# a kernel that carries its headers has every one.
LEFT_OUT = ("*/Documentation/*.rst", "*/tools/testing/*", "*/arch/*/boot/dts/*", "*/sound/*.c",
            *(f"*/{part}/*.[ch]" for part in ("drivers/gpu/drm", "drivers/media", "drivers/net/ethernet", "drivers/net/wireless")))
# The sources have Debian's patches, and who built a kernel is how one tells that it has them.
BUILDER = {"KBUILD_BUILD_USER": "debian-kernel", "KBUILD_BUILD_HOST": "lists.debian.org"}


@dataclasses.dataclass(frozen=True)
class Build:
    """The sources of a kernel and a directory for what is made of them; gone when the build is."""
    kind: Kind
    source: pathlib.Path
    made: pathlib.Path

    def make(self, *words):
        """The output of make. Raises Unavailable with its last words."""
        command = ["make", "-s", f"-j{os.cpu_count()}", f"ARCH={self.kind.arch}", f"O={self.made}", *words]
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", **BUILDER}
        done = subprocess.run(command, cwd=self.source, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        if done.returncode:
            raise kernels.Unavailable(f"the kernel was not built: {' '.join(words)}: {done.stdout.strip()[-300:]}")
        return done.stdout

    def configure(self, options=()):
        """As small as can be, but for what is wanted and these options. Raises Unavailable if this kernel cannot be so."""
        self.make("tinyconfig")
        configuration = self.made / ".config"
        wanted = dict(each.split("=", 1) for each in (*OF_EVERY_MACHINE.split(), *self.kind.wanted.split(),
                                                      *(f"{name}=n" for name in self.kind.unwanted), *options))
        lines = [f"# CONFIG_{name} is not set\n" if value == "n" else f"CONFIG_{name}={value}\n" for name, value in wanted.items()]
        with open(configuration, "a", encoding="utf-8") as file:
            file.writelines(lines)
        self.make("olddefconfig")
        missing = set(lines) - set(configuration.read_text(encoding="utf-8").splitlines(keepends=True))
        if missing:
            raise kernels.Unavailable(f"the kernel was not configured as wanted: {' '.join(sorted(missing))}")

    def install(self, root, *words):
        """Put the kernel where a distribution's package has it, and Module.symvers where its headers have it; returns the
        release. `words` are for modules_install."""
        release = self.make("kernelrelease").strip().splitlines()[-1]
        self.make("modules_install", f"INSTALL_MOD_PATH={root}", *words)
        modules = root / "usr/lib/modules" / release
        for link in ("build", "source"):
            (modules / link).unlink(missing_ok=True)
        headers = root / "usr/src" / f"linux-headers-{release}"
        headers.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.made / "Module.symvers", headers)
        shutil.copy(self.made / self.kind.image, root / "boot" / f"vmlinuz-{release}")
        shutil.copy(self.made / ".config", root / "boot" / f"config-{release}")
        return release

    def install_with_reference(self, root):
        """The same without debug information, and REFERENCE, built here."""
        release = self.install(root, "INSTALL_MOD_STRIP=1")
        subprocess.run(["strip", "-g", root / "boot" / f"vmlinuz-{release}"], check=True)
        source, name = REFERENCE
        module = self.made / "reference"
        shutil.copytree(kernels.SOURCE / "tests/modules" / source, module)
        self.make(f"M={module}", "modules")
        (root / REFERENCE_PLACE).mkdir(parents=True, exist_ok=True)
        shutil.copy(module / name, root / REFERENCE_PLACE / name)
        return release

def make(architecture, pattern, suites, root, options=""):
    """Build the newest linux-source package that `pattern` matches into `root`, as KINDS has it for `architecture` and with `options`
    besides; returns the release and the package files. Raises Unavailable."""
    kind = KINDS[architecture]
    carrying = ("cpio", "pahole", "perl", "xz") if options == CARRYING else ()
    for program in ("make", "gcc", "flex", "bison", "bc", "openssl", *kind.needs, *carrying):
        kernels.need(program)
    tree = apt_tree.AptTree(suites, "amd64")
    tree.update()
    names = sorted(tree.names(pattern), key=lambda name: [int(part) for part in re.findall(r"\d+", name)])
    if not names:
        raise kernels.Unavailable(f"{' and '.join(suites)} have no package {pattern}")
    (package,) = tree.files(names[-1:])
    with tempfile.TemporaryDirectory(dir=kernels.cache(), prefix="own-kernel.") as directory:
        build = Build(kind, linux_source.unpack(package, pathlib.Path(directory), LEFT_OUT), pathlib.Path(directory, "made"))
        build.made.mkdir()
        build.configure(options.split())
        build.make(kind.target)
        return build.install_with_reference(root) if options else build.install(root), [package]
