#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes modules with exactly one defect, to learn what a kernel says to each.

    mutate.py vermagic WORD NEW IN OUT    another word of the same length in vermagic
    mutate.py crc SYMBOL IN OUT           a wrong CRC for SYMBOL in __versions
    mutate.py import SYMBOL IN OUT        an import that no kernel has, in place of SYMBOL
    mutate.py srcversion IN OUT           no defect: the srcversion of another source
    mutate.py unsigned IN OUT             nothing but the signature removed

All take the signature off: a signature that does not fit is refused before anything else is looked at, and none is not.
"""
import pathlib
import struct
import sys

SIGNATURE_MARK = b"~Module signature appended~\n"
SIGNATURE_TRAILER = 12
SYMBOL_SIZE = 24
VERSION_SIZE = 64
SHT_SYMTAB = 2


class Unsuitable(Exception):
    """The module has not got what was to be altered."""


def unsigned(module):
    """`module` without its signature.

    Source: linux include/linux/module_signature.h; the last word of the trailer is the length of the signature, big-endian.
    """
    if not module.endswith(SIGNATURE_MARK):
        return module
    end = len(module) - len(SIGNATURE_MARK) - SIGNATURE_TRAILER
    (length,) = struct.unpack_from(">I", module, end + SIGNATURE_TRAILER - 4)
    return module[:end - length]


class Elf:
    """The sections of a 64-bit ELF file, as far as the defects need them; `data` is altered in place."""

    def __init__(self, data):
        if data[:5] != b"\x7fELF\x02":
            raise Unsuitable("no 64-bit ELF file")
        self.data = bytearray(data)
        self.order = "<" if data[5] == 1 else ">"
        (table,) = self.read("Q", 0x28)
        size, count, names = self.read("HHH", 0x3A)
        headers = [self.read("IIQQQQIIQQ", table + index * size) for index in range(count)]
        self.sections = headers
        names_at = headers[names][4]
        self.by_name = {self.text(names_at + header[0]): header for header in headers}

    def read(self, layout, offset):
        return struct.unpack_from(self.order + layout, self.data, offset)

    def text(self, offset):
        return self.data[offset:self.data.index(0, offset)].decode()

    def extent(self, name):
        """Offset and size of a section."""
        if name not in self.by_name:
            raise Unsuitable(f"no section {name}")
        return self.by_name[name][4:6]


def vermagic(module, word, replacement):
    """`module` with `replacement` instead of `word` in its vermagic."""
    if len(word) != len(replacement):
        raise Unsuitable(f"{word} and {replacement} differ in length")
    elf = Elf(unsigned(module))
    start, size = elf.extent(".modinfo")
    at = elf.data.find(b"vermagic=", start, start + size)
    if at < 0 or f" {word} " not in elf.text(at):
        raise Unsuitable(f"vermagic has no word {word}")
    at = elf.data.index(f" {word} ".encode(), at) + 1
    elf.data[at:at + len(word)] = replacement.encode()
    return bytes(elf.data)


def srcversion(module):
    """`module` as if it were built from another source: the kernel does not look at it, kpkg does."""
    elf = Elf(unsigned(module))
    start, size = elf.extent(".modinfo")
    at = elf.data.find(b"srcversion=", start, start + size)
    if at < 0:
        raise Unsuitable("no srcversion")
    at += len(b"srcversion=")
    elf.data[at] = ord("1" if elf.data[at] == ord("0") else "0")
    return bytes(elf.data)


def version_records(elf):
    """The records of __versions as (offset, symbol): 8 bytes of CRC, then the name, padded with NUL to 64 in all."""
    start, size = elf.extent("__versions")
    return [(at, elf.text(at + 8)) for at in range(start, start + size, VERSION_SIZE)]


def crc(module, symbol):
    """`module` demanding another CRC of `symbol`."""
    elf = Elf(unsigned(module))
    for at, name in version_records(elf):
        if name == symbol:
            (value,) = elf.read("Q", at)
            struct.pack_into(elf.order + "Q", elf.data, at, value ^ 1)
            return bytes(elf.data)
    raise Unsuitable(f"no CRC of {symbol}")


def imports(elf):
    """The undefined symbols as (offset of the name, name)."""
    for header in elf.sections:
        if header[1] != SHT_SYMTAB:
            continue
        strings = elf.sections[header[6]][4]
        for at in range(header[4] + SYMBOL_SIZE, header[4] + header[5], SYMBOL_SIZE):
            name, _, _, section = elf.read("IBBH", at)
            if section == 0:
                yield strings + name, elf.text(strings + name)


def imported(module, symbol):
    """`module` with the first letter of the import `symbol` replaced: longer names that end in it keep their other letters."""
    elf = Elf(unsigned(module))
    for at, name in imports(elf):
        if name == symbol:
            elf.data[at] = ord("Q")
            return bytes(elf.data)
    raise Unsuitable(f"{symbol} is not imported")


DEFECTS = {"vermagic": (vermagic, 2), "crc": (crc, 1), "import": (imported, 1),
           "srcversion": (srcversion, 0), "unsigned": (unsigned, 0)}


def main(words):
    name = words[0] if words else ""
    if name not in DEFECTS or len(words) != DEFECTS[name][1] + 3:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    source, target = words[-2:]
    try:
        pathlib.Path(target).write_bytes(DEFECTS[name][0](pathlib.Path(source).read_bytes(), *words[1:-2]))
    except Unsuitable as reason:
        print(f"mutate.py: {source}: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
