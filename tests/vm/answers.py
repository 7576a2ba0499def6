# SPDX-License-Identifier: GPL-2.0-or-later
"""Steps that the test machine does, and what it answered: the two ends of the line format that init.c describes."""
import dataclasses
import errno
import pathlib
import re
import urllib.parse
import zlib

TAINT_LETTERS = "PFSRMBUDAWCIOELKXTN"
TAINT_DIE = 1 << TAINT_LETTERS.index("D")
LINE_MAX, WORDS_MAX = 8000, 32  # what init.c has room for
_LINE = re.compile(rb"@kpkg ([0-9a-f]{8}) ((\d+) (\d+) (\w+) (\S*))")


class LinesLost(Exception):
    """Both copies of a line were broken by other output: the answers cannot be trusted."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One thing to do: the words for init.c, the modules that must be in the machine with all they need, and further files."""
    words: tuple
    modules: tuple = ()
    files: tuple = ()  # pairs of a path in the machine and bytes

    def __str__(self):
        return " ".join(self.words)


def finit(module, flags=0, parameters="", verb="finit"):
    """Give `module` (a file here, or bytes) to finit_module(2) as it is."""
    data = module if isinstance(module, bytes) else pathlib.Path(module).read_bytes()
    name = "bytes" if isinstance(module, bytes) else pathlib.Path(module).name
    path = f"/modules/{zlib.crc32(data):08x}/{name}"
    return Step((verb, path, str(flags), parameters), files=((path, data),))


def judge(module, flags=0, parameters=""):
    """As finit, and unload it again at once; the machine ends after one that crashed or hung."""
    return finit(module, flags, parameters, "judge")


def risk(module, flags=0, parameters=""):
    """As judge, but the machine also ends after one that loaded: it may have spoilt the kernel."""
    return finit(module, flags, parameters, "risk")


def modprobe(name, *arguments):
    """Load `name` with the real modprobe; arguments such as parameters follow it."""
    return Step(("run", "/usr/sbin/modprobe", name, *arguments), modules=(name,))


def rmmod(name):
    return Step(("rmmod", name))


def exists(path):
    """Does `path` appear within a second?"""
    return Step(("exists", path))


def echo(source, sink, text):
    """Write `text` to the device `source` and read it from `sink`."""
    return Step(("echo", source, sink, text))


def run(*words):
    """Run a program of the machine, by its path there."""
    return Step(("run", *words))


def encode(steps):
    """The content of /steps."""
    rows = ["\t".join(urllib.parse.quote(word, safe="/:=,+") for word in step.words) for step in steps]
    for step, row in zip(steps, rows):
        if len(row) > LINE_MAX or len(step.words) > WORDS_MAX:
            raise ValueError(f"a step too long for init.c: {step}")
    return "".join(row + "\n" for row in rows).encode()


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of one step. `outcome` is done, killed (a signal ended it, as an oops does), or hang (its time was not enough).

    `errno` is the kernel's, `status` a program's exit status, `newest` the first line of /proc/modules afterwards.
    """
    step: Step
    outcome: str
    errno: int = 0
    status: int = 0
    taint_before: int = 0
    taint_after: int = 0
    newest: str = ""
    stays: str = ""  # the name of a judged module that could not be unloaded, and the errno
    stdout: str = ""
    stderr: str = ""
    log: tuple = ()

    @property
    def ok(self):
        return self.outcome == "done" and self.errno == 0 and self.status == 0

    @property
    def errno_name(self):
        return errno.errorcode.get(self.errno, str(self.errno)) if self.errno else ""

    @property
    def oopsed(self):
        return self.outcome == "killed" and bool(self.taint_after & TAINT_DIE)

    @property
    def taint(self):
        """The letters of the kernel's taint that this step added."""
        added = self.taint_after & ~self.taint_before
        return "".join(letter for bit, letter in enumerate(TAINT_LETTERS) if added >> bit & 1)

    @property
    def module_taint(self):
        """The letters of the newest module's own taint: what it did even where the kernel was tainted before."""
        match = re.search(r"\(([A-Z]+)\)$", self.newest)
        return match.group(1) if match else ""

    @property
    def answer(self):
        """In one word: ok, errno, exit status, oops, killed or hang."""
        if self.outcome != "done":
            return "oops" if self.oopsed else self.outcome
        return self.errno_name or (f"exit {self.status}" if self.status else "ok")


def lines(console):
    """The lines (step, field, value) in the bytes of a console, each once. Raises LinesLost."""
    expected = 0
    for match in _LINE.finditer(console):
        checksum, body, number, step, field, value = match.groups()
        if zlib.crc32(body) != int(checksum, 16) or int(number) < expected:
            continue
        if int(number) > expected:
            raise LinesLost(f"line {expected} of the machine's answers did not arrive whole")
        expected += 1
        yield int(step), field.decode(), urllib.parse.unquote_to_bytes(value)


def _result(step, fields):
    def text(name):
        return b"".join(fields.get(name, [])).decode(errors="replace")

    def number(name):
        return int(text(name) or 0)

    log = tuple(line.decode(errors="replace") for line in fields.get("log", []))

    return Result(step, text("outcome"), number("errno"), number("status"), number("taint_before"), number("taint_after"),
                  text("newest"), text("stays"), text("stdout"), text("stderr"), log)


@dataclasses.dataclass
class Conversation:
    """All that a machine said: its kernel's release ("" if it never got to say it), the answers that are complete, and whether
    it reached the end."""
    release: str = ""
    results: list = dataclasses.field(default_factory=list)
    finished: bool = False


def parse(console, steps):
    """The Conversation in the bytes of a console. Raises LinesLost."""
    heard = Conversation()
    fields = {}
    for number, field, value in lines(console):
        if field == "ready":
            heard.release = value.decode()
        elif field == "bye":
            heard.finished = True
        elif field == "end":
            heard.results.append(_result(steps[number - 1], fields))
            fields = {}
        else:
            fields.setdefault(field, []).append(value)
    return heard
