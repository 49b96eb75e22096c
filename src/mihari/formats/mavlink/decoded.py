"""What decoding gives: a table a message, frames of unknown messages, what was refused, which packets did not come."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.table import Table
from mihari.formats.refusals import Refusals


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
