# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of the project, as the style tests read them."""
import pathlib
import re
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
NOT_OURS = re.compile(r"^(\.git|build|build-[^/]*|obj-[^/]*|debian/(kpkg|kpkg-dkms|tmp|\.debhelper))/|(^|/)__pycache__/")

# What a lexer would skip or keep whole. A raw string ends at its own delimiter.
TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|' r"(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def committed(top=TOP):
    """Every file that is committed or would be, as paths relative to `top`. Without git: every file that no build made."""
    command = ["git", "-c", f"safe.directory={top}", "-C", str(top), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        names = listing.decode().split("\0")[:-1]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()]
    return sorted(name for name in names if not NOT_OURS.search(name) and (top / name).is_file())


def cpp(names):
    return [name for name in names if name.endswith((".cpp", ".hpp"))]


def read(name, top=TOP):
    """The text of a file, or nothing if it is not text."""
    try:
        return (top / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def without_comments_and_strings(text):
    """C++ text of the same lines, in which comments are blank and strings are empty."""
    def blank(match):
        token = match.group()
        hollow = '""' if token[0] in 'R"' else "''" if token[0] == "'" else ""
        return hollow + "\n" * token.count("\n")

    return TOKENS.sub(blank, text)
