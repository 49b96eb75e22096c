"""How far each kind of vehicle gets towards looking at each cell: sees it, may be there, is heard, comes home again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from mihari.patrol.courses import hours
from mihari.patrol.problem import Problem
from mihari.patrol.search.motion import where
from mihari.patrol.search.world import BIN, EAST, END, ENDURANCE, FREE_AT, KIND, NORTH, ON_CALL, SHIP, SPEED, X, Z
from mihari.patrol.vehicles import Vehicle

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Stage(IntEnum):
    """What fails first; each has passed what stands before it."""

    SIGHT = 0
    OPEN = 1
    HEARD = 2
    WAY = 3
    RANGE = 4
    TIME = 5
    DONE = 6


@dataclass(frozen=True)
class Able:
    """Vehicles of one asset (`k`: the first of them in the world), by cell: the stage that fails, hours of a sortie.

    stage (C,); takes, arrives (C,): h from launch to landing or there at least, inf where there is no way; straight
    (C,): whether one leg goes there and one home; seen (C, S): whether it would see what it is to see in a spell.
    """

    k: int
    vehicle: Vehicle
    stage: NDArray[np.int64]
    takes: Floats
    arrives: Floats
    straight: Bools
    seen: Bools


def able(problem: Problem) -> list[Able]:
    """All assets that are not on call and keep no station, each once."""
    first: dict[tuple[str, str], int] = {}
    for k, v in enumerate(problem.vehicles):
        if not problem.world.craft[k, ON_CALL]:
            first.setdefault((v.platform.id, v.section.home), k)
    return [_of(problem, k) for k in first.values()]


def _of(problem: Problem, k: int) -> Able:
    world, v = problem.world, problem.vehicles[k]
    n, cells = int(world.craft[k, KIND]), len(world.cell)
    bins = min(int(np.ceil(world.span[END] / world.span[BIN])), world.may.shape[1])
    starts = [s.start for s in problem.ground.spells]
    spell = [max(int(np.searchsorted(starts, edge, side="right")) - 1, 0) for edge in problem.edges[:-1]]
    sees = np.isfinite(problem.ground.dwell_h[v.platform.id][problem.rows][:, spell])
    there = np.isfinite(world.dwell[n, :, :cells]).T
    heard = world.may[n, :bins, 0, :cells].any(axis=0)
    out, home = _straight(problem, k, bins)
    dwell = np.nan_to_num(world.dwell[n, :, :cells].min(axis=0), posinf=0.0)
    straight = out + dwell + home
    takes, arrives = straight, out
    endurance = float(world.craft[k, ENDURANCE])
    if (straight > endurance).any():
        legs = world.legs[n, :, :cells, :cells].min(axis=0).astype(float)
        arrives = _by_way_of(legs, out)
        takes = arrives + dwell + _by_way_of(legs.T, home)
    in_time = world.craft[k, FREE_AT] + arrives + dwell <= world.span[END]
    passed = [sees.any(axis=1), there.any(axis=1), heard, np.isfinite(takes), takes <= endurance, in_time]
    stage = np.cumprod(np.array(passed, int), axis=0).sum(axis=0)
    return Able(k, v, stage, takes, arrives, np.isfinite(straight), sees & there)


def _straight(problem: Problem, k: int, bins: int) -> tuple[Floats, Floats]:
    """Hours of the shortest straight leg out to each cell, and home, at any half hour; ships where they are then."""
    world = problem.world
    n, cells = int(world.craft[k, KIND]), len(world.cell)
    xyz = world.cell[:, X : Z + 1]
    out, home = np.full(cells, np.inf), np.full(cells, np.inf)
    for p in np.flatnonzero(world.lands[k]):
        if not world.port[p, SHIP]:
            out = np.minimum(out, world.legs[n, :, cells + p, :cells].min(axis=0))
            home = np.minimum(home, world.legs[n, :, :cells, cells + p].min(axis=0))
            continue
        for b in range(bins):
            hour = b * float(world.span[BIN])
            s = max(int(np.searchsorted(problem.edges[:-1], hour, side="right")) - 1, 0)
            air, wind = float(world.air[n, s, SPEED]), world.air[n, s, [EAST, NORTH]]
            ship = np.array(where(world.way_at, world.way, int(p), hour))
            free = world.may[n, b, 1 + p, :cells]
            out = np.minimum(out, np.where(free, hours(ship, xyz, air, wind), np.inf))
            home = np.minimum(home, np.where(free, hours(xyz, ship, air, wind), np.inf))
    return out, home


def _by_way_of(legs: Floats, first: Floats) -> Floats:
    """The same by way of other cells: the shortest path after a first leg."""
    cells = len(first)
    whole = np.full((cells + 1, cells + 1), np.inf)
    whole[:cells, :cells], whole[cells, :cells] = legs, first
    graph = csgraph_from_dense(whole, null_value=np.inf)
    return np.asarray(dijkstra(graph, indices=cells)[:cells])
