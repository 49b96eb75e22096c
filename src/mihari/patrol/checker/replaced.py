"""Rules 26 and 27: what was under way goes on, and nobody plans with what is lost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.core.geodesy import inverse
from mihari.patrol.checker import slack
from mihari.patrol.checker.legs import MOST
from mihari.patrol.checker.sheet import Sheet, sound
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.checker.ways import name_of, way_of
from mihari.patrol.plan import Sortie, Stop

STEP_S = 30.0  # between the moments at which two plans are compared


def replaced(sheet: Sheet) -> Iterator[Violation]:
    """Rule 26 for every sortie of the plan before that was under way when this one begins."""
    begin = sheet.plan.begin
    for old in sheet.before.sorties if sheet.before else ():
        under_way = sound(old) and old.launch < begin < old.landing
        if under_way and not _lost(sheet, old.vehicle) and (why := _changed(sheet, old)):
            told = f"{old.vehicle} was under way when the plan began at {clock(begin)}, and {why}"
            yield violation("frozen", told, begin, old.vehicle)


def _lost(sheet: Sheet, vehicle: str) -> bool:
    return sheet.lost.get(vehicle, np.inf) <= max(sheet.plan.begin, sheet.frozen_until)


def _changed(sheet: Sheet, old: Sortie) -> str:
    """How a sortie does not go on as it was, "" if it does."""
    begin = sheet.plan.begin
    until = max(min(sheet.frozen_until, old.landing), begin)
    mine = [s for s in sheet.sorties if s.vehicle == old.vehicle and abs(s.launch - old.launch) <= slack.TIME_S]
    if not mine:
        return f"no sortie launched at {clock(old.launch)} goes on"
    new, times = mine[0], np.linspace(begin, until, min(int((until - begin) / STEP_S) + 2, MOST))
    where = (way_of(sortie, own).where(times) for sortie, own in ((old, _begin(sheet)), (new, begin)))
    off = inverse(*next(where), *next(where))[0]
    if not (off <= slack.SAME_M).all():
        i = int(np.nan_to_num(off, nan=np.inf).argmax())
        return f"is {off[i] / 1000:.1f} km from where it was to be at {clock(times[i])}"
    return _left_out(sheet, old, new)


def _begin(sheet: Sheet) -> float:
    assert sheet.before is not None
    return sheet.before.begin


def _left_out(sheet: Sheet, old: Sortie, new: Sortie) -> str:
    """A stop or landing of the first minutes that is missing, "" if none is."""
    begin, until = sheet.plan.begin, sheet.frozen_until
    for stop in old.stops:
        if stop.leave > begin and stop.arrive <= until and not any(_same(stop, s, begin, until) for s in new.stops):
            return f"its stop at {name_of(stop)} at {clock(stop.arrive)} is missing or changed"
    if _shut(sheet, old):
        return ""
    same = old.end == new.end and abs(old.landing - new.landing) <= slack.SAME_S
    return "" if old.landing > until or same else f"its landing at {old.end} at {clock(old.landing)} is changed"


def _shut(sheet: Sheet, old: Sortie) -> bool:
    """Whether it cannot land any more where and when it was to."""
    place = sheet.places.get(old.end)
    lost = old.landing > sheet.lost_places.get(old.end, np.inf)
    moments = old.landing, old.landing + 2 * slack.TIME_S  # it may close in the second of the landing
    return lost or (place is not None and any(place.closed(time) is not None for time in moments))


def _same(old: Stop, new: Stop, begin: float, until: float) -> bool:
    """Whether a stop is the same as far as it lies between `begin` and `until` (UTC s)."""
    arrives = abs(max(old.arrive, begin) - max(new.arrive, begin)) <= slack.SAME_S
    leaves = abs(min(old.leave, until) - min(new.leave, until)) <= slack.SAME_S
    return old.purpose == new.purpose and old.name == new.name and arrives and leaves


def losses(sheet: Sheet) -> Iterator[Violation]:
    """Rule 27."""
    for sortie in sheet.sorties:
        name, gone = sortie.vehicle, sheet.lost.get(sortie.vehicle, np.inf)
        if sortie.landing > gone + slack.TIME_S:
            told = f"{name} is lost from {clock(gone)} and planned with until {clock(sortie.landing)}"
            yield violation("lost vehicle", told, max(sortie.launch, gone), name)
        for place, time in ((sortie.start, sortie.launch), (sortie.end, sortie.landing)):
            if time > (gone := sheet.lost_places.get(place, np.inf)) + slack.TIME_S:
                told = f"{name} starts or lands at {place} at {clock(time)}; it is lost from {clock(gone)}"
                yield violation("lost place", told, time, name)
