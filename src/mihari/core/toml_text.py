"""The text of a TOML file -> its tables, every mistake of its syntax, and the line of each key. TOML 1.0.

The reader of the standard library stops at the first mistake; here the line with it is left out and the rest is read
again, so that all of them are told at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput, ConfigError

Location = tuple[int | str, ...]
MOST = 20  # mistakes of syntax that are looked for: a file with more is no TOML file
NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
PATH = rf"{NAME}(?:\s*\.\s*{NAME})*"
HEADER = re.compile(rf"^\s*(\[\[?)\s*({PATH})\s*\]")
ASSIGNMENT = re.compile(rf"^\s*({PATH})\s*=\s*(.*)$")


def read_text(path: str | Path) -> str:
    """The text of a file; BadInput in one sentence when it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: expected a TOML file, which is UTF-8 text") from None


def read_tables(file: str, text: str) -> tuple[dict[str, Any], list[ConfigError]]:
    """The tables that can be read, and the mistakes of syntax with their lines.

    >>> tables, mistakes = read_tables("a.toml", "[node]\\nname = naha\\narea = 'nansei'\\nexercise =\\n")
    >>> tables, [mistake.line for mistake in mistakes]
    ({'node': {'area': 'nansei'}}, [2, 4])
    """
    mistakes: list[ConfigError] = []
    lines = text.split("\n")
    while True:
        try:
            return tomllib.loads("\n".join([*lines, ""])), mistakes
        except RecursionError:
            return {}, [*mistakes, ConfigError(file, "", "nested too deeply; expected tables within tables at most")]
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"at line (\d+)", str(error))
            line = int(place[1]) if place else None
            problem = re.sub(r" \(at .*\)$", "", str(error))
            mistakes.append(ConfigError(file, "", f"not TOML: {_plain(problem, lines, line)}", line))
            if line is None or line > len(lines) or not lines[line - 1].strip() or len(mistakes) >= MOST:
                return {}, mistakes
            lines[line - 1] = ""


def _plain(problem: str, lines: list[str], line: int | None) -> str:
    """What the reader says, and what was most likely meant.

    >>> _plain("Invalid value", ["name = naha"], 1)
    'invalid value; expected text in quotes: name = "naha"'
    """
    written = f"{problem[0].lower()}{problem[1:]}"
    found = ASSIGNMENT.match(lines[line - 1]) if line and line <= len(lines) else None
    if found and re.fullmatch(r"[A-Za-z/][^\"'#\[\]{}]*", found[2]) and found[2] not in ("true", "false"):
        return f'{written}; expected text in quotes: {found[1]} = "{found[2].strip()}"'
    return written


def lines_of(text: str) -> dict[Location, int]:
    """The line (from 1) of every table and key in a TOML text, as far as plain text can tell.

    >>> found = lines_of("[node]\\nname = 'a'\\n[[feed]]\\nurl = 'x'\\n[[feed]]\\nname.first = 'y'\\n")
    >>> found["node", "name"], found["feed", 1], found["feed", 1, "name", "first"]
    (2, 5, 6)
    """
    found: dict[Location, int] = {}
    count: dict[str, int] = {}
    table: Location = ()
    closing = ""  # what ends the text over several lines that we are in
    for number, line in enumerate(text.split("\n"), 1):
        if closing:
            closing = "" if closing in line else closing
        elif header := HEADER.match(line):
            table = _names(header[2])
            if header[1] == "[[":
                found.setdefault(table, number)
                count[header[2]] = count.get(header[2], -1) + 1
                table = (*table, count[header[2]])
            found.setdefault(table, number)
        elif key := ASSIGNMENT.match(line):
            found.setdefault((*table, *_names(key[1])), number)
            closing = next((q for q in ('"""', "'''") if key[2].count(q) == 1), "")
    return found


def _names(dotted: str) -> Location:
    return tuple(part.strip("\"'") for part in re.findall(NAME, dotted))


def line_of(lines: Mapping[Location, int], location: Location) -> int | None:
    """The line of a key, else that of the innermost table around it that has one."""
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None
