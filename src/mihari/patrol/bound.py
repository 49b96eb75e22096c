"""How fresh the cells could be at best: a linear programme that every plan obeys, solved by HiGHS.

Looks are fluid (Hari et al. and others bound persistent monitoring so), counted by vehicle, cell and spell of weather.
A look keeps a cell fresh for its interval at most. It takes the vehicle at least the way from the nearest other cell
and its dwell in that spell; a sortie has its endurance, less the way to the nearest cell and back. Nothing else is
asked for, so no plan is better; how far the best plan stays below is not known.

Wind helps nobody who comes back: a leg of d km takes (sqrt((v^2 - w^2) d^2 + (w.d)^2) - w.d) / (v^2 - w^2) hours, so at
least d / sqrt(v^2 - w^2) less the way made good down the wind, w.d / (v^2 - w^2). Over a sortie the latter sum to what
the place of landing lies down-wind of the start; where the wind changes meanwhile, to the change times the way to the
farthest cell at most.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    START_X,
    START_Z,
    TAU,
    TURN,
    UP_AT,
    World,
    X,
    Z,
)

Floats = NDArray[np.float64]
STEPS = 49  # moments at which a ship is looked for
SAILED_KM = 20.0  # that a ship sails between two of them at most


@dataclass(frozen=True)
class Spent:
    """What looks take vehicles of one kind and home: cost (C, S), h of a look; inf: it cannot. whole: h that they have
    for looks in all, each (S,): in a spell."""

    cost: Floats
    whole: float
    each: Floats


def bound(world: World) -> float:
    """The largest share of weight and time in which cells can be fresh, of all that is demanded."""
    cells = len(world.cell)
    if not cells:
        return 1.0
    rate = world.weight[..., RATE]
    begin, end = float(world.span[BEGIN]), float(world.span[END])
    demanded = (rate * np.diff(np.clip(np.append(world.edges[:-1], end), begin, end))).sum(axis=1)
    most = np.minimum(world.cell[:, TAU], end - begin) * rate.max(axis=1)
    groups = _groups(world)
    looks = len(groups) * rate.size
    rows: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    values: list[Floats] = []
    limits: list[float] = []
    for g, group in enumerate(groups):
        able = np.flatnonzero(np.isfinite(group.cost).ravel())
        spell = able % rate.shape[1]
        first = len(limits)
        for row in (np.full(len(able), first), first + 1 + spell):
            rows.append(row)
            columns.append(g * rate.size + able)
            values.append(group.cost.ravel()[able])
        limits += [group.whole, *group.each.tolist()]
    first = len(limits)
    column = np.arange(looks)
    cell = column % rate.size // rate.shape[1]
    rows += [first + cell, first + np.arange(cells)]
    columns += [column, looks + np.arange(cells)]
    values += [-most[cell], np.ones(cells)]
    limits += most.tolist()  # all cells count as looked at when it begins
    entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    matrix = coo_array(entries, shape=(len(limits), looks + cells)).tocsr()
    upper = np.concatenate([*(np.where(np.isfinite(s.cost), np.inf, 0.0).ravel() for s in groups), demanded])
    objective = np.concatenate([np.zeros(looks), -np.ones(cells)])
    limit = np.column_stack([np.zeros(len(upper)), upper])
    found = linprog(objective, A_ub=matrix, b_ub=limits, bounds=limit, method="highs")
    return float(-found.fun / demanded.sum())


def _groups(world: World) -> list[Spent]:
    """All vehicles that patrol, those that are alike as one."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for k, craft in enumerate(world.craft):
        if not craft[ON_CALL]:
            alike.setdefault((*craft[[KIND, ENDURANCE, TURN]].tolist(), *world.lands[k].tolist()), []).append(k)
    found = []
    for group in alike.values():
        each = [spent(world, k) for k in group]
        cost = np.min([s.cost for s in each], axis=0)
        found.append(Spent(cost, sum(s.whole for s in each), np.sum([s.each for s in each], axis=0)))
    return found


def spent(world: World, k: int) -> Spent:
    """What looks take vehicle k at least, and what it has for them; a look is counted where it begins.

    Before a look lies at least the shortest way from another cell to this one, or a landing and a start. The first look
    of a sortie takes the way out instead of one from another cell: what that spares at most is added to each sortie.
    Who is aloft at the beginning is spared all of the first way. At a change of weather one look has its way before.
    """
    n, spells = int(world.craft[k, KIND]), world.weight.shape[1]
    endurance, turn = world.craft[k, ENDURANCE], float(world.craft[k, TURN])
    begin, end = world.span[BEGIN], world.span[END]
    dwell, pace = _dwell(world, n), _pace(world, n)
    able: NDArray[np.bool_] = np.asarray(np.isfinite(dwell).any(axis=1))
    out = _out_km(world, k) / max(pace.max(), 1e-9)
    least = float(out[able].min(initial=np.inf))
    if not able.any() or not np.isfinite(least) or pace.max() <= 0:
        return Spent(np.full(dwell.shape, np.inf), 0.0, np.zeros(spells))
    with np.errstate(divide="ignore"):
        way = np.minimum(_from_others_km(world, n, able)[:, None] / pace, 2 * least + turn)
    slowest = np.where(able[:, None] & (pace > 0), way, 0.0).max(axis=1)
    spared = float((slowest - (out - least))[able].max(initial=0.0))
    whole, time = 0.0, world.craft[k, FREE_AT]
    if world.craft[k, PLACE] < 0:  # aloft
        left = world.craft[k, UP_AT] + endurance
        whole += max(0.0, min(left, end) - begin) + float(slowest.max())
        time = left + turn
    while time < end:
        whole += max(0.0, min(endurance - 2 * least, end - time - least) + spared)
        time += endurance + turn
    changes = float(np.abs(np.diff(way, axis=1))[able].max(axis=0, initial=0.0).sum())
    cost = way + dwell
    first = max(begin, min(world.craft[k, FREE_AT], world.craft[k, UP_AT]))
    lasts = np.diff(np.clip(np.append(world.edges[:-1], end), first, end))
    extra = float((slowest - out)[able].max(initial=0.0))
    sorties = extra + max(extra - turn, 0.0) * lasts / max(turn, 1e-9)
    over, per_spell = _drift(world, n, k)
    ends = np.where(np.isfinite(cost), cost, 0.0).max(axis=0)
    return Spent(cost, whole + changes + over, lasts + ends + sorties + per_spell)


def _dwell(world: World, n: int) -> Floats:
    """Hours that looks at cells take beyond the way, (C, S); inf: it cannot."""
    cells = len(world.cell)
    dwell = world.dwell[n, :, :cells].T.astype(float)
    dwell[~world.may[n, :, 0, :cells].any(axis=0)] = np.inf
    dwell[:, world.air[n, :, SPEED] <= 0] = np.inf
    return np.asarray(dwell)


def _pace(world: World, n: int) -> Floats:
    """km/h made good on a closed way at most, (S,); see above."""
    wind2 = world.air[n, :, EAST] ** 2 + world.air[n, :, NORTH] ** 2
    return np.asarray(np.sqrt(np.maximum(world.air[n, :, SPEED] ** 2 - wind2, 0.0)))


def _drift(world: World, n: int, k: int) -> tuple[float, Floats]:
    """Hours that winds can spare at most: in all, as ships carry it up-wind and where winds change; in each spell."""
    pace2 = np.maximum(_pace(world, n), 1e-9) ** 2
    per_km = world.air[n][:, [EAST, NORTH]] / pace2[:, None] * (world.air[n, :, SPEED] > 0)[:, None]
    size = np.hypot(*per_km.T)
    ports = [int(p) for p in np.flatnonzero(world.lands[k])]
    points = [world.cell[:, X : Z + 1], *(_way(world, p) for p in ports)]
    aloft = world.craft[k, PLACE] < 0
    if aloft:
        points.append(world.craft[k : k + 1, START_X : START_Z + 1])
    extent = float(_km(np.concatenate(points)[:, None], points[0][None]).max())
    legs = (world.way[world.way_at[p] : world.way_at[p + 1], 1:] for p in ports)
    sailed = sum(float(_km(way[1:], way[:-1]).sum()) for way in legs)
    open_ended = extent if aloft or len(ports) > 1 else 0.0
    changes = float(np.hypot(*np.diff(per_km, axis=0).T).sum())
    return changes * extent + float(size.max()) * (sailed + open_ended), size * extent


def _way(world: World, p: int) -> Floats:
    """Where a place is in the course of the plan, unit vectors (STEPS, 3)."""
    times = np.linspace(world.span[BEGIN], world.span[END], STEPS)
    return np.array([where(world.way_at, world.way, p, float(hour)) for hour in times])


def _km(a: Floats, b: Floats) -> Floats:
    """km between unit vectors (they broadcast)."""
    return np.asarray(2 * EARTH_KM * np.arcsin(np.minimum(np.linalg.norm(a - b, axis=-1) / 2, 1.0)))


def _from_others_km(world: World, n: int, able: NDArray[np.bool_]) -> Floats:
    """km to each cell from the nearest other from which it may go there; inf: from none."""
    cells, xyz = len(world.cell), world.cell[:, X : Z + 1]
    open_ = np.isfinite(world.legs[n, :, :cells, :cells]).any(axis=0) & able[:, None]
    return np.asarray(np.where(open_, _km(xyz[:, None], xyz[None]), np.inf).min(axis=0, initial=np.inf))


def _out_km(world: World, k: int) -> Floats:
    """km from any of its places to each cell at least."""
    best = np.full(len(world.cell), np.inf)
    if world.craft[k, PLACE] < 0:
        best = _km(world.cell[:, X : Z + 1], world.craft[k, START_X : START_Z + 1])
    for p in np.flatnonzero(world.lands[k]):
        ships = SAILED_KM if world.port[p, SHIP] else 0.0
        away = _km(world.cell[:, None, X : Z + 1], _way(world, int(p))[None]).min(axis=1)
        best = np.minimum(best, np.maximum(away - ships, 0.0))
    return best
