# SPDX-License-Identifier: GPL-2.0-or-later
"""What a mutation is: a name, the rows of the table of what kernels check that it touches, and the change."""
import dataclasses
import typing

from vm.mutations.elf import Elf, Unsuitable


@dataclasses.dataclass(frozen=True)
class Mutation:
    """`change` alters the Elf that it is given, or returns other bytes; it raises Unsuitable for a module that has not got what
    it alters. `risky`: it may crash a kernel or corrupt its memory, so it is judged by a machine of its own.

    The rows are those of the project's table of loader checks: S signature, E container, M identity, V versions, Y symbols,
    A architecture, L late.
    """
    name: str
    rows: str
    change: typing.Callable
    risky: bool = False

    def apply(self, module):
        """The bytes of `module` with this mutation. Raises Unsuitable also where it would change nothing."""
        elf = Elf(module)
        made = self.change(elf)
        made = bytes(elf.data) if made is None else made
        if made == module:
            raise Unsuitable("the module is so already")
        return made


def in_order(*changes):
    """One change that is all of `changes`."""
    def change(elf):
        for each in changes:
            each(elf)
    return change
