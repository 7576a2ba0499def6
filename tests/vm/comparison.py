# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares what kpkg says of cases with what a kernel did: load or refuse first, then errno, then the reason."""
import collections
import dataclasses
import fnmatch
import json
import pathlib
import re
import subprocess
import tempfile

from support import program
from vm import asking

HERE = pathlib.Path(__file__).parent
LOADING, BROKEN, FORCED, REFUSED, UNKNOWN = ("loads", "loads_with_taint"), "broken", "loads_forced", "refused", "unknown"
UNREADABLE = {"decision": "error", "errno": "", "findings": []}
KINDS = ("unknown", "load", "errno", "reason")


def _check(kernel, directory, files, options):
    """kpkg's verdicts on `files`, by their names; of those that it does not read at all, UNREADABLE with what it said."""
    command = [program.kpkg_program(), "check", "--json", "-k", kernel.release, "--root", str(kernel.root), *options, *files]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, errors="replace", check=False,
                          stdin=subprocess.DEVNULL)
    if done.stdout:
        return {verdict["file"]: verdict for verdict in json.loads(done.stdout)["verdicts"]}
    if len(files) > 1:
        middle = len(files) // 2
        return {**_check(kernel, directory, files[:middle], options), **_check(kernel, directory, files[middle:], options)}
    return {files[0]: {**UNREADABLE, "said": done.stderr.strip()}}


def verdicts(kernel, cases):
    """What kpkg says of each of `cases`, by name."""
    single = [case for case in cases if not case.before]
    groups = [[case for case in single if case.parameters == parameters]
              for parameters in dict.fromkeys(case.parameters for case in single)]
    result = {}
    for group in [*groups, *([case] for case in cases if case.before)]:
        result.update(_verdicts_together(kernel, group))
    return result


def _verdicts_together(kernel, group):
    """Of cases with one command line, or of one with the module that is loaded before."""
    parameters = group[0].parameters
    with tempfile.TemporaryDirectory(prefix="kpkg-oracle.") as directory:
        files = {"before.ko": case.before for case in group if case.before} | {case.file: case.data for case in group}
        for name, data in files.items():
            pathlib.Path(directory, name).write_bytes(data)
        options = [*(["--command-line", parameters] if parameters else []), *(["--in-order"] if group[0].before else [])]
        found = _check(kernel, directory, list(files), options)
    return {case.name: found[case.file] for case in group}


def predicted_errno(verdict):
    refusals = [finding["errno"] for finding in verdict["findings"] if finding["severity"] == "refusal"]
    return verdict.get("errno") or (refusals[0] if refusals else "")


def _text(line):
    """What a line of the log says, without the module or program that it is about, without quotes and bytes that are no ASCII."""
    return re.sub(r"[^ -~]+|(\\x[0-9a-f]{2})+", "?", re.sub(r"^(Lockdown: )?[\w-]*: (module )?|[\"'`]", "", line)).strip()


def same_reason(verdict, answer):
    """Whether a finding says what the kernel's log said; if the log says nothing, nothing contradicts."""
    expected = [_text(asking.masked(finding["kernel_says"])) for finding in verdict["findings"] if finding["kernel_says"]]
    return not answer.log or any(text and (text in _text(line) or _text(line) in text) for text in expected for line in answer.log)


def disagreement(verdict, answer):
    """What kpkg and the kernel do not agree on: "" or one of KINDS."""
    decision = verdict["decision"]
    if decision == UNKNOWN:
        return "unknown"
    if decision in LOADING:
        return "" if answer.loads else "load"
    if decision == FORCED:
        return "" if answer.loads and "F" in answer.taint else "load"
    if decision == BROKEN:
        return "" if answer.loads or answer.crashes else "load"
    if decision != REFUSED or answer.loads:
        return "load"
    if answer.crashes:
        return ""
    if predicted_errno(verdict) != answer.word:
        return "errno"
    return "" if same_reason(verdict, answer) else "reason"


def described(verdict):
    """A verdict in one line."""
    findings = [finding["id"] + (f"({finding['symbol']})" if finding["symbol"] else "") for finding in verdict["findings"]]
    return " ".join([verdict["decision"], predicted_errno(verdict), *findings[:4], verdict.get("said", "").split("\n")[0]]).strip()


def _table(name):
    rows = (line.split("\t") for line in (HERE / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [(*row, *[""] * (3 - len(row))) for row in rows]


def makeable_rows(kernel):
    """The rows of the table of loader checks that a file for `kernel` can meet."""
    names = {"*", kernel.architecture, kernel.name}
    return {row for row, where, _ in _table("rows.tsv")
            if names & set(where.split()) or (where[0] == "!" and not names & set(where[1:].split()))}


def is_unknowable(kernel, case):
    return any(fnmatch.fnmatchcase(case.name, pattern) and only in ("", kernel.name) for pattern, _, only in _table("unknowable.tsv"))


@dataclasses.dataclass
class Comparison:
    """The comparison of all cases of one kernel."""
    kernel: object
    cases: list
    verdicts: dict
    answers: dict

    def __post_init__(self):
        self.kinds = {case.name: disagreement(self.verdicts[case.name], self.answers[case.name]) for case in self.cases}

    def of_kind(self, *kinds):
        return [case for case in self.cases if self.kinds[case.name] in kinds and not self.is_excused(case)]

    def is_excused(self, case):
        """Whether unknowable.tsv names the case. That it loads is never excused, only that a kernel refuses by chance what kpkg
        calls broken."""
        kind = self.kinds[case.name]
        by_chance = kind == "load" and self.verdicts[case.name]["decision"] == BROKEN and not self.answers[case.name].loads
        return (kind in ("unknown", "errno", "reason") or by_chance) and is_unknowable(self.kernel, case)

    def of_decision(self, decision):
        return [case for case in self.cases if self.verdicts[case.name]["decision"] == decision]

    def missing_rows(self):
        return sorted(makeable_rows(self.kernel) - {row for case in self.cases for row in case.rows})

    def lines(self, *kinds):
        """The disagreements of `kinds`, both answers in each line."""
        return [f"{self.kernel.name}\t{self.kinds[case.name]}\t{case.name}\tkpkg: {described(self.verdicts[case.name])}\t"
                f"kernel: {self.answers[case.name]}" for case in self.of_kind(*kinds)]

    def summary(self):
        """The line of this kernel in the table of results."""
        count = collections.Counter(self.kinds.values())
        rows = makeable_rows(self.kernel)
        agreed = len(self.cases) - count["load"] - count["unknown"]
        return (f"{self.kernel.name:16} cases {len(self.cases):4}  load {agreed:4}  errno {agreed - count['errno']:4}  "
                f"reason {agreed - count['errno'] - count['reason']:4}  rows {len(rows) - len(self.missing_rows())}/{len(rows)}  "
                f"broken {len(self.of_decision(BROKEN))}  forced {len(self.of_decision(FORCED))}  "
                f"crashed {sum(answer.crashes for answer in self.answers.values())}  unknown {count['unknown']}  excused {sum(map(self.is_excused, self.cases))}")
