"""tshark reads what we write clean, and shows the same value for every field, in the editions that it knows."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import made
from wireshark import needs_tshark, shown, tshark

from mihari.formats.asterix import encode, encode_north, encode_plots, encode_sector
from mihari.formats.asterix.definition import (
    Category,
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
from mihari.formats.asterix.editions import category

RECORDS = 300  # of a category
EDITIONS = [
    *((1, "1.4"), (2, "1.1"), (10, "1.1"), (15, "1.1"), (19, "1.3"), (20, "1.10"), (21, "2.6")),
    *((34, "1.29"), (48, "1.31"), (62, "1.19"), (63, "1.6"), (65, "1.5")),
]
# what tshark does its own way; docs/asterix.md says so too
RENAMED = {
    (48, "030"): "030_CODE",
    (1, "130"): "130_IND",
    (1, "030"): "030_WE",
    (15, "030"): "030_WE",
    (20, "030"): "030_WE",
    (2, "050"): "050_SCS",
    (2, "060"): "060_SPM",
    (2, "080"): "080_WE",
    (20, "250/BDSREGISTER"): "250_MBDATA",
}
JOINED = {  # EP and VAL, shown as one number
    *((48, "020/ADSB"), (48, "020/SCN"), (48, "020/PAI"), (21, "040/TBC"), (21, "040/MBC")),
}
FIRST = {  # of a list that extension bits continue, tshark shows the first and steps over the others
    *((48, "030"), (1, "130"), (1, "030"), (2, "050"), (2, "060"), (2, "080"), (15, "030"), (20, "030")),
}
HIDDEN = {(20, "020/CF")}
# what it cannot read: a track of 001 it takes for a plot; the extension bits of 062/510, in the third octet of each
# number, it looks for in the first; of 019/553 it reads one part; what RE and SP hold it knows, ours are any bytes
UNREAD = {(62, "510"), (19, "553"), (21, "RE"), (62, "RE"), (63, "RE"), (65, "RE"), (15, "SP"), (20, "RE")}
UNSIGNED = {(34, "120/HGT")}  # two's complement in the definition, shown without its sign
SIX_BITS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ".ljust(48) + "0123456789".ljust(16)  # ICAO annex 10 vol. IV, table 3-9
Part = Named | Spare | None
Leaf = tuple[str, Element, int]


def leaves(number: int, path: str, content: Content, value: Any) -> Iterator[Leaf]:
    """Every number of an item with its path and definition, in the order of the wire; no bytes of RE and SP."""
    match content:
        case Group() if (number, path) in JOINED:
            bits = sum(part.content.bits for part in content.parts if isinstance(part.content, Element))
            yield path, Element(bits), value["EP"] << bits - 1 | value["VAL"]
        case Element():
            if (number, path) not in HIDDEN:
                yield path, content, value
        case Extended(parts):
            yield from below(number, path, [p for part in parts for p in part], value)
        case Group(parts) | Compound(parts):
            yield from below(number, path, parts, value)
        case Repetitive(_, repeated):
            for one in value:
                yield from leaves(number, path, repeated, one)


def below(number: int, path: str, parts: Any, value: dict[str, Any]) -> Iterator[Leaf]:
    for part in parts:
        if isinstance(part, Named) and part.name in value:
            yield from leaves(number, f"{path}/{part.name}", part.content, value[part.name])


def everything(content: Content) -> Any:
    """A value with every part of `content`, all zero."""
    match content:
        case Element():
            return 0
        case Extended(parts):
            return {p.name: everything(p.content) for part in parts for p in part if isinstance(p, Named)}
        case Group(parts) | Compound(parts):
            return {p.name: everything(p.content) for p in parts if isinstance(p, Named)}
        case Repetitive(_, repeated):
            return [everything(repeated)]
        case Explicit():
            return b""


def numbers(definition: Category, items: dict[str, Any]) -> dict[str, list[tuple[Element, int]]]:
    """Path -> the numbers that a record holds there."""
    found: dict[str, list[tuple[Element, int]]] = {}
    for item in definition.items():
        if item.name in items:
            for path, element, value in leaves(definition.number, item.name, item.content, items[item.name]):
                found.setdefault(path, []).append((element, value))
    return found


def same(element: Element, value: int, text: str) -> bool:
    """Whether what is shown is this wire number: to half a unit of the wire where it is a quantity."""
    if element.text == "icao":
        codes = (value >> shift & 63 for shift in range(element.bits - 6, -1, -6))
        return text == "".join(SIX_BITS[code] for code in codes)
    if element.text == "ascii":
        return text == value.to_bytes(element.bits // 8, "big").decode("ascii")
    if element.scale is not None:
        return abs(float(text) - value * element.scale) < element.scale / 2
    return int(text, 16 if text.startswith("0x") else 10) == value


def wrong(number: int, path: str, values: list[tuple[Element, int]], texts: list[str]) -> str:
    """How the values of one field differ from what is shown; nothing when they are equal."""
    if (number, path) in FIRST:
        values = values[:1]
    if (number, path) in UNSIGNED:
        values = [(element, value % (1 << element.bits)) for element, value in values]
    equal = len(values) == len(texts) and all(same(*one, text) for one, text in zip(values, texts, strict=True))
    return "" if equal else f"{path}: {[value for _, value in values]} shown as {texts}"


def readable(definition: Category, rng: random.Random) -> dict[str, Any]:
    """Items of a random record, without what tshark cannot read."""
    while True:
        items = made.drawn_record(definition, rng)["items"]
        items = {name: value for name, value in items.items() if (definition.number, name) not in UNREAD}
        if items and not (definition.choice and items.get("020", {}).get("TYP", 0)):
            return {
                item.name: printable(item.content, items[item.name])
                for item in definition.items()
                if item.name in items
            }


def printable(content: Content, value: Any) -> Any:
    """The same with letters for eight-bit characters: others tshark shows in its own ways."""
    match content:
        case Element(text="ascii"):
            letters = (65 + octet % 26 for octet in value.to_bytes(content.bits // 8, "big"))
            return int.from_bytes(bytes(letters), "big")
        case Group(parts) | Compound(parts):
            named = {p.name: p.content for p in parts if isinstance(p, Named)}
            return {name: printable(named[name], one) for name, one in value.items()}
        case Repetitive(_, repeated):
            return [printable(repeated, one) for one in value]
    return value


@needs_tshark
@pytest.mark.parametrize(("number", "edition"), EDITIONS)
def test_tshark_shows_the_same_value_for_every_field_of_random_records(
    number: int, edition: str, tmp_path: Path
) -> None:
    definition, rng = category(number, edition), random.Random(number)
    records = [readable(definition, rng) for _ in range(RECORDS)]
    datagrams = [encode([{"category": number, "edition": edition, "items": items}]) for items in records]
    compared: Counter[str] = Counter()
    for items, told in zip(records, shown(tmp_path / "random.pcap", datagrams), strict=True):
        ours = numbers(definition, items)
        theirs = {path: told.pop(RENAMED.get((number, path), path.replace("/", "_")), []) for path in ours}
        assert [fault for path in ours if (fault := wrong(number, path, ours[path], theirs[path]))] == []
        assert told == {}, "shown, but not ours"
        compared.update({path: len(values) for path, values in ours.items()})
    there = [item for item in definition.uap if item is not None and (number, item.name) not in UNREAD]
    whole = {item.name: everything(item.content) for item in there}
    assert set(compared) == set(numbers(definition, whole))
    assert min(compared.values()) >= RECORDS // 25


@needs_tshark
@pytest.mark.parametrize(("number", "edition"), EDITIONS)
def test_tshark_finds_nothing_wrong_with_random_records(number: int, edition: str, tmp_path: Path) -> None:
    rng, definition = random.Random(number), category(number, edition)
    records = [{"category": number, "edition": edition, "items": readable(definition, rng)} for _ in range(RECORDS)]
    datagrams = [encode([record]) for record in records]
    told = tshark(tmp_path / "ours.pcap", datagrams, "-T", "fields", "-e", "_ws.malformed", "-e", "_ws.expert",
                  "-e", "frame.protocols")  # fmt: skip
    lines = told.splitlines()
    assert len(lines) == len(datagrams)
    assert all(line.endswith("asterix") and line.startswith("\t\t") for line in lines), told


@needs_tshark
def test_tshark_reads_the_simulators_datagrams_clean(tmp_path: Path) -> None:
    n = 500
    rng = np.random.default_rng(1)
    amplitude = np.where(np.arange(n) % 2, -70.0, np.nan)
    out = encode_plots(12, 34, rng.uniform(0, 86400, n), rng.uniform(0, 4e5, n), rng.uniform(0, 6.2, n), amplitude)
    out += [encode_sector(12, 34, 5.0, 1.0, 2.5, (24.5, 124.25, 30.0)), encode_north(12, 34, 6.0)]
    told = json.loads(tshark(tmp_path / "p.pcap", out, "-T", "json", "-J", "asterix _ws.malformed _ws.expert"))
    assert len(told) == len(out)
    assert "malformed" not in json.dumps(told)
    assert "expert" not in json.dumps(told)
