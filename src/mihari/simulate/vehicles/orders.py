"""What a vehicle may be told to do: go through places, circle, search an area, land, return. All frozen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mihari.simulate.vehicles.plane import components, moved, offset

NAN = math.nan


@dataclass(frozen=True, slots=True)
class Leg:
    """To that place, at `height` m (a depth is negative) and `speed` m/s; NaN: working height, cruise."""

    lat_deg: float
    lon_deg: float
    height: float = NAN
    speed: float = NAN


@dataclass(frozen=True, slots=True)
class Through:
    """Through these places in turn, then stay near the last."""

    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Loiter:
    """Circle a place clockwise at `radius` m (0: as the speed asks for); craft on and under water stay there."""

    lat_deg: float
    lon_deg: float
    radius: float = 0.0
    height: float = NAN
    speed: float = NAN


@dataclass(frozen=True, slots=True)
class Search:
    """Search an area, a convex polygon of (lat_deg, lon_deg), in parallel tracks `spacing` m apart along `bearing`."""

    area: tuple[tuple[float, float], ...]
    spacing: float
    bearing: float = 0.0
    height: float = NAN
    speed: float = NAN

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The tracks, to and fro, half a spacing off the edges.

        >>> square = Search(((0.0, 0.0), (0.0, 0.1), (0.1, 0.1), (0.1, 0.0)), 3720.0)
        >>> len(square.legs)  # 11.1 km: three tracks, two places each
        6
        """
        lat0, lon0 = self.area[0]
        corners = [components(self.bearing, *offset(lat0, lon0, *corner)) for corner in self.area]
        left, right = min(y for _, y in corners), max(y for _, y in corners)
        count = max(1, math.ceil((right - left) / self.spacing - 1e-6))
        legs: list[Leg] = []
        for i in range(count):
            ends = _cut(corners, left + (i + 0.5) * (right - left) / count)
            ends = ends[::-1] if i % 2 else ends
            legs += [self._leg(lat0, lon0, along, y) for along, y in ends]
        return tuple(legs)

    def _leg(self, lat_deg: float, lon_deg: float, along: float, right: float) -> Leg:
        sin, cos = math.sin(self.bearing), math.cos(self.bearing)
        place = moved(lat_deg, lon_deg, along * sin + right * cos, along * cos - right * sin)
        return Leg(*place, self.height, self.speed)


def _cut(corners: list[tuple[float, float]], right: float) -> list[tuple[float, float]]:
    """The two ends, from behind to ahead, of the track at `right` through a convex polygon of (along, right)."""
    found = []
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y1 <= right) != (y2 <= right):
            found.append(x1 + (x2 - x1) * (right - y1) / (y2 - y1))
    return [(min(found), right), (max(found), right)] if found else []


@dataclass(frozen=True, slots=True)
class Land:
    """Land on the deck of that name."""

    deck: str


@dataclass(frozen=True, slots=True)
class Return:
    """Back to where it came from."""


Order = Through | Loiter | Search | Land | Return
