#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs one transcript: makes the world that it describes, runs its commands, compares every line. README.md has the format.

usage: run.py KPKG TRANSCRIPT

With KPKG_ACCEPT=1 what was printed is written into the transcript instead of compared; lines with … that still fit stay.
"""
import dataclasses
import difflib
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import world  # noqa: E402

OUR_NAMES = ("kpkg", "dkms")  # the program under both of its names
TIMEOUT_SECONDS = 50
SKIPPED = 77


class Malformed(Exception):
    """The transcript itself cannot be read."""


@dataclasses.dataclass
class Step:
    command: str
    expected: list  # the lines below the command, as they stand
    first_line: int  # of those, counted from 1


def split(lines):
    """The directives of the world as (line number, text, body), and the steps."""
    directives, steps, index = [], [], 0
    while index < len(lines):
        line, number = lines[index], index + 1
        index += 1
        if line.startswith("$ "):
            steps.append(Step(line[2:], [], number + 1))
        elif steps:
            steps[-1].expected.append(line)
        elif line and not line.startswith("#"):
            marker = re.search(r" <<(\w+)$", line)
            body = []
            while marker and (index == len(lines) or lines[index] != marker[1]):
                if index == len(lines):
                    raise Malformed(f"line {number}: no line says {marker[1]}")
                body.append(lines[index])
                index += 1
            index += bool(marker)
            directives.append((number, line[:marker.start()] if marker else line, "".join(f"{text}\n" for text in body)))
    return directives, steps


def comments_and_blanks(expected):
    """How many lines at the end of a step belong to the next one: blank lines and # comments between steps."""
    count = 0
    while count < len(expected) and (not expected[-1 - count].strip() or expected[-1 - count].startswith("#")):
        count += 1
    return count


def fits(pattern, line):
    """Whether `line` is what `pattern` says; … stands for any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("…"))), line) is not None


def said(done, directory):
    """What a command printed, as the transcript writes it: stdout, then stderr with its mark, then a status that is not 0."""
    def lines(output, mark):
        text = output.decode("utf-8", "backslashreplace").replace(str(directory), "$DIR")
        return [mark + line for line in text.splitlines()]

    status = [f"[status {done.returncode}]"] if done.returncode else []
    return lines(done.stdout, "") + lines(done.stderr, "2> ") + status


def run(command, directory, environment):
    words = shlex.split(command)
    if not words:
        raise Malformed("a command is empty")
    try:
        return subprocess.run(words, cwd=directory, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=TIMEOUT_SECONDS, check=False)
    except FileNotFoundError as missing:
        raise Malformed(f"there is no program {words[0]}") from missing


def environment_of(programs, home, settings):
    """The complete environment: nothing of the caller's gets through."""
    return {"PATH": f"{programs}:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(home), "TZ": "UTC", **settings}


def agree(expected, actual):
    return len(expected) == len(actual) and all(map(fits, expected, actual))


def merged(expected, actual):
    """`actual`, but with the lines of `expected` that fit although they are not equal."""
    result = []
    unused = list(expected)
    for line in actual:
        fitting = next((index for index, pattern in enumerate(unused) if fits(pattern, line)), None)
        result.append(line if fitting is None else unused[fitting])
        unused = unused if fitting is None else unused[fitting + 1:]
    return result


def difference(step, expected, actual):
    """The step as a diff in which lines that fit are no difference."""
    shown = merged(expected, actual)
    body = difflib.unified_diff(expected, shown, f"expected, from line {step.first_line}", "printed", lineterm="", n=100)
    return "\n".join([f"$ {step.command}", *body])


def perform(program, directives, steps, scratch):
    """(step, expected, what was printed) of every step, in a fresh world."""
    directory, programs = scratch / "here", scratch / "programs"
    directory.mkdir()
    programs.mkdir()
    for name in OUR_NAMES:
        (programs / name).symlink_to(pathlib.Path(program).resolve())
    settings = {}
    for number, text, body in directives:
        try:
            world.make(shlex.split(text), body, directory, settings)
        except world.Unknown as unknown:
            raise Malformed(f"line {number}: {unknown}") from unknown
    environment = environment_of(programs, directory / "home", settings)
    for step in steps:
        tail = comments_and_blanks(step.expected)
        expected = step.expected[:len(step.expected) - tail]
        yield step, expected, said(run(step.command, directory, environment), directory)


def accept(path, lines, results):
    """Rewrites the expectations of the transcript in place."""
    for step, expected, actual in reversed(results):
        start = step.first_line - 1
        lines[start:start + len(expected)] = merged(expected, actual)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main():
    program, path = sys.argv[1], pathlib.Path(sys.argv[2])
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        directives, steps = split(lines)
        if not steps:
            raise Malformed("it has no command")
        with tempfile.TemporaryDirectory(prefix="kpkg-transcript-") as scratch:
            results = list(perform(program, directives, steps, pathlib.Path(scratch).resolve()))
    except Malformed as malformed:
        print(f"{path.name}: {malformed}")
        return 2
    except world.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    if os.environ.get("KPKG_ACCEPT") == "1":
        accept(path, lines, results)
        return 0
    wrong = [difference(*result) for result in results if not agree(*result[1:])]
    print("\n\n".join(wrong) or f"{len(results)} commands printed what they should")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
