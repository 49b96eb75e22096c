"""How fresh the cells could be at best: a linear programme that every plan obeys, solved by HiGHS.

Looks are fluid (Hari et al. and others bound persistent monitoring so): a look keeps a cell fresh for its interval at
most, and takes the vehicle at least the way from the nearest other cell and its dwell; a sortie has its endurance less
the way to the nearest cell and back. Nothing else is asked for, so no plan is better; how far the best plan stays below
is not known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from mihari.patrol.search.motion import where
from mihari.patrol.search.world import (
    BEGIN,
    EARTH_KM,
    EAST,
    END,
    ENDURANCE,
    FREE_AT,
    KIND,
    NORTH,
    ON_CALL,
    PLACE,
    RATE,
    SHIP,
    SPEED,
    TAU,
    TURN,
    UP_AT,
    World,
    X,
    Z,
)

Floats = NDArray[np.float64]
STEPS = 49  # moments at which a ship's distance to the cells is taken
SAILED_KM = 20.0  # that a ship sails between two of them at most


def bound(world: World) -> float:
    """The largest share of weight and time in which cells can be fresh, of all that is demanded."""
    cells = len(world.cell)
    if not cells:
        return 1.0
    rate = world.weight[..., RATE]
    begin, end = float(world.span[BEGIN]), float(world.span[END])
    whole = (rate * np.diff(np.clip(np.append(world.edges[:-1], end), begin, end))).sum(axis=1)
    each = np.minimum(world.cell[:, TAU], end - begin) * rate.max(axis=1)
    vehicles = [k for k in range(len(world.craft)) if not world.craft[k, ON_CALL]]
    rows, columns, values, limits = [], [], [], []
    for r, k in enumerate(vehicles):
        cost, air = _spent(world, k)
        able = np.flatnonzero(np.isfinite(cost))
        rows += [r] * len(able)
        columns += (r * cells + able).tolist()
        values += cost[able].tolist()
        limits.append(air)
    row = len(vehicles)
    gain = len(vehicles) * cells
    upper = np.full(gain, np.inf)
    for r, k in enumerate(vehicles):
        cost, _ = _spent(world, k)
        upper[r * cells : (r + 1) * cells][~np.isfinite(cost)] = 0.0
    for c in range(cells):
        rows += [row + c] * (len(vehicles) + 1)
        columns += [gain + c, *(r * cells + c for r in range(len(vehicles)))]
        values += [1.0, *([-each[c]] * len(vehicles))]
        limits.append(float(each[c]))
    matrix = coo_array((values, (rows, columns)), shape=(row + cells, gain + cells)).tocsr()
    objective = np.concatenate([np.zeros(gain), -np.ones(cells)])
    limit = [(0.0, most) for most in [*np.where(np.isfinite(upper), upper, np.nan).tolist(), *whole.tolist()]]
    limit = [(low, None if np.isnan(high) else high) for low, high in limit]
    found = linprog(objective, A_ub=matrix, b_ub=limits, bounds=limit, method="highs")
    return float(-found.fun / whole.sum())


def _spent(world: World, k: int) -> tuple[Floats, float]:
    """Hours that a look at each cell takes vehicle k at least (inf: it cannot), and hours it has for looks.

    Between two looks lies at least the shortest way between two cells, or a landing and a start. A sortie has its
    endurance, less the way out and home, and its first look takes no way from another cell.
    """
    n, cells = int(world.craft[k, KIND]), len(world.cell)
    endurance, turn = world.craft[k, ENDURANCE], world.craft[k, TURN]
    begin, end = world.span[BEGIN], world.span[END]
    step = world.legs[n, :, :cells, :cells].min(axis=(0, 1), initial=np.inf).astype(float)
    dwell = world.dwell[n, :, :cells].min(axis=0).astype(float)
    ever = world.may[n, :, 0, :cells].any(axis=0) & np.isfinite(dwell)
    out = _nearest(world, k, ever)
    shortest = min(float(step[ever].min(initial=np.inf)), 2 * out + float(turn))
    air, time = 0.0, world.craft[k, FREE_AT]
    if world.craft[k, PLACE] < 0:  # aloft
        left = world.craft[k, UP_AT] + endurance
        air += max(0.0, min(left, end) - begin) + shortest
        time = left + turn
    while time < end and np.isfinite(shortest) and np.isfinite(out):
        air += max(0.0, min(endurance - 2 * out, end - time - out) + shortest)
        time += endurance + turn
    return np.where(ever, shortest + dwell, np.inf), float(air)


def _nearest(world: World, k: int, cells: NDArray[np.bool_]) -> float:
    """Hours from any of its places to the nearest cell at least."""
    n = int(world.craft[k, KIND])
    count = len(world.cell)
    fastest = float((world.air[n, :, SPEED] + np.hypot(world.air[n, :, EAST], world.air[n, :, NORTH])).max())
    best = np.inf
    for p in range(len(world.port)):
        if not world.lands[k, p]:
            continue
        if not world.port[p, SHIP]:
            best = min(best, float(world.legs[n, :, count + p, :count][:, cells].min(initial=np.inf)))
            continue
        for hour in np.linspace(world.span[BEGIN], world.span[END], STEPS):
            away = world.cell[cells][:, X : Z + 1] - np.array(where(world.way_at, world.way, p, float(hour)))
            near = 2 * EARTH_KM * np.arcsin(np.linalg.norm(away, axis=1).min(initial=2.0) / 2)
            best = min(best, max(float(near) - SAILED_KM, 0.0) / max(fastest, 1e-9))
    return best
