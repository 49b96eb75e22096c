"""Rules 1 to 6: whose sorties they are, when they may begin, how long they may last, what they are for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from mihari.patrol.checker import slack
from mihari.patrol.checker.roster import Vehicle
from mihari.patrol.checker.sheet import Sheet, sound
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.checker.ways import name_of
from mihari.patrol.plan import Sortie


def unusable(sheet: Sheet) -> Iterator[Violation]:
    """Sorties that nothing more can be said of: unknown vehicles (rule 1), no landing (6), no numbers (15)."""
    for sortie in sheet.plan.sorties:
        name = sortie.vehicle
        if name not in sheet.vehicles:
            yield violation("unknown vehicle", f"no vehicle is called {name!r}", sortie.launch, name)
        elif not math.isfinite(sortie.landing):
            yield violation("never lands", f"{name} has no time of landing", sortie.launch, name)
        elif not sound(sortie):
            yield violation("no number", f"a time or place in a sortie of {name} is no number", sortie.launch, name)


def sorties(sheet: Sheet) -> Iterator[Violation]:
    """Rules 1 to 6 for every vehicle and each of its sorties."""
    for vehicle in sheet.vehicles.values():
        for before, after in pairwise(in_order(sheet, vehicle.name)):
            yield from _between(vehicle, before, after)
    for sortie, vehicle in zip(sheet.sorties, sheet.who, strict=True):
        yield from _readiness(sheet, sortie, vehicle)
        yield from _length(sortie, vehicle)
        yield from _on_call(sortie, vehicle)


def in_order(sheet: Sheet, name: str) -> list[Sortie]:
    """A vehicle's sorties by launch; with those that it had landed from when the plan began."""
    landed = [s for s in sheet.past if s.vehicle == name and s.landing <= sheet.plan.begin]
    return sorted([*landed, *(s for s in sheet.sorties if s.vehicle == name)], key=lambda s: s.launch)


def _between(vehicle: Vehicle, before: Sortie, after: Sortie) -> Iterator[Violation]:
    """Rules 1 and 3."""
    pause, name = after.launch - before.landing, vehicle.name
    if pause < -slack.TIME_S:
        told = f"{name} is launched at {clock(after.launch)} while it is out until {clock(before.landing)}"
        yield violation("overlap", told, after.launch, name)
    elif pause < vehicle.platform.turnaround - slack.TIME_S:
        needs = vehicle.platform.turnaround / 60
        told = (
            f"{name} is launched {pause / 60:.0f} min after it landed at {clock(before.landing)}; it needs {needs:.0f}"
        )
        yield violation("turnaround", told, after.launch, name)


def _readiness(sheet: Sheet, sortie: Sortie, vehicle: Vehicle) -> Iterator[Violation]:
    """Rule 2. Nobody who is on the ground when the plan begins is launched before that."""
    name, launch = vehicle.name, sortie.launch
    if not sortie.start:
        return
    if launch < vehicle.ready - slack.TIME_S:
        told = f"{name} is launched at {clock(launch)} and ready at {clock(vehicle.ready)}"
        yield violation("not ready", told, launch, name)
    elif launch < sheet.plan.begin - slack.TIME_S and not _told_before(sheet, sortie):
        told = f"{name} is launched at {clock(launch)}, before the plan begins at {clock(sheet.plan.begin)}"
        yield violation("in the past", told, launch, name)


def _told_before(sheet: Sheet, sortie: Sortie) -> bool:
    earlier = sheet.before.of(sortie.vehicle) if sheet.before else ()
    return any(abs(old.launch - sortie.launch) <= slack.TIME_S for old in earlier)


def _length(sortie: Sortie, vehicle: Vehicle) -> Iterator[Violation]:
    """Rules 4 and 6."""
    most = vehicle.platform.endurance - vehicle.platform.reserve
    if not sortie.end:
        told = f"{vehicle.name}, launched at {clock(sortie.launch)}, has no place to land"
        yield violation("never lands", told, sortie.launch, vehicle.name)
    if sortie.landing - sortie.launch > most + slack.TIME_S:
        told = f"{vehicle.name} is out for {sortie.hours:.2f} h from {clock(sortie.launch)}; it has {most / 3600:.2f} h"
        yield violation("endurance", f"{told} besides its reserve", sortie.landing, vehicle.name)


def _on_call(sortie: Sortie, vehicle: Vehicle) -> Iterator[Violation]:
    """Rule 5. Who is on call and aloft already may just come home; where it turns is no doing."""
    others = [stop for stop in sortie.stops if stop.purpose not in ("vessel", "way")]
    idle = sortie.start and all(stop.purpose == "way" for stop in sortie.stops)
    if vehicle.asset.on_call and (others or idle):
        does = f"goes to {name_of(others[0])}" if others else "looks at no vessel"
        time = others[0].arrive if others else sortie.launch
        told = f"{vehicle.name} is on call for vessels and {does} at {clock(time)}"
        yield violation("on call", told, time, vehicle.name)
