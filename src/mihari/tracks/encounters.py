"""Who is who after two vessels met: what both were before is remembered, and compared when they are apart again.

While two tracks share plots, each look can exchange them with a little probability, and what is lost in one look is not
found again by the next. Where both held on through it, their velocities and ways tell afterwards: the two answers "each
is who it was" and "they were exchanged" are two hypotheses about the whole time between, and if the second is much more
likely the tracks exchange their ids. A hypothesis of many looks, kept only for the one question that it is needed for;
track-oriented hypotheses of identity: Blackman, "Multiple hypothesis tracking for multiple target tracking", IEEE AES
Magazine 19(1), 2004. Vessels that AIS names are told apart by that.
"""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.tracks.life import DROPPED, TENTATIVE

FREEDOM = 4.0  # degrees of Student's t: a vessel that turned meanwhile fits neither answer, and decides little


@lean
def part(t: Any) -> None:
    """Track t is in no encounter any more."""
    t.met, t.doubted = 0, -math.inf


@lean
def remember(t: Any, time: float) -> None:
    """Track t as it is, before it is taken for another."""
    P = t.P
    t.met_at = time
    for k in range(3):
        t.met_place[k], t.met_drift[k] = t.place[k], t.drift[k]
    t.met_spread[0] = 0.5 * (P[0, 0] + P[1, 1])
    t.met_spread[1] = 0.5 * (P[0, 2] + P[1, 3])
    t.met_spread[2] = 0.5 * (P[2, 2] + P[3, 3])


@lean
def cost(before: Any, t: Any, dt: float, q: float) -> float:
    """Twice the negative log-likelihood, up to a constant, that `before` held on for dt s and is now track t.

    Position and velocity of the plane by differences in ECEF, with one spread for both of its axes; Student's t.
    """
    P, m = t.P, before.met_spread
    pp = m[0] + dt * (2.0 * m[1] + dt * m[2]) + q * dt * dt * dt / 3 + 0.5 * (P[0, 0] + P[1, 1])
    pv = m[1] + dt * m[2] + q * dt * dt / 2 + 0.5 * (P[0, 2] + P[1, 3])
    vv = m[2] + q * dt + 0.5 * (P[2, 2] + P[3, 3])
    det = pp * vv - pv * pv
    chi2 = 0.0
    for k in range(3):
        off = t.place[k] - before.met_place[k] - dt * before.met_drift[k]
        faster = t.drift[k] - before.met_drift[k]
        chi2 += (vv * off * off - 2.0 * pv * off * faster + pp * faster * faster) / det
    return 2.0 * math.log(det) + (FREEDOM + 4.0) * math.log(1.0 + chi2 / FREEDOM)


@lean
def named(t: Any) -> bool:
    """Whether people know track t and nothing but its way tells who it is."""
    return bool(t.status != TENTATIVE and t.status != DROPPED and t.reports == 0)


@lean
def exchange(t: Any, o: Any) -> None:
    """Tracks t and o take each other's names, with what is remembered under them."""
    t.id, o.id = o.id, t.id
    t.born, o.born = o.born, t.born
    t.met, o.met = o.id, t.id
    t.met_at, o.met_at = o.met_at, t.met_at
    for k in range(3):
        t.met_place[k], o.met_place[k] = o.met_place[k], t.met_place[k]
        t.met_drift[k], o.met_drift[k] = o.met_drift[k], t.met_drift[k]
        t.met_spread[k], o.met_spread[k] = o.met_spread[k], t.met_spread[k]


@lean
def near(tracks: Array, i: int, k: int, doubt: float, time: float, s: Any) -> None:
    """Tracks i and k have a plot in common that is either's with a probability of `doubt` at least."""
    t, o = tracks[i], tracks[k]
    if not (named(t) and named(o)) or t.time != o.time:
        return
    if not (t.met == o.id and o.met == t.id):
        if (t.met != 0 and t.doubted > -math.inf) or (o.met != 0 and o.doubted > -math.inf):
            return  # one question at a time
        part(t)
        part(o)
        t.met, o.met, t.met_slot, o.met_slot = o.id, t.id, k, i
    if t.doubted == -math.inf:
        remember(t, time)
        remember(o, time)
    if doubt > s.doubt:
        t.doubted = o.doubted = time
    t.met_last = o.met_last = time


@lean
def settled(tracks: Array, i: int, time: float, s: Any) -> None:
    """Answers who track i and its partner are, where they are in no doubt at this look."""
    t = tracks[i]
    o = tracks[t.met_slot]
    if not (o.alive == 1 and o.id == t.met and o.met == t.id and named(t) and named(o)):
        part(t)
        return
    if t.doubted == time or o.time != time or t.time != time:
        return
    apart = t.met_last < time
    if t.doubted > -math.inf:
        dt = time - t.met_at
        keep = cost(t, t, dt, s.recall) + cost(o, o, dt, s.recall)
        swap = cost(t, o, dt, s.recall) + cost(o, t, dt, s.recall)
        if 0.5 * (keep - swap) > s.exchange:
            exchange(t, o)
    if apart:
        part(t)
        part(o)


@kernel
def encounters(bank: Any, seen: Array, pairs: Array, sharing: Any, time: float, s: Any) -> None:
    """Follows who meets whom among the tracks of a look, its shares being told; `sharing`: see `doubles.sharing`."""
    start, order, slots = sharing
    tracks = bank.tracks
    for j in range(len(start) - 1):
        for a in range(start[j], start[j + 1]):
            for b in range(a + 1, start[j + 1]):
                e, f = order[a], order[b]
                near(tracks, slots[e], slots[f], min(pairs[e].share, pairs[f].share), time, s)
    for n in range(len(seen)):
        i = seen[n].slot
        if seen[n].begin < seen[n].end and tracks[i].met != 0:
            settled(tracks, i, time, s)
