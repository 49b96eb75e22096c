"""Jobs with windows -> routes, by PyVRP (Wouda, Lan and Kool 2024).

It reckons in whole numbers: times are rounded up, windows and limits to their inside, so what is found keeps them. A
way costs little beside a prize, but something: ways that cost nothing leave PyVRP's neighbourhoods empty.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.routing.jobs import Floats, Job, Route, Van

Wholes = NDArray[np.int64]

STEPS = 100_000  # into which the longest time is divided
FARTHEST = 10_000  # what the longest way costs
DEAREST = 1_000_000  # what the largest prize counts; PyVRP makes a step of lateness cost at most a tenth of it


class Clock:
    """Times as whole steps and back, the longest time that matters having `STEPS` of them, or up to ten times more.

    `begin`: when the first van may start; `horizon`: after when all are back, what lies later matters to nobody.
    """

    def __init__(self, travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van]) -> None:
        self.begin = min(van.early for van in vans)
        self.horizon = max(van.early - self.begin + van.limit for van in vans)
        times = [time - self.begin for job in jobs for time in (job.early, job.late)] + [job.takes for job in jobs]
        times += [
            float(matrix.max(initial=0.0, where=np.isfinite(matrix) & (matrix <= self.horizon))) for matrix in travel
        ]
        longest = max((time for time in times if math.isfinite(time)), default=0.0)
        whole = min(longest, self.horizon) / STEPS
        self.step = 10.0 ** math.floor(math.log10(whole)) if whole > 0 else 1.0  # decimals stay what they are
        self.never = 10 * STEPS * (2 * len(jobs) + 4)  # after the last job of any van, with all its ways

    def up(self, time: float) -> int:
        """A duration, or a time after the beginning, in steps that suffice."""
        return math.ceil(min(time / self.step, self.never + 1.0) - 1e-9)

    def down(self, time: float) -> int:
        """The same in steps that it has."""
        return math.floor(min(time / self.step, float(self.never)) + 1e-9)

    def early(self, time: float) -> int:
        """The beginning of a window."""
        return max(self.up(time - self.begin), 0)

    def late(self, time: float) -> int:
        """The end of a window."""
        return self.down(time - self.begin)

    def ways(self, matrix: Floats) -> Wholes:
        """Steps of ways, (L, L); where there is none, more than anybody has."""
        whole = np.ceil(np.minimum(matrix / self.step, self.never + 1.0) - 1e-9).astype(np.int64)
        np.fill_diagonal(whole, 0)
        return whole

    def costs(self, matrix: Floats) -> Wholes:
        """What ways cost, (L, L): the longest that anybody could go `FARTHEST`."""
        longest = float(matrix.max(initial=0.0, where=np.isfinite(matrix) & (matrix <= self.horizon))) or 1.0
        cost: Wholes = np.clip(np.ceil(np.minimum(matrix / longest, 100.0) * FARTHEST), 1, None).astype(np.int64)
        np.fill_diagonal(cost, 0)
        return cost


def solve(travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van], seconds: float, seed: int) -> list[Route]:
    """Routes of at most one per van; none where PyVRP found nothing that keeps all windows."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    until, clock = time.perf_counter() + seconds, Clock(travel, jobs, vans)
    places = sorted({place for van in vans for place in (van.start, van.end)})
    able = [i for i, job in enumerate(jobs) if clock.early(job.early) <= clock.late(job.late)]
    most = max(job.prize for job in jobs)
    clients = [
        pyvrp.Client(
            job.location, service_duration=clock.up(job.takes), tw_early=clock.early(job.early),
            tw_late=clock.late(job.late), prize=max(round(job.prize / most * DEAREST), 1), required=False,
        ) for job in (jobs[i] for i in able)
    ]  # fmt: skip
    types = [
        pyvrp.VehicleType(
            start_depot=places.index(van.start), end_depot=places.index(van.end), tw_early=clock.early(van.early),
            tw_late=max(clock.late(van.late), clock.early(van.early)),
            shift_duration=clock.down(van.longest), profile=van.matrix,
        ) for van in vans
    ]  # fmt: skip
    data = pyvrp.ProblemData(
        [pyvrp.Location(float(i), 0.0) for i in range(len(travel[0]))], clients, [pyvrp.Depot(i) for i in places],
        types, [clock.costs(matrix) for matrix in travel], [clock.ways(matrix) for matrix in travel],
    )  # fmt: skip
    stop = MaxRuntime(max(until - time.perf_counter(), 0.0))
    found = pyvrp.solve(data, stop=stop, seed=seed, display=False, collect_stats=False)
    return _routes(found, clock, able) if found.is_feasible() else []


def _routes(found: Any, clock: Clock, able: list[int]) -> list[Route]:
    made = []
    for one in found.best.routes():
        stops = [(able[a.idx], clock.begin + a.start_time * clock.step) for a in one.schedule() if a.is_client()]
        if stops:
            made.append(Route(int(one.vehicle_type()), tuple(s[0] for s in stops), tuple(s[1] for s in stops)))
    return made
