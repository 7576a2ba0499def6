#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures kpkg against bare make plus depmod, and against dkms where it is installed: medians of five, ratios in one run.

The machines are shared and noisy, so nothing here passes or fails: it prints, and what it prints goes into the notes.
"""
import os
import pathlib
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import learning  # noqa: E402
from support import cases, kernels, modules, program  # noqa: E402

RUNS = 5
RECIPE = program.OWN_RECIPES / "kpkg-tty-pair.toml"


def timed(action):
    started = time.monotonic()
    action()
    return time.monotonic() - started


def checked(command, **options):
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, **options)


class Bench:
    def __init__(self, directory):
        self.world = program.World(("amd64",))
        self.release = self.world.releases[0]
        self.directory = directory
        self.source = program.OWN_RECIPES / "tty/pair"
        self.tree = modules.tree(self.world.root, self.release, directory / "tree")

    def forget(self):
        for memory in ("var/lib/kpkg", "var/cache/kpkg/memory"):
            shutil.rmtree(self.world.root / memory, ignore_errors=True)
        shutil.rmtree(self.world.modules(self.release) / "updates", ignore_errors=True)

    def kpkg(self, *words):
        answer = self.world.kpkg(*words)
        assert answer.status == 0, answer
        return answer

    def install(self):
        self.kpkg("install", "-y", RECIPE)

    def bare(self):
        """What a person types: a copy of the source, make, strip, cp, depmod."""
        copy = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        shutil.copytree(self.source, copy / "source")
        jobs = f"-j{os.cpu_count()}"
        checked(["make", jobs, "-C", self.tree, f"M={copy / 'source'}", "modules"])
        module = copy / "source/kpkg_tty_pair.ko"
        checked(["strip", "--strip-debug", module])
        target = self.world.modules(self.release) / "updates/bare"
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, target)
        checked(["depmod", "-b", self.world.root, self.release])
        shutil.rmtree(copy)

    def dkms(self):
        """The same by dkms, with all of its directories in a place of its own."""
        base = pathlib.Path(tempfile.mkdtemp(dir=self.directory))
        source = base / "src/kpkg_tty_pair-1.0"
        shutil.copytree(self.source, source)
        (source / "dkms.conf").write_text('PACKAGE_NAME="kpkg_tty_pair"\nPACKAGE_VERSION="1.0"\nAUTOINSTALL="yes"\n'
                                          'BUILT_MODULE_NAME[0]="kpkg_tty_pair"\nDEST_MODULE_LOCATION[0]="/updates"\n',
                                          encoding="utf-8")
        (base / "tree").mkdir()
        checked(["dkms", "install", "kpkg_tty_pair/1.0", "-k", self.release, "--dkmstree", base / "tree", "--sourcetree",
                 base / "src", "--installtree", self.world.root / "usr/lib/modules", "--kernelsourcedir", self.tree])
        shutil.rmtree(base)

    def measure(self, name, action, prepare=lambda: None):
        times = []
        for _ in range(RUNS):
            prepare()
            times.append(timed(action))
        median = statistics.median(times)
        print(f"{name:<58} {median:8.3f} s   ({min(times):.3f} to {max(times):.3f})", flush=True)
        return median

    def own_processor_time(self):
        self.forget()
        errors = self.kpkg("install", "-y", "-v", RECIPE).errors
        return float(re.search(r"own processor time: ([0-9.]+) s", errors).group(1))


def fill(world, recipes=20, releases=10):
    """Multiplies the records of the one installed pair to recipes x releases of them, each as complete as that one."""
    with sqlite3.connect(world.root / "var/lib/kpkg/kpkg.db") as database:
        for number in range(recipes * releases - 1):
            recipe, release = f"recipe-{number % recipes}", f"6.1.0-{number // recipes}-bench"
            (world.root / "usr/lib/modules" / release).mkdir(exist_ok=True)
            digest = f"{number:064x}"
            database.execute("INSERT OR IGNORE INTO wish SELECT ?, version, since, automatic, origin FROM wish LIMIT 1", [recipe])
            build = database.execute(
                "INSERT INTO build (key, recipe, version, kernel, started, duration_ms, cpu_ms, outcome, command, compiler, sandbox,"
                " log, first_error) SELECT key, ?, version, ?, started, duration_ms, cpu_ms, outcome, command, compiler, sandbox, log,"
                " first_error FROM build LIMIT 1", [recipe, release]).lastrowid
            database.execute("INSERT INTO artifact SELECT ?, module, file_name, ?, size, fingerprint, srcversion FROM artifact"
                             " WHERE module <> '' LIMIT 1", [build, digest])
            database.execute("INSERT INTO verdict SELECT ?, ?, kernel_facts, decision, findings, overridden_by, judged FROM verdict"
                             " LIMIT 1", [digest, release])
            database.execute("INSERT INTO installed SELECT ?, ?, version, ?, module, digest, kind, ?, change FROM installed"
                             " WHERE kind = 'module' LIMIT 1", [f"/{digest}.ko", recipe, release, digest])


def main():
    with tempfile.TemporaryDirectory(prefix="kpkg-bench.", dir=kernels.cache()) as scratch:
        learning.learning(pathlib.Path(scratch))
        bench = Bench(pathlib.Path(scratch))
        bench.install()
        ours = bench.measure("kpkg install, from nothing", bench.install, bench.forget)
        bare = bench.measure("bare make, strip, cp and depmod", bench.bare)
        print(f"{'ratio of kpkg to bare make plus one depmod':<58} {ours / bare:8.2f}")
        if shutil.which("dkms"):
            theirs = bench.measure("dkms install, from nothing", bench.dkms)
            print(f"{'ratio of kpkg to dkms':<58} {ours / theirs:8.2f}")
        own = statistics.median(bench.own_processor_time() for _ in range(RUNS))
        print(f"{'own processor time, one module and kernel':<58} {own:8.3f} s")
        bench.install()
        bench.measure("a second kpkg install, which builds nothing", bench.install)
        bench.measure("kpkg status of one pair", lambda: bench.kpkg("status"))
        fill(bench.world)
        bench.measure("kpkg status of 200 pairs", lambda: bench.kpkg("status"))
        print(f"{'pairs that it told':<58} {len(bench.kpkg('status').output.splitlines()):8d}")
        bench.world.close()


if __name__ == "__main__":
    cases.measure(main)
