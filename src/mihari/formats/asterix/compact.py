"""The compact files of `definitions/`: categories as JSON, one item a line.

An edition may be told by its difference to another one (`like`): the items that differ, and the order of the field
specification where that differs. `older` finds the difference, `from_json` puts it in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

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
)

Names = list[str | None]


def to_json(category: Category) -> str:
    """The compact file of a category, one item a line.

    >>> to_json(Category(250, "1.0", "Toy", (Named("010", "Source", Element(8)), None))).splitlines()[1]
    ' ["010","Source",["element",{"bits":8}]]], "uaps": [["010", null]]}'
    """
    return _written(_head(category), category.items(), _order(category))


def older(category: Category, newer: Category) -> str:
    """The compact file of `category` as its difference to `newer`."""
    known = {item.name: item for item in newer.items()}
    changed = [item for item in category.items() if known.get(item.name) != item]
    order = None if _order(category) == _order(newer) else _order(category)
    return _written(_head(category) | {"like": newer.edition}, changed, order)


def from_json(text: str) -> Category:
    """The category in a compact file; one that is told by its difference to another (`like`) needs that file too."""
    read = json.loads(text)
    items = {packed[0]: Named(packed[0], packed[1], _unpack(packed[2])) for packed in read["items"]}
    order = read.get("uaps")
    if "like" in read:
        path = DEFINITIONS / f"cat{read['category']:03d}-{read['like']}.json"
        newer = from_json(path.read_text("utf-8"))
        items = {item.name: item for item in newer.items()} | items
        order = order or _order(newer)
    uaps = tuple(tuple(None if name is None else items[name] for name in names) for names in order)
    item, part = read.get("choice", ("", ""))
    choice = Choice(item, part, uaps) if item else None
    return Category(read["category"], read["edition"], read["title"], uaps[0], choice)


def _head(category: Category) -> dict[str, Any]:
    head = {"category": category.number, "edition": category.edition, "title": category.title}
    return head | ({"choice": [category.choice.item, category.choice.part]} if category.choice else {})


def _order(category: Category) -> list[Names]:
    return [[None if item is None else item.name for item in uap] for uap in category.uaps]


def _written(head: dict[str, Any], items: Iterable[Named], order: list[Names] | None) -> str:
    lines = [json.dumps(_pack_named(item), separators=(",", ":"), ensure_ascii=False) for item in items]
    text = json.dumps(head)[:-1] + ', "items": [\n ' + ",\n ".join(lines) + "]"
    return text + (f', "uaps": {json.dumps(order)}' if order else "") + "}\n"


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
        case Extended(groups, closed):
            return ["closed" if closed else "extended", [[_pack_named(p) for p in parts] for parts in groups]]
        case Repetitive(count_octets, repeated):
            return ["repetitive", count_octets, _pack(repeated)]
        case Compound(subs):
            return ["compound", [_pack_named(p) for p in subs]]
        case _:
            return ["explicit"]


def _unpack_named(packed: Any) -> Named | None:
    return None if packed is None else Named(packed[0], packed[1], _unpack(packed[2]))


def _unpack_parts(packed: Sequence[Any]) -> tuple[Named | Spare, ...]:
    return tuple(Spare(p) if isinstance(p, int) else Named(p[0], p[1], _unpack(p[2])) for p in packed)


def _unpack(packed: Any) -> Content:
    kind = packed[0]
    if kind == "element":
        return _unpack_element(dict(packed[1]))
    if kind == "group":
        return Group(_unpack_parts(packed[1]))
    if kind in ("extended", "closed"):
        return Extended(tuple(map(_unpack_parts, packed[1])), kind == "closed")
    if kind == "repetitive":
        content = _unpack(packed[2])
        assert isinstance(content, Element | Group)
        return Repetitive(packed[1], content)
    if kind == "compound":
        return Compound(tuple(map(_unpack_named, packed[1])))
    return Explicit()


def _unpack_element(given: dict[str, Any]) -> Element:
    given["table"] = {int(value): meaning for value, meaning in given.get("table", {}).items()}
    given["cases"] = {int(value): (scale, unit) for value, (scale, unit) in given.get("cases", {}).items()}
    return Element(**given)
