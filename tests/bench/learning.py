# SPDX-License-Identifier: GPL-2.0-or-later
"""How long kpkg takes to learn a kernel, to remember it and to check a module, and how large its exported facts are.

Each line has the median of five, the least and the most, the median of processor time, and the limit that was set for two cores of
a machine with nothing else to do: on a busy one the processor time says more.
"""
import json
import os
import shutil
import statistics
import subprocess
import time

from support import catalogue, kernels, program
from vm import initramfs

RUNS = 5
KERNELS = (("plain", "6.1-amd64", 1.5), ("xz", "6.12-amd64", 5))


def cost(command, environment=None):
    """Seconds that passed and seconds of processor time until `command` ended well."""
    started = time.monotonic()
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, env=environment) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime


def answer(command):
    """Seconds of processor time of `command` and all that it ran, and the JSON that it printed."""
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE) as child:
        told = json.load(child.stdout)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, command
    return usage.ru_utime + usage.ru_stime, told


def measure(name, limit, command, prepare=lambda: None):
    passed, spent = [], []
    for _ in range(RUNS):
        prepare()
        wall, processor = cost(command)
        passed.append(wall)
        spent.append(processor)
    print(f"{name:<58} {statistics.median(passed):8.3f} s   ({min(passed):.3f} to {max(passed):.3f})"
          f"   {statistics.median(spent):.3f} s of processor time   limit {limit} s", flush=True)


def learning(directory):
    """Measures the kernels of KERNELS in copies below `directory`, which is on the file system of the cache."""
    kpkg = program.kpkg_program()
    for label, name, limit in KERNELS:
        kernel = catalogue.kernel(name)
        root = directory / f"root-{label}"
        kernels.linked_copy(kernel.root, root)

        def forget(memory=root / "var/cache/kpkg/memory"):
            shutil.rmtree(memory, ignore_errors=True)

        module = initramfs.ModuleIndex(root, kernel.release).path("dummy")
        check = [kpkg, "check", "-k", kernel.release, "--root", root, module]
        measure(f"learn {label} ({kernel.release}) and check", limit, check, forget)
        measure(f"check from memory, {label}", 0.02, check)
        for option, most in (((), 400_000), (("--btf",), 2_000_000)):
            facts = directory / "facts"
            subprocess.run([kpkg, "kernel", "export", *option, "-k", kernel.release, "--root", root, "-o", facts], check=True,
                           stdout=subprocess.DEVNULL)
            print(f"{'size of the exported facts ' + ' '.join(option):<58} {facts.stat().st_size:8d}   limit {most}")
    measure("kpkg --version: what every process costs", "-", [kpkg, "--version"])
