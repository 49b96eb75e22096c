"""Bytes of MAVLink -> a table a message: buffers and lists of datagrams (`decode_many`), streams (`Decoder`)."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.dialect import known
from mihari.formats.mavlink.frames import HEAD_V2, REASONS, SHORTEST, SIGNED, UNSIGNED, V2, sum_tables
from mihari.formats.mavlink.signing import Verifier
from mihari.formats.mavlink.table import Table
from mihari.formats.refusals import KEEP, KEEP_BYTES, Refusals, Refused

SENDERS = 1 << 16  # system << 8 | component
Datagrams = bytes | bytearray | memoryview | Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A frame of a message that no dialect here has, as it came: nothing can check it."""

    id: int
    sysid: int
    compid: int
    seq: int
    order: int
    offset: int
    datagram: int
    frame: bytes


@dataclass(frozen=True)
class Decoded:
    """What some bytes held: `tables` by the name of the message, frames of `unknown` messages, what was `refused`.

    `octets` are the bytes that the offsets of the tables point into, less `start`.
    """

    tables: dict[str, Table]
    unknown: tuple[Unknown, ...]
    refused: Refusals
    octets: bytes
    start: int = 0
    _seen: Array = field(default_factory=lambda: np.zeros((0, 4), np.int32), repr=False)

    def __len__(self) -> int:
        return sum(map(len, self.tables.values())) + len(self.unknown)

    def __getitem__(self, name: str) -> Table:
        """The table of a message that came; KeyError where none did."""
        return self.tables[name]

    def __contains__(self, name: object) -> bool:
        return name in self.tables

    @property
    def lost(self) -> dict[tuple[int, int], int]:
        """Messages that each (system, component) sent and that did not come, told by gaps in its packet numbers."""
        return lost(self._seen)


def lost(seen: Array) -> dict[tuple[int, int], int]:
    """(system, component) -> packets lost, of every sender."""
    senders = np.flatnonzero(seen[:, 1])
    return {(int(s) >> 8, int(s) & 0xFF): int(seen[s, 2]) for s in senders}


@cache
def _sums() -> Array:
    return sum_tables()


class _Scanned:
    """The frames of some bytes, still in the order of the bytes."""

    def __init__(self, octets: bytes, bounds: Array, final: bool) -> None:
        from mihari.formats.mavlink.kernels import scan

        self.octets, self.data = octets, np.frombuffer(octets, np.uint8)
        room = len(octets) // SHORTEST + 1
        place, slot, datagram = np.empty(room, np.int64), np.empty(room, np.int16), np.empty(room, np.int32)
        k = known()
        self.counts = np.zeros(len(k.ids), np.int64)
        self.refused, self.last = np.zeros((len(REASONS), 2), np.int64), np.empty((KEEP, 3), np.int64)
        n, self.done = scan(
            self.data, bounds, final, k.slot, k.seal, k.base, _sums(), place, slot, datagram, self.counts,
            self.refused, self.last,
        )  # fmt: skip
        self.place, self.slot, self.datagram = place[:n], slot[:n], datagram[:n]

    def frame(self, number: int) -> bytes:
        """The bytes of one frame."""
        p, octets = int(self.place[number]), self.octets
        if octets[p] != V2:
            return octets[p : p + SHORTEST + octets[p + 1]]
        return octets[p : p + HEAD_V2 + octets[p + 1] + (15 if octets[p + 2] & SIGNED else 2)]

    def keep(self, chosen: Array) -> None:
        """Let go of the frames that are not `chosen`."""
        gone = self.slot[~chosen]
        np.subtract.at(self.counts, gone[gone >= 0], 1)
        self.place, self.slot, self.datagram = self.place[chosen], self.slot[chosen], self.datagram[chosen]

    def tell(self, refusals: Refusals, start: int) -> None:
        """Add what was refused; places count from `start`."""
        if not self.refused[0, 0]:
            return
        for reason in range(1, len(REASONS)):
            pieces, octets = map(int, self.refused[reason])
            if pieces:
                name = REASONS[reason]
                refusals.counts[name] = refusals.counts.get(name, 0) + pieces
                refusals.octets[name] = refusals.octets.get(name, 0) + octets
        newest = int(self.refused[0, 0])
        for row in range(max(newest - KEEP, 0), newest):
            at, length, reason = map(int, self.last[row % KEEP])
            piece = self.octets[at : at + min(length, KEEP_BYTES)]
            refusals.last.append(Refused(start + at, length, REASONS[reason], piece))


class _Guard:
    """Lets signed frames through that check, and unsigned ones only where that is allowed."""

    def __init__(self, key: bytes, unsigned: Collection[str], stamp: int) -> None:
        self.verifier, self.unsigned = Verifier(key, stamp), {known().row[name] for name in unsigned}

    def filter(self, scanned: _Scanned, refusals: Refusals, start: int) -> None:
        """Refuse in place."""
        chosen = np.ones(len(scanned.place), np.bool_)
        for number, slot in enumerate(scanned.slot.tolist()):
            frame = scanned.frame(number)
            if frame[0] == V2 and frame[2] & SIGNED:
                fault = self.verifier.fault(frame, frame[5], frame[6])
            else:
                fault = 0 if slot in self.unsigned else UNSIGNED
            if fault:
                chosen[number] = False
                refusals.add(start + int(scanned.place[number]), frame, REASONS[fault])
        if not chosen.all():
            scanned.keep(chosen)


def _tables(scanned: _Scanned, start: int, seen: Array) -> dict[str, Table]:
    from mihari.formats.mavlink.kernels import gather

    k = known()
    slots = np.flatnonzero(scanned.counts)
    counts, sizes = scanned.counts[slots], k.size[slots]
    rows, octets = np.cumsum(counts), np.cumsum(counts * sizes)
    firsts, begins = rows - counts, octets - counts * sizes
    fill, base = np.zeros(len(k.ids), np.int64), np.zeros(len(k.ids), np.int64)
    fill[slots], base[slots] = firsts, begins - firsts * sizes
    n = int(rows[-1]) if len(rows) else 0
    order, offset, datagram = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int32)
    head, payloads = np.empty((n, 6), np.uint8), np.empty(int(octets[-1]) if len(rows) else 0, np.uint8)
    gather(
        scanned.data, scanned.place, scanned.slot, scanned.datagram, k.size, fill, base,
        (order, offset, datagram, head), payloads, seen,
    )  # fmt: skip
    if start:
        offset += start
    made = {}
    where = zip(slots.tolist(), firsts.tolist(), rows.tolist(), begins.tolist(), octets.tolist(), strict=True)
    for slot, a, b, first, last in where:
        made[k.names[slot]] = Table(slot, order[a:b], offset[a:b], datagram[a:b], head[a:b], payloads[first:last])
    return made


def _unknown(scanned: _Scanned, start: int) -> tuple[Unknown, ...]:
    if int(scanned.counts.sum()) == len(scanned.slot):
        return ()
    made = []
    for number in np.flatnonzero(scanned.slot < 0).tolist():
        frame = scanned.frame(number)
        if frame[0] == V2:
            seq, system, component, id = frame[4], frame[5], frame[6], int.from_bytes(frame[7:10], "little")
        else:
            seq, system, component, id = frame[2:6]
        place, datagram = start + int(scanned.place[number]), int(scanned.datagram[number])
        made.append(Unknown(id, system, component, seq, number, place, datagram, frame))
    return tuple(made)


def _bounds(datagrams: Datagrams) -> tuple[bytes, Array]:
    if isinstance(datagrams, bytes | bytearray | memoryview):
        octets = bytes(datagrams)
        return octets, np.array([0, len(octets)], np.int64)
    bounds = np.zeros(len(datagrams) + 1, np.int64)
    np.cumsum([len(d) for d in datagrams], out=bounds[1:])
    return b"".join(datagrams), bounds


def decode_many(
    datagrams: Datagrams, key: bytes | None = None, unsigned: Collection[str] = (), now: float = math.nan
) -> Decoded:
    """All messages of some datagrams, or of one buffer that holds frames one after the other.

    `key`: 32 bytes, then frames must be signed with it, except messages named in `unsigned`; `now`: UTC s here, for the
    age of the first signature of a sender. Without a key signatures are not checked.

    >>> frame = bytes.fromhex("fe0900010100000000000203510403") + b"\\0\\0"
    >>> decode_many(frame).refused.counts
    {'checksum': 1}
    """
    decoder = Decoder(key, unsigned)
    return decoder._take(*_bounds(datagrams), True, now)


class Decoder:
    """MAVLink from a stream of bytes cut anywhere. State is bounded whatever comes in.

    `refused` counts what was refused since it began, `lost` the packets that did not come. `key`, `unsigned`: as in
    `decode_many`; `stamp`: the newest signature's timestamp known from an earlier run.

    >>> from mihari.formats.mavlink.encode import encode
    >>> frame = encode({"message": "MISSION_ITEM_REACHED", "sysid": 7, "compid": 1, "seq": 3})
    >>> decoder = Decoder()
    >>> len(decoder.feed(frame[:9])), decoder.feed(frame[9:])["MISSION_ITEM_REACHED"].raw("seq").tolist()
    (0, [3])
    """

    def __init__(self, key: bytes | None = None, unsigned: Collection[str] = (), stamp: int = 0) -> None:
        self.refused = Refusals()
        self.messages = 0
        self._guard = None if key is None else _Guard(key, unsigned, stamp)
        self._seen = np.zeros((SENDERS, 4), np.int32)
        self._rest, self._offset = b"", 0

    @property
    def lost(self) -> dict[tuple[int, int], int]:
        """Packets that each (system, component) sent and that did not come."""
        return lost(self._seen)

    @property
    def stamp(self) -> int:
        """The newest signature's timestamp, to be kept for the next run; 0 without a key."""
        return 0 if self._guard is None else self._guard.verifier.stamp

    def feed(self, data: bytes, received: float = math.nan, complete: bool = False) -> Decoded:
        """The messages that `data` completes; `received`: UTC s; `complete`: it ends a frame, as a datagram does."""
        octets = self._rest + data if self._rest else bytes(data)
        return self._take(octets, np.array([0, len(octets)], np.int64), complete, received)

    def finish(self) -> Decoded:
        """End of the stream: what has begun and not ended is refused as truncated."""
        return self.feed(b"", complete=True)

    def _take(self, octets: bytes, bounds: Array, final: bool, now: float) -> Decoded:
        start, scanned = self._offset, _Scanned(octets, bounds, final)
        scanned.tell(self.refused, start)
        if self._guard is not None:
            self._guard.verifier.heard(now)
            self._guard.filter(scanned, self.refused, start)
        done: Any = len(octets) if final else scanned.done
        self._rest, self._offset = octets[done:], start + done
        self.messages += len(scanned.place)
        tables = _tables(scanned, start, self._seen)
        return Decoded(tables, _unknown(scanned, start), self.refused, octets, start, self._seen)
