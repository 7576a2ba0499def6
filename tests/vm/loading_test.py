#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""kpkg runs on the machine whose kernel it loads modules into: that kernel judges what kpkg says of a load and of an unload.

Everything is built here, once; the machine has what the key of a build is made of, so that kpkg there finds the builds again.
Its gcc is the real driver without the compiler proper: a key that differs ends in a failed build, never in another build.
"""
import dataclasses
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import cases, program  # noqa: E402
from vm import answers, initramfs, machine, mutate  # noqa: E402

KPKG = "/usr/bin/kpkg"
KMOD = "/usr/libexec/kpkg/kpkg-kmod"
OUTCOMES = ("kpkg-init-enodev", "kpkg-init-eio", "kpkg-init-eio-kept", "kpkg-init-oops", "kpkg-no-exit", "kpkg-tty-both")
# kpkg samples each twelfth of the list of modules at its first eight names (src/kernel/sample.cpp).
SAMPLED = 8


def recipe(name):
    return str(program.OWN_RECIPES / f"{name}.toml")


def install(name, *options):
    return answers.run(KPKG, "install", "-y", recipe(name), *options)


def remove(*names):
    return answers.run(KPKG, "remove", "-y", *names)


def status(*names):
    return answers.run(KPKG, "status", *names)


def load(*names):
    return answers.run(KPKG, "load", *names)


def unload(*names):
    return answers.run(KPKG, "unload", *names)


def shell(text):
    return answers.run("/usr/bin/dash", "-c", text)


class Loading(unittest.TestCase):
    """On one kernel, and that the smallest: what is judged here is kpkg's understanding of kernels, not of this one."""

    @classmethod
    def setUpClass(cls):
        cls.world = program.World(("cloud-amd64",))
        cls.addClassCleanup(cls.world.close)
        cls.release = cls.world.releases[0]
        for words, names in ((("install", "-y"), ("kpkg-tty-watch",)), (("build",), OUTCOMES)):
            answer = cls.world.kpkg(*words, "-k", cls.release, *map(recipe, names))
            if answer.status:
                raise AssertionError(answer)
        scratch = tempfile.TemporaryDirectory(prefix="kpkg-loading.")
        cls.addClassCleanup(scratch.cleanup)
        cls.programs = {}
        for inside, built in ((KPKG, program.kpkg_program()), (KMOD, program.helper_program("kpkg-kmod"))):
            cls.programs[inside] = pathlib.Path(scratch.name) / pathlib.Path(inside).name
            subprocess.run(["strip", "-o", str(cls.programs[inside]), built], check=True)

    @classmethod
    def machine(cls):
        """The world as a machine that runs its kernel, with few of the kernel's modules."""
        root = cls.world.root
        booted = machine.Machine(root, cls.release, memory_mb=1280, timeout_s=400)
        order = (cls.world.modules(cls.release) / "modules.order").read_text(encoding="utf-8").split()
        booted.include_modules("kpkg_tty_watch", *order[::SAMPLED])
        for inside, built in cls.programs.items():
            booted.include_file(inside, built)
            for library in initramfs.shared_libraries(built):
                booted.include_file(library, pathlib.Path(library).resolve())
        for name in ("/usr/bin/dash", "/usr/bin/sleep", "/usr/bin/sync", "/usr/bin/gcc", "/usr/bin/gcc-12"):
            booted.include_program(name)
        headers = f"/usr/src/linux-headers-{cls.release}"
        for path in ("/var/lib/kpkg", "/etc", headers, *cls.kbuild_directories()):
            booted.include_tree(path, root / path[1:])
        booted.include_tree(str(program.OWN_RECIPES), program.OWN_RECIPES)
        booted.include_file(f"/boot/config-{cls.release}", root / f"boot/config-{cls.release}")
        return booted

    @classmethod
    def kbuild_directories(cls):
        return [f"/{path.relative_to(cls.world.root)}" for path in (cls.world.root / "usr/lib").glob("linux-kbuild-*")]

    def boot(self, *steps):
        results = self.machine().boot(steps)
        return results

    def installed(self, module):
        """A step that finds the installed file of a module."""
        return answers.exists(f"/usr/lib/modules/{self.release}/updates/kpkg/{module}.ko")

    def answered(self, expected, results):
        self.assertEqual(expected.split(), [result.answer.replace(" ", "-") for result in results], machine.table(results))

    def said(self, pattern, result):
        self.assertRegex(result.stdout + result.stderr, pattern)

    def test_an_installed_module_is_loaded_and_then_left_alone(self):
        results = self.boot(install("kpkg-tty-pair"), answers.exists("/dev/kpkgtty0"), install("kpkg-tty-pair"), status())

        self.answered("ok ok ok ok", results)
        self.said("kpkg-tty-pair 1.0 for .*: installed already\nkpkg_tty_pair: loaded\n", results[0])
        self.said("installed already\nkpkg_tty_pair: is loaded already\n", results[2])
        self.said("^kpkg-tty-pair 1.0 for [^:]*: installed\n", results[3])

    def test_what_was_built_for_a_root_is_not_built_again_where_that_root_is_the_system(self):
        results = self.boot(install("kpkg-tty-watch"), answers.exists("/sys/module/kpkg_tty_watch"))

        self.answered("ok ENOENT", results)
        self.said("kpkg-tty-pair 1.0 for .*: installed already\nkpkg-tty-watch 1.0 for .*: installed already\n", results[0])

    def test_a_driver_that_finds_no_device_stays_installed(self):
        results = self.boot(install("kpkg-init-enodev"), self.installed("kpkg_init_enodev"), status("kpkg-init-enodev"))

        self.answered("ok ok ok", results)
        self.said("kpkg_init_enodev: found no device; it stays installed\n", results[0])
        self.said(": installed\n", results[2])

    def test_what_does_not_start_is_undone_and_forgotten(self):
        results = self.boot(install("kpkg-init-eio"), self.installed("kpkg_init_eio"), status("kpkg-init-eio"),
                            answers.exists("/etc/modules-load.d/kpkg-kpkg-init-eio.conf"))

        self.answered("exit-7 ENOENT ok ENOENT", results)
        self.said("^kpkg_init_eio: did not start: .*Input/output error\n", results[0])
        self.said("kpkg_init_eio was installed and did not start: .*\nhint: the installation was undone", results[0])
        self.said("nothing is installed", results[2])

    def test_what_does_not_start_stays_if_its_recipe_says_so(self):
        results = self.boot(install("kpkg-init-eio-kept"), self.installed("kpkg_init_eio"), status("kpkg-init-eio-kept"))

        self.answered("ok ok ok", results)
        self.said(": installed\nkpkg_init_eio: did not start: .*Input/output error\n", results[0])
        self.said(": installed: the last load failed\n", results[2])

    def test_a_module_that_crashes_is_told_as_crashed_until_the_machine_restarts(self):
        results = self.boot(install("kpkg-init-oops"), install("kpkg-init-oops"), status("kpkg-init-oops"),
                            remove("kpkg-init-oops"))

        self.answered("ok ok ok ok", results)
        self.assertIn("D", results[0].taint)
        self.said("kpkg_init_oops: did not start: it crashed", results[0])
        self.said("kpkg_init_oops: cannot be loaded here: .*crashed", results[1])
        self.said(": installed: the last load failed\n", results[2])
        self.said("kpkg_init_oops: stays loaded: it is still starting or stopping\n.*: removed\n", results[3])

    def test_what_cannot_be_unloaded_stays_until_the_machine_restarts(self):
        results = self.boot(install("kpkg-no-exit"), install("kpkg-no-exit"), remove("kpkg-no-exit"),
                            self.installed("kpkg_no_exit"), answers.exists("/sys/module/kpkg_no_exit"))

        self.answered("ok ok ok ENOENT ok", results)
        self.said("kpkg_no_exit: is loaded already\n", results[1])  # by its build-id: it has no srcversion
        self.said("kpkg_no_exit: stays loaded until the machine restarts", results[2])

    def test_what_another_module_uses_stays_loaded_and_its_files_go(self):
        results = self.boot(answers.modprobe("kpkg_tty_watch"), remove("kpkg-tty-pair"), self.installed("kpkg_tty_pair"),
                            answers.exists("/dev/kpkgtty0"))

        self.answered("ok ok ENOENT ok", results)
        self.said("kpkg_tty_pair: stays loaded: it is in use by kpkg_tty_watch\n", results[1])

    def test_what_a_program_uses_stays_loaded_and_its_files_go(self):
        results = self.boot(install("kpkg-tty-pair"), shell("exec 3<>/dev/kpkgtty0; sleep 900 &"), remove("kpkg-tty-pair"),
                            self.installed("kpkg_tty_pair"), answers.exists("/dev/kpkgtty0"))

        self.answered("ok ok ok ENOENT ok", results)
        self.said("kpkg_tty_pair: stays loaded: it is in use\n", results[2])

    def test_modules_that_are_removed_together_are_unloaded_together(self):
        gone = answers.exists("/dev/kpkgtty0")
        results = self.boot(answers.modprobe("kpkg_tty_watch"), remove("kpkg-tty-pair", "kpkg-tty-watch"), gone,
                            install("kpkg-tty-both"), remove("kpkg-tty-both"), gone)

        self.answered("ok ok ENOENT ok ok ENOENT", results)
        self.said("kpkg_tty_watch: unloaded\nkpkg_tty_pair: unloaded\n", results[1])
        self.said("kpkg_tty_pair: loaded\nkpkg_tty_watch: loaded\n", results[3])
        self.said("kpkg_tty_watch: unloaded\nkpkg_tty_pair: unloaded\n", results[4])

    def test_another_build_that_is_loaded_is_told_until_it_is_gone(self):
        other = mutate.srcversion(self.world.installed(self.release, "kpkg_tty_pair").read_bytes())
        results = self.boot(answers.finit(other), install("kpkg-tty-pair"), status("kpkg-tty-pair"),
                            answers.rmmod("kpkg_tty_pair"), install("kpkg-tty-pair"), status("kpkg-tty-pair"))

        self.answered("ok ok ok ok ok ok", results)
        self.said("kpkg_tty_pair: another build of it is loaded and not in use; reload it or reboot\n", results[1])
        self.said(": installed: an older build is loaded", results[2])
        self.said("kpkg_tty_pair: loaded\n", results[4])
        self.said(": installed\n", results[5])

    def test_modules_are_loaded_and_unloaded_by_their_names(self):
        results = self.boot(load("-v", "kpkg-tty-watch"), load("kpkg_tty_watch"), unload("kpkg_tty_pair"),
                            unload("kpkg_tty_pair", "kpkg-tty-watch"), answers.exists("/dev/kpkgtty0"), unload("kpkg_tty_pair"),
                            load("no_such_module"))

        self.answered("ok ok exit-1 ok ENOENT ok exit-3", results)
        self.said("insmod [^ ]*/kpkg_tty_pair.ko\n *insmod [^ ]*/kpkg_tty_watch.ko\nkpkg_tty_watch: loaded\n", results[0])
        self.said("kpkg_tty_watch: is loaded already\n", results[1])
        self.said("stays loaded: it is in use by kpkg_tty_watch\n.*kpkg unload kpkg_tty_watch kpkg_tty_pair\n", results[2])
        self.said("kpkg_tty_watch: unloaded\nkpkg_tty_pair: unloaded\n", results[3])
        self.said("kpkg_tty_pair: is not loaded\n", results[5])

    def test_a_module_that_the_kernel_refuses_is_explained_with_what_the_kernel_said(self):
        place = self.world.installed(self.release, "kpkg_tty_pair")
        symbol = next(name for _, name in mutate.version_records(mutate.Elf(place.read_bytes())) if name.startswith("tty_"))
        damaged = mutate.crc(place.read_bytes(), symbol)
        inside = f"/usr/lib/modules/{self.release}/updates/kpkg/kpkg_tty_pair.ko"
        replaced = dataclasses.replace(load("kpkg_tty_pair"), files=((inside, damaged),))
        results = self.boot(replaced, answers.run(KPKG, "explain"))

        self.answered("exit-4 ok", results)
        said = f"disagrees about version of symbol {symbol}\n.*Unknown symbol {symbol} .err -22.\n"
        self.said(r"^kpkg_tty_pair: was refused by the kernel: could not insert .*: Invalid argument \(EINVAL\)\n", results[0])
        self.said(said + ".*could not insert[^\n]*\n  cause: ", results[0])
        self.said(f"    crc-differs: {symbol}: ", results[0])
        self.said(said + "  cause: ", results[1])

    def configured(self, step, text):
        """The step on a machine whose modprobe.d has these lines."""
        files = (("/etc/modprobe.d/local.conf", text.encode()), ("/bin/sh", pathlib.Path("/usr/bin/dash")))
        return dataclasses.replace(step, files=files)

    def test_options_count_and_a_blacklist_keeps_nobody_from_loading_by_name(self):
        lines = "blacklist kpkg_tty_pair\noptions kpkg_tty_pair pairs=3\n"
        results = self.boot(self.configured(load("-v", "kpkg_tty_pair"), lines), answers.exists("/dev/kpkgtty5"))

        self.answered("ok ok", results)
        self.said("  insmod [^ ]*/kpkg_tty_pair.ko pairs=3\nkpkg_tty_pair: loaded\n", results[0])

    def test_a_command_of_modprobe_that_fails_is_told_and_is_not_the_kernels_word(self):
        results = self.boot(self.configured(load("kpkg_tty_watch"), "install kpkg_tty_pair exit 3\n"),
                            answers.exists("/sys/module/kpkg_tty_watch"))

        self.answered("exit-1 ENOENT", results)
        self.said("^kpkg_tty_watch: cannot be loaded here: Error running install command 'exit 3' for module kpkg_tty_pair: "
                  "retcode 3\n", results[0])

    def test_a_command_of_modprobe_that_loads_the_module_has_loaded_it(self):
        command = "install kpkg_tty_pair /usr/sbin/modprobe --ignore-install $MODPROBE_MODULE\n"
        results = self.boot(self.configured(load("-v", "kpkg_tty_watch"), command), unload("kpkg_tty_watch"))

        self.answered("ok ok", results)
        self.said("  install .*MODPROBE_MODULE\n  insmod .*\nkpkg_tty_watch: loaded\n", results[0])

    def test_a_needed_module_that_the_kernel_refuses_is_named(self):
        place = self.world.installed(self.release, "kpkg_tty_pair")
        symbol = next(name for _, name in mutate.version_records(mutate.Elf(place.read_bytes())) if name.startswith("tty_"))
        inside = f"/usr/lib/modules/{self.release}/updates/kpkg/kpkg_tty_pair.ko"
        damaged = ((inside, mutate.crc(place.read_bytes(), symbol)),)
        results = self.boot(dataclasses.replace(load("kpkg_tty_watch"), files=damaged))

        self.answered("exit-4", results)
        self.said("^kpkg_tty_watch: was refused by the kernel: could not insert 'kpkg_tty_pair', which kpkg_tty_watch needs: "
                  r"Invalid argument \(EINVAL\)\n", results[0])
        self.said(f"disagrees about version of symbol {symbol}\n", results[0])

    def test_a_driver_that_does_not_start_by_its_name_is_told_and_remembered(self):
        results = self.boot(answers.run(KPKG, "install", "-y", "--no-load", recipe("kpkg-init-eio-kept")),
                            load("kpkg_init_eio"), status("kpkg-init-eio-kept"))

        self.answered("ok exit-1 ok", results)
        self.said(r"kpkg_init_eio: did not start: .*Input/output error \(EIO\)\n", results[1])
        self.said("  cause: the module was loaded, and its init function", results[1])
        self.said(": installed: the last load failed\n", results[2])

    def test_a_module_that_stays_says_why(self):
        results = self.boot(install("kpkg-no-exit"), unload("kpkg_no_exit"), load("kpkg_tty_pair"),
                            shell("exec 3<>/dev/kpkgtty0; sleep 900 &"), unload("kpkg_tty_pair"))

        self.answered("ok exit-1 ok ok exit-1", results)
        self.said("kpkg_no_exit: stays loaded until the machine restarts: it has no exit function\n", results[1])
        self.said("kpkg_tty_pair: stays loaded: it is in use\n  in use [0-9]+ times, by programs", results[4])


if __name__ == "__main__":
    cases.main()
