# SPDX-License-Identifier: GPL-2.0-or-later
"""The bytes of an ELF file, to be altered one field at a time: 32 or 64 bits, either byte order.

What grows is appended to the file and the header that points to it is changed, so that nothing else moves.
"""
import struct

SHT_NULL, SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOBITS, SHT_REL = 0, 1, 2, 3, 4, 8, 9
SHF_WRITE, SHF_ALLOC, SHF_EXECINSTR = 1, 2, 4
SHN_UNDEF, SHN_ABS, SHN_COMMON = 0, 0xFFF1, 0xFFF2
EM_S390 = 22
VERSION_SIZE = 64
SIGNATURE_MARK = b"~Module signature appended~\n"
SIGNATURE_TRAILER = 12


class Unsuitable(Exception):
    """The module has not got what was to be altered."""


def _fields(start, *pairs):
    """Name to (offset, struct code) for fields that follow each other without gaps."""
    result, at = {}, start
    for name, code in pairs:
        result[name] = (at, code)
        at += struct.calcsize("<" + code)
    return result


def _header(word):
    return _fields(16, ("type", "H"), ("machine", "H"), ("version", "I"), ("entry", word), ("phoff", word), ("shoff", word),
                   ("flags", "I"), ("ehsize", "H"), ("phentsize", "H"), ("phnum", "H"), ("shentsize", "H"), ("shnum", "H"),
                   ("shstrndx", "H"))


def _section(word):
    return _fields(0, ("name", "I"), ("type", "I"), ("flags", word), ("addr", word), ("offset", word), ("size", word),
                   ("link", "I"), ("info", "I"), ("addralign", word), ("entsize", word))


HEADER = {64: _header("Q"), 32: _header("I")}
SECTION = {64: _section("Q"), 32: _section("I")}
SYMBOL = {64: _fields(0, ("name", "I"), ("info", "B"), ("other", "B"), ("shndx", "H"), ("value", "Q"), ("size", "Q")),
          32: _fields(0, ("name", "I"), ("value", "I"), ("size", "I"), ("info", "B"), ("other", "B"), ("shndx", "H"))}
RELOCATION = {(64, SHT_RELA): _fields(0, ("offset", "Q"), ("info", "Q"), ("addend", "q")),
              (32, SHT_RELA): _fields(0, ("offset", "I"), ("info", "I"), ("addend", "i")),
              (64, SHT_REL): _fields(0, ("offset", "Q"), ("info", "Q")),
              (32, SHT_REL): _fields(0, ("offset", "I"), ("info", "I"))}


def size_of(fields):
    return max(at + struct.calcsize("<" + code) for at, code in fields.values())


class Record:
    """Named numbers at a place of a file: reading and assigning members reads and alters the file."""

    def __init__(self, elf, at, fields):
        self.elf, self.at, self.fields = elf, at, fields

    def __getitem__(self, name):
        offset, code = self.fields[name]
        return struct.unpack_from(self.elf.order + code, self.elf.data, self.at + offset)[0]

    def __setitem__(self, name, value):
        offset, code = self.fields[name]
        try:
            struct.pack_into(self.elf.order + code, self.elf.data, self.at + offset, value)
        except struct.error as reason:
            raise Unsuitable(f"{name} has no room for {value}") from reason


class Relocation(Record):
    """One relocation; which symbol and which type are halves of `info`."""

    @property
    def _shift(self):
        return 32 if self.elf.bits == 64 else 8

    @property
    def symbol(self):
        return self["info"] >> self._shift

    @property
    def type(self):
        return self["info"] & ((1 << self._shift) - 1)

    def set(self, symbol=None, kind=None):
        symbol = self.symbol if symbol is None else symbol
        kind = self.type if kind is None else kind
        self["info"] = symbol << self._shift | kind


class Section(Record):
    """One section header, and the bytes it points to."""

    def __init__(self, elf, index):
        super().__init__(elf, elf.header["shoff"] + index * elf.header["shentsize"], SECTION[elf.bits])
        self.index = index

    @property
    def name(self):
        return self.elf.text(self.elf.names["offset"] + self["name"])

    @property
    def content(self):
        return b"" if self["type"] == SHT_NOBITS else bytes(self.elf.data[self["offset"]:self["offset"] + self["size"]])

    @content.setter
    def content(self, data):
        if len(data) > self["size"] or self["type"] == SHT_NOBITS:
            self["offset"] = self.elf.append(data, self["addralign"])
        else:
            self.elf.data[self["offset"]:self["offset"] + len(data)] = data
        self["size"] = len(data)

    def rename(self, name):
        """Give the section another name; other users of the old name keep it."""
        self["name"] = self.elf.add_string(self.elf.names, name)

    def records(self, fields):
        step = size_of(fields)
        return [Record(self.elf, at, fields) for at in range(self["offset"], self["offset"] + self["size"] - step + 1, step)]

    def relocations(self):
        fields = RELOCATION[self.elf.bits, self["type"]]
        step = size_of(fields)
        return [Relocation(self.elf, at, fields) for at in range(self["offset"], self["offset"] + self["size"] - step + 1, step)]


class Elf:
    """A module to be altered; `data` is its bytes."""

    def __init__(self, data):
        if data[:4] != b"\x7fELF" or data[4] not in (1, 2):
            raise Unsuitable("no ELF file")
        self.data = bytearray(data)
        self.bits = 32 * data[4]
        self.order = "<" if data[5] == 1 else ">"
        self.header = Record(self, 0, HEADER[self.bits])

    def text(self, offset):
        return self.data[offset:self.data.index(0, offset)].decode(errors="replace")

    def append(self, data, alignment=8):
        """Put bytes at the end; their offset."""
        self.data += bytes(-len(self.data) % max(alignment, 1))
        at = len(self.data)
        self.data += data
        return at

    @property
    def sections(self):
        return [Section(self, index) for index in range(self.header["shnum"])]

    @property
    def names(self):
        """The table of section names."""
        return Section(self, self.header["shstrndx"])

    def find(self, name):
        """The first section `name`, or None."""
        return next((section for section in self.sections[1:] if section.name == name), None)

    def section(self, name):
        """The first section `name`; Unsuitable if there is none."""
        found = self.find(name)
        if found is None:
            raise Unsuitable(f"no section {name}")
        return found

    @property
    def symbol_table(self):
        found = next((section for section in self.sections if section["type"] == SHT_SYMTAB), None)
        if found is None:
            raise Unsuitable("no symbol table")
        return found

    @property
    def strings(self):
        """The strings of the symbol table."""
        return Section(self, self.symbol_table["link"])

    def symbols(self):
        return self.symbol_table.records(SYMBOL[self.bits])

    def name_of(self, symbol):
        return self.text(self.strings["offset"] + symbol["name"])

    def symbol(self, name):
        for each in self.symbols():
            if self.name_of(each) == name:
                return each
        raise Unsuitable(f"no symbol {name}")

    def imports(self):
        """The undefined symbols."""
        return [symbol for symbol in self.symbols()[1:] if symbol["shndx"] == SHN_UNDEF]

    def add_string(self, table, text):
        """Put `text` at the end of a table of strings; its offset there."""
        content = table.content
        table.content = content + text.encode() + b"\0"
        return len(content)

    def add_symbol(self, name, shndx=SHN_UNDEF, info=0x10, value=0):
        """Add a symbol, global unless `info` says else; its index."""
        at = self.add_string(self.strings, name)
        table = self.symbol_table
        count = table["size"] // size_of(SYMBOL[self.bits])
        table.content = table.content + bytes(size_of(SYMBOL[self.bits]))
        added = self.symbols()[-1]
        for field, number in (("name", at), ("shndx", shndx), ("info", info), ("value", value)):
            added[field] = number
        return count

    def add_section(self, name, content, kind=SHT_PROGBITS, flags=SHF_ALLOC, alignment=8):
        """Add a section: the table of section headers moves to the end of the file, one longer."""
        at = self.add_string(self.names, name)
        offset = self.append(content, alignment)
        step, count = self.header["shentsize"], self.header["shnum"]
        table = self.data[self.header["shoff"]:self.header["shoff"] + step * count]
        self.header["shoff"] = self.append(table + bytes(step))
        self.header["shnum"] = count + 1
        added = self.sections[-1]
        for field, number in (("name", at), ("type", kind), ("flags", flags), ("offset", offset), ("size", len(content)),
                              ("addralign", alignment)):
            added[field] = number
        return added

    def relocations_of(self, name):
        """The section of relocations that apply to the section `name`, or None."""
        target = self.section(name).index
        return next((section for section in self.sections if section["type"] in (SHT_RELA, SHT_REL)
                     and section["info"] == target), None)

    def modinfo(self):
        """The entries of .modinfo, without the NULs between them."""
        return [entry for entry in self.section(".modinfo").content.split(b"\0") if entry]

    def set_modinfo(self, entries):
        self.section(".modinfo").content = b"".join(entry + b"\0" for entry in entries)

    def versions(self):
        """The entries of __versions as pairs of CRC and name."""
        word = "Q" if self.bits == 64 else "I"
        width = struct.calcsize("<" + word)
        content = self.section("__versions").content
        entries = [content[at:at + VERSION_SIZE] for at in range(0, len(content) - VERSION_SIZE + 1, VERSION_SIZE)]
        return [(struct.unpack_from(self.order + word, entry)[0], entry[width:].split(b"\0")[0]) for entry in entries]

    def set_versions(self, entries):
        word = "Q" if self.bits == 64 else "I"
        width = struct.calcsize("<" + word)
        packed = [struct.pack(self.order + word, crc) + name.ljust(VERSION_SIZE - width, b"\0") for crc, name in entries]
        self.section("__versions").content = b"".join(packed)


def unsigned(module):
    """`module` without its signature.

    Source: linux include/linux/module_signature.h; the last word of the trailer is the length of the signature, big-endian.
    """
    if not module.endswith(SIGNATURE_MARK):
        return module
    end = len(module) - len(SIGNATURE_MARK) - SIGNATURE_TRAILER
    return module[:end - struct.unpack_from(">I", module, end + SIGNATURE_TRAILER - 4)[0]]


def without_functions(module):
    """`module` unsigned and without init and exit: the loader does all its work and runs no code of the module.

    The relocations that would fill the two members of struct module are taken out of their section.
    """
    elf = Elf(unsigned(module))
    section = elf.relocations_of(".gnu.linkonce.this_module")
    if section is None:
        return bytes(elf.data)
    kept = b"".join(bytes(elf.data[each.at:each.at + size_of(each.fields)]) for each in section.relocations()
                    if elf.name_of(elf.symbols()[each.symbol]) not in ("init_module", "cleanup_module"))
    section.content = kept
    return bytes(elf.data)
