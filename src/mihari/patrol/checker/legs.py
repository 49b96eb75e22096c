"""Ways of all sorties -> `Legs`: every leg of a plan in columns, and places along them close enough to judge them by.

Aircraft are followed by the minute and the kilometre, craft on or below the water every 500 m: islands are small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import direct, inverse
from mihari.patrol.checker.roster import Vehicle
from mihari.patrol.checker.ways import Way

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_S = 60.0
STEP_M, STEP_ALOFT_M = 500.0, 1000.0
MOST = 5000  # places along one leg: three and a half days by the minute


@dataclass(frozen=True, slots=True)
class Legs:
    """Legs in columns (n,): sortie (its index), number in it; leaves, arrives UTC s; lat_deg, lon_deg of both ends.

    distance m; bearing rad at its beginning, middle: rad half-way, which stands for the whole of it.
    """

    sortie: Ints
    number: Ints
    leaves: Floats
    arrives: Floats
    lat_deg: Floats
    lon_deg: Floats
    end_lat_deg: Floats
    end_lon_deg: Floats
    distance: Floats
    bearing: Floats
    middle: Floats

    def __len__(self) -> int:
        return len(self.sortie)


@dataclass(frozen=True, slots=True)
class Samples:
    """Places along legs, in columns (m,), leg by leg in the order of time: leg (row of `Legs`), time UTC s, lat, lon.

    gone: m from the beginning of the leg.
    """

    leg: Ints
    time: Floats
    lat_deg: Floats
    lon_deg: Floats
    gone: Floats


def legs_of(ways: Sequence[Way]) -> Legs:
    """All legs of ways, one after the other.

    >>> way = Way(np.array([0.0, 100.0]), np.array([0.0, 0.0]), np.array([0.0, 1.0]), ("a", "b"))
    >>> from mihari.patrol.checker.roster import roster
    >>> from mihari.patrol.file import load
    >>> legs, aircraft = legs_of([way]), roster(load("nansei"))["tb3-1"]
    >>> len(legs), round(float(legs.distance[0])), round(float(np.degrees(legs.middle[0])), 9)
    (1, 111319, 90.0)
    >>> len(samples_of(legs, [aircraft]).time)  # 112 pieces of at most a kilometre
    113
    """
    counts = np.array([len(way.time) // 2 for way in ways], dtype=np.int64)
    sortie = np.repeat(np.arange(len(ways)), counts)
    number = np.concatenate([np.arange(n) for n in counts]) if ways else np.zeros(0, np.int64)
    time, lat, lon = (np.concatenate([getattr(way, key) for way in ways] or [np.zeros(0)]) for key in _KNOTS)
    lat1, lon1, lat2, lon2 = lat[0::2], lon[0::2], lat[1::2], lon[1::2]
    distance, bearing = inverse(lat1, lon1, lat2, lon2)
    distance = np.where(np.isnan(distance), np.inf, distance)  # to the other side of the Earth
    half = direct(lat1, lon1, bearing, np.where(np.isfinite(distance), distance, 0.0) / 2)
    middle = inverse(*half, lat2, lon2)[1]
    return Legs(sortie, number, time[0::2], time[1::2], lat1, lon1, lat2, lon2, distance, bearing, middle)


_KNOTS = ("time", "lat_deg", "lon_deg")


def samples_of(legs: Legs, vehicles: Sequence[Vehicle]) -> Samples:
    """Places along legs, both ends among them; `vehicles`: of each sortie. Legs that take no time have none."""
    lasts = legs.arrives - legs.leaves
    good = np.flatnonzero((lasts >= 0) & np.isfinite(legs.distance) & np.isfinite(legs.bearing))
    steps = _steps(legs, vehicles)[good]
    leg = np.repeat(good, steps + 1)
    nth = np.arange(len(leg)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    part = nth / np.repeat(steps, steps + 1)
    gone = part * legs.distance[leg]
    lat, lon = direct(legs.lat_deg[leg], legs.lon_deg[leg], legs.bearing[leg], gone)
    return Samples(leg, legs.leaves[leg] + part * lasts[leg], lat, lon, gone)


def _steps(legs: Legs, vehicles: Sequence[Vehicle]) -> Ints:
    flies = np.array([v.flies for v in vehicles], bool)[legs.sortie]
    timed = np.array([v.flies or v.needs_link for v in vehicles], bool)[legs.sortie]
    by_way = np.ceil(legs.distance / np.where(flies, STEP_ALOFT_M, STEP_M))
    by_time = np.where(timed, np.ceil((legs.arrives - legs.leaves) / STEP_S), 0.0)
    return np.asarray(np.clip(np.nan_to_num(np.maximum(by_way, by_time), nan=1.0), 1, MOST).astype(np.int64))
