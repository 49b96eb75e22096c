"""RTEC's maritime rules in plain Python: the oracle, written from the published rules.

Not from our definitions: rules.prolog, thresholds.prolog, typeSpeeds.prolog and the semantics of RTEC's interval lists
(processSimpleFluents, timeoutTreatment, interval-manipulation) of the repository aartikis/RTEC. A vessel's day is a
list of events; a fluent is a dictionary from its arguments to a list of (start, end), end None where it goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import floor, inf

SPEEDS = {
    "cargo": (9, 15), "fishing": (5.3, 15), "tug": (2, 10), "sar": (4, 15), "pilotvessel": (0.6, 13), "tanker": (6, 16),
    "passenger": (8, 20), "pleasurecraft": (7, 17), "other": (7, 18),
    "light": (0, 0.5), "cargo-hazardc(minor)": (12, 14.46), "saraircraft": (50, 150),
}  # fmt: skip
Interval = tuple[int, float]


@dataclass(frozen=True)
class Event:
    """One input event; heading 511 where there is none."""

    name: str
    t: int
    vessel: int
    speed: float = 0.0
    course: float = 0.0
    heading: float = 511.0
    area: str = ""


@dataclass
class Recording:
    """All input: events, proximity (first, second, start, end), vessel types, kinds of each area."""

    events: list[Event] = field(default_factory=list)
    near: list[tuple[int, int, int, int]] = field(default_factory=list)
    types: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, set[str]] = field(default_factory=dict)


def intervals_of(starts: Iterable[int], stops: Iterable[int]) -> list[Interval]:
    """From points at which it is initiated and terminated: T + 1 on; the end wins."""
    begun, over = sorted({t + 1 for t in starts}), sorted({t + 1 for t in stops})
    found: list[Interval] = []
    for start in begun:
        if start in over or (found and start < found[-1][1]):
            continue
        found.append((start, next((end for end in over if end > start), inf)))
    return found


def holds_at(intervals: list[Interval], t: int) -> bool:
    return any(s <= t < e for s, e in intervals)


def union(*lists: list[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for s, e in sorted(i for one in lists for i in one):
        if found and s <= found[-1][1]:
            found[-1] = (found[-1][0], max(e, found[-1][1]))
        else:
            found.append((s, e))
    return found


def both(first: list[Interval], *others: list[Interval]) -> list[Interval]:
    for other in others:
        first = [(max(s, s2), min(e, e2)) for s, e in first for s2, e2 in other if max(s, s2) < min(e, e2)]
    return sorted(first)


def minus(first: list[Interval], *others: list[Interval]) -> list[Interval]:
    for other in others:
        for s2, e2 in other:
            first = [piece for s, e in first for piece in ((s, min(e, s2)), (max(s, e2), e)) if piece[0] < piece[1]]
    return sorted(first)


def longer(intervals: list[Interval], seconds: int) -> list[Interval]:
    return [(s, e) for s, e in intervals if e == inf or e - s > seconds]


def deadlines(starts: set[int], stops: set[int], after: int) -> set[int]:
    """fi and p: `after` s from a start, unless started again by then or stopped before then."""
    return {
        t + after
        for t in starts
        if not any(t < u <= t + after for u in starts) and not any(t < u < t + after for u in stops)
    }


def angle(a: float, b: float) -> float:
    turned = a - b + 180
    return abs(turned - floor(turned / 360) * 360 - 180)


def inside(x: float, low: float, high: float) -> bool:
    return low < x < high


class Vessel:
    """All fluents of one vessel; `f[name, value]` are the intervals."""

    def __init__(self, events: list[Event], kind: str, kinds: dict[str, set[str]]) -> None:
        self.events, self.kind, self.f = events, kind, defaultdict[tuple[str, str], list[Interval]](list)
        self.areas(kinds)
        self.silence_and_stops()
        self.speeds()
        self.fishing_and_rescue()
        self.lasting()

    def at(self, name: str) -> set[int]:
        return {e.t for e in self.events if e.name == name}

    def starts(self, *keys: tuple[str, str]) -> set[int]:
        return {int(s) - 1 for key in keys for s, _ in self.f[key]}  # RTEC.prolog: start(F=V) is at prevTimePoint(S)

    def ends(self, *keys: tuple[str, str]) -> set[int]:
        return {int(e) - 1 for key in keys for _, e in self.f[key] if e != inf}  # and end(F=V) at prevTimePoint(E)

    def area(self, kind: str) -> list[Interval]:
        return self.f["withinArea", kind]

    def velocities(self) -> list[Event]:
        return [e for e in self.events if e.name == "velocity"]

    def areas(self, kinds: dict[str, set[str]]) -> None:
        for kind in {k for several in kinds.values() for k in several}:
            entered = {e.t for e in self.events if e.name == "entersArea" and kind in kinds.get(e.area, ())}
            left = {e.t for e in self.events if e.name == "leavesArea" and kind in kinds.get(e.area, ())}
            self.f["withinArea", kind] = intervals_of(entered, left | self.at("gap_start"))

    def by_port(self, fluent: str, begins: str, stops: set[int]) -> None:
        near = {t for t in self.at(begins) if holds_at(self.area("nearPorts"), t)}
        far = self.at(begins) - near
        self.f[fluent, "nearPorts"] = intervals_of(near, stops | far)
        self.f[fluent, "farFromPorts"] = intervals_of(far, stops | near)

    def silence_and_stops(self) -> None:
        self.by_port("gap", "gap_start", self.at("gap_end"))
        self.silent = self.starts(("gap", "nearPorts"), ("gap", "farFromPorts"))
        self.by_port("stopped", "stop_start", self.at("stop_end") | self.silent)
        self.f["lowSpeed", "true"] = intervals_of(
            self.at("slow_motion_start"), self.at("slow_motion_end") | self.silent
        )
        changes = intervals_of(self.at("change_in_speed_start"), self.at("change_in_speed_end") | self.silent)
        self.f["changingSpeed", "true"] = changes

    def speeds(self) -> None:
        told = self.velocities()
        fast = {e.t for e in told if not inside(e.speed, 0, 5.0) and holds_at(self.area("nearCoast"), e.t)}
        easy = {e.t for e in told if inside(e.speed, 0, 5.0)}
        self.f["highSpeedNearCoast", "true"] = intervals_of(fast, easy | self.ends(("withinArea", "nearCoast")))
        moving: dict[str, set[int]] = {"below": set(), "normal": set(), "above": set()}
        if self.kind in SPEEDS:
            low, high = SPEEDS[self.kind]
            moving["below"] = {e.t for e in told if inside(e.speed, 0.5, low)}
            moving["normal"] = {e.t for e in told if inside(e.speed, low, high)}
            moving["above"] = {e.t for e in told if inside(e.speed, high, inf)}
        still = {e.t for e in told if not inside(e.speed, 0.5, inf)} | self.silent
        for value, begun in moving.items():
            others = set().union(*(times for other, times in moving.items() if other != value))
            self.f["movingSpeed", value] = intervals_of(begun, still | others)
        self.f["underWay", "true"] = union(*(self.f["movingSpeed", value] for value in moving))
        under_way = self.f["underWay", "true"]
        aside = {
            e.t for e in told if e.heading != 511.0 and angle(e.course, e.heading) > 40.0 and holds_at(under_way, e.t)
        }
        along = {e.t for e in told if angle(e.course, e.heading) <= 40.0 or e.heading == 511.0}
        self.f["drifting", "true"] = intervals_of(aside, along | self.ends(("underWay", "true")))
        tugs = {e.t for e in told if inside(e.speed, 1.2, 15.0)}
        others = {e.t for e in told if not inside(e.speed, 1.2, 15.0)}
        self.f["tuggingSpeed", "true"] = intervals_of(tugs, others | self.silent)

    def turning(self, fluent: str, begun: set[int], stops: set[int]) -> None:
        expired = deadlines(begun, stops, 1800)
        self.f[fluent, "true"] = intervals_of(begun, stops | expired)
        self.f[fluent, "false"] = intervals_of(expired, begun)

    def fishing_and_rescue(self) -> None:
        told, turns = self.velocities(), self.at("change_in_heading")
        if self.kind == "fishing":
            left = self.ends(("withinArea", "fishing"))
            trawls = {e.t for e in told if inside(e.speed, 1.0, 9.0) and holds_at(self.area("fishing"), e.t)}
            others = {e.t for e in told if not inside(e.speed, 1.0, 9.0)}
            self.f["trawlSpeed", "true"] = intervals_of(trawls, others | self.silent | left)
            self.turning("trawlingMovement", {t for t in turns if holds_at(self.area("fishing"), t)}, left)
        if self.kind == "sar":
            quick = {e.t for e in told if inside(e.speed, 2.7, inf)}
            slow = {e.t for e in told if inside(e.speed, 0, 2.7)}
            self.f["sarSpeed", "true"] = intervals_of(quick, slow | self.silent)
            self.turning("sarMovement", turns | self.starts(("changingSpeed", "true")), self.silent)

    def lasting(self) -> None:
        f = self.f
        moored = union(both(f["stopped", "farFromPorts"], self.area("anchorage")), f["stopped", "nearPorts"])
        f["anchoredOrMoored", "true"] = longer(moored, 1800)
        f["trawling", "true"] = longer(both(f["trawlSpeed", "true"], f["trawlingMovement", "true"]), 3600)
        f["inSAR", "true"] = longer(both(f["sarSpeed", "true"], f["sarMovement", "true"]), 3600)
        idle = minus(self.idle(), self.area("nearCoast"), f["anchoredOrMoored", "true"])
        f["loitering", "true"] = longer(idle, 1800)

    def idle(self) -> list[Interval]:
        return union(self.f["lowSpeed", "true"], self.f["stopped", "farFromPorts"])


def recognise(r: Recording) -> set[tuple[str, int, int | None, str, int, int | None]]:
    """(fluent, vessel1, vessel2, value, start, end) of every interval."""
    known = {e.vessel for e in r.events} | {v for row in r.near for v in row[:2]}
    vessels = {v: Vessel([e for e in r.events if e.vessel == v], r.types.get(v, ""), r.kinds) for v in sorted(known)}
    found = {
        (name, v, None, value, s, None if e == inf else e)
        for v, vessel in vessels.items()
        for (name, value), intervals in vessel.f.items()
        for s, e in intervals
    }
    for a, b in {row[:2] for row in r.near}:
        near: list[Interval] = sorted({(s, e) for first, second, s, e in r.near if (first, second) == (a, b)})
        for name, intervals in pair_of(vessels[a], vessels[b], near).items():
            found |= {(name, a, b, "true", s, None if e == inf else e) for s, e in intervals}
    return found  # type: ignore[return-value]


def pair_of(a: Vessel, b: Vessel, near: list[Interval]) -> dict[str, list[Interval]]:
    tug, pilot = "tug" in (a.kind, b.kind), "pilotvessel" in (a.kind, b.kind)
    found: dict[str, list[Interval]] = {}
    if tug and not pilot and not a.kind == b.kind == "tug":
        pulling = both(near, a.f["tuggingSpeed", "true"], b.f["tuggingSpeed", "true"])
        found["tugging"] = longer(pulling, 300)
    idle = both(a.idle(), b.idle(), near)
    coasts = (a.area("nearCoast"), b.area("nearCoast"))
    if not tug and not pilot:
        found["rendezVous"] = longer(minus(idle, a.area("nearPorts"), b.area("nearPorts"), *coasts), 240)
    if pilot:
        found["pilotOps"] = minus(idle, *coasts)
    return found
