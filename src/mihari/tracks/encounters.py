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

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.tracks.life import DROPPED, TENTATIVE
from mihari.tracks.motion import moved_to

FREEDOM = 4.0  # degrees of Student's t: a vessel that turned meanwhile fits neither answer, and decides little


@lean
def part(t: Any) -> None:
    """Track t is in no encounter any more."""
    t.met, t.doubted = 0, -math.inf


@lean
def remember(t: Any, time: float) -> None:
    """Track t as it is, before it is taken for another."""
    t.met_at = time
    for a in range(4):
        t.met_x[a] = t.x[a]
        for b in range(4):
            t.met_P[a, b] = t.P[a, b]
    for k in range(9):
        t.met_frame[k] = t.frame[k]


@kernel
def held_on(m: Any, dt: float, q: float, x: Array, P: Array) -> None:
    """Where what is remembered in m is after dt s, in the plane it was in: state (4,) and covariance (4, 4)."""
    for a in range(4):
        x[a] = m.met_x[a] + (dt * m.met_x[a + 2] if a < 2 else 0.0)
        for b in range(4):
            P[a, b] = m.met_P[a, b]
    for a in range(2):
        for b in range(4):
            P[a, b] += dt * m.met_P[a + 2, b]
    for a in range(4):
        for b in range(2):
            P[a, b] += dt * (m.met_P[a, b + 2] + (dt * m.met_P[a + 2, b + 2] if a < 2 else 0.0))
    for a in range(2):
        P[a, a] += q * dt * dt * dt / 3
        P[a + 2, a + 2] += q * dt
        P[a, a + 2] += q * dt * dt / 2
        P[a + 2, a] += q * dt * dt / 2


@kernel
def cost(m: Any, t: Any, dt: float, q: float) -> float:
    """Twice the negative log-likelihood, but for a constant, that what m remembers held on for dt s and is t now."""
    x, A, b = np.empty(4), np.empty((4, 4)), np.empty(4)
    held_on(m, dt, q, x, A)
    moved_to(m.met_frame, t.frame, x, A)
    for i in range(4):
        b[i] = t.x[i] - x[i]
        for j in range(4):
            A[i, j] += t.P[i, j]
    chi2 = spread = 0.0
    for k in range(4):  # by elimination
        chi2 += b[k] * b[k] / A[k, k]
        spread += math.log(A[k, k])
        for i in range(k + 1, 4):
            f = A[i, k] / A[k, k]
            b[i] -= f * b[k]
            for j in range(k, 4):
                A[i, j] -= f * A[k, j]
    return spread + (FREEDOM + 4.0) * math.log(1.0 + chi2 / FREEDOM)


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
    for a in range(4):
        t.met_x[a], o.met_x[a] = o.met_x[a], t.met_x[a]
        for b in range(4):
            t.met_P[a, b], o.met_P[a, b] = o.met_P[a, b], t.met_P[a, b]
    for k in range(9):
        t.met_frame[k], o.met_frame[k] = o.met_frame[k], t.met_frame[k]


@lean
def near(tracks: Array, i: int, k: int, doubt: float, time: float, s: Any) -> None:
    """Tracks i and k share a plot, and the one that it is less probably of has it with the probability `doubt`."""
    t, o = tracks[i], tracks[k]
    if not (named(t) and named(o)) or t.time != o.time:
        return
    if not (t.met == o.id and o.met == t.id):
        if (t.met != 0 and t.doubted > -math.inf) or (o.met != 0 and o.doubted > -math.inf):
            return  # one question at a time
        part(t)
        part(o)
        t.met, o.met, t.met_slot, o.met_slot = o.id, t.id, k, i
        remember(t, time)
        remember(o, time)
    if doubt > s.doubt:
        t.doubted = o.doubted = time
    t.met_last = o.met_last = time


@kernel
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
    elif not apart:
        remember(t, time)
        remember(o, time)
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
