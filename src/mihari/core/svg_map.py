"""What every map in SVG needs: a frame around places, the coast's rings in it, degrees on its axes, a scale bar."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import numpy as np

from mihari.core import svg
from mihari.core.columns import Array

LAND, SEA, SHORE = "#e9e3d0", "#f3f8fb", "#b3a98c"
LEAST_DEG = 0.02  # of latitude on a map: 1.2 NM
BARS = (200_000.0, 100_000.0, 50_000.0, 20_000.0, 10_000.0, 5000.0, 2000.0, 1000.0, 500.0)  # m
DEGREE_M = 111_195.0  # of latitude, on a sphere


class Coastline(Protocol):
    """Closed rings of an area's coast, as `mihari.coast.Area` has them: ring k is [starts[k], starts[k + 1])."""

    @property
    def starts(self) -> Array:
        """Where each ring begins in the columns, and where the last one ends."""
        ...

    @property
    def lat_deg(self) -> Array:
        """(n,) corners."""
        ...

    @property
    def lon_deg(self) -> Array:
        """(n,) corners."""
        ...


def near(lon_deg: Array, origin: float) -> Array:
    """Longitudes within half a turn of `origin`, so that nothing is cut at the antimeridian.

    >>> near(np.array([-179.0, 170.0]), 175.0).tolist()
    [181.0, 170.0]
    """
    return np.asarray(origin + (lon_deg - origin + 180) % 360 - 180)


def around(lat_deg: Array, lon_deg: Array, left: float, top: float, side: float, margin: float = 1.15) -> svg.Frame:
    """A square of `side` px around places, a nautical mile as long to the east as to the north.

    >>> frame = around(np.array([0.0, 1.0]), np.array([10.0, 10.0]), 0.0, 0.0, 100.0, 1.0)
    >>> frame.y, [round(x, 4) for x in frame.x]
    ((0.0, 1.0), [9.5, 10.5])
    """
    south, north, west, east = lat_deg.min(), lat_deg.max(), lon_deg.min(), lon_deg.max()
    middle_lat, middle_lon = float(south + north) / 2, float(west + east) / 2
    shrink = max(math.cos(math.radians(middle_lat)), 0.01)
    half = margin * max(float(north - south), float(east - west) * shrink, LEAST_DEG) / 2
    x = (middle_lon - half / shrink, middle_lon + half / shrink)
    return svg.Frame(left, top, side, side, x, (middle_lat - half, middle_lat + half))


def rings(area: Coastline, frame: svg.Frame) -> list[tuple[Array, Array]]:
    """The coast's rings (longitude, latitude) that show in the frame, wherever the antimeridian is."""
    found: list[tuple[Array, Array]] = []
    for a, b in pairwise(area.starts.tolist()):
        lat, lon = area.lat_deg[a:b], area.lon_deg[a:b]
        if lat.max() >= frame.y[0] and lat.min() <= frame.y[1]:
            turned = [lon + turn for turn in (-360.0, 0.0, 360.0)]
            found += [(x, lat) for x in turned if x.max() >= frame.x[0] and x.min() <= frame.x[1]]
    return found


def degrees(positive: str, negative: str) -> Callable[[float], str]:
    """How an axis tells degrees.

    >>> degrees("E", "W")(181.0), degrees("N", "S")(-1.5)
    ('179° W', '1.5° S')
    """

    def told(value: float) -> str:
        value = (value + 180) % 360 - 180 if positive == "E" else value
        return f"{abs(value):.6g}° {positive if value >= 0 else negative}"

    return told


def scale_bar(frame: svg.Frame) -> str:
    """A bar of a round length."""
    metres = (frame.y[1] - frame.y[0]) * DEGREE_M / frame.height
    length = next((v for v in BARS if v / metres < frame.width / 3), 200.0)
    right, y = frame.left + frame.width - 12, frame.top + frame.height - 12
    bar = f"<path d='M{right - length / metres:.1f} {y - 4}v4H{right:.1f}v-4' fill='none' stroke='black'/>"
    return bar + svg.text(right, y - 6, f"{length / 1000:g} km", 10, "end")
