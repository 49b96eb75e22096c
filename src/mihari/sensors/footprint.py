"""What a picture shows of the sea, a polygon -> the look from its camera: azimuths and distances that lie within it.

A look counts as "looked there and saw nothing" for what it saw nothing of, so it must not claim more than the picture
shows: it is the largest of the sectors of rings about the place below the camera that fit into the polygon.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import TangentPlane, ecef, to_plane

RAYS = 65  # directions looked along
LEAST_M = 1.0


@dataclass(frozen=True, slots=True)
class Look:
    """From azimuth `start` clockwise to `end` (rad; equal: all round), from `near` to `far` m."""

    start: float
    end: float
    near: float
    far: float


def look_of(lat_deg: float, lon_deg: float, corners: Sequence[tuple[float, float]]) -> Look | None:
    """The look from above (lat_deg, lon_deg) of a picture whose corners on the sea are (lat_deg, lon_deg) in turn.

    None where the polygon has no area or is not convex enough to hold a look.

    >>> square = [(0.01, -0.01), (0.01, 0.01), (0.03, 0.02), (0.03, -0.02)]  # north of a camera on the equator
    >>> look = look_of(0.0, 0.0, square)
    >>> round(look.start, 2) > 5.2, look.end < 1.0, 1100 < look.near < 1600, 2900 < look.far < 3400
    (True, True, True, True)
    """
    if len(corners) < 3:
        return None
    plane = TangentPlane.at(lat_deg, lon_deg)
    east, north = to_plane(plane, ecef([c[0] for c in corners], [c[1] for c in corners]))
    x, y = np.asarray(east, float), np.asarray(north, float)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    if _inside(x, y):
        far = _nearest_edge(x, y)
        return Look(0.0, 0.0, 0.0, far) if far > LEAST_M else None
    return _ahead(x, y)


def _inside(x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Whether the origin lies in the polygon (crossings of the half line to the east)."""
    x2, y2 = np.roll(x, -1), np.roll(y, -1)
    cross = (y > 0) != (y2 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x + (x2 - x) * (-y / (y2 - y))
    return bool(np.count_nonzero(cross & (at > 0)) % 2)


def _nearest_edge(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    dx, dy = np.roll(x, -1) - x, np.roll(y, -1) - y
    length2 = np.maximum(dx * dx + dy * dy, 1e-9)
    part = np.clip(-(x * dx + y * dy) / length2, 0.0, 1.0)
    return float(np.hypot(x + part * dx, y + part * dy).min())


def _ahead(x: NDArray[np.float64], y: NDArray[np.float64]) -> Look | None:
    middle = math.atan2(float(x.mean()), float(y.mean()))
    off = (np.arctan2(x, y) - middle + math.pi) % (2 * math.pi) - math.pi
    angles = np.linspace(float(off.min()), float(off.max()), RAYS)[1:-1]
    near, far = np.array([_along(x, y, middle + a) for a in angles]).T
    best: tuple[float, Look] | None = None
    count = len(angles)
    for cut in range(count // 2):
        inside = slice(cut, count - cut)
        lowest, highest = float(near[inside].max()), float(far[inside].min())
        width = float(angles[count - cut - 1] - angles[cut])
        area = width * (highest**2 - lowest**2)
        if highest > lowest + LEAST_M and width > 1e-6 and (best is None or area > best[0]):
            turn = 2 * math.pi
            start, end = (middle + angles[cut]) % turn, (middle + angles[count - cut - 1]) % turn
            best = area, Look(float(start), float(end), lowest, highest)
    return None if best is None else best[1]


def _along(x: NDArray[np.float64], y: NDArray[np.float64], azimuth: float) -> tuple[float, float]:
    """Distances at which the ray to `azimuth` enters and leaves the polygon; (inf, 0) where it misses it."""
    sine, cosine = math.sin(azimuth), math.cos(azimuth)
    dx, dy = np.roll(x, -1) - x, np.roll(y, -1) - y
    across = dx * cosine - dy * sine  # of the edges, seen along the ray
    with np.errstate(divide="ignore", invalid="ignore"):
        part = -(x * cosine - y * sine) / across
    hit = np.isfinite(part) & (part >= 0.0) & (part <= 1.0)
    distance = (x + part * dx)[hit] * sine + (y + part * dy)[hit] * cosine
    distance = distance[distance > 0]
    return (float(distance.min()), float(distance.max())) if len(distance) >= 2 else (math.inf, 0.0)
