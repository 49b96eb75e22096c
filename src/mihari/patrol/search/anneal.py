"""Simulated annealing of a fleet's routes on the exact hours that cells are fresh (Kirkpatrick et al. 1983).

A move changes the rows of one or two vehicles; all times after it are worked out anew, so that what a move is worth is
never guessed: one look earlier or later shifts every later look of that vehicle.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inlined, inner, lean, spliced
from mihari.patrol.search.fresh import look_worth, reached_worth, value_all
from mihari.patrol.search.motion import spell
from mihari.patrol.search.routes import follow, take_down
from mihari.patrol.search.undo import begin, put_back, take_up, worked_out
from mihari.patrol.search.world import (
    DONE,
    FREE,
    HIGH,
    INCREMENT,
    KIND,
    LAND,
    MULTIPLIER,
    ON_CALL,
    SIZE,
    TOKEN,
    WORTH,
    Tours,
    Undo,
    World,
)

CLOSE = 8  # of the nearest cells that a look moves to
NAMED = 4  # that chance names at most before the best of them is taken
ABOUT = 6  # tokens before and after a new look among which one goes out for it
PASSING_H = 0.05  # added to what a look costs: one on the way is not infinitely better
STRETCH = 10  # tokens that a move reverses or moves along at most


@inlined
def chance(dice: NDArray[np.uint64]) -> float:
    """A number from [0, 1)."""
    dice[0] = dice[0] * MULTIPLIER + INCREMENT
    return float(dice[0] >> HIGH) / 2147483648.0


@inlined
def below(dice: NDArray[np.uint64], count: int) -> int:
    """A whole number from [0, count)."""
    dice[0] = dice[0] * MULTIPLIER + INCREMENT
    return int(dice[0] >> HIGH) % count


@lean
def start(w: World, t: Tours) -> bool:
    """Work all routes out from their beginning; False where one cannot be done."""
    for k in range(len(t.row)):
        if not follow(w, t, k, 0) or not take_down(w, t, k):
            return False
    value_all(w, t)
    return True


@inner
def shift(t: Tours, k: int, i: int, by: int) -> bool:
    """Make room for `by` tokens at i, or close up -by of them; False where the row is full."""
    size = t.count[k, SIZE]
    if by > 0:
        if size + by > t.row.shape[1] - 1:
            return False
        for j in range(size - 1, i - 1, -1):
            t.row[k, j + by, TOKEN] = t.row[k, j, TOKEN]
    else:
        for j in range(i, size + by):
            t.row[k, j, TOKEN] = t.row[k, j - by, TOKEN]
    t.count[k, SIZE] = size + by
    return True


@spliced
def costs(w: World, t: Tours, k: int, i: int, j: int, c: int, s: int) -> float:
    """Hours that a look at a cell costs between tokens i and j of a vehicle, as far as these are cells; `s`: spell."""
    cells, n = len(w.cell), int(w.craft[k, KIND])
    before = t.row[k, i, TOKEN] if i >= 0 else LAND
    after = t.row[k, j, TOKEN] if j < t.count[k, SIZE] else LAND
    from_cell, to_cell = 0 <= before < cells, 0 <= after < cells
    takes = w.dwell[n, s, c] + PASSING_H
    if from_cell and before != c:
        takes += w.legs[n, s, before, c]
    if to_cell and after != c:
        takes += w.legs[n, s, c, after]
    if from_cell and to_cell and before != after:
        takes -= w.legs[n, s, before, after]
    return takes if takes > PASSING_H else PASSING_H


@inner
def cell_near(w: World, t: Tours, dice: NDArray[np.uint64], k: int, i: int, instead: int) -> int:
    """A cell near what vehicle k does about its token i; any cell where it does nothing.

    Of a few that chance names, the one where a look would be worth most for the time it costs. `instead`: 1 where it is
    to be looked at instead of token i, 0 before it.
    """
    cells, size = len(w.cell), t.count[k, SIZE]
    best, most, close = -1, -1.0, min(CLOSE, w.near.shape[1])
    hour = t.when[k, i, FREE] if i <= size else 0.0
    s = spell(w.edges, hour)
    for _ in range(1 + below(dice, NAMED)):
        c = -1
        for _ in range(3):
            j = i - 1 + below(dice, 3)
            if 0 <= j < size and 0 <= t.row[k, j, TOKEN] < cells:
                m = below(dice, close + 1)
                c = int(t.row[k, j, TOKEN]) if m == close else int(w.near[t.row[k, j, TOKEN], m])
                break
        if c < 0:
            c = below(dice, cells)
        worth = look_worth(w, t, c, hour) / costs(w, t, k, i - 1, i + instead, c, s)
        if worth > most:
            best, most = c, worth
    return best


@inner
def poorest(w: World, t: Tours, dice: NDArray[np.uint64], k: int, low: int, high: int) -> int:
    """Of a few tokens of vehicle k between two that chance names, the one whose look is worth least for its time."""
    best, least = low, math.inf
    for _ in range(1 + below(dice, NAMED)):
        j = low + below(dice, high - low)
        c = t.row[k, j, TOKEN]
        if c >= len(w.cell):
            continue
        worth = 0.0
        if c >= 0:
            hour = t.when[k, j, DONE]
            worth = look_worth(w, t, c, hour) / costs(w, t, k, j - 1, j + 1, c, spell(w.edges, hour))
        if worth < least:
            best, least = j, worth
    return best


@inner
def at_time(t: Tours, k: int, time: float) -> int:
    """The first token of vehicle k that is done after a time."""
    low, high = 0, t.count[k, SIZE]
    while low < high:
        middle = (low + high) // 2
        if t.when[k, middle, DONE] < time:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def one_row(w: World, t: Tours, u: Undo, dice: NDArray[np.uint64], k: int) -> bool:
    """Change one vehicle's row; False where nothing came of it."""
    size, vessels = t.count[k, SIZE], len(w.look)
    i = below(dice, size + 1)
    kind = chance(dice)
    if w.craft[k, ON_CALL] > 0 or (vessels and chance(dice) < 0.02):
        return calls(w, t, u, dice, k, i)
    if size == 0 or kind < 0.22 or (i == size and kind < 0.85):
        new = cell_near(w, t, dice, k, i, 0)
        take_up(t, u, k, i)
        if not shift(t, k, i, 1):
            return False
        t.row[k, i, TOKEN] = new
        first = i
    elif i == size:
        return False
    elif kind < 0.44:
        new = cell_near(w, t, dice, k, i, 1)
        if new == t.row[k, i, TOKEN] or t.row[k, i, TOKEN] >= len(w.cell):
            return False
        take_up(t, u, k, i)
        t.row[k, i, TOKEN] = new
        first = i
    elif kind < 0.52:
        i = poorest(w, t, dice, k, 0, size)
        if t.row[k, i, TOKEN] >= len(w.cell):
            return False
        take_up(t, u, k, i)
        shift(t, k, i, -1)
        first = i
    elif kind < 0.70:  # one in, one out nearby: what comes later hardly shifts
        j = poorest(w, t, dice, k, max(i - ABOUT, 0), min(i + ABOUT, size))
        if t.row[k, j, TOKEN] >= len(w.cell):
            return False
        first = min(i, j)
        new = cell_near(w, t, dice, k, i, 0)
        take_up(t, u, k, first)
        shift(t, k, j, -1)
        shift(t, k, min(i, size - 1), 1)
        t.row[k, min(i, size - 1), TOKEN] = new
    elif kind < 0.82:
        j = min(i + 1 + below(dice, STRETCH), size - 1)
        if j == i:
            return False
        take_up(t, u, k, i)
        for m in range((j - i + 1) // 2):
            t.row[k, i + m, TOKEN], t.row[k, j - m, TOKEN] = t.row[k, j - m, TOKEN], t.row[k, i + m, TOKEN]
        first = i
    elif kind < 0.95:
        j = min(max(i - STRETCH + below(dice, 2 * STRETCH + 1), 0), size - 1)
        if j == i:
            return False
        first = min(i, j)
        take_up(t, u, k, first)
        moved = t.row[k, i, TOKEN]
        shift(t, k, i, -1)
        shift(t, k, j, 1)
        t.row[k, j, TOKEN] = moved
    else:
        if t.row[k, i, TOKEN] == LAND or (i > 0 and t.row[k, i - 1, TOKEN] == LAND):
            return False
        take_up(t, u, k, i)
        if not shift(t, k, i, 1):
            return False
        t.row[k, i, TOKEN] = LAND
        first = i
    return worked_out(w, t, u)


@inner
def calls(w: World, t: Tours, u: Undo, dice: NDArray[np.uint64], k: int, i: int) -> bool:
    """Send a vehicle to one of the vessels to look at, instead of whoever goes there; or no longer."""
    cells, size = len(w.cell), t.count[k, SIZE]
    if len(w.look) == 0:
        return False
    if i < size and t.row[k, i, TOKEN] >= cells:
        take_up(t, u, k, i)
        shift(t, k, i, -1)
        return worked_out(w, t, u)
    token = cells + below(dice, len(w.look))
    if w.look[token - cells, WORTH] <= 0.0:  # somebody is with it
        return False
    other, j = who_has(t, token)
    if other == k:
        first = min(i, j)
        take_up(t, u, k, first)
        shift(t, k, j, -1)
        i = min(i, t.count[k, SIZE])
        shift(t, k, i, 1)
        t.row[k, i, TOKEN] = token
        return worked_out(w, t, u)
    if other >= 0:
        take_up(t, u, other, j)
        shift(t, other, j, -1)
    take_up(t, u, k, i)
    if not shift(t, k, i, 1):
        return False
    t.row[k, i, TOKEN] = token
    return worked_out(w, t, u)


@inner
def who_has(t: Tours, token: int) -> tuple[int, int]:
    """The vehicle that has a token in its route, and where; -1, 0: nobody."""
    for k in range(len(t.row)):
        for i in range(t.count[k, SIZE]):
            if t.row[k, i, TOKEN] == token:
                return k, i
    return -1, 0


@inner
def two_rows(w: World, t: Tours, u: Undo, dice: NDArray[np.uint64], a: int) -> bool:
    """A look goes from one vehicle to another, or two vehicles change what they do from a time on."""
    count = len(t.row)
    b = below(dice, count)
    if b == a or t.count[a, SIZE] == 0 or w.craft[a, ON_CALL] > 0 or w.craft[b, ON_CALL] > 0:
        return False
    i = below(dice, t.count[a, SIZE])
    j = at_time(t, b, t.when[a, i, DONE])
    if chance(dice) < 0.6:
        token = t.row[a, i, TOKEN]
        j = min(max(j - 3 + below(dice, 7), 0), t.count[b, SIZE])
        take_up(t, u, a, i)
        take_up(t, u, b, j)
        shift(t, a, i, -1)
        if token == LAND or not shift(t, b, j, 1):
            return False
        t.row[b, j, TOKEN] = token
    else:
        j = min(max(j - 1 + below(dice, 3), 0), t.count[b, SIZE])
        take_up(t, u, a, i)
        take_up(t, u, b, j)
        size_a, size_b = t.count[a, SIZE], t.count[b, SIZE]
        if max(i + size_b - j, j + size_a - i) > t.row.shape[1] - 1:
            return False
        for m in range(max(size_a - i, size_b - j)):
            t.row[a, i + m, TOKEN], t.row[b, j + m, TOKEN] = t.row[b, j + m, TOKEN], t.row[a, i + m, TOKEN]
        t.count[a, SIZE], t.count[b, SIZE] = i + size_b - j, j + size_a - i
    return worked_out(w, t, u)


@lean
def improve(
    w: World, t: Tours, u: Undo, dice: NDArray[np.uint64], count: int, hot: float, cold: float
) -> tuple[float, int]:
    """`count` moves, cooling from `hot` to `cold` (weight times hours).

    What the routes are worth more than before, and how many moves were kept.
    """
    total, kept = 0.0, 0
    vehicles = len(t.row)
    worth = reached_worth(w.look, t.reached)
    for n in range(count):
        heat = hot * math.exp(math.log(cold / hot) * n / count)
        begin(u)
        looks = 0
        for k in range(vehicles):
            looks += t.count[k, SIZE] + 1
        pick = below(dice, looks)
        k = 0
        while pick > t.count[k, SIZE]:
            pick -= t.count[k, SIZE] + 1
            k += 1
        if chance(dice) < 0.12:
            done = two_rows(w, t, u, dice, k)
        else:
            done = one_row(w, t, u, dice, k)
        if done:
            new = reached_worth(w.look, t.reached)
            gain = u.gain[0] + new - worth
            if gain >= 0 or chance(dice) < math.exp(gain / heat):
                total += gain
                kept += 1
                worth = new
                continue
        put_back(t, u)
    value_all(w, t)
    return total, kept
