"""The patrol file of the next hours: begun at another time, or gone on with where a plan ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from mihari.core.geodesy import direct
from mihari.core.units import KNOT
from mihari.patrol.file import (
    FOREVER_H,
    AssetSection,
    KeepOutSection,
    LookSection,
    PatrolFile,
    ShipSection,
    StationSection,
    WeatherSection,
)
from mihari.patrol.plan import Plan
from mihari.patrol.vehicles import vehicles_of, where_is

Window = TypeVar("Window", StationSection, KeepOutSection)


def begun_at(file: PatrolFile, begin: float) -> PatrolFile:
    """The same patrol, begun at another time (UTC s)."""
    return file.model_copy(update={"start": datetime.fromtimestamp(begin, UTC)})


def moved(plan: Plan, seconds: float) -> Plan:
    """The same plan, so much later."""
    sorties = tuple(
        replace(
            s, launch=s.launch + seconds, landing=s.landing + seconds,
            stops=tuple(replace(one, arrive=one.arrive + seconds, leave=one.leave + seconds) for one in s.stops),
        )
        for s in plan.sorties
    )  # fmt: skip
    return replace(plan, begin=plan.begin + seconds, end=plan.end + seconds, sorties=sorties)


def next_file(file: PatrolFile, plan: Plan, lost: Sequence[str] = ()) -> PatrolFile:
    """What is there when a plan ends, for as many hours again: vehicles where they landed, ships where they are.

    What the file says of later hours stays; after its last ship's way and weather both stay as they are. Vehicles that
    are lost are not ready in these hours.
    """
    begin = plan.end
    gone = (begin - file.start.timestamp()) / 3600
    return begun_at(file, begin).model_copy(update={
        "weather": _weather(file.weather, gone), "ship": tuple(_ship(ship, gone) for ship in file.ship),
        "base": tuple(b.model_copy(update={"closed_h": _closed(b.closed_h, gone)}) for b in file.base),
        "station": _later(file.station, gone), "keep_out": _later(file.keep_out, gone),
        "look": tuple(_look(look, gone) for look in file.look if look.by_h > gone),
        "asset": tuple(_assets(file, plan, gone, frozenset(lost))),
    })  # fmt: skip


def _weather(told: tuple[WeatherSection, ...], gone: float) -> tuple[WeatherSection, ...]:
    before = max((w for w in told if w.from_h <= gone), key=lambda w: w.from_h, default=None)
    now = () if before is None else (before.model_copy(update={"from_h": 0.0}),)
    return now + tuple(w.model_copy(update={"from_h": w.from_h - gone}) for w in told if w.from_h > gone)


def _ship(ship: ShipSection, gone: float) -> ShipSection:
    lat, lon = (float(part) for part in where_is(ship, gone))
    way = ((0.0, lat, lon), *((hour - gone, *at) for hour, *at in ship.way if hour > gone))
    return ship.model_copy(update={"way": way, "closed_h": _closed(ship.closed_h, gone)})


def _closed(told: tuple[tuple[float, float], ...], gone: float) -> tuple[tuple[float, float], ...]:
    return tuple((max(start - gone, 0.0), end - gone) for start, end in told if end > gone)


def _later(told: tuple[Window, ...], gone: float) -> tuple[Window, ...]:
    return tuple(
        one.model_copy(
            update={
                "from_h": max(one.from_h - gone, 0.0),
                "to_h": FOREVER_H if one.to_h == FOREVER_H else one.to_h - gone,
            }
        )
        for one in told
        if one.to_h > gone
    )


def _look(look: LookSection, gone: float) -> LookSection:
    """A vessel goes on as it was told of."""
    past = max(gone - look.told_h, 0.0)
    way = look.speed_kn * KNOT * 3600 * past
    lat, lon = (float(part) for part in direct(look.lat_deg, look.lon_deg, math.radians(look.course_deg), way))
    told = {"lat_deg": lat, "lon_deg": lon, "told_h": max(look.told_h - gone, 0.0), "by_h": look.by_h - gone}
    return look.model_copy(update=told)


def _assets(file: PatrolFile, plan: Plan, gone: float, lost: frozenset[str]) -> list[AssetSection]:
    """Each vehicle by itself, at home where it landed last."""
    made = []
    for v in vehicles_of(file):
        flown = plan.of(v.name) or [s for s in plan.past if s.vehicle == v.name]
        home, ready = v.section.home, max(v.ready_h - gone, 0.0)
        if flown:
            home, ready = flown[-1].end, (flown[-1].landing - plan.end) / 3600 + v.turnaround_h
        if v.name in lost:
            ready = file.hours + v.turnaround_h
        places = dict.fromkeys((v.section.home, *v.section.lands_at))
        others = tuple(name for name in places if name != home)
        told = {"name": v.name, "home": home, "lands_at": others, "ready_h": max(ready, 0.0)}
        made.append(v.section.model_copy(update=told | {"count": 1, "stagger_h": 0.0}))
    return made


def ready_again(file: PatrolFile, name: str, now: float) -> PatrolFile:
    """The file with a vehicle that was lost when its hours began (`next_file`), ready from now (UTC s) on."""
    hour = max((now - file.start.timestamp()) / 3600, 0.0)
    assets = tuple(
        one.model_copy(update={"ready_h": hour}) if one.name == name and one.ready_h >= file.hours else one
        for one in file.asset
    )
    return file.model_copy(update={"asset": assets})
