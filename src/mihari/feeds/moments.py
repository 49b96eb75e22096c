"""Where a vehicle was and when, as it told: so that what it heard then is laid where it was then. Bounded."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field

KEPT = 8192  # moments: half a day of them
APART_S = 5.0  # moments nearer to each other are not kept: a slow vehicle goes straight for that long
GAP_S = 600.0  # between two moments further apart nobody knows where it was; a glider drifts 200 m in that time
NEAR_S = 15.0  # before the first and after the last it is taken to be there still

Place = tuple[float, float]


@dataclass(slots=True)
class Moments:
    """Times and places of one vehicle, in order of time however they come.

    >>> moments = Moments()
    >>> moments.add(100.0, 26.0, 127.0); moments.add(0.0, 26.1, 127.0)
    >>> moments.place(50.0), moments.place(110.0), moments.place(800.0)
    ((26.05, 127.0), (26.0, 127.0), None)
    """

    _times: list[float] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)

    def add(self, time: float, lat_deg: float, lon_deg: float) -> None:
        """It was there then; UTC s."""
        at = bisect_left(self._times, time)
        if any(0 <= k < len(self._times) and abs(self._times[k] - time) < APART_S for k in (at - 1, at)):
            return
        self._times.insert(at, time)
        self._places.insert(at, (lat_deg, lon_deg))
        if len(self._times) > KEPT:
            del self._times[0], self._places[0]

    def between(self, time: float) -> Place | None:
        """Where it was, by a moment on either side; None until there are two that are near enough."""
        after = bisect_left(self._times, time)
        if after < len(self._times) and self._times[after] == time:
            return self._places[after]
        if not 0 < after < len(self._times) or self._times[after] - self._times[after - 1] > GAP_S:
            return None
        share = (time - self._times[after - 1]) / (self._times[after] - self._times[after - 1])
        (lat, lon), (to_lat, to_lon) = self._places[after - 1 : after + 1]
        east = math.remainder(to_lon - lon, 360.0)
        return lat + share * (to_lat - lat), math.remainder(lon + share * east, 360.0)

    def place(self, time: float) -> Place | None:
        """Where it was, as far as is known now: else where it was a moment before or after."""
        found = self.between(time)
        if found is not None or not self._times:
            return found
        after = bisect_left(self._times, time)
        there = [k for k in (after - 1, after) if 0 <= k < len(self._times)]
        near = min(there, key=lambda k: abs(self._times[k] - time))
        return self._places[near] if abs(self._times[near] - time) <= NEAR_S else None
