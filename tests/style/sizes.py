#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports long files and functions: up to 300 and 40 lines is the aim; above 400 and 60 fails without `// long: reason`.

The reason of a file stands in its first five lines, that of a function in the line before it or in its first line.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import source  # noqa: E402

FILE_AIM, FILE_LIMIT = 300, 400
FUNCTION_AIM, FUNCTION_LIMIT = 40, 60
EXCUSE = re.compile(r"//\s*long: \S")
CONTROL = re.compile(r"(if|for|while|switch|catch|else|do|try|namespace|struct|class|enum|union|extern|return)\b")
PARENTHESES = re.compile(r"\([^()]*\)")


def is_function(head):
    """Whether `head`, the text between the last statement and an opening brace, is the head of a function."""
    head = re.sub(r"\boperator\s*[^\w\s(]+", "operator", head.strip())
    if "(" not in head or head.count("(") != head.count(")") or CONTROL.match(head):
        return False
    while PARENTHESES.search(head):
        head = PARENTHESES.sub(" ", head)
    return "=" not in head and "[" not in head.replace("[[", "")


def functions(text):
    """(first line, last line, name) of every function body that is not inside another, lines counted from 1."""
    bare = source.without_comments_and_strings(text)
    bare = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m.group().count("\n"), bare, flags=re.MULTILINE)
    open_heads, head, line, head_line, parentheses = [], "", 1, 1, 0
    for character in bare:
        line += character == "\n"
        parentheses += (character == "(") - (character == ")")
        is_mark = character in "{};" and parentheses == 0  # inside parentheses stand arguments, whatever they contain
        if is_mark and character == "{":
            inside = any(found for found, _, _ in open_heads)
            open_heads.append((not inside and is_function(head), head_line, head.strip()))
        elif is_mark and character == "}" and open_heads:
            found, first, name = open_heads.pop()
            if found:
                yield first, line, re.sub(r"\s+", " ", name)
        if is_mark:
            head = ""
        elif head or not character.isspace():
            head_line = line if not head else head_line
            head += character


def excused(lines, first):
    return any(EXCUSE.search(line) for line in lines[max(0, first - 2):first + 1])


def report(name, text):
    """(is above the limit, sentence) for each file or function above its aim."""
    lines = text.splitlines()
    if len(lines) > FILE_AIM and not any(map(EXCUSE.search, lines[:5])):
        yield len(lines) > FILE_LIMIT, f"{name}: {len(lines)} lines"
    for first, last, _ in functions(text):
        length = last - first + 1
        if length > FUNCTION_AIM and not excused(lines, first):
            yield length > FUNCTION_LIMIT, f"{name}:{first}: {length} lines: {lines[first - 1].strip()[:70]}"


def main():
    found = [entry for name in source.cpp(source.committed()) for entry in report(name, source.read(name) or "")]
    for is_above, sentence in sorted(found, reverse=True):
        print(f"{'too long' if is_above else 'long'}: {sentence}")
    if not found:
        print("every file and function has the size it should have")
    return 1 if any(is_above for is_above, _ in found) else 0


if __name__ == "__main__":
    sys.exit(main())
