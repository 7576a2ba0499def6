# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutations of symbols: imports, exports, namespaces."""
from vm.mutations.elf import SHN_ABS, SHN_COMMON, Unsuitable
from vm.mutations.identity import add, lost, put, value_of
from vm.mutations.mutation import Mutation, in_order

UNKNOWN = "kpkg_no_such_symbol"
WEAK, LOCAL = 0x20, 0x00
FIELDS = 3  # of an entry of __ksymtab, each with a relocation, since 5.4


def an_import(elf, which=0):
    found = elf.imports()
    if not found:
        raise Unsuitable("no imports")
    return found[which]


def renamed_import(which):
    def change(elf):
        symbol = an_import(elf, which)
        symbol["name"] = elf.add_string(elf.strings, UNKNOWN)
    return change


def added(name, **fields):
    def change(elf):
        elf.add_symbol(name, **fields)
    return change


def set_import(which, **fields):
    def change(elf):
        symbol = an_import(elf, which)
        for field, value in fields.items():
            symbol[field] = value
    return change


def a_defined(elf):
    for symbol in reversed(elf.symbols()[1:]):
        if 0 < symbol["shndx"] < 0xFF00 and symbol["info"] & 15 in (1, 2):
            return symbol
    raise Unsuitable("no function or object")


def section_of_symbol(value):
    def change(elf):
        a_defined(elf)["shndx"] = value(elf) if callable(value) else value
    return change


def defined_field(field, value):
    def change(elf):
        a_defined(elf)[field] = value
    return change


def first_symbol(field, value):
    """Symbol 0 has to be nothing; the kernel skips it."""
    def change(elf):
        elf.symbols()[0][field] = value
    return change


def export_named(name):
    """An export takes another name, no longer than its own."""
    def change(elf):
        section = elf.section("__ksymtab_strings")
        content = section.content
        end = content.index(0)
        if end < len(name):
            raise Unsuitable(f"the first export is shorter than {name}")
        section.content = name.encode().ljust(end, b"\0") + content[end:]
    return change


def export_duplicated(elf):
    """Two exports of one module have the same name."""
    section = elf.section("__ksymtab_strings")
    names = [name for name in section.content.split(b"\0") if name]
    for long in names:
        for short in names:
            if len(short) < len(long):
                section.content = section.content.replace(b"\0" + long + b"\0", b"\0" + short.ljust(len(long), b"\0") + b"\0")
                return
    raise Unsuitable("too few exports")


def exports_unsorted(elf):
    """The first export's relocations and the last one's change places."""
    for table in ("__ksymtab", "__ksymtab_gpl"):
        found = elf.find(table) and elf.relocations_of(table)
        relocations = found.relocations() if found else []
        if len(relocations) >= 2 * FIELDS:
            swap_offsets(relocations)
            return
    raise Unsuitable("too few exports")


def swap_offsets(relocations):
    first, last = relocations[:FIELDS], relocations[-FIELDS:]
    offsets = [relocation["offset"] for relocation in first], [relocation["offset"] for relocation in last]
    for relocation, offset in zip(first, offsets[1]):
        relocation["offset"] = offset
    for relocation, offset in zip(last, offsets[0]):
        relocation["offset"] = offset


def export_value_undefined(elf):
    """An export of what the module does not define."""
    for table in ("__ksymtab", "__ksymtab_gpl"):
        found = elf.find(table) and elf.relocations_of(table)
        if found and found.relocations():
            index = elf.add_symbol(UNKNOWN)
            elf.relocations_of(table).relocations()[0].set(symbol=index)
            return
    raise Unsuitable("no exports")


def namespace(alter):
    def change(elf):
        put(elf, b"import_ns", alter(value_of(elf, b"import_ns")))
    return change


def needs_namespace(change):
    def checked(elf):
        value_of(elf, b"import_ns")
        return change(elf)
    return checked


def second_namespace(elf):
    """A foreign namespace comes before the one that is needed."""
    name = value_of(elf, b"import_ns")
    lost(b"import_ns")(elf)
    add(elf, b"import_ns=KPKG_UNUSED", b"import_ns=" + name)


TABLE = [
    Mutation("import-renamed", "Y1", renamed_import(0)),
    Mutation("last-import-renamed", "Y1", renamed_import(-1)),
    Mutation("import-added", "Y1", added(UNKNOWN)),
    Mutation("import-added-notype-local", "Y1", added(UNKNOWN, info=LOCAL)),
    Mutation("import-of-static-function", "Y1", added("load_module")),
    Mutation("import-without-name", "Y1", set_import(0, name=0)),
    Mutation("import-with-type-function", "Y1", added(UNKNOWN, info=0x12)),
    Mutation("import-of-old-name", "Y1", added("ioremap_nocache")),
    Mutation("import-long-name", "Y1", added("kpkg_" + "x" * 200)),
    Mutation("import-weak-unknown", "Y2", added(UNKNOWN, info=WEAK)),
    Mutation("import-now-weak", "Y2", set_import(0, info=WEAK)),
    Mutation("import-renamed-weak", "Y2", in_order(renamed_import(0), set_import(0, info=WEAK)), risky=True),
    Mutation("import-got", "Y3", added("_GLOBAL_OFFSET_TABLE_")),
    Mutation("import-got-weak", "Y3", added("_GLOBAL_OFFSET_TABLE_", info=WEAK)),
    Mutation("import-gpl-only", "Y4 V5", added("platform_device_register_full")),
    Mutation("import-without-crc", "V5", added("kfree")),
    Mutation("import-value-set", "Y1", set_import(0, value=0x1234)),
    Mutation("import-now-common", "E15", set_import(0, shndx=SHN_COMMON)),
    Mutation("import-now-absolute", "Y1", set_import(-1, shndx=SHN_ABS), risky=True),
    Mutation("common", "E15", added("kpkg_common", shndx=SHN_COMMON, info=0x11)),
    Mutation("common-lto", "E15", added("__gnu_lto_slim", shndx=SHN_COMMON, info=0x11)),
    Mutation("symbol-section-too-large", "E14", section_of_symbol(lambda elf: elf.header["shnum"]), risky=True),
    Mutation("symbol-section-far-too-large", "E14", section_of_symbol(0xFE00), risky=True),
    Mutation("symbol-section-reserved", "E14", section_of_symbol(0xFF00), risky=True),
    Mutation("symbol-section-reserved-odd", "E14", section_of_symbol(0xFF30), risky=True),
    Mutation("symbol-section-livepatch", "A20", section_of_symbol(0xFF20), risky=True),
    Mutation("symbol-section-extended", "E14", section_of_symbol(0xFFFF), risky=True),
    Mutation("symbol-section-last", "E14", section_of_symbol(lambda elf: elf.header["shnum"] - 1)),
    Mutation("symbol-value-huge", "E14", defined_field("value", 0x7FFFFFFF)),
    Mutation("symbol-size-huge", "E14", defined_field("size", 0x7FFFFFFF)),
    Mutation("symbol-type-tls", "E14", defined_field("info", 0x16)),
    Mutation("symbol-binding-unique", "E14", defined_field("info", 0xA1)),
    Mutation("symbol-visibility", "E14", defined_field("other", 2)),
    Mutation("symbol-0-name", "E13", first_symbol("name", 1)),
    Mutation("symbol-0-section", "E14", first_symbol("shndx", 0xFE00), risky=True),
    Mutation("symbol-0-value", "E14", first_symbol("value", 7)),
    Mutation("import-ns-lost", "Y8", needs_namespace(lost(b"import_ns"))),
    Mutation("import-ns-other", "Y8", namespace(lambda text: b"X" + text)),
    Mutation("import-ns-lower", "Y8", namespace(lambda text: text.lower())),
    Mutation("import-ns-blank", "Y8", namespace(lambda text: text + b" ")),
    Mutation("import-ns-empty", "Y8", namespace(lambda text: b"")),
    Mutation("import-ns-quoted", "Y8", namespace(lambda text: b'"' + text + b'"')),
    Mutation("import-ns-second-counts", "Y8", second_namespace),
    Mutation("import-ns-unused", "Y8", lambda elf: add(elf, b"import_ns=KPKG_UNUSED")),
    Mutation("import-ns-module", "Y9", lambda elf: add(elf, b"import_ns=module:kpkg")),
    Mutation("import-ns-module-alone", "Y9", lambda elf: add(elf, b"import_ns=module:")),
    Mutation("export-of-the-kernel", "Y10", export_named("kfree")),
    Mutation("export-of-the-kernel-gpl", "Y10", export_named("msleep")),
    Mutation("export-renamed", "Y10", export_named("kpkgx")),
    Mutation("export-without-name", "Y10", export_named("")),
    Mutation("export-twice-in-itself", "Y10", export_duplicated),
    Mutation("exports-unsorted", "Y12", exports_unsorted),
    Mutation("export-of-nothing", "Y1", export_value_undefined),
]
