"""A flight -> looks at cells that were done, and how fresh the sea was then, hour by hour."""

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


def with_seen(ground: Ground, plan: Plan, looks: Looks, begin: float, hours: float) -> dict[int, list[float]]:
    """Hours by demanded cell: the last look before the plan, then those from its begin to `hours`.

    What the plan does not tell of the time before it counts as just looked at.

    >>> from mihari.patrol.file import load
    >>> from mihari.patrol.ground import ground_of
    >>> nansei = ground_of(load("nansei"))
    >>> first, second, *_ = demanded(nansei)
    >>> later = Plan("nansei", 7200.0, 36000.0, (), seen={str(first): 1800.0})  # begins at hour 2 of 10
    >>> found = with_seen(nansei, later, {first: [3.0, 11.0], second: [1.0]}, 0.0, 10.0)
    >>> found[first], found[second]
    ([0.5, 3.0], [2.0])
    """
    start = (plan.begin - begin) / 3600
    seen = {int(name): (time - begin) / 3600 for name, time in plan.seen.items()}
    return {
        row: [min(seen.get(row, start), start), *(h for h in looks.get(row, ()) if start <= h <= hours)]
        for row in demanded(ground)
    }


def fresh_over_time(ground: Ground, looks: Looks, hours: Floats) -> Floats:
    """Share of the demanded weight that is fresh at hours (t,), by looks as `with_seen` has them.

    NaN while the last look at some cell is not known.
    """
    rows = demanded(ground)
    starts = np.array([spell.start for spell in ground.spells])
    weight = ground.weight[rows][:, np.maximum(np.searchsorted(starts, hours, side="right") - 1, 0)]
    got = np.zeros(len(hours))
    for at, row in enumerate(rows):
        last = np.searchsorted(looks[row], hours, side="right")
        age = hours - np.array([math.nan, *looks[row]])[last]
        got += np.where(last > 0, weight[at] * (age <= ground.every_h[row]), math.nan)
    return np.asarray(got / np.maximum(weight.sum(axis=0), 1e-12))
