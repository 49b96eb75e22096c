"""Places of vessels -> the corners of an outline around them. Convex hull by Andrew's monotone chain (1979)."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.units import wrap_lon_deg

CORNERS = 8  # around each vessel: the margin is at most 8 % short between two of them
METRES_A_DEGREE = 111_195.0  # mean sphere: an outline needs no more


@kernel
def hull(east: Array, north: Array) -> Array:
    """The rows that are corners of the convex hull, anticlockwise from the most western.

    >>> hull(np.array([0.0, 4.0, 4.0, 0.0, 2.0]), np.array([0.0, 0.0, 3.0, 3.0, 1.0])).tolist()
    [0, 1, 2, 3]
    """
    order = np.argsort(north, kind="mergesort")
    order = order[np.argsort(east[order], kind="mergesort")]
    n, size = len(order), 0
    corners = np.empty(2 * n + 1, np.int64)
    for turn in range(2):
        base = size + 1
        for k in range(n):
            c = order[k] if turn == 0 else order[n - 1 - k]
            while size > base:
                a, b = corners[size - 2], corners[size - 1]
                cross = (east[b] - east[a]) * (north[c] - north[a]) - (north[b] - north[a]) * (east[c] - east[a])
                if cross > 0.0:
                    break
                size -= 1
            corners[size] = c
            size += 1
        size -= 1
    return corners[: max(size, 1)]


def outline(
    lat_deg: Array, lon_deg: Array, middle: tuple[float, float], margin: float
) -> tuple[tuple[float, float], ...]:
    """(latitude, longitude) corners of the convex hull with `margin` m around it, clockwise.

    >>> [round(lat, 3) for lat, _ in outline(np.array([60.0]), np.zeros(1), (60.0, 0.0), 1111.95)]
    [60.007, 60.01, 60.007, 60.0, 59.993, 59.99, 59.993, 60.0]
    """
    lat, lon = middle
    scale = METRES_A_DEGREE * max(math.cos(math.radians(lat)), 1e-6)
    east, north = wrap_lon_deg(lon_deg - lon) * scale, (lat_deg - lat) * METRES_A_DEGREE
    corners = hull(east, north)
    turn = 2 * np.pi * np.arange(CORNERS) / CORNERS
    wide = (east[corners][:, None] + margin * np.sin(turn)).ravel()
    high = (north[corners][:, None] + margin * np.cos(turn)).ravel()
    around = hull(wide, high)[::-1]
    lats, lons = lat + high[around] / METRES_A_DEGREE, wrap_lon_deg(lon + wide[around] / scale)
    return tuple(zip(lats.tolist(), lons.tolist(), strict=True))
