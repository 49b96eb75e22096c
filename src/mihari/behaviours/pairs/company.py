"""Vessels that moved -> pairs whose company changed, and from when to when each pair was how near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import Memory, Taken
from mihari.behaviours.pairs import grid as kernels
from mihari.behaviours.pairs.runs import empty, let_go, marked, runs
from mihari.core.behaviour import UNNAMED
from mihari.core.columns import Array


@dataclass(frozen=True, slots=True)
class GridPace:
    """Parameters of the grid.

    `radii`: Starboard meets within 50 m for 10 min or 200 m for 30 min, Skylight within 250 m, GFW within 500 m.
    """

    every_s: int = 60  # ten times finer than GFW's 10 min: a meeting of 10 min has ten times
    keep_s: int = 25_200  # 7 h: an hour more than sightings may be late
    radii: tuple[float, ...] = (50.0, 200.0, 250.0, 500.0)  # m, ascending, at or below


class Company:
    """Who was near whom. Rows of `pairs` (slots a < b of the memory) stay a pair's own while anything is kept of it."""

    def __init__(self, memory: Memory, pace: GridPace | None = None) -> None:
        self.pace = pace or GridPace()
        self._memory = memory
        n = -(-self.pace.keep_s // self.pace.every_s)
        self._size, self._words = n, -(-n // 64)
        self._newest = 0
        self._rows: dict[int, int] = {}
        self._free: list[int] = []
        self._grid = self._made(len(memory.arrays.vessels))
        self._out = np.zeros(2 * kernels.ROOM, kernels.CHANGE)
        self._work = np.full((3, n), kernels.ABSENT, np.int64)
        self._upto = np.zeros(len(memory.arrays.vessels), np.int64)
        self.pairs = np.zeros((0, 2), np.int64)
        self._bits = np.zeros((0, len(self.pace.radii), self._words), np.uint64)
        self._carried = np.zeros((0, len(self.pace.radii)), np.int64)
        self._used = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, taken: Taken, skip: Array | None = None) -> Array:
        """Vessels that moved: rows of the pairs that may have changed. `skip`: vessels (slots) that meet nobody."""
        slots, again = taken.slots, taken.again
        if skip is not None and len(skip):
            kept = ~np.isin(slots, skip)
            slots, again = slots[kept], again[kept]
        if len(slots) == 0:
            return np.zeros(0, np.int64)
        self._widen()
        self._advance(int(self._memory.heard(slots).max()))
        changed, start = [], 0
        while start < len(slots):
            start, n = kernels.update(
                self._grid,
                self._memory.arrays,
                slots,
                again,
                start,
                self.pace.every_s,
                self._upto,
                self._work,
                self._out,
            )
            changed.append(self._mark(self._out[:n]))
        return np.unique(np.concatenate(changed))

    def timelines(self, rows: Array, radius: float) -> Timelines:
        """From when to when the pairs `rows` were at most `radius` m apart; key: place in `rows`.

        A run of near minutes holds from half a minute before its first to half a minute after its last.
        """
        level = self.pace.radii.index(radius)
        out = np.zeros((len(rows) * (self._size // 2 + 2), 3), np.int64)
        oldest = (self._newest // self.pace.every_s + 1) % self._size
        n = runs(rows, level, self._grid.times, oldest, self.pace.every_s, self._bits, self._carried, out)
        half = self.pace.every_s // 2
        return Timelines(out[:n, 0], out[:n, 1] - half, out[:n, 2] + half)

    def witnessed(self, moments: Array, lat: int, lon: int, radius: float, slot: int) -> tuple[int, int]:
        """At how many of `moments` (UTC s) a vessel that tells its name, not `slot`, was within `radius` m of a place.

        lat, lon: 1e-7 degrees. Returns (moments that the grid still has, those with such a vessel).
        """
        told = self.told
        had, seen = kernels.witnessed(self._grid, moments, self.pace.every_s, lat, lon, radius, slot, told)
        return had, seen

    def heard(self, slot: int) -> int:
        """When a vessel was heard last, UTC s."""
        return int(self._memory.arrays.heads["t"][1, slot])

    @property
    def grid(self) -> kernels.Grid:
        """All places of the last hours, to be read only."""
        return self._grid

    @property
    def told(self) -> Array:
        """(vessels,) by slot: those that tell a name."""
        keys = self._memory.arrays.vessels["key"][: self._grid.lat.shape[1]]
        return np.asarray((keys > 0) & (keys < UNNAMED))

    def of_vessels(self, slots: Array) -> Array:
        """Rows of the pairs of which one vessel is among `slots`."""
        wanted = np.zeros(len(self._memory.arrays.vessels), np.bool_)
        wanted[slots] = True
        return np.flatnonzero(self._used & (wanted[self.pairs[:, 0]] | wanted[self.pairs[:, 1]]))

    def state(self) -> dict[str, Any]:
        """What cannot be made anew from the samples: when runs began, and which times of the last hours were near."""
        names = np.array(sorted(self._rows), np.int64)
        rows = np.array([self._rows[name] for name in names.tolist()], np.int64)
        return {"newest": self._newest, "names": names, "bits": self._bits[rows], "carried": self._carried[rows]}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; the memory has been restored before, and this is new."""
        self._widen()
        self._advance(int(state["newest"]))
        slots = np.arange(len(self._memory))
        self.take(Taken(slots, np.ones(len(slots), np.bool_), 0, 0))
        rows = np.array([self._row(name) for name in state["names"].tolist()], np.int64)
        self._bits[rows], self._carried[rows] = state["bits"], state["carried"]

    def _mark(self, changes: Array) -> Array:
        """Rows of the pairs that changed."""
        if len(changes) == 0:
            return np.zeros(0, np.int64)
        names = changes["a"].astype(np.int64) << 32 | changes["b"]
        wanted, inverse = np.unique(names, return_inverse=True)
        rows = np.array([self._row(name) for name in wanted.tolist()], np.int64)
        marked(changes, rows[inverse], self._bits)
        return rows

    def _row(self, name: int) -> int:
        row = self._rows.get(name)
        if row is None:
            if not self._free:
                self._more()
            row = self._rows[name] = self._free.pop()
            self.pairs[row] = name >> 32, name & 0xFFFFFFFF
            self._used[row] = True
        return row

    def _more(self) -> None:
        had = len(self._used)
        more = max(256, had)
        self._free = list(range(had + more - 1, had - 1, -1))
        self.pairs = np.concatenate([self.pairs, np.zeros((more, 2), np.int64)])
        self._bits = np.concatenate([self._bits, np.zeros((more, *self._bits.shape[1:]), np.uint64)])
        self._carried = np.concatenate([self._carried, np.zeros((more, self._carried.shape[1]), np.int64)])
        self._used = np.concatenate([self._used, np.zeros(more, np.bool_)])

    def _advance(self, time: int) -> None:
        """Bring the ring up to `time`; what it lets go of lives on as the begin of runs."""
        every, size = self.pace.every_s, self._size
        newest = time // every * every
        first = max(self._newest + every, newest - (size - 1) * every)
        if self._newest and first > self._newest + every:  # a hole longer than the ring: nothing goes on across it
            self._bits[:], self._carried[:] = 0, 0
        for t in range(first, newest + 1, every):
            at = (t // every) % size
            if self._grid.times[at] > 0:
                let_go(at, int(self._grid.times[at]), (at + 1) % size, self._bits, self._carried, self._used)
            kernels.cleared(self._grid, at, t)
        if newest > self._newest:
            crossed = newest // 3600 != self._newest // 3600
            self._newest = newest
            if crossed:
                self._forget()

    def _forget(self) -> None:
        gone = np.flatnonzero(empty(self._bits, self._carried, self._used))
        names = self.pairs[gone, 0] << 32 | self.pairs[gone, 1]
        for row, name in zip(gone.tolist(), names.tolist(), strict=True):
            del self._rows[name]
            self._free.append(row)
        self._used[gone] = False

    def _made(self, vessels: int) -> kernels.Grid:
        n = self._size
        return kernels.Grid(
            np.zeros(n, np.int64),
            np.full((n, vessels), kernels.ABSENT, np.int32),
            np.zeros((n, vessels), np.int32),
            np.zeros((n, vessels), np.uint8),
            np.full((n, kernels.BUCKETS), -1, np.int32),
            np.full((n, vessels), -1, np.int32),
            np.full((n, vessels), -1, np.int32),
            np.array(self.pace.radii),
        )

    def _widen(self) -> None:
        """Room for all vessels of the memory."""
        old, vessels = self._grid, len(self._memory.arrays.vessels)
        had = old.lat.shape[1]
        if had < vessels:
            new = self._made(vessels)
            for name in ("lat", "lon", "voice", "following", "previous"):
                getattr(new, name)[:, :had] = getattr(old, name)
            self._grid = new._replace(times=old.times, heads=old.heads)
            self._upto = np.concatenate([self._upto, np.zeros(vessels - had, np.int64)])
