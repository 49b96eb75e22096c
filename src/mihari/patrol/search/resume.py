"""After something has happened: routes go on without what cannot be done any more, vessels get somebody at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inner, lean
from mihari.patrol.search.anneal import shift
from mihari.patrol.search.fresh import fresh_hours, gained, reached_worth
from mihari.patrol.search.routes import follow, take_down
from mihari.patrol.search.undo import begin, put_back, take_up
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
def resume(w: World, t: Tours, u: Undo, stuck: NDArray[np.bool_]) -> int:
    """Work all routes out; tokens that cannot be done are left out. How many were; `stuck` (K,): who cannot land."""
    begin(u)
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
        take_down(w, t, u, 0, k, 0)
    for c in range(len(w.cell)):
        t.value[c] = fresh_hours(w.span, w.cell, w.edges, w.weight, c, t.seen[c], t.seen_h)
    return left_out


@inner
def put_in(w: World, t: Tours, u: Undo, move: int, k: int, i: int, token: int) -> bool:
    """A token into the route of vehicle k at i; False where it cannot be done (the caller puts all back)."""
    begin(u)
    take_up(w, t, u, move, k, i)
    if not shift(t, k, i, 1):
        return False
    t.row[k, i, TOKEN] = token
    return follow(w, t, k, i) and take_down(w, t, u, move, k, i)


@lean
def send(w: World, t: Tours, u: Undo, first: int, m: int) -> tuple[bool, int]:
    """Somebody to vessel m: who and when is worth most, what is lost elsewhere counted. `first`: number of the move.

    Whether anybody can, and the number of the next move.
    """
    token = len(w.cell) + m
    best, best_k, best_i, worth = -math.inf, -1, -1, reached_worth(w.look, t.reached)
    for k in range(len(t.row)):
        for i in range(t.count[k, SIZE] + 1):
            if t.when[k, i, FREE] > w.look[m, BY]:
                break
            if put_in(w, t, u, first, k, i, token):
                gain = gained(w, t, u) + reached_worth(w.look, t.reached) - worth
                if gain > best:
                    best, best_k, best_i = gain, k, i
            put_back(t, u)
            first += 1
    if best_k < 0 or best <= 0.0:
        return False, first
    put_in(w, t, u, first, best_k, best_i, token)
    gained(w, t, u)
    return True, first + 1
