"""Where ships are and how long legs take: great circles on the mean sphere, in wind. Hours and km."""

from __future__ import annotations

import math
from typing import Any

from mihari.core.kernels import inner, lean, spliced
from mihari.patrol.search.world import EARTH_KM, EAST, NORTH, SPEED, World

SLOWEST = 0.05  # of the airspeed: against stronger wind nobody gets anywhere
MET_H = 1e-4  # by which the last turn of that search may change it
TURNS = 40  # of the search for where a ship is met; each is nearer by the ratio of the speeds


@spliced
def spell(edges: Any, time: float) -> int:
    """The spell of weather at a time, the last one ever after."""
    s = 0
    while s + 2 < len(edges) and time >= edges[s + 1]:
        s += 1
    return s


@lean
def where(way_at: Any, way: Any, mover: int, time: float) -> tuple[float, float, float]:
    """Unit vector of a place (mover < P) or vessel (P + l) at a time."""
    first, last = way_at[mover], way_at[mover + 1] - 1
    i = first
    while i < last and time > way[i + 1, 0]:
        i += 1
    if i == last or time <= way[i, 0]:
        return way[i, 1], way[i, 2], way[i, 3]
    part = (time - way[i, 0]) / (way[i + 1, 0] - way[i, 0])
    x = way[i, 1] + part * (way[i + 1, 1] - way[i, 1])
    y = way[i, 2] + part * (way[i + 1, 2] - way[i, 2])
    z = way[i, 3] + part * (way[i + 1, 3] - way[i, 3])
    size = math.sqrt(x * x + y * y + z * z)
    return x / size, y / size, z / size


@lean
def leg(
    ax: float, ay: float, az: float, bx: float, by: float, bz: float, airspeed: float, east: float, north: float
) -> float:
    """Hours from a to b (unit vectors) with so much wind (where it blows to): the wind triangle at the start."""
    dx, dy, dz = bx - ax, by - ay, bz - az
    chord = math.sqrt(dx * dx + dy * dy + dz * dz)
    if chord < 1e-9:
        return 0.0
    if airspeed <= 0.0:
        return math.inf
    distance = 2 * EARTH_KM * math.asin(min(chord / 2, 1.0))
    if east == 0.0 and north == 0.0:
        return distance / airspeed
    level = max(math.hypot(ax, ay), 1e-12)
    to_east = (-ay * dx + ax * dy) / level
    to_north = -az * (ax * dx + ay * dy) / level + level * dz
    size = max(math.hypot(to_east, to_north), 1e-12)
    along = (east * to_east + north * to_north) / size
    across2 = east * east + north * north - along * along
    if across2 >= airspeed * airspeed:
        return math.inf
    made_good = math.sqrt(airspeed * airspeed - across2) + along
    return distance / made_good if made_good > SLOWEST * airspeed else math.inf


@inner
def meet(w: World, n: int, x: float, y: float, z: float, time: float, mover: int) -> float:
    """Hours from a point to a place or vessel that goes on moving, left at `time`; inf where it is not caught up."""
    takes = before = 0.0
    s = spell(w.edges, time)
    for _ in range(TURNS):
        before = takes
        mx, my, mz = where(w.way_at, w.way, mover, time + takes)
        takes = leg(x, y, z, mx, my, mz, w.air[n, s, SPEED], w.air[n, s, EAST], w.air[n, s, NORTH])
        if not takes < math.inf:
            return math.inf
        if abs(takes - before) < MET_H:
            return takes
    return math.inf
