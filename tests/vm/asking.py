# SPDX-License-Identifier: GPL-2.0-or-later
"""Has a real kernel judge cases: as many machines as it takes, because whatever crashes or spoils a kernel ends its machine."""
import dataclasses
import itertools
import re

from vm import answers, machine

LOADS, CRASHES = "ok", ("oops", "hang", "died", "killed")
TIMEOUT_S, TIMEOUT_OF_CASE_S = 120, 0.3  # a machine with nothing else to do needs 2 and 0.02
# Lines that come for other reasons, or once in the life of a kernel and so with whichever module is the first.
NOISE = re.compile(r"loading out-of-tree module taints|module verification failed|Disabling lock debugging|tsc:|TSC found|clocksource|random: "
                   r"|module license .* taints kernel|input: |kernel tainted\.$|loading module not compiled with retpoline"
                   r"|System may be vulnerable to spectre|workqueue: |perf: interrupt|cut here|^CPU: |^Hardware name|^Modules linked in|^Call Trace"
                   r"|^pstate: |^pc : |^lr : |^sp : |^Call trace|^Tainted: |^ dump_|^x\d+ ?: |^Krnl |^ ?<TASK>|^Code: |^R[A-Z0-9]{2}: |^[CDFG]S: |^CR2: |^ *\? ?[\w.]+\+0x|^#PF: |^PGD |^Oops: "
                   # What a host that is too busy makes of an emulated machine.
                   r"|^rcu: |detected stalls|jiffies|^sched_clock: |^hrtimer: |NMI"
                   # What arm and s390 print of a warning: functions, registers.
                   r"|^ [\w.]+\+0x[0-9a-f]+/0x|^ [\w.]+ from [\w.]+\+0x|^ *\(?\[<|^ +R:0 T:|^ *([0-9a-f]{16} ){2}")
LINES = 3
KERNELS_OWN = {"524": "ENOTSUPP"}  # no errno of user space; linux include/linux/errno.h
CRASH_ENDS = "oops=panic"  # whoever crashed may hold locks; some crashes hang a machine that goes on


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a kernel did with a case: ok, the name of an errno, or how it crashed; the taint that the module bears; what it said."""
    word: str
    taint: str = ""
    log: tuple = ()

    @property
    def loads(self):
        return self.word == LOADS

    @property
    def crashes(self):
        return self.word in CRASHES

    def __str__(self):
        return " ".join([self.word, *([f"({self.taint})"] if self.taint else []), *(f"| {line}" for line in self.log)])


def masked(line):
    """A line of the log without what may be an address: that differs from boot to boot."""
    return re.sub(r"\b(0x)?[0-9a-f]{8,16}\b", "*", line)


def told(log):
    """The first lines of a log that may be about a module, and the last one, without what differs from boot to boot."""
    lines = [masked(line)[:200] for line in log if not NOISE.search(line)]
    return tuple(lines if len(lines) <= LINES else [*lines[:LINES - 1], lines[-1]])


def _answer(result):
    return Answer(KERNELS_OWN.get(result.answer, result.answer), result.module_taint if result.ok else "", told(result.log))


def _step(case, alone):
    make = answers.risk if case.risky or alone else answers.judge
    step = make(case.data)
    ((_, data),) = step.files
    path = f"/modules/{case.file}"
    return dataclasses.replace(step, words=(step.words[0], path, *step.words[2:]), files=((path, data),))


def _boot(asked, kernel, alone, parameters):
    """One machine: the answers to the first few of `asked`, at least one. Raises MachineFailed if it never starts."""
    memory = 512 + 2 * sum(len(case.data) for case in asked) // (1 << 20)
    booted = machine.Machine(kernel.root, kernel.release, architecture=kernel.architecture, memory_mb=memory, timeout_s=TIMEOUT_S + TIMEOUT_OF_CASE_S * len(asked),
                             parameters=f"{CRASH_ENDS} {parameters}".strip())
    steps = [answers.finit(case.before) for case in asked if case.before] + [_step(case, alone) for case in asked]
    try:
        return [_answer(result) for result in booted.boot(steps)][len(steps) - len(asked):]
    except (machine.DiedMidway, machine.TimedOut) as failure:
        said = failure.console.decode(errors="replace").splitlines()
        word = "hang" if isinstance(failure, machine.TimedOut) else "died"
        last = tuple(line for line in said if re.search("BUG:|panic|RIP:|Unable to handle|Internal error", line))
        return [*map(_answer, failure.results[len(steps) - len(asked):]), Answer(word, log=told(last))]


def _ask(kernel, cases, parameters):
    """The answers to cases of one command line, in their order."""
    heard = []
    while len(heard) < len(cases):
        rest = cases[len(heard):]
        alone = rest[:1] if rest[0].before else list(itertools.takewhile(lambda case: not case.before, rest))
        heard += _boot(alone, kernel, False, parameters)
    # A module that could not be unloaded has kept its name: those that met it are asked again, each alone.
    return [_boot([case], kernel, True, parameters)[0] if answer.word == "EEXIST" else answer
            for case, answer in zip(cases, heard)]


def ask(kernel, cases):
    """The Answer of `kernel` to each of `cases`, by name."""
    result = {}
    for parameters in dict.fromkeys(case.parameters for case in cases):
        asked = [case for case in cases if case.parameters == parameters]
        result.update(zip((case.name for case in asked), _ask(kernel, asked, parameters)))
    return result
