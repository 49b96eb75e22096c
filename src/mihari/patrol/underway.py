"""A plan at a moment -> what each vehicle is doing then, what of it goes on as it is, and what may still be changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import inverse, lat_lon
from mihari.patrol.plan import Plan, Sortie, Stop
from mihari.patrol.vehicles import Vehicle, unit_vector

Floats = NDArray[np.float64]
SAME_M = 10.0  # so near to where it turns a way leads past it
Token = tuple[str, str] | None  # purpose and name of a stop, None: a landing


@dataclass(frozen=True, slots=True)
class Underway:
    """One vehicle at a moment, times in UTC s.

    free: from when on it can be told something else. place: where it then stands; "" aloft, then `head` is its sortie
    as far as it is settled and `was` as it was told, and it is at `lat_deg`, `lon_deg`. settled: sorties that go on as
    they were. rest: what it was to do after.
    """

    vehicle: str
    free: float
    place: str
    lat_deg: float
    lon_deg: float
    head: Sortie | None
    was: Sortie | None
    settled: tuple[Sortie, ...]
    rest: tuple[Token, ...]


def underway(
    plan: Plan, vehicles: Iterable[Vehicle], begin: float, now: float, until: float,
    shut: Mapping[str, float] | None = None,
) -> list[Underway]:  # fmt: skip
    """All vehicles at `now`, when nothing is changed before `until` (UTC s). `begin`: of the patrol file.

    shut: places where nobody starts or lands from now on, and until when (UTC s).
    """
    return [_of(v, plan, begin, now, until, shut or {}) for v in vehicles]


def _of(v: Vehicle, plan: Plan, begin: float, now: float, until: float, shut: Mapping[str, float]) -> Underway:
    ready, place = begin + 3600 * v.ready_h, v.section.home
    settled: list[Sortie] = []
    head: Sortie | None = None
    was: Sortie | None = None
    rest: list[Token] = []
    free, lat, lon = ready, 0.0, 0.0
    for sortie in (*(s for s in plan.past if s.vehicle == v.name), *plan.of(v.name)):
        if sortie.launch >= until or now < sortie.launch < shut.get(sortie.start, -math.inf):
            rest += [*_tokens(sortie.stops), None]
        elif sortie.landing <= now:
            free, place = max(free, sortie.landing + 3600 * v.turnaround_h), sortie.end
        else:
            seen = since(sortie, plan.begin, now)
            busy = [stop for stop in seen.stops if stop.arrive < until]
            later = seen.stops[len(busy) :]
            homeward = sortie.landing <= until or not (later or (busy and busy[-1].leave > until))
            if homeward and sortie.landing >= shut.get(sortie.end, -math.inf):
                settled.append(seen)  # it is on its way home: it lands as it was told to
                free, place = sortie.landing + 3600 * v.turnaround_h, sortie.end
                continue
            free = min(until, sortie.landing)
            free = max(free, busy[-1].leave if busy else free)
            lat, lon = position(sortie, plan.begin, free)
            if not busy or busy[-1].leave < free:
                busy.append(Stop("way", "", free, free, lat, lon))
            head, was, place = replace(seen, stops=tuple(busy)), seen, ""
            rest += [*_tokens(later), None]
    if head is None:
        free = max(free, until)
    return Underway(v.name, free, place, lat, lon, head, was, tuple(settled), tuple(rest))


def _tokens(stops: Iterable[Stop]) -> list[Token]:
    return [(stop.purpose, stop.name) for stop in stops if stop.purpose != "way"]


def straight_on(sortie: Sortie, state: Underway, begin: float) -> Sortie:
    """A sortie that goes on from a state's head, without the turn at its end where it leads past there anyway.

    begin: of the plan that tells it (UTC s). In other weather, or to a vessel that is elsewhere, it does not.
    """
    n = len(state.head.stops) - 1 if state.head else -1
    if n < 0 or sortie.stops[n].purpose != "way":
        return sortie
    straight = replace(sortie, stops=(*sortie.stops[:n], *sortie.stops[n + 1 :]))
    off = inverse(*position(straight, begin, state.free), state.lat_deg, state.lon_deg)[0]
    return straight if off < SAME_M else sortie


def since(sortie: Sortie, begin: float, now: float) -> Sortie:
    """A sortie as a plan that begins at `now` tells it; the plan that told it began at `begin` (UTC s)."""
    if sortie.launch >= now:
        return sortie
    lat, lon = position(sortie, begin, now)
    stops = tuple(stop for stop in sortie.stops if stop.leave > now)
    return replace(sortie, start="", lat_deg=lat, lon_deg=lon, stops=stops)


def position(sortie: Sortie, begin: float, time: float) -> tuple[float, float]:
    """lat_deg, lon_deg of a vehicle at a time (UTC s) of its sortie, as told by a plan that begins at `begin`.

    >>> sortie = Sortie("a", "field", 0.0, 0.0, 0.0, (), "field", 100.0, 0.0, 1.0)
    >>> [round(part, 6) for part in position(sortie, 0.0, 50.0)]
    [0.0, 0.5]
    """
    stops = [stop for stop in sortie.stops if sortie.start or stop.leave > begin]
    first = sortie.launch if sortie.start else begin
    times = [first, *(t for stop in stops for t in (max(stop.arrive, first), stop.leave)), sortie.landing]
    lats = [sortie.lat_deg, *(stop.lat_deg for stop in stops for _ in range(2)), sortie.end_lat_deg]
    lons = [sortie.lon_deg, *(stop.lon_deg for stop in stops for _ in range(2)), sortie.end_lon_deg]
    places = unit_vector(np.array(lats), np.array(lons))
    point: Floats = np.array([np.interp(time, times, places[:, axis]) for axis in range(3)])
    lat, lon = lat_lon(point / np.linalg.norm(point))
    return float(lat), float(lon)


def last_looks(plan: Plan, now: float, seen: Mapping[str, float]) -> dict[str, float]:
    """When each cell was last looked at before `now` (UTC s): as planned, or where known, as it really was (`seen`)."""
    last = dict(plan.seen)
    for sortie in plan.sorties:
        for stop in sortie.stops:
            if stop.purpose == "cell" and plan.begin <= stop.leave <= now:
                last[stop.name] = max(stop.leave, last.get(stop.name, plan.begin))
    return last | {name: time for name, time in seen.items() if time <= now}
