"""Places of vessels -> the corners of outlines around them. Convex hull by Andrew's monotone chain (1979)."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.units import wrap_lon_deg

CORNERS = 8  # around each vessel: the margin is at most 8 % short between two of them
METRES_A_DEGREE = 111_195.0  # mean sphere: an outline needs no more

Corners = tuple[tuple[float, float], ...]  # latitude, longitude


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


@kernel
def _outlines(start: Array, east: Array, north: Array, margin: float) -> tuple[Array, Array]:
    """(m, 2) corners east and north in m of one outline after the other, and where each begins, and the end."""
    corners, ends = np.empty((CORNERS * len(east), 2)), np.zeros(len(start), np.int64)
    size = 0
    for k in range(len(start) - 1):
        e, n = east[start[k] : start[k + 1]], north[start[k] : start[k + 1]]
        inner = hull(e, n)
        wide, high = np.empty(CORNERS * len(inner)), np.empty(CORNERS * len(inner))
        for m in range(len(wide)):
            turn = 2.0 * math.pi * (m % CORNERS) / CORNERS
            wide[m] = e[inner[m // CORNERS]] + margin * math.sin(turn)
            high[m] = n[inner[m // CORNERS]] + margin * math.cos(turn)
        around = hull(wide, high)[::-1]
        for m in range(len(around)):
            corners[size + m, 0], corners[size + m, 1] = wide[around[m]], high[around[m]]
        size += len(around)
        ends[k + 1] = size
    return corners[:size], ends


def outlines(group: Array, lat_deg: Array, lon_deg: Array, lat: Array, lon: Array, margin: float) -> list[Corners]:
    """Per group of vessels the (latitude, longitude) corners of its convex hull with `margin` m around it, clockwise.

    `lat`, `lon`: the middle of each group; every group has a vessel.

    >>> one = np.array([60.0])
    >>> corners = outlines(np.zeros(1, int), one, np.zeros(1), one, np.zeros(1), 1111.95)[0]
    >>> [round(lat, 3) for lat, _ in corners]
    [60.007, 60.01, 60.007, 60.0, 59.993, 59.99, 59.993, 60.0]
    """
    order = np.argsort(group, kind="stable")
    start = np.searchsorted(group[order], np.arange(len(lat) + 1))
    scale = METRES_A_DEGREE * np.maximum(np.cos(np.radians(lat)), 1e-6)
    mine = group[order]
    east = wrap_lon_deg(lon_deg[order] - lon[mine]) * scale[mine]
    north = (lat_deg[order] - lat[mine]) * METRES_A_DEGREE
    corners, ends = _outlines(start, east, north, margin)
    of = np.repeat(np.arange(len(lat)), np.diff(ends))
    lats = lat[of] + corners[:, 1] / METRES_A_DEGREE
    lons = wrap_lon_deg(lon[of] + corners[:, 0] / scale[of])
    both = list(zip(lats.tolist(), lons.tolist(), strict=True))
    return [tuple(both[ends[k] : ends[k + 1]]) for k in range(len(lat))]
