"""Samples of an hour -> whether places run round a circle while course or heading does not. Kernel.

A circle is fitted by least squares (Kåsa, IEEE Trans. Instrum. Meas. 25, 1976). A hull that really turns has its course
and its heading at one angle to the bearing from the middle, whatever the sense and however far apart the samples are:
the mean of the unit vectors at that angle is then near one long, and near nought for a ship that lies still or sails on
while its places are made up.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import NONE, UNKNOWN
from mihari.behaviours.memory.steps import CENTI, DEGREE, METRES
from mihari.core.kernels import inlined, kernel
from mihari.core.units import KNOT

WINDOW_S = 3600  # 20 kn (Point Reyes) go twice round a circle of 3 km in an hour
EVERY_S = 300
LEAST = 40  # samples: one each minute and a half
BREAK_S = 300  # the longest without a sample
TURNS = 2.0  # in a window
NARROW_M, WIDE_M = 50.0, 3000.0  # m: Shanghai 100 m; below 50 m fixes that wander from a ship at her berth
ROUND = 0.1  # the root mean square distance from the circle over its radius; a cloud of bad fixes has 0.5
AROUND = 0.5  # of unit vectors to the places, and at twice their angles: two aerials in turns are no circle
SLOWEST_MPS = 5 * KNOT  # a current of 3 kn turns a bow by less than 40° from the way; at anchor it is slower
AGREES = (
    0.5  # of unit vectors of course, or heading, from the bearing of the middle: half way to turning with the circle
)
TOLD = 0.75  # of the samples must tell a course, or a heading
ROOM = 4096  # samples: 6 h with five cells crossed in each half minute


@inlined
def gathered(memory: Any, slot: int, since: int, until: int, t: Any, p: Any) -> int:
    """Samples of [since, until) that AIS told, the newest first: t (n,), p (n, 6) m east and north, rad, m/s, voice."""
    n, block = 0, memory.vessels[slot].last
    lat0 = lon0 = np.int64(0)
    scale = 1.0
    while block != NONE and n < len(t):
        link = memory.samples.links[block]
        for row in range(link.begin + link.count - 1, link.begin - 1, -1):
            s = memory.samples.rows[block, row]
            if np.int64(s.t) < since:
                return n
            if np.int64(s.t) >= until or s.kind & 15 != 0 or n == len(t):
                continue
            if n == 0:
                lat0, lon0 = np.int64(s.lat), np.int64(s.lon)
                scale = math.cos(math.radians(lat0 * 1e-7)) * METRES
            turn = (np.int64(s.lon) - lon0 + 180 * DEGREE) % (360 * DEGREE) - 180 * DEGREE
            t[n] = s.t
            p[n, 0], p[n, 1] = turn * scale, (np.int64(s.lat) - lat0) * METRES
            p[n, 2] = s.course * CENTI if s.course != UNKNOWN else math.nan
            p[n, 3] = s.heading * CENTI if s.heading != UNKNOWN else math.nan
            p[n, 4] = s.speed * 0.01 if s.speed != UNKNOWN else math.nan
            p[n, 5] = s.kind >> 4
            n += 1
        block = link.last
    return n


@inlined
def winds(p: Any, rows: Any, n: int) -> bool:
    """Whether a way winds about, a quick look first: twice round is four times across, however it is sampled."""
    low_x, high_x, low_y, high_y, way = math.inf, -math.inf, math.inf, -math.inf, 0.0
    for k in range(n):
        x, y = p[rows[k], 0], p[rows[k], 1]
        low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
        if k > 0:
            way += math.hypot(x - p[rows[k - 1], 0], y - p[rows[k - 1], 1])
    across = max(high_x - low_x, high_y - low_y)
    return NARROW_M < across < 3 * WIDE_M and way > TURNS * across


@inlined
def middle(p: Any, rows: Any, n: int) -> tuple[float, float, float]:
    """East, north and radius of the circle that fits best; a radius of 0: none does."""
    mx = my = 0.0
    for k in range(n):
        mx, my = mx + p[rows[k], 0] / n, my + p[rows[k], 1] / n
    uu = uv = vv = a = b = 0.0
    for k in range(n):
        u, v = p[rows[k], 0] - mx, p[rows[k], 1] - my
        uu, uv, vv = uu + u * u, uv + u * v, vv + v * v
        a, b = a + u * (u * u + v * v) / 2, b + v * (u * u + v * v) / 2
    det = uu * vv - uv * uv
    if det <= 1e-9 * (uu + vv) ** 2:
        return mx, my, 0.0
    x, y = (a * vv - b * uv) / det, (b * uu - a * uv) / det
    return mx + x, my + y, math.sqrt(x * x + y * y + (uu + vv) / n)


@inlined
def contradicted(p: Any, rows: Any, n: int, column: int, x: float, y: float) -> bool:
    """Whether directions told do not turn with the places. Headings that are all nought are a compass not connected."""
    c = s = 0.0
    told, moved = 0, False
    for k in range(n):
        direction = p[rows[k], column]
        if not math.isnan(direction):
            angle = direction - math.atan2(p[rows[k], 0] - x, p[rows[k], 1] - y)
            c, s, told = c + math.cos(angle), s + math.sin(angle), told + 1
            moved = moved or direction != 0.0
    return moved and told >= TOLD * n and math.hypot(c, s) < AGREES * told


@inlined
def circling(t: Any, p: Any, rows: Any, n: int) -> bool:
    """Whether the samples `rows`, the newest first, run round a circle that their course or heading does not."""
    if n < LEAST or not winds(p, rows, n):
        return False
    x, y, radius = middle(p, rows, n)
    if not NARROW_M <= radius <= WIDE_M:
        return False
    off = turned = speed = c = s = c2 = s2 = last = 0.0
    told = 0
    for k in range(n):
        east, north = p[rows[k], 0] - x, p[rows[k], 1] - y
        off += (math.hypot(east, north) - radius) ** 2
        angle = math.atan2(east, north)
        if k > 0:
            turned += abs((angle - last + math.pi) % (2 * math.pi) - math.pi)
        last = angle
        c, s, c2, s2 = c + math.cos(angle), s + math.sin(angle), c2 + math.cos(2 * angle), s2 + math.sin(2 * angle)
        if not math.isnan(p[rows[k], 4]):
            speed, told = speed + p[rows[k], 4], told + 1
    speed = max(speed / max(told, 1), radius * turned / max(t[rows[0]] - t[rows[n - 1]], 1))
    if math.sqrt(off / n) > ROUND * radius or turned < TURNS * 2 * math.pi or speed < SLOWEST_MPS:
        return False
    if math.hypot(c, s) > AROUND * n or math.hypot(c2, s2) > AROUND * n:
        return False
    return contradicted(p, rows, n, 2, x, y) or contradicted(p, rows, n, 3, x, y)


@inlined
def window(t: Any, p: Any, first: int, had: int, end: int, rows: Any) -> int:
    """The time of the oldest sample of the hour before `end` if that is a circle, else 0.

    first: the newest sample before; rows: room for their numbers.
    """
    count, before, k = 0, end, first
    while k < had and t[k] >= end - WINDOW_S:
        if p[k, 5] == p[first, 5]:
            if before - t[k] > BREAK_S:
                return 0
            before = t[k]
            rows[count] = k
            count += 1
        k += 1
    whole = before - (end - WINDOW_S) <= BREAK_S
    return int(before) if whole and circling(t, p, rows, count) else 0


@kernel
def rings(memory: Any, slots: Any, lows: Any, highs: Any, out: Any) -> int:
    """Windows low to high of each vessel in which it circles: rows (slot, window, UTC s of its first sample) into
    `out`; how many, whether there was room or not.

    Window w is [w EVERY_S - WINDOW_S, w EVERY_S). Of a name told from two places: the voice heard last.
    """
    n = 0
    t, p, rows = np.empty(ROOM, np.int64), np.empty((ROOM, 6)), np.empty(ROOM, np.int64)
    for i in range(len(slots)):
        begin, end = lows[i] * EVERY_S - WINDOW_S, highs[i] * EVERY_S
        had = gathered(memory, slots[i], begin, end, t, p)
        w, first = highs[i], 0
        while w >= lows[i]:
            end = w * EVERY_S
            while first < had and t[first] >= end:
                first += 1
            if first == had:
                break
            if end - t[first] > BREAK_S:  # silence: on with the window that ends after it
                w = t[first] // EVERY_S + 1
                continue
            begun = window(t, p, first, had, end, rows)
            if begun > 0:
                if n < len(out):
                    out[n, 0], out[n, 1], out[n, 2] = slots[i], w, begun
                n += 1
            w -= 1
    return n
