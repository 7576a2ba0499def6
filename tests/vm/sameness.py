# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether modules that were built in two trees are the same, fact by fact."""
from support import modules
from vm import truths
from vm.mutations.elf import Elf


def vermagic(module):
    return [text for text in Elf(module).modinfo() if text.startswith(b"vermagic=")]


def versions(module):
    """The symbols that a module imports, each with its CRC."""
    return Elf(module).versions()


def struct_module(module):
    """The bytes of the module's struct module, and what the loader puts where."""
    elf = Elf(module)
    section = elf.relocations_of(".gnu.linkonce.this_module")  # None where there is neither init nor exit
    places = [(each["offset"], elf.name_of(elf.symbols()[each.symbol])) for each in (section.relocations() if section else ())]
    return elf.section(".gnu.linkonce.this_module").content, places


FACTS = {"symbol versions": versions, "vermagic": vermagic, "struct module": struct_module, "code and data": truths.code}


def installed(world, release):
    """The bytes of what kpkg installed, by the names of modules."""
    files = (world.modules(release) / "updates/kpkg").iterdir()
    return {file.name.split(".")[0]: modules.content(file) for file in files}


def differences(ours, theirs):
    """A clause for each fact in which a module differs from the one of the same name."""
    missing = [f"{name}: only on one side" for name in sorted(ours.keys() ^ theirs.keys())]
    return missing + [f"{name}: {fact}" for name in sorted(ours.keys() & theirs.keys()) for fact, of in FACTS.items()
                      if of(ours[name]) != of(theirs[name])]
