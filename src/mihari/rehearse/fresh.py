"""A flight -> looks at cells that were done, how fresh the sea was then, hour by hour and on the whole."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.ground import Ground
from mihari.patrol.plan import Plan
from mihari.patrol.vehicles import Vehicle
from mihari.rehearse.pilot import Visit

Floats = NDArray[np.float64]
Looks = Mapping[int, list[float]]

LEAST_WEIGHT = 1e-6  # less is not planned for, as in `patrol.problem`


def demanded(ground: Ground) -> list[int]:
    """Rows of the cells that somebody has to look at."""
    return [int(r) for r in np.flatnonzero(np.isfinite(ground.every_h) & (ground.weight.max(axis=1) > LEAST_WEIGHT))]


def planned_looks(plan: Plan, begin: float) -> dict[int, list[float]]:
    """Hours of the looks at cells that a plan has, by row."""
    stops = (stop for sortie in plan.sorties for stop in sortie.stops if stop.purpose == "cell")
    return _by_cell((int(stop.name), (stop.leave - begin) / 3600) for stop in stops)


def flown_looks(
    ground: Ground, vehicles: Iterable[Vehicle], visits: Iterable[Visit], begin: float
) -> dict[int, list[float]]:
    """Hours of the looks that were done, by row. What could not have seen in the weather as it was does not count."""
    platform = {v.name: v.platform.id for v in vehicles}
    starts = np.array([spell.start for spell in ground.spells])
    done = []
    for visit in visits:
        if visit.stop.purpose != "cell" or math.isnan(visit.left):
            continue
        hour, row = (visit.left - begin) / 3600, int(visit.stop.name)
        spell = max(int(np.searchsorted(starts, hour, side="right")) - 1, 0)
        if math.isfinite(ground.dwell_h[platform[visit.vehicle]][row, spell]):
            done.append((row, hour))
    return _by_cell(done)


def _by_cell(looks: Iterable[tuple[int, float]]) -> dict[int, list[float]]:
    found: dict[int, list[float]] = {}
    for row, hour in looks:
        found.setdefault(row, []).append(hour)
    return {row: sorted(hours) for row, hours in found.items()}


def fresh(ground: Ground, looks: Looks, start: float, hours: float) -> tuple[float, float]:
    """Share of the demanded weight and time from hour `start` to `hours` in which cells are fresh, and the worst age
    over its interval. Cells count as just looked at at the beginning.

    >>> from mihari.patrol.file import load
    >>> from mihari.patrol.ground import ground_of
    >>> nansei = ground_of(load("nansei"))
    >>> share, worst = fresh(nansei, {}, 0.0, 24.0)  # nobody looks: fresh for 1, 2 and 4 of 24 h
    >>> bool(1 / 24 < share < 4 / 24), worst
    (True, 24.0)
    """
    edges = np.array([*(s.start for s in ground.spells if s.start < hours), hours])
    got = whole = worst = 0.0
    for row in demanded(ground):
        every = float(ground.every_h[row])
        until = np.append(0.0, np.cumsum(ground.weight[row, : len(edges) - 1] * np.diff(edges)))
        times = np.array([start, *(h for h in looks.get(row, ()) if start <= h <= hours), hours])
        stale = np.minimum(times[:-1] + every, times[1:])
        got += float((np.interp(stale, edges, until) - np.interp(times[:-1], edges, until)).sum())
        whole += float(until[-1] - np.interp(start, edges, until))
        worst = max(worst, float(np.diff(times).max()) / every)
    return (got / whole if whole else 1.0), worst


def fresh_over_time(ground: Ground, looks: Looks, hours: Floats) -> Floats:
    """Share of the demanded weight that is fresh at hours (t,); cells count as just looked at when the plan begins."""
    rows = demanded(ground)
    starts = np.array([spell.start for spell in ground.spells])
    weight = ground.weight[rows][:, np.maximum(np.searchsorted(starts, hours, side="right") - 1, 0)]
    got = np.zeros(len(hours))
    for at, row in enumerate(rows):
        times = np.array([0.0, *looks.get(row, ())])
        age = hours - times[np.searchsorted(times, hours, side="right") - 1]
        got += weight[at] * (age <= ground.every_h[row])
    return np.asarray(got / np.maximum(weight.sum(axis=0), 1e-12))
