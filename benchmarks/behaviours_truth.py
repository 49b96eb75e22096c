"""A made-up coast -> what truly happened on it, by brute force over all vessels, all pairs and all moments.

The seven definitions are written down here a second time, on true motion and on what devices do; `slack` moves every
threshold to the strict side (above 1) or to the lax side (below 1), so that what lies nearer than 5 % can be left out.

When the twin decides follows from the reports that were heard, the plots that were seen, and from what the definitions
say of time: a vessel's report or plot counts where it is the first in its 30 s, plots from the third on, company is
known at whole minutes and half a minute to either side, fleets are judged once a minute, by the way made good between a
vessel's last report and one a minute or more before.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.behaviours_coast import ANCHORAGE, RADAR_REACH, Coast, without
from benchmarks.behaviours_scene import coast
from benchmarks.behaviours_ways import KNOT, RUN_S, TURN_ABOUT_S, Vessel
from mihari.core.columns import Array

STEP = 10.0
T = np.arange(0.0, RUN_S + 1, STEP)
NM, MINUTE = 1852.0, 60.0
FISHING = 30
SURE = 0.85  # of the radar's reach: there nobody is overlooked
TRACKED = 2  # plots before the one that makes a track of them
SPOKEN_FOR = 500.0  # m: who tells a place farther from its hull does not speak for it


@dataclass(frozen=True)
class Event:
    """One truth. Times are s since the run began; `decides`: when all reports up to then have shown it."""

    kind: str
    vessels: tuple[int, ...]
    start: float
    end: float
    decides: float = float("nan")
    group: str = ""


class Twin:
    """All of a coast on a grid of times. `heard`, `seen`: vessel id -> when it was; without them nothing decides."""

    def __init__(
        self,
        coast: Coast,
        heard: Mapping[int, Array] | None = None,
        seen: Mapping[int, Sequence[float]] | None = None,
        slack: float = 1.0,
    ) -> None:
        self.coast, self.heard, self.seen, self.slack = coast, heard, seen, slack
        n = len(coast.vessels)
        self.x, self.y, self.speed, self.off, self.on = (np.full((n, len(T)), np.nan) for _ in range(5))
        self.tx, self.ty = self.x.copy(), self.y.copy()
        for k, v in enumerate(coast.vessels):
            self.x[k], self.y[k] = v.at(T)
            self.speed[k] = np.where(np.isfinite(self.x[k]), v.motion(T)[0], np.nan)
            dx, dy = v.off_by(T)
            self.off[k], self.on[k] = np.hypot(dx, dy), v.speaks(T)
            self.tx[k], self.ty[k] = self.x[k] + dx, self.y[k] + dy

    def events(self) -> list[Event]:
        """All truths."""
        kinds = (self.loitering, self.rendezvous, self.gap, self.dark, self.spoofing, self.identity, self.fleet)
        return [event for kind in kinds for event in kind()]

    def known(self, vessel: Vessel, t: float) -> float:
        """When a vessel is heard first, at t or later."""
        if self.heard is None:
            return float("nan")
        return self._first(self.heard[vessel.id], t)

    @staticmethod
    def _first(of: Array, t: float) -> float:
        """The first that counts, at t or later."""
        times = counted(of)
        at = int(np.searchsorted(times, t))
        return float(times[at]) if at < len(times) else float("inf")

    def lasting(self, vessels: tuple[Vessel, ...], start: float, seconds: float) -> float:
        """When all of them have told that something that began at `start` has lasted."""
        begun = max(self.known(v, start) for v in vessels)
        return max(self.known(v, begun + seconds) for v in vessels)

    def _waiting(self, k: int) -> Array:
        """When a vessel is slow, and says nothing that explains it, outside the anchorage."""
        v = self.coast.vessels[k]
        x0, x1, y0, y1 = ANCHORAGE
        inside = (self.tx[k] >= x0) & (self.tx[k] <= x1) & (self.ty[k] >= y0) & (self.ty[k] <= y1)
        quiet = v.device == "A" and v.status in (1, 5)
        slow = self.speed[k] < 2 * KNOT / self.slack
        return longer((self.on[k] > 0) & slow & ~inside & (not quiet), TURN_ABOUT_S + STEP)

    def loitering(self) -> list[Event]:
        """Below 2 kn for an hour, more than 1 NM off."""
        found = []
        for k, v in enumerate(self.coast.vessels):
            if v.ship_type == FISHING or not v.mmsi or (v.device == "A" and v.status in (3, 7)):
                continue
            for a, b in runs(self._waiting(k) & (self.ty[k] > NM * self.slack), 300.0, 3600.0 * self.slack):
                found.append(Event("loitering", (v.key,), a, b, self.lasting((v,), a, 3600.0), v.group))
        return found

    def rendezvous(self) -> list[Event]:
        """Two within 500 m below 2 kn for half an hour; none of a fleet."""
        members = {k for ids in self.coast.fleets.values() for k in ids}
        slow = {k: self._waiting(k) for k in range(len(self.coast.vessels)) if k not in members}
        slow = {k: when for k, when in slow.items() if when.sum() * STEP >= 900.0}
        found = []
        for j, k in itertools.combinations(slow, 2):
            both = slow[j] & slow[k]
            if not both.any():
                continue
            near = both & (np.hypot(self.tx[j] - self.tx[k], self.ty[j] - self.ty[k]) <= 500.0 / self.slack)
            pair = self.coast.vessels[j], self.coast.vessels[k]
            for a, b in runs(near, 180.0, 1800.0 * self.slack):
                keys = tuple(sorted(v.key for v in pair))
                found.append(Event("rendezvous", keys, a, b, self._met(pair, a), pair[0].group))
        return found

    def _met(self, pair: tuple[Vessel, Vessel], a: float) -> float:
        """When both have told that half an hour has gone by together."""
        begun = max(*(self.known(v, a) for v in pair), MINUTE * np.ceil(a / MINUTE) - MINUTE / 2)
        whole = MINUTE * np.ceil((begun + 1800.0 - MINUTE / 2) / MINUTE)
        return max(self.known(v, max(begun + 1800.0, whole)) for v in pair)

    def gap(self) -> list[Event]:
        """A device that is off for half an hour, of a vessel under way."""
        found = []
        for v in self.coast.vessels:
            for a, b in v.off:
                fast = float(v.motion(np.array([a - 1.0]))[0][0]) >= 2 * KNOT * self.slack
                if fast and b - a >= 1800.0 * self.slack:
                    last = a
                    if self.heard is not None:
                        times = counted(self.heard[v.id])
                        last = float(times[np.searchsorted(times, a) - 1])
                    found.append(Event("gap", (v.key,), last, b, last + 1800.0, v.group))
        return found

    def dark(self) -> list[Event]:
        """In radar's reach beyond 3 NM for 20 min, and no AIS from there."""
        reach = RADAR_REACH * (SURE if self.slack > 1 else 1.0)
        found = []
        for k, v in enumerate(self.coast.vessels):
            silent = (self.on[k] == 0) | (self.off[k] > SPOKEN_FOR * self.slack)
            there = (np.hypot(self.x[k], self.y[k]) < reach) & (self.y[k] > 3 * NM * self.slack)
            for a, b in runs(silent & there, 180.0, 1200.0 * self.slack):
                found.append(Event("dark", (v.key,), a, b, self._held(v, a), v.group))
        return found

    def _held(self, v: Vessel, a: float) -> float:
        """When radar's plots have shown that a vessel has been there for 20 min."""
        if self.seen is None:
            return float("nan")
        plots = np.asarray(self.seen[v.id][TRACKED:])
        return self._first(plots, self._first(plots, a) + 1200.0)

    def spoofing(self) -> list[Event]:
        """For ten minutes told where it cannot be, or more than a mile from all that radar sees."""
        found = []
        for k, v in enumerate(self.coast.vessels):
            for lie in v.lies:
                jump = lie.ramp == 0.0 and np.hypot(lie.dx, lie.dy) > 500.0 * self.slack
                mask = (self.off[k] > 0) & jump if lie.ramp == 0.0 else self._nobody(k)
                mask = mask & (lie.start <= T) & (lie.end >= T)
                for a, b in runs(mask, 120.0, 600.0 * self.slack):
                    found.append(Event("spoofing", (v.key,), a, b, self.lasting((v,), a, 600.0), v.group))
        return found

    def _nobody(self, k: int) -> Array:
        """When nobody is within a mile of the place that a vessel tells, in radar's sure reach."""
        away = np.hypot(self.x - self.tx[k], self.y - self.ty[k])
        alone = np.nanmin(np.where(np.isfinite(away), away, np.inf), axis=0) > NM * self.slack
        there = np.hypot(self.tx[k], self.ty[k]) < SURE * RADAR_REACH / self.slack
        return np.asarray(alone & there & (self.on[k] > 0) & (self.ty[k] > NM))

    def identity(self) -> list[Event]:
        """Two hulls with one number, more than a mile apart, both heard for ten minutes."""
        found = []
        numbers = [v.mmsi for v in self.coast.vessels]
        twice = {m for m in numbers if m and numbers.count(m) > 1}
        for m in sorted(twice):
            j, k = (row for row, number in enumerate(numbers) if number == m)
            apart = np.hypot(self.tx[j] - self.tx[k], self.ty[j] - self.ty[k]) > NM * self.slack
            pair = self.coast.vessels[j], self.coast.vessels[k]
            for a, b in runs(apart & (self.on[j] > 0) & (self.on[k] > 0), 360.0, 600.0 * self.slack):
                found.append(Event("identity", (m,), a, b, self.lasting(pair, a, 600.0), pair[0].group))
        return found

    def fleet(self) -> list[Event]:
        """Four fifths of twenty or more that drift together leave within ten minutes."""
        found = []
        for name, ids in self.coast.fleets.items():
            members = [self.coast.vessels[k] for k in ids]
            left = sorted((float(v.t[1]), v.id) for v in members if len(v.t) > 2)
            needed = int(np.ceil(0.8 * len(ids) * min(self.slack, 1.0) - 1e-9))
            share = len(left) >= 0.8 * len(ids) * self.slack or len(left) == len(ids)
            if len(ids) < 20 * self.slack or not share or left[needed - 1][0] - left[0][0] > 600.0 / self.slack:
                continue
            decides = self._gone(members, int(np.ceil(0.8 * len(ids) - 1e-9)), left[0][0])
            end = min(float(v.t[2]) for v in members if len(v.t) > 2)
            keys = tuple(sorted(self.coast.vessels[k].key for _, k in left))
            found.append(Event("fleet", keys, left[0][0], end, decides, name))
        return found

    def _gone(self, members: list[Vessel], needed: int, t: float) -> float:
        """The first minute at which so many make more than 4 kn."""
        if self.heard is None:
            return float("nan")
        times = [counted(self.heard[v.id]) for v in members]
        for minute in np.arange(np.ceil(t / MINUTE) * MINUTE, RUN_S, MINUTE):
            if sum(_made_good(v, heard, minute) > 4 * KNOT for v, heard in zip(members, times, strict=True)) >= needed:
                return float(minute)
        return float("inf")


def counted(heard: Array) -> Array:
    """Of the times at which a vessel was heard the first in each 30 s.

    >>> counted(np.array([1.0, 11.0, 31.0, 95.0]))
    array([ 1., 31., 95.])
    """
    return np.asarray(heard[np.unique(np.floor(heard / 30.0), return_index=True)[1]])


def _made_good(v: Vessel, heard: Array, t: float) -> float:
    """m/s, between the last time of being heard by t and one a minute or more before."""
    last = int(np.searchsorted(heard, t, side="right")) - 1
    first = int(np.searchsorted(heard, heard[last] - MINUTE, side="right")) - 1 if last >= 0 else -1
    if first < 0:
        return 0.0
    x, y = v.at(heard[[first, last]])
    return float(np.hypot(x[1] - x[0], y[1] - y[0]) / (heard[last] - heard[first]))


def longer(mask: Array, least: float) -> Array:
    """A mask over the grid without what is over within `least` s: who turns about stands still for a moment.

    >>> longer(np.array([1, 0, 1, 1, 1], bool), 20.0).astype(int).tolist()
    [0, 0, 1, 1, 1]
    """
    kept = np.zeros(len(mask), np.bool_)
    for a, b in runs(mask, 0.0, least + STEP):
        kept[int(a / STEP) : int(b / STEP)] = True
    return kept


def runs(mask: Array, breaks: float, least: float) -> list[tuple[float, float]]:
    """From when to when a mask over the grid holds, breaks up to `breaks` s ignored, at least `least` s long.

    >>> runs(np.array([1, 1, 0, 1, 1, 0, 0, 0], bool), 10.0, 40.0)
    [(0.0, 50.0)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    spans: list[list[float]] = []
    for a, b in edges.reshape(-1, 2).tolist():
        if spans and (a - spans[-1][1]) * STEP <= breaks:
            spans[-1][1] = b
        else:
            spans.append([a, b])
    return [(a * STEP, b * STEP) for a, b in spans if (b - a) * STEP >= least]


def same(a: Event, b: Any) -> bool:
    """Whether two are of one kind, about the same vessels, at overlapping times."""
    return bool(a.kind == b.kind and a.vessels == b.vessels and a.start <= b.end and b.start <= a.end)


def doubtful(coast: Coast) -> list[Event]:
    """What is true with thresholds 5 % laxer and is not with thresholds 5 % stricter."""
    strict, lax = Twin(coast, slack=1.05).events(), Twin(coast, slack=0.95).events()
    return [
        e for e in lax if not any(same(e, s) or (e.kind == s.kind == "fleet" and e.group == s.group) for s in strict)
    ]


def judged(seed: int) -> Coast:
    """The coast of a seed without what is doubtful."""
    made = coast(seed)
    for _ in range(5):
        doubts = doubtful(made)
        if not doubts:
            break
        groups = {e.group for e in doubts} - {""}
        made = without(made, {k for e in doubts if not e.group for k in e.vessels}, groups)
    return made
