"""Routes of a search -> sorties as people and checkers read them, and the figures that follow from sorties."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import lat_lon
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.plan import Sortie, Stop
from mihari.patrol.problem import Problem
from mihari.patrol.search.motion import where
from mihari.patrol.search.routes import leg_to
from mihari.patrol.search.world import (
    AT,
    DONE,
    FREE,
    HOUR,
    LAND,
    LAUNCHED,
    MOVES,
    PLACE,
    SIZE,
    START_X,
    TOKEN,
    TOLD,
    UP_AT,
    WHERE,
    Tours,
)
from mihari.patrol.vehicles import vehicles_of, where_is


def sorties_of(problem: Problem, tours: Tours, heads: Mapping[str, Sortie] | None = None) -> list[Sortie]:
    """All sorties of the routes, vehicle by vehicle; `heads`: of vehicles that were aloft, what was done of theirs."""
    found = []
    for k, vehicle in enumerate(problem.vehicles):
        if not tours.count[k, MOVES]:
            continue
        mine = _of_vehicle(problem, tours, k)
        if head := (heads or {}).get(vehicle.name):
            end = mine[0]
            mine[0] = replace(
                head, stops=(*head.stops, *end.stops), end=end.end, landing=end.landing, end_lat_deg=end.end_lat_deg,
                end_lon_deg=end.end_lon_deg,
            )  # fmt: skip
        found += mine
    return found


def _of_vehicle(problem: Problem, tours: Tours, k: int) -> list[Sortie]:
    world, begin = problem.world, problem.file.start.timestamp()
    moves = [(float(tours.move[k, i, HOUR]), int(tours.move[k, i, WHERE])) for i in range(int(tours.count[k, MOVES]))]
    aloft = world.craft[k, PLACE] < 0
    if aloft:
        moves.insert(0, (float(world.craft[k, UP_AT]), -1))
    stops = _stops(problem, tours, k)
    made = []
    for (launch, start), (landing, end) in zip(moves[::2], moves[1::2], strict=True):
        here = tuple(stop for stop, done in stops if launch <= done <= landing + 1e-9)
        if start < 0:
            name, (lat, lon) = "", _place(world.craft[k, START_X:])
        else:
            name = problem.places[start].name
            lat, lon = (float(part) for part in where_is(problem.places[start], launch))
        end_lat, end_lon = (float(part) for part in where_is(problem.places[end], landing))
        made.append(
            Sortie(
                problem.vehicles[k].name, name, begin + 3600 * launch, lat, lon, here, problem.places[end].name,
                begin + 3600 * landing, end_lat, end_lon,
            )
        )  # fmt: skip
    return made


def _stops(problem: Problem, tours: Tours, k: int) -> list[tuple[Stop, float]]:
    world, begin = problem.world, problem.file.start.timestamp()
    cells, vessels = len(world.cell), len(world.look)
    made = []
    launches = {float(tours.move[k, i, HOUR]): int(tours.move[k, i, WHERE]) for i in range(int(tours.count[k, MOVES]))}
    for i in range(int(tours.count[k, SIZE])):
        token = int(tours.row[k, i, TOKEN])
        if token == LAND:
            continue
        done = float(tours.when[k, i, DONE])
        at, leaves = int(tours.row[k, i, AT]), float(tours.when[k, i, FREE])
        launched = float(tours.when[k, i + 1, LAUNCHED])
        if launched != float(tours.when[k, i, LAUNCHED]):
            at, leaves = cells + vessels + launches[launched], launched
        if token >= cells:
            leaves = max(leaves, float(world.look[token - cells, TOLD]))
        arrive = leaves + leg_to(world, k, at, token, leaves)
        if token < cells:
            row = int(problem.rows[token])
            lat, lon = float(problem.ground.cells.lat_deg[row]), float(problem.ground.cells.lon_deg[row])
            stop = Stop("cell", str(row), begin + 3600 * arrive, begin + 3600 * done, lat, lon)
        else:
            lat, lon = _place(np.array(where(world.way_at, world.way, len(world.port) + token - cells, arrive)))
            name = problem.file.look[token - cells].name
            stop = Stop("vessel", name, begin + 3600 * arrive, begin + 3600 * done, lat, lon)
        made.append((stop, done))
    return made


def _place(xyz: NDArray[np.float64]) -> tuple[float, float]:
    lat, lon = lat_lon(xyz)
    return float(lat), float(lon)


def figures_of(
    file: PatrolFile, ground: Ground, sorties: Sequence[Sortie], first: float | None = None,
    seen: Mapping[str, float] | None = None,
) -> dict[str, float]:  # fmt: skip
    """fresh (share), worst (age over interval), hours and launches, cost: of all sorties from `first` (UTC s) on.

    `seen`: when cells were last looked at before (UTC s; by default, then).
    """
    begin, hours = file.start.timestamp(), file.hours
    first = begin if first is None else first
    start = (first - begin) / 3600
    looks = {int(name): [(time - begin) / 3600] for name, time in (seen or {}).items()}
    for sortie in sorties:
        for stop in sortie.stops:
            hour = (stop.leave - begin) / 3600
            if stop.purpose == "cell" and start <= hour <= hours:
                looks.setdefault(int(stop.name), [start]).append(hour)
    fresh, worst = freshness(ground, looks, start, hours)
    cost = {v.name: v.section.cost_per_h for v in vehicles_of(file)}
    flown = [(s.vehicle, max(min(s.landing, begin + 3600 * hours) - max(s.launch, first), 0.0) / 3600) for s in sorties]
    return {
        "fresh": fresh, "worst": worst, "hours": sum(h for _, h in flown),
        "launches": float(sum(bool(s.start) for s in sorties)),
        "cost": sum(h * cost.get(name, 1.0) for name, h in flown),
    }  # fmt: skip


def freshness(ground: Ground, looks: Mapping[int, list[float]], start: float, hours: float) -> tuple[float, float]:
    """Share of weight and time from `start` to `hours` in which cells are fresh, and the largest age over interval.

    `looks`: hours by cell, the first of them the last before `start`; none: just then.
    """
    spans = [(s, max(spell.start, start), min(spell.end, hours)) for s, spell in enumerate(ground.spells)]
    spans = [(s, low, high) for s, low, high in spans if low < high]
    got = whole = worst = 0.0
    for row in np.flatnonzero(np.isfinite(ground.every_h) & (ground.weight.max(axis=1) > 1e-6)).tolist():
        weights = ground.weight[row]
        whole += sum(weights[s] * (high - low) for s, low, high in spans)
        every = float(ground.every_h[row])
        times = [*sorted(looks.get(row, [start])), hours]
        for before, then in itertools.pairwise(times):
            shown = [high for s, low, high in spans if weights[s] > 0 and max(low, before) < min(high, then)]
            worst = max(worst, (min(shown[-1], then) - before) / every if shown else 0.0)
            stop = min(before + every, then)
            got += sum(weights[s] * max(min(high, stop) - max(low, before), 0.0) for s, low, high in spans)
    return (got / whole if whole else 1.0), worst
