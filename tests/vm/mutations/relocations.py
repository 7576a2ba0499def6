# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutations of relocations, of the sections that architectures demand, of per-CPU data and of BTF."""
from vm.mutations.elf import RELOCATION, SHF_ALLOC, SHF_WRITE, SHN_ABS, SHT_NOBITS, SHT_REL, SHT_RELA, Unsuitable, size_of
from vm.mutations.identity import doubled, emptied, rename, set_field
from vm.mutations.mutation import Mutation

X86_64, ARM64, ARM, S390 = 62, 183, 40, 22
NAMES = {X86_64: "x86", ARM64: "arm64", ARM: "arm", S390: "s390"}
# A relocation against a symbol elsewhere, 64 bits absolute and 32 bits absolute, of each machine.
ABSOLUTE = {X86_64: 1, ARM64: 257, S390: 22}
ABSOLUTE_32 = {X86_64: 10, ARM64: 258, ARM: 2, S390: 4}
ABSOLUTE_16 = {X86_64: 12, ARM64: 259, S390: 3}
CODE, DATA = (".text", ".init.text", ".text.unlikely"), (".data", ".rodata", "__param", "__ksymtab_gpl", "__ksymtab")


def relocations(elf, places):
    for place in places:
        if elf.find(place):
            found = elf.relocations_of(place)
            if found and found.relocations():
                return elf.section(place), found.relocations()
    raise Unsuitable("no relocations")


def one(places, which=0, machine=None, **fields):
    """Set fields of one relocation, or its symbol or type."""
    def change(elf):
        if machine is not None and elf.header["machine"] != machine:
            raise Unsuitable("of another machine")
        relocation = relocations(elf, places)[1][which]
        for name, value in fields.items():
            value = value(elf, relocation) if callable(value) else value
            if name in ("symbol", "kind"):
                relocation.set(**{name: value})
            elif name in relocation.fields:
                relocation[name] = value
            else:
                raise Unsuitable(f"relocations without {name}")
    return change


def target_nonzero(places, which=0):
    """The place that is to be filled is filled already, as after a second link or a patch."""
    def change(elf):
        section, found = relocations(elf, places)
        if section["type"] == SHT_NOBITS:
            raise Unsuitable("no content")
        elf.data[section["offset"] + found[which]["offset"]] = 0x5A
    return change


def against(kind, symbol):
    """A relocation of the type that `kind` has for the machine, against the symbol that `symbol` makes."""
    def change(elf):
        machine = elf.header["machine"]
        if machine not in kind:
            raise Unsuitable("of another machine")
        index = symbol(elf)
        relocations(elf, DATA)[1][0].set(symbol=index, kind=kind[machine])
    return change


def imported(elf):
    for index, symbol in enumerate(elf.symbols()[1:], 1):
        if symbol["shndx"] == 0:
            return index
    raise Unsuitable("no imports")


def of_section(elf):
    for index, symbol in enumerate(elf.symbols()):
        if symbol["info"] & 15 == 3:
            return index
    raise Unsuitable("no symbol of a section")


def small_constant(elf):
    return elf.add_symbol("kpkg_constant", shndx=SHN_ABS, value=0x1234)


def section_field(field, value):
    """A field of the section of relocations of code."""
    def change(elf):
        relocations(elf, CODE)
        section = elf.relocations_of(next(place for place in CODE if elf.find(place) and elf.relocations_of(place)))
        section[field] = value(elf, section) if callable(value) else value
    return change


def other_kind(elf):
    """The type of section that this machine's loader does not know."""
    section = next(section for section in elf.sections if section["type"] in (SHT_REL, SHT_RELA) and section["size"])
    section["type"] = SHT_REL if section["type"] == SHT_RELA else SHT_RELA


def relocation_twice(elf):
    _, found = relocations(elf, CODE)
    section = next(section for section in elf.sections if section["offset"] <= found[0].at < section["offset"] + section["size"])
    step = size_of(RELOCATION[elf.bits, section["type"]])
    content = section.content
    section.content = content + content[:step]


def per_cpu(size, alignment=8):
    """Per-CPU data of a size."""
    def change(elf):
        elf.add_section(".data..percpu", bytes(size), flags=SHF_ALLOC | SHF_WRITE, alignment=alignment)
    return change


def btf_byte(at, value):
    def change(elf):
        section = elf.section(".BTF")
        if section["size"] <= at + 1:
            raise Unsuitable("too small")
        elf.data[section["offset"] + at] = value if value != elf.data[section["offset"] + at] else value ^ 1
    return change


def btf_cut(size):
    def change(elf):
        section = elf.section(".BTF")
        section["size"] = max(section["size"] - size, 0)
    return change


def _types():
    for machine, kinds in ((X86_64, (0, 3, 5, 8, 9, 12, 14, 19, 25, 26, 31, 38, 41, 42, 43, 200)),
                           (ARM64, (0, 256, 311, 312, 313, 512, 516, 999, 1024, 1027)),
                           (ARM, (0, 4, 26, 95, 96, 200)), (S390, (0, 7, 20, 64, 200))):
        for kind in kinds:
            yield Mutation(f"{NAMES[machine]}-relocation-type-{kind}", "A1 A4 A9", one(CODE, machine=machine, kind=kind))
    for machine, kind in ((X86_64, 1), (X86_64, 2), (X86_64, 4), (X86_64, 10), (X86_64, 11), (X86_64, 24), (ARM64, 257), (ARM64, 260),
                          (ARM64, 261), (ARM64, 275), (ARM64, 280), (ARM64, 283)):
        yield Mutation(f"relocation-changed-to-{kind}", "A2 A3 A5", one(DATA, machine=machine, kind=kind))


TABLE = [
    *_types(),
    Mutation("relocation-target-nonzero-in-code", "A2", target_nonzero(CODE)),
    Mutation("relocation-target-nonzero-in-code-last", "A2", target_nonzero(CODE, -1)),
    Mutation("relocation-target-nonzero-in-data", "A2", target_nonzero(DATA)),
    Mutation("relocation-32-of-import", "A3 A5", against(ABSOLUTE_32, imported)),
    Mutation("relocation-32-of-section", "A3 A5", against(ABSOLUTE_32, of_section)),
    Mutation("relocation-32-of-constant", "A3 A5", against(ABSOLUTE_32, small_constant)),
    Mutation("relocation-16-of-import", "A1 A5", against(ABSOLUTE_16, imported)),
    Mutation("relocation-64-of-constant", "A1 A5", against(ABSOLUTE, small_constant)),
    Mutation("relocation-symbol-past-end", "A11", one(CODE, symbol=lambda elf, _: len(elf.symbols())), risky=True),
    Mutation("relocation-symbol-huge", "A11", one(CODE, symbol=0xFFFF00), risky=True),
    Mutation("relocation-symbol-0", "A11", one(DATA, symbol=0)),
    Mutation("relocation-offset-past-end", "A11", one(CODE, offset=lambda elf, _: relocations(elf, CODE)[0]["size"]), risky=True),
    Mutation("relocation-offset-across-end", "A11", one(CODE, offset=lambda elf, _: relocations(elf, CODE)[0]["size"] - 2),
             risky=True),
    Mutation("relocation-offset-huge", "A11", one(CODE, offset=0x7FFF0000), risky=True),
    Mutation("relocation-addend-huge", "A3 A5", one(CODE, addend=0x7FFFFFFFFFFF)),
    Mutation("relocation-twice", "A2", relocation_twice),
    Mutation("relocations-of-section-0", "A11", section_field("info", 0)),
    Mutation("relocations-of-no-section", "A11", section_field("info", 0xFFFF)),
    Mutation("relocations-with-other-symbols", "A11", section_field("link", 0)),
    Mutation("relocations-size-odd", "A11", section_field("size", lambda _, section: section["size"] - 3)),
    Mutation("relocations-entsize-0", "A11", section_field("entsize", 0)),
    Mutation("relocations-loaded", "A11", section_field("flags", lambda _, section: section["flags"] | SHF_ALLOC)),
    Mutation("relocations-of-other-kind", "A1 A9", other_kind),
    Mutation("plt-renamed", "A6 A12", rename(".plt", ".plX")),
    Mutation("init-plt-renamed", "A6 A12", rename(".init.plt", ".init.plX")),
    Mutation("plt-empty", "A6 A12", emptied(".plt")),
    Mutation("ftrace-trampoline-renamed", "A7", rename(".text.ftrace_trampoline", ".text.ftrace_trampolinX")),
    Mutation("init-ftrace-trampoline-renamed", "A7", rename(".init.text.ftrace_trampoline", ".init.text.ftrace_trampolinX")),
    Mutation("return-sites-renamed", "A18", rename(".return_sites", ".return_siteX")),
    Mutation("per-cpu-64", "A19", per_cpu(64)),
    Mutation("per-cpu-4096", "A19", per_cpu(4096)),
    Mutation("per-cpu-32768", "A19", per_cpu(32768)),
    Mutation("per-cpu-1000000", "A19", per_cpu(1000000)),
    Mutation("per-cpu-aligned-8192", "A19", per_cpu(64, 8192)),
    Mutation("btf-lost", "L1", rename(".BTF", ".BTX")),
    Mutation("btf-empty", "L1", emptied(".BTF")),
    Mutation("btf-twice", "L1", doubled(".BTF")),
    Mutation("btf-magic", "L1", btf_byte(0, 0x11)),
    Mutation("btf-version", "L1", btf_byte(2, 9)),
    Mutation("btf-header-length", "L1", btf_byte(4, 0xFF)),
    Mutation("btf-type-length", "L1", btf_byte(12, 0xF3)),
    Mutation("btf-string-length", "L1", btf_byte(20, 0xF3)),
    Mutation("btf-type-kind", "L1", btf_byte(24 + 7, 0x1F)),
    Mutation("btf-type-name", "L1", btf_byte(24 + 3, 0x7F)),
    Mutation("btf-type-refers-far", "L1", btf_byte(24 + 10, 0x7F)),
    Mutation("btf-cut-by-1", "L1", btf_cut(1)),
    Mutation("btf-cut-by-16", "L1", btf_cut(16)),
    Mutation("btf-loaded", "L1", set_field(".BTF", "flags", SHF_ALLOC)),
]
