#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table in ARCHITECTURE.md is law: who may include whom, who may ask the machine, and what every file carries."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source  # noqa: E402

ROW = re.compile(r"^\|\s*`(?P<folder>[a-z]+)/`\s*\|(?P<charter>[^|]*)\|(?P<uses>[^|]*)\|(?P<doors>[^|]*)\|")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?P<name><[^>]+>|"[^"]+")', re.MULTILINE)

# A third-party door by its name in the table: what its headers begin with.
DOORS = {
    "CLI11": ("CLI/",),
    "OpenSSL": ("openssl/",),
    "SQLite": ("SQLiteCpp/", "sqlite3.h"),
    "libarchive": ("archive.h", "archive_entry.h"),
    "libbpf": ("bpf/",),
    "libcurl": ("curl/",),
    "libelf": ("elf.h", "gelf.h", "libelf.h"),
    "libkmod": ("libkmod.h",),
    "nlohmann-json": ("nlohmann/",),
    "toml++": ("toml++/", "toml.hpp"),
}
FOR_ALL = ("fmt/", "tl/expected.hpp")  # the two libraries that our own headers show

# Everything of the standard library that reaches outside the process. `system/` is the door to it (invariant I1).
OUTSIDE = ("filesystem", "fstream", "iostream", "syncstream", "csignal", "ctime", "clocale")
CALLS = re.compile(
    r"(?:\bstd::|(?<![\w:>.]))(?:::)?(?P<call>(?:fopen|freopen|fdopen|popen|tmpfile|tmpnam|fread|fwrite|fgets|getenv|secure_getenv"
    r"|setenv|putenv|system|fork|execve?|isatty|geteuid|getpid|gettimeofday|clock_gettime|time)\s*\(|random_device\b)"
    r"|(?P<clock>\b(?:system|steady|high_resolution|file|utc)_clock::now\b)")

NO_SPDX = re.compile(
    r"^(LICENSE|CMakePresets\.json|debian/(changelog|copyright|source/format))$"
    r"|^tests/.*\.(json|expected|patch|symvers|golden)$")  # fixtures whose format has no comments
LAZY = re.compile(r"\b(?:TO" r"DO(?!\(#\d+\))|FIX" r"ME|X" r"XX)\b")


def table(text):
    """folder: (folders it may use, header prefixes of its doors), in the table's order; `all above` is what it says."""
    law = {}
    for row in filter(None, map(ROW.match, text.splitlines())):
        uses = row["uses"].strip()
        used = set(law) if uses == "all above" else set(re.findall(r"[a-z]+", uses))
        prefixes = [prefix for door, known in DOORS.items() if door in row["doors"] for prefix in known]
        law[row["folder"]] = (used, tuple(prefixes))
    return law


def own_include(folder, name, law):
    """What is wrong with #include "name" in `folder`, or nothing."""
    target = name.split("/")[0]
    if "/" not in name or target not in law:
        return f'"{name}" names no module of ARCHITECTURE.md'
    if target != folder and target not in law[folder][0]:
        return f'"{name}": {folder}/ may not use {target}/'
    return None


def other_include(folder, name, law):
    """What is wrong with #include <name> in `folder`, or nothing."""
    if name.startswith(FOR_ALL) or name.startswith(law[folder][1]):
        return None
    for door, prefixes in DOORS.items():
        owners = [owner for owner, row in law.items() if prefixes[0] in row[1]]
        if name.startswith(prefixes):
            return f"<{name}>: {door} is included only in {' '.join(owners) or 'nothing'}"
    if folder == "system":
        return None
    if name in OUTSIDE or name.endswith(".h"):
        return f"<{name}>: only system/ asks the operating system"
    if "/" in name:
        return f"<{name}> belongs to no door of ARCHITECTURE.md"
    return None


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def layering(name, text, law):
    folder = name.split("/")[1]
    if folder not in law:
        yield f"{name}: {folder}/ is not in the table of ARCHITECTURE.md"
        return
    for match in INCLUDE.finditer(text):
        judge = own_include if match["name"][0] == '"' else other_include
        if wrong := judge(folder, match["name"][1:-1], law):
            yield f"{name}:{line_of(text, match.start('name'))}: {wrong}"
    if folder == "system":
        return
    bare = source.without_comments_and_strings(text)
    for match in CALLS.finditer(bare):
        call = (match["call"] or match["clock"]).rstrip("( ")
        yield f"{name}:{line_of(bare, match.start())}: {call}: only system/ asks the operating system"


def marks(name, text):
    """What every committed file must carry, and what it must not."""
    if not NO_SPDX.search(name) and "SPDX-License-Identifier: " not in "\n".join(text.splitlines()[:5]):
        yield f"{name}: no SPDX-License-Identifier in its first five lines"
    if name != "STYLE.md":
        for match in LAZY.finditer(text):
            yield f"{name}:{line_of(text, match.start())}: {match.group()} without the number of an issue"


def violations(top=source.TOP):
    law = table((top / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    if not law:
        yield "ARCHITECTURE.md: the table of modules was not found"
    for name in source.committed(top):
        text = source.read(name, top)
        if not text:
            continue
        yield from marks(name, text)
        if name.startswith("src/") and source.cpp([name]):
            yield from layering(name, text, law)


def main():
    found = list(violations())
    print("\n".join(found) or "every include and every file is lawful")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
