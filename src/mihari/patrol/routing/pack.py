"""Routes that were met -> those that earn most together, no job twice: set packing by HiGHS.

A linear programme first: its duals say how much less the whole would earn with a route in it, and routes with which it
cannot earn more than what is known are left out; branch and bound decides the rest. Recombining routes so is strong
where vans are few (e.g. Hammami, Rekik and Coelho 2020, for team orienteering).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from mihari.patrol.routing.field import KIND, Field, Pool, Ways, empty_ways, like

MOST = 3000  # routes that branch and bound is given
NODES = 2000  # of its tree
LEAST_GAIN = 1e-9  # of what is known


def pack(field: Field, pool: Pool, best: Ways, seconds: float) -> None:
    """`best` becomes the routes of the pool that earn most together, if that is more."""
    used = np.flatnonzero(pool.size)
    if len(field.van) < 2 or not len(used) or seconds <= 0:
        return
    stops = [pool.stop[r, : pool.size[r]] for r in used]
    vans = np.bincount(field.van[:, KIND])
    chosen = packing(stops, pool.kind[used], vans, field.prize, float(best.earned[0]), seconds)
    if chosen:
        like(_ways(field, [(int(pool.kind[used[i]]), stops[i], float(pool.length[used[i]])) for i in chosen]), best)


def packing(
    stops: list[NDArray[np.int32]], kinds: NDArray[np.int64], vans: NDArray[np.int64], prize: NDArray[np.float64],
    known: float, seconds: float,
) -> list[int]:  # fmt: skip
    """Which routes (indices) earn more together than `known`; none where no such were found.

    `stops`: jobs of each route; `kinds` (R,): the kind of van it is for; `vans` (K,): how many there are of each.

    >>> routes = [np.array([0, 1]), np.array([1, 2]), np.array([2])]
    >>> packing(routes, np.zeros(3, int), np.array([2]), np.array([5.0, 3.0, 4.0]), 7.0, 1.0)
    [0, 2]
    """
    count, enough = len(stops), known + LEAST_GAIN * max(known, 1.0)
    rows = np.concatenate([*stops, len(prize) + kinds])
    columns = np.concatenate([np.repeat(np.arange(count), [len(s) for s in stops]), np.arange(count)])
    matrix = csc_array((np.ones(len(rows)), (rows, columns)), shape=(len(prize) + len(vans), count))
    worth = np.array([prize[s].sum() for s in stops])
    limits = np.concatenate([np.ones(len(prize)), vans.astype(float)])
    options = {"time_limit": seconds}
    relaxed = linprog(-worth, A_ub=matrix, b_ub=limits, bounds=(0, None), method="highs", options=options)
    if relaxed.x is None or -relaxed.fun <= enough:
        return []
    less = worth + matrix.T @ relaxed.ineqlin.marginals
    able = np.flatnonzero(less - relaxed.fun > enough)
    able = able[np.argsort(-less[able], kind="stable")[:MOST]]
    within = LinearConstraint(matrix[:, able], -np.inf, limits)
    options["node_limit"] = NODES
    found = milp(-worth[able], integrality=np.ones(len(able)), bounds=Bounds(0, 1), constraints=within, options=options)
    if found.x is None or -found.fun <= enough:
        return []
    return sorted(int(able[i]) for i in np.flatnonzero(found.x > 0.5))


def _ways(field: Field, routes: list[tuple[int, NDArray[np.int32], float]]) -> Ways:
    """Routes of kinds of vans given to vans."""
    made = empty_ways(field)
    free = [np.flatnonzero(field.van[:, KIND] == kind).tolist() for kind in range(field.van[:, KIND].max() + 1)]
    for kind, stops, length in routes:
        v, size = free[kind].pop(), len(stops)
        made.stop[v, size + 1] = made.stop[v, 1]
        made.stop[v, 1 : size + 1] = stops
        made.size[v], made.length[v] = size, length
        made.whose[stops] = v
        made.earned[0] += field.prize[stops].sum()
    return made
