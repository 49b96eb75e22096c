"""The text of a pattern's file as parts that can be exchanged: its keys and tables, each with its lines; and a writer.

The lines of a key that is not touched stay as somebody wrote them, comments included.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mihari.core.toml_text import ASSIGNMENT, HEADER
from mihari.library.exchange.leaves import Place, named
from mihari.library.pattern import PatternFile


@dataclass(frozen=True, slots=True)
class Part:
    """Lines `begin` to `end` (from 0, `end` not among them) hold a key; of a table, all from its header on."""

    place: Place
    begin: int
    end: int
    table: bool = False


def parts_of(text: str) -> dict[Place, Part]:
    """Place -> its part. A table's part reaches to its last key; what stands between parts is comments.

    >>> found = parts_of("a = [\\n  1,\\n]\\n# of b\\n[[p]]\\nname = 'x'\\nc = 2\\n")
    >>> [(part.place, part.begin, part.end) for part in found.values()]
    [(('a',), 0, 3), (('p', 'x'), 4, 7), (('p', 'x', 'name'), 5, 6), (('p', 'x', 'c'), 6, 7)]
    """
    lines = text.split("\n")
    tables: list[list[Part]] = [[]]
    number = 0
    while number < len(lines):
        if header := HEADER.match(lines[number]):
            tables.append([Part((header[2],), number, number + 1, True)])
        elif key := ASSIGNMENT.match(lines[number]):
            end = _end(lines, number)
            tables[-1].append(Part((key[1],), number, end))
            number = end - 1
        number += 1
    return {part.place: part for table in tables for part in _placed(table, lines)}


def _end(lines: list[str], begin: int) -> int:
    """Behind the last line of the value that begins in a line: where it can be read by itself."""
    for end in range(begin + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join([*lines[begin:end], ""]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return len(lines)


def _placed(table: list[Part], lines: list[str]) -> Iterator[Part]:
    if not table or not table[0].table:
        yield from table
        return
    header, *keys = table
    place = header.place
    if lines[header.begin].lstrip().startswith("[["):
        told = "\n".join(line for key in keys for line in lines[key.begin : key.end])
        place = (*place, str(tomllib.loads(told + "\n").get("name", "")))
    yield replace(header, place=place, end=max(part.end for part in table))
    for key in keys:
        yield replace(key, place=(*place, *key.place))


def lines_above(lines: list[str], part: Part) -> int:
    """The first of the comment lines that stand right above a part.

    >>> lines_above(["a = 1", "", "# of b", "b = 2"], Part(("b",), 3, 4))
    2
    """
    begin = part.begin
    while begin and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return begin


def written_out(file: PatternFile) -> str:
    """A pattern's file anew, without comments; it reads back the same."""
    told = file.model_dump(mode="json", exclude_defaults=True)
    plain = {key: value for key, value in told.items() if not isinstance(value, dict) and not named(value)}
    text = "".join(assignment(key, value) for key, value in plain.items())
    for key, value in told.items():
        if key not in plain:
            heads = [(f"[[{key}]]", one) for one in value] if isinstance(value, list) else [(f"[{key}]", value)]
            text += "".join(f"\n{head}\n{''.join(assignment(k, v) for k, v in one.items())}" for head, one in heads)
    return text


def assignment(key: str, value: Any) -> str:
    """A key and its value in TOML, with the end of its line.

    >>> print(assignment("look", ["a ship", "a boat"]) + assignment("text", "one\\ntwo\\n"), end="")
    look = [
      "a ship",
      "a boat",
    ]
    text = '''
    one
    two
    '''
    """
    return f"{key} = {_value(value)}\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list) and value and not isinstance(value[0], str):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, list):
        return "".join(["[\n", *(f"  {_value(one)},\n" for one in value), "]"])
    if isinstance(value, str) and "\n" in value and "'''" not in value and _printable(value):
        return f"'''\n{value}'''" if not value.endswith("'") else _quoted(value)
    return _quoted(value)


def _quoted(value: Any) -> str:
    """As JSON has it, which TOML reads but for one letter and for halves of letters."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _printable(text: str) -> bool:
    return all(letter in "\n\t" or letter.isprintable() for letter in text)
