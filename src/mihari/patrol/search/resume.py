"""After something has happened: routes go on without what cannot be done any more, vessels get somebody at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inner, lean
from mihari.patrol.search.anneal import shift
from mihari.patrol.search.fresh import reached_worth, value_all
from mihari.patrol.search.routes import follow, take_down
from mihari.patrol.search.undo import begin, put_back, take_up, worked_out
from mihari.patrol.search.world import BY, FREE, MOVES, SIZE, STAYS, TOKEN, Tours, Undo, World

MOST_LEFT_OUT = 60  # tokens of one route, before all of the rest is


@inner
def prefix(w: World, t: Tours, k: int) -> int:
    """How many of the tokens of vehicle k can be done, from its first on; -1: it cannot even land in time."""
    size = t.count[k, SIZE]
    good, bad = -1, size + 1
    while bad - good > 1:
        middle = (good + bad) // 2 if bad <= size else size
        t.count[k, SIZE] = middle
        if follow(w, t, k, 0):
            good = middle
        else:
            bad = middle
    t.count[k, SIZE] = size
    return good


@lean
def resume(w: World, t: Tours, stuck: NDArray[np.bool_]) -> int:
    """Work all routes out; tokens that cannot be done are left out. How many were; `stuck` (K,): who cannot land."""
    left_out = 0
    for k in range(len(t.row)):
        stuck[k] = False
        tries = 0
        while True:
            size = t.count[k, SIZE]
            good = prefix(w, t, k)
            if good >= size or good < 0 or tries == MOST_LEFT_OUT:
                break
            shift(t, k, good, -1)
            left_out += 1
            tries += 1
        if good < 0:
            stuck[k] = True
            t.count[k, SIZE] = t.count[k, MOVES] = t.count[k, STAYS] = 0
            continue
        t.count[k, SIZE] = good
        follow(w, t, k, 0)
        take_down(w, t, k)
    value_all(w, t)
    return left_out


@inner
def visit(w: World, t: Tours, u: Undo, k: int, i: int, token: int) -> bool:
    """A token into the route of vehicle k at i; False where it cannot be done (the caller puts all back)."""
    begin(u)
    take_up(t, u, k, i)
    if not shift(t, k, i, 1):
        return False
    t.row[k, i, TOKEN] = token
    return worked_out(w, t, u)


@lean
def send(w: World, t: Tours, u: Undo, m: int) -> bool:
    """Somebody to vessel m: who and when is worth most, what is lost elsewhere counted. Whether anybody can."""
    token = len(w.cell) + m
    best, best_k, best_i, worth = -math.inf, -1, -1, reached_worth(w.look, t.reached)
    for k in range(len(t.row)):
        for i in range(t.count[k, SIZE] + 1):
            if t.when[k, i, FREE] > w.look[m, BY]:
                break
            if visit(w, t, u, k, i, token):
                gain = u.gain[0] + reached_worth(w.look, t.reached) - worth
                if gain > best:
                    best, best_k, best_i = gain, k, i
            put_back(t, u)
    if best_k < 0 or best <= 0.0:
        return False
    visit(w, t, u, best_k, best_i, token)
    value_all(w, t)
    return True
