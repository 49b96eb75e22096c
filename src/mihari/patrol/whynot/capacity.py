"""All who are free are too few: how fresh the sea could be at best, and how many more it takes by the bound."""

from __future__ import annotations

import bisect
import math
from dataclasses import replace

import numpy as np

from mihari.patrol.bound import bound
from mihari.patrol.plan import Shortfall
from mihari.patrol.search.anneal import start
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.made import empty_tours
from mihari.patrol.search.world import TAU, World
from mihari.patrol.sizing.candidates import Candidate
from mihari.patrol.sizing.limit import Limit
from mihari.patrol.sizing.stock import with_rows
from mihari.patrol.whynot.cells import ENOUGH
from mihari.patrol.whynot.scene import Scene
from mihari.patrol.whynot.words import mean, names, percent

MOST = 60  # vehicles of a kind that are proposed
TIMES = (1.25, 1.5, 2.0, 3.0, 4.0, 6.0)  # as long, of intervals that are tried


def too_few(scene: Scene, done: set[int]) -> list[Shortfall]:
    """One sentence for all demands whose cells the plan leaves old, besides those that are explained already."""
    rest = [t for t in np.flatnonzero(scene.fresh < ENOUGH).tolist() if t not in done]
    if not rest or not scene.able:
        return []
    told = scene.plan.figures.get("bound")
    most = bound(scene.problem.world) if told is None else told
    parts = []
    for demand in dict.fromkeys(scene.demands):
        tokens = [t for t in rest if scene.demands[t] == demand]
        if tokens:
            every = [t for t in range(len(scene.demands)) if scene.demands[t] == demand]
            share = mean(scene.fresh[every], scene.whole[every])
            parts.append(f"{demand} {percent(share)} ({len(tokens)} of {len(every)} cells below {percent(ENOUGH)})")
    overall = mean(scene.fresh, scene.whole)
    if most < ENOUGH:
        missing = (ENOUGH - most) * float(scene.whole.sum())
        because = (
            f"all who are free are too few: whatever they do, no more than {percent(most)} of all demanded weight "
            f"and time can be fresh, {missing:.0f} weighted cell hours below {percent(ENOUGH)}; "
            f"the plan keeps {percent(overall)}"
        )
        changes = [f"at least {one}" for one in _more(scene)] + _longer(scene.problem.world)
        would = f"by the bound {names(changes, 'or')}" if changes else ""
    else:
        because = (
            f"the plan keeps {percent(overall)} of all demanded weight and time fresh; the bound does not rule "
            f"{percent(most)} out, but no plan found so far does it"
        )
        would = _one_more(scene)
    return [Shortfall("fresh cells: " + ", ".join(parts), because, would)]


def _more(scene: Scene) -> list[str]:
    """So many more of each asset that the bound does not rule `ENOUGH` out; the fewest first."""
    candidates = [
        Candidate(asset.model_copy(update={"name": str(i), "count": 1}), asset.count + MOST)
        for i, asset in enumerate(scene.assets)
    ]
    present = {c.name: asset.count for c, asset in zip(candidates, scene.assets, strict=True)}
    world = scene.problem.world
    rows = np.array([a.k for a in scene.able])
    each = with_rows(world, rows)
    limit = Limit(scene.file.model_copy(update={"station": ()}), candidates, replace(scene.problem, world=each))
    found = []
    for name, count in limit.more(present, ENOUGH, scene.told).items():
        asset = scene.assets[int(name)]
        whole = max(math.ceil(count - asset.count - 1e-4), 1)
        found.append((whole, f"{whole} more {asset.platform} at {asset.home}"))
    return [words for _, words in sorted(found)]


def _longer(world: World) -> list[str]:
    """Intervals so many times as long that the bound does not rule `ENOUGH` out."""

    def reached(times: float) -> bool:
        cell = world.cell.copy()
        cell[:, TAU] *= times
        return bound(world._replace(cell=cell)) >= ENOUGH

    first = bisect.bisect_left(TIMES, True, key=reached)
    return [f"all intervals {TIMES[first]:g} times as long"] if first < len(TIMES) else []


def grown(world: World, k: int, count: int) -> World:
    """The world with so many vehicles more that are like k."""
    return with_rows(world, np.append(np.arange(len(world.craft)), np.full(count, k)))


def _one_more(scene: Scene) -> str:
    """Whose help a first plan would gain most by; empty where nobody's."""
    world = scene.problem.world
    before = _first_plan(world)
    gains = [(_first_plan(grown(world, a.k, 1)) - before, a) for a in scene.able]
    gain, best = max(gains, key=lambda g: g[0])
    if gain < 0.001:
        return ""
    name = f"{best.vehicle.platform.id} at {best.vehicle.section.home}"
    return f"a longer search; one more {name} (a first plan gains {100 * gain:.1f} points by it)"


def _first_plan(world: World) -> float:
    """Share of weight and time that a first plan keeps fresh."""
    from mihari.patrol.planner import fresh_share

    tours = empty_tours(world)
    if not start(world, tours):
        return -math.inf
    fill(world, tours, np.array([1], np.uint64), np.zeros(len(tours.row), np.bool_), 1.0, 0.0)
    return fresh_share(world, tours)
