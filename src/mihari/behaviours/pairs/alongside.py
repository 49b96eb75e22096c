"""Places of one moment and some minutes before -> pairs of vessels that sail alike, not far from each other. Kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.pairs.grid import METRES_OF_UNIT
from mihari.behaviours.pairs.moving import turned, velocity
from mihari.core.kernels import kernel


@kernel
def alongside(grid: Any, at: int, before: int, seconds: float, count: int, limits: Any, pairs: Any, told: Any) -> int:
    """Pairs among the first `count` vessels into pairs (m, 2), a < b, and told (m, 3); how many, with room or not.

    at, before: places in the ring, `seconds` apart; limits: nearest and farthest, m, slowest, m/s, and the widest angle
    between the courses, rad. told: m along and across the common course from a to b, and that course, rad.
    """
    near, far, slow, angle = limits
    lat, lon, east, north = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count), np.zeros(count)
    who, m = np.zeros(count, np.int64), 0
    for k in range(count):
        u, w = velocity(grid, at, before, seconds, k)
        if math.hypot(u, w) >= slow:
            who[m], lat[m], lon[m], north[m], east[m] = k, grid.lat[at, k], grid.lon[at, k], u, w
            m += 1
    order = np.argsort(lat[:m])
    found = 0
    for p in range(m):
        i = order[p]
        scale = METRES_OF_UNIT * math.cos(math.radians(lat[i] * 1e-7))
        for q in range(p + 1, m):
            j = order[q]
            y = (lat[j] - lat[i]) * METRES_OF_UNIT
            if y > far:
                break
            x = turned(lon[j] - lon[i]) * scale
            if abs(x) > far or not near <= math.hypot(x, y) <= far:
                continue
            dot, cross = east[i] * east[j] + north[i] * north[j], east[i] * north[j] - north[i] * east[j]
            if abs(math.atan2(cross, dot)) > angle:
                continue
            if found < len(pairs):
                course = math.atan2(east[i] + east[j], north[i] + north[j])
                sign = 1.0 if who[i] < who[j] else -1.0
                pairs[found, 0], pairs[found, 1] = min(who[i], who[j]), max(who[i], who[j])
                told[found, 0] = sign * (x * math.sin(course) + y * math.cos(course))
                told[found, 1] = sign * (x * math.cos(course) - y * math.sin(course))
                told[found, 2] = course
            found += 1
    return found
