"""Vessels that turn away from who they notice: their ways, given where vehicles are.

A crew sees or hears an aircraft or craft within a distance by day and by night, goes straight away from the nearest for
a while, then on to its goal; it does not run ashore to flee. What lies under water is not noticed. Distances are
assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.cells import Cells
from mihari.rehearse.crossings import EARTH_M, Crossings, unit, way

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STEP_S = 60.0
BY_DAY, BY_NIGHT = 8000.0, 3000.0  # m within which a vehicle is noticed
FLEES_S = 1200.0  # after it last noticed somebody


@dataclass(frozen=True)
class Ways:
    """Where m vessels are. times (t,) even, UTC s; place (m, t, 3) unit vectors; begin, end (m,) UTC s."""

    times: Floats
    place: Floats
    begin: Floats
    end: Floats

    def at(self, times: Floats) -> Floats:
        """Unit vectors (m, k, 3) at times (k,) or (m, k), straight between steps."""
        when = np.broadcast_to(times, (len(self.place), np.shape(times)[-1]))
        row = np.clip((when - self.times[0]) / STEP_S, 0.0, len(self.times) - 1.000001)
        low = row.astype(int)
        part = (row - low)[..., None]
        vessel = np.arange(len(self.place))[:, None]
        return unit(self.place[vessel, low] * (1 - part) + self.place[vessel, low + 1] * part)


def evade(crossings: Crossings, cells: Cells, times: Floats, watchers: Floats, noticed: Floats) -> Ways:
    """The ways of crossings that evade.

    times (t,): STEP_S apart. watchers (t, v, 3): unit vectors of vehicles; noticed (t, v): m over the sea within which
    each is noticed then, 0: not.
    """
    place = crossings.start.copy()
    ways = np.empty((len(crossings), len(times), 3))
    flees = np.full(len(crossings), -np.inf)
    away = np.zeros_like(place)
    end = np.full(len(crossings), crossings.latest)
    landed = np.zeros(len(crossings), bool)
    for t, time in enumerate(times):
        going = (time >= crossings.begin) & ~landed
        ways[:, t] = place
        if not going.any():
            continue
        far = EARTH_M * np.linalg.norm(place[:, None] - watchers[t][None], axis=2) - noticed[t]
        nearest = far.argmin(axis=1)
        sees = (far[np.arange(len(place)), nearest] < 0.0) & (noticed[t][nearest] > 0.0)
        flees = np.where(sees, time + FLEES_S, flees)
        away = np.where(sees[:, None], place - watchers[t][nearest], away)
        fleeing = flees > time
        heading = np.where(fleeing[:, None], away, crossings.goal - place)
        step = unit(heading - (heading * place).sum(axis=1, keepdims=True) * place + 1e-15)
        moved = unit(place + step * (crossings.speed * STEP_S / EARTH_M)[:, None])
        there = going & ~fleeing & (way(place, crossings.goal) <= crossings.speed * STEP_S)
        ashore = _on_land(cells, moved)
        landed |= there | (going & ashore & ~fleeing)
        end = np.where((there | (going & ashore & ~fleeing)) & (end > time), time + STEP_S, end)
        goes = going & ~ashore
        place = np.where(goes[:, None], np.where(there[:, None], crossings.goal, moved), place)
    return Ways(times, ways, crossings.begin, np.minimum(end, crossings.latest))


def _on_land(cells: Cells, place: Floats) -> Bools:
    if cells.land is None:
        return np.zeros(len(place), bool)
    return cells.land.on_land(np.degrees(np.arcsin(place[:, 2])), np.degrees(np.arctan2(place[:, 1], place[:, 0])))
