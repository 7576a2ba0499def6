# SPDX-License-Identifier: GPL-2.0-or-later
"""What kpkg makes of a broken kernel tree: the tree that it builds in instead, and what the kernel says to the module: one row a way."""
import dataclasses
import pathlib
import shutil
import tempfile

from support import apt_tree, broken_trees, headerless, kernels, linux_source, modules, program
from vm import asking, truths
from vm.suite import Case

RECIPE = program.OWN_RECIPES / "kpkg-sizes.toml"
NONE = "-"
KERNELS_SIZES = "kpkg_sizes: inode +0, device +0 bytes from the kernel's"


@dataclasses.dataclass(frozen=True)
class Row:
    """One way on one kernel: where the tree is from that kpkg takes, and what it is worth; what is wrong with the installed one;
    whether the module's code is that of the whole tree; the kernel's answer and log."""
    kernel: str
    way: str
    tree: str
    standing: str
    wrong: str = ""
    code: str = ""
    answer: str = ""
    log: str = ""

    @property
    def is_good(self):
        return self.code == "same" and self.answer == asking.LOADS and self.log == KERNELS_SIZES


class Mender:
    """kpkg at work on broken trees of one kernel; what it rebuilt once it finds again. All below one directory."""

    def __init__(self, kernel, directory):
        self.kernel, self.directory = kernel, pathlib.Path(directory)
        self.rebuilt = self.directory / "rebuilt"
        self.place = f"var/cache/kpkg/trees/{kernel.release}/rebuilt"

    def mended(self, way):
        """The Row of a way as far as it is known without the kernel, and the module. Raises Unavailable."""
        with tempfile.TemporaryDirectory(dir=self.directory) as scratch:
            broken = broken_trees.broken_root(self.kernel, "" if way == truths.WHOLE else way, pathlib.Path(scratch, "root"))
            found = self._tree(broken)
            return self._row(way, found), self._module(broken)

    def _tree(self, broken):
        """What kpkg takes: without a network, else of the distribution's packages where apt has them for this machine, else rebuilt."""
        found = self._made(broken, "--offline")
        if found["tree"] is None and broken.architecture == apt_tree.native_architecture():
            (broken.root / "etc/os-release").write_text("ID=debian\n", encoding="utf-8")
            found = self._made(broken)
            if found["tree"] is None:
                raise kernels.Unavailable(found["steps"][-1]["text"])
        elif found["tree"] is None:
            found = self._rebuilt(broken)
        return found

    def _rebuilt(self, broken):
        if self.rebuilt.exists():
            kernels.linked_copy(self.rebuilt, broken.root / self.place)
            return self._made(broken, "--offline")
        source = linux_source.source(linux_source.upstream_version(broken.configuration))
        found = self._made(broken, "--offline", "--source", source)
        if (broken.root / self.place).exists():
            kernels.linked_copy(broken.root / self.place, self.rebuilt)
        return found

    @staticmethod
    def _made(broken, *options):
        answer = program.run(broken.root, "kernel", "tree", "-k", broken.release, "--make", "--json", *options,
                             timeout=headerless.REBUILD_SECONDS)
        (found,) = answer.json()["trees"]
        return found

    def _row(self, way, found):
        taken = next((step for step in found["steps"] if step["taken"]), None)
        looked_at = [step["attestation"] for step in found["steps"] if step["origin"] == "installed" and step["attestation"]]
        wrong = {each["aspect"] for attestation in looked_at for each in attestation["observations"] if each["weight"] == "wrong"}
        return Row(self.kernel.name, way, taken["origin"] if taken else NONE,
                   taken["attestation"]["standing"] if taken else NONE, ",".join(sorted(wrong)))

    @staticmethod
    def _module(broken):
        """What kpkg installs there; nothing: it refuses."""
        answer = program.run(broken.root, "install", "-y", "--no-load", "--offline", "-k", broken.release, RECIPE)
        if answer.status:
            return None
        (file,) = (broken.modules / "updates/kpkg").iterdir()
        return modules.content(file)


def measured(kernel, ways):
    """The Row of the whole tree and of each of `ways`: kpkg builds in all, then one machine loads what came of it. Raises
    Unavailable."""
    whole, complaint = truths.made(kernel)
    if whole is None:
        raise AssertionError(f"{truths.MODULE} does not build for {kernel.name}: {complaint}")
    directory = pathlib.Path(tempfile.mkdtemp(dir=kernels.cache(), prefix="mending."))
    try:
        mender = Mender(kernel, directory)
        built = {way: mender.mended(way) for way in (truths.WHOLE, *ways)}
    finally:
        shutil.rmtree(directory)
    answers = asking.ask(kernel, [Case(way, (), module) for way, (_, module) in built.items() if module])
    rows = []
    for way, (row, module) in built.items():
        if module:
            answer = answers[way]
            row = dataclasses.replace(row, code="same" if truths.code(module) == truths.code(whole) else "other", answer=answer.word,
                                      log=" | ".join(answer.log).replace(kernel.release, "RELEASE"))
        rows.append(row)
    return rows
