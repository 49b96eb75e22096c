"""Sightings, one a vessel and half minute -> where a vessel was between two times, and who else was near a place."""

from __future__ import annotations

import numpy as np

from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.columns import Array

EVERY_S = 30.0  # as vessels are remembered
MOST = 20_000_000  # rows: 0.6 GB; a hundred vessels for two months
FOLD = 200  # batches that become one block; blocks are sorted in once they are half of what is kept
LEAST = 50_000  # rows


class Whereabouts:
    """All places that were told or seen, for drawing findings; `left_out`: how many came after it was full.

    >>> kept = Whereabouts()
    >>> kept.take(Sightings.of(3, key=[7, 7, 8], time=[0.0, 10.0, 40.0], lat_deg=26.0, lon_deg=127.0))
    >>> len(kept.between(0.0, 60.0)), kept.between(0.0, 60.0).key.tolist()
    (2, [7, 8])
    """

    def __init__(self, most: int = MOST) -> None:
        self.left_out = 0
        self._most, self._fresh, self._rows = most, list[Sightings](), 0
        self._kept = Sightings.empty()

    def take(self, sightings: Sightings) -> None:
        """As they come, in any order."""
        rows = sightings.take(sightings.kind != SightingKind.UNSEEN)
        if len(self._kept) + self._rows >= self._most:
            self.left_out += len(rows)
            return
        self._rows += len(rows)
        self._fresh.append(rows)
        if self._rows >= max(LEAST, len(self._kept) // 2):
            self._fold()
        elif len(self._fresh) % FOLD == 0:
            self._fresh[-FOLD:] = [Sightings.concatenate(self._fresh[-FOLD:])]

    def between(self, first: float, last: float) -> Sightings:
        """Those from `first` up to `last`, UTC s, in the order of their times."""
        self._fold()
        low, high = np.searchsorted(self._kept.time, [first, last])
        return self._kept.take(np.arange(low, high))

    def _fold(self) -> None:
        if not self._fresh:
            return
        rows = Sightings.concatenate([self._kept, *self._fresh])
        self._fresh, self._rows = [], 0
        rows = rows.take(np.argsort(rows.time, kind="stable"))
        self._kept = rows.take(_first_of_each(rows.key, np.floor(rows.time / EVERY_S).astype(np.int64)))


def _first_of_each(key: Array, bins: Array) -> Array:
    """Rows that are the first of their key and bin; in order."""
    order = np.lexsort((np.arange(len(key)), bins, key))
    first = np.ones(len(key), np.bool_)
    first[1:] = (np.diff(key[order]) != 0) | (np.diff(bins[order]) != 0)
    return np.asarray(np.sort(order[first]))
