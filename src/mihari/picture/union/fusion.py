"""States of one vessel at several nodes -> one, by covariance intersection: sure of nothing that was counted twice.

Whatever the correlation of the members' errors, the inverse of a weighted mean of their information bounds the true
covariance (Julier, Uhlmann, "A non-divergent estimation algorithm in the presence of unknown correlations", ACC 1997;
for n members Niehsen, "Information fusion based on fast covariance intersection filtering", Fusion 2002). The weights
minimise the determinant: w ← w · tr(P I)/4 climbs to the optimum for any number of members (Titterington, "Algorithms
for computing D-optimal designs", 1976), and max tr(P I) - 4 bounds what is missing (Kiefer, Wolfowitz 1960). Copies of
one state give that state. It fails where a member is mistaken: one that disagrees with the best is left out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_at, lift_of, rebase_at
from mihari.core.kernels import kernel, lean
from mihari.picture.union.matrices import added, inverse, plus, put, shared_trace, square, ten, times, turned
from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.states import States

ROUNDS = 200  # of the weights; mostly fewer than 30
WORSE = 3.0  # trace below which members can add nothing to the best: 4 would do, but equals are worth averaging


@lean
def bring(
    n: int, first: int, member: Array, frame: Array, velocity: Array, covariance: Array, x: Array, P: Array
) -> None:
    """The n members from `first` on, in the plane of the first: states into x (n, 4), covariances into P (n, 10)."""
    base = frame[member[first]]
    for k in range(n):
        m = member[first + k]
        f = frame[m]
        x[k, 0], x[k, 1], a, b, c, d = rebase_at(f, base, f[0], f[1], f[2])
        u, v = velocity[m, 0], velocity[m, 1]
        x[k, 2], x[k, 3] = a * u + b * v, c * u + d * v
        put(P, k, turned(ten(covariance, m), a, b, c, d))


@lean
def best_of(n: int, P: Array) -> int:
    """The member with the smallest determinant; of equals the first."""
    best, least = 0, math.inf
    for k in range(n):
        determinant = inverse(ten(P, k))[1]
        if 0.0 < determinant < least * (1.0 - 1e-9):
            best, least = k, determinant
    return best


@lean
def agreeing(n: int, best: int, x: Array, P: Array, w: Array, s: Any) -> int:
    """Weights w of 1 for the best member and those that agree with it, 0 for others; how many do. s: agree, bias²…"""
    count = 0
    for k in range(n):
        spread = plus(added(ten(P, k), ten(P, best)), s[1], 0.0, s[2])
        e, o, u, v = x[k, 0] - x[best, 0], x[k, 1] - x[best, 1], x[k, 2] - x[best, 2], x[k, 3] - x[best, 3]
        w[k] = 1.0 if k == best or square(inverse(spread)[0], e, o, u, v) <= s[0] else 0.0
        count += w[k] > 0.0
    return count


@lean
def mixed(n: int, w: Array, information: Array) -> Any:
    """The weighted sum of information matrices."""
    total = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for k in range(n):
        if w[k] > 0.0:
            i, f = ten(information, k), w[k]
            more = (f * i[0], f * i[1], f * i[2], f * i[3], f * i[4], f * i[5], f * i[6], f * i[7], f * i[8], f * i[9])
            total = added(total, more)
    return total


@lean
def weigh(n: int, w: Array, information: Array, settled: float) -> Any:
    """Climbs to the weights of least determinant, in place; the fused covariance and its determinant."""
    for _ in range(ROUNDS):
        P, _ = inverse(mixed(n, w, information))
        most = 0.0
        for k in range(n):
            if w[k] > 0.0:
                trace = shared_trace(P, ten(information, k))
                most = max(most, trace)
                w[k] *= trace / 4.0
        if most - 4.0 <= settled:
            break
    return inverse(mixed(n, w, information))


@lean
def intersect(n: int, best: int, count: int, x: Array, P: Array, w: Array, information: Array, settled: float) -> Any:
    """(state, ten numbers) of n members with weights w of 0 or 1; never surer than allowed, never worse than the best.

    The information of all members is taken before, the weights are shared out evenly at first.
    """
    alone, most = ten(P, best), 0.0
    for k in range(n):
        put(information, k, inverse(ten(P, k))[0])
        if w[k] > 0.0:
            w[k] /= count
            if k != best:
                most = max(most, shared_trace(alone, ten(information, k)))
    whole = (x[best, 0], x[best, 1], x[best, 2], x[best, 3])
    if most < WORSE:
        return whole, alone
    fused, rest = weigh(n, w, information, settled)
    if rest * inverse(alone)[1] < 1.0 - 1e-9:  # `rest` is that of the information: the inverse's
        return whole, alone
    e, o, u, v = 0.0, 0.0, 0.0, 0.0
    for k in range(n):
        if w[k] > 0.0:
            y = times(ten(information, k), x[k, 0], x[k, 1], x[k, 2], x[k, 3])
            e, o, u, v = e + w[k] * y[0], o + w[k] * y[1], u + w[k] * y[2], v + w[k] * y[3]
    return times(fused, e, o, u, v), fused


@kernel
def _fuse(
    start: Array, member: Array, frame: Array, velocity: Array, covariance: Array, most: int, s: Any, out: Array
) -> None:
    """Into out (g, 15): ECEF of the place, velocity, ten numbers."""
    x, P, information, w = np.empty((most, 4)), np.empty((most, 10)), np.empty((most, 10)), np.empty(most)
    for g in range(len(start) - 1):
        first, n = start[g], start[g + 1] - start[g]
        bring(n, first, member, frame, velocity, covariance, x, P)
        best = best_of(n, P)
        count = agreeing(n, best, x, P, w, s)
        state, fused = intersect(n, best, count, x, P, w, information, s[3])
        base = frame[member[first]]
        px, py, pz = lift_of(base, state[0], state[1])
        _, _, a, b, c, d = rebase_at(base, frame_at(px, py, pz), px, py, pz)
        out[g, 0], out[g, 1], out[g, 2] = px, py, pz
        out[g, 3], out[g, 4] = a * state[2] + b * state[3], c * state[2] + d * state[3]
        there = turned(fused, a, b, c, d)
        for i in range(10):
            out[g, 5 + i] = there[i]


def fused(states: States, start: Array, member: Array, settings: UnionSettings) -> Array:
    """(g, 15): ECEF m, velocity m/s, ten numbers of covariance, per group.

    Group k has the states `member[start[k]:start[k + 1]]`, all at one time, in an order that all nodes share.

    >>> one = States(np.array([[6378137.0, 0, 0, 0, 1, 0, 0, 0, 1]]), np.zeros((1, 2)),
    ...              np.array([[4.0, 0, 0, 0, 4.0, 0, 0, 1.0, 0, 1.0]]))
    >>> out = fused(one, np.array([0, 3]), np.array([0, 0, 0]), UnionSettings())  # the same told three times
    >>> out[0, [5, 12]].round(9).tolist()
    [4.0, 1.0]
    """
    s = (settings.agree, settings.bias**2, settings.bias_speed**2, settings.settled)
    out = np.empty((len(start) - 1, 15))
    most = int(np.diff(start).max(initial=1))
    _fuse(start, member, states.frame, states.velocity, states.covariance, most, s, out)
    return out
