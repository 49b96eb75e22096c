"""Jobs with prizes and windows, vans with depots -> which to do, by whom, in which order.

The layer through which everything that is a vehicle routing problem goes. Where windows decide it is PyVRP's to solve
(`windows`); where only the vans' time is short it is team orienteering, for which we have a search of our own that
finds more in the same time (`orienteering`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mihari.core.errors import BadInput
from mihari.patrol.routing.jobs import Floats, Job, Route, Van, checked


def route(
    travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van], seconds: float, seed: int = 1,
    rounds: int | None = None,
) -> list[Route]:  # fmt: skip
    """Routes of at most one per van that earn the most, each with a job at least.

    `travel`: matrices (L, L) of times, which may be asymmetric; inf where there is no way. BadInput for what cannot be
    routed. `rounds`: of the search at most, for the same answer on any machine; windows are solved until `seconds`.

    >>> line = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    >>> route([line], [Job(1, 5.0), Job(2, 5.0), Job(3, 5.0)], [Van(0, 0, 2, longest=2.0)], 0.2)
    [Route(van=0, jobs=(0, 1), times=(1.0, 2.0))]
    """
    checked(travel, jobs, vans, seconds, seed)
    wanted = [i for i, job in enumerate(jobs) if job.prize > 0]
    some = [jobs[i] for i in wanted]
    if not some or not vans:
        return []
    if windows_decide(some, vans):
        from mihari.patrol.routing.windows import solve

        found = solve(travel, some, vans, seconds, seed)
    else:
        from mihari.patrol.routing.orienteering import collect, field_of, routes_of

        field = field_of(travel, some, vans)
        found = routes_of(field, vans, collect(field, seconds, seed, rounds))
    return [Route(one.van, tuple(wanted[j] for j in one.jobs), one.times) for one in found]


def windows_decide(jobs: Sequence[Job], vans: Sequence[Van]) -> bool:
    """Whether a van that starts at once could come to a job too early or, within its limit, too late."""
    early, late = max(job.early for job in jobs), min(job.late for job in jobs)
    return early > min(van.early for van in vans) or late < max(van.early + van.limit for van in vans)


def best_tours(
    travel: Floats, prizes: Floats, start: int, end: int, limit: float, count: int, seconds: float, seed: int = 1,
    rounds: int | None = None,
) -> list[tuple[int, ...]]:  # fmt: skip
    """Tours (rows of `travel`, start and end included) of at most `count` vehicles that collect the most prizes.

    `travel` (n, n): times, `prizes` (n,): of each place; a tour takes `limit` at most. Empty tours are left out.

    >>> line = np.abs(np.subtract.outer(np.arange(-2.0, 3.0), np.arange(-2.0, 3.0)))
    >>> sorted(best_tours(line, np.array([9.0, 1.0, 0.0, 1.0, 9.0]), 2, 2, 4.0, 2, 0.2))  # from the middle of five
    [(2, 1, 0, 2), (2, 3, 4, 2)]
    """
    prizes = np.asarray(prizes, np.float64)
    if travel.ndim != 2 or prizes.shape != travel.shape[:1]:
        raise BadInput(f"prizes: shape {prizes.shape}; expected one for each row of travel, {travel.shape[:1]}")
    if count < 0 or math.isnan(limit):
        raise BadInput(f"{count} vehicles for {limit}; expected none or more for a time")
    jobs = [Job(i, float(prize)) for i, prize in enumerate(prizes) if i not in (start, end)]
    found = route([travel], jobs, [Van(0, start, end, longest=limit)] * count, seconds, seed, rounds)
    return [(start, *(jobs[j].location for j in one.jobs), end) for one in found]
