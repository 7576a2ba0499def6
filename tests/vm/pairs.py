# SPDX-License-Identifier: GPL-2.0-or-later
"""Modules that are judged with another one: who exports what they import, or exports the same."""
import re

from vm.mutations import identity, symbols, versions
from vm.mutations.elf import Elf, Unsuitable


def exported(module):
    """The name of the first export of `module`."""
    return Elf(module).section("__ksymtab_strings").content.split(b"\0")[0].decode()


def crc_of(kernel, symbol):
    """The CRC of an export as the kernel's headers have it; None if they do not list it."""
    text = (kernel.headers / "Module.symvers").read_text(encoding="utf-8")
    found = re.search(rf"^0x([0-9a-f]+)\t{symbol}\t", text, re.MULTILINE)
    return int(found[1], 16) if found else None


def importing(module, symbol, crc):
    """`module` importing one more symbol, with its CRC if modules of this kernel have CRCs."""
    elf = Elf(module)
    elf.add_symbol(symbol)
    if elf.find("__versions"):
        elf.set_versions([*elf.versions(), (crc, symbol.encode())])
    return bytes(elf.data)


def _altered(module, change):
    elf = Elf(module)
    change(elf)
    return bytes(elf.data)


PROVIDERS = (
    ("whole", "Y1", lambda elf: None),
    ("proprietary", "Y7", lambda elf: identity.put(elf, b"license", b"Proprietary")),
    ("without-license", "Y7", lambda elf: identity.without(elf, b"license")),
    ("of-another-crc", "V4 V10", versions.export_crc),
    ("without-crcs", "V4 V10", versions.all_crc_tables_renamed),
    ("without-the-export", "Y1", symbols.export_named("kpkgx")),
)


def pairs(kernel, provider, consumer, twin):
    """Tuples (name, rows, bytes of the one that is loaded before, bytes of the one that is judged).

    `consumer` comes to import what `provider` exports; `twin` meets itself under another name.
    """
    symbol = exported(provider)
    crc = crc_of(kernel, symbol)
    made = importing(consumer, symbol, crc or 0)
    # Without a symbol that is for GPL modules alone nothing contradicts a proprietary provider.
    for name, rows, change in PROVIDERS:
        try:
            yield f"provider-{name}", rows, _altered(provider, change), made
        except Unsuitable:
            continue
    yield "twin-of-another-name", "Y10", twin, _altered(twin, identity.both_names(b"kpkg_twin"))
