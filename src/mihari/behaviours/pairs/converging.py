"""Large ships under way -> which of them will pass too near if both hold on, minute by minute.

What holds at a minute follows from the places on the grid alone; where late reports move them, that minute is looked at
anew, so the order of arrival says nothing.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.pairs.closest import closest, sums
from mihari.behaviours.pairs.company import Company
from mihari.core.columns import Array
from mihari.core.units import KNOT, NAUTICAL_MILE

LEVELS = ("converging", "converging_close")
CPA_M = (0.5 * NAUTICAL_MILE, 0.1 * NAUTICAL_MILE)  # 0.5 NM: usual alarm of plotting aids; 0.1 NM: a ship's length
TCPA_S = (720, 360)  # 12 min, the same; 6 min: time for one turn and no second one (Zhang et al. 2016, near misses)
UNDER_WAY_MPS = 5 * KNOT  # slower ones manoeuvre, tow, fish or wait
LARGE_M = 50.0  # smaller ones keep out of the way late, and can (DMA AisAbnormal counts vessels from 50 m on)
LATE_MINUTES = 8  # looked at anew at a time where ships are many
MANY = 1000


class Converging:
    """Pairs of large ships that will pass too near. A name is a pair (slots a < b) and a level of `LEVELS`."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._sums = np.zeros(0, np.uint64)
        self._at: dict[int, frozenset[int]] = {}  # minute -> names
        self._minutes: dict[int, set[int]] = defaultdict(set)  # name -> minutes
        self._out = np.zeros((4096, 3), np.int64)

    def look(self, ships: Array) -> list[int]:
        """Looks at the minutes that are new or changed, of `ships` (slots); names that changed."""
        grid = self._company.grid
        now = sums(grid, np.ascontiguousarray(ships, np.int64))
        first = len(self._sums) != len(now)
        other = np.ones(len(now), np.bool_) if first else now != self._sums
        other |= np.roll(other, 1)  # a minute's speeds are those since the one before
        places = np.flatnonzero(other & (grid.times > 0))
        places = places[np.argsort(-grid.times[places])]
        if len(ships) > MANY and not first:
            places = places[:LATE_MINUTES]
            kept = np.ones(len(now), np.bool_)
            kept[places] = False
            now = np.where(kept & other, 0, now)  # the others wait
        self._sums = now
        oldest = int(grid.times[grid.times > 0].min(initial=0))
        changed: set[int] = set()
        for minute in [t for t in self._at if t < oldest]:
            self._put(minute, frozenset())
            del self._at[minute]
        for at in places.tolist():
            changed |= self._put(int(grid.times[at]), self._found(at, ships))
        return sorted(changed)

    def timelines(self, names: list[int]) -> Timelines:
        """When each name holds, by row: from half a minute before its first minute to half a minute after its last."""
        rows = [(row, t) for row, name in enumerate(names) for t in self._minutes.get(name, ())]
        told = np.array(rows, np.int64).reshape(-1, 2)
        half = self._company.pace.every_s // 2
        return Timelines.made(told[:, 0], told[:, 1] - half, told[:, 1] + half, join=True)

    def _found(self, at: int, ships: Array) -> frozenset[int]:
        grid, every = self._company.grid, self._company.pace.every_s
        before = (at - 1) % len(grid.times)
        if grid.times[before] != grid.times[at] - every:
            return frozenset()
        limits = np.array(CPA_M), np.array(TCPA_S, np.float64)
        while True:
            n = closest(grid, at, before, float(every), ships, UNDER_WAY_MPS, *limits, self._out)
            if n <= len(self._out):
                break
            self._out = np.zeros((2 * n, 3), np.int64)
        found = self._out[:n]
        names = [name_of(found[found[:, 2] >= level], level) for level in range(len(LEVELS))]
        return frozenset(np.concatenate(names).tolist())

    def _put(self, minute: int, names: frozenset[int]) -> set[int]:
        before = self._at.get(minute, frozenset())
        self._at[minute] = names
        for name in names - before:
            self._minutes[name].add(minute)
        for name in before - names:
            self._minutes[name].discard(minute)
            if not self._minutes[name]:
                del self._minutes[name]
        return set(names ^ before)


def name_of(pairs: Array, level: int) -> Array:
    """(n,) names of pairs of slots.

    >>> pair_of(name_of(np.array([[3, 7]]), 1)).tolist()
    [[3, 7]]
    """
    return np.asarray(pairs[:, 0] << 32 | pairs[:, 1] << 1 | level)


def pair_of(names: Array) -> Array:
    """(n, 2) the slots of names."""
    return np.stack([names >> 32, (names & 0xFFFFFFFF) >> 1], axis=1)
