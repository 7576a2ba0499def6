# SPDX-License-Identifier: GPL-2.0-or-later
"""The cases that a kernel and kpkg both judge: modules of that kernel, whole and with one mutation each."""
import contextlib
import dataclasses
import fnmatch
import hashlib
import zlib

from support import catalogue, kernels, modules
from vm import built, initramfs, pairs
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
# Kernels whose modules every other kernel meets: another flavour, another version, the previous build of the same, another machine.
NEIGHBOURS = ("6.1-amd64", "6.1-cloud-amd64", "6.12-amd64", "6.1-arm64", "6.1-older-amd64")
MADE_ANEW = ("key-", "built-")
# Command lines under which some of the cases are judged once more, and the row that each is about.
COMMAND_LINES = {"enforced": ("module.sig_enforce=1", "S1"), "lockdown": ("lockdown=integrity", "S1"),
                 "blacklist": ("module_blacklist=kpkg_none,dummy,crc7", "M7"), "nomodule": ("nomodule", "G2")}
AGAIN = ("whole@*", "sign*", "trailer-*", "key-*", "mark-only@*", "empty-file@*", "type-3@*", "machine-183@*", "random-bytes@*",
         "vermagic-lost@*", "vermagic-smp-lost@*", "versions-renamed@*", "import-renamed@*", "license=Proprietary@*", "built-whole",
         "name-of-*")
FLIPPED = 0.2  # of all cases, at most a quarter


@dataclasses.dataclass(frozen=True)
class Case:
    """One file to be judged. `rows` are the rows of the table of loader checks that it touches."""
    name: str
    rows: tuple
    data: bytes
    risky: bool = False
    parameters: str = ""  # of the kernel's command line
    before: bytes = b""  # another module, which is loaded before and judged together with this one

    @property
    def digest(self):
        """What an answer is recorded under; "-" for what is made anew on each machine."""
        return "-" if self.name.startswith(MADE_ANEW) else hashlib.sha256(self.data + self.before).hexdigest()[:16]

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


def _of_neighbours(kernel):
    """Modules of other kernels as they are, and without what only their own kernel may judge: signature and functions."""
    for name in NEIGHBOURS:
        if name == kernel.name:
            continue
        with contextlib.suppress(kernels.Unavailable):
            for base, module in bases(catalogue.kernel(name)).values():
                yield Case(f"neighbour-{name}@{base}", ("V2", "V3", "V4", "M2", "E4", "L1"), without_functions(module))
                if _is_signed_without_functions(module):
                    yield Case(f"neighbour-{name}-signed@{base}", ("S6",), module)


def _of_builds(kernel):
    """A module built for this kernel, and the same built in trees of other configurations: those may crash it."""
    for option in ("", *built.OPTIONS):
        made = built.module(kernel, option)
        if made:
            value = "y" if built.OPTIONS.get(option) else "n"
            yield Case(f"built-{option}={value}" if option else "built-whole", ("M2", "V3"), made, risky=bool(option))


def _of_pairs(kernel, found, pure):
    provider, consumer, twin = (found[role][0] for role in ("exports", "parameters", "gpl-exports"))
    for name, rows, before, module in pairs.pairs(kernel, pure[provider], pure[consumer], pure[twin]):
        yield Case(f"{name}@{consumer if name.startswith('provider') else twin}", tuple(rows.split()), module, True, before=before)


def _under_command_lines(judged):
    """Those of AGAIN under each of COMMAND_LINES."""
    chosen = [case for case in judged if any(fnmatch.fnmatchcase(case.name, pattern) for pattern in AGAIN)]
    for label, (parameters, row) in COMMAND_LINES.items():
        for case in chosen:
            yield dataclasses.replace(case, name=f"{case.name}+{label}", rows=(*case.rows, row), parameters=parameters)


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
    result += _of_neighbours(kernel)
    with contextlib.suppress(kernels.Unavailable):
        result += _of_builds(kernel)
    result += _under_command_lines(result)
    result += _of_pairs(kernel, found, pure)
    unique = {case.name: case for case in result}
    return sorted(unique.values(), key=lambda case: case.risky)
