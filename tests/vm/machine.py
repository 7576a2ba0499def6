#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots a real kernel in QEMU, lets it do steps, and says what it answered: the judge of what kpkg claims about kernels.

    machine.py --root DIR --kernel K --modprobe v4l2loopback --exists /dev/video0

/dev/kvm is not used: emulation takes 2 s a boot, and KVM that is itself emulated hangs (kvm_pvm).
"""
import argparse
import dataclasses
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import kernels  # noqa: E402
from vm import answers, image, initramfs  # noqa: E402

# loglevel=1: the log is read from /dev/kmsg, but a panic still prints (with 0 it would not). panic=-1 and -no-reboot: a panic
# ends QEMU. reboot=t: a reboot without ACPI. devkmsg=on: init marks the end of each step in the log, however many there are.
COMMAND_LINE = "panic=-1 loglevel=1 reboot=t printk.devkmsg=on"
SKIPPED = 77
STEP_WIDTH = 70


class MachineFailed(Exception):
    """The machine did not do all steps. `console` is what it printed, `results` what was answered before, `step` the one that was
    not (None: it did not get to any)."""

    def __init__(self, reason, console=b"", results=(), step=None):
        super().__init__(reason)
        self.console, self.results, self.step = console, list(results), step


class DidNotBoot(MachineFailed):
    """The kernel never started init."""


class DiedMidway(MachineFailed):
    """The machine ended during a step: a panic, or QEMU itself."""


class TimedOut(MachineFailed):
    """The machine booted and then took too long."""


@dataclasses.dataclass(frozen=True)
class Board:
    """What QEMU plays for kernels of one architecture, and who compiles for it. An ELF kernel is started directly where the
    board can."""
    program: str
    options: tuple
    console: str
    compiler: str
    starts_elf: bool = False

    def serial(self, path):
        if self.console == "ttysclp0":
            return ["-chardev", f"file,id=console,path={path}", "-device", "sclpconsole,chardev=console"]
        return ["-serial", f"file:{path}"]

    def command(self, kernel, initrd, serial, memory_mb, parameters):
        return [self.program, *self.options, "-accel", "tcg", "-m", str(memory_mb), "-smp", "1", "-nodefaults", "-no-user-config",
                "-display", "none", "-no-reboot", *self.serial(serial), "-kernel", str(kernel), "-initrd", str(initrd), "-append",
                f"console={self.console} {COMMAND_LINE} {parameters}".strip()]

    def output(self, _serial):
        """Where what the program itself prints goes."""
        return os.devnull


class UserMode(Board):
    """No board at all: the kernel is a program of this machine. It starts itself again where others reboot, so init halts it; a
    panic ends it whatever panic= says. Source: linux arch/um/kernel/um_arch.c, panic_exit; arch/um/os-Linux/main.c."""

    def command(self, kernel, initrd, serial, memory_mb, parameters):
        return [str(kernel), f"mem={memory_mb}M", f"initrd={initrd}", f"uml_dir={serial.parent}", "con0=fd:0,fd:1",
                *COMMAND_LINE.split(), "kpkg_end=halt", *parameters.split()]

    def output(self, serial):
        return serial


BOARDS = {
    "amd64": Board("qemu-system-x86_64", ("-M", "pc", "-cpu", "max"), "ttyS0", "gcc", starts_elf=True),
    "arm64": Board("qemu-system-aarch64", ("-M", "virt", "-cpu", "cortex-a57"), "ttyAMA0", "aarch64-linux-gnu-gcc"),
    "armhf": Board("qemu-system-arm", ("-M", "virt,highmem=off", "-cpu", "cortex-a15"), "ttyAMA0", "arm-linux-gnueabihf-gcc"),
    "riscv64": Board("qemu-system-riscv64", ("-M", "virt"), "ttyS0", "riscv64-linux-gnu-gcc"),
    "s390x": Board("qemu-system-s390x", ("-M", "s390-ccw-virtio", "-cpu", "max"), "ttysclp0", "s390x-linux-gnu-gcc"),
    "um": UserMode("gcc", (), "tty0", "gcc"),
}


def init_program(compiler="gcc"):
    """init.c as a static program, kept under the digest of its source. Raises Unavailable."""
    source = pathlib.Path(__file__).with_name("init.c")
    kept = kernels.cache() / f"init-{compiler}-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}"
    if not kept.exists():
        fresh = kept.with_suffix(f".{os.getpid()}")
        command = [compiler, "-std=gnu17", "-O2", "-Wall", "-Wextra", "-static", "-s", "-o", str(fresh), str(source)]
        kernels.need(compiler)
        subprocess.run(command, check=True)
        fresh.replace(kept)
    return kept


class Machine:
    """One kernel of one root. Files and modules that are included stay for every boot; those that steps bring, for one."""

    def __init__(self, root, kernel, *, architecture="amd64", memory_mb=384, timeout_s=90, parameters=""):
        self.root, self.kernel, self.board = pathlib.Path(root), kernel, BOARDS[architecture]
        self.memory_mb, self.timeout_s, self.parameters = memory_mb, timeout_s, parameters
        self.index = initramfs.ModuleIndex(root, kernel)
        self._modules, self._files, self._programs, self._trees = [], {}, [], {}

    def include_modules(self, *names):
        """Have these modules and all that they need in the machine; unknown names are KeyErrors."""
        self.index.closure(names)
        self._modules += names

    def include_file(self, path, source):
        """Have a file at `path`: bytes, or the path of a file here. One that replaces a module of the root comes out on top."""
        self._files[path] = source

    def include_program(self, program):
        """Have a program of this machine, with its libraries, at its own path."""
        self._programs.append(program)

    def include_tree(self, path, source):
        """Have a directory of this machine at `path`, with all that is in it."""
        self._trees[path] = source

    def initramfs(self, steps):
        """The bytes of the initial file system for `steps`."""
        archive = initramfs.Archive()
        archive.console()
        archive.file("/init", init_program(self.board.compiler))
        archive.directory("/tmp")
        if any(step.words[0] == "run" for step in steps):
            initramfs.add_kmod(archive)
        initramfs.add_modprobe_configuration(archive, self.root)
        wanted = {name for step in steps for name in step.modules if name in self.index}
        self.index.add_to(archive, wanted | set(self._modules))
        for program in self._programs:
            initramfs.add_program(archive, program)
        for path, source in self._trees.items():
            archive.tree(path, source)
        for path, source in {**self._files, **dict(pair for step in steps for pair in step.files)}.items():
            archive.file(path, source)
        archive.file("/steps", answers.encode(steps), 0o644)
        return archive.finished()

    def boot(self, steps):
        """Boot and do `steps` in order; one Result for each. Raises DidNotBoot, DiedMidway, TimedOut, Unavailable."""
        steps = list(steps)
        kernels.need(self.board.program)
        vmlinux = self.boot_image()
        with tempfile.TemporaryDirectory(prefix="kpkg-vm.") as directory:
            initrd, serial = pathlib.Path(directory, "initrd"), pathlib.Path(directory, "serial")
            initrd.write_bytes(self.initramfs(steps))
            serial.touch()
            complaint = self._run_qemu(vmlinux, initrd, serial)
            console = serial.read_bytes()
        return results_of(console, steps, complaint, self.kernel)

    def boot_image(self):
        """The file for QEMU to start."""
        kept = kernels.boot_image(self.root, self.index.directory, self.kernel)
        return image.vmlinux(kept, kernels.cache()) if self.board.starts_elf else kept

    def _run_qemu(self, vmlinux, initrd, serial):
        """Run QEMU to its end; "" or why it did not end well."""
        command = self.board.command(vmlinux, initrd, serial, self.memory_mb, self.parameters)
        try:
            with open(self.board.output(serial), "ab") as console:
                done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.PIPE,
                                      timeout=self.timeout_s, check=False)
        except subprocess.TimeoutExpired:
            return "timeout"
        return done.stderr.decode(errors="replace").strip() if done.returncode else ""


def results_of(console, steps, complaint, kernel):
    """The results in the bytes of a console, if the machine did all `steps`. `complaint` is how QEMU ended: "" if well,
    timeout, or its words. Raises DidNotBoot, DiedMidway, TimedOut, MachineFailed for lost lines."""
    try:
        heard = answers.parse(console, steps)
    except answers.LinesLost as lost:
        raise MachineFailed(f"{kernel}: {lost}", console) from lost
    if not heard.release:
        raise DidNotBoot(f"{kernel} did not start init: {complaint or 'it stopped'}", console)
    if heard.finished:
        return heard.results
    step = steps[len(heard.results)] if len(heard.results) < len(steps) else None
    kind = TimedOut if complaint == "timeout" else DiedMidway
    raise kind(f"{kernel} did not answer: {step} ({complaint or 'it stopped'})", console, heard.results, step)


def table(results):
    """The results as text, one step a line, with the kernel's or the program's last words."""
    rows = [("STEP", "ANSWER", "TAINT", "SAID")]
    for result in results:
        said = (result.stderr or result.stdout).strip().splitlines() or list(result.log)
        rows.append((str(result.step).strip()[:STEP_WIDTH], result.answer, result.taint or "-", said[-1] if said else ""))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[3]]).rstrip() for row in rows)


class _AddStep(argparse.Action):
    """Options that are steps: kept in the order in which they were given."""

    def __call__(self, parser, namespace, values, option_string=None):
        words = values if isinstance(values, list) else values.split() if self.dest in ("modprobe", "run") else [values]
        namespace.steps = namespace.steps + [getattr(answers, self.dest)(*words)]


def arguments():
    parser = argparse.ArgumentParser(description="boot a kernel in QEMU and let it do steps, in the order given")
    parser.add_argument("--root", required=True, help="directory with boot/vmlinuz-K and lib/modules/K")
    parser.add_argument("--kernel", required=True, metavar="K")
    parser.add_argument("--parameters", default="", help="added to the kernel's command line, such as module.sig_enforce=1")
    parser.add_argument("--memory", type=int, default=384, metavar="MB")
    parser.add_argument("--timeout", type=int, default=90, metavar="SECONDS")
    parser.set_defaults(steps=[])
    for name, value in (("modprobe", "'NAME [ARGUMENT...]'"), ("finit", "FILE"), ("rmmod", "NAME"), ("exists", "PATH"),
                        ("run", "'PROGRAM [ARGUMENT...]'")):
        parser.add_argument(f"--{name}", action=_AddStep, metavar=value, default=argparse.SUPPRESS)
    parser.add_argument("--echo", action=_AddStep, nargs=3, metavar=("FROM", "TO", "TEXT"), default=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    chosen = arguments()
    try:
        machine = Machine(chosen.root, chosen.kernel, memory_mb=chosen.memory, timeout_s=chosen.timeout,
                          parameters=chosen.parameters)
        results = machine.boot(chosen.steps)
    except OSError as problem:
        print(f"machine.py: {problem}", file=sys.stderr)
        return 1
    except kernels.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    except MachineFailed as failure:
        print(table(failure.results))
        print(f"{type(failure).__name__}: {failure}", failure.console.decode(errors="replace")[-1500:], sep="\n", file=sys.stderr)
        return 4 if isinstance(failure, DidNotBoot) else 3
    print(table(results))
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
