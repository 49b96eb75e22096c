"""A flight -> which vessels that were to be looked at somebody was with: near enough, long enough, in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core.geodesy import great_circle
from mihari.patrol.file import LookSection, PatrolFile
from mihari.rehearse.flight import TICK_S, Flown
from mihari.rehearse.pilot import vessel_at


@dataclass(frozen=True, slots=True)
class Met:
    """One vessel: UTC s at which somebody came to be with it, and who; None: nobody was in time and long enough."""

    vessel: str
    by: str | None
    time: float | None


def met(file: PatrolFile, looks: Sequence[LookSection], flown: Flown) -> tuple[Met, ...]:
    """All vessels that were to be looked at. Whoever is near counts, sent or not."""
    return tuple(_of(file, look, flown) for look in looks)


def _of(file: PatrolFile, look: LookSection, flown: Flown) -> Met:
    begin = file.start.timestamp()
    hours = (flown.times - begin) / 3600
    rows = np.flatnonzero((hours >= look.told_h) & (hours <= look.by_h + look.stay_min / 60))
    places = np.array([vessel_at(look, h) for h in hours[rows]]).reshape(-1, 2)
    away = great_circle(places[:, :1], places[:, 1:], flown.lat_deg[rows], flown.lon_deg[rows])[0]
    near = flown.out[rows] & (away <= 1000 * look.within_km)
    needed = max(round(60 * look.stay_min / TICK_S), 1)
    for row in range(len(rows) - needed + 1):
        if hours[rows[row]] > look.by_h:
            break
        with_it = near[row : row + needed].all(axis=0)
        if with_it.any():
            return Met(look.name, flown.names[int(np.argmax(with_it))], float(flown.times[rows[row]]))
    return Met(look.name, None, None)
