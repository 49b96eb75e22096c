"""Inputs as they come -> inputs, where those of a feed with a reorder lag wait until so much time has passed.

For a feed whose reports are always some seconds late and out of order: it is cheaper to wait for them than to go back
for each. They come out by their times, with the ticks; the archive keeps them as they come out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from mihari.core.reports import Batch, Input, Sector, Tick
from mihari.joining import joined

AHEAD_S = 60.0  # a time so far ahead of the tick is wrong, and nothing waits for it


class Reordering:
    """`lags`: s by feed; feeds that are not in it do not wait.

    >>> from mihari.core.reports import Reports
    >>> waiting = Reordering({0: 5.0})
    >>> waiting.take(Batch(Reports.of(2, feed=0, time=[9.0, 7.0]))), waiting.take(Tick(12.0))[0].reports.time.tolist()
    ([], [7.0])
    >>> [type(one).__name__ for one in waiting.take(Tick(14.0))]
    ['Batch', 'Tick']
    """

    def __init__(self, lags: Mapping[int, float] | None = None) -> None:
        self.lags = dict(lags or {})
        self._batches: dict[int, Batch] = {}
        self._sectors: list[tuple[float, int, Sector]] = []  # when they come out, and their number
        self._feed_of: dict[int, int] = {}  # of sensors: an empty sector does not tell
        self._number = 0

    def take(self, given: Input) -> list[Input]:
        """One input; those that come out now, in their order."""
        if isinstance(given, Tick):
            return [*self._due(given.time), given] if self._batches or self._sectors else [given]
        if not self.lags:
            return [given]
        return self._sector(given) if isinstance(given, Sector) else self._batch(given)

    def flush(self) -> list[Input]:
        """All that waits."""
        return self._due(math.inf)

    def _sector(self, given: Sector) -> list[Input]:
        if len(given.reports):
            self._feed_of[given.sensor] = int(given.reports.feed[0])
        lag = self.lags.get(self._feed_of.get(given.sensor, -1), 0.0)
        if not lag or not math.isfinite(given.time):
            return [given]
        self._number += 1
        self._sectors.append((given.time + lag, self._number, given))
        return []

    def _batch(self, given: Batch) -> list[Input]:
        feed = int(given.reports.feed[0]) if len(given.reports) else -1
        if not self.lags.get(feed, 0.0):
            return [given]
        held = self._batches.get(feed)
        self._batches[feed] = given if held is None else joined([held, given])
        return []

    def _due(self, time: float) -> list[Input]:
        found: list[tuple[float, int, Input]] = []
        for feed, batch in list(self._batches.items()):
            times, lag = batch.reports.time, self.lags.get(feed, 0.0)
            out = ~np.isfinite(times) | (times + lag <= time) | (times > time + AHEAD_S)
            if out.any():
                del self._batches[feed]
                if not out.all():
                    self._batches[feed] = _part(batch, np.flatnonzero(~out))
                rows = np.flatnonzero(out)
                come = _part(batch, rows[np.argsort(times[rows], kind="stable")])
                found.append((float(come.reports.time[0]) + lag, 0, come))
        found += [one for one in self._sectors if one[0] <= time or one[2].time > time + AHEAD_S]
        self._sectors = [one for one in self._sectors if not (one[0] <= time or one[2].time > time + AHEAD_S)]
        return [one for _, _, one in sorted(found, key=lambda each: each[:2])]


def _part(batch: Batch, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Batch:
    """Some reports with the claims they point into."""
    reports = batch.reports.take(rows)
    pointed, place = np.unique(reports.claim[reports.claim >= 0], return_inverse=True)
    claim = reports.claim.copy()
    claim[claim >= 0] = place
    return Batch(reports.replace(claim=claim), batch.claims.take(pointed))
