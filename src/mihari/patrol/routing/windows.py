"""Jobs with windows -> routes, by PyVRP (Wouda, Lan and Kool 2024).

It reckons in whole numbers: times are rounded up, windows and limits to their inside, so what is found keeps them. A
way costs little beside a prize, but something: ways that cost nothing leave PyVRP's neighbourhoods empty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from mihari.patrol.routing.jobs import Floats, Job, Route, Van

STEPS = 100_000  # into which the longest time is divided
FARTHEST = 10_000  # what the longest way costs
DEAREST = 1_000_000  # what the largest prize counts; PyVRP makes a step of lateness cost at most a tenth of it


class Clock:
    """Times as whole steps and back. `begin`: the first; steps so long that the longest time has `STEPS` of them."""

    def __init__(self, travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van]) -> None:
        self.begin = min(van.early for van in vans)
        times = [van.limit for van in vans] + [job.takes for job in jobs]
        times += [t - self.begin for job in jobs for t in (job.early, job.late)]
        times += [float(matrix.max(initial=0.0, where=np.isfinite(matrix))) for matrix in travel]
        self.step = max((t for t in times if math.isfinite(t)), default=0.0) / STEPS or 1.0
        self.never = STEPS * (2 * len(jobs) + 4)  # after the last job of any van, with all its ways

    def up(self, time: float) -> int:
        """A duration, or a time after the beginning, in steps that suffice."""
        return math.ceil(time / self.step - 1e-9)

    def down(self, time: float) -> int:
        """The same in steps that it has."""
        return math.floor(time / self.step + 1e-9) if math.isfinite(time) else self.never


def solve(travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van], seconds: float, seed: int) -> list[Route]:
    """Routes of at most one per van; none where PyVRP found nothing that keeps all windows."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    clock, model, size = Clock(travel, jobs, vans), pyvrp.Model(), len(travel[0])
    places = [model.add_location(float(i), 0.0) for i in range(size)]
    depots = {place: model.add_depot(places[place]) for place in sorted({p for v in vans for p in (v.start, v.end)})}
    able = [
        i
        for i, job in enumerate(jobs)
        if clock.up(max(job.early - clock.begin, 0)) <= clock.down(job.late - clock.begin)
    ]
    most = max(job.prize for job in jobs)
    for job in (jobs[i] for i in able):
        model.add_client(
            places[job.location], service_duration=clock.up(job.takes),
            tw_early=clock.up(max(job.early - clock.begin, 0)), tw_late=clock.down(job.late - clock.begin),
            prize=max(round(job.prize / most * DEAREST), 1), required=False,
        )  # fmt: skip
    profiles = [model.add_profile() for _ in travel]
    for matrix, profile in zip(travel, profiles, strict=True):
        _ways(model, matrix, places, profile, clock)
    for van in vans:
        early = clock.up(van.early - clock.begin)
        model.add_vehicle_type(
            1, start_depot=depots[van.start], end_depot=depots[van.end], tw_early=early,
            tw_late=max(clock.down(van.late - clock.begin), early), shift_duration=clock.down(van.longest),
            profile=profiles[van.matrix], unit_distance_cost=1, unit_duration_cost=0,
        )  # fmt: skip
    found = pyvrp.solve(model.data(), stop=MaxRuntime(seconds), seed=seed, display=False, collect_stats=False)
    return _routes(found, clock, able) if found.is_feasible() else []


def _ways(model: Any, matrix: Floats, places: list[Any], profile: Any, clock: Clock) -> None:
    """A way from every place to every other; where there is none, it takes longer than anybody has."""
    able = np.isfinite(matrix)
    cost = matrix / max(float(matrix.max(initial=0.0, where=able)), 1e-300) * FARTHEST
    steps = np.where(able, np.ceil(np.where(able, matrix, 0.0) / clock.step - 1e-9), clock.never + 1).astype(np.int64)
    cost = np.where(able, np.maximum(np.ceil(np.where(able, cost, 0.0)), 1), FARTHEST * 100).astype(np.int64)
    for a in range(len(places)):
        for b in range(len(places)):
            if a != b:
                model.add_edge(places[a], places[b], int(cost[a, b]), int(steps[a, b]), profile=profile)


def _routes(found: Any, clock: Clock, able: list[int]) -> list[Route]:
    made = []
    for one in found.best.routes():
        stops = [(able[a.idx], clock.begin + a.start_time * clock.step) for a in one.schedule() if a.is_client()]
        if stops:
            made.append(Route(int(one.vehicle_type()), tuple(s[0] for s in stops), tuple(s[1] for s in stops)))
    return made
