# SPDX-License-Identifier: GPL-2.0-or-later
"""What cases need that mistreat kpkg: a world, a source of their own, and mounts that go away again."""
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from support import kernels, program

PAIR = program.OWN_RECIPES / "kpkg-tty-pair.toml"
LEFTOVERS = (".kpkg-", ".part")
# A small disk over the whole root $LOWER: what is there is seen, and everything new has to fit into $SIZE. The root is $ROOT then, and
# the disk is mounted at $SCRATCH.
SMALL_DISK = """\
SCRATCH=$(mktemp -d) && mount -t tmpfs -o size=$SIZE tmpfs "$SCRATCH" && mkdir "$SCRATCH/upper" "$SCRATCH/work" "$SCRATCH/root" &&
  mount -t overlay -o "lowerdir=$LOWER,upperdir=$SCRATCH/upper,workdir=$SCRATCH/work" overlay "$SCRATCH/root" || exit 99
ROOT=$SCRATCH/root
"""
NO_SMALL_DISK = 99  # how that ends where it cannot be had


def in_namespace(script, variables):
    """Runs a script of the shell in a mount namespace of its own; what it mounts is gone afterwards."""
    done = subprocess.run(["unshare", "-m", "--propagation", "private", "sh", "-c", script], env=variables, text=True, capture_output=True,
                          check=False, errors="replace", timeout=600, stdin=subprocess.DEVNULL)
    if done.returncode == NO_SMALL_DISK:
        raise kernels.Unavailable("no overlay can be mounted here")
    return program.Answer(done.returncode, done.stdout, done.stderr)


class Case(unittest.TestCase):
    """One world a class; `directory` has a name that a careless script trips over."""

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise kernels.Unavailable("only root may mount and kill here")
        cls.world = program.World(("cloud-amd64",))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]
        scratch = tempfile.TemporaryDirectory(prefix="it's \"a\" b:c $x ")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)

    def source(self, name, kbuild=""):
        """A recipe with its source: a module that does nothing."""
        directory = self.directory / f"{name} so'ur:ce"
        directory.mkdir(exist_ok=True)
        (directory / "Kbuild").write_text(f"obj-m := {name}.o\n{kbuild}", encoding="utf-8")
        (directory / f"{name}.c").write_text('#include <linux/module.h>\nMODULE_LICENSE("GPL");\n', encoding="utf-8")
        path = self.directory / f"{name}.toml"
        written = str(directory).replace('"', '\\"')
        path.write_text(f'format = 1\nname = "{name}"\nversion = "1"\nsummary = "x"\n[[source]]\npath = "{written}"\n'
                        f'[[module]]\nname = "{name}"\n[install]\nload = false\n', encoding="utf-8")
        return path

    def start(self, *words, **options):
        """kpkg in the background on the world's root."""
        command = [program.kpkg_program(), *map(str, words), "--root", str(self.world.root)]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, **options}
        return subprocess.Popen(command, env={"PATH": "/usr/bin:/usr/sbin", "KPKG_RECIPES": str(program.RECIPES)}, **options)

    def shell(self, script, root=None):
        """in_namespace(), with $KPKG, $ROOT and more set."""
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "KPKG": program.kpkg_program(),
                     "ROOT": str(root or self.world.root), "K": self.release, "PAIR": str(PAIR), "DIR": str(self.directory)}
        return in_namespace(script, variables)

    def refused(self, answer, status, pattern):
        self.assertEqual(status, answer.status, answer)
        self.assertRegex(answer.output + answer.errors, pattern)
        self.assertNotRegex(answer.errors, "terminate called|Assertion|Sanitizer")

    def assert_whole(self, root=None):
        """verify is content, nothing temporary is left, and modules.dep names what is there."""
        root = pathlib.Path(root or self.world.root)
        verified = self.world.kpkg("verify")
        self.assertEqual(0, verified.status, verified)
        places = [self.world.modules(self.release), root / "etc", root / "var/lib/kpkg", root / "var/cache/kpkg/work"]
        found = [str(path) for place in places for path in place.rglob("*") if any(mark in path.name for mark in LEFTOVERS)]
        self.assertEqual([], found)
        self.assertEqual([], [str(path) for path in (root / "var/cache/kpkg/work").glob("*")])
        modules = self.world.modules(self.release)
        index = (modules / "modules.dep").read_text(encoding="utf-8")
        named = {line.split(":")[0] for line in index.splitlines() if line.startswith("updates/")}
        there = {str(path.relative_to(modules)) for path in modules.glob("updates/**/*.ko*")}
        self.assertEqual(there, named)

    def wait_for(self, condition, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"waited in vain for {what}")
            time.sleep(0.02)


def processes_with(text):
    """The ids of the processes whose command line has `text`."""
    found = []
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = pathlib.Path("/proc", number, "cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            continue  # it has ended meanwhile
        if text.encode() in words and int(number) != os.getpid():
            found.append(int(number))
    return found


def mounts():
    return pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
