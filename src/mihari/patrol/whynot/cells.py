"""Demanded cells at which nobody can look, or not at all hours, or not often enough: who, why, what would help."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.bound import spent
from mihari.patrol.plan import Shortfall
from mihari.patrol.search.world import END, ENDURANCE, FREE_AT, TAU, TURN
from mihari.patrol.whynot import causes, remedies
from mihari.patrol.whynot.reach import Able, Stage
from mihari.patrol.whynot.scene import Scene
from mihari.patrol.whynot.words import cells, duration, names, percent, spans

Floats = NDArray[np.float64]

ENOUGH = 0.95  # of the time fresh is as good as always: the first look takes its time
MORE = 4  # vehicles that are tried beside those there are
EASIER = (1.25, 1.5, 2.0, 3.0, 4.0, 6.0)  # times the interval, that are tried
EVERY = "every {:g} h"


def never(scene: Scene, done: set[int]) -> tuple[list[Shortfall], set[int]]:
    """Cells at which nobody who is free can look at all, and which they are (rows of the world)."""
    count = len(scene.problem.rows)
    stages = np.array([a.stage for a in scene.able]).reshape(-1, count)
    farthest = stages.max(axis=0, initial=0)
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    short = (scene.fresh < ENOUGH) & (farthest < Stage.DONE) & ~_looked_at(scene)
    for token in set(np.flatnonzero(short).tolist()) - done:
        groups.setdefault((scene.demands[token], tuple(stages[:, token].tolist())), []).append(token)
    told = []
    for (demand, _), tokens in sorted(groups.items(), key=lambda g: -float(scene.whole[g[1]].sum())):
        if not scene.able:
            because = "nobody is free: all keep stations or are on call"
            cell = scene.cell(tokens[0])
            would = names(remedies.working(cell, remedies.freed(cell)), "or")
        else:
            hardest = max(tokens, key=lambda t: min(_far(scene, a, t) for a in scene.able))
            because, found = causes.cause(scene.problem, scene.cell(hardest), hardest, scene.able)
            would = names(found, "or")
        told.append(Shortfall(f"{demand}: {cells(scene.ground, scene.rows(tokens))}", because, would))
    return told, {token for tokens in groups.values() for token in tokens}


def _looked_at(scene: Scene) -> NDArray[np.bool_]:
    seen = {int(stop.name) for s in scene.plan.sorties for stop in s.stops if stop.purpose == "cell"}
    return np.isin(scene.problem.rows, list(seen))


def _far(scene: Scene, a: Able, token: int) -> float:
    """Hours of a sortie there; thousands of km from home where there is no way."""
    if np.isfinite(a.takes[token]):
        return float(a.takes[token])
    from mihari.patrol.vehicles import place_of, where_is

    lat, lon = where_is(place_of(scene.file, a.vehicle.section.home), 0.0)
    return scene.cell(token).away_km(float(lat), float(lon)) / 1000


def at_times(scene: Scene, done: set[int]) -> tuple[list[Shortfall], set[int]]:
    """Cells that nobody sees for so long that they cannot stay fresh: by night, under cloud, in too rough a sea."""
    world = scene.problem.world
    edges = np.append(scene.problem.edges[:-1], world.span[END])
    groups: dict[tuple[str, tuple[tuple[float, float], ...]], list[int]] = {}
    for token in range(len(world.cell)):
        able = [a for a in scene.able if a.stage[token] == Stage.DONE]
        if token in done or not able or scene.fresh[token] >= ENOUGH:
            continue
        blind = ~np.any([a.seen[token] for a in able], axis=0)
        stretches = _stretches(blind, edges)
        lost = sum(max(end - start - world.cell[token, TAU], 0.0) for start, end in stretches)
        if lost > (1 - ENOUGH) * float(world.span[END]):
            groups.setdefault((scene.demands[token], tuple(stretches)), []).append(token)
    told = []
    for (demand, when), tokens in sorted(groups.items(), key=lambda g: -float(scene.whole[g[1]].sum())):
        longest = max(when, key=lambda s: s[1] - s[0])
        first = tokens[0]
        cell = scene.cell(first, longest)
        if any(np.isfinite(scene.ground.dwell_h[a.vehicle.platform.id][cell.row, _at(scene, longest)]).any()
               for a in scene.able):  # fmt: skip
            because, would = causes.shut(scene.problem, cell, scene.able)
        else:
            because, would = causes.blind(cell)
        told_when = spans(scene.file, when)
        what = f"{demand}: {cells(scene.ground, scene.rows(tokens))}, from {told_when}"
        told.append(Shortfall(what, because, names(would, "or")))
    return told, {token for tokens in groups.values() for token in tokens}


def _at(scene: Scene, stretch: tuple[float, float]) -> list[int]:
    """Spells of the ground in a stretch of hours."""
    spells = scene.ground.spells
    return [i for i, s in enumerate(spells) if s.start < stretch[1] - 1e-6 and s.end > stretch[0] + 1e-6]


def _stretches(blind: NDArray[np.bool_], edges: Floats) -> list[tuple[float, float]]:
    """Hours from and to of runs of spells."""
    found: list[tuple[float, float]] = []
    for s in np.flatnonzero(blind).tolist():
        start, end = float(edges[s]), float(edges[s + 1])
        if found and found[-1][1] >= start - 1e-9:
            found[-1] = found[-1][0], end
        elif end > start:
            found.append((start, end))
    return found


def too_often(scene: Scene, done: set[int]) -> tuple[list[Shortfall], set[int]]:
    """Cells demanded more often than all who are free could look at them, if they looked at nothing else."""
    groups: dict[str, list[int]] = {}
    shares = alone(scene)
    for token in np.flatnonzero(shares < ENOUGH).tolist():
        near = [a for a in scene.able if a.stage[token] == Stage.DONE]
        if token not in done and scene.fresh[token] < ENOUGH and near and all(a.straight[token] for a in near):
            groups.setdefault(scene.demands[token], []).append(token)
    told, found = [], set()
    for demand, tokens in sorted(groups.items(), key=lambda g: -float(scene.whole[g[1]].sum())):
        hardest = min(tokens, key=lambda t: float(shares[t]))
        patch = scene.patch(hardest, scene.file, scene.assets)
        if patch.bound() >= ENOUGH:
            continue
        found |= set(tokens)
        every = float(scene.problem.world.cell[hardest, TAU])
        quickest = min((a for a in scene.able if a.stage[hardest] == Stage.DONE), key=lambda a: float(a.takes[hardest]))
        because = (
            f"{EVERY.format(every)} is more than all who are free can do, if they look at nothing else: at most "
            f"{percent(patch.bound())} of the time; {quickest.vehicle.platform.id} of {quickest.vehicle.section.home} "
            f"needs {duration(float(quickest.takes[hardest]))} for a look there and home, "
            f"and {duration(quickest.vehicle.turnaround_h)} before the next"
        )
        what = f"{demand}: {cells(scene.ground, scene.rows(tokens))}"
        told.append(Shortfall(what, because, names(_often_enough(scene, hardest, every), "or")))
    return told, found


def alone(scene: Scene) -> Floats:
    """About the share of time that each cell is fresh if all look at it alone: rather too much than too little."""
    world = scene.problem.world
    end = float(world.span[END])
    looks = np.ones(len(world.cell))
    for a, asset in zip(scene.able, scene.assets, strict=True):
        cost = spent(world, a.k).cost.min(axis=1)
        endurance, turn = float(world.craft[a.k, ENDURANCE]), float(world.craft[a.k, TURN])
        time = float(world.craft[a.k, FREE_AT])
        while time < end:
            left = np.minimum(endurance - a.takes, end - time - a.takes / 3)
            with np.errstate(invalid="ignore"):
                looks += asset.count * np.where((a.stage == Stage.DONE) & (left > 0), 1 + left / cost, 0.0)
            time += endurance + turn
    return np.asarray(np.minimum(world.cell[:, TAU] * looks / end, 1.0))


def _often_enough(scene: Scene, token: int, every: float) -> list[str]:
    """More vehicles, or a longer interval, with which the first plan keeps the one cell fresh."""
    found = []
    able = [(i, a) for i, a in enumerate(scene.able) if a.stage[token] == Stage.DONE]
    best = min(able, key=lambda one: float(one[1].takes[token]))[0]
    for more in range(1, MORE + 1):
        asset = scene.assets[best]
        fleet = list(scene.assets)
        fleet[best] = asset.model_copy(update={"count": asset.count + more})
        if scene.patch(token, scene.file, fleet).share() >= ENOUGH:
            found.append(f"{more} more {asset.platform} at {asset.home}")
            break
    for times in EASIER:
        demand = tuple(d.model_copy(update={"every_h": d.every_h * times}) for d in scene.file.demand)
        file = scene.file.model_copy(update={"demand": demand})
        if scene.patch(token, file, scene.assets).share() >= ENOUGH:
            found.append(EVERY.format(every * times))
            break
    return found
