"""Bytes of MAVLink -> a table a message: buffers and lists of datagrams (`decode_many`), streams (`Decoder`)."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.decoded import Decoded, Unknown, lost
from mihari.formats.mavlink.dialect import known
from mihari.formats.mavlink.frames import V2
from mihari.formats.mavlink.scanned import Guard, Scanned
from mihari.formats.mavlink.table import Table
from mihari.formats.refusals import Refusals

SENDERS = 1 << 16  # system << 8 | component
Datagrams = bytes | bytearray | memoryview | Sequence[bytes]


def _tables(scanned: Scanned, start: int, seen: Array) -> dict[str, Table]:
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


def _unknown(scanned: Scanned, start: int) -> tuple[Unknown, ...]:
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
        self._guard = None if key is None else Guard(key, unsigned, stamp)
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
        start, scanned = self._offset, Scanned(octets, bounds, final)
        scanned.tell(self.refused, start)
        if self._guard is not None:
            self._guard.verifier.heard(now)
            self._guard.filter(scanned, self.refused, start)
        done: Any = len(octets) if final else scanned.done
        self._rest, self._offset = octets[done:], start + done
        self.messages += len(scanned.place)
        tables = _tables(scanned, start, self._seen)
        return Decoded(tables, _unknown(scanned, start), self.refused, octets, start, self._seen)
