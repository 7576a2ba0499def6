#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A shell, or a command, in the chroot in which DKMS's suite runs: with kpkg as `dkms`, or with --stock. What it changes is lost."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from chroot import debian  # noqa: E402
from support import cases, dkms_root, program  # noqa: E402


def main():
    words = sys.argv[1:]
    stock = words[:1] == ["--stock"]
    command = words[int(stock):] or ["bash"]
    root = dkms_root.Root()
    try:
        root.install_stock() if stock else root.install_own(program.kpkg_program())
        if os.environ.get("KPKG_DKMS_REPOSITORY"):
            root.sources()
        environment = {"PATH": "/usr/sbin:/usr/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "TERM": os.environ.get("TERM", "dumb"),
                       "KERNEL_VER": root.release}
        return subprocess.run(["chroot", str(root.root), "env", "-C", "/root/dkms", *command], env=environment, check=False).returncode
    finally:
        root.close()


if __name__ == "__main__":
    debian.enter_namespace()
    cases.measure(main)
