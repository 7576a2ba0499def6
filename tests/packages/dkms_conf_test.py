#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every dkms.conf of Debian's packages means to kpkg what it means to Debian's own dkms: both read them, for kernels that have
what the drivers ask for and for kernels that have not.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import apt_tree, cases, kernels, stock_dkms  # noqa: E402

STOCK = pathlib.Path(__file__).with_name("dkms_conf_stock.bash")
SUITE = "bookworm"

# Each of these needs a real shell: loops, commands, the kernel's configuration, its own place.
NEED_A_SHELL = ("ddcci-dkms", "digimend-dkms", "iptables-netflow-dkms", "lttng-modules-dkms", "nvidia-fs-dkms",
                "nvidia-tesla-470-kernel-dkms", "openafs-modules-dkms", "v4l2loopback-dkms", "west-chamber-dkms", "zfs-dkms")

# What the drivers of Debian ask the configuration for.
OPTIONS = ("64BIT ACPI BACKLIGHT_CLASS_DEVICE BLOCK CPU_FREQ DRM I2C LOCALVERSION_AUTO MODULES NET NET_FOU PCI PREEMPTIRQ_EVENTS "
           "TRACEPOINTS USB USB_HID VIDEO_DEV VIDEO_V4L2 KALLSYMS ZLIB_DEFLATE CRYPTO FTRACE EVENT_TRACING").split()

KERNELS = {
    "6.1.0-56-amd64": "".join(f"CONFIG_{option}=y\n" for option in OPTIONS),
    "6.1.0-56-rt-amd64": "CONFIG_PREEMPT_RT=y\nCONFIG_MODULES=y\nCONFIG_LOCALVERSION=\"a b\"\n# CONFIG_PCI is not set\n",
    "4.19.0-1-686": "CONFIG_PCI=m\nCONFIG_VIDEO_V4L2=m\nCONFIG_USB_HID=m\n",
}

Module = collections.namedtuple("Module", "built_name built_location installed_name installed_location is_stripped")


class Stock:
    """The answers of Debian's dkms, in kpkg's words."""

    def __init__(self, fields):
        rows = iter(fields)
        self.is_valid = next(rows) == "0"
        self.package = [next(rows), next(rows)]
        self.make_command = next(rows)
        self.is_excluded = bool(next(rows))
        self.is_installed_by_itself = bool(next(rows))
        self.scripts = [next(rows) for _ in range(6)]
        self.patches = [next(rows) for _ in range(int(next(rows)))]
        self.build_depends = [next(rows) for _ in range(int(next(rows)))]
        count = int(next(rows))
        self.modules = [Module(*(next(rows) for _ in range(4)), next(rows) != "no") for _ in range(count)]


class Own:
    """The answers of kpkg."""

    def __init__(self, answers):
        for name in ("is_valid", "package", "make_command", "is_excluded", "scripts", "patches", "build_depends"):
            setattr(self, name, answers[name])
        self.is_installed_by_itself = answers["answers"][0]
        self.modules = [Module(**{name: module[name] for name in Module._fields}) for module in answers["modules"]]


class Tree:
    """A directory that has what DKMS works with: sources, its tree, kernels and an empty place to call it in."""

    def __init__(self, directory):
        self.directory = directory
        (directory / "empty").mkdir()
        for release, configuration in KERNELS.items():
            headers = directory / "usr/src" / f"linux-headers-{release}"
            headers.mkdir(parents=True)
            (headers / ".config").write_text(configuration, encoding="utf-8")
            modules = directory / "lib/modules" / release
            modules.mkdir(parents=True)
            (modules / "build").symlink_to(headers)

    def add(self, conf):
        """Registers the source that `conf` lies in, as `dkms add` does, and returns its name and version there."""
        name, version = conf.parent.name.rsplit("-", 1)
        place = self.directory / "var/lib/dkms" / name / version
        place.mkdir(parents=True)
        (place / "source").symlink_to(conf.parent)
        return name, version

    def settings(self, release):
        # Debian's dkms has /lib/modules written into it: it is told where the headers are.
        return [f"source_tree={self.directory}/usr/src", f"dkms_tree={self.directory}/var/lib/dkms",
                f"install_tree={self.directory}/lib/modules", f"kernel_source_dir={self.directory}/lib/modules/{release}/build",
                "parallel_jobs=2", "running_distribution=debian"]

    def run(self, command, release, identity):
        done = subprocess.run([*map(str, command), *identity, release, "x86_64", *self.settings(release)], cwd=self.directory / "empty",
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout


class DkmsConf(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        kernels.need("bash")
        scratch = tempfile.TemporaryDirectory(prefix="kpkg-dkms-")
        cls.addClassCleanup(scratch.cleanup)
        os.chmod(scratch.name, 0o755)
        cls.tree = Tree(pathlib.Path(scratch.name))
        apt = apt_tree.AptTree((SUITE,), apt_tree.native_architecture(), "main contrib non-free")
        apt.update()
        cls.dkms = stock_dkms.from_apt()
        cls.packages = {}
        for package in sorted(apt.names(".*-dkms")):
            before = set(cls.confs())
            apt_tree.unpack(apt.files([package])[0], cls.tree.directory)
            for conf in set(cls.confs()) - before:
                cls.packages.setdefault(package, []).append((conf, cls.tree.add(conf)))

    @classmethod
    def confs(cls):
        return cls.tree.directory.glob("usr/src/*/dkms.conf")

    def both(self, release, identity):
        fields = self.tree.run(["bash", STOCK, self.dkms], release, identity).split("\0")
        answers = json.loads(self.tree.run([os.environ["KPKG_DKMS_CONF"]], release, identity))
        return Stock(fields), Own(answers)

    def test_the_packages_that_need_a_shell_are_among_them(self):
        self.assertEqual([], [package for package in NEED_A_SHELL if package not in self.packages])

    def test_every_value_is_the_one_that_stock_dkms_computes(self):
        compared = 0
        for package, confs in self.packages.items():
            for conf, identity in confs:
                for release in KERNELS:
                    with self.subTest(package=package, kernel=release):
                        stock, own = self.both(release, identity)
                        if "BUILD_EXCLUSIVE_KERNEL_MIN" in conf.read_text(encoding="utf-8"):
                            # Debian's dkms 3.0 passes over that directive, which drivers already use.
                            stock.is_excluded = own.is_excluded
                        self.assertEqual(vars(stock), vars(own))
                        compared += 1
        print(f"{compared} readings of {sum(map(len, self.packages.values()))} files of {len(self.packages)} packages compared")
        self.assertGreater(compared, 3 * 25)

    def test_kernels_are_told_apart(self):
        """The kernels above do not all mean the same: else nothing would be compared but constants."""
        conf, identity = self.packages["lttng-modules-dkms"][0]
        counts = {release: len(self.both(release, identity)[1].modules) for release in KERNELS}
        self.assertEqual(len(KERNELS), len(set(counts.values())), f"{conf}: {counts}")


if __name__ == "__main__":
    cases.main()
