"""FMT-4: ASTERIX 062 to columns against asterix-decoder (C++), on a made-up picture of system tracks.

Every record has the items that a centre usually sends (20 to 25 of the 28, with 13 to 29 sub-items of 380), in edition
1.18, the one that the peer has; some in fewer, so that there are a few dozen shapes. Ours decodes one buffer of
datagrams with their offsets, every value of every record to columns; the peer gets one datagram a call, verbose off, in
a venv of its own (see `benchmarks/asterix.py`), and makes a dict of every value. Values are compared first.

    python -m benchmarks.formats_asterix [--json]
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.asterix import Peer
from benchmarks.harness import Row, report
from mihari.formats.asterix import Editions, decode_many, encode, to_dicts
from mihari.formats.asterix.definition import Compound, Content, Element, Extended, Group, Named, Repetitive
from mihari.formats.asterix.editions import category

EDITION = "1.18"
KINDS, RECORDS, RUNS = 600, 200_000, 7
IN_DATAGRAM = 6  # of about 190 octets each
SOMETIMES = ("245", "110", "120", "270", "300", "390", "510", "340", "220", "130")  # the others are in every record
NEVER = ("RE", "SP")

REGISTERS = ("MB", "BDSDATA", "ACS")  # of 380: the peer cuts up what Comm-B registers hold, ours leaves the bits
SIX_BITS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ".ljust(48) + "0123456789".ljust(16)  # ICAO annex 10 vol. IV


def drawn(content: Content, rng: random.Random, share: float) -> Any:
    """A value of random bits, with a `share` of the sub-items; lists of one or two."""
    match content:
        case Element(text="ascii"):
            return int.from_bytes(bytes(rng.choices(b"ABCDEFGH0123", k=content.bits // 8)), "big")
        case Element():
            return rng.getrandbits(content.bits) - (1 << content.bits - 1 if content.signed else 0)
        case Group(parts):
            return {p.name: drawn(p.content, rng, share) for p in parts if isinstance(p, Named)}
        case Extended(parts):
            return {p.name: drawn(p.content, rng, share) for part in parts for p in part if isinstance(p, Named)}
        case Repetitive(_, repeated):
            return [drawn(repeated, rng, share) for _ in range(rng.randint(1, 2))]
        case Compound(parts):
            return {p.name: drawn(p.content, rng, share) for p in parts if p is not None and rng.random() < share}
    raise TypeError(content)


def records(rng: random.Random) -> list[dict[str, Any]]:
    """`KINDS` records; which items and sub-items one has is drawn from 40 shapes."""
    definition = category(62, EDITION)
    shapes = [rng.getrandbits(32) for _ in range(40)]
    made = []
    for _ in range(KINDS):
        shape = random.Random(rng.choice(shapes))
        items = {}
        for item in definition.items():
            if item.name in NEVER or (item.name in SOMETIMES and shape.random() < 0.4):
                continue
            value = drawn(item.content, rng, 1.0)
            if isinstance(item.content, Compound):  # more than half of the sub-items
                value = {name: one for name, one in value.items() if shape.random() < 0.7}
            items[item.name] = value
        items |= {"010": {"SAC": 25, "SIC": 7}, "070": rng.randrange(86400 * 128)}
        items["105"] = {"LAT": rng.randrange(-(1 << 24), 1 << 24), "LON": rng.randrange(-(1 << 25), 1 << 25)}
        made.append({"category": 62, "edition": EDITION, "items": items})
    return made


def ours_of(content: Content, value: Any) -> Iterator[tuple[Element, int]]:
    """Every number below an item of ours, in the order of the wire."""
    match content:
        case Element():
            yield content, value
        case Extended(parts):
            yield from below([p for part in parts for p in part], value)
        case Group(parts) | Compound(parts):
            yield from below(parts, value)
        case Repetitive(_, repeated):
            for one in value:
                yield from ours_of(repeated, one)


def below(parts: Sequence[Any], value: dict[str, Any]) -> Iterator[tuple[Element, int]]:
    for part in parts:
        if isinstance(part, Named) and part.name in value and part.name not in REGISTERS:
            yield from ours_of(part.content, value[part.name])


def theirs_of(tree: Any) -> Iterator[Any]:
    """Every value below an item of the peer's, in its order, which is that of the wire."""
    if isinstance(tree, list):
        for one in tree:
            yield from theirs_of(one)
    elif "val" in tree:
        yield tree["val"]
    else:
        for name, one in tree.items():
            if name not in ("spare", "FX", *REGISTERS):
                yield from theirs_of(one)


def same(element: Element, raw: int, told: Any) -> bool:
    """Whether a value of the peer's is this wire number of ours."""
    if isinstance(told, str):
        if element.text == "octal":
            return int(told, 8) == raw
        if element.text == "icao":
            return told.rstrip() == "".join(SIX_BITS[raw >> shift & 63] for shift in range(42, -1, -6)).rstrip()
        return raw.to_bytes(element.bits // 8, "big") in (told.encode("ascii", "replace"), bytes.fromhex(hexed(told)))
    if element.bits == 6 and told < 0:  # 380/TID/TCPN: a number, the peer takes it for signed
        told += 64
    units = (1.0, 100.0) if element.unit == "FL" else (1.0,)  # some flight levels it tells in feet
    return any(abs(told - raw * (element.scale or 1.0) * unit) <= 1e-6 * max(1.0, abs(told)) for unit in units)


def hexed(text: str) -> str:
    return text if len(text) % 2 == 0 and all(c in "0123456789ABCDEFabcdef" for c in text) else ""


def differences(mine: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> tuple[int, list[str]]:
    """How many values were compared, and the items of which one differs."""
    compared, found = 0, set() if len(mine) == len(theirs) else {"number of records"}
    contents = {item.name: item.content for item in category(62, EDITION).items()}
    for one, other in zip(mine, theirs, strict=False):
        names = {name[1:] for name in other if name.startswith("I")}
        found |= names ^ set(one["items"])
        for name in names & set(one["items"]):
            ours, told = list(ours_of(contents[name], one["items"][name])), list(theirs_of(other["I" + name]))
            equal = len(ours) == len(told) and all(same(*mine_, t) for mine_, t in zip(ours, told, strict=True))
            compared += len(ours)
            found |= set() if equal else {name}
    return compared, sorted(found)


def rows() -> list[Row]:
    """FMT-4."""
    made, editions = records(random.Random(62)), Editions(default={62: EDITION})
    datagrams = [encode(made[i : i + IN_DATAGRAM]) for i in range(0, KINDS, IN_DATAGRAM)]
    decoded = decode_many(datagrams, editions=editions)
    (table,) = decoded.of(62)
    peer = Peer(datagrams)
    compared, wrong = differences(to_dicts(decoded), peer.records)
    if wrong or decoded.counts:
        raise SystemExit(f"FMT-4: values differ from the peer's: {', '.join([*wrong, *decoded.counts])}")
    many = datagrams * (RECORDS // KINDS)
    data = b"".join(many)
    offsets = np.concatenate([[0], np.cumsum([len(d) for d in many])])
    peer.seconds_per_record()
    timed = []
    for _ in range(RUNS):
        start, cpu = time.perf_counter(), time.process_time()
        n = len(decode_many(data, offsets, editions))
        mine = (time.perf_counter() - start) / n, (time.process_time() - cpu) / n
        timed.append((*mine, *peer.seconds_per_record()))
    peer.close()
    ours, our_cpu, theirs, their_cpu = (statistics.median(column) for column in zip(*timed, strict=True))
    values = sum(len(table.cells(path).raw) for path in table.paths if "#" not in path) / len(table)
    what = f"ASTERIX 062, {n} records of {len(data) / n:.0f} octets and {values:.0f} values to columns, against"
    what += f" asterix-decoder ({compared} values equal): s per record ({their_cpu / our_cpu:.0f} x in processor time)"
    return [Row("FMT-4", what, ours, theirs, theirs / ours, 50.0, ">=")]


if __name__ == "__main__":
    sys.exit(report(rows()))
