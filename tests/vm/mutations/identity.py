# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutations of .modinfo, of vermagic, of the license and of struct module."""
from vm.mutations.elf import SHF_ALLOC, SHT_NOBITS, Unsuitable
from vm.mutations.mutation import Mutation, in_order

THIS_MODULE = ".gnu.linkonce.this_module"


def value_of(elf, key):
    """The first value of `key` in .modinfo."""
    for entry in elf.modinfo():
        if entry.startswith(key + b"="):
            return entry[len(key) + 1:]
    raise Unsuitable(f"no {key.decode()} in .modinfo")


def without(elf, key):
    elf.set_modinfo([entry for entry in elf.modinfo() if not entry.startswith(key + b"=")])


def lost(key):
    return lambda elf: without(elf, key)


def put(elf, key, value):
    """Replace all entries of `key` by one, in the place of the first, or add it."""
    entry, kept, placed = key + b"=" + value, [], False
    for each in elf.modinfo():
        if not each.startswith(key + b"="):
            kept.append(each)
        elif not placed:
            kept.append(entry)
            placed = True
    elf.set_modinfo(kept if placed else [*kept, entry])


def add(elf, *entries):
    elf.set_modinfo([*elf.modinfo(), *entries])


def vermagic(alter):
    """A change that gives vermagic the value that `alter` makes of it."""
    def change(elf):
        old = value_of(elf, b"vermagic")
        new = alter(old)
        if new == old:
            raise Unsuitable("vermagic has not got this")
        put(elf, b"vermagic", new)
    return change


def release_differs(text):
    release, rest = text.split(b" ", 1)
    return release + b"x " + rest


def words(change):
    """Alter the words after the release."""
    return lambda text: text.split(b" ", 1)[0] + b" " + change(text.split(b" ", 1)[1])


def other_preemption(text):
    for old, new in ((b"preempt_rt ", b""), (b"preempt ", b"preempt_rt "), (b"SMP ", b"SMP preempt ")):
        if old in text:
            return text.replace(old, new)
    return text


def twice(first, second):
    """Two entries of vermagic: the right one and a wrong one, or the other way round."""
    def change(elf):
        right = b"vermagic=" + value_of(elf, b"vermagic")
        wrong = right.replace(b"mod_unload", b"mod_unloaX")
        kept = [entry for entry in elf.modinfo() if not entry.startswith(b"vermagic=")]
        elf.set_modinfo([*kept, {"right": right, "wrong": wrong}[first], {"right": right, "wrong": wrong}[second]])
    return change


def rename(section, name):
    return lambda elf: elf.section(section).rename(name)


def set_field(section, field, value):
    def change(elf):
        elf.section(section)[field] = value
    return change


def not_loaded(section):
    """The section loses SHF_ALLOC: the kernel's search by name no longer finds it."""
    def change(elf):
        elf.section(section)["flags"] &= ~SHF_ALLOC
    return change


def emptied(section):
    return set_field(section, "size", 0)


def doubled(section):
    def change(elf):
        old = elf.section(section)
        elf.add_section(section, old.content, old["type"], old["flags"], old["addralign"])
    return change


def resized(difference):
    def change(elf):
        section = elf.section(THIS_MODULE)
        content = section.content
        section.content = content + bytes(difference) if difference > 0 else content[:difference]
    return change


def name_at(elf):
    """Where struct module has the name, and how long it may be. Source: linux include/linux/module.h, since 2.6."""
    word = elf.bits // 8
    return 3 * word, 64 - word


def struct_name(new):
    def change(elf):
        start, room = name_at(elf)
        section = elf.section(THIS_MODULE)
        content = bytearray(section.content)
        content[start:start + room] = new[:room].ljust(room, b"\0")
        section.content = bytes(content)
    return change


def both_names(new):
    def change(elf):
        struct_name(new)(elf)
        put(elf, b"name", new)
    return change


def first_byte_set(at):
    """A byte of struct module that ought to be zero is not: what a tree of another configuration does."""
    def change(elf):
        section = elf.section(THIS_MODULE)
        content = bytearray(section.content)
        content[at] = 0x5A
        section.content = bytes(content)
    return change


def relocated_first(at):
    """A function of the module where struct module has another member, as in a tree whose struct is laid out otherwise."""
    def change(elf):
        found = elf.relocations_of(THIS_MODULE)
        relocations = found.relocations() if found else []
        if not relocations:
            raise Unsuitable("no function in struct module")
        relocations[0]["offset"] += at
    return change


def truncated_modinfo(elf):
    section = elf.section(".modinfo")
    section.content = section.content.rstrip(b"\0")


def sole_license(text):
    return lambda elf: put(elf, b"license", text)


def two_licenses(first, second):
    def change(elf):
        without(elf, b"license")
        add(elf, b"license=" + first, b"license=" + second)
    return change


LICENSES = ("GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL", "Proprietary", "MIT", "BSD",
            "Apache-2.0", "GPL-2.0-only", "GPL-2.0", "GPLv2", "gpl", "GPL v2 ", " GPL", "GPL v3", "LGPL", "", "Dual BSD/GPL and more")


def _licenses():
    for text in LICENSES:
        yield Mutation(f"license={text}", "Y4 L5", sole_license(text.encode()))


VERMAGIC = [
    ("release", release_differs),
    ("smp-lost", lambda text: text.replace(b"SMP ", b"")),
    ("preemption", other_preemption),
    ("mod-unload-lost", lambda text: text.replace(b"mod_unload ", b"")),
    ("mod-unload-letter", lambda text: text.replace(b"mod_unload", b"mod_unloaX")),
    ("modversions-lost", lambda text: text.replace(b"modversions ", b"")),
    ("modversions-added", lambda text: text if b"modversions" in text else text + b"modversions "),
    ("word-added", lambda text: text + b"extra "),
    ("word-first", words(lambda rest: b"extra " + rest)),
    ("randstruct", lambda text: text + b"RANDSTRUCT_0123456789abcdef"),
    ("blank-doubled", lambda text: text.replace(b" ", b"  ", 1)),
    ("blank-added", lambda text: text + b" "),
    ("blank-lost", lambda text: text.rstrip(b" ")),
    ("flags-lost", lambda text: text.split(b" ")[0] + b" "),
    ("release-alone", lambda text: text.split(b" ")[0]),
    ("release-lost", lambda text: b" " + text.split(b" ", 1)[1]),
    ("empty", lambda text: b""),
    ("upper", lambda text: text.split(b" ")[0] + b" " + text.split(b" ", 1)[1].upper()),
    ("architecture", lambda text: text.replace(b"aarch64", b"ARMv7 ") if b"aarch64" in text else text + b"aarch64"),
]

TABLE = [
    *(Mutation(f"vermagic-{name}", "V2 A21" if name == "randstruct" else "V2", vermagic(alter)) for name, alter in VERMAGIC),
    Mutation("vermagic-lost", "V1", lost(b"vermagic")),
    Mutation("vermagic-right-then-wrong", "V2", twice("right", "wrong")),
    Mutation("vermagic-wrong-then-right", "V2", twice("wrong", "right")),
    Mutation("release-and-no-versions", "V2 V6", in_order(vermagic(release_differs), rename("__versions", "__versionZ"))),
    Mutation("release-and-versions-not-loaded", "V2 V6", in_order(vermagic(release_differs), not_loaded("__versions"))),
    Mutation("release-and-versions-empty", "V2 V5", in_order(vermagic(release_differs), emptied("__versions"))),
    Mutation("vermagic-lost-and-no-versions", "V1 V6", in_order(lost(b"vermagic"), rename("__versions", "__versionZ"))),
    Mutation("modinfo-renamed", "M4", rename(".modinfo", ".modinfX")),
    Mutation("modinfo-empty", "M4", emptied(".modinfo")),
    Mutation("modinfo-twice", "M3", doubled(".modinfo")),
    Mutation("modinfo-not-loaded", "M4", not_loaded(".modinfo")),
    Mutation("modinfo-without-last-nul", "M4", truncated_modinfo),
    Mutation("modinfo-nobits", "M4", set_field(".modinfo", "type", SHT_NOBITS)),
    Mutation("modinfo-odd-entries", "M4", lambda elf: add(elf, b"=", b"nokey", b"key=", b"a=b=c", b"\xff\xfe=\x80")),
    Mutation("modinfo-only-vermagic", "M4 Y4", lambda elf: elf.set_modinfo([b"vermagic=" + value_of(elf, b"vermagic")])),
    Mutation("modinfo-version-added", "M4", lambda elf: add(elf, b"version=1.0", b"srcversion=0123456789ABCDEF0123456")),
    Mutation("name-of-modinfo", "M5", lambda elf: put(elf, b"name", b"kpkg_other")),
    Mutation("name-of-modinfo-lost", "M5", lost(b"name")),
    Mutation("name-of-modinfo-empty", "M5", lambda elf: put(elf, b"name", b"")),
    Mutation("name-of-struct", "M5", struct_name(b"kpkg_other")),
    Mutation("name-of-struct-empty", "M5 L3", struct_name(b"")),
    Mutation("name-of-both", "M5", both_names(b"kpkg_other")),
    Mutation("name-with-slash", "M5", both_names(b"kpkg/other")),
    Mutation("name-with-dash", "M5", both_names(b"kpkg-other")),
    Mutation("name-of-the-kernel-printk", "M6 L3", both_names(b"printk")),
    Mutation("name-of-the-kernel-8250", "M6 L3", both_names(b"8250")),
    Mutation("name-of-the-kernel-without-directory", "M6", both_names(b"kallsyms")),
    Mutation("this-module-renamed", "M1", rename(THIS_MODULE, ".gnu.linkonce.this_modulX")),
    Mutation("this-module-twice", "M1", doubled(THIS_MODULE), risky=True),
    Mutation("this-module-nobits", "M1", set_field(THIS_MODULE, "type", SHT_NOBITS), risky=True),
    Mutation("this-module-not-loaded", "M1", not_loaded(THIS_MODULE), risky=True),
    Mutation("this-module-empty", "M1", emptied(THIS_MODULE), risky=True),
    Mutation("this-module-64-more", "M2", resized(64), risky=True),
    Mutation("this-module-1-more", "M2", resized(1), risky=True),
    Mutation("this-module-64-less", "M2", resized(-64), risky=True),
    Mutation("this-module-8-less", "M2", resized(-8), risky=True),
    Mutation("this-module-type-note", "M1", set_field(THIS_MODULE, "type", 7)),
    Mutation("intree-lost", "L5", lost(b"intree")),
    Mutation("intree-n", "L5", lambda elf: put(elf, b"intree", b"N")),
    Mutation("retpoline-lost", "A17", lost(b"retpoline")),
    Mutation("staging", "L5", lambda elf: add(elf, b"staging=Y")),
    Mutation("test", "L5", lambda elf: add(elf, b"test=Y")),
    Mutation("livepatch", "A20 L5", lambda elf: add(elf, b"livepatch=Y")),
    Mutation("livepatch-n", "A20 L5", lambda elf: add(elf, b"livepatch=N")),
    Mutation("name-ndiswrapper", "L5 Y4", both_names(b"ndiswrapper")),
    Mutation("name-driverloader", "L5 Y4", both_names(b"driverloader")),
    Mutation("license-lost", "Y4 L5", lost(b"license")),
    Mutation("license-gpl-then-proprietary", "Y4 L5", two_licenses(b"GPL", b"Proprietary")),
    Mutation("license-proprietary-then-gpl", "Y4 L5", two_licenses(b"Proprietary", b"GPL")),
    *_licenses(),
]
