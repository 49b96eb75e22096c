"""What a MAVLink message is made of: its fields in wire order, read from `definitions/*.txt`.

https://mavlink.io/en/guide/serialization.html: fields are sorted by the size of their type, largest first; extensions
follow unsorted and are not part of CRC_EXTRA, which seals names and types of the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from mihari.formats.mavlink.checksum import crc
from mihari.formats.mavlink.units import Scale, scale

DEFINITIONS = Path(__file__).parent / "definitions"
CODES = {
    "char": "S", "uint8": "u1", "int8": "i1", "uint16": "<u2", "int16": "<i2", "uint32": "<u4", "int32": "<i4",
    "uint64": "<u8", "int64": "<i8", "float": "<f4", "double": "<f8",
}  # fmt: skip
STRUCT = {
    "char": "s", "uint8": "B", "int8": "b", "uint16": "H", "int16": "h", "uint32": "I", "int32": "i", "uint64": "Q",
    "int64": "q", "float": "f", "double": "d",
}  # fmt: skip
OF_C = {"float": "float", "double": "double", "char": "char"}  # the others end in _t


@dataclass(frozen=True)
class Field:
    """One field; `count` is 0 for a single value; `absent` the wire number that says "not known"."""

    name: str
    type: str
    count: int = 0
    unit: str = "-"
    absent: int | None = None
    extension: bool = False
    scale: Scale = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", scale(self.name, self.unit, self.type))

    @property
    def key(self) -> str:
        """Its name in dicts."""
        return self.scale.key

    @property
    def text(self) -> bool:
        """Whether it holds characters."""
        return self.type == "char" or self.unit == "text"

    @property
    def real(self) -> bool:
        """Whether it is a float on the wire."""
        return self.type in ("float", "double")

    @property
    def dtype(self) -> Any:
        """Of the field in an array of whole payloads."""
        if self.text:
            return np.dtype(f"S{max(self.count, 1)}")
        return np.dtype((CODES[self.type], (self.count,))) if self.count else np.dtype(CODES[self.type])

    @property
    def code(self) -> str:
        """As `struct` writes it."""
        return f"{max(self.count, 1)}s" if self.text else f"{self.count or ''}{STRUCT[self.type]}"

    @property
    def octets(self) -> int:
        """On the wire."""
        return int(self.dtype.itemsize)


@dataclass(frozen=True)
class Message:
    """A message: number, name, seal of its base fields, fields in wire order."""

    id: int
    name: str
    crc_extra: int
    fields: tuple[Field, ...]

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """Of an array of payloads without gaps."""
        return np.dtype([(f.name, f.dtype) for f in self.fields])

    @cached_property
    def size(self) -> int:
        """Octets of the payload with all extensions."""
        return sum(f.octets for f in self.fields)

    @cached_property
    def base(self) -> int:
        """Octets without extensions: the payload of MAVLink 1."""
        return sum(f.octets for f in self.fields if not f.extension)

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """Fields by their keys in dicts and by their own names."""
        return {f.name: f for f in self.fields} | {f.key: f for f in self.fields}

    @cached_property
    def framed(self) -> bool:
        """Whether the meaning of `x` and `y` depends on `frame`."""
        return any(f.unit == "frame" for f in self.fields)

    def sealed(self) -> int:
        """CRC_EXTRA as its definition gives it.

        >>> Message(77, "X", 0, (Field("command", "uint16"), Field("result", "uint8"))).sealed()
        196
        """
        text = self.name + " "
        octets = text.encode()
        for f in self.fields:
            if not f.extension:
                octets += f"{OF_C.get(f.type, f.type + '_t')} {f.name} ".encode()
                octets += bytes([f.count]) if f.count else b""
        sum = crc(octets)
        return (sum & 0xFF) ^ (sum >> 8)


LINE = re.compile(r"([-+]) (\w+?)(?:\[(\d+)\])? (\w+) (\S+)(?: absent=(-?\d+))?$")


def parse(text: str) -> list[Message]:
    """The messages of a definitions file.

    >>> [m] = parse("PONG 9 1\\n  - uint16 load mV absent=65535\\n  + char[4] word text")
    >>> m.fields[0].absent, m.fields[1].octets, m.fields[1].extension
    (65535, 4, True)
    """
    heads: list[tuple[str, int, int]] = []
    fields: list[list[Field]] = []
    for line in text.splitlines():
        if not line or line[0] == "#":
            continue
        if line[0] != " ":
            name, number, seal = line.split()
            heads.append((name, int(number), int(seal)))
            fields.append([])
            continue
        found = LINE.match(line.strip())
        if found is None:
            raise ValueError(f"MAVLink definitions: cannot read {line!r}")
        part, type, count, name, unit, absent = found.groups()
        none = int(absent) if absent else None
        fields[-1].append(Field(name, type, int(count or 0), unit, none, part == "+"))
    return [Message(n, name, seal, tuple(f)) for (name, n, seal), f in zip(heads, fields, strict=True)]


@cache
def own() -> dict[int, Message]:
    """The messages that have a definition of our own, by number."""
    return {m.id: m for m in parse((DEFINITIONS / "messages.txt").read_text("utf-8"))}
