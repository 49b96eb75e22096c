"""Whoever is free first goes where a look is worth most for its time: a first plan in milliseconds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inlined, inner, lean
from mihari.patrol.search.fresh import add, look_worth, value_all
from mihari.patrol.search.routes import follow, look
from mihari.patrol.search.world import (
    AT,
    DONE,
    END,
    FREE,
    HIGH,
    INCREMENT,
    LAND,
    LAUNCHED,
    MULTIPLIER,
    ON_CALL,
    SIZE,
    TOKEN,
    Tours,
    World,
)

NOTHING = -2  # instead of a token
SETTLE_H = 0.02  # added to the time a look takes: near cells are not infinitely better


@inlined
def normal(dice: NDArray[np.uint64]) -> float:
    """About a standard normal number: twelve even ones, less six."""
    total = -6.0
    for _ in range(12):
        dice[0] = dice[0] * MULTIPLIER + INCREMENT
        total += float(dice[0] >> HIGH) / 2147483648.0
    return total


@lean
def fill(w: World, t: Tours, dice: NDArray[np.uint64], done: NDArray[np.bool_], near: float, noise: float) -> None:
    """Put looks at the ends of all routes until nobody can look at anything more. `done` (K,): room for who is done.

    near: power of the time that a look takes; noise: standard deviation, in logarithms, of what it is thought worth.
    """
    vehicles = len(t.row)
    for k in range(vehicles):
        done[k] = w.craft[k, ON_CALL] > 0
    while True:
        k, first = -1, math.inf
        for other in range(vehicles):
            free = t.when[other, t.count[other, SIZE], FREE]
            if not done[other] and free < first:
                k, first = other, free
        if k < 0:
            break
        token = best_look(w, t, dice, k, near, noise)
        if token == NOTHING or not append(w, t, k, token):
            done[k] = True
    value_all(w, t)


@inner
def best_look(w: World, t: Tours, dice: NDArray[np.uint64], k: int, near: float, noise: float) -> int:
    """The cell where a look of vehicle k, next, is worth most for its time; LAND, NOTHING: none."""
    i = t.count[k, SIZE]
    at, free, launched = t.row[k, i, AT], t.when[k, i, FREE], t.when[k, i, LAUNCHED]
    best, most = NOTHING, 0.0
    for c in range(len(w.cell)):
        _, _, done = look(w, t, k, at, c, free, launched)
        if done == math.inf or done > w.span[END]:
            continue
        worth = look_worth(w, t, c, done) / (done - free + SETTLE_H) ** near
        if noise > 0.0:
            worth *= math.exp(noise * normal(dice))
        if worth > most:
            best, most = c, worth
    if best == NOTHING and at < len(w.cell) + len(w.look):
        return LAND  # what it has left is not enough: home, and out again
    return best


@inner
def append(w: World, t: Tours, k: int, token: int) -> bool:
    """One more token at the end of a route; False, and nothing changed, where it cannot be done."""
    i = t.count[k, SIZE]
    if i + 1 >= t.row.shape[1]:
        return False
    t.row[k, i, TOKEN] = token
    t.count[k, SIZE] = i + 1
    if follow(w, t, k, i) and t.count[k, SIZE] == i + 1:
        if token == LAND or token >= len(w.cell):
            return True
        return add(t.seen, t.seen_h, token, t.when[k, i, DONE])
    t.count[k, SIZE] = i
    follow(w, t, k, i)
    return False
