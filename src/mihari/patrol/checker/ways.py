"""`Sortie` -> `Way`: where a vehicle is at every moment from launch to landing, as knots in time.

Legs are geodesics of the ellipsoid, gone at an even pace from leaving one stop to arriving at the next. Who was aloft
already when the plan began is followed from then on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import direct, inverse
from mihari.patrol.plan import Sortie, Stop

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Way:
    """time (UTC s), lat_deg, lon_deg (k,): knots. Legs lie between knots 0 and 1, 2 and 3, …; stops between 1 and 2, …

    `names` (k / 2 + 1): of where it starts, of each stop, of where it lands.
    """

    time: Floats
    lat_deg: Floats
    lon_deg: Floats
    names: tuple[str, ...]

    def where(self, times: ArrayLike) -> tuple[Floats, Floats]:
        """lat_deg, lon_deg at times (UTC s); before its first knot and after its last one it is there.

        >>> way = Way(np.array([0.0, 100.0]), np.array([0.0, 0.0]), np.array([0.0, 1.0]), ("a", "b"))
        >>> way.where([50.0, 200.0])[1].round(9).tolist()
        [0.5, 1.0]
        """
        asked = np.clip(np.asarray(times, dtype=np.float64), self.time[0], self.time[-1])
        i = np.clip(np.searchsorted(self.time, asked, side="right") - 1, 0, len(self.time) - 2)
        lat, lon = self.lat_deg, self.lon_deg
        distance, bearing = inverse(lat[i], lon[i], lat[i + 1], lon[i + 1])
        lasts = self.time[i + 1] - self.time[i]
        part = np.clip((asked - self.time[i]) / np.where(lasts > 0, lasts, 1.0), 0.0, 1.0)
        return direct(lat[i], lon[i], bearing, part * distance)


def way_of(sortie: Sortie, begin: float) -> Way:
    """The way of a sortie in a plan that begins at `begin` (UTC s)."""
    aloft = not sortie.start
    stops = [stop for stop in sortie.stops if not (aloft and stop.leave <= begin)]
    first = begin if aloft else sortie.launch
    times = [first, *(t for stop in stops for t in _stay(stop, first if aloft else -math.inf)), sortie.landing]
    lats = [sortie.lat_deg, *(stop.lat_deg for stop in stops for _ in range(2)), sortie.end_lat_deg]
    lons = [sortie.lon_deg, *(stop.lon_deg for stop in stops for _ in range(2)), sortie.end_lon_deg]
    names = (sortie.start or "where it was", *(name_of(stop) for stop in stops), sortie.end)
    return Way(np.array(times), np.array(lats), np.array(lons), names)


def _stay(stop: Stop, earliest: float) -> tuple[float, float]:
    return max(stop.arrive, earliest), stop.leave


def name_of(stop: Stop) -> str:
    """A stop as people call it.

    >>> name_of(Stop("cell", "14", 0.0, 0.0, 0.0, 0.0)), name_of(Stop("station", "gate", 0.0, 0.0, 0.0, 0.0))
    ('cell 14', 'gate')
    """
    if stop.purpose == "way":
        return "where it turns off"
    return f"cell {stop.name}" if stop.purpose == "cell" else stop.name
