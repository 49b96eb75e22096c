"""Rules 23 and 24: somebody able is at a station at every moment, and two are there at a handover."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.core.geodesy import inverse
from mihari.patrol.checker import slack
from mihari.patrol.checker.sheet import Sheet, Visit
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.file import StationSection

Watch = tuple[float, float, str]  # from, to (UTC s), vehicle


def stations(sheet: Sheet) -> Iterator[Violation]:
    """Rules 23 and 24 for all stations, and for stops at stations that cannot count."""
    names = {section.name for section in sheet.file.station}
    for visit in sheet.visits:
        if visit.stop.purpose == "station" and visit.stop.name not in names:
            name, stop = visit.vehicle.name, visit.stop
            told = f"{name} keeps {stop.name!r} at {clock(stop.arrive)}, which is no station"
            yield violation("unknown station", told, stop.arrive, name)
    for section in sheet.file.station:
        yield from _unfit(sheet, section)
        watches = _joined([(v.stop.arrive, v.stop.leave, v.vehicle.name) for v in kept(sheet, section)])
        first = max(sheet.start + 3600 * section.from_h, sheet.plan.begin)
        last = min(sheet.start + 3600 * section.to_h, sheet.plan.end)
        yield from _unmanned(section, watches, first, last)
        yield from _handovers(section, watches, first, last)


def kept(sheet: Sheet, section: StationSection) -> list[Visit]:
    """The stops that keep a station: of who is able, near enough."""
    return [visit for visit, off in _visits(sheet, section) if able(visit, section) and off <= _within(section)]


def able(visit: Visit, section: StationSection) -> bool:
    """Whether a vehicle is of a platform that a station names; it names none: whether it is an aircraft."""
    named = section.platforms
    return visit.vehicle.asset.platform in named if named else visit.vehicle.flies


def _visits(sheet: Sheet, section: StationSection) -> list[tuple[Visit, float]]:
    """Stops at a station, each with m to its middle."""
    visits = [v for v in sheet.visits if v.stop.purpose == "station" and v.stop.name == section.name]
    lat, lon = (np.array([getattr(visit.stop, key) for visit in visits], float) for key in ("lat_deg", "lon_deg"))
    off = np.nan_to_num(inverse(lat, lon, section.lat_deg, section.lon_deg)[0], nan=np.inf)
    return list(zip(visits, off.tolist(), strict=True))


def _within(section: StationSection) -> float:
    return 1000 * section.within_km + slack.NEAR_M


def _unfit(sheet: Sheet, section: StationSection) -> Iterator[Violation]:
    for visit, off in _visits(sheet, section):
        name, time = visit.vehicle.name, visit.stop.arrive
        if not able(visit, section):
            can = ", ".join(section.platforms) or "aircraft"
            told = f"{name} ({visit.vehicle.asset.platform}) keeps {section.name} at {clock(time)}; able are: {can}"
            yield violation("unable at station", told, time, name)
        if off > _within(section):
            told = f"{name} is {off / 1000:.1f} km from the middle of {section.name} at {clock(time)}"
            yield violation("far from station", f"{told}; {section.within_km:g} are near enough", time, name)


def _joined(watches: list[Watch]) -> list[Watch]:
    """Watches in order of time, those of one vehicle that follow at once as one.

    >>> _joined([(5.0, 9.0, "b"), (0.0, 4.0, "a"), (4.0, 6.0, "a")])
    [(0.0, 6.0, 'a'), (5.0, 9.0, 'b')]
    """
    found: list[Watch] = []
    for first, last, name in sorted(watches, key=lambda w: (w[2], w[0])):
        if found and found[-1][2] == name and first <= found[-1][1] + slack.TIME_S:
            found[-1] = (found[-1][0], max(found[-1][1], last), name)
        else:
            found.append((first, last, name))
    return sorted(found)


def _unmanned(section: StationSection, watches: list[Watch], first: float, last: float) -> Iterator[Violation]:
    """Rule 23: every time between `first` and `last` (UTC s) in which nobody is there."""
    manned = first
    for begin, end, _ in [*watches, (last, last, "")]:
        begin = min(begin, last)
        if begin > manned + slack.TIME_S:
            told = f"nobody is at {section.name} from {clock(manned)} to {clock(begin)}"
            yield violation("unmanned", f"{told}, {(begin - manned) / 60:.0f} min", manned)
        manned = max(manned, end)


def _handovers(section: StationSection, watches: list[Watch], first: float, last: float) -> Iterator[Violation]:
    """Rule 24: from `first` to `last` (UTC s) one hands over to the next, and each time both are there long enough."""
    time, needs = first, 60 * section.overlap_min - slack.TIME_S
    while time < last - slack.TIME_S:
        relieved = _last_of_chain(watches, time, needs)
        if relieved is None:  # unmanned: rule 23
            time = min((begin for begin, _, _ in watches if begin > time), default=last)
            continue
        begin, time, name = relieved
        follow = [w for w in watches if w[0] <= time + slack.TIME_S < w[1]]
        if follow and time < last - slack.TIME_S:
            both = max(time - max(begin, min(follow)[0]), 0.0) / 60
            told = f"{name} leaves {section.name} at {clock(time)} after {both:.1f} min with {min(follow)[2]}"
            yield violation("short overlap", f"{told}; {section.overlap_min:g} are asked for", time, name)


def _last_of_chain(watches: list[Watch], time: float, needs: float) -> Watch | None:
    """Who leaves last when those that are there at a time hand over with `needs` s together; None: nobody is there.

    >>> _last_of_chain([(0.0, 60.0, "a"), (40.0, 90.0, "b"), (85.0, 120.0, "c")], 0.0, 10.0)
    (40.0, 90.0, 'b')
    """
    there = [w for w in watches if w[0] <= time + slack.TIME_S < w[1]]
    for begin, end, name in sorted(watches, key=lambda w: w[1]):
        if any(e < end and e - max(b, begin) >= needs for b, e, _ in there):
            there.append((begin, end, name))
    return max(there, key=lambda w: w[1], default=None)
