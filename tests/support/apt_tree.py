# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks apt for packages of other releases and architectures of Debian without telling this machine: a tree of apt's own files in the
cache directory. Nothing is installed; packages are downloaded and unpacked.
"""
import contextlib
import hashlib
import pathlib
import re
import subprocess
import tempfile

from support import kernels

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Where Debian's archive is if this machine is another distribution's, or does not say.
ARCHIVES = {"Debian": "http://deb.debian.org/debian", "Debian-Security": "http://deb.debian.org/debian-security"}


def _run(command, hint):
    """The output of a command of apt. Raises Unavailable with the last line that it complained with."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.startswith(("E:", "W:", "Err:"))]
        raise kernels.Unavailable(f"{hint}: {said[-1] if said else done.stderr[-200:]}")
    return done.stdout


def native_architecture():
    kernels.need("dpkg")
    return _run(["dpkg", "--print-architecture"], "dpkg").strip()


def archives():
    """Label of an archive of Debian to its address, as this machine has it configured: a mirror, or the archive itself."""
    found = dict(ARCHIVES)
    with contextlib.suppress(kernels.Unavailable):
        for line in _run(["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(SITE)", "Created-By: Packages"],
                         "apt-get").splitlines():
            origin, label, site = line.split("|", 2)
            if origin == "Debian" and label in found:
                found[label] = site
    return found


def _sources(suites, components):
    addresses = archives()
    rows = []
    for suite in suites:
        label = "Debian-Security" if suite.endswith("-security") else "Debian"
        rows.append(f"deb [signed-by={KEYRING}] {addresses[label]} {suite} {components}\n")
    return "".join(rows)


class AptTree:
    """The packages of `suites` for `architecture`, and those of this machine's own for tools."""

    def __init__(self, suites, architecture, components="main"):
        for program in ("apt-get", "apt-cache", "dpkg-deb"):
            kernels.need(program)
        if not pathlib.Path(KEYRING).exists():
            raise kernels.Unavailable(f"there is no {KEYRING}: install debian-archive-keyring")
        self.architecture = architecture
        name = "+".join([*suites, *components.split()[1:]])
        self.directory = kernels.cache() / "apt" / f"{name}-{architecture}"
        self._name = f"{suites[0]} for {architecture}"
        self._configure(suites, components)

    def _configure(self, suites, components):
        for part in ("lists/partial", "archives/partial", "parts"):
            (self.directory / part).mkdir(parents=True, exist_ok=True)
        native = native_architecture()
        settings = {
            "Dir::State": self.directory, "Dir::State::lists": self.directory / "lists", "Dir::State::status": "/dev/null",
            "Dir::Cache": self.directory, "Dir::Etc::sourcelist": self.directory / "sources.list",
            "Dir::Etc::sourceparts": self.directory / "parts", "Dir::Etc::preferencesparts": self.directory / "parts",
            "APT::Architecture": native, "APT::Sandbox::User": "root", "Acquire::Languages": "none",
        }
        lines = [f'{name} "{value}";\n' for name, value in settings.items()]
        both = " ".join(f'"{each}";' for each in dict.fromkeys((native, self.architecture)))
        lines.append(f"#clear APT::Architectures;\nAPT::Architectures {{ {both} }};\n")
        (self.directory / "apt.conf").write_text("".join(lines), encoding="utf-8")
        (self.directory / "sources.list").write_text(_sources(suites, components), encoding="utf-8")

    def _apt(self, program, *words):
        return _run([program, "-q", "-c", str(self.directory / "apt.conf"), *words], f"{program} {words[0]}, {self._name}")

    def update(self):
        """Fetch the package lists; suites that a mirror has not got any more are an error of the whole."""
        self._apt("apt-get", "update", "--error-on=any")

    def names(self, pattern):
        """The names of packages that `pattern` matches in full."""
        return [name for name in self._apt("apt-cache", "pkgnames").splitlines() if re.fullmatch(pattern, name)]

    def versions(self, package):
        """The versions of `package` that the suites have, newest first."""
        rows = [line.split("|") for line in self._apt("apt-cache", "madison", package).splitlines()]
        return list(dict.fromkeys(row[1].strip() for row in rows if len(row) == 3))

    def dependencies(self, package):
        """What the newest `package` depends on, as pairs of name and exact version ("" if any), first alternatives only."""
        record = self._apt("apt-cache", "show", "--no-all-versions", package)
        found = re.search("^Depends: (.*)$", record, re.MULTILINE)
        words = [each.split("|")[0].strip() for each in found.group(1).split(",")] if found else []
        parsed = [re.fullmatch(r"([^ :]+)(?::\w+)?(?: \((\S+) ([^)]*)\))?", word) for word in words]
        return [(match[1], match[3] if match[2] == "=" else "") for match in parsed if match]

    def qualified(self, name):
        """`name` with the architecture to take it in: tools run here, what all share is named as ours, the rest is the kernel's."""
        ours = name.startswith("linux-kbuild-") or name.endswith("-common")
        return f"{name}:{native_architecture() if ours else self.architecture}"

    def files(self, packages):
        """The package files of `packages`, downloaded unless they are in the cache with the digest that apt demands."""
        downloads = kernels.downloads()
        wanted = {}
        for line in self._apt("apt-get", "download", "--print-uris", *packages).splitlines():
            match = re.fullmatch(r"'[^']*' (\S+) \d+ SHA256:(\w+)", line)
            if match:
                wanted[match[1]] = match[2]
        missing = [package for package in packages
                   if not any(_is(downloads / file, digest) for file, digest in wanted.items()
                              if file.startswith(package.split(":")[0].split("=")[0] + "_"))]
        if missing:
            self._download(missing, downloads)
        return [downloads / file for file in wanted]

    def _download(self, packages, downloads):
        with tempfile.TemporaryDirectory(dir=downloads, prefix="partial.") as staging:
            configuration = str(self.directory / "apt.conf")
            done = subprocess.run(["apt-get", "-q", "-c", configuration, "download", *packages], cwd=staging,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                raise kernels.Unavailable(f"apt-get download, {self._name}: {done.stderr.strip()[-200:]}")
            for file in pathlib.Path(staging).glob("*.deb"):
                file.replace(downloads / file.name)


def _is(path, digest):
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def unpack(package, directory):
    """The files of a package below `directory`; packages before Debian 13 still ship /lib, which must stay a link."""
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(package)], stdout=subprocess.PIPE) as reader:
        subprocess.run(["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", str(directory), "-f", "-"],
                       stdin=reader.stdout, check=True)
    if reader.returncode:
        raise kernels.Unavailable(f"{package} is no whole package")
