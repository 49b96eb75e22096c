"""Which vessels may be neighbours, and which are: the kernels of `clusters` that look at places and velocities.

`v` (n, 7): per vessel longitude in degrees, place in ECEF, m, velocity east and north, m/s, and how far its neighbours
may be, m; in the order of bands of latitude, and of longitude within each. `limits`: the largest reach in m, speed of
who is under way, difference of velocities, m/s, and its share of the faster one's speed. Imports Numba.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import ecef_of
from mihari.core.kernels import kernel

MORE_DEG = 1e-9  # of longitude: what rounding may cost
EQUATOR = 6378137.0  # m, WGS-84
LON, X, Y, Z, EAST, NORTH, REACH = range(7)


@kernel
def table(order: Array, lon: Array, lat_deg: Array, east: Array, north: Array, reach: Array) -> Array:
    """`v` of vessels in their order by band and longitude."""
    v = np.empty((len(order), 7))
    for k in range(len(order)):
        i = order[k]
        v[k, LON], v[k, EAST], v[k, NORTH], v[k, REACH] = lon[i], east[i], north[i], reach[i]
        v[k, X], v[k, Y], v[k, Z] = ecef_of(math.radians(lat_deg[i]), math.radians(lon[i]))
    return v


@kernel
def window_deg(lat_rad: float, height_rad: float, radius: float) -> float:
    """How far in longitude a vessel within `radius` m may be, no more than two bands of latitude nearer to a pole.

    >>> window_deg(0.0, 0.0, 1852.0) < 0.01664, window_deg(1.5707, 0.0003, 1852.0)
    (True, 360.0)
    """
    across = 2.0 * EQUATOR * math.cos(min(abs(lat_rad) + 2.0 * height_rad, math.pi / 2))
    return 360.0 if across <= radius else math.degrees(2.0 * math.asin(radius / across)) + MORE_DEG


@kernel
def apart(v: Array, i: int, j: int, limits: Any) -> float:
    """Distance in m² of two neighbours, along the chord; -1 where they are none: too far, or moving differently."""
    _, under_way, motion, share = limits
    dx, dy, dz = v[i, X] - v[j, X], v[i, Y] - v[j, Y], v[i, Z] - v[j, Z]
    distance = dx * dx + dy * dy + dz * dz
    if distance > max(v[i, REACH], v[j, REACH]) ** 2:
        return -1.0
    one, other = v[i, EAST] ** 2 + v[i, NORTH] ** 2, v[j, EAST] ** 2 + v[j, NORTH] ** 2
    faster = max(one, other)
    if faster > under_way * under_way:
        differ = (v[i, EAST] - v[j, EAST]) ** 2 + (v[i, NORTH] - v[j, NORTH]) ** 2
        if differ > max(motion * motion, share * share * faster):
            return -1.0
    return float(distance)
