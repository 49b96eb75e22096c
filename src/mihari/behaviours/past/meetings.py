"""A memory of a whole table -> who was near whom from when to when, minute by minute, over all its time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import Memory
from mihari.behaviours.pairs import GridPace
from mihari.behaviours.past import minute_kernels as kernels
from mihari.core.columns import Array
from mihari.core.workers import cores, in_parts

SAMPLED = 64  # every so many places say how they are spread over time


class Meetings:
    """As `pairs.Company`, of all that a memory holds and not of the last hours. `pairs`: (n, 2) slots, a < b."""

    def __init__(self, memory: Memory, pace: GridPace | None = None) -> None:
        self.pace = pace or GridPace()
        near = self._near(self._places(memory))
        order = np.lexsort((near["t"], near["b"], near["a"]))
        self._found = near[order]
        names = self._found["a"].astype(np.int64) << 32 | self._found["b"]
        first = np.flatnonzero(np.diff(names, prepend=-1))
        self._bounds = np.append(first, len(names))
        self.pairs = np.stack([self._found["a"][first], self._found["b"][first]], axis=1).astype(np.int64)

    def timelines(self, rows: Array, radius: float) -> Timelines:
        """From when to when the pairs `rows` were at most `radius` m apart; key: place in `rows`."""
        out = np.zeros((len(self._found), 3), np.int64)
        n = kernels.runs(self._found, self._bounds, rows, radius, self.pace.every_s, out)
        half = self.pace.every_s // 2
        return Timelines(out[:n, 0].copy(), out[:n, 1] - half, out[:n, 2] + half)

    def _places(self, memory: Memory) -> list[Array]:
        """At whole minutes, for a part of the vessels each."""
        return in_parts(lambda slots: self._places_of(memory, slots), np.array_split(np.arange(len(memory)), cores()))

    def _places_of(self, memory: Memory, slots: Array) -> Array:
        out = np.zeros(2 * int(memory.arrays.vessels["samples"][slots].sum()) + 4096, kernels.PLACE)
        at = n = 0
        while True:
            at, n = kernels.minutes(memory.arrays, slots, at, self.pace.every_s, out, n)
            if at == len(slots):
                return out[:n]
            out = np.concatenate([out, np.zeros_like(out)])

    def _near(self, places: list[Array]) -> Array:
        """Who is near whom: one stretch of time after the other."""
        times = np.concatenate([part["t"][::SAMPLED] for part in places])
        parts = cores() if len(times) else 1
        edges = np.quantile(times, np.arange(1, parts) / parts) if parts > 1 else []
        bounds = pairwise([-np.inf, *edges, np.inf])
        return np.concatenate(in_parts(lambda span: self._near_in(places, *span), bounds))

    def _near_in(self, places: list[Array], first: float, last: float) -> Array:
        """At times from `first` to before `last`."""
        within = [np.flatnonzero((part["t"] >= first) & (part["t"] < last)) for part in places]
        times = np.concatenate([part["t"][rows] for part, rows in zip(places, within, strict=True)])
        rank = np.empty(len(times), np.int64)
        rank[np.argsort(times, kind="stable")] = np.arange(len(times))
        by_time = np.empty(len(times), kernels.PLACE)
        ends = np.cumsum([len(rows) for rows in within])
        for part, rows, to in zip(places, within, np.split(rank, ends[:-1]), strict=True):
            kernels.put(part, rows, by_time, to)
        out = np.zeros(len(by_time) + 4096, kernels.NEAR)
        while True:
            n = kernels.near(by_time, self.pace.radii[-1], out)
            if n <= len(out):
                return out[:n]
            out = np.zeros(n, kernels.NEAR)
