# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutations of the ELF file as a container: its header, its sections, its strings, its length."""
from vm.mutations import elf as layout
from vm.mutations.elf import SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS, Unsuitable
from vm.mutations.identity import doubled, emptied, rename, set_field
from vm.mutations.mutation import Mutation, in_order

HUGE = {64: 1 << 62, 32: 1 << 30}
OVERFLOW = {64: (1 << 64) - 8, 32: (1 << 32) - 8}


def header(field, value):
    """`value` may be a function of the Elf."""
    def change(elf):
        elf.header[field] = value(elf) if callable(value) else value
    return change


def byte(at, value):
    def change(elf):
        if elf.data[at] == value:
            raise Unsuitable("the byte is so already")
        elf.data[at] = value
    return change


def cut_to(size):
    """`size` from the start, or from the end if negative."""
    return lambda elf: bytes(elf.data[:size])


def first(elf, wanted):
    """The first section that `wanted` is true of."""
    for section in elf.sections[1:]:
        if wanted(section):
            return section
    raise Unsuitable("no such section")


def loaded(section):
    return section["flags"] & SHF_ALLOC and section["size"] and section["type"] == SHT_PROGBITS


def not_loaded(section):
    return not section["flags"] & SHF_ALLOC and section["size"] and section["type"] == SHT_PROGBITS


def code(section):
    return section["flags"] & SHF_EXECINSTR and section["size"]


def data(section):
    return section["flags"] & SHF_WRITE and section["size"] and section["type"] == SHT_PROGBITS


def set_in(wanted, field, value):
    """`value` may be a function of the Elf and the section."""
    def change(elf):
        section = first(elf, wanted)
        section[field] = value(elf, section) if callable(value) else value
    return change


def huge(elf, _):
    return HUGE[elf.bits]


def overflowing(elf, section):
    return (OVERFLOW[elf.bits] - section["offset"] + 16) % (1 << elf.bits)


def past_the_end(elf, section):
    return len(elf.data) - section["size"] + 1


def more_flags(flags):
    return lambda _, section: section["flags"] | flags


def table_of(pick, field, value):
    """A field of the section that `pick` finds in the Elf."""
    def change(elf):
        pick(elf)[field] = value(elf) if callable(value) else value
    return change


def names(elf):
    return elf.names


def strings(elf):
    return elf.strings


def symbols(elf):
    return elf.symbol_table


def content_byte(pick, at, value):
    """One byte of a table, counted from the end if negative."""
    def change(elf):
        section = pick(elf)
        elf.data[section["offset"] + (at if at >= 0 else section["size"] + at)] = value
    return change


def zero_section(field, value):
    def change(elf):
        elf.sections[0][field] = value
    return change


def constructors(*sections):
    def change(elf):
        for name in sections:
            elf.add_section(name, bytes(elf.bits // 8), flags=SHF_ALLOC | SHF_WRITE)
    return change


def second_symbol_table(elf):
    old = elf.symbol_table
    added = elf.add_section(".symtaX", old.content, layout.SHT_SYMTAB, 0)
    for field in ("link", "info", "entsize"):
        added[field] = elf.symbol_table[field]


def symbol_name(value):
    """The name of the last symbol begins at `value` of the strings."""
    def change(elf):
        elf.symbols()[-1]["name"] = value(elf) if callable(value) else value
    return change


def count(elf):
    return elf.header["shnum"]


def text_index(elf):
    return elf.section(".text").index


def length(elf):
    return len(elf.data)


def as_shared_library(elf):
    elf.header["type"] = 3
    elf.header["phnum"] = 1
    elf.header["phentsize"] = 56


def _header_mutations():
    for value in (0, 2, 3, 4, 0x100, 0xFFFF):
        yield Mutation(f"type-{value}", "E3", header("type", value))
    for value in (0, 3, 8, 21, 22, 40, 62, 183, 243, 0xFFFF):
        yield Mutation(f"machine-{value}", "E4", lambda elf, value=value: header_unless_same(elf, "machine", value))
    for at, name in enumerate(("7f", "E", "L", "F")):
        yield Mutation(f"magic-{name}", "E2", byte(at, 0x20))
    for at, name, values in ((4, "class", (0, 1, 2, 3, 255)), (5, "byte-order", (0, 1, 2, 255)), (6, "ident-version", (0, 2)),
                             (7, "system", (3, 9, 255)), (8, "system-version", (1,)), (15, "padding", (1,))):
        for value in values:
            yield Mutation(f"{name}-{value}", "E4", byte(at, value))
    for field, values in (("version", (0, 2)), ("entry", (1, 4)), ("phoff", (64, 0xFFFFFF)), ("flags", (1, 0x5000400)),
                          ("ehsize", (0, 0xFFFF)), ("phentsize", (1,)), ("phnum", (1, 0xFFFF))):
        for value in values:
            yield Mutation(f"header-{field}-{value}", "E4", header(field, value))
    for value in (0, 39, 40, 41, 63, 64, 65, 128, 0xFFFF):
        yield Mutation(f"shentsize-{value}", "E5", lambda elf, value=value: header_unless_same(elf, "shentsize", value))


def header_unless_same(elf, field, value):
    if elf.header[field] == value:
        raise Unsuitable(f"{field} is {value}")
    elf.header[field] = value


TABLE = [
    *_header_mutations(),
    Mutation("empty-file", "E1 G9", cut_to(0)),
    Mutation("cut-to-4", "E1", cut_to(4)),
    Mutation("cut-to-51", "E1", cut_to(51)),
    Mutation("cut-to-63", "E1", cut_to(63)),
    Mutation("cut-to-64", "E5", cut_to(64)),
    Mutation("cut-by-1", "E5", cut_to(-1)),
    Mutation("cut-by-64", "E5", cut_to(-64)),
    Mutation("cut-by-4096", "E5", cut_to(-4096)),
    Mutation("random-bytes", "E2", lambda elf: bytes(range(256)) * 64),
    Mutation("text", "E2", lambda elf: b"version https://git-lfs.github.com/spec/v1\nsize 1234\n" * 4),
    Mutation("zeros", "E2", lambda elf: bytes(8192)),
    Mutation("bytes-appended", "E5", lambda elf: bytes(elf.data) + bytes(5000)),
    Mutation("twice-the-file", "E5", lambda elf: bytes(elf.data) * 2),
    Mutation("byte-before", "E2", lambda elf: b"\n" + bytes(elf.data)),
    Mutation("shared-library", "E3", as_shared_library),
    Mutation("shoff-0", "E5", header("shoff", 0)),
    Mutation("shoff-end", "E5", header("shoff", length)),
    Mutation("shoff-near-end", "E5", header("shoff", lambda elf: len(elf.data) - 10)),
    Mutation("shoff-huge", "E5", header("shoff", lambda elf: HUGE[elf.bits])),
    Mutation("shoff-overflow", "E5", header("shoff", lambda elf: OVERFLOW[elf.bits])),
    Mutation("shoff-4-later", "E5 E8", header("shoff", lambda elf: elf.header["shoff"] - 4)),
    Mutation("shnum-0", "E5 E7", header("shnum", 0)),
    Mutation("shnum-1", "E5 E7", header("shnum", 1)),
    Mutation("shnum-1-less", "E5 E7", header("shnum", lambda elf: count(elf) - 1)),
    Mutation("shnum-1-more", "E5", header("shnum", lambda elf: count(elf) + 1)),
    Mutation("shnum-65535", "E5", header("shnum", 0xFFFF)),
    Mutation("shstrndx-0", "E7", header("shstrndx", 0)),
    Mutation("shstrndx-too-large", "E7", header("shstrndx", count)),
    Mutation("shstrndx-65535", "E7", header("shstrndx", 0xFFFF)),
    Mutation("shstrndx-text", "E7", header("shstrndx", text_index)),
    Mutation("shstrndx-strtab", "E7", header("shstrndx", lambda elf: elf.strings.index)),
    Mutation("names-not-terminated", "E7", content_byte(names, -1, 0x41)),
    Mutation("names-first-byte", "E7", content_byte(names, 0, 0x41)),
    Mutation("names-empty", "E7", table_of(names, "size", 0)),
    Mutation("names-progbits", "E7", table_of(names, "type", SHT_PROGBITS)),
    Mutation("names-nobits", "E7", table_of(names, "type", SHT_NOBITS)),
    Mutation("names-past-end", "E7 E9", table_of(names, "offset", length)),
    Mutation("section-0-type", "E8", zero_section("type", SHT_PROGBITS)),
    Mutation("section-0-size", "E8", zero_section("size", 8)),
    Mutation("section-0-address", "E8", zero_section("addr", 8)),
    Mutation("section-0-name", "E8", zero_section("name", 1)),
    Mutation("section-0-flags", "E8", zero_section("flags", SHF_ALLOC)),
    *(Mutation(f"{where}-section-{name}", "E9", set_in(wanted, field, value))
      for where, wanted in (("loaded", loaded), ("unloaded", not_loaded), ("code", code))
      for name, field, value in (("past-end", "offset", past_the_end), ("size-huge", "size", huge),
                                 ("size-overflow", "size", overflowing), ("offset-huge", "offset", huge))),
    Mutation("unloaded-section-name-past-end", "E10", set_in(not_loaded, "name", 0xFFFFFF), risky=True),
    Mutation("loaded-section-name-past-end", "E10", set_in(loaded, "name", 0xFFFFFF), risky=True),
    Mutation("section-name-at-end", "E10", set_in(not_loaded, "name", lambda elf, _: elf.names["size"])),
    Mutation("section-name-last-nul", "E10", set_in(not_loaded, "name", lambda elf, _: elf.names["size"] - 1)),
    Mutation("symtab-missing", "E11", table_of(symbols, "type", SHT_PROGBITS)),
    Mutation("symtab-dynamic", "E11", table_of(symbols, "type", 11)),
    Mutation("symtab-twice", "E11", second_symbol_table),
    Mutation("symtab-empty", "E11", table_of(symbols, "size", 0), risky=True),
    Mutation("symtab-size-odd", "E11", table_of(symbols, "size", lambda elf: elf.symbol_table["size"] - 5), risky=True),
    Mutation("symtab-entsize-0", "E11", table_of(symbols, "entsize", 0)),
    Mutation("symtab-info-0", "E11", table_of(symbols, "info", 0)),
    Mutation("symtab-link-0", "E12", table_of(symbols, "link", 0), risky=True),
    Mutation("symtab-link-too-large", "E12", table_of(symbols, "link", count)),
    Mutation("symtab-link-text", "E12", table_of(symbols, "link", text_index), risky=True),
    Mutation("symtab-link-names", "E12", table_of(symbols, "link", lambda elf: elf.header["shstrndx"]), risky=True),
    Mutation("strtab-progbits", "E12", table_of(strings, "type", SHT_PROGBITS)),
    Mutation("strtab-nobits", "E12 E13", table_of(strings, "type", SHT_NOBITS), risky=True),
    Mutation("strtab-first-byte", "E13", content_byte(strings, 0, 0x41)),
    Mutation("strtab-not-terminated", "E13", content_byte(strings, -1, 0x41), risky=True),
    Mutation("strtab-empty", "E13", table_of(strings, "size", 0), risky=True),
    Mutation("symbol-name-past-end", "E13", symbol_name(lambda elf: elf.strings["size"]), risky=True),
    Mutation("symbol-name-huge", "E13", symbol_name(0xFFFFFFF), risky=True),
    Mutation("code-writable", "E16", set_in(code, "flags", more_flags(SHF_WRITE))),
    Mutation("data-executable", "E16", set_in(data, "flags", more_flags(SHF_EXECINSTR))),
    Mutation("unloaded-writable-executable", "E16", set_in(not_loaded, "flags", more_flags(SHF_WRITE | SHF_EXECINSTR))),
    Mutation("empty-writable-executable", "E16", lambda elf: elf.add_section(
        ".kpkg", b"", flags=SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR) and None),
    Mutation("code-not-executable", "E16", set_in(code, "flags", lambda _, section: section["flags"] & ~SHF_EXECINSTR)),
    Mutation("ctors", "E17", constructors(".ctors")),
    Mutation("init-array", "E17", constructors(".init_array")),
    Mutation("ctors-and-init-array", "E17", constructors(".ctors", ".init_array")),
    Mutation("section-name-twice", "E18", doubled(".modinfo")),
    Mutation("code-name-twice", "E18", rename(".rodata", ".text")),
    Mutation("comment-emptied", "E18", emptied(".comment")),
    Mutation("section-address", "E8", set_in(loaded, "addr", 0x1000)),
    Mutation("section-alignment-0", "E9", set_in(loaded, "addralign", 0)),
    Mutation("section-alignment-3", "E9", set_in(not_loaded, "addralign", 3)),
    Mutation("section-flag-tls", "E9", set_in(data, "flags", more_flags(0x400))),
    Mutation("section-flag-compressed", "E9", set_in(not_loaded, "flags", more_flags(0x800))),
    Mutation("section-flag-excluded", "E9", set_in(not_loaded, "flags", more_flags(0x80000000))),
    Mutation("section-flag-group", "E9", set_in(data, "flags", more_flags(0x200))),
    Mutation("section-added", "E9", in_order(constructors(".kpkg.one"), constructors(".kpkg.two"))),
]


def boundaries(module, limit):
    """Mutations that cut `module` at the beginnings and ends of its sections, at most `limit` of them, spread evenly."""
    elf = layout.Elf(module)
    places = {}
    for section in elf.sections[1:]:
        if section["type"] != SHT_NOBITS and section["size"]:
            places.setdefault(section["offset"], f"cut-before-{section.name}")
            places.setdefault(section["offset"] + section["size"], f"cut-after-{section.name}")
    places.pop(len(module), None)
    chosen = sorted(places)[::max(1, len(places) // limit)][:limit]
    return [Mutation(places[at], "E5 E9", cut_to(at)) for at in chosen]
