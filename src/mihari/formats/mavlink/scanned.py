"""The frames of some bytes before they are sorted by message: what was refused, who may pass where keys are used."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.dialect import known
from mihari.formats.mavlink.frames import HEAD_V2, REASONS, SHORTEST, SIGNED, UNSIGNED, V2, sum_tables
from mihari.formats.mavlink.signing import Verifier
from mihari.formats.refusals import KEEP, KEEP_BYTES, Refusals, Refused


@cache
def _sums() -> Array:
    return sum_tables()


class Scanned:
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


class Guard:
    """Lets signed frames through that check, and unsigned ones only where that is allowed."""

    def __init__(self, key: bytes, unsigned: Collection[str], stamp: int) -> None:
        self.verifier, self.unsigned = Verifier(key, stamp), {known().row[name] for name in unsigned}

    def filter(self, scanned: Scanned, refusals: Refusals, start: int) -> None:
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
