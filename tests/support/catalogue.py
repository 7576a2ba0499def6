# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels that tests may ask for, of all releases and architectures: each in a root of its own with boot image, modules,
configuration and headers, made on first use and shared by all tests.

    catalogue.kernel("5.10-amd64").root
"""
import dataclasses
import pathlib
import re
import subprocess

from support import apt_tree, kernels, own_kernels

# linux-image-* and what else of the same kernel is split off it: since 6.19 Debian has the boot image in linux-binary-*, the
# configuration in linux-base-* and the modules in linux-modules-*.
PARTS = re.compile("linux-(image|modules|binary|base|headers|kbuild)-")


@dataclasses.dataclass(frozen=True)
class Offer:
    """Where a kernel comes from: the suites to ask, the architecture, and a pattern for the packages of which the newest is
    taken, or the one before it if `back` is 1. `flavour` instead names one of kernels.FLAVOURS, which this machine's own apt
    has; `source` a package of sources that own_kernels makes a kernel of, with `options` besides those that all have."""
    architecture: str
    suites: tuple = ()
    image: str = ""
    flavour: str = ""
    source: str = ""
    options: str = ""
    back: int = 0


BOOKWORM = ("bookworm", "bookworm-security")
OFFERS = {
    "6.1-amd64": Offer("amd64", flavour="amd64"),
    "6.1-cloud-amd64": Offer("amd64", flavour="cloud-amd64"),
    "6.1-rt-amd64": Offer("amd64", BOOKWORM, r"linux-image-6\.1\.0-\d+-rt-amd64"),
    # The last point release: an older build of the kernel that the security suite has.
    "6.1-older-amd64": Offer("amd64", ("bookworm",), r"linux-image-6\.1\.0-\d+-amd64"),
    "6.12-amd64": Offer("amd64", BOOKWORM, r"linux-image-6\.12\.\d+\+deb12-amd64"),
    # The last point release has none of these; the security suite keeps what it had before.
    "6.12-older-amd64": Offer("amd64", BOOKWORM, r"linux-image-6\.12\.\d+\+deb12-amd64", back=1),
    "5.10-amd64": Offer("amd64", ("bullseye", "bullseye-security"), r"linux-image-5\.10\.0-\d+-amd64"),
    "7-amd64": Offer("amd64", ("sid",), r"linux-image-\d+\.\d+\.\d+\+deb\d+-amd64"),
    "6.1-arm64": Offer("arm64", BOOKWORM, r"linux-image-6\.1\.0-\d+-arm64"),
    "6.12-arm64": Offer("arm64", BOOKWORM, r"linux-image-6\.12\.\d+\+deb12-arm64"),
    "6.12-older-arm64": Offer("arm64", BOOKWORM, r"linux-image-6\.12\.\d+\+deb12-arm64", back=1),
    # The security suite's lists of these two do not always fit its Release file: the last point release is as good.
    "6.1-armhf": Offer("armhf", ("bookworm",), r"linux-image-6\.1\.0-\d+-armmp"),
    "6.1-s390x": Offer("s390x", ("bookworm",), r"linux-image-6\.1\.0-\d+-s390x"),
    # Debian 12 has none of these.
    "6.12-riscv64": Offer("riscv64", ("trixie",), r"linux-image-6\.12\.\d+\+deb13-riscv64"),
    # With MODULE_FORCE_LOAD=n, which no distribution has.
    "6.1-um": Offer("um", BOOKWORM, source=r"linux-source-6\.1"),
    # Without symbol versions, which all of Debian 12 has, and without power management.
    "6.1-own-amd64": Offer("amd64", BOOKWORM, source=r"linux-source-6\.1"),
    "6.1-um-kheaders": Offer("um", BOOKWORM, source=r"linux-source-6\.1", options=own_kernels.CARRYING),
    "6.1-um-silent": Offer("um", BOOKWORM, source=r"linux-source-6\.1", options=own_kernels.SILENT),
}


@dataclasses.dataclass(frozen=True)
class Kernel:
    """One kernel that is there. `root` is as kpkg --root takes it; others may share it if they are of this machine's own apt."""
    name: str
    release: str
    architecture: str
    root: pathlib.Path

    @property
    def modules(self):
        return self.root / "usr/lib/modules" / self.release

    @property
    def boot_image(self):
        """The file that a boot loader would start."""
        return kernels.boot_image(self.root, self.modules, self.release)

    @property
    def configuration(self):
        beside = self.modules / "config"
        return beside if beside.exists() else self.root / "boot" / f"config-{self.release}"

    @property
    def headers(self):
        """The directory that Debian's headers have for this kernel; it may not be there."""
        return self.root / "usr/src" / f"linux-headers-{self.release}"


def kernel(name):
    """The kernel `name` of OFFERS, made if it is not there yet. Raises Unavailable; KeyError for a name that is not offered."""
    offer = OFFERS[name]
    if offer.flavour:
        return Kernel(name, kernels.release_of(offer.flavour), offer.architecture, kernels.root((offer.flavour,)))
    root = kernels.cache() / "kernels" / name
    record = root / "var/lib/kernel-root" / name
    with kernels.locked(f"kernel-{name}"):
        if not record.exists():
            _make(offer, root, record)
    return Kernel(name, record.read_text(encoding="utf-8").splitlines()[0], offer.architecture, root)


def order(name):
    """A key by which the newest of names that differ in numbers comes last."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def closure(tree, image):
    """`image` and its headers with everything of the same kernel that they need, as apt-get download takes them."""
    headers = image.replace("linux-image-", "linux-headers-")
    queue = [(image, ""), *((name, "") for name in tree.names(re.escape(headers)))]
    seen = {}
    while queue:
        name, version = queue.pop(0)
        if name in seen:
            continue
        seen[name] = tree.qualified(name) + (f"={version}" if version else "")
        queue += [each for each in tree.dependencies(tree.qualified(name)) if PARTS.match(each[0]) and each[0] != "linux-base"]
    return list(seen.values())


def _of_packages(offer, root):
    """Unpack a kernel and its headers; returns the release and the package files."""
    tree = apt_tree.AptTree(offer.suites, offer.architecture)
    tree.update()
    images = sorted(tree.names(offer.image), key=order)
    if len(images) <= offer.back:
        raise kernels.Unavailable(f"{' and '.join(offer.suites)} have no package {offer.image}" + " but the newest" * bool(images))
    image = images[-1 - offer.back]
    release = image.removeprefix("linux-image-")
    files = tree.files(closure(tree, image))
    for file in files:
        apt_tree.unpack(file, root)
    return release, files


def _make(offer, root, record):
    kernels.need("depmod")
    for name in ("lib", "bin", "sbin"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")
    for directory in ("boot", "etc", "tmp", "var/lib/kernel-root"):
        (root / directory).mkdir(parents=True, exist_ok=True)
    if offer.source:
        release, files = own_kernels.make(offer.architecture, offer.source, offer.suites, root, offer.options)
    else:
        release, files = _of_packages(offer, root)
    subprocess.run(["depmod", "-b", str(root), release], check=True)
    # Written last: what was interrupted is repeated.
    record.write_text("".join(f"{line}\n" for line in (release, *(file.name for file in files))), encoding="utf-8")
