"""Team orienteering: who collects most prizes in limited time (Chao, Golden and Wasil 1996).

Rounds of a large neighbourhood search accepted by annealing (`search`), each twice as long as the one before up to a
limit; between rounds the routes that were met are packed anew (`pack`). What is found after so many rounds depends on
the seed only; the clock decides how many there are.
"""

from __future__ import annotations

import time as clock
from collections.abc import Sequence

import numpy as np
from scipy.sparse.csgraph import csgraph_from_dense, shortest_path

from mihari.patrol.routing.field import MATRIX, Field, Ways, empty_pool, empty_scratch, empty_ways, like
from mihari.patrol.routing.jobs import Floats, Job, Route, Van
from mihari.patrol.routing.pack import pack
from mihari.patrol.routing.search import search

FIRST, LONGEST = 1000, 50_000  # moves of the first round, and of the longest
AT_ONCE = 50_000  # moves times jobs between two looks at the clock: about 20 ms
HOT, COLD = 1.0, 0.05  # of the mean prize: what a move may lose at the beginning and at the end of a round
WORTH = 0.3  # of what routes earn in a unit of time: what a unit of time saved is worth
NEAR = 64  # jobs about one job that a move may take out
OUT = 0.45  # of all jobs, taken out at once at most; small cuts stay in the valley they are in
DETOUR = 3.0  # of the mean leg: what a leg where there is no way takes more; less is taken too often
STALE = 20_000  # moves for each job without gain, after which there is nothing to be found
PACK_S = 2.0  # that packing takes at most
KEPT = 0.03  # of the time, for packing in the end


def field_of(travel: Sequence[Floats], jobs: Sequence[Job], vans: Sequence[Van]) -> Field:
    """Jobs and vans as the search sees them."""
    count = len(jobs)
    ends = sorted({place for van in vans for place in (van.start, van.end)})
    node = np.array([job.location for job in jobs] + ends)
    takes = np.array([job.takes for job in jobs] + [0.0] * len(ends))
    direct = np.array([matrix[np.ix_(node, node)] for matrix in travel], np.float64)
    direct[:, node[:, None] == node] = 0.0
    direct += takes[:, None]
    shut = ~np.isfinite(direct)
    around = [_by_way_of_others(matrix) for matrix in direct]
    legs, detour = np.array([one[0] for one in around]), np.array([one[1] for one in around])
    blocked = 4.0 * (len(node) + 1) * (legs.max(initial=0.0, where=np.isfinite(legs)) + 1.0)
    legs[~np.isfinite(legs)] = blocked
    alike: dict[Van, int] = {}
    van = [
        (one.matrix, count + ends.index(one.start), count + ends.index(one.end), alike.setdefault(one, len(alike)))
        for one in vans
    ]
    there_and_back = legs[0, :count, :count] + legs[0, :count, :count].T
    np.fill_diagonal(there_and_back, -1.0)
    return Field(
        legs=legs, shut=shut, detour=detour, van=np.array(van, np.int64),
        prize=np.array([job.prize for job in jobs], np.float64),
        limit=np.array([min(one.limit, blocked / 2) for one in vans], np.float64),
        near=np.ascontiguousarray(np.argsort(there_and_back, axis=1, kind="stable")[:, :NEAR]),
        key=np.random.default_rng(count).integers(1, 2**63, count, dtype=np.uint64),
    )  # fmt: skip


def _by_way_of_others(legs: Floats) -> tuple[Floats, float]:
    """Where there is no way, the shortest by way of other nodes and a detour; and that. `legs` (N, N): inf for no way.

    So the search can put the others in one by one; what it keeps in the end has no such leg.
    """
    able = np.isfinite(legs)
    if able.all() or not able.any():
        return legs, 0.0
    detour = DETOUR * float(legs[able].mean())
    return np.where(able, legs, shortest_path(csgraph_from_dense(legs, null_value=np.inf)) + detour), detour


def collect(field: Field, seconds: float, seed: int, rounds: int | None = None) -> Ways:
    """The best routes found in `seconds` or after so many rounds, whichever comes first."""
    until, jobs = clock.perf_counter() + seconds, len(field.prize)
    now, new, best = empty_ways(field), empty_ways(field), empty_ways(field)
    scratch, pool = empty_scratch(field), empty_pool(field)
    dice = np.array([seed * 7919 + 12345], np.uint64)
    heat, most = float(field.prize.mean()), float(field.prize.sum())
    least = float(np.quantile(field.legs[field.legs > 0], 0.01)) if (field.legs > 0).any() else 1.0
    out, at_once = max(round(OUT * min(jobs, 2 * NEAR)), 1), max(AT_ONCE // jobs, 10)
    moves, stale = FIRST, 0
    while rounds is None or rounds > 0:
        before = float(best.earned[0])
        rate = WORTH * max(before, heat) / max(float(field.limit.sum()), least)
        for done in range(0, moves, at_once):
            hot, cold = (heat * HOT * (COLD / HOT) ** (n / moves) for n in (done, done + at_once))
            search(field, now, new, best, scratch, pool, dice, at_once, hot, cold, out, rate, heat, least)
            if clock.perf_counter() > until - KEPT * seconds:
                break
        pack(field, pool, best, min(PACK_S, until - clock.perf_counter()))
        stale = 0 if best.earned[0] > before else stale + moves
        if best.earned[0] >= most * (1 - 1e-12) or stale > STALE * jobs:
            break
        if clock.perf_counter() > until - KEPT * seconds:
            break
        like(best, now)
        moves = min(2 * moves, LONGEST)
        rounds = None if rounds is None else rounds - 1
    return best


def routes_of(field: Field, vans: Sequence[Van], ways: Ways) -> list[Route]:
    """Routes with times: every van starts as early as it may, and nobody waits."""
    made = []
    for v, van in enumerate(vans):
        stops = ways.stop[v, : ways.size[v] + 1]
        arrive = van.early + np.cumsum(field.legs[field.van[v, MATRIX], stops[:-1], stops[1:]])
        if len(arrive):
            made.append(Route(v, tuple(stops[1:].tolist()), tuple(arrive.tolist())))
    return made
