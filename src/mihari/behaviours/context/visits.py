"""Sightings -> visits: what was heard of one vessel, in one cell, in one hour, by one station. Whatever the order.

All fields of a visit are sums, least and greatest values, or bits: the same for any order in which sightings come.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.context.cells import Cells
from mihari.behaviours.context.hashing import mixed
from mihari.behaviours.memory.layout import UNKNOWN
from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.columns import Array
from mihari.core.kernels import kernel

HOUR_S = 3600
PERIOD_S = 360  # class A at anchor and class B at rest report every 3 min (M.1371-5 table 1): in 6 min two are due
AHEAD_S = 600  # a report from further in the future has a wrong clock
MOST_ROWS = 1 << 21  # of one hour: 50,000 vessels in 40 cells each
NAMES = 10**9  # keys below are MMSI

VISIT = np.dtype(
    [
        ("key", "i8"),
        ("cell", "i8"),
        ("first", "u4"),  # UTC s
        ("last", "u4"),
        ("south", "i4"),  # 1e-7 degrees, around all places
        ("north", "i4"),
        ("west", "i4"),
        ("east", "i4"),
        ("speed", "u2"),  # cm/s, of the first sighting; UNKNOWN
        ("course", "u2"),  # 0.01 degrees
        ("heard", "u4"),  # reports
        ("periods", "u2"),  # bit k: heard in the k-th six minutes of the hour
        ("station", "i2"),
        ("spare", "u4"),  # no bytes are left undefined
    ],
    align=True,
)


@kernel
def file(rows: Any, index: Any, count: int, given: Any, at: int) -> Any:
    """Join sightings, each as a visit of its own, to visits from `at` on: (how many are done, how many visits)."""
    mask = np.uint64(len(index) - 1)
    for i in range(at, len(given)):
        if count == len(rows):
            return i, count
        g = given[i]
        spot = np.int64(mixed(mixed(g.key) ^ np.uint64(g.cell) + np.uint64(np.int64(g.station) + 1)) & mask)
        while index[spot] >= 0:
            r = rows[index[spot]]
            if r.key == g.key and r.cell == g.cell and r.station == g.station:
                break
            spot = (spot + 1) & np.int64(mask)
        if index[spot] < 0:
            index[spot] = count
            rows[count] = g
            count += 1
            continue
        r = rows[index[spot]]
        sooner = g.first < r.first
        if g.first == r.first:
            sooner = g.speed < r.speed or (g.speed == r.speed and g.course < r.course)
        if sooner:
            r.first, r.speed, r.course = g.first, g.speed, g.course
        r.last = max(r.last, g.last)
        r.south, r.north = min(r.south, g.south), max(r.north, g.north)
        r.west, r.east = min(r.west, g.west), max(r.east, g.east)
        r.heard += g.heard
        r.periods |= g.periods
    return len(given), count


class Hour:
    """The visits of one hour."""

    def __init__(self, rows: Array | None = None) -> None:
        self._rows, self._index = np.zeros(512, VISIT), np.full(1024, -1, np.int32)
        self.count = self.shed = 0
        if rows is not None:
            self.add(rows)

    def __len__(self) -> int:
        return self.count

    def add(self, given: Array) -> None:
        """Take sightings, or visits; what finds no room is counted in `shed`."""
        given, at = np.ascontiguousarray(given, VISIT), 0
        while True:
            at, self.count = file(self._rows, self._index, self.count, given, at)
            if at == len(given):
                return
            if len(self._rows) >= MOST_ROWS:
                self.shed += len(given) - at
                return
            self._grow()

    def copy(self) -> Array:
        """All visits, in no order that means anything."""
        return np.asarray(self._rows[: self.count].copy())

    def _grow(self) -> None:
        old = self._rows[: self.count]
        self._rows, self._index = np.zeros(2 * len(self._rows), VISIT), np.full(4 * len(self._rows), -1, np.int32)
        _, self.count = file(self._rows, self._index, 0, old, 0)


def ordered(rows: Array) -> Array:
    """Visits ordered by vessel, cell and station."""
    return np.asarray(rows[np.lexsort((rows["station"], rows["cell"], rows["key"]))])


def visits(sightings: Sightings, cells: Cells) -> Array:
    """Places that vessels tell, each as a visit of its own: (n,) VISIT. Those of the others are left out."""
    mine = (sightings.kind == SightingKind.TOLD) & (sightings.key > 0) & (sightings.key < NAMES)
    mine &= np.isfinite(sightings.time) & (np.abs(sightings.lat_deg) <= 90.0) & (np.abs(sightings.lon_deg) <= 180.0)
    told = sightings if mine.all() else sightings.take(mine)
    made = np.zeros(len(told), VISIT)
    lat, lon = np.rint(told.lat_deg * 1e7).astype(np.int64), np.rint(told.lon_deg * 1e7).astype(np.int64)
    made["key"], made["station"], made["heard"] = told.key, told.station, 1
    made["cell"] = cells.of(lat, lon)
    made["first"] = made["last"] = np.floor(told.time)
    made["south"] = made["north"] = lat
    made["west"] = made["east"] = lon
    made["speed"], made["course"] = _short(told.speed * 100.0), _short(np.degrees(told.course) % 360.0 * 100.0)
    made["periods"] = np.left_shift(1, made["first"] % HOUR_S // PERIOD_S)
    return made


def _short(values: Array) -> Array:
    """Whole numbers below UNKNOWN; NaN and what is below 0 are UNKNOWN."""
    known = np.isfinite(values) & (values >= 0)
    return np.where(known, np.minimum(values, UNKNOWN - 1) + 0.5, UNKNOWN).astype(np.uint16)


def merged(rows: Array) -> Array:
    """Visits of one hour, ordered by vessel and cell -> the same by all stations together, ordered by vessel and time.

    >>> rows = np.zeros(2, VISIT)
    >>> rows["key"], rows["station"], rows["first"], rows["last"], rows["heard"] = 7, [1, 2], [20, 10], [30, 25], 4
    >>> [int(merged(rows)[name][0]) for name in ("first", "last", "heard")]
    [10, 30, 8]
    """
    if len(rows) == 0:
        return rows
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows["key"][1:] != rows["key"][:-1]) | (rows["cell"][1:] != rows["cell"][:-1])
    starts, group = np.flatnonzero(new), np.cumsum(new) - 1
    order = np.lexsort((rows["course"], rows["speed"], rows["first"], group))
    made = rows[order[starts]].copy()  # the first of each group
    for name, how in (("last", np.maximum), ("south", np.minimum), ("north", np.maximum), ("west", np.minimum)):
        made[name] = how.reduceat(rows[name], starts)
    made["east"] = np.maximum.reduceat(rows["east"], starts)
    made["periods"] = np.bitwise_or.reduceat(rows["periods"], starts)
    made["heard"] = np.add.reduceat(rows["heard"], starts)
    made["station"] = -1
    return np.asarray(made[np.lexsort((made["cell"], made["first"], made["key"]))])
