#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever dkms(8) lists stands in a transcript of dkms: every action, option, directive, setting and exit status."""
import pathlib
import re
import shlex
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import run  # noqa: E402

MANUAL = HERE.parents[1] / "docs/man/dkms.8.scd"
# Read by scripts of packages, which tests/chroot/packaging_test.py runs.
OF_PACKAGES = {"autoinstall_all_kernels", "continue_on_error"}
BOLD = re.compile(r"\*([^*\s]+)\*")


def listed(section, first):
    """The bold words of the lines in a section of the manual that begin with one that `first` matches."""
    text = MANUAL.read_text(encoding="utf-8").split(f"\n# {section}\n")[1].split("\n# ")[0]
    lines = [line for line in text.splitlines() if re.match(rf"[|: ]*\*{first}", line)]
    return {word for line in lines for word in BOLD.findall(line)}


class Coverage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.words, cls.statuses, cls.files = set(), set(), ""
        for path in sorted(HERE.glob("dkms_*.txt")):
            directives, steps = run.split(path.read_text(encoding="utf-8").splitlines())
            cls.files += "".join(body for _, _, body in directives)
            for step in steps:
                words = shlex.split(step.command)
                if "dkms" not in words:
                    cls.files += step.command.replace("echo ", "\n")
                    continue
                cls.words.update(words[words.index("dkms") + 1:])
                said = [re.fullmatch(r"\[status (\d+)\]", line) for line in step.expected]
                cls.statuses.add(next((found[1] for found in said if found), "0"))
        cls.options = {word.split("=")[0] for word in cls.words if word.startswith("-")}
        cls.given = {word.removeprefix("--directive=").split("=")[0] for word in cls.words}

    def is_set(self, name):
        return name in self.given or re.search(rf"(?m)^{name}(\[\d+\])?=", self.files) is not None

    def assert_nothing_misses(self, expected, found):
        self.assertGreater(len(expected), 5)
        self.assertEqual([], sorted(expected - found))

    def test_every_action_is_asked_for(self):
        self.assert_nothing_misses(listed("ACTIONS", "[a-z_]+\\*$"), self.words)

    def test_every_option_is_given(self):
        self.assert_nothing_misses(listed("OPTIONS", "-"), self.options)

    def test_every_directive_is_in_a_configuration(self):
        names = listed("DKMS.CONF", "[A-Z_]+\\*")
        self.assert_nothing_misses(names, {name for name in names if self.is_set(name)})

    def test_every_setting_of_the_framework_is_in_a_configuration(self):
        names = listed("FRAMEWORK.CONF", "[a-z_]+\\*") - OF_PACKAGES
        self.assert_nothing_misses(names, {name for name in names if self.is_set(name)})

    def test_every_exit_status_is_seen(self):
        self.assert_nothing_misses(listed("EXIT STATUS", "\\d+\\*"), self.statuses)


if __name__ == "__main__":
    unittest.main()
