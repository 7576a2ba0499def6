# SPDX-License-Identifier: GPL-2.0-or-later
"""Random mutations: one bit of a section that the loader interprets, the same ones at each run."""
import random

from vm.mutations.elf import SHT_NOBITS, Elf
from vm.mutations.mutation import Mutation

# Not code, data and the strings and values of symbols, of which the loader takes any; and not what could crash it at random.
MEANINGFUL = (".modinfo", "__versions", "__ksymtab_strings", "__kcrctab", "__kcrctab_gpl", "__kflagstab", ".strtab", ".shstrtab")


def _flip(offset, bit):
    def change(elf):
        elf.data[offset] ^= 1 << bit
    return change


def flips(module, count, seed):
    """`count` mutations of `module`; the same for the same bytes and seed."""
    generator = random.Random(f"{seed}")
    elf = Elf(module)
    sections = [section for section in elf.sections[1:]
                if section.name in MEANINGFUL and section["size"] and section["type"] != SHT_NOBITS]
    result = []
    for _ in range(count if sections else 0):
        section = generator.choice(sections)
        at, bit = generator.randrange(section["size"]), generator.randrange(8)
        result.append(Mutation(f"flip-{section.name}-{at:x}-{bit}", "", _flip(section["offset"] + at, bit)))
    return list({mutation.name: mutation for mutation in result}.values())
