"""What a category looks like on the wire: a tree of items, kept in the compact files of `definitions/`.

EUROCONTROL-SPEC-0149 (ASTERIX part 1) names the shapes: fixed, extended, repetitive, compound, explicit. The compact
files are made from the published machine-readable definitions by `spec.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

DEFINITIONS = Path(__file__).parent / "definitions"


@dataclass(frozen=True, slots=True)
class Element:
    """`bits` of one value; a quantity has a `scale` (of one raw unit, in `unit`s), a text names its alphabet."""

    bits: int
    signed: bool = False
    scale: float | None = None
    unit: str = ""
    text: str = ""
    table: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spare:
    """Bits without meaning, sent as zero."""

    bits: int


@dataclass(frozen=True, slots=True)
class Group:
    """Named parts that follow each other without gaps."""

    parts: tuple[Named | Spare, ...]


@dataclass(frozen=True, slots=True)
class Extended:
    """Parts of whole octets, each ending in an extension bit that says whether the next one follows."""

    parts: tuple[tuple[Named | Spare, ...], ...]


@dataclass(frozen=True, slots=True)
class Repetitive:
    """The same thing again: `count_octets` octets say how often, or (0) an extension bit after each."""

    count_octets: int
    content: Element | Group


@dataclass(frozen=True, slots=True)
class Compound:
    """Sub-items announced by their own field specification; `None` where no sub-item is defined."""

    parts: tuple[Named | None, ...]


@dataclass(frozen=True, slots=True)
class Explicit:
    """A length octet and bytes that the category does not define (RE, SP)."""


Content = Element | Group | Extended | Repetitive | Compound | Explicit


@dataclass(frozen=True, slots=True)
class Named:
    """A part with its name (`RHO`), title (`Measured Position`) and content."""

    name: str
    title: str
    content: Content


@dataclass(frozen=True, slots=True)
class Category:
    """One edition of a category; `uap[frn - 1]` is the item behind that bit of a record's field specification."""

    number: int
    edition: str
    title: str
    uap: tuple[Named | None, ...]

    def items(self) -> Iterator[Named]:
        """The defined items in the order of the field specification."""
        return (item for item in self.uap if item is not None)


def to_json(category: Category) -> str:
    """The compact file of a category, one item a line.

    >>> to_json(Category(250, "1.0", "Toy", (Named("010", "Source", Element(8)), None))).splitlines()[-2]
    ' ["010","Source",["element",{"bits":8}]],'
    """
    lines = [json.dumps(_pack_named(item), separators=(",", ":"), ensure_ascii=False) for item in category.uap]
    head = {"category": category.number, "edition": category.edition, "title": category.title}
    return json.dumps(head)[:-1] + ', "uap": [\n ' + ",\n ".join(lines) + "]}\n"


def from_json(text: str) -> Category:
    """The category in a compact file; one that is told by its difference to another (`like`) needs that file too."""
    read = json.loads(text)
    if "like" in read:
        newer = DEFINITIONS / f"cat{read['category']:03d}-{read['like']}.json"
        return _older(from_json(newer.read_text("utf-8")), read)
    uap = tuple(_unpack_named(item) for item in read["uap"])
    return Category(read["category"], read["edition"], read["title"], uap)


def _pack_named(part: Named | Spare | None) -> Any:
    if part is None:
        return None
    if isinstance(part, Spare):
        return part.bits
    return [part.name, part.title, _pack(part.content)]


def _pack(content: Content) -> Any:
    match content:
        case Element():
            given = {name: getattr(content, name) for name in Element.__slots__}
            return ["element", {name: value for name, value in given.items() if value or name == "bits"}]
        case Group(parts):
            return ["group", [_pack_named(p) for p in parts]]
        case Extended(groups):
            return ["extended", [[_pack_named(p) for p in parts] for parts in groups]]
        case Repetitive(count_octets, repeated):
            return ["repetitive", count_octets, _pack(repeated)]
        case Compound(subs):
            return ["compound", [_pack_named(p) for p in subs]]
        case _:
            return ["explicit"]


def _unpack_named(packed: Any) -> Named | None:
    return None if packed is None else Named(packed[0], packed[1], _unpack(packed[2]))


def _unpack_part(packed: Any) -> Named | Spare:
    return Spare(packed) if isinstance(packed, int) else Named(packed[0], packed[1], _unpack(packed[2]))


def _unpack(packed: Any) -> Content:
    kind = packed[0]
    if kind == "element":
        given = dict(packed[1])
        given["table"] = {int(value): meaning for value, meaning in given.get("table", {}).items()}
        return Element(**given)
    if kind == "group":
        return Group(tuple(_unpack_part(p) for p in packed[1]))
    if kind == "extended":
        return Extended(tuple(tuple(_unpack_part(p) for p in parts) for parts in packed[1]))
    if kind == "repetitive":
        content = _unpack(packed[2])
        assert isinstance(content, Element | Group)
        return Repetitive(packed[1], content)
    if kind == "compound":
        return Compound(tuple(_unpack_named(p) for p in packed[1]))
    return Explicit()


def _older(newer: Category, told: dict[str, Any]) -> Category:
    """An edition before `newer`: extended items had fewer `parts`, values were `unsigned`, tables ended earlier."""

    def change(named: Named, keys: tuple[str, ...]) -> Named:
        path = "/".join(keys)
        match named.content:
            case Extended(parts):
                return replace(named, content=Extended(parts[: told.get("parts", {}).get(path, len(parts))]))
            case Group():
                return replace(named, content=group(named.content, keys))
            case Element():
                return replace(named, content=element(named.content, path))
            case Repetitive(_, Element() as repeated):
                return replace(named, content=replace(named.content, content=element(repeated, path)))
            case Repetitive(_, Group() as repeated):
                return replace(named, content=replace(named.content, content=group(repeated, keys)))
        return named

    def group(content: Group, keys: tuple[str, ...]) -> Group:
        return Group(tuple(p if isinstance(p, Spare) else change(p, (*keys, p.name)) for p in content.parts))

    def element(content: Element, path: str) -> Element:
        last = told.get("meanings", {}).get(path)
        table = {value: meaning for value, meaning in content.table.items() if last is None or value <= last}
        signed = content.signed and path not in told.get("unsigned", ())
        return replace(content, signed=signed, table=table)

    uap = tuple(None if item is None else change(item, (item.name,)) for item in newer.uap)
    return Category(newer.number, told["edition"], newer.title, uap)
