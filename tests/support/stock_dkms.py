# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs stock dkms on a tree of its own: no root, no kernel and no compiler, for a dkms.conf may say what makes a module."""
import os
import pathlib
import subprocess
import tempfile

from support import kernels

ARCH = "x86_64"
CONF = """\
PACKAGE_NAME="{module}"
PACKAGE_VERSION="{version}"
BUILT_MODULE_NAME[0]="{module}"
DEST_MODULE_LOCATION[0]="/kernel/test"
STRIP[0]="no"
MAKE[0]="cp module {module}.ko"
CLEAN="true"
AUTOINSTALL="yes"
"""


def from_apt():
    """The dkms of this machine's distribution; it is unpacked, not installed. Raises Unavailable."""
    for program in ("apt-get", "dpkg-deb"):
        kernels.need(program)
    place = kernels.cache() / "dkms"
    program = place / "unpacked/usr/sbin/dkms"
    with kernels.locked("dkms"):
        if not program.exists():
            place.mkdir(exist_ok=True)
            done = subprocess.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", "dkms"], cwd=place,
                                  capture_output=True, text=True, check=False)
            packages = sorted(place.glob("dkms_*.deb"))
            if done.returncode or not packages:
                raise kernels.Unavailable(f"apt-get download dkms: {done.stderr.strip()[-200:]}")
            subprocess.run(["dpkg-deb", "-x", packages[-1], place / "unpacked"], check=True)
    return program


class Stock:
    """A tree, sources and kernels' modules in a temporary directory, and the program that manages them."""

    def __init__(self, program):
        for needed in ("bash", "modinfo"):
            kernels.need(needed)
        self._scratch = tempfile.TemporaryDirectory(prefix="stock-dkms.")
        self.top = pathlib.Path(self._scratch.name)
        self.program = program
        self.tree, self.sources, self.modules = (self.top / name for name in ("tree", "src", "modules"))
        for directory in (self.tree, self.sources, self.modules, self.top / "bin"):
            directory.mkdir()
        depmod = self.top / "bin/depmod"  # that of the system would index the modules of the system
        depmod.write_text("#!/bin/sh\n", encoding="utf-8")
        depmod.chmod(0o755)

    def close(self):
        self._scratch.cleanup()

    @property
    def places(self):
        return [str(self.tree), str(self.sources), str(self.modules)]

    def kernel(self, release):
        """Headers, as far as dkms looks for them."""
        (self.modules / release / "build/include").mkdir(parents=True, exist_ok=True)

    def source(self, module, version):
        directory = self.sources / f"{module}-{version}"
        directory.mkdir()
        (directory / "dkms.conf").write_text(CONF.format(module=module, version=version), encoding="utf-8")
        (directory / "module").write_text(f"{module} {version}\n", encoding="utf-8")

    def run(self, *words):
        """Runs dkms; what it printed, standard error not included."""
        tree, sources, modules = self.places
        command = ["bash", self.program, *words, "--dkmstree", tree, "--sourcetree", sources, "--installtree", modules]
        environment = {"PATH": f"{self.top}/bin:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TMPDIR": str(self.top)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120,
                              stdin=subprocess.DEVNULL)
        if done.returncode:
            raise AssertionError(f"dkms {' '.join(words)}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def on(self, action, version, kernel):
        """`dkms ACTION` of "M/V" for a kernel; 3.0 looks for headers below /lib/modules unless it is told where they are."""
        return self.run(action, version, "-k", f"{kernel}/{ARCH}", "--kernelsourcedir", str(self.modules / kernel / "build"))

    def status(self, *words):
        """The lines of `dkms status`, in the words of 3.4."""
        said = self.run("status", *words)
        for old, new in (("original_module exists", "Original modules exist"),
                         ("WARNING! Diff between built and installed module!",
                          "Differences between built and installed modules")):
            said = said.replace(f"({old})", f"({new})")
        return said.splitlines()
