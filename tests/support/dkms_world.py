# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs kpkg under the name of dkms in a root of the test's own, on real headers."""
import pathlib
import subprocess
import tempfile

from support import kernels, program

CONF = """\
PACKAGE_NAME="{name}"
PACKAGE_VERSION="{version}"
BUILT_MODULE_NAME[0]="{name}"
DEST_MODULE_LOCATION[0]="/kernel/drivers/misc"
AUTOINSTALL="yes"
"""
SOURCE = """\
#include <linux/module.h>
static int __init {name}_init(void) {{ pr_info("%s\\n", __FILE__); return 0; }}
static void __exit {name}_exit(void) {{ }}
module_init({name}_init);
module_exit({name}_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION("{version}");
"""


def write_source(root, name, version="1.0", conf="", files=None):
    """Puts a source into /usr/src of `root`; `conf` is added to what its dkms.conf has, `files` beside the module's own. Its directory."""
    place = root / f"usr/src/{name}-{version}"
    place.mkdir(parents=True)
    contents = {"dkms.conf": CONF.format(name=name, version=version) + conf, "Makefile": f"obj-m := {name}.o\n",
                f"{name}.c": SOURCE.format(name=name, version=version)} | (files or {})
    for file, text in contents.items():
        if isinstance(text, bytes):
            (place / file).write_bytes(text)
        else:
            (place / file).write_text(text, encoding="utf-8")
        if file.endswith(".sh"):
            (place / file).chmod(0o755)
    return place


class DkmsWorld(program.World):
    """A copy of the distribution's kernel, or of several, with sources in DKMS's tree; `release` is the first one's."""

    def __init__(self, flavours=("amd64",)):
        super().__init__(flavours)
        self.release = self.releases[0]
        (self.root / "etc").mkdir(exist_ok=True)
        (self.root / "etc/os-release").write_text("ID=debian\n", encoding="utf-8")
        (self.root / "usr/src").mkdir(exist_ok=True)
        self._names = tempfile.TemporaryDirectory(prefix="names.")
        self.dkms_program = pathlib.Path(self._names.name) / "dkms"
        self.dkms_program.symlink_to(pathlib.Path(program.kpkg_program()).resolve())

    def close(self):
        self._names.cleanup()
        super().close()

    def command(self, *words):
        """What runs dkms, and its environment."""
        return [str(self.dkms_program), *map(str, words)], {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
                                                            "KPKG_ROOT": str(self.root)}

    def dkms(self, *words, timeout=300):
        command, environment = self.command(*words)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False, timeout=timeout,
                              stdin=subprocess.DEVNULL)
        return program.Answer(done.returncode, done.stdout, done.stderr)

    def source(self, name, version="1.0", conf="", files=None):
        return write_source(self.root, name, version, conf, files)

    def tree(self, name, version="1.0"):
        return self.root / f"var/lib/dkms/{name}/{version}"

    def built(self, name, version="1.0"):
        return self.tree(name, version) / self.release / "x86_64"

    def dkms_module(self, name):
        """The file of a module that dkms installed."""
        return self.modules(self.release) / f"updates/dkms/{name}.ko"

    def index(self):
        return (self.modules(self.release) / "modules.dep").read_text(encoding="utf-8")


__all__ = ["DkmsWorld", "kernels"]
