# SPDX-License-Identifier: GPL-2.0-or-later
"""What a -dkms package came to under a dkms: its state, what `dkms status` says, its modules and what depmod made of them.

Outcomes under stock dkms are kept with the modules, by version of package, dkms and kernel: some take minutes, and none changes.
"""
import dataclasses
import json
import pathlib
import re
import shutil

from support import dkms_root, kernels
from support import modules as module_files
from vm.mutations import elf

UPDATES = "updates/dkms"
# These embed when, where and by whom they were built, in sections that hold no code: strings, and how long they are.
WITH_DATE_AND_HOST = {"openafs-modules-dkms": {".data", ".rodata", ".rodata.str1.1", ".rodata.str1.8", ".symtab"}}
# Modules that use what the kernels of this distribution do not have: stock dkms installs them all the same, kpkg leaves them out.
LEFT_OUT = {"dahdi-dkms": {"dahdi_echocan_oslec.ko": "it uses oslec_create of a driver that these kernels are built without (CONFIG_ECHO)"}}
# Modules that the kernel has itself, in the same version: DKMS 3.0 leaves them out, 3.4 and kpkg install them.
ADDED = {"tp-smapi-dkms": {"hdaps.ko": "DKMS 3.0 leaves out what the kernel has in the same version"}}
DIFFERENCE = " (Differences between built and installed modules)"  # which kpkg's status then tells of
# Stock dkms moves the kernel's own module away and says so; kpkg leaves files of packages where they are.
ORIGINAL = " (Original modules exist)"
NEWER_WORDS = {"original_module exists": "Original modules exist", "WARNING! Missing some built modules!":
               "Built modules are missing in the kernel modules folder", "WARNING! Diff between built and installed module!":
               "Differences between built and installed modules"}


@dataclasses.dataclass
class Outcome:
    package: str
    version: str
    state: str = ""  # of dpkg: installed, half-configured
    status: list = dataclasses.field(default_factory=list)
    modules: list = dataclasses.field(default_factory=list)  # paths below updates/dkms
    dependencies: list = dataclasses.field(default_factory=list)  # lines of modules.dep about them

    @property
    def word(self):
        """What became of it, in one word."""
        if self.state != "installed":
            return "failed"
        return "installed" if self.modules else "no module"


def in_words_of_3_4(text):
    """What `dkms status` of 3.0 said, as 3.4 says it."""
    for old, new in NEWER_WORDS.items():
        text = text.replace(f"({old})", f"({new})")
    return text


def of_package(root, package, names):
    """The outcome of `package`, whose modules in the tree are `names`, in `root`."""
    directory = root.root / "usr/lib/modules" / root.release
    _, said = root.run("dpkg-query", "-W", "-f=${Version} ${db:Status-Status}", package)
    version, state = said.split()[:2] if len(said.split()) == 2 else ("", said)
    status = [line for name in names for line in in_words_of_3_4(root.run("dkms", "status", name)[1]).splitlines()]
    built = sorted({path.name for name in names
                    for path in (root.root / "var/lib/dkms" / name).glob(f"kernel-{root.release}-*/module/*.ko*")})
    present = [name for name in built if (directory / UPDATES / name).exists()]
    lines = (directory / "modules.dep").read_text(encoding="utf-8").splitlines()
    mine = {f"{UPDATES}/{name}" for name in present}
    return Outcome(package, version, state, status, present, sorted(line for line in lines if mine & set(re.split("[: ]+", line))))


def modules_of(root, outcome):
    """The bytes of an outcome's modules, by their paths."""
    place = root.root / "usr/lib/modules" / root.release / UPDATES
    return {name: module_files.content(place / name) for name in outcome.modules}


def names_in(root, package):
    """The modules that a package brings the source of, by PACKAGE_NAME: directories of /usr/src with a dkms.conf."""
    _, files = root.run("dpkg", "-L", package)
    names = []
    for directory in re.findall(r"(?m)^/usr/src/([^/\n]+)/dkms\.conf$", files):
        conf = (root.root / "usr/src" / directory / "dkms.conf").read_text(encoding="utf-8", errors="replace")
        found = re.search(r'(?m)^\s*PACKAGE_NAME=["\']?([^"\'\s#]+)', conf)
        names.append(found[1] if found and "$" not in found[1] else directory.rsplit("-", 1)[0])
    return names


def _without_signature(data):
    if not data.endswith(elf.SIGNATURE_MARK):
        return data
    end = len(data) - len(elf.SIGNATURE_MARK)
    size = int.from_bytes(data[end - 4:end], "big")
    return data[:end - elf.SIGNATURE_TRAILER - size]


def comparable(data):
    """A module without its signature and with a build id of zeros."""
    module = elf.Elf(_without_signature(data))
    identity = module.find(".note.gnu.build-id")
    if identity is not None:
        identity.content = bytes(identity["size"])
    return bytes(module.data)


def differing_sections(ours, theirs):
    one, other = ({section.name: section.content for section in elf.Elf(comparable(data)).sections} for data in (ours, theirs))
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _lines_about(names, lines):
    return [line for line in lines if any(f"{UPDATES}/{name}" in line for name in names)]


def _expected(ours, theirs):
    """(what kpkg is known to make of a package of which stock made `theirs`, a clause for each module that it is known to differ in)."""
    without, added = LEFT_OUT.get(ours.package, {}), ADDED.get(ours.package, {})
    missing = [name for name in theirs.modules if name in without and name not in ours.modules]
    more = [name for name in ours.modules if name in added and name not in theirs.modules]
    if not missing and not more:
        return theirs, []
    gone = _lines_about(missing, theirs.dependencies)
    status = [line.replace(DIFFERENCE, "") + (DIFFERENCE if missing else "") for line in theirs.status]
    expected = dataclasses.replace(
        theirs, modules=sorted(set(theirs.modules) - set(missing) | set(more)), status=status,
        dependencies=sorted([line for line in theirs.dependencies if line not in gone] + _lines_about(more, ours.dependencies)))
    return expected, [f"without {name}: {without[name]}" for name in missing] + [f"with {name}: {added[name]}" for name in more]


def compared(ours, theirs):
    """(a clause for each difference, one for each that has a known reason) of two outcomes with the bytes of their modules."""
    expected, explained = _expected(ours[0], theirs[0])
    return differences(ours[0], expected, ours[1], theirs[1]), explained


def differences(ours, theirs, bytes_of_ours, bytes_of_theirs):
    """A clause for each way in which kpkg's outcome is another than stock's."""
    found = [f"{field} {getattr(ours, field)!r}, not {getattr(theirs, field)!r}"
             for field in ("state", "modules", "dependencies") if getattr(ours, field) != getattr(theirs, field)]
    told = [[line.replace(ORIGINAL, "") for line in outcome.status] for outcome in (ours, theirs)]
    if told[0] != told[1]:
        found.append(f"status {told[0]!r}, not {told[1]!r}")
    for name in sorted(bytes_of_ours.keys() & bytes_of_theirs.keys()):
        one, other = bytes_of_ours[name], bytes_of_theirs[name]
        if comparable(one) == comparable(other):
            continue
        sections = differing_sections(one, other)
        if not sections or set(sections) - WITH_DATE_AND_HOST.get(ours.package, set()):
            found.append(f"bytes of {name}: {' '.join(sections) or 'outside of sections'}")
    return found


class Kept:
    """Outcomes under one stock dkms and kernel that were seen before."""

    def __init__(self, stock, release):
        self.place = kernels.cache() / "dkms-outcomes" / stock / release

    def _directory(self, package, version):
        return self.place / f"{package}_{version}"

    def find(self, package, version):
        """(outcome, bytes of its modules), or None."""
        directory = self._directory(package, version)
        if not (directory / "outcome.json").exists():
            return None
        outcome = Outcome(**json.loads((directory / "outcome.json").read_text(encoding="utf-8")))
        return outcome, {name: (directory / name).read_bytes() for name in outcome.modules}

    def keep(self, outcome, content):
        directory = self._directory(outcome.package, outcome.version)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        for name, data in content.items():
            (directory / name).write_bytes(data)
        (directory / "outcome.json").write_text(json.dumps(dataclasses.asdict(outcome), indent=1), encoding="utf-8")


def stock_root():
    """A root with stock dkms: 3.4 over the package of the distribution, or that alone; and its name."""
    root = dkms_root.Root()
    install(root, "dkms")
    try:
        root.install_stock()
        return root, dkms_root.SUITE_VERSION
    except kernels.Unavailable:
        return root, "apt"


def own_root(packages):
    """A root in which kpkg's own packages, files of this machine, are installed."""
    root = dkms_root.Root()
    install(root, *copied(root, packages))
    return root


def copied(root, packages):
    """Package files of this machine, copied inside; their paths there."""
    for package in packages:
        shutil.copy(package, root.root / "root")
    return [f"/root/{pathlib.Path(package).name}" for package in packages]


def install(root, *packages):
    """Installs packages as a person does; what apt said. A failure is an outcome, but not that of a download."""
    status, output = root.apt_install(*packages)
    if "E: Failed to fetch" in output or "E: Unable to locate package" in output:
        raise AssertionError(f"apt-get install {' '.join(packages)}: status {status}\n{output[-4000:]}")
    return output
