# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases that a kernel and kpkg both judge: modules of that kernel, whole and with one mutation each."""
import dataclasses
import hashlib
import zlib

from support import modules
from vm import initramfs
from vm.mutations import container, flips, identity, relocations, signatures, symbols, versions
from vm.mutations.elf import Elf, Unsuitable, unsigned, without_functions
from vm.mutations.mutation import Mutation

# What a base is good for, and the modules of which the first one that a kernel has is taken; all need nothing but the kernel.
ROLES = {
    "parameters": ("dummy", "ifb"),
    "exports": ("crc7", "crc-itu-t", "cordic", "libchacha", "nf_dup_ipv4"),
    "gpl-exports": ("tunnel4", "led-class-multicolor", "nf_reject_ipv4", "xfrm_algo"),
    "namespace": ("cmac", "xcbc", "pcbc", "xts", "ccm"),
    "imports": ("brd", "sch_teql", "uio", "zram"),
    "labels": ("ff-memless", "nf_tproxy_ipv4", "ip6_udp_tunnel"),
}
TABLE = [*identity.TABLE, *versions.TABLE, *container.TABLE, *symbols.TABLE, *relocations.TABLE]
MADE_ANEW = ("key-", "built-")
FLIPPED = 0.2  # of all cases, at most a quarter


@dataclasses.dataclass(frozen=True)
class Case:
    """One file to be judged. `rows` are the rows of the table of loader checks that it touches."""
    name: str
    rows: tuple
    data: bytes
    risky: bool = False

    @property
    def digest(self):
        """What an answer is recorded under; "-" for what is made anew on each machine."""
        return "-" if self.name.startswith(MADE_ANEW) else hashlib.sha256(self.data).hexdigest()[:16]

    @property
    def file(self):
        """A file name of its own: the kernel and kpkg report by it."""
        return f"{zlib.crc32(self.name.encode()):08x}.ko"


def bases(kernel):
    """The bases of `kernel` as role to pair of name and bytes, with whatever signature they have."""
    index = initramfs.ModuleIndex(kernel.root, kernel.release)
    found = {}
    for role, names in ROLES.items():
        name = next((name for name in names if name in index), None)
        if name:
            found[role] = name, modules.content(index.path(name))
    return found


def _case(mutation, base, module):
    return Case(f"{mutation.name}@{base}", tuple(mutation.rows.split()), mutation.apply(module), mutation.risky)


def _of_table(pure, spread):
    """Each mutation of TABLE on the first `spread` bases that suit it, beginning at a base that its name chooses."""
    names = list(pure)
    for mutation in TABLE:
        done, start = 0, zlib.crc32(mutation.name.encode()) % len(names)
        for name in names[start:] + names[:start]:
            if done == (1 if mutation.risky else spread):
                break
            try:
                yield _case(mutation, name, pure[name])
                done += 1
            except Unsuitable:
                pass


def _of_signatures(originals, pure):
    """Signatures are tried on a module that has no functions to disable, because that would break its own."""
    for name, module in originals.items():
        if _is_signed_without_functions(module):
            yield from (_case(mutation, name, module) for mutation in signatures.OF_SIGNED)
            break
    name = next(iter(pure))
    for mutation in signatures.OF_UNSIGNED:
        try:
            yield _case(mutation, name, pure[name])
        except Unsuitable:
            pass


def _is_signed_without_functions(module):
    elf = Elf(module)
    names = {elf.name_of(symbol) for symbol in elf.symbols()}
    return module != unsigned(module) and not names & {"init_module", "cleanup_module"}


def cases(kernel, spread=1, boundaries=20):
    """The cases of `kernel`, those that may spoil it last; the same ones at each call."""
    found = bases(kernel)
    originals = {name: module for name, module in found.values()}
    pure = {name: without_functions(module) for name, module in originals.items()}
    result = [Case(f"whole@{name}", (), module) for name, module in pure.items()]
    result += [Case(f"signed@{name}", ("S1", "S6"), module) for name, module in originals.items() if _is_signed_without_functions(module)]
    result += _of_table(pure, spread)
    result += _of_signatures(originals, pure)
    for name in list(pure)[:spread]:
        result += [_case(mutation, name, pure[name]) for mutation in container.boundaries(pure[name], boundaries)]
    each = int(len(result) * FLIPPED / (1 - FLIPPED)) // len(pure)
    for name, module in pure.items():
        result += [_case(mutation, name, module) for mutation in flips.flips(module, each, name)]
    unique = {case.name: case for case in result}
    return sorted(unique.values(), key=lambda case: case.risky)
