"""Jobs with prizes and windows, vehicles with depots -> which to do, by whom, in which order. PyVRP underneath.

The layer through which everything that is a vehicle routing problem goes: visits with windows for a first plan, team
orienteering (who collects most in limited time, Chao et al. 1996). Whole numbers below: distances are rounded up to
1/`SCALE`, so what is found keeps its limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SCALE = 1000
PRIZE = 100_000  # of a prize of 1 against a unit of distance: prizes come first
FOREVER = 2**40
LEAST_COST = 1  # edges that cost nothing leave PyVRP's neighbourhoods empty


@dataclass(frozen=True, slots=True)
class Job:
    """A visit to a location (row of the matrices) between `early` and `late` that takes so long and earns a prize."""

    location: int
    prize: float
    early: float = 0.0
    late: float = math.inf
    takes: float = 0.0


@dataclass(frozen=True, slots=True)
class Van:
    """A vehicle for one route: its matrix, where it starts and ends, when, how long it may be under way."""

    matrix: int
    start: int
    end: int
    early: float = 0.0
    late: float = math.inf
    longest: float = math.inf


@dataclass(frozen=True, slots=True)
class Route:
    """Jobs (indices) in order with the times at which they begin."""

    van: int
    jobs: tuple[int, ...]
    times: tuple[float, ...]


def route(
    travel: list[Floats], jobs: list[Job], vans: list[Van], seconds: float, seed: int = 1, seeds: int = 1
) -> list[Route]:
    """Routes of at most one per van that earn the most. `travel`: matrices (L, L) of times; ValueError for none.

    >>> line = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    >>> found = route([line], [Job(1, 5.0), Job(2, 5.0), Job(3, 5.0)], [Van(0, 0, 0, longest=4.0)], 0.2)
    >>> sorted(found[0].jobs)  # out to 2 and back
    [0, 1]
    """
    best: list[Route] = []
    most = -1.0
    for i in range(seeds):
        found = _solve(travel, jobs, vans, seconds / seeds, seed + i)
        earned = sum(jobs[j].prize for one in found for j in one.jobs)
        if earned > most:
            best, most = found, earned
    return best


def _solve(travel: list[Floats], jobs: list[Job], vans: list[Van], seconds: float, seed: int) -> list[Route]:
    import pyvrp
    from pyvrp.stop import MaxRuntime

    model = pyvrp.Model()
    size = len(travel[0])
    locations = [model.add_location(float(i), 0.0) for i in range(size)]
    depots = {place: model.add_depot(locations[place]) for place in sorted({p for v in vans for p in (v.start, v.end)})}
    for job in jobs:
        model.add_client(
            locations[job.location], service_duration=_up(job.takes), tw_early=_up(job.early), tw_late=_down(job.late),
            prize=round(job.prize * PRIZE), required=False,
        )  # fmt: skip
    profiles = [model.add_profile() for _ in travel]
    for matrix, profile in zip(travel, profiles, strict=True):
        whole = np.where(np.isfinite(matrix), np.ceil(matrix * SCALE - 1e-9), 2**30).astype(np.int64)
        for a in range(size):
            for b in range(size):
                if a != b:
                    model.add_edge(locations[a], locations[b], max(int(whole[a, b]), LEAST_COST), int(whole[a, b]),
                                   profile=profile)  # fmt: skip
    for van in vans:
        model.add_vehicle_type(
            1, start_depot=depots[van.start], end_depot=depots[van.end], tw_early=_up(van.early),
            tw_late=_down(van.late), shift_duration=_down(van.longest), profile=profiles[van.matrix],
            unit_distance_cost=1, unit_duration_cost=0,
        )  # fmt: skip
    found = pyvrp.solve(model.data(), stop=MaxRuntime(seconds), seed=seed, display=False, collect_stats=False)
    if not found.is_feasible():
        return []
    made = []
    for one in found.best.routes():
        stops = [(activity.idx, activity.start_time / SCALE) for activity in one.schedule() if activity.is_client()]
        made.append(Route(int(one.vehicle_type()), tuple(s[0] for s in stops), tuple(s[1] for s in stops)))
    return made


def _up(value: float) -> int:
    return math.ceil(value * SCALE - 1e-9) if math.isfinite(value) else FOREVER


def _down(value: float) -> int:
    return math.floor(value * SCALE + 1e-9) if math.isfinite(value) else FOREVER
