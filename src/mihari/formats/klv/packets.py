"""Bytes -> the packets of 188 octets of an MPEG transport stream, resynchronised. ISO/IEC 13818-1, 2.4.3.2.

Packets are found three in a row; once found, each that keeps the sync octet is taken. What lies between is refused as
"sync"; as "packet_size" where the packets are longer (192 of M2TS, 204 with check octets: not read here).
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.formats.refusals import Refusals

SIZE, SYNC = 188, 0x47
LONGER = (192, 204)
IN_A_ROW = 3  # packets that must follow each other to be believed
HELD = IN_A_ROW * max(LONGER) + 1  # most octets that wait


class Packets:
    """Whole packets as an (n, 188) array a call; holds at most `HELD` octets."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._rest = b""
        self._offset = 0  # of the first octet of `_rest` in the stream
        self._locked = False

    def feed(self, data: bytes, final: bool = False) -> list[tuple[int, Array]]:
        """(offset of the first, (n, 188) uint8) for each run of packets; `final`: fewer at the end will do."""
        data = self._rest + data if self._rest else data
        runs, at = [], 0
        while len(data) - at >= SIZE:
            if not self._locked:
                begin = _lock(data, at, final)
                whole = begin >= 0
                if not whole:
                    begin = max(len(data) - HELD, at) if not final else len(data)
                self._skip(data, at, begin)
                at = begin
                if not whole:
                    break
                self._locked = True
            n = (len(data) - at) // SIZE
            rows = np.frombuffer(data, np.uint8, n * SIZE, at).reshape(n, SIZE)
            wrong = np.flatnonzero(rows[:, 0] != SYNC)
            good = int(wrong[0]) if len(wrong) else n
            if good:
                runs.append((self._offset + at, rows[:good]))
                at += good * SIZE
            if len(wrong):
                self._locked = False
        if final:
            self._skip(data, at, len(data))
            at = len(data)
        self._rest, self._offset = data[at:], self._offset + at
        return runs

    def _skip(self, data: bytes, at: int, to: int) -> None:
        if to <= at:
            return
        longer = any(_follow(data, p, size) for size in LONGER for p in range(at, min(at + size, to)))
        self._refusals.add(self._offset + at, data[at : min(to, at + 64)], "packet_size" if longer else "sync", to - at)


def _lock(data: bytes, at: int, final: bool) -> int:
    """Where packets begin that follow each other; -1 where none are seen yet."""
    p = data.find(SYNC, at)
    while p >= 0 and p + SIZE <= len(data):
        if _follow(data, p, SIZE) or (final and _to_the_end(data, p)):
            return p
        p = data.find(SYNC, p + 1)
    return -1


def _follow(data: bytes, p: int, size: int) -> bool:
    last = p + (IN_A_ROW - 1) * size
    return last < len(data) and all(data[q] == SYNC for q in range(p, last + 1, size))


def _to_the_end(data: bytes, p: int) -> bool:
    """Nothing but whole packets is left."""
    return (len(data) - p) % SIZE == 0 and all(data[q] == SYNC for q in range(p, len(data), SIZE))
