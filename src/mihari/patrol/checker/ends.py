"""Rules 7 to 9: where sorties begin and end, and whether the place is there and the platform fits it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.core.geodesy import inverse
from mihari.patrol.checker import slack
from mihari.patrol.checker.places import Place
from mihari.patrol.checker.roster import Vehicle
from mihari.patrol.checker.sheet import Sheet
from mihari.patrol.checker.sorties import in_order
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.plan import Sortie


def ends(sheet: Sheet) -> Iterator[Violation]:
    """Rules 7 to 9 for every vehicle, sortie by sortie."""
    planned = {id(sortie) for sortie in sheet.sorties}
    for vehicle in sheet.vehicles.values():
        at, first = vehicle.asset.home, True
        for sortie in in_order(sheet, vehicle.name):
            if id(sortie) in planned:
                yield from _start(sheet, sortie, vehicle, at, first)
                yield from _landing(sheet, sortie, vehicle)
                first = False
            at = sortie.end


def _start(sheet: Sheet, sortie: Sortie, vehicle: Vehicle, at: str, first: bool) -> Iterator[Violation]:
    name, time = vehicle.name, sortie.launch
    if not sortie.start:
        if not (first and _may_be_aloft(sheet, sortie)):
            told = f"{name} is said to be aloft since {clock(time)}; it is at {at}"
            yield violation("starts elsewhere", told, time, name)
    elif sortie.start not in sheet.places:
        yield violation("unknown start", f"{name} is launched from {sortie.start!r}, which nobody knows", time, name)
    else:
        if sortie.start != at:
            told = f"{name} is launched from {sortie.start} at {clock(time)}; it is at {at}"
            yield violation("starts elsewhere", told, time, name)
        yield from _fits(sheet.places[sortie.start], vehicle, time, launch=True)
        yield from _there(sheet.places[sortie.start], sortie, launch=True)


def _may_be_aloft(sheet: Sheet, sortie: Sortie) -> bool:
    """Whether a vehicle can be out when the plan begins: not at the patrol's start; later if it had been launched."""
    begin = sheet.plan.begin
    if sortie.launch > begin + slack.TIME_S or sortie.landing < begin - slack.TIME_S:
        return False
    if sheet.before is None:
        return begin > sheet.start + slack.TIME_S
    return any(old.launch < begin < old.landing for old in sheet.before.of(sortie.vehicle))


def _landing(sheet: Sheet, sortie: Sortie, vehicle: Vehicle) -> Iterator[Violation]:
    name, time = vehicle.name, sortie.landing
    if not sortie.end:
        return
    if sortie.end not in sheet.places:
        yield violation("unknown landing place", f"{name} lands at {sortie.end!r}, which nobody knows", time, name)
        return
    if sortie.end not in (vehicle.asset.home, *vehicle.asset.lands_at):
        told = f"{name} lands at {sortie.end} at {clock(time)}; it may at {_named(vehicle)}"
        yield violation("lands elsewhere", told, time, name)
    yield from _fits(sheet.places[sortie.end], vehicle, time, launch=False)
    yield from _there(sheet.places[sortie.end], sortie, launch=False)


def _named(vehicle: Vehicle) -> str:
    return ", ".join((vehicle.asset.home, *vehicle.asset.lands_at))


def _fits(place: Place, vehicle: Vehicle, time: float, *, launch: bool) -> Iterator[Violation]:
    """Rule 8: the place offers one of what the platform needs."""
    needs = vehicle.platform.launch if launch else vehicle.platform.recovery
    if not set(needs) & set(place.section.offers):
        does = "start from" if launch else "land at"
        told = f"{vehicle.name} cannot {does} {place.name}: it needs {' or '.join(needs)}"
        yield violation("misfit at start" if launch else "misfit at landing", told, time, vehicle.name)


def _there(place: Place, sortie: Sortie, *, launch: bool) -> Iterator[Violation]:
    """Rule 9: the place is where the sortie has it."""
    time = sortie.launch if launch else sortie.landing
    lat, lon = (sortie.lat_deg, sortie.lon_deg) if launch else (sortie.end_lat_deg, sortie.end_lon_deg)
    distance = float(np.nan_to_num(inverse(lat, lon, *place.where(time))[0], nan=np.inf))
    if distance > slack.PLACE_M + slack.NEAR_M:
        does, kind = ("starts", "place missed at start") if launch else ("lands", "place missed at landing")
        told = f"{sortie.vehicle} {does} {distance / 1000:.1f} km from where {place.name} is at {clock(time)}"
        yield violation(kind, told, time, sortie.vehicle)
