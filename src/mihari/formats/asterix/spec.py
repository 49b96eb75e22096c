"""Published ASTERIX definitions (`.ast`) -> the compact files in `definitions/`.

The input is the machine-readable form of the EUROCONTROL category documents kept by KZPS (BSD 3-clause; the notice is
`definitions/NOTICE`). A new category or edition is one more file:

    python -m mihari.formats.asterix.spec cat062-cat-1.21.ast

Read are asterix, edition, items, uap and the shapes; definitions and remarks in prose are left out.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from mihari.core.errors import BadInput
from mihari.formats.asterix.compact import to_json
from mihari.formats.asterix.definition import (
    DEFINITIONS,
    Category,
    Choice,
    Compound,
    Content,
    Element,
    Explicit,
    Extended,
    Group,
    Named,
    Repetitive,
    Spare,
    Uap,
)

PROSE = ("definition", "description", "remark", "preamble")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the source with everything that is indented below it."""

    text: str
    below: tuple[Line, ...]

    def child(self, word: str) -> Line:
        """The first line below that begins with `word`."""
        for line in self.below:
            if line.text.split(" ", 1)[0] == word:
                return line
        raise BadInput(f"ASTERIX definition: {self.text!r} has no {word!r}")


def parse(text: str) -> Category:
    """The category that an `.ast` file defines.

    Raises `BadInput` where the file uses a shape that this codec does not have.
    """
    root = _tree(text)
    head = re.match(r'asterix (\d+) "(.*)"', root.below[0].text)
    if head is None:
        raise BadInput('ASTERIX definition: the first line must be: asterix NUMBER "TITLE"')
    items = {item.name: item for item in map(_named, root.child("items").below)}
    choice = _choice(root.child("uaps"), items) if any(line.text == "uaps" for line in root.below) else None
    uap = choice.uaps[0] if choice else _uap(root.child("uap"), items)
    return Category(int(head[1]), root.child("edition").text.split()[1], head[2], uap, choice)


def quantity(text: str) -> tuple[float, str]:
    """Scale and unit of a quantity.

    >>> quantity('unsigned quantity 1/2^8 "NM" < 256')
    (0.00390625, 'NM')
    """
    found = re.match(r'(?:un)?signed quantity (-?\d+)(?:\^(\d+))?(?:/(\d+)(?:\^(\d+))?)? "(.*?)"', text)
    if found is None:
        raise BadInput(f"ASTERIX definition: cannot read {text!r}")
    above, power, below, power_below, unit = found.groups()
    scale = Fraction(int(above) ** int(power or 1), int(below or 1) ** int(power_below or 1))
    return float(scale), unit


def _uap(line: Line, items: Mapping[str, Named]) -> Uap:
    """Item names, `-` where none is defined; `rfs` (random field sequencing, which nobody sends) is none either."""
    return tuple(items.get(name.text) if name.text in ("-", "rfs") else items[name.text] for name in line.below)


def _choice(line: Line, items: Mapping[str, Named]) -> Choice:
    variations = {uap.text: _uap(uap, items) for uap in line.child("variations").below}
    case = line.child("case")
    item, part = case.text.split()[1].split("/")
    rows = dict(row.text.split(": ") for row in case.below)
    return Choice(item, part, tuple(variations[rows[str(value)]] for value in range(len(rows))))


def _tree(text: str) -> Line:
    rows = [(len(row) - len(row.lstrip()), row.strip()) for row in text.splitlines() if row.strip()]

    def take(start: int, indent: int) -> tuple[tuple[Line, ...], int]:
        lines = []
        while start < len(rows) and rows[start][0] >= indent:
            depth, content = rows[start]
            below, start = take(start + 1, depth + 1)
            lines.append(Line(content, below))
        return tuple(lines), start

    return Line("", take(0, 0)[0])


def _named(line: Line) -> Named:
    found = re.match(r'(\S+) "(.*)"', line.text)
    if found is None:
        raise BadInput(f'ASTERIX definition: expected NAME "TITLE", found {line.text!r}')
    shape = next(below for below in line.below if below.text not in PROSE)
    return Named(found[1], found[2], _content(shape))


def _part(line: Line) -> Named | Spare:
    return Spare(int(line.text.split()[1])) if line.text.startswith("spare ") else _named(line)


def _content(line: Line) -> Content:
    word, _, rest = line.text.partition(" ")
    if word == "element":
        return _element(int(rest), line.below[0])
    if word == "group":
        return Group(tuple(map(_part, line.below)))
    if word == "extended":
        return _extended(line.below)
    if word == "repetitive":
        repeated = _content(line.below[0])
        if not isinstance(repeated, Element | Group):
            raise BadInput("ASTERIX definition: only elements and groups can be repeated")
        return Repetitive(0 if rest == "fx" else int(rest), repeated)
    if word == "compound":
        return Compound(tuple(None if sub.text == "-" else _named(sub) for sub in line.below))
    if word == "explicit":
        return Explicit()
    raise BadInput(f"ASTERIX definition: {line.text!r} is not supported")


def _extended(lines: Sequence[Line]) -> Extended:
    parts: list[list[Named | Spare]] = [[]]
    for line in lines:
        if line.text == "-":
            parts.append([])
        else:
            parts[-1].append(_part(line))
    closed = bool(parts[-1])  # no extension bit behind the last
    return Extended(tuple(map(tuple, parts if closed else parts[:-1])), closed)


def _element(bits: int, line: Line) -> Element:
    words = line.text.split()
    if words[0] == "table":
        rows = (row.text.split(": ", 1) for row in line.below)
        return Element(bits, table={int(value): meaning for value, meaning in rows})
    if words[0] == "string":
        return Element(bits, text=words[1])
    if words[0] in ("signed", "unsigned"):
        signed = words[0] == "signed"
        if words[1] == "integer":
            return Element(bits, signed)
        return Element(bits, signed, *quantity(line.text))
    if words[0] in ("raw", "bds"):  # a Comm-B register: its bits, as in 048
        return Element(bits)
    if words[0] == "case":
        return Element(bits, by=words[1], cases=_cases(line.below))
    raise BadInput(f"ASTERIX definition: {line.text!r} is not supported")


def _cases(lines: Sequence[Line]) -> dict[int, tuple[float, str]]:
    """Units by the value of another element; anything but unsigned quantities is not supported."""
    named = {line.text.rstrip(":"): line.below[0].text for line in lines}
    if named.pop("default", "raw") != "raw" or not all(text.startswith("unsigned quantity") for text in named.values()):
        raise BadInput("ASTERIX definition: only unsigned quantities may depend on another element")
    return {int(value): quantity(text) for value, text in named.items()}


def main(paths: Sequence[str]) -> None:
    """Write the compact file of each `.ast` file named."""
    for path in paths:
        category = parse(Path(path).read_text("utf-8"))
        name = f"cat{category.number:03d}-{category.edition}.json"
        (DEFINITIONS / name).write_text(to_json(category), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
