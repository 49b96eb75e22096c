"""AIS reports of several stations -> the same reports, each message once: a repeat is a witness, no evidence.

Coastal AIS stations overlap: one transmission (ITU-R M.1371-5) comes in from each station that hears it, with the same
payload bits. The first to arrive is the report; the others become AIS_REPEAT, which tells who else hears the vessel.
Counted twice, one position would look like two measurements, and the vessel surer of its place than it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import StationCounts
from mihari.core.reports import Batch, ReportKind, Sector, Tick

WINDOW_S = 20.0  # networks deliver within seconds; the same bits again after a minute are another transmission
AGAIN_S = 0.5  # a datagram that comes twice does so at once; no AIS device repeats itself within a second
LIMIT = 4096  # stations counted one by one; all further ones share the last place
_COUNTS = ("heard", "first", "witnessed", "repeated")
_NONE: Array = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Messages that two stations brought: (n,) places in `Witnesses.stations`, and s by which the second is ahead."""

    first: Array = field(default_factory=lambda: _NONE)
    second: Array = field(default_factory=lambda: _NONE)
    ahead: Array = field(default_factory=lambda: _NONE)


class Witnesses:
    """Recognises messages that several (feed, sensor) bring. Deterministic, bounded; time is that of receipt.

    >>> from mihari.core.reports import Claims, Reports
    >>> def heard(station, received):
    ...     return Batch(Reports.of(1, feed=0, sensor=station, received=received, time=received, key=77, kind=1))
    >>> witnesses = Witnesses()
    >>> [int(witnesses.take(heard(*told)).reports.kind[0]) for told in ((0, 10.0), (1, 10.3), (0, 10.4), (0, 16.0))]
    [1, 6, 6, 1]
    >>> witnesses.counts()[0, 0]
    StationCounts(heard=3, first=2, witnessed=1, repeated=1, alone=1)
    """

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self.window_s = window_s
        self.stations: dict[tuple[int, int], int] = {}  # (feed, sensor) -> place
        self.pairs = Pairs()  # of the last batch taken
        self._table: Array | None = None
        self._number = 0
        self._counts: Array = np.zeros((len(_COUNTS), 8), np.int64)

    def take(self, given: Any) -> Any:
        """An input with its repeats marked; sectors, ticks and batches without repeats come back as they are."""
        self.pairs = Pairs()
        if isinstance(given, Sector | Tick) or not given.reports.key.any():
            return given
        return self._take(given)

    def _take(self, batch: Batch) -> Batch:
        reports = batch.reports
        stations = self._places(reports.feed, reports.sensor)
        verdict, first, ahead = self._judge(reports.key, stations, reports.received, reports.time)
        met = np.flatnonzero(first >= 0)
        self.pairs = Pairs(first[met], stations[met], ahead[met])
        if not verdict.any():
            return batch
        kind = np.where(verdict > 0, ReportKind.AIS_REPEAT, reports.kind)
        return Batch(reports.replace(kind=kind), batch.claims)

    def counts(self) -> dict[tuple[int, int], StationCounts]:
        """(feed, sensor) -> what that station brought."""
        rows = self._counts.T.tolist()
        return {
            who: StationCounts(heard, first, witnessed, repeated, heard - witnessed - repeated)
            for who, (heard, first, witnessed, repeated) in zip(self.stations, rows, strict=False)
        }

    def _judge(self, keys: Array, stations: Array, received: Array, told: Array) -> tuple[Array, Array, Array]:
        from mihari.feeds.witness_table import judge, new_table

        if self._table is None:
            self._table = new_table()
        n = len(keys)
        out = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n)
        judge(self._table, keys, stations, received, told, self.window_s, AGAIN_S, self._number, *out, self._counts)
        self._number += n
        return out

    def _places(self, feed: Array, sensor: Array) -> Array:
        """The place of each report's station; new stations are added."""
        pairs = feed.astype(np.int64) << 16 | (sensor.astype(np.int64) & 0xFFFF)
        if (pairs == pairs[0]).all():  # most live batches
            return np.full(len(pairs), self._place(int(feed[0]), int(sensor[0])))
        seen, inverse = np.unique(pairs, return_inverse=True)
        places = [self._place(pair >> 16, ((pair & 0xFFFF) ^ 0x8000) - 0x8000) for pair in seen.tolist()]
        return np.array(places, np.int64)[inverse]

    def _place(self, feed: int, sensor: int) -> int:
        found = self.stations.get((feed, sensor))
        if found is not None:
            return found
        place = min(len(self.stations), LIMIT - 1)
        if len(self.stations) < LIMIT:
            self.stations[feed, sensor] = place
        if place >= self._counts.shape[1]:
            self._counts = np.pad(self._counts, ((0, 0), (0, self._counts.shape[1])))
        return place
