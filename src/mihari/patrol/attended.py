"""Where vehicles were -> how stations were kept (when somebody was there, when nobody), which vessels were stayed with.

As plans count it (docs/patrol.md, rules 22 and 23): somebody within `within_km` of a station at every moment; somebody
within `within_km` of a vessel for `stay_min` on end. What is known of a vehicle between two positions is that it was
there if both were near and not too far apart in time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mihari.core.asset import Place
from mihari.core.geodesy import direct
from mihari.core.units import KNOT
from mihari.patrol.file import LookSection, PatrolFile, StationSection
from mihari.sensors.platform import PlatformProfile
from mihari.tasks.flight import distance

HEARD_S = 120.0  # two positions farther apart in time say nothing about the time between
KEPT = 1000  # spans of a station or vessel that are kept; older ones are let go


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` to `end`, UTC s."""

    begin: float
    end: float


class Attended:
    """Times at which at least one vehicle was within `within` m of a place that may move.

    >>> one = Attended(1000.0)
    >>> for time, vehicle, away in [(0, "a", 500), (60, "a", 600), (60, "b", 900), (120, "b", 800), (180, "b", 5000)]:
    ...     one.take(vehicle, float(time), float(away))
    >>> one.spans, one.gaps(-60.0, 180.0)
    ([Span(begin=0.0, end=120.0)], [Span(begin=-60.0, end=0.0), Span(begin=120.0, end=180.0)])
    """

    def __init__(self, within: float) -> None:
        self.within = within
        self._spans: deque[Span] = deque(maxlen=KEPT)
        self._last: dict[str, tuple[float, bool]] = {}

    def take(self, vehicle: str, time: float, away: float) -> None:
        """A vehicle was `away` m off at a time (UTC s); what is older than its last position is passed over."""
        before, was_near = self._last.get(vehicle, (-math.inf, False))
        if not time > before or not math.isfinite(time):
            return
        near = away <= self.within
        self._last[vehicle] = (time, near)
        if near:
            self._add(before if was_near and time - before <= HEARD_S else time, time)

    def _add(self, begin: float, end: float) -> None:
        """One more span; those that it touches become one with it."""
        apart: list[Span] = []
        while self._spans and self._spans[-1].end >= begin:
            one = self._spans.pop()
            if one.begin > end:
                apart.append(one)
            else:
                begin, end = min(begin, one.begin), max(end, one.end)
        self._spans.extend([Span(begin, end), *reversed(apart)])

    @property
    def spans(self) -> list[Span]:
        """When somebody was there, one after the other."""
        return list(self._spans)

    def gaps(self, begin: float, end: float) -> list[Span]:
        """When nobody was there, between two times."""
        found, at = [], begin
        for one in self._spans:
            if one.begin > at and one.begin <= end:
                found.append(Span(at, one.begin))
            at = max(at, one.end)
        return [*found, Span(at, end)] if at < end else found


@dataclass(frozen=True, slots=True)
class Kept:
    """A station from the beginning of its watch to now: minutes somebody was there, and when nobody was."""

    name: str
    minutes: float
    gaps: tuple[Span, ...]


class StationsKept:
    """How the stations of a patrol are kept, as positions of vehicles come. `platforms`: by the vehicles' names."""

    def __init__(self, file: PatrolFile, platforms: Mapping[str, PlatformProfile]) -> None:
        self._file, self._platforms = file, platforms
        self._stations = [(one, Attended(1000 * one.within_km)) for one in file.station]

    def take(self, vehicle: str, time: float, lat_deg: float, lon_deg: float) -> None:
        """Where a vehicle is; who is not of the fleet, or cannot keep a station, keeps none."""
        platform = self._platforms.get(vehicle)
        for station, attended in self._stations:
            if platform is not None and keeps(platform, station):
                attended.take(vehicle, time, distance((station.lat_deg, station.lon_deg), (lat_deg, lon_deg)))

    def told(self, now: float) -> list[Kept]:
        """Each station until now; one whose watch has not begun is left out."""
        start, found = self._file.start.timestamp(), []
        for station, attended in self._stations:
            begin = start + 3600 * station.from_h
            end = min(now, start + 3600 * min(station.to_h, self._file.hours))
            if begin < end:
                gaps = tuple(attended.gaps(begin, end))
                missed = sum(gap.end - gap.begin for gap in gaps)
                found.append(Kept(station.name, (end - begin - missed) / 60, gaps))
        return found


class VesselsMet:
    """Which vessels that were to be looked at were stayed with. `where`: their places at times (UTC s)."""

    def __init__(self, file: PatrolFile, where: Callable[[LookSection, float], Place] | None = None) -> None:
        self._start = file.start.timestamp()
        self._where = where or self.reckoned
        self._looks = [(one, Attended(1000 * one.within_km)) for one in file.look]

    def reckoned(self, look: LookSection, time: float) -> Place:
        """Where a vessel is if it has gone on as it was told."""
        seconds = time - self._start - 3600 * look.told_h
        there = direct(look.lat_deg, look.lon_deg, math.radians(look.course_deg), look.speed_kn * KNOT * seconds)
        return float(there[0]), float(there[1])

    def take(self, vehicle: str, time: float, lat_deg: float, lon_deg: float) -> None:
        """Where a vehicle is."""
        for look, attended in self._looks:
            if time >= self._start + 3600 * look.told_h:
                attended.take(vehicle, time, distance(self._where(look, time), (lat_deg, lon_deg)))

    def met(self) -> dict[str, Span]:
        """By the names of vessels the first stay that was long enough."""
        found: dict[str, Span] = {}
        for look, attended in self._looks:
            for span in attended.spans:
                if span.end - span.begin >= 60 * look.stay_min:
                    found.setdefault(look.name, span)
        return found


def keeps(platform: PlatformProfile, station: StationSection) -> bool:
    """Whether a platform can keep a station: one of those named, any aircraft where none is."""
    return platform.id in station.platforms if station.platforms else platform.kind == "aircraft"
