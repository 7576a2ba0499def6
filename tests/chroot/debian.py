# SPDX-License-Identifier: GPL-2.0-or-later
"""A fresh Debian in a directory: made by debootstrap once a day, unpacked for each test, with apt's cache shared.

Mirror, suite and proxy are those of this machine's apt; none is written here.
"""
import atexit
import datetime
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

from support import kernels

IN_NAMESPACE = "KPKG_TEST_IN_NAMESPACE"  # set in the process that may mount
PASSED_ON = ("http_proxy", "https_proxy", "no_proxy")


def enter_namespace():
    """Starts this program again where its mounts end with it, or returns: there already, or it is not permitted here.

    In a chroot / is no mount point, so its propagation cannot be changed; what is mounted is unmounted by Chroot.close then.
    """
    if os.environ.get(IN_NAMESPACE):
        return
    for propagation in ("private", "unchanged"):
        command = ["unshare", "--mount", "--propagation", propagation]
        if shutil.which("unshare") and subprocess.run([*command, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            os.execvpe("unshare", [*command, sys.executable, *sys.argv], {**os.environ, IN_NAMESPACE: "1"})


def _sources():
    """(mirror, suite, component) of every Debian archive that apt is configured for, in apt's own words."""
    command = ["apt-get", "indextargets", "--no-release-info", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"]
    listing = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    codename = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    rows = [tuple(line.split()) for line in dict.fromkeys(listing.splitlines())]
    return codename, [row for row in rows if len(row) == 3 and row[1].split("-")[0] == codename and row[2] == "main"]


def _run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise kernels.Unavailable(f"{command[0]} does not work here: {(done.stdout.strip().splitlines() or [''])[-1]}")


def apt_archives():
    """Packages that were downloaded once are kept here for every test and run."""
    path = kernels.cache() / "apt"
    (path / "partial").mkdir(parents=True, exist_ok=True)
    return path


def tarball():
    """The archive with today's fresh Debian; those of other days are deleted. Raises Unavailable."""
    if missing := [name for name in ("debootstrap", "apt-get", "tar", "mount", "chroot") if not shutil.which(name)]:
        raise kernels.Unavailable(f"{missing[0]} is not installed")
    if os.geteuid() != 0 or not os.environ.get(IN_NAMESPACE):
        raise kernels.Unavailable("a chroot needs root and the right to mount")
    codename, sources = _sources()
    mirror = next((mirror for mirror, suite, _ in sources if suite == codename), None)
    if not mirror:
        raise kernels.Unavailable("apt is configured for no archive of this Debian")
    with kernels.locked("debian"):
        path = kernels.cache() / f"debian-{codename}-{datetime.date.today()}.tar"
        if path.exists():
            return path
        for old in kernels.cache().glob("debian-*.tar"):
            old.unlink()
        with tempfile.TemporaryDirectory(prefix="debootstrap.", dir=kernels.cache()) as scratch:
            root = pathlib.Path(scratch) / "root"
            options = ["--include=ca-certificates"] if any(row[0].startswith("https:") for row in sources) else []
            _run("debootstrap", "--variant=minbase", f"--cache-dir={apt_archives()}", *options, codename, str(root), mirror)
            lines = "".join(f"deb {mirror} {suite} {component}\n" for mirror, suite, component in sources)
            (root / "etc/apt/sources.list").write_text(lines, encoding="utf-8")
            _run("tar", "-C", str(root), "-cf", f"{path}.new", ".")
        path.with_name(f"{path.name}.new").rename(path)
        return path


class Chroot:
    """A fresh Debian of the test's own. Owns its directory and what is mounted there."""

    def __init__(self, below=None):
        """Today's Debian, or what is in the directory `below`, which stays as it is: only what changes is written elsewhere."""
        archive = None if below else tarball()
        # Not a TemporaryDirectory: that would be deleted at the end of the program, and with it what is still mounted there.
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="chroot.", dir=kernels.cache())) / "root"
        self.root.mkdir()
        self._mounted = []
        atexit.register(self.close)
        if below:
            self._mount_over(below)
        else:
            _run("tar", "-C", str(self.root), "-xf", str(archive))
        for name in ("etc/resolv.conf", "etc/hosts"):
            if pathlib.Path("/", name).exists():
                shutil.copyfile(pathlib.Path("/", name), self.root / name)
        proxies = subprocess.run(["apt-config", "dump", "Acquire::http::Proxy", "Acquire::https::Proxy"], stdout=subprocess.PIPE, check=True)
        (self.root / "etc/apt/apt.conf.d/90proxy").write_bytes(proxies.stdout)
        self.share(apt_archives(), "var/cache/apt/archives")

    def _mount_over(self, below):
        for name in ("changed", "work"):
            (self.root.parent / name).mkdir()
        changed, work = self.root.parent / "changed", self.root.parent / "work"
        self._mount("-t", "overlay", "overlay", "-o", f"lowerdir={below},upperdir={changed},workdir={work}", "")

    def share(self, directory, inside):
        """Shows a directory of this machine inside. Never below what a test deletes."""
        self._mount("--bind", str(directory), inside)

    def show(self, directory, inside):
        """As share(), but nothing can be changed there."""
        self.share(directory, inside)
        _run("mount", "-o", "remount,bind,ro", str(self.root / inside))

    def mount_proc(self):
        self._mount("-t", "proc", "proc", "proc")

    def _mount(self, *arguments):
        *options, inside = arguments
        place = self.root / inside
        place.mkdir(parents=True, exist_ok=True)
        _run("mount", *options, str(place))
        self._mounted.append(place)

    def run(self, *words, directory="/", environment=None):
        """Runs a program inside; (status, output) with stderr in its place."""
        variables = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        variables.update({name: os.environ[name] for name in PASSED_ON if name in os.environ})
        variables.update(environment or {})
        done = subprocess.run(["chroot", str(self.root), "env", "-C", directory, *map(str, words)], env=variables,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", check=False)
        return done.returncode, done.stdout

    def apt_install(self, *packages, environment=None):
        """Installs packages without what they recommend; (status, output). One program of this machine downloads
        at a time."""
        command = ("apt-get", "-q", "-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-unsafe-io", "install")
        with kernels.locked("apt"):
            status, output = self.run(*command, "--download-only", *packages, environment=environment)
        return self.run(*command, *packages, environment=environment) if status == 0 else (status, output)

    def is_mounted(self, inside):
        return os.path.ismount(self.root / inside)

    def unmount(self):
        for place in reversed(self._mounted):
            subprocess.run(["umount", "--lazy", str(place)], check=True)
        for place in (self.root / "proc", *self._mounted):
            assert not os.path.ismount(place), place
        self._mounted = []

    def close(self):
        """Unmounts, then deletes; what cannot be unmounted is never deleted through."""
        self.unmount()
        shutil.rmtree(self.root.parent, ignore_errors=True)
        atexit.unregister(self.close)
