# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutations of __versions, of the extended versions, and of the CRCs and flags of exports."""
import struct

from vm.mutations.elf import SHF_ALLOC, SHT_NOBITS, Unsuitable
from vm.mutations.identity import emptied, not_loaded, release_differs, rename, set_field, vermagic
from vm.mutations.mutation import Mutation, in_order

LAYOUT = b"module_layout"


def chosen(elf, which):
    """The index in __versions of module_layout, or of a symbol: the first or the last but it."""
    entries = elf.versions()
    symbols = [index for index, (_, name) in enumerate(entries) if name != LAYOUT]
    if which == "layout":
        symbols = [index for index, (_, name) in enumerate(entries) if name == LAYOUT]
    if not symbols:
        raise Unsuitable("no such entry in __versions")
    return symbols[-1 if which == "last" else 0]


def crc(which, alter):
    def change(elf):
        entries, index = elf.versions(), chosen(elf, which)
        entries[index] = (alter(entries[index][0]), entries[index][1])
        elf.set_versions(entries)
    return change


def flipped(bit):
    def change(elf):
        if bit >= elf.bits:
            raise Unsuitable("the word is not so wide")
        crc_of = crc("layout", lambda value: value ^ 1 << bit)
        crc_of(elf)
    return change


def symbol_flipped(which, bit):
    def change(elf):
        if bit >= elf.bits:
            raise Unsuitable("the word is not so wide")
        crc(which, lambda value: value ^ 1 << bit)(elf)
    return change


def missing(which):
    def change(elf):
        entries = elf.versions()
        del entries[chosen(elf, which)]
        elf.set_versions(entries)
    return change


def only_layout(elf):
    elf.set_versions([entry for entry in elf.versions() if entry[1] == LAYOUT])


def doubled(which, wrong):
    """A second entry of the same name: the `wrong` one comes first or last."""
    def change(elf):
        entries, index = elf.versions(), chosen(elf, which)
        value, name = entries[index]
        entries = [entry for entry in entries if entry[1] != name]
        both = [(value ^ 4, name), (value, name)]
        elf.set_versions([*entries, *(both if wrong == "first" else reversed(both))])
    return change


def renamed(which):
    def change(elf):
        entries, index = elf.versions(), chosen(elf, which)
        entries[index] = (entries[index][0], b"K" + entries[index][1][1:])
        elf.set_versions(entries)
    return change


def reordered(elf):
    entries = elf.versions()
    if len(entries) < 2:
        raise Unsuitable("one entry has no order")
    elf.set_versions(list(reversed(entries)))


def unused_added(elf):
    elf.set_versions([*elf.versions(), (0x1234, b"kpkg_nobody_uses_this")])


def two_wrong(elf):
    crc("first", lambda value: value ^ 1)(elf)
    crc("last", lambda value: value ^ 1)(elf)


def cut(size):
    """The last record is cut: what remains of it is not looked at."""
    def change(elf):
        section = elf.section("__versions")
        if section["size"] < 128:
            raise Unsuitable("one entry only")
        section["size"] -= size
    return change


def extended(elf, wrong=(), lost_crcs=0, lost_names=0, basic=True):
    """Extended versions made of the basic ones. `wrong` are indexes whose CRC is altered."""
    entries = elf.versions()
    values = [value ^ 1 if index in wrong else value for index, (value, _) in enumerate(entries)]
    values, names = values[:len(values) - lost_crcs], [name for _, name in entries][:len(entries) - lost_names]
    elf.add_section("__version_ext_crcs", struct.pack(f"{elf.order}{len(values)}I", *values), flags=SHF_ALLOC)
    elf.add_section("__version_ext_names", b"".join(name + b"\0" for name in names), flags=SHF_ALLOC, alignment=1)
    if not basic:
        rename("__versions", "__versionZ")(elf)


def extended_alone(section):
    def change(elf):
        extended(elf)
        rename(section, section[:-1] + "X")(elf)
    return change


def extended_wrong_layout(elf):
    extended(elf, wrong=(chosen(elf, "layout"),))


def extended_wrong_symbol(elf):
    extended(elf, wrong=(chosen(elf, "first"),))


def all_crc_tables_renamed(elf):
    found = [section for section in elf.sections if section.name in ("__kcrctab", "__kcrctab_gpl")]
    if not found:
        raise Unsuitable("no table of CRCs")
    for section in found:
        section.rename("__kcrctaX")


def export_crc(elf):
    """All exports of one table have other CRCs."""
    for name in ("__kcrctab", "__kcrctab_gpl"):
        section = elf.find(name)
        if section is not None and section["size"] >= 4:
            section.content = bytes(byte ^ (at % 4 == 0) for at, byte in enumerate(section.content))
            return
    raise Unsuitable("no table of CRCs")


def versions_added(elf):
    """Versions in a module of a kernel that has none."""
    if elf.find("__versions"):
        raise Unsuitable("it has versions")
    elf.add_section("__versions", b"", flags=SHF_ALLOC, alignment=32)
    elf.set_versions([(0x1234, LAYOUT)])


def _bits():
    for bit in (0, 7, 16, 31, 32, 40, 63):
        yield Mutation(f"layout-crc-bit-{bit}", "V3", flipped(bit))
        yield Mutation(f"symbol-crc-bit-{bit}", "V4", symbol_flipped("first", bit))
    for bit in (3, 31, 40):
        yield Mutation(f"last-symbol-crc-bit-{bit}", "V4", symbol_flipped("last", bit))


TABLE = [
    *_bits(),
    Mutation("layout-crc-zero", "V3", crc("layout", lambda value: 0)),
    Mutation("symbol-crc-zero", "V4", crc("first", lambda value: 0)),
    Mutation("symbol-crcs-two-wrong", "V4", two_wrong),
    Mutation("layout-and-symbol-crc", "V3 V4", in_order(flipped(1), two_wrong)),
    Mutation("layout-entry-missing", "V3 V5", missing("layout")),
    Mutation("layout-entry-renamed", "V3 V5", renamed("layout")),
    Mutation("symbol-entry-missing", "V5", missing("first")),
    Mutation("last-symbol-entry-missing", "V5", missing("last")),
    Mutation("symbol-entry-renamed", "V5", renamed("first")),
    Mutation("last-symbol-entry-renamed", "V5", renamed("last")),
    Mutation("all-entries-but-layout-missing", "V5", only_layout),
    Mutation("layout-entry-twice-wrong-first", "V3", doubled("layout", "first")),
    Mutation("layout-entry-twice-wrong-last", "V3", doubled("layout", "last")),
    Mutation("symbol-entry-twice-wrong-first", "V4", doubled("first", "first")),
    Mutation("symbol-entry-twice-wrong-last", "V4", doubled("first", "last")),
    Mutation("versions-reversed", "V4", reordered),
    Mutation("versions-unused-entry", "V5", unused_added),
    Mutation("versions-cut-8", "V5", cut(8)),
    Mutation("versions-cut-63", "V5", cut(63)),
    Mutation("versions-renamed", "V6", rename("__versions", "__versionZ")),
    Mutation("versions-not-loaded", "V6", not_loaded("__versions")),
    Mutation("versions-nobits", "V5", set_field("__versions", "type", SHT_NOBITS)),
    Mutation("versions-empty", "V5", emptied("__versions")),
    Mutation("versions-added", "V7", versions_added),
    Mutation("versions-added-and-release", "V7 V2", in_order(versions_added, vermagic(release_differs))),
    Mutation("extended-versions", "V8", extended),
    Mutation("extended-versions-alone", "V8", lambda elf: extended(elf, basic=False)),
    Mutation("extended-versions-wrong-layout", "V8", extended_wrong_layout),
    Mutation("extended-versions-wrong-symbol", "V8", extended_wrong_symbol),
    Mutation("extended-versions-one-short", "V8", lambda elf: extended(elf, lost_crcs=1, lost_names=1)),
    Mutation("extended-versions-fewer-names", "V8", lambda elf: extended(elf, lost_names=1)),
    Mutation("extended-versions-fewer-crcs", "V8", lambda elf: extended(elf, lost_crcs=1)),
    Mutation("extended-versions-no-names", "V8", extended_alone("__version_ext_names")),
    Mutation("extended-versions-no-crcs", "V8", extended_alone("__version_ext_crcs")),
    Mutation("export-crcs-renamed", "V10", all_crc_tables_renamed),
    Mutation("export-crcs-gpl-renamed", "V10", rename("__kcrctab_gpl", "__kcrctab_gpX")),
    Mutation("export-crcs-not-loaded", "V10", not_loaded("__kcrctab")),
    Mutation("export-crcs-empty", "V10", emptied("__kcrctab")),
    Mutation("export-crc-wrong", "V10", export_crc),
    Mutation("export-flags-renamed", "V11", rename("__kflagstab", "__kflagstaX")),
    Mutation("export-flags-not-loaded", "V11", not_loaded("__kflagstab")),
    Mutation("exports-all-gpl-renamed", "V12", rename("__ksymtab", "__ksymtab_gpl")),
    Mutation("exports-gpl-now-plain", "V12", rename("__ksymtab_gpl", "__ksymtab_gpX")),
]
