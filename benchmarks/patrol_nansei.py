"""PAT-5: the Nansei patrol, planned beside the best of many greedy plans and PyVRP with windows, and their bound.

All work on the same `World`, for the same wall time: whatever a peer proposes is worked out on it by the rules, what
cannot be done left out, and filled up with looks while there is time.
"""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.file import load
from mihari.patrol.planner import Prepared, fresh_share, prepare, search, settled
from mihari.patrol.routing import Job, Van, route
from mihari.patrol.search.anneal import start
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.resume import resume
from mihari.patrol.search.world import (
    END,
    ENDURANCE,
    FREE_AT,
    KIND,
    LAND,
    ON_CALL,
    PLACE,
    RATE,
    SIZE,
    TAU,
    TOKEN,
    TURN,
    Tours,
    X,
    Z,
)
from mihari.patrol.vehicles import unit_vector, where_is


def nansei() -> Prepared:
    """The patrol that comes with Mihari, made ready."""
    return prepare(load("nansei"))


def ours(prepared: Prepared, seconds: float, seed: int) -> float:
    """Our search's fresh share."""
    return fresh_share(prepared.problem.world, search(prepared, seconds, seed))


def restarts(prepared: Prepared, seconds: float, seed: int) -> tuple[float, int]:
    """Peer: the best of greedy plans with other weights and noise, until the time is up; and how many there were."""
    rng, began, best, count = np.random.default_rng(seed), time.perf_counter(), 0.0, 0
    while time.perf_counter() - began < seconds:
        near, noise = (1.0, 0.0) if not count else (rng.uniform(0.5, 1.6), float(rng.choice([0.0, 0.05, 0.15, 0.3])))
        best = max(best, fresh_share(prepared.problem.world, _filled(prepared, _empty(prepared), near, noise, rng)))
        count += 1
    return best, count


def windows(prepared: Prepared, seconds: float, seed: int, share: float = 0.5) -> float:
    """Peer: PyVRP, a visit with a window for each interval, `share` of it wide, a vehicle for each sortie."""
    began, rng, world = time.perf_counter(), np.random.default_rng(seed), prepared.problem.world
    cells, hours = len(world.cell), float(world.span[END])
    jobs, cell = [], []
    for c in range(cells):
        every = float(world.cell[c, TAU])
        hour = rng.uniform(0.3, 1.0) * every
        while hour < hours:
            jobs.append(Job(c, every * float(world.weight[c, 0, RATE]), max(0.0, hour - share * every), hour))
            cell.append(c)
            hour += every * (1 - share / 2)
    vans, whose = [], []
    for k, craft in enumerate(world.craft):
        first = float(craft[FREE_AT])
        while first < hours and not craft[ON_CALL]:
            base = cells + int(craft[PLACE])
            vans.append(Van(int(craft[KIND]), base, base, first, first + craft[ENDURANCE], float(craft[ENDURANCE])))
            whose.append(k)
            first += float(craft[ENDURANCE] + craft[TURN])
    left = seconds - (time.perf_counter() - began) - 1.0
    tours = _empty(prepared)
    rows: list[list[int]] = [[] for _ in world.craft]
    for one in sorted(route(_travel(prepared), jobs, vans, left, seed), key=lambda r: r.times[0]):
        rows[whose[one.van]] += [*(cell[job] for job in one.jobs), LAND]
    for k, row in enumerate(rows):
        tokens = [c for i, c in enumerate(row) if i == 0 or c != row[i - 1]][: tours.row.shape[1] - 1]
        tours.row[k, : len(tokens), TOKEN] = tokens
        tours.count[k, SIZE] = len(tokens)
    resume(world, tours, np.zeros(len(rows), np.bool_))
    return fresh_share(world, _filled(prepared, tours, 1.0, 0.0, rng))


def _empty(prepared: Prepared) -> Tours:
    tours = settled(prepared.problem, prepared.manned)
    start(prepared.problem.world, tours)
    return tours


def _filled(prepared: Prepared, tours: Tours, near: float, noise: float, rng: np.random.Generator) -> Tours:
    dice = rng.integers(1, 2**62, 1, dtype=np.uint64)
    fill(prepared.problem.world, tours, dice, np.zeros(len(tours.row), np.bool_), near, noise)
    return tours


def _travel(prepared: Prepared) -> list[NDArray[np.float64]]:
    """Hours among cells and places by kind of vehicle: the mean over the weather, a look there included; ships stand
    where they are at half-time."""
    problem, world = prepared.problem, prepared.problem.world
    cells, half = len(world.cell), float(world.span[END]) / 2
    places = np.array([unit_vector(*where_is(place, half)) for place in problem.places]).reshape(-1, 3)
    xyz = np.concatenate([world.cell[:, X : Z + 1], places])
    apart = 12_800.0 * np.arcsin(np.minimum(np.linalg.norm(xyz[:, None] - xyz[None], axis=2) / 2, 1.0))
    found = []
    for n in range(len(problem.kinds)):
        speed = float(world.air[n, :, 0].mean())
        legs = world.legs[n].astype(float).mean(axis=0)
        hours = np.where(np.isfinite(legs), legs, apart / max(speed, 1e-9) if speed > 0 else np.inf)
        hours[:cells, :cells] = np.where(np.isfinite(legs[:cells, :cells]), legs[:cells, :cells], np.inf)
        dwell = world.dwell[n, :, :cells].astype(float)
        hours[:, :cells] += np.where(np.isfinite(dwell), dwell, 10.0).mean(axis=0)[None]
        np.fill_diagonal(hours, 0.0)
        found.append(hours)
    return found
