"""Two tracks of one vessel -> one. A vessel's second plot may begin a track beside the one its first began.

Both then share its plots, and its existence: each holds a part of one hypothesis about who saw what first. Tracks that
share a plot, lie within each other's spread and exist at most once between them are one Bernoulli component, as
components of a multi-Bernoulli are merged in Williams, IEEE TAES 51(3), 2015, V.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.tracks.life import DROPPED, TENTATIVE
from mihari.tracks.modes import MODES, ROOM, merged, mixture_of, modes_of, unbegun
from mihari.tracks.motion import moved_to, row_moved_to, settle

# Room for a track's state in the plane of another
STATE = np.dtype([("x", "f8", (4,)), ("P", "f8", (4, 4))])


@kernel
def sharing(seen: Array, pairs: Array, plots: int) -> Any:
    """Pairs by plot: (start, order, slots): those of plot j are order[start[j]:start[j + 1]], in the order of their
    tracks; slots (pairs,) are those of their tracks."""
    start = np.zeros(plots + 1, np.int64)
    for e in range(len(pairs)):
        start[pairs[e].plot + 1] += 1
    for j in range(plots):
        start[j + 1] += start[j]
    fill, order = start[:-1].copy(), np.empty(len(pairs), np.int64)
    for e in range(len(pairs)):
        order[fill[pairs[e].plot]] = e
        fill[pairs[e].plot] += 1
    slots = np.empty(len(pairs), np.int64)
    for n in range(len(seen)):
        slots[seen[n].begin : seen[n].end] = seen[n].slot
    return start, order, slots


@kernel
def distance2(x: Array, P: Array, z: Array, Q: Array) -> float:
    """Squared distance of two states (4,) in the spread of both, (4, 4): by elimination."""
    A, b = np.empty((4, 4)), np.empty(4)
    for i in range(4):
        b[i] = x[i] - z[i]
        for j in range(4):
            A[i, j] = P[i, j] + Q[i, j]
    total = 0.0
    for k in range(4):
        if not A[k, k] > 0.0:
            return np.inf
        total += b[k] * b[k] / A[k, k]
        for i in range(k + 1, 4):
            f = A[i, k] / A[k, k]
            b[i] -= f * b[k]
            for j in range(k, 4):
                A[i, j] -= f * A[k, j]
    return total


@lean
def double(t: Any, o: Any, s: Any) -> bool:
    """Whether tracks t and o may be one vessel, before their states are looked at."""
    if t.status == DROPPED or o.status == DROPPED or t.time != o.time:
        return False
    if t.reports > 0 and o.reports > 0:
        return False
    return bool(t.existence + o.existence <= s.one_vessel)


@kernel
def one_of(bank: Any, i: int, k: int, s: Any, room: Any, state: Any) -> bool:
    """Takes track k into track i where both are one vessel; k is then dropped. Whether it did."""
    t, o = bank.tracks[i], bank.tracks[k]
    x, P = state.x, state.P
    for a in range(4):
        x[a] = o.x[a]
        for b in range(4):
            P[a, b] = o.P[a, b]
    moved_to(o.frame, t.frame, x, P)
    if not distance2(t.x, t.P, x, P) < s.same_vessel:
        return False
    modes_of(o, room, s)
    if unbegun(t):
        modes_of(t, t, s)
    for j in range(MODES):
        row_moved_to(o.frame, t.frame, room.y, room.Y, j)
    p = o.existence / (t.existence + o.existence)
    mixture_of(t.mu, t.y, t.Y, p, room)
    merged(t.mu, t.y, t.Y, t.x, t.P)
    t.visibility = (1.0 - p) * t.visibility + p * o.visibility
    t.existence = min(t.existence + o.existence, s.one_vessel_most)
    t.plots, t.reports = max(t.plots, o.plots), max(t.reports, o.reports)
    t.born = min(t.born, o.born)
    for m in range(bank.hit.shape[1]):
        bank.hit[i, m] = max(bank.hit[i, m], bank.hit[k, m])
    if o.heard_radar > t.heard_radar:
        t.heard_radar = o.heard_radar
    if o.heard_other > t.heard_other or not t.heard_other > -np.inf:
        t.heard_other = o.heard_other
    for k in range(2):
        t.shown[k], t.looked[k] = max(t.shown[k], o.shown[k]), max(t.looked[k], o.looked[k])
    t.promised, o.promised = max(t.promised, o.promised), 0  # that it ends says nothing of its place
    o.status = DROPPED
    settle(t, s.rebase)
    return True


@lean
def rank(t: Any) -> tuple[bool, bool, int]:
    """The higher outlives the other."""
    return t.reports > 0, t.status != TENTATIVE, -t.id


@kernel
def made_one(bank: Any, common: Any, plots: int, s: Any) -> int:
    """Makes one of every two tracks of one vessel among those that share a plot; how many were taken into others.

    `common`: see `sharing`.

    A track that AIS speaks for outlives another, a confirmed one a tentative one, then the older the newer.
    """
    start, order, slots = common
    room, state, tracks, made = np.empty(1, ROOM), np.empty(1, STATE), bank.tracks, 0
    for j in range(plots):
        for a in range(start[j], start[j + 1]):
            for b in range(a + 1, start[j + 1]):
                i, k = slots[order[a]], slots[order[b]]
                t, o = tracks[i], tracks[k]
                if not double(t, o, s):
                    continue
                if rank(o) > rank(t):
                    i, k = k, i
                made += one_of(bank, i, k, s, room[0], state[0])
    return made
