"""Places a minute apart -> which ships will pass how near, and when: kernels over the columns of one minute.

Two ships that hold course and speed are nearest at TCPA = -(r·v) / v², CPA = |r + v TCPA|; r, v: place and velocity of
one from the other, on a plane (IMO A.823(19), automatic radar plotting aids). Beyond some 20 NM the plane is off.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.pairs.grid import ABSENT, DRAWN, METRES_OF_UNIT
from mihari.behaviours.pairs.moving import turned, velocity
from mihari.core.kernels import kernel

MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, Knuth TAOCP 6.4: spreads what is added up


@kernel
def sums(grid: Any, ships: Any) -> Any:
    """(n,) a sum over each minute's places of ships: another one where any place is another one."""
    found = np.zeros(len(grid.times), np.uint64)
    for at in range(len(grid.times)):
        total = np.uint64(grid.times[at])
        for k in ships:
            if grid.lat[at, k] != ABSENT and grid.voice[at, k] < DRAWN:
                place = np.uint64(np.uint32(grid.lat[at, k])) << np.uint64(32) | np.uint64(np.uint32(grid.lon[at, k]))
                mixed = (place ^ np.uint64(k) * MIX) * MIX
                total += mixed ^ mixed >> np.uint64(29)
        found[at] = total
    return found


@kernel
def closest(
    grid: Any, at: int, before: int, seconds: float, ships: Any, slow: float, cpa: Any, tcpa: Any, out: Any
) -> int:
    """Pairs that will pass within limits, rows (a, b, level) into `out`, a < b; how many, also where there is no room.

    at, before: places in the ring, `seconds` apart; cpa, tcpa: (levels,) m and s, the widest first; slow: m/s, ships
    below it are left out. The level is the narrowest that holds.
    """
    n = len(ships)
    lat, lon, east, north = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n), np.zeros(n)
    who, m, fastest = np.zeros(n, np.int64), 0, 0.0
    for i in range(n):
        k = ships[i]
        u, w = velocity(grid, at, before, seconds, k)
        if math.hypot(u, w) >= slow:
            who[m], lat[m], lon[m], north[m], east[m] = k, grid.lat[at, k], grid.lon[at, k], u, w
            fastest, m = max(fastest, math.hypot(u, w)), m + 1
    order = np.argsort(lat[:m])
    reach = cpa[0] + 2 * fastest * tcpa[0]
    found = 0
    for p in range(m):
        i = order[p]
        scale = METRES_OF_UNIT * math.cos(math.radians(lat[i] * 1e-7))
        for q in range(p + 1, m):
            j = order[q]
            y = (lat[j] - lat[i]) * METRES_OF_UNIT
            if y > reach:
                break
            x = turned(lon[j] - lon[i]) * scale
            if abs(x) > reach:
                continue
            vx, vy = east[j] - east[i], north[j] - north[i]
            square = vx * vx + vy * vy
            when = -(x * vx + y * vy) / square if square > 0 else -1.0
            if when < 0:
                continue
            near, level = math.hypot(x + vx * when, y + vy * when), -1
            for k in range(len(cpa)):
                if near <= cpa[k] and when <= tcpa[k]:
                    level = k
            if level >= 0:
                if found < len(out):
                    out[found, 0], out[found, 1] = min(who[i], who[j]), max(who[i], who[j])
                    out[found, 2] = level
                found += 1
    return found
