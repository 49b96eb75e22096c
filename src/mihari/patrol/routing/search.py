"""Large neighbourhood search for team orienteering: ruin, recreate, shorten, accepted by annealing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inner, lean
from mihari.patrol.routing.field import KIND, TOLERANCE, Field, Pool, Scratch, Ways
from mihari.patrol.routing.moves import fill, ruin, shorten
from mihari.patrol.search.anneal import chance

LEAST_POWER, POWERS = 0.5, 1.5  # from small prizes on the way to large ones far off
HOPE = 3.0  # times the heat that routes may gain by being made shorter
GAIN = 1e-9  # by which prizes or times must differ


@inner
def copy(a: Ways, b: Ways) -> None:
    """`b` becomes what `a` is."""
    for v in range(len(a.size)):
        b.size[v], b.length[v], b.shut[v] = a.size[v], a.length[v], a.shut[v]
        for i in range(a.size[v] + 2):
            b.stop[v, i] = a.stop[v, i]
    for j in range(len(a.whose)):
        b.whose[j] = a.whose[j]
    b.earned[0] = a.earned[0]


@inner
def free(s: Ways, x: Scratch) -> None:
    """List the jobs on no route; no route has been changed."""
    x.count[0] = 0
    for j in range(len(s.whose)):
        if s.whose[j] < 0:
            x.free[x.count[0]] = j
            x.count[0] += 1
    for v in range(len(s.size)):
        x.changed[v] = False


@inner
def kept(f: Field, s: Ways) -> bool:
    """Whether all routes keep their limits."""
    within = True
    for v in range(len(s.size)):
        within &= s.length[v] <= f.limit[v] + TOLERANCE
    return within


@inner
def worth(s: Ways, rate: float, shut: float) -> float:
    """What annealing goes by: prizes less `rate` for a unit of time and `shut` for a leg where there is no way."""
    value = s.earned[0]
    for v in range(len(s.size)):
        value -= rate * s.length[v] + shut * s.shut[v]
    return float(value)


@inner
def better(s: Ways, best: Ways) -> bool:
    """Whether routes that keep all rules earn more than the best, or as much in less time."""
    gain = s.earned[0] - best.earned[0]
    for v in range(len(s.size)):
        if s.shut[v] > 0:
            return False
    return bool(gain > GAIN or (gain > -GAIN and worth(s, 1.0, 0.0) - gain > worth(best, 1.0, 0.0) + GAIN))


@inner
def remember(f: Field, s: Ways, x: Scratch, p: Pool) -> None:
    """Put the routes that were changed into the pool."""
    for v in range(len(s.size)):
        if not x.changed[v] or s.size[v] == 0 or s.shut[v] > 0:
            continue
        key = np.uint64(f.van[v, KIND])
        for i in range(1, s.size[v] + 1):
            key ^= f.key[s.stop[v, i]]
        row = int(key & np.uint64(len(p.key) - 1))
        if p.key[row] == key and p.size[row] > 0:
            p.worth[row] = max(p.worth[row], s.earned[0])
            if p.length[row] <= s.length[v]:
                continue
        elif p.size[row] > 0 and p.worth[row] > s.earned[0]:
            continue
        else:
            p.worth[row] = s.earned[0]
        p.key[row], p.kind[row], p.size[row], p.length[row] = key, f.van[v, KIND], s.size[v], s.length[v]
        for i in range(s.size[v]):
            p.stop[row, i] = s.stop[v, i + 1]


@inner
def want(f: Field, x: Scratch, dice: NDArray[np.uint64]) -> None:
    """How much each job is wanted this time: its prize to a power that chance names, times noise."""
    power, noise = LEAST_POWER + POWERS * chance(dice), chance(dice)
    for j in range(len(f.prize)):
        x.pull[j] = f.prize[j] ** power * (1.0 - noise * chance(dice))


@lean
def search(
    f: Field, now: Ways, new: Ways, best: Ways, x: Scratch, p: Pool, dice: NDArray[np.uint64],
    count: int, hot: float, cold: float, most: int, rate: float, shut: float, least: float,
) -> None:  # fmt: skip
    """`count` moves from `now`, cooling from `hot` to `cold` (prize); `best` and the pool keep what was good.

    `most`: jobs taken out at once. `rate`, `shut`: see `worth`. `least`: time that a job is taken to add at least.
    """
    value = worth(now, rate, shut)
    for n in range(count):
        heat = hot * math.exp(math.log(cold / hot) * n / count)
        bar = value + heat * math.log(max(chance(dice), 1e-9))
        copy(now, new)
        free(new, x)
        ruin(f, new, x, dice, most)
        want(f, x, dice)
        fill(f, new, x, least)
        if worth(new, rate, shut) < bar - HOPE * heat:
            continue
        while shorten(f, new, x) and fill(f, new, x, least):
            pass
        fresh = worth(new, rate, shut)
        if fresh < bar or not kept(f, new):
            continue
        remember(f, new, x, p)
        copy(new, now)
        value = fresh
        if better(now, best):
            copy(now, best)
