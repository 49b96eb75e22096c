"""What a decoder refused: how often for which reason, and the last pieces with the place where they stood."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

KEEP = 64  # last refused pieces of one decoder
KEEP_BYTES = 64  # first bytes of each


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused piece: `offset` of its first byte since the decoder began, its length, why, its first bytes."""

    offset: int
    length: int
    reason: str
    data: bytes


class Refusals:
    """Counts by reason, pieces and bytes; keeps the last `KEEP` pieces. Bounded whatever comes.

    >>> refusals = Refusals()
    >>> refusals.add(17, b"\\x00\\x01", "checksum")
    >>> refusals.counts, refusals.octets, refusals.last[-1].offset
    ({'checksum': 1}, {'checksum': 2}, 17)
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.octets: dict[str, int] = {}
        self.last: deque[Refused] = deque(maxlen=KEEP)
        self._taken: dict[str, int] = {}

    def add(self, offset: int, data: bytes, reason: str, length: int | None = None) -> None:
        """Count one piece; `length` where `data` is only its beginning."""
        size = len(data) if length is None else length
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.octets[reason] = self.octets.get(reason, 0) + size
        self.last.append(Refused(offset, size, reason, bytes(data[:KEEP_BYTES])))

    def fresh(self) -> dict[str, int]:
        """Counts since the last call: what a feed's health is told.

        >>> refusals = Refusals(); refusals.add(0, b"x", "length")
        >>> refusals.fresh(), refusals.fresh()
        ({'length': 1}, {})
        """
        new = {r: n - self._taken.get(r, 0) for r, n in self.counts.items() if n > self._taken.get(r, 0)}
        self._taken = dict(self.counts)
        return new
