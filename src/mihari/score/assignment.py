"""Pairs that are close enough, each with a cost -> the one-to-one assignment of least total cost, exactly.

Successive shortest paths with potentials, as in Jonker & Volgenant, Computing 38 (1987) 325-340, over the given pairs
alone: a row looks no further than its own group of connected pairs, so the work follows the pairs, not rows × columns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel

ALONE = -1


@kernel
def lightest(starts: Array, columns: Array, costs: Array, worst: float, many: int) -> Array:
    """(n,) the column of each row, or ALONE: the sum of the pairs' costs and of `worst` for each row alone is least.

    Row i may have `columns[starts[i]:starts[i + 1]]` at `costs` in [0, worst); each of the `many` columns goes to one
    row at most.

    Two rows want column 0; the second has nothing else.

    >>> lightest(np.array([0, 2, 3]), np.array([0, 1, 0]), np.array([1.0, 3.0, 2.0]), 9.0, 2).tolist()
    [1, 0]
    """
    n = len(starts) - 1
    held, holder = np.full(n, ALONE, np.int64), np.full(many, ALONE, np.int64)
    u, v = np.full(n, worst), np.zeros(many)  # potentials: cost - u - v is never negative, and 0 on assigned pairs
    distance, came = np.full(many, np.inf), np.full(many, ALONE, np.int64)
    scanned, open_columns = np.zeros(many, np.uint8), np.empty(many, np.int64)
    waiting, count = np.empty(n, np.int64), 0
    for i in range(n):
        best = cheapest(starts, columns, costs, i)
        if best >= 0:
            u[i] = costs[best]
            if holder[columns[best]] == ALONE:
                held[i], holder[columns[best]] = columns[best], i
            else:
                waiting[count] = i
                count += 1
    for w in range(count):
        grow(waiting[w], (starts, columns, costs, worst), (held, holder, u, v), (distance, came, scanned, open_columns))
    return held


@kernel
def cheapest(starts: Array, columns: Array, costs: Array, i: int) -> int:
    """Where row i's least cost stands, -1 where it has no pair."""
    best = -1
    for e in range(starts[i], starts[i + 1]):
        if best < 0 or costs[e] < costs[best]:
            best = e
    return best


@kernel
def grow(start: int, graph: Any, matched: Any, room: Any) -> None:
    """Gives row `start` the column, or the solitude, at the end of the shortest alternating path; in place."""
    starts, columns, costs, worst = graph
    held, holder, u, v = matched
    distance, came, scanned, open_columns = room
    opened, length, row, end = 0, 0.0, start, ALONE
    alone, least_alone = start, worst - u[start]
    while True:
        if length + worst - u[row] < least_alone:
            alone, least_alone = row, length + worst - u[row]
        for e in range(starts[row], starts[row + 1]):
            j = columns[e]
            d = length + costs[e] - u[row] - v[j]
            if scanned[j] == 0 and d < distance[j]:  # rounding must not reopen a column
                if distance[j] == np.inf:
                    open_columns[opened] = j
                    opened += 1
                distance[j], came[j] = d, row
        end, length = ALONE, least_alone
        for k in range(opened):
            j = open_columns[k]
            if scanned[j] == 0 and distance[j] < length:
                end, length = j, distance[j]
        if end == ALONE or holder[end] == ALONE:
            break
        scanned[end] = 1
        row = holder[end]
    u[start] += length
    for k in range(opened):
        j = open_columns[k]
        if scanned[j]:
            u[holder[j]] += length - distance[j]
            v[j] -= length - distance[j]
            scanned[j] = 0
        distance[j] = np.inf
    turn_over(start, alone, end, held, holder, came)


@kernel
def turn_over(start: int, alone: int, end: int, held: Array, holder: Array, came: Array) -> None:
    """Swaps along the path from its end (a column, or the row left alone) back to row `start`, in place."""
    if end == ALONE:
        end, held[alone] = held[alone], ALONE
        if alone == start:
            return
    while True:
        row = came[end]
        before = held[row]
        holder[end], held[row] = row, end
        if row == start:
            return
        end = before


def assigned(row: Array, column: Array, cost: Array, n: int, m: int, worst: float) -> Array:
    """(k,) which of the pairs are chosen: least sum of cost, where each row or column left alone with none costs.

    A pair is worth choosing where `cost` is below `worst`; others are never chosen. n rows, m columns, in any order.

    >>> assigned(np.array([1, 0, 0]), np.array([0, 0, 1]), np.array([2.0, 1.0, 3.0]), 2, 2, 9.0).tolist()
    [2, 0]
    """
    worth = np.flatnonzero(cost < worst)
    order = worth[np.lexsort((column[worth], row[worth]))]
    starts = np.searchsorted(row[order], np.arange(n + 1))
    columns = np.ascontiguousarray(column[order], np.int64)
    held = lightest(starts, columns, np.ascontiguousarray(cost[order], float), float(worst), m)
    chosen: Array = order[held[row[order]] == columns]
    return chosen
