"""A vessel's visits in the order of time -> where it entered, where it was silent between, where it lay still for long.

What is carried from hour to hour of each vessel is where it was last and since when it has lain still.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.behaviours.memory.steps import metres
from mihari.core.columns import Array
from mihari.core.kernels import kernel

STILL_M = 500.0  # GFW anchorages: a vessel that stays within 0.5 km
STILL_S = 43_200  # GFW anchorages: for 12 h or more
HOLE_S = 7200  # between two receptions; nobody knows where a vessel was in a longer silence
AWAY_S = 86_400  # who is heard in the same place a day later may have been away
FORGET_S = 30 * 86_400
MOST = 1_000_000  # vessels

CARRIED = np.dtype(
    [
        ("key", "i8"),
        ("cell", "i8"),  # of the last visit
        ("last", "u4"),  # UTC s; 0 never
        ("lat", "i4"),  # 1e-7 degrees, of the last visit
        ("lon", "i4"),
        ("still", "u4"),  # UTC s since when it lies still
        ("still_lat", "i4"),
        ("still_lon", "i4"),
        ("counted", "i4"),  # whether this stop was told
        ("spare", "i4"),  # no bytes are left undefined
    ],
    align=True,
)
STOP = np.dtype([("key", "i8"), ("lat", "i4"), ("lon", "i4")], align=True)
HOLE = np.dtype([("t0", "u4"), ("t1", "u4"), ("lat0", "i4"), ("lon0", "i4"), ("lat1", "i4"), ("lon1", "i4")])


@kernel
def walk(visits: Any, whose: Any, carried: Any, entered: Any, holes: Any, stops: Any) -> Any:
    """Merged visits of an hour, of vessels `whose` of `carried`: marks `entered`; (holes, stops) found."""
    n_holes = n_stops = 0
    for i in range(len(visits)):
        v, c = visits[i], carried[whose[i]]
        lat, lon = (np.int64(v.south) + v.north) // 2, (np.int64(v.west) + v.east) // 2
        silent = np.int64(v.first) - np.int64(c.last)
        known = c.last > 0
        entered[i] = not known or v.cell != c.cell or silent > HOLE_S
        if known and 0 < silent <= HOLE_S:
            h = holes[n_holes]
            h.t0, h.t1, h.lat0, h.lon0, h.lat1, h.lon1 = c.last, v.first, c.lat, c.lon, lat, lon
            n_holes += 1
        stays = known and silent <= AWAY_S
        for corner in range(4):
            a = v.south if corner < 2 else v.north
            b = v.west if corner % 2 == 0 else v.east
            stays = stays and metres(c.still_lat, c.still_lon, a, b) <= STILL_M
        if not stays:
            c.still, c.still_lat, c.still_lon, c.counted = v.first, lat, lon, 0
        c.last, c.cell, c.lat, c.lon = max(c.last, v.last), v.cell, lat, lon
        if c.counted == 0 and np.int64(c.last) - np.int64(c.still) >= STILL_S:
            c.counted = 1
            s = stops[n_stops]
            s.key, s.lat, s.lon = c.key, c.still_lat, c.still_lon
            n_stops += 1
    return n_holes, n_stops


@dataclass(frozen=True, slots=True)
class Walked:
    """What an hour's visits tell: by row of visits whether the vessel came in there; HOLE; STOP."""

    entered: Array
    holes: Array
    stops: Array


class Ways:
    """Where each vessel was last."""

    def __init__(self, carried: Array | None = None) -> None:
        self.carried = np.zeros(0, CARRIED) if carried is None else carried

    def walk(self, visits: Array) -> Walked:
        """Merged visits of the next hour, ordered by vessel and time."""
        keys = np.unique(visits["key"])
        new = np.setdiff1d(keys, self.carried["key"])
        added = np.zeros(len(new), CARRIED)
        added["key"] = new
        self.carried = np.insert(self.carried, np.searchsorted(self.carried["key"], new), added)
        whose = np.searchsorted(self.carried["key"], visits["key"])
        entered = np.zeros(len(visits), np.bool_)
        holes, stops = np.zeros(len(visits), HOLE), np.zeros(len(visits), STOP)
        n, m = walk(visits, whose, self.carried, entered, holes, stops)
        return Walked(entered, holes[:n], stops[:m])

    def forget(self, now: int) -> None:
        """Let go of who was not heard for a month, and of the longest unheard where there are too many."""
        last = self.carried["last"].astype(np.int64)
        kept = last >= now - FORGET_S
        if kept.sum() > MOST:
            kept &= last > np.sort(last)[-MOST - 1]
        if not kept.all():
            self.carried = self.carried[kept]
