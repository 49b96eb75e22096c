"""Departures found -> behaviours of kind "fleet": told once, revised while more leave, ended when the fleet stops."""

from __future__ import annotations

import math

import numpy as np

from mihari.behaviours.fleets.ahead import ahead
from mihari.behaviours.fleets.departure import Departure, common_course, departures
from mihari.behaviours.fleets.going_on import Open, ended, revised, share_in
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.roster import rows_of
from mihari.behaviours.fleets.scene import AreaKind, Scene, Surroundings
from mihari.behaviours.fleets.view import View
from mihari.behaviours.fleets.words import clock, course_deg, knots, miles, span
from mihari.core.behaviour import Behaviour, Evidence, Urgency
from mihari.core.units import KNOT, NAUTICAL_MILE, wrap_half_turn

KIND = "fleet"
VERSION = "1"
INNOCENT = (
    "a fishing fleet that follows the catch or changes its ground",
    "boats that go home together at the end of the day or before weather that comes",
    "a regatta or a convoy that was waiting for its start",
)
SOON_S = 3600.0  # a shore or zone that the fleet reaches within an hour is a warning. Ours
SAME = 0.5  # of those that left, at least, in a departure that goes on: the same one. Ours


class Leaving:
    """Departures that go on, by the id of their behaviour."""

    def __init__(self, parameters: Parameters) -> None:
        self.p = parameters
        self.open: dict[str, Open] = {}

    def step(self, scene: Scene, seen: View, around: Surroundings) -> list[Behaviour]:
        """What is new, revised or ended."""
        told = []
        found = departures(seen, self.p)
        for key, going in list(self.open.items()):
            told += self._gone_on(key, going, scene, seen.time)
        for departure in found:
            told += self._found(departure, scene, seen, around)
        return told

    def _found(self, departure: Departure, scene: Scene, seen: View, around: Surroundings) -> list[Behaviour]:
        same = [k for k, going in self.open.items() if share_in(departure.left, going.watched) >= SAME]
        now = behaviour(departure, scene, seen.time, around)
        if not same:
            self.open[now.id] = Open(now, departure.left, seen.time)
            return [now]
        was = self.open[same[0]]
        more = len(departure.left) >= (1 + self.p.grown) * len(was.watched)
        if not more and not (len(departure.left) == len(departure.vessels) > len(was.watched)):
            return []
        now = revised(was.behaviour, now, seen.time)
        self.open[same[0]] = Open(now, departure.left, seen.time)
        return [now]

    def _gone_on(self, key: str, going: Open, scene: Scene, time: int) -> list[Behaviour]:
        """Nothing while enough of those that left are under way on one course; its end when they are not."""
        row = rows_of(scene.key, np.array(going.watched, np.int64))
        row = row[row >= 0]
        if len(row) == 0:
            if time - going.seen < self.p.gone_s:
                return []
            del self.open[key]
            return [ended(going.behaviour, going.seen, time, f"none of them has been seen since {clock(going.seen)}")]
        east, north = scene.east_mps[row], scene.north_mps[row]
        fast = np.hypot(east, north) > self.p.under_way_kn * KNOT
        course = common_course(east[fast], north[fast])
        off = np.abs(wrap_half_turn(np.arctan2(east, north) - course))
        on = np.count_nonzero(fast & (off <= math.radians(self.p.one_course_deg)))
        if on >= self.p.stopped_share * len(row):
            self.open[key] = Open(going.behaviour, going.watched, time)
            return []
        del self.open[key]
        return [
            ended(going.behaviour, time, time, f"at {clock(time)} only {on} of {len(row)} were still on one course")
        ]


def behaviour(found: Departure, scene: Scene, time: int, around: Surroundings) -> Behaviour:
    """As it is first told."""
    row = rows_of(scene.key, np.array(found.left, np.int64))
    row = row[row >= 0]
    lat, lon = float(np.median(scene.lat_deg[row])), _middle_lon(scene.lon_deg[row])
    shore = float(np.nanmedian(scene.shore_m[row])) if np.isfinite(scene.shore_m[row]).any() else math.nan
    area = ahead(lat, lon, found.course, around)
    facts: dict[str, float | int | str] = {
        "vessels": len(found.vessels),
        "left": len(found.left),
        "first_left": clock(found.start),
        "four_fifths_within_s": found.share_at - found.start,
        "course_deg": course_deg(found.course),
        "speed_kn": round(found.speed / KNOT, 1),
    }
    if math.isfinite(shore):
        facts["shore_nm"] = round(shore / NAUTICAL_MILE, 1)
    if area:
        facts |= {"ahead": f"{area[0].kind} {area[0].name}".strip(), "ahead_nm": round(area[1] / NAUTICAL_MILE, 1)}
    zone = area is not None and area[0].kind is AreaKind.ZONE and area[1] <= SOON_S * found.speed
    return Behaviour(
        id=f"{KIND}-{found.fleet}-{found.start}",
        kind=KIND,
        vessels=found.vessels,
        start=found.start,
        end=None,
        lat_deg=lat,
        lon_deg=lon,
        because=_because(found, facts, area[1] / found.speed if area else math.nan),
        urgency=Urgency.WARNING if zone or shore <= SOON_S * found.speed else Urgency.CAUTION,
        score=len(found.left) / len(found.vessels),
        innocent=INNOCENT,
        evidence=Evidence(facts=facts, first=float(found.start), last=float(time)),
        decided=float(time),
        told=float(time),
        version=VERSION,
        fleet=found.fleet,
    )


def _because(found: Departure, facts: dict[str, float | int | str], eta_s: float) -> str:
    """One sentence for the officer of the watch."""
    text = (
        f"{len(found.left)} of {len(found.vessels)} vessels that drifted together got under way from"
        f" {clock(found.start)} on, four fifths within {span(found.share_at - found.start)}, now on course"
        f" {facts['course_deg']:03d}° at {knots(found.speed)}"
    )
    if "ahead" in facts:
        text += f", towards {facts['ahead']}, {facts['ahead_nm']} NM or {span(eta_s)} ahead"
    if "shore_nm" in facts:
        text += f", {miles(float(facts['shore_nm']) * NAUTICAL_MILE)} off the nearest shore"
    return text


def _middle_lon(lon_deg: np.ndarray) -> float:
    """The middle of longitudes within half a turn of the first."""
    first = float(lon_deg[0])
    return float((first + np.median((lon_deg - first + 180.0) % 360.0 - 180.0) + 180.0) % 360.0 - 180.0)
