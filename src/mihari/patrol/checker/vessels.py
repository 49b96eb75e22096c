"""Rule 22: who looks at a vessel is where the vessel will be, in time and long enough."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mihari.core.geodesy import direct, inverse
from mihari.core.units import KNOT
from mihari.patrol.checker import slack
from mihari.patrol.checker.sheet import Sheet, Visit
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.file import LookSection


def vessels(sheet: Sheet) -> Iterator[Violation]:
    """Rule 22 for all stops at vessels."""
    known = {look.name: look for look in sheet.file.look}
    for visit in (v for v in sheet.visits if v.stop.purpose == "vessel"):
        name, stop = visit.vehicle.name, visit.stop
        if look := known.get(stop.name):
            yield from _times(sheet, visit, look)
            yield from _place(sheet, visit, look)
        else:
            told = f"{name} looks at vessel {stop.name!r} at {clock(stop.arrive)}, which nobody asked for"
            yield violation("unknown vessel", told, stop.arrive, name)


def where(look: LookSection, hour: float) -> tuple[float, float]:
    """lat_deg, lon_deg of a vessel at an hour of the plan: it goes on as it was told.

    >>> look = LookSection(name="v", lat_deg=0.0, lon_deg=0.0, speed_kn=60.0, course_deg=0.0, told_h=1.0, by_h=3.0)
    >>> [round(degrees, 2) for degrees in where(look, 2.0)]  # an hour later it is 60 nm, about a degree, on
    [1.0, 0.0]
    """
    gone = look.speed_kn * KNOT * 3600 * (hour - look.told_h)
    lat, lon = direct(look.lat_deg, look.lon_deg, math.radians(look.course_deg), gone)
    return float(lat), float(lon)


def _times(sheet: Sheet, visit: Visit, look: LookSection) -> Iterator[Violation]:
    name, stop = visit.vehicle.name, visit.stop
    told = f"{name} is with {look.name} from {clock(stop.arrive)}"
    if stop.arrive < sheet.start + 3600 * look.told_h - slack.TIME_S:
        when = clock(sheet.start + 3600 * look.told_h)
        yield violation("vessel before told", f"{told}; it is known of at {when}", stop.arrive, name)
    if stop.arrive > sheet.start + 3600 * look.by_h + slack.TIME_S:
        when = clock(sheet.start + 3600 * look.by_h)
        yield violation("vessel late", f"{told}; it is to be reached by {when}", stop.arrive, name)
    if stop.leave - stop.arrive < 60 * look.stay_min - slack.TIME_S:
        lasts = f"{(stop.leave - stop.arrive) / 60:.1f} min; {look.stay_min:g} are asked for"
        yield violation("short stay", f"{told} for {lasts}", stop.arrive, name)


def _place(sheet: Sheet, visit: Visit, look: LookSection) -> Iterator[Violation]:
    """Near enough from arriving until it has stayed as long as asked: the farthest is at one of the two ends."""
    name, stop = visit.vehicle.name, visit.stop
    for time in (stop.arrive, max(stop.arrive, min(stop.leave, stop.arrive + 60 * look.stay_min))):
        lat, lon = where(look, (time - sheet.start) / 3600)
        distance = float(np.nan_to_num(inverse(stop.lat_deg, stop.lon_deg, lat, lon)[0], nan=np.inf))
        if distance > 1000 * look.within_km + slack.NEAR_M:
            told = f"{name} is {distance / 1000:.1f} km from {look.name} at {clock(time)}"
            yield violation("vessel missed", f"{told}; {look.within_km:g} are near enough", time, name)
            return
