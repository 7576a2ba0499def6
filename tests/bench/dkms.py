#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What kpkg costs as `dkms`, beside stock dkms and bare make, in one chroot and one run: medians, each with its limit.

Stock dkms is 3.4 if KPKG_DKMS_REPOSITORY names a clone of it, else that of the distribution. Exit status: 0 if kpkg is below its limits,
1, or 77 if nothing could be measured.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import learning  # noqa: E402
from chroot import debian  # noqa: E402
from packages import outcomes  # noqa: E402
from support import cases, dkms_root, dkms_world, kernels, program  # noqa: E402

RUNS = 5
MODULES, KERNELS = 20, 10  # of the status with 200 entries
TEN = [f"bench{number}" for number in range(10)]
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
LIMITS = {"status": 0.020, "autoinstall": 1.15, "install": 1.20}  # seconds; times what bare make and one depmod take
# Ten builds side by side, as many as there are processors, in copies of the sources, then one depmod.
BARE = """\
set -e
for name in {names}; do rm -rf /root/bare/$name; mkdir -p /root/bare; cp -a /usr/src/$name-1.0 /root/bare/$name; done
printf '%s\\n' {names} | xargs -P {at_once} -I NAME make -s -j {jobs} -C /lib/modules/{release}/build M=/root/bare/NAME modules
mkdir -p /lib/modules/{release}/updates/bare
for name in {names}; do strip -g /root/bare/$name/$name.ko; cp /root/bare/$name/$name.ko /lib/modules/{release}/updates/bare; done
depmod -a {release}
"""


class Bench:
    """A chroot with one dkms; the sources of TEN are added."""

    def __init__(self, root):
        self.root, self.release = root, root.release
        for name in TEN:
            dkms_world.write_source(root.root, name)
            dkms_root.checked(root, "dkms", "add", f"{name}/1.0")

    def inside(self, *words):
        return ["chroot", str(self.root.root), *words]

    def take_back(self):
        """To what was added, and nothing that kpkg remembers of builds; it goes on knowing the kernel."""
        shutil.rmtree(self.root.root / "var/lib/kpkg", ignore_errors=True)
        for name in TEN:
            tree = self.root.root / "var/lib/dkms" / name
            for path in (*tree.glob("kernel-*"), *tree.glob(f"1.0/{self.release}")):
                path.unlink() if path.is_symlink() else shutil.rmtree(path)
        shutil.rmtree(self.root.root / "usr/lib/modules" / self.release / "updates", ignore_errors=True)

    def forget(self):
        self.take_back()
        shutil.rmtree(self.root.root / "var/cache/kpkg", ignore_errors=True)

    def bare(self, names):
        at_once = min(len(names), os.cpu_count())
        jobs = max(1, os.cpu_count() // at_once)
        script = BARE.format(names=" ".join(names), at_once=at_once, jobs=jobs, release=self.release)
        return self.inside("sh", "-c", script)


def measure(name, command, prepare=lambda: None):
    """Prints and returns the median of seconds that passed."""
    passed, spent = [], []
    for _ in range(RUNS):
        prepare()
        wall, processor = learning.cost(command, ENVIRONMENT)
        passed.append(wall)
        spent.append(processor)
    print(f"{name:<64} {statistics.median(passed):8.3f} s   ({min(passed):.3f} to {max(passed):.3f})"
          f"   {statistics.median(spent):.3f} s of processor time", flush=True)
    return statistics.median(passed)


def fill(bench):
    """MODULES x KERNELS entries that are installed, of kernels that are nothing but names."""
    module = bench.root.root / f"usr/lib/modules/{bench.release}/updates/dkms/{TEN[0]}.ko"
    for number in range(MODULES):
        name = f"filled{number}"
        source = bench.root.root / f"usr/src/{name}-1.0"
        source.mkdir()
        (source / "dkms.conf").write_text(dkms_world.CONF.format(name=name, version="1.0"), encoding="utf-8")
        tree = bench.root.root / f"var/lib/dkms/{name}"
        (tree / "1.0/build").mkdir(parents=True)
        (tree / "1.0/source").symlink_to(f"/usr/src/{name}-1.0")
        for kernel in (f"6.1.0-{index}-bench" for index in range(KERNELS)):
            built = tree / f"1.0/{kernel}/x86_64/module/{name}.ko"
            installed = bench.root.root / f"usr/lib/modules/{kernel}/updates/dkms/{name}.ko"
            for file in (built, installed):
                file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(module, file)
            (tree / f"kernel-{kernel}-x86_64").symlink_to(f"1.0/{kernel}/x86_64")


def measured(whose, bench):
    """What one dkms takes for each name of LIMITS."""
    first = ("dkms", "install", f"{TEN[0]}/1.0", "-k", bench.release)
    everything = ("dkms", "autoinstall", "-k", bench.release)
    result = {"install": measure(f"{whose}: install of one module from added", bench.inside(*first), bench.take_back)}
    if whose == "kpkg":
        measure(f"{whose}: the same, and the kernel is not known yet", bench.inside(*first), bench.forget)
    result["autoinstall"] = measure(f"{whose}: autoinstall of {len(TEN)} modules", bench.inside(*everything), bench.take_back)
    fill(bench)
    status = bench.inside("dkms", "status")
    told = subprocess.run(status, stdout=subprocess.PIPE, text=True, check=True, env=ENVIRONMENT).stdout
    assert told.count(": installed") == MODULES * KERNELS + len(TEN), told[-2000:]
    result["status"] = measure(f"{whose}: status with {told.count(': installed')} entries", status)
    return result


def with_root(prepare, action):
    root = dkms_root.Root()
    try:
        prepare(root)
        return action(Bench(root))
    finally:
        root.close()


def stock(root):
    outcomes.install(root, "dkms")
    try:
        root.install_stock()
    except kernels.Unavailable:
        pass


def bare(bench):
    return {"install": measure("bare make, strip, cp and depmod of one module", bench.bare(TEN[:1])),
            "autoinstall": measure(f"bare make of {len(TEN)}, {os.cpu_count()} at once, and one depmod", bench.bare(TEN))}


def main():
    def ours_and_bare(bench):
        return measured("kpkg", bench), bare(bench)

    own = program.kpkg_program()
    ours, plain = with_root(lambda root: root.install_own(own), ours_and_bare)
    theirs = with_root(stock, lambda bench: measured("stock dkms", bench))
    status = 0
    for name, limit in LIMITS.items():
        value = ours[name] / plain.get(name, 1)
        what = "times bare make" if name in plain else "s"
        status = max(status, int(value > limit))
        print(f"{name:<14} {value:8.3f} {what}   limit {limit}   stock dkms takes {theirs[name] / ours[name]:.1f} times as long"
              + "   TOO MUCH" * (value > limit), flush=True)
    return status


if __name__ == "__main__":
    debian.enter_namespace()
    cases.measure(main)
