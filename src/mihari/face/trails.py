"""Where each vessel has been lately: a ring of decimated past positions per slot, for first load and `/trail`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

POINTS = 96
INTERVAL = 100  # 0.1 s: a point every 10 s at most, so a moving vessel's ring holds 16 minutes or more
STEP = 2000  # 1e-7 degree, about 22 m: one at anchor does not wash its own past away

Slots = NDArray[np.intp]


class Trails:
    """`POINTS` past positions per slot: time (0.1 s since the state's base), lat, lon (1e-7 degree)."""

    def __init__(self, slots: int = 0) -> None:
        self._time = np.zeros((slots, POINTS), np.uint32)
        self._place = np.zeros((slots, POINTS, 2), np.int32)
        self._count = np.zeros(slots, np.int64)

    def grow(self, slots: int) -> None:
        """Make room for `slots` vessels."""
        more = slots - len(self._count)
        self._time = np.concatenate([self._time, np.zeros((more, POINTS), np.uint32)])
        self._place = np.concatenate([self._place, np.zeros((more, POINTS, 2), np.int32)])
        self._count = np.concatenate([self._count, np.zeros(more, np.int64)])

    def forget(self, slots: Any) -> None:
        """Empty the rings of these slots."""
        self._count[slots] = 0

    def add(self, slots: Slots, time: NDArray[np.uint32], lat: NDArray[np.int32], lon: NDArray[np.int32]) -> None:
        """Keep the positions that are late enough and far enough from the last one kept; each slot once."""
        last = (self._count[slots] - 1) % POINTS
        first = self._count[slots] == 0
        late = time.astype(np.int64) - self._time[slots, last] >= INTERVAL
        candidates = np.flatnonzero(first | late)
        if not len(candidates):
            return
        chosen, at = slots[candidates], last[candidates]
        here = np.stack([lat[candidates], lon[candidates]], axis=1)
        moved = np.abs(here.astype(np.int64) - self._place[chosen, at]).sum(axis=1) >= STEP
        keep = moved | first[candidates]
        chosen, here = chosen[keep], here[keep]
        at = self._count[chosen] % POINTS
        self._time[chosen, at], self._place[chosen, at] = time[candidates][keep], here
        self._count[chosen] += 1

    def of(self, slot: int) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Times (n,) and places (n, 2) lat, lon of one slot, oldest first."""
        n = int(self._count[slot])
        order = np.arange(max(0, n - POINTS), n) % POINTS
        return self._time[slot, order], self._place[slot, order]
