"""Rule 19: who needs a link has one at every stop, and is never long without one on its way."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.checker import slack
from mihari.patrol.checker.aerials import heard
from mihari.patrol.checker.legs import MOST, STEP_S
from mihari.patrol.checker.sheet import Sheet, Visit
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.checker.ways import name_of
from mihari.patrol.plan import Stop

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ALONE_S = 900.0  # without a link on the way


def links(sheet: Sheet) -> Iterator[Violation]:
    """Rule 19 for all stops, then for all legs."""
    yield from _at_stops(sheet)
    yield from _on_ways(sheet)


def _at_stops(sheet: Sheet) -> Iterator[Violation]:
    """Every stop from arriving to leaving, by the minute."""
    visits = [visit for visit in sheet.visits if visit.vehicle.needs_link and not _goes_on(sheet, visit)]
    times = [_moments(visit.stop, sheet.plan.begin) for visit in visits]
    row = np.repeat(np.arange(len(visits)), np.array([len(t) for t in times], dtype=np.int64))
    sortie = np.array([visit.sortie for visit in visits], dtype=np.int64)
    lat, lon = (np.array([getattr(visit.stop, key) for visit in visits], float) for key in ("lat_deg", "lon_deg"))
    when = np.concatenate([*times, np.zeros(0)])
    alone = np.flatnonzero(~heard(sheet, sortie[row], when, lat[row], lon[row]))
    for n, first in zip(*np.unique(row[alone], return_index=True), strict=True):
        name, time = visits[n].vehicle.name, float(when[alone[first]])
        told = f"nobody is within reach of {name} at {clock(time)} at its stop at {name_of(visits[n].stop)}"
        yield violation("no link at stop", told, time, name)


def _goes_on(sheet: Sheet, visit: Visit) -> bool:
    """Whether something has been lost, and a stop is still done as told before: nobody can tell it anything else."""
    if sheet.before is None or visit.stop.arrive > sheet.frozen_until or not (sheet.lost or sheet.lost_places):
        return False
    was = [stop for sortie in sheet.before.of(visit.vehicle.name) for stop in sortie.stops]
    return any(_as_told(stop, visit.stop) for stop in was)


def _as_told(old: Stop, new: Stop) -> bool:
    same = (old.purpose, old.name, old.lat_deg, old.lon_deg) == (new.purpose, new.name, new.lat_deg, new.lon_deg)
    return same and abs(old.arrive - new.arrive) <= slack.SAME_S and new.leave <= old.leave + slack.SAME_S


def _moments(stop: Stop, begin: float) -> Floats:
    """From arriving to leaving by the minute, UTC s; nothing of it lies before the plan begins."""
    first, last = max(stop.arrive, begin), max(stop.leave, stop.arrive)
    count = min(max(math.ceil((last - first) / STEP_S), 1), MOST)
    return np.linspace(first, last, count + 1) if last >= first else np.zeros(0)


def _on_ways(sheet: Sheet) -> Iterator[Violation]:
    """Every leg by the minute. At stops there is a link, or they are violations themselves: each leg is by itself."""
    samples, legs = sheet.samples, sheet.legs
    needs = np.array([vehicle.needs_link for vehicle in sheet.who], bool)[legs.sortie[samples.leg]]
    rows = np.flatnonzero(needs)
    leg, time = samples.leg[rows], samples.time[rows]
    alone = ~heard(sheet, legs.sortie[leg], time, samples.lat_deg[rows], samples.lon_deg[rows])
    for first, last in runs(alone, leg):
        if time[last] - time[first] > ALONE_S + slack.TIME_S:
            name, since = sheet.who[legs.sortie[leg[first]]].name, float(time[first])
            lasts = f"for {(time[last] - since) / 60:.0f} min from {clock(since)}"
            told = f"nobody is within reach of {name} {lasts} on its way {sheet.leg_name(leg[first])}"
            yield violation("no link on way", told, since, name)


def runs(alone: Bools, leg: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First and last index of every stretch of True in a row of one leg.

    >>> runs(np.array([True, True, False, True, True]), np.array([0, 0, 0, 0, 1]))
    [(0, 1), (3, 3), (4, 4)]
    """
    at = np.flatnonzero(alone)
    if not len(at):
        return []
    breaks = np.flatnonzero((np.diff(at) > 1) | (np.diff(leg[at]) != 0))
    firsts, lasts = np.append(0, breaks + 1), np.append(breaks, len(at) - 1)
    return [(int(at[a]), int(at[b])) for a, b in zip(firsts, lasts, strict=True)]
