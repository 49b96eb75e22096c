"""Samples -> places at common times, a minute apart -> who is near whom there. Kernels.

The grid is a ring of the last hours. At each of its times every vessel that is known there has one place, on the
straight line between two samples of one voice. What is in the grid follows from the samples alone: when late ones move
a vessel's line, its places are put anew, and only its own pairs change.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.memory.layout import NONE, VOICES
from mihari.behaviours.memory.steps import metres
from mihari.core.kernels import inlined, kernel
from mihari.core.zones import KINDS

ABSENT = -(2**31)  # of a latitude: not known there
BUCKETS = 4096  # lists of cells at each time; where there are more cells than that, some share a list
RADIUS = 6371008.8  # m, of the mean sphere
METRES_OF_UNIT = math.radians(1e-7) * RADIUS  # of latitude
CHANGE = np.dtype([("a", "i4"), ("b", "i4"), ("at", "i4"), ("ring", "i4")], align=True)  # a < b; ring -1: far apart
UNSEEN = 2  # SightingKind: a vessel's own shadow
HEARD_S = 420  # samples farther apart (two reports of an anchored vessel, and some) do not show it heard between
DRAWN = 64  # is added to the voice of a place between two such samples
MOORED = 5  # navigation status, M.1371-5 table 47: who lies in a berth is in nobody's company
PORT = 1 << KINDS.index("port")
ROOM = 200_000  # changes that one vessel may cause: every minute of six hours among 200 neighbours, out and in


class Grid(NamedTuple):
    """`times` (n,) UTC s of each place in the ring; `lat`, `lon` (n, vessels) 1e-7°; lists of vessels by cell."""

    times: Any
    lat: Any
    lon: Any
    voice: Any  # (n, vessels) that told the place; DRAWN added where it was not heard around that time
    heads: Any  # (n, BUCKETS) first vessel of a list
    following: Any  # (n, vessels)
    previous: Any
    radii: Any  # m, ascending


@inlined
def bucket(x: Any, y: Any, z: Any) -> int:
    """The list of a cube of the Earth's space."""
    return int((x * 73856093 ^ y * 19349663 ^ z * 83492791) & (BUCKETS - 1))


@inlined
def cube(grid: Any, lat: Any, lon: Any) -> tuple[int, int, int]:
    """The cube that holds a place; its edge is the largest radius."""
    return cube_of(lat, lon, grid.radii[-1])


@inlined
def cube_of(lat: Any, lon: Any, edge: float) -> tuple[int, int, int]:
    """The same, of cubes of that edge, m."""
    a, b = math.radians(lat * 1e-7), math.radians(lon * 1e-7)
    return (
        math.floor(RADIUS * math.cos(a) * math.cos(b) / edge),
        math.floor(RADIUS * math.cos(a) * math.sin(b) / edge),
        math.floor(RADIUS * math.sin(a) / edge),
    )


@inlined
def neighbours(grid: Any, at: Any, k: int, apart: bool, out: Any, n: int) -> int:
    """Tell all pairs of vessel k at one time: how near they are, or that they are `apart` from now on."""
    lat, lon = np.int64(grid.lat[at, k]), np.int64(grid.lon[at, k])
    x, y, z = cube(grid, lat, lon)
    for dx in range(-1, 2):
        for dy in range(-1, 2):
            for dz in range(-1, 2):
                other = grid.heads[at, bucket(x + dx, y + dy, z + dz)]
                while other != NONE:
                    if other != k:
                        u, w = np.int64(grid.lat[at, other]), np.int64(grid.lon[at, other])
                        if in_cube(grid, u, w, x + dx, y + dy, z + dz):
                            away = metres(lat, lon, u, w)
                            if away <= grid.radii[-1]:
                                row = out[n]
                                row.a, row.b, row.at = min(k, other), max(k, other), at
                                row.ring = NONE if apart else np.searchsorted(grid.radii, away)
                                n += 1
                    other = grid.following[at, other]
    return n


@inlined
def in_cube(grid: Any, lat: Any, lon: Any, x: Any, y: Any, z: Any) -> bool:
    """Whether a place lies in the cube: lists are shared, and no pair may be told twice."""
    i, j, k = cube(grid, lat, lon)
    return bool(i == x and j == y and k == z)


@inlined
def lift(grid: Any, at: Any, k: int) -> None:
    """Take vessel k off the grid at one time."""
    before, after = grid.previous[at, k], grid.following[at, k]
    if before != NONE:
        grid.following[at, before] = after
    else:
        x, y, z = cube(grid, np.int64(grid.lat[at, k]), np.int64(grid.lon[at, k]))
        grid.heads[at, bucket(x, y, z)] = after
    if after != NONE:
        grid.previous[at, after] = before
    grid.lat[at, k] = ABSENT


@inlined
def drop(grid: Any, at: Any, k: int, lat: Any, lon: Any, voice: Any) -> None:
    """Put vessel k on the grid at one time."""
    grid.lat[at, k], grid.lon[at, k], grid.voice[at, k] = lat, lon, voice
    x, y, z = cube(grid, lat, lon)
    b = bucket(x, y, z)
    first = grid.heads[at, b]
    grid.following[at, k], grid.previous[at, k] = first, NONE
    if first != NONE:
        grid.previous[at, first] = k
    grid.heads[at, b] = k


@inlined
def placed(grid: Any, at: Any, k: int, lat: Any, lon: Any, voice: Any, out: Any, n: int) -> int:
    """Vessel k is at a place at one time (lat ABSENT: nowhere known); how many changes there are now."""
    old_lat, old_lon = np.int64(grid.lat[at, k]), np.int64(grid.lon[at, k])
    if old_lat == lat and (lat == ABSENT or (old_lon == lon and grid.voice[at, k] == voice)):
        return n
    if old_lat != ABSENT:
        n = neighbours(grid, at, k, True, out, n)
        lift(grid, at, k)
    if lat != ABSENT:
        drop(grid, at, k, lat, lon, voice)
        n = neighbours(grid, at, k, False, out, n)
    return n


@inlined
def between(first: Any, second: Any, t0: Any, t1: Any, t: Any, full_turn: int) -> int:
    """The coordinate at t of the line from (t0, first) to (t1, second), in 1e-7°; longitudes go the short way."""
    d = second - first
    if full_turn > 0:
        d = (d + full_turn // 2) % full_turn - full_turn // 2
    v = first + math.floor(d * float(t - t0) / float(t1 - t0) + 0.5)
    if full_turn > 0:
        v = (v + full_turn // 2) % full_turn - full_turn // 2
    return int(v)


@inlined
def joined(p: Any, s: Any, step: int) -> bool:
    """Whether a vessel is on the line between two samples of one voice: not in a berth, not longer than `step` s."""
    seconds = np.int64(s.t) - np.int64(p.t)
    return bool(0 < seconds <= step and p.status != MOORED and not p.areas & PORT and p.kind & 15 != UNSEEN)


@inlined
def voice_between(p: Any, s: Any) -> int:
    """The voice that tells a place between two samples; DRAWN added where it was not heard around that time."""
    return int(s.kind >> 4) | (DRAWN if np.int64(s.t) - np.int64(p.t) > HEARD_S else 0)


@inlined
def line(grid: Any, k: int, p: Any, s: Any, step: int, every: Any, lats: Any, lons: Any, voices: Any) -> None:
    """Places of vessel k at the grid's times from sample p to sample s of one voice, into lats, lons, voices (n,)."""
    if not joined(p, s, step):
        return
    t0, t1, voice = np.int64(p.t), np.int64(s.t), voice_between(p, s)
    t = -(-t0 // every) * every
    while t <= t1:
        at = (t // every) % len(grid.times)
        if grid.times[at] == t and (lats[at] == ABSENT or voice <= voices[at]):
            lats[at] = between(np.int64(p.lat), np.int64(s.lat), t0, t1, t, 0)
            lons[at] = between(np.int64(p.lon), np.int64(s.lon), t0, t1, t, 3_600_000_000)
            voices[at] = voice
        t += every


@kernel
def update(
    grid: Any, memory: Any, slots: Any, again: Any, start: Any, every: Any, upto: Any, work: Any, out: Any
) -> tuple[int, int]:
    """Places of the vessels `slots` from `start` on: the lines to samples after `upto`, or (`again`) all lines.

    upto: (vessels,) UTC s of the newest sample that is in the grid; work: (3, n) room, its first row all ABSENT.
    Returns (the vessel to go on with, changes in `out`).
    """
    n = 0
    for i in range(start, len(slots)):
        if n + ROOM > len(out):
            return i, n
        k = slots[i]
        n = lines(grid, memory, k, again[i], every, upto[k], work, out, n)
        upto[k] = memory.heads[1, k].t
    return len(slots), n


@inlined
def first_block(memory: Any, v: Any, since: Any) -> int:
    """The block that holds the last sample not after `since`, or the first block of all."""
    block = v.last
    while memory.samples.links[block].last != NONE:
        link = memory.samples.links[block]
        if link.count > 0 and memory.samples.rows[block, link.begin].t <= since:
            break
        block = link.last
    return int(block)


@inlined
def lines(grid: Any, memory: Any, k: int, again: bool, every: Any, upto: Any, work: Any, out: Any, n: int) -> int:
    """The lines between the samples of vessel k; where there is none any more, the vessel leaves the grid."""
    v, step = memory.vessels[k], memory.pace[0].step_s
    last_block, last_row = np.full(VOICES, NONE, np.int64), np.zeros(VOICES, np.int64)
    block = v.first if again else first_block(memory, v, upto - step)
    first = np.int64(0)
    while block != NONE:
        link = memory.samples.links[block]
        for row in range(link.begin, link.begin + link.count):
            s = memory.samples.rows[block, row]
            first = np.int64(s.t) if first == 0 else first
            j = s.kind >> 4
            if last_block[j] != NONE and (again or s.t > upto):
                p = memory.samples.rows[last_block[j], last_row[j]]
                line(grid, k, p, s, step, every, work[0], work[1], work[2])
            last_block[j], last_row[j] = block, row
        block = link.next
    for at in range(len(grid.times)):
        lat, voice = work[0, at], work[2, at]
        if again:
            known = lat != ABSENT or grid.times[at] > first
        else:
            known = lat != ABSENT and (grid.lat[at, k] == ABSENT or voice <= grid.voice[at, k])
        if known:
            n = placed(grid, at, k, lat, work[1, at], voice, out, n)
        work[0, at] = ABSENT
    return n


@kernel
def cleared(grid: Any, at: Any, time: int) -> None:
    """Begin a new time in the ring."""
    grid.times[at] = time
    grid.lat[at, :] = ABSENT
    grid.heads[at, :] = NONE


@kernel
def witnessed(grid: Any, moments: Any, every: int, lat: Any, lon: Any, radius: float, slot: int, told: Any) -> Any:
    """(moments that the grid has, those of them at which one of `told`, not slot, was heard near a place)."""
    had, seen = 0, 0
    north = np.int64(radius / METRES_OF_UNIT) + 1
    for m in range(len(moments)):
        t = moments[m] // every * every
        at = (t // every) % len(grid.times)
        if grid.times[at] != t:
            continue
        had += 1
        for k in range(len(told)):
            close = told[k] and k != slot and grid.lat[at, k] != ABSENT and grid.voice[at, k] < DRAWN
            close = close and abs(np.int64(grid.lat[at, k]) - lat) <= north
            if close and metres(lat, lon, np.int64(grid.lat[at, k]), np.int64(grid.lon[at, k])) <= radius:
                seen += 1
                break
    return had, seen
