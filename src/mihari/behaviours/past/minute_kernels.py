"""Samples -> places at whole minutes -> who is near whom there. Kernels; what `pairs.grid` does for the live hours."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import NONE
from mihari.behaviours.memory.steps import metres
from mihari.behaviours.pairs.grid import between, bucket, cube_of, joined, voice_between
from mihari.core.kernels import inlined, kernel

BUCKETS = 4096  # as `bucket` has them
TURN = 3_600_000_000
# a vessel (slot) at a whole minute; x, y, z: its cube in the Earth's space
PLACE = np.dtype(
    [("t", "i8"), ("slot", "i4"), ("lat", "i4"), ("lon", "i4"), ("x", "i4"), ("y", "i4"), ("z", "i4"), ("voice", "u1")],
    align=True,
)
NEAR = np.dtype([("a", "i4"), ("b", "i4"), ("t", "i8"), ("away", "f4")], align=True)  # slots a < b, m


@inlined
def placed(out: Any, n: int, begun: int, slot: int, t: Any, lat: int, lon: int, voice: int) -> int:
    """A place behind those that a vessel has from row `begun` on; at one time the lowest voice speaks."""
    k = n
    while k > begun and out[k - 1].t > t:
        k -= 1
    if k > begun and out[k - 1].t == t:
        if voice <= out[k - 1].voice:
            out[k - 1].lat, out[k - 1].lon, out[k - 1].voice = lat, lon, voice
        return n
    for j in range(n, k, -1):
        out[j] = out[j - 1]
    out[k].t, out[k].slot, out[k].lat, out[k].lon, out[k].voice = t, slot, lat, lon, voice
    return n + 1


@kernel
def minutes(memory: Any, slots: Any, start: int, every: int, out: Any, n: int) -> tuple[int, int]:
    """Places of `slots` from `start` on at multiples of `every` s, ordered by vessel and time, behind the n in `out`.

    Returns (the vessel that found no room, or how many there are; rows in `out`).
    """
    step = memory.pace[0].step_s
    voices = memory.voices.shape[2]
    last_block, last_row = np.zeros(voices, np.int64), np.zeros(voices, np.int64)
    for i in range(start, len(slots)):
        k, begun = slots[i], n
        last_block[:] = NONE
        block = memory.vessels[k].first
        while block != NONE:
            link = memory.samples.links[block]
            for row in range(link.begin, link.begin + link.count):
                s = memory.samples.rows[block, row]
                j = s.kind >> 4
                if last_block[j] != NONE:
                    p = memory.samples.rows[last_block[j], last_row[j]]
                    if joined(p, s, step):
                        t0, t1, voice = np.int64(p.t), np.int64(s.t), voice_between(p, s)
                        if n + step // every + 2 > len(out):
                            return i, begun
                        t = -(-t0 // every) * every
                        while t <= t1:
                            lat = between(np.int64(p.lat), np.int64(s.lat), t0, t1, t, 0)
                            lon = between(np.int64(p.lon), np.int64(s.lon), t0, t1, t, TURN)
                            n = placed(out, n, begun, k, t, lat, lon, voice)
                            t += every
                last_block[j], last_row[j] = block, row
            block = link.next
    return len(slots), n


@kernel
def put(places: Any, rows: Any, out: Any, to: Any) -> None:
    """Each of some rows to its place in `out`."""
    for q in range(len(rows)):
        out[to[q]] = places[rows[q]]


@inlined
def met(
    places: Any, following: Any, other: int, p: Any, u: int, v: int, w: int, radius: float, out: Any, n: int
) -> int:
    """Pairs of a place with those of a list that are in cube (u, v, w); how many there are then."""
    while other != NONE:
        o = places[other]
        if o.x == u and o.y == v and o.z == w and o.slot != p.slot:
            away = metres(np.int64(p.lat), np.int64(p.lon), np.int64(o.lat), np.int64(o.lon))
            if away <= radius:
                if n < len(out):
                    out[n].a, out[n].b = min(p.slot, o.slot), max(p.slot, o.slot)
                    out[n].t, out[n].away = p.t, away
                n += 1
        other = following[other]
    return n


@kernel
def near(places: Any, radius: float, out: Any) -> int:
    """Pairs within `radius` m at each time, into `out` while there is room; places by time. How many there are."""
    heads, following = np.full(BUCKETS, NONE, np.int32), np.full(len(places), NONE, np.int32)
    n, begun = 0, 0
    for q in range(len(places)):
        p = places[q]
        if q > 0 and p.t != places[q - 1].t:
            for old in range(begun, q):
                heads[bucket(places[old].x, places[old].y, places[old].z)] = NONE
            begun = q
        x, y, z = cube_of(np.int64(p.lat), np.int64(p.lon), radius)
        p.x, p.y, p.z = x, y, z
        for u in range(x - 1, x + 2 if q > begun else x - 1):
            for v in range(y - 1, y + 2):
                part = u * 73856093 ^ v * 19349663
                for w in range(z - 1, z + 2):
                    other = heads[(part ^ w * 83492791) & (BUCKETS - 1)]
                    if other != NONE:
                        n = met(places, following, other, p, u, v, w, radius, out, n)
        mine = bucket(x, y, z)
        following[q], heads[mine] = heads[mine], q
    return n


@kernel
def runs(found: Any, pairs: Any, wanted: Any, radius: float, every: int, out: Any) -> int:
    """Runs of times at which pairs were at most `radius` m apart: (row in wanted, first, last) into `out`; how many.

    found: NEAR by pair and time, pair k from row pairs[k] to pairs[k + 1].
    """
    n = 0
    for i in range(len(wanted)):
        first, last = np.int64(0), np.int64(0)
        for r in range(pairs[wanted[i]], pairs[wanted[i] + 1]):
            if found[r].away > radius:
                continue
            if first > 0 and found[r].t - last <= every:
                last = found[r].t
                continue
            if first > 0:
                out[n, 0], out[n, 1], out[n, 2] = i, first, last
                n += 1
            first = last = found[r].t
        if first > 0:
            out[n, 0], out[n, 1], out[n, 2] = i, first, last
            n += 1
    return n
