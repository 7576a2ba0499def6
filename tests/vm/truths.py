# SPDX-License-Identifier: GPL-2.0-or-later
"""What plain make makes of a broken kernel tree, and what the kernel itself says to that: one row a way of being broken."""
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile

from support import broken_trees, kernels, modules
from vm import asking
from vm.mutations.elf import SHF_ALLOC, Elf
from vm.suite import Case

SOURCE = modules.SOURCES / "sizes"
MODULE = "kpkg_sizes.ko"
WHOLE = "whole"
# What is about a module as a file, and not what it does; the two members of struct module have columns of their own.
BESIDE_CODE = re.compile(r"\.note|\.modinfo$|__versions$|\.gnu\.linkonce\.this_module$")
COMPLAINT = re.compile(r"error: |ERROR: |\*\*\* |: (not found|No such file or directory|Exec format error)$")


@dataclasses.dataclass(frozen=True)
class Row:
    """One way on one kernel. Where make fails there is its first complaint and nothing else; `code` is whether what the module
    does is the same as of the whole tree; `answer` and `log` are the kernel's."""
    kernel: str
    way: str
    builds: str
    error: str = ""
    size: str = ""
    init: str = ""
    exit: str = ""
    code: str = ""
    answer: str = ""
    log: str = ""


def first_complaint(output):
    """The first line of make's output that says what is wrong, without directories and numbers of lines."""
    line = next((line for line in output.splitlines() if COMPLAINT.search(line)), "no word")
    without_directories = re.sub(r"(?<![\w.])/(?!bin/)\S*/", "", line)
    return re.sub(r"(?<=[\w.]):\d+(:\d+)?: ", ": ", without_directories).strip()


def made(kernel):
    """The module as plain make makes it behind the build link of `kernel`, and "", or None and make's first complaint."""
    link = kernel.modules / "build"
    inside = kernel.root / os.readlink(link).lstrip("/")
    if not inside.is_dir():
        done = subprocess.run(["make", "-C", str(inside), "modules"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, check=False)
        return None, first_complaint(done.stdout)
    with tempfile.TemporaryDirectory(prefix="kpkg-broken.") as directory:
        try:
            module = modules.build(SOURCE, kernel.release, pathlib.Path(directory, "build"), root=kernel.root)
        except modules.BuildFailed as failure:
            return None, first_complaint(str(failure))
        return (module / MODULE).read_bytes(), ""


def members(module):
    """The size of the module's struct module, and where it has init and exit."""
    elf = Elf(module)
    places = {elf.name_of(elf.symbols()[each.symbol]): each["offset"]
              for each in elf.relocations_of(".gnu.linkonce.this_module").relocations()}
    size = elf.section(".gnu.linkonce.this_module")["size"]
    return tuple(f"{number:#x}" for number in (size, places["init_module"], places["cleanup_module"]))


def code(module):
    """Everything that the kernel would have in memory, by the names of sections."""
    return [(section.name, section["size"], section.content) for section in Elf(module).sections
            if section["flags"] & SHF_ALLOC and not BESIDE_CODE.match(section.name)]


def _built(kernel, way):
    """The Row of a way as far as it is known without the kernel, and the module."""
    with tempfile.TemporaryDirectory(prefix="broken.", dir=kernels.cache()) as directory:
        broken = broken_trees.broken_root(kernel, "" if way == WHOLE else way, pathlib.Path(directory, "root"))
        module, complaint = made(broken)
    if module is None:
        return Row(kernel.name, way, "no", complaint.replace(kernel.release, "RELEASE")), None
    return Row(kernel.name, way, "yes", "", *members(module)), module


def measured(kernel, ways):
    """The Row of the whole tree and of each of `ways`: all are built, then one machine loads what was. Raises Unavailable."""
    built = {way: _built(kernel, way) for way in (WHOLE, *ways)}
    whole = built[WHOLE][1]
    if whole is None:
        raise AssertionError(f"{MODULE} does not build for {kernel.name}: {built[WHOLE][0].error}")
    answers = asking.ask(kernel, [Case(way, (), module) for way, (_, module) in built.items() if module])
    rows = []
    for way, (row, module) in built.items():
        if module:
            answer = answers[way]
            said = " | ".join(answer.log).replace(kernel.release, "RELEASE")
            row = dataclasses.replace(row, code="same" if code(module) == code(whole) else "other", answer=answer.word, log=said)
        rows.append(row)
    return rows
