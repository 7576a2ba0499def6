#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""All C++ is as clang-format 14 writes it. Another release formats otherwise, so only 14 is asked."""
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source  # noqa: E402


def formatter():
    """The program, or nothing with the reason printed."""
    for name in ("clang-format-14", "clang-format"):
        if program := shutil.which(name):
            version = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
            if re.search(r"version 14\.", version):
                return program
    print("skipped: clang-format 14 is not here: apt-get install clang-format")
    return None


def main():
    program = formatter()
    if not program:
        return 77
    files = source.cpp(source.committed())
    done = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *files], cwd=source.TOP, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        print(f"{len(files)} files are formatted")
        return 0
    first_places = {}
    for place in re.finditer(r"^(.*?):(\d+):\d+: error: ", done.stdout, re.MULTILINE):
        first_places.setdefault(place[1], place[2])
    print("\n".join(f"{name}:{line}: not as clang-format writes it" for name, line in first_places.items()) or done.stdout)
    print("to format: clang-format -i FILE")
    return 1


if __name__ == "__main__":
    sys.exit(main())
