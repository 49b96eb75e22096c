"""Bytes of KLV -> `Decoded`: whole buffers (`decode_many`) and streams cut anywhere (`Decoder`). ST 0601, ST 0903.

Every numeric item of ST 0601 is a column of float64 over all sets, NaN where it is absent or says "out of range";
texts are kept by their place, as are nested sets and items without a meaning here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.klv import st0601, st0903
from mihari.formats.klv.kinds import Imapb, Number
from mihari.formats.klv.refused import REASONS
from mihari.formats.refusals import Refusals

LONGEST = 1 << 17  # octets of one local set; VMTI with image chips is the longest in use
STANDARDS = ("0601", "0903")
START = b"\x06\x0e\x2b\x34"  # of every universal key (SMPTE ST 298)


@dataclass(frozen=True, slots=True)
class Sets(Columns):
    """Where each local set is: place and octets in the buffer, offset in its stream, whose key, what was wrong."""

    at: Array = column("i8")
    size: Array = column("i8")
    offset: Array = column("i8")  # of its first octet since the decoder began
    standard: Array = column("i1")  # index into STANDARDS
    checksum_ok: Array = column("b")
    pts: Array = column("f8")  # s, of the MPEG-TS packet it began in; NaN without one
    pid: Array = column("i4")  # of the MPEG-TS stream
    first: Array = column("i8")  # its first row in `items`
    items: Array = column("i4")  # how many it has


class Decoded:
    """The local sets of some bytes. `decoded["sensor_lat_deg"]` is a column; `len` is the number of sets.

    `items`: (m, 3) int64, tag number, place of the value in `buffer`, its octets; sets in turn.
    """

    def __init__(self, buffer: bytes, sets: Sets, items: Array, values: Array, texts: Array) -> None:
        self.buffer, self.sets, self.items, self._values, self._texts = buffer, sets, items, values, texts

    def __len__(self) -> int:
        return len(self.sets)

    def __getitem__(self, name: str) -> Array:
        """(sets,) float64 of a numeric item of ST 0601; KeyError for a name that is none."""
        column: Array = self._values[st0601.SLOT[name]]
        return column

    @property
    def numbers(self) -> Array:
        """(numeric items of ST 0601, sets) float64; row `st0601.SLOT[name]` is the column of `name`."""
        return self._values

    def places(self, tag: int) -> tuple[Array, Array, Array]:
        """(set, place in the buffer, octets) of each item with this tag number."""
        rows = np.flatnonzero(self.items[:, 0] == tag)
        sets = np.searchsorted(self.sets.first, rows, side="right") - 1
        return sets, self.items[rows, 1], self.items[rows, 2]

    def octets(self, tag: int) -> list[bytes | None]:
        """The octets of an item (the last one where it came more than once) in each set, None where it did not come."""
        found: list[bytes | None] = [None] * len(self)
        for row, at, size in zip(*(a.tolist() for a in self.places(tag)), strict=True):
            found[row] = self.buffer[at : at + size]
        return found

    def texts(self, name: str) -> list[str | None]:
        """A text item of ST 0601 in each set (the first where it came twice); None where absent, empty or no UTF-8."""
        buffer = self.buffer
        return [
            _text(buffer[at : at + size]) if size else None for at, size in self._texts[st0601.TEXT_SLOT[name]].tolist()
        ]

    def replaced(self, sets: Sets) -> Decoded:
        """The same with another account of where its sets are from."""
        return Decoded(self.buffer, sets, self.items, self._values, self._texts)

    @classmethod
    def empty(cls) -> Decoded:
        """No sets."""
        none, texts = np.zeros((len(st0601.NUMBERS), 0)), np.zeros((len(st0601.TEXTS), 0, 2), np.int64)
        return cls(b"", Sets.empty(), np.zeros((0, 3), np.int64), none, texts)

    @classmethod
    def joined(cls, parts: Sequence[Decoded]) -> Decoded:
        """All sets of all parts, in their order."""
        parts = [part for part in parts if len(part)]
        if len(parts) < 2:
            return parts[0] if parts else cls.empty()
        sets, items, texts, octets, rows = [], [], [], 0, 0
        for part in parts:
            sets.append(part.sets.replace(at=part.sets.at + octets, first=part.sets.first + rows))
            items.append(part.items + np.array([0, octets, 0]))
            texts.append(part._texts + np.array([octets, 0]))
            octets += len(part.buffer)
            rows += len(part.items)
        values, texts_of_all = np.concatenate([p.numbers for p in parts], axis=1), np.concatenate(texts, axis=1)
        buffer = b"".join(p.buffer for p in parts)
        return cls(buffer, Sets.concatenate(sets), np.concatenate(items), values, texts_of_all)


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode() or None
    except UnicodeDecodeError:
        return None


@cache
def _tables() -> tuple[Array, Array, Array, Array]:
    """What the kernels are told: universal keys, slot of each tag, shapes and maps of each slot."""
    keys = np.array([list(st0601.KEY), list(st0903.KEY)], np.uint8)
    slot_of = np.full(max(item.tag for item in st0601.ITEMS) + 1, -1, np.int64)
    for slot, item in enumerate(st0601.NUMBERS + st0601.TEXTS):
        slot_of[item.tag] = slot
    shapes, maps = [], []
    for item in st0601.NUMBERS:
        kind: Any = item.kind
        shapes.append((kind.code, *_lengths(kind)))
        power = math.ceil(math.log2(kind.high - kind.low)) if isinstance(kind, Imapb) else 0
        maps.append((kind.scale, kind.low, kind.high, kind.factor, power))
    return keys, slot_of, np.array(shapes, np.int64), np.array(maps, np.float64)


def _lengths(kind: Number) -> tuple[int, int]:
    return (8, 1) if isinstance(kind, Imapb) else (kind.octets, kind.least or kind.octets)


def _decode(data: bytes, strict: bool, final: bool, base: int, refusals: Refusals) -> tuple[Decoded, int]:
    """All whole sets of `data`, and how many octets are dealt with; `base`: offset of the first in the stream."""
    from mihari.formats.klv import kernels  # brings Numba: not before the first decode

    keys, slot_of, shapes, maps = _tables()
    buffer = np.frombuffer(data, np.uint8)
    room = data.count(START) + 1
    found, refused = np.empty((room, 6), np.int64), np.empty((2 * room + 2, 3), np.int64)
    n, bad, taken = kernels.frame(buffer, keys, strict, final, LONGEST, found, refused)
    found = found[:n]
    m = int(found[:, kernels.ITEMS].sum())
    items, first = np.empty((m, 3), np.int64), np.empty(n + 1, np.int64)
    kernels.index(buffer, found, items, first)
    refused = np.concatenate([refused[:bad], np.empty((m, 3), np.int64)])
    values = np.full((len(shapes), n), np.nan)
    texts = np.zeros((len(st0601.TEXTS), n, 2), np.int64)
    seen = np.full(len(shapes) + len(texts), -1, np.int64)
    bad = kernels.numbers(buffer, found, items, first, slot_of, shapes, maps, values, texts, seen, refused, bad)
    for offset, length, reason in refused[:bad].tolist():
        refusals.add(base + offset, data[offset : offset + min(length, 64)], REASONS[reason], length)
    sets = Sets.of(
        n, at=found[:, 0], size=found[:, 1], offset=base + found[:, 0], standard=found[:, 3],
        checksum_ok=found[:, 4] != 0, first=first[:-1], items=found[:, 5],
    )  # fmt: skip
    return Decoded(data, sets, items, values, texts), taken


def decode_many(data: bytes, strict: bool = True, refusals: Refusals | None = None) -> Decoded:
    """All local sets of ST 0601 and ST 0903 in a whole buffer of KLV. Never raises for what the bytes hold.

    Not `strict`: sets whose checksum is wrong or missing are kept, told by `sets.checksum_ok`. What is refused is
    counted in `refusals`.

    >>> from mihari.formats.klv import encode
    >>> packet = encode({"time": 1.5e9, "platform_heading": 1.0, "mission_id": "A"})
    >>> decoded = decode_many(packet + b"junk" + packet)
    >>> len(decoded), decoded["time"].tolist(), decoded.texts("mission_id")
    (2, [1500000000.0, 1500000000.0], ['A', 'A'])
    """
    return _decode(data, strict, True, 0, Refusals() if refusals is None else refusals)[0]


class Decoder:
    """Local sets from a stream of KLV cut anywhere; holds at most `LONGEST` octets and a piece.

    >>> from mihari.formats.klv import encode
    >>> packet = encode({"time": 1.5e9, "sensor_true_altitude": 1000.0})
    >>> decoder = Decoder()
    >>> len(decoder.feed(packet[:20])), len(decoder.feed(packet[20:])), decoder.refused
    (0, 1, {})
    """

    def __init__(self, strict: bool = True, refusals: Refusals | None = None) -> None:
        self.strict = strict
        self.refusals = Refusals() if refusals is None else refusals
        self._rest = b""
        self._offset = 0  # of the first octet of `_rest` in the stream

    @property
    def refused(self) -> dict[str, int]:
        """How many pieces were refused, by reason."""
        return self.refusals.counts

    @property
    def offset(self) -> int:
        """Octets dealt with: where the set that is not whole yet begins."""
        return self._offset

    def feed(self, data: bytes) -> Decoded:
        """The sets that `data` completes."""
        return self._take(data, final=False)

    def finish(self) -> Decoded:
        """End of the stream: what is not whole is refused as truncated."""
        return self._take(b"", final=True)

    def _take(self, data: bytes, final: bool) -> Decoded:
        held = self._rest + data if self._rest else bytes(data)
        decoded, taken = _decode(held, self.strict, final, self._offset, self.refusals)
        self._rest = held[taken:]
        self._offset += taken
        return decoded
