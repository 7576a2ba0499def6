#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The mutations themselves: each changes what it says, and what it does not mean to change stays readable."""
import contextlib
import pathlib
import struct
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases  # noqa: E402
from vm import comparison, suite  # noqa: E402
from vm.asking import Answer  # noqa: E402
from vm.mutations import container, flips, identity, relocations, signatures, symbols, versions  # noqa: E402
from vm.mutations.elf import (HEADER, SECTION, SHF_ALLOC, SHT_PROGBITS, SHT_RELA, SHT_STRTAB, SHT_SYMTAB, SYMBOL, Elf,  # noqa: E402
                              Unsuitable, size_of, unsigned, without_functions)

MODINFO = b"license=GPL\0name=example\0import_ns=EXAMPLE\0vermagic=6.1.0 SMP mod_unload modversions \0"


def a_module(bits=64, order="<"):
    """A module of a few sections: two imports, an init function, versions, code with one relocation."""
    word = "Q" if bits == 64 else "I"
    wide = 8 if bits == 64 else 4

    def version(crc, name):
        return struct.pack(order + word, crc) + name.ljust(64 - wide, b"\0")

    names = ["", ".text", ".modinfo", "__versions", identity.THIS_MODULE, ".rela.text", ".rela.this", ".comment", ".symtab",
             ".strtab", ".shstrtab"]
    contents = {".text": bytes(64), ".modinfo": MODINFO, ".comment": b"\0compiler\0", ".strtab": b"\0init_module\0kfree\0msleep\0",
                "__versions": version(0x11, b"module_layout") + version(0x22, b"kfree") + version(0x33, b"msleep"),
                identity.THIS_MODULE: bytes(512), ".shstrtab": b"\0".join(name.encode() for name in names) + b"\0"}
    kinds = {".symtab": SHT_SYMTAB, ".strtab": SHT_STRTAB, ".shstrtab": SHT_STRTAB, ".rela.text": SHT_RELA, ".rela.this": SHT_RELA}
    contents[".symtab"] = bytes(4 * size_of(SYMBOL[bits]))
    relocation = 3 * wide
    contents[".rela.text"] = contents[".rela.this"] = bytes(relocation)

    data = bytearray(b"\x7fELF" + bytes((bits // 32, 1 if order == "<" else 2, 1)) + bytes(9) + bytes(48))
    offsets = {}
    for name in names[1:]:
        data += bytes(-len(data) % 8)
        offsets[name] = len(data)
        data += contents[name]
    data += bytes(-len(data) % 8)
    table = len(data)
    data += bytes(size_of(SECTION[bits]) * len(names))
    elf = Elf(data)
    for field, value in (("type", 1), ("machine", 62 if bits == 64 else 40), ("version", 1), ("shoff", table),
                         ("ehsize", size_of(HEADER[bits])), ("shentsize", size_of(SECTION[bits])), ("shnum", len(names)),
                         ("shstrndx", len(names) - 1)):
        elf.header[field] = value
    for index, name in enumerate(names[1:], 1):
        section = elf.sections[index]
        fields = {"name": contents[".shstrtab"].index(b"\0" + name.encode() + b"\0") + 1, "type": kinds.get(name, SHT_PROGBITS),
                  "offset": offsets[name], "size": len(contents[name]), "addralign": 8,
                  "flags": SHF_ALLOC if index < 5 else 0, "link": names.index(".strtab") if name == ".symtab" else 8,
                  "info": {".rela.text": 1, ".rela.this": 4}.get(name, 0)}
        for field, value in fields.items():
            section[field] = value
    for symbol, (name, section) in zip(elf.symbols()[1:], (("init_module", 1), ("kfree", 0), ("msleep", 0))):
        symbol["name"] = contents[".strtab"].index(name.encode())
        symbol["info"], symbol["shndx"] = 0x12 if section else 0x10, section
    elf.section(".rela.text").relocations()[0].set(symbol=2, kind=4)
    elf.section(".rela.this").relocations()[0].set(symbol=1, kind=1)
    return bytes(elf.data)


def content(elf):
    return {section.name: section.content for section in elf.sections}


class OfAllKinds:
    bits, order = 64, "<"

    def setUp(self):
        self.module = a_module(self.bits, self.order)
        self.elf = Elf(self.module)

    def test_a_longer_modinfo_leaves_all_other_sections_as_they_were(self):
        before = content(self.elf)

        identity.put(self.elf, b"license", b"GPL and additional rights and many more words than there is room for")

        after = content(self.elf)
        self.assertEqual({".modinfo"}, {name for name in before if before[name] != after[name]})
        self.assertEqual(b"import_ns=EXAMPLE", self.elf.modinfo()[2])

    def test_an_added_section_leaves_all_others_as_they_were(self):
        before = content(self.elf)

        self.elf.add_section(".kpkg", b"added")

        after = content(self.elf)
        self.assertEqual(b"added", after.pop(".kpkg"))
        before.pop(".shstrtab"), after.pop(".shstrtab")
        self.assertEqual(before, after)

    def test_an_added_symbol_is_the_last_and_has_its_name(self):
        index = self.elf.add_symbol("kpkg_symbol", shndx=1, value=7)

        added = self.elf.symbols()[index]
        self.assertEqual(("kpkg_symbol", 7), (self.elf.name_of(added), added["value"]))
        self.assertEqual(["", "init_module", "kfree", "msleep"], [self.elf.name_of(each) for each in self.elf.symbols()[:-1]])

    def test_a_renamed_section_is_found_under_its_new_name_alone(self):
        identity.rename("__versions", "__versionZ")(self.elf)

        self.assertIsNone(self.elf.find("__versions"))
        self.assertEqual(192, self.elf.section("__versionZ")["size"])

    def test_versions_are_read_as_they_were_written(self):
        entries = [(0x1234, b"module_layout"), (0x5678, b"printk")]

        self.elf.set_versions(entries)

        self.assertEqual(entries, self.elf.versions())

    def test_a_flipped_bit_of_a_crc_is_one_bit_of_one_entry(self):
        versions.symbol_flipped("first", 31)(self.elf)

        self.assertEqual([(0x11, b"module_layout"), (0x80000022, b"kfree"), (0x33, b"msleep")], self.elf.versions())

    def test_disabled_functions_leave_no_relocation_of_struct_module(self):
        disabled = Elf(without_functions(self.module))

        self.assertEqual([], disabled.relocations_of(identity.THIS_MODULE).relocations())
        self.assertEqual(1, len(disabled.relocations_of(".text").relocations()))

    def test_the_type_of_a_relocation_changes_and_its_symbol_does_not(self):
        relocations.one((".text",), kind=9)(self.elf)

        (relocation,) = self.elf.relocations_of(".text").relocations()
        self.assertEqual((2, 9), (relocation.symbol, relocation.type))

    def test_an_import_is_renamed_and_no_other(self):
        symbols.renamed_import(0)(self.elf)

        self.assertEqual([symbols.UNKNOWN, "msleep"], [self.elf.name_of(each) for each in self.elf.imports()])

    def test_each_mutation_changes_the_module_or_says_that_it_does_not_suit(self):
        suited = set()
        for mutation in suite.TABLE:
            with contextlib.suppress(Unsuitable):
                self.assertNotEqual(self.module, mutation.apply(self.module), mutation.name)
                suited.add(mutation.name)
        self.assertGreater(len(suited), 250)

    def test_what_is_no_mutation_of_the_container_leaves_all_sections_readable(self):
        names = {section.name for section in self.elf.sections}
        for mutation in (*identity.TABLE, *versions.TABLE):
            try:
                altered = Elf(mutation.apply(self.module))
            except Unsuitable:
                continue
            self.assertLessEqual(len(names - {section.name for section in altered.sections}), 1, mutation.name)



class OfAmd64(OfAllKinds, unittest.TestCase):
    pass


class OfArmhf(OfAllKinds, unittest.TestCase):
    bits = 32


class OfS390x(OfAllKinds, unittest.TestCase):
    order = ">"


class Tables(unittest.TestCase):
    def test_no_two_mutations_have_one_name(self):
        names = [mutation.name for mutation in (*suite.TABLE, *signatures.OF_SIGNED, *signatures.OF_UNSIGNED)]

        self.assertEqual(len(set(names)), len(names))

    def test_mutations_name_rows_that_exist(self):
        known = {row for row, *_ in comparison._table("rows.tsv")}

        named = {row for mutation in (*suite.TABLE, *signatures.OF_SIGNED, *signatures.OF_UNSIGNED) for row in mutation.rows.split()}
        self.assertEqual(set(), named - known)

    def test_flips_are_the_same_at_each_run_and_one_bit_each(self):
        module = a_module()

        first, second = (flips.flips(module, 20, "seed") for _ in range(2))

        self.assertEqual([mutation.name for mutation in first], [mutation.name for mutation in second])
        for mutation in first:
            bits = zip(module, mutation.apply(module))
            self.assertEqual(1, sum((before ^ after).bit_count() for before, after in bits), mutation.name)

    def test_boundaries_are_those_of_the_sections(self):
        module = a_module()

        lengths = {len(mutation.apply(module)) for mutation in container.boundaries(module, 100)}

        offsets = {section["offset"] for section in Elf(module).sections[1:]}
        self.assertLessEqual(offsets, lengths)

    def test_a_signature_that_was_added_is_taken_off_again(self):
        module = a_module()

        signed = signatures.joined(module, b"signature", signatures.trailer(9))

        self.assertEqual(module, unsigned(signed))


def a_verdict(decision, errno="", *says):
    findings = [{"id": "x", "symbol": "", "severity": "refusal", "errno": errno, "kernel_says": text} for text in says or ("",)]
    return {"decision": decision, "errno": errno, "findings": findings}


class Comparisons(unittest.TestCase):
    def test_loading_is_agreed_only_if_the_kernel_loads(self):
        self.assertEqual("", comparison.disagreement(a_verdict("loads"), Answer("ok")))
        self.assertEqual("load", comparison.disagreement(a_verdict("loads"), Answer("ENOEXEC")))
        self.assertEqual("load", comparison.disagreement(a_verdict("loads_with_taint"), Answer("oops")))

    def test_a_refusal_is_agreed_only_with_the_same_errno(self):
        self.assertEqual("", comparison.disagreement(a_verdict("refused", "ENOENT"), Answer("ENOENT")))
        self.assertEqual("errno", comparison.disagreement(a_verdict("refused", "ENOENT"), Answer("EINVAL")))
        self.assertEqual("load", comparison.disagreement(a_verdict("refused", "ENOENT"), Answer("ok")))

    def test_broken_is_agreed_only_if_the_kernel_loads_or_crashes(self):
        self.assertEqual("", comparison.disagreement(a_verdict("broken"), Answer("ok")))
        self.assertEqual("", comparison.disagreement(a_verdict("broken"), Answer("oops")))
        self.assertEqual("load", comparison.disagreement(a_verdict("broken"), Answer("ENOEXEC")))

    def test_a_forced_load_is_agreed_only_if_the_module_bears_the_taint(self):
        self.assertEqual("", comparison.disagreement(a_verdict("loads_forced"), Answer("ok", "FE")))
        self.assertEqual("load", comparison.disagreement(a_verdict("loads_forced"), Answer("ok", "E")))

    def test_unknown_and_what_kpkg_cannot_read_are_disagreements(self):
        self.assertEqual("unknown", comparison.disagreement(a_verdict("unknown"), Answer("ok")))
        self.assertEqual("load", comparison.disagreement(comparison.UNREADABLE, Answer("ENOEXEC")))

    def test_a_reason_is_a_line_of_the_log_whoever_is_named_in_it(self):
        answer = Answer("ENOEXEC", log=("dummy: disagrees about version of symbol x",))

        self.assertEqual("", comparison.disagreement(a_verdict("refused", "ENOEXEC", "disagrees about version of symbol x"), answer))
        self.assertEqual("reason", comparison.disagreement(a_verdict("refused", "ENOEXEC", "version magic"), answer))


if __name__ == "__main__":
    cases.main()
