"""Where vehicles truly were, where vessels truly were -> who was seen when and by whom. Only here dice are thrown.

A pass of a vehicle: it comes nearer, is nearest, and is OPENS_M farther off again (or one of the two is gone). Each is
one look, with the chance that its sensors have at the nearest, in the weather and light there and from the height it
had then. A radar on shore throws dice each scan; whom it has in five of ten scans on end it holds: seen.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import n_vector
from mihari.core.units import NAUTICAL_MILE
from mihari.patrol.cells import Cells
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import radar_of
from mihari.rehearse.conditions import Conditions
from mihari.rehearse.crossings import EARTH_M
from mihari.rehearse.flight import Flown
from mihari.sensors.coverage import Sight
from mihari.sensors.platform import PlatformProfile, profile
from mihari.sensors.sweep import LateralRange, lateral_range

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEP_S = 20.0
OPENS_M = 2000.0
NOTHING_SEES_M = 125_000.0
SCAN_S = 2.5  # one turn of the antenna
HELD, OF = 5, 10  # plots in so many scans on end: held (IMO MSC.64(67) annex 4)
HEIGHTS = 8  # parts of the working height in which sensors are worked out on the way up and down


@dataclass(frozen=True)
class Seen:
    """n sightings of m vessels, in the order of their times: vessel (n,) row; time (n,) UTC s; by (n,) who."""

    vessel: Ints
    time: Floats
    by: NDArray[np.str_]

    def first(self, vessels: int) -> Floats:
        """UTC s at which each of so many vessels was first seen; inf: never."""
        found = np.full(vessels, np.inf)
        np.minimum.at(found, self.vessel, self.time)
        return found


class Judge:
    """Judges many vessels against one flight. `weather`: the patrol with the weather as it truly was."""

    def __init__(self, weather: PatrolFile, cells: Cells, flown: Flown) -> None:
        self.file, self.cells, self.flown = weather, cells, flown
        self.conditions = Conditions.of(weather)
        every = max(round(STEP_S / (flown.times[1] - flown.times[0])), 1)
        self.times = flown.times[::every]
        self.vehicle = np.asarray(n_vector(flown.lat_deg[::every], flown.lon_deg[::every]))
        self.out, self.height = flown.out[::every], flown.height[::every]
        self.spell = np.array([self.conditions.index(t) for t in self.times])

    def judge(
        self, at: Callable[[Floats], Floats], begin: Floats, end: Floats, length: Floats, rng: np.random.Generator
    ) -> Seen:
        """Who of m vessels was seen. at: times (k,) UTC s -> unit vectors (m, k, 3); begin, end, length (m,)."""
        found = [self._passes(at, begin, end, length, rng), *self._held(at, begin, end, length, rng)]
        vessel, time, by = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.argsort(time, kind="stable")
        return Seen(vessel[order], time[order], by[order])

    def _passes(
        self, at: Callable[[Floats], Floats], begin: Floats, end: Floats, length: Floats, rng: np.random.Generator
    ) -> tuple[Ints, Floats, NDArray[np.str_]]:
        out = np.flatnonzero(self.out.any(axis=0))  # who never leaves is not asked for
        shape = len(begin), len(out)
        low, row, high = np.full(shape, np.inf), np.zeros(shape, np.int64), np.zeros(shape)
        closing, was = np.ones(shape, bool), np.zeros(shape, bool)
        events: list[tuple[Ints, Ints, Ints, Floats]] = []
        places, vehicles = np.swapaxes(at(self.times), 0, 1), self.vehicle[:, out]
        last = len(self.times) - 1
        for t, time in enumerate(self.times):
            some = np.flatnonzero((time >= begin) & ((time < end + 2 * STEP_S) | (t == last)))
            if not len(some):
                continue
            there = (time < end[some]) & (t < last)
            on = there[:, None] & self.out[t, out]
            apart = EARTH_M * np.linalg.norm(places[t, some][:, None] - vehicles[t][None], axis=2)
            near, closes, top = low[some], closing[some], high[some]
            nearer = on & closes & (apart < near)
            near, when = np.where(nearer, apart, near), np.where(nearer, t, row[some])
            opened = on & closes & (apart > near + OPENS_M)
            over = (opened | (closes & was[some] & ~on)) & (near < NOTHING_SEES_M)
            if over.any():
                vessel, vehicle = np.nonzero(over)
                events.append((some[vessel], out[vehicle], when[over], near[over]))
            closes &= ~opened
            top = np.where(opened, apart, np.where(on & ~closes, np.maximum(top, apart), top))
            again = (on & ~closes & (apart < top - OPENS_M)) | ~on
            low[some] = np.where(again, np.where(on, apart, np.inf), near)
            row[some], high[some] = np.where(again, t, when), top
            closing[some], was[some] = closes | again, on
        return self._drawn(events, length, rng)

    def _drawn(
        self, events: list[tuple[Ints, Ints, Ints, Floats]], length: Floats, rng: np.random.Generator
    ) -> tuple[Ints, Floats, NDArray[np.str_]]:
        """Of passes (vessel, vehicle, step, m), those that saw."""
        if not events:
            return np.zeros(0, np.int64), np.zeros(0), np.zeros(0, "<U40")
        vessel, vehicle, step, near = (np.concatenate(part) for part in zip(*events, strict=True))
        kinds = [v.platform.id for v in self.flown.vehicles]
        working = np.array([v.platform.working_height for v in self.flown.vehicles])[vehicle]
        part = np.where(np.isfinite(working), np.rint(HEIGHTS * self.height[step, vehicle] / working), HEIGHTS)
        part = np.clip(np.nan_to_num(part), 0, 2 * HEIGHTS).astype(int)
        chance = np.zeros(len(vessel))
        keys = np.stack([vehicle, part, self.spell[step], np.rint(10 * length[vessel]).astype(int)], axis=1)
        for key in np.unique(keys, axis=0):
            same = (keys == key).all(axis=1)
            who, height, spell, size = (int(k) for k in key)
            chance[same] = self._curve(kinds[who], height, spell, size / 10).at(near[same])
        saw = rng.uniform(size=len(chance)) < chance
        names = np.array(self.flown.names)
        return vessel[saw], self.times[step[saw]], names[vehicle[saw]]

    @functools.cache  # noqa: B019  # lives as long as its judge
    def _curve(self, kind: str, height: int, spell: int, length: float) -> LateralRange:
        """What a platform sees at eighths of its working height."""
        now = self.conditions.spells[spell]
        return lateral_range(_at_height(profile(kind), height), length, now.weather, now.night, now.cloud_base)

    def _held(
        self, at: Callable[[Floats], Floats], begin: Floats, end: Floats, length: Floats, rng: np.random.Generator
    ) -> list[tuple[Ints, Floats, NDArray[np.str_]]]:
        """By each radar on shore: who it came to hold, and when first."""
        times = self.times[self.times <= self.file.start.timestamp() + 3600 * self.file.hours]
        scans = round(STEP_S / SCAN_S)
        place = at(times)
        found = []
        for section in self.file.radar:
            centre = np.asarray(n_vector(section.lat_deg, section.lon_deg))
            reach = section.reach_nm * NAUTICAL_MILE
            near = (
                (place @ centre > math.cos(1.02 * reach / EARTH_M)) & (times >= begin[:, None]) & (times < end[:, None])
            )
            who, when = [], []
            for vessel in np.flatnonzero(near.any(axis=1)):
                steps = np.flatnonzero(near[vessel])
                chance = self._scan_chance(section.name, place[vessel, steps], self.spell[steps], float(length[vessel]))
                for run in np.split(np.arange(len(steps)), np.flatnonzero(np.diff(steps) > 1) + 1):
                    plots = rng.uniform(size=scans * len(run)) < np.repeat(chance[run], scans)
                    total = np.concatenate([[0], np.cumsum(plots)])
                    held = np.flatnonzero(total[HELD:] - total[np.maximum(np.arange(HELD, len(total)) - OF, 0)] >= HELD)
                    if len(held):
                        who.append(vessel)
                        when.append(times[steps[run[0]]] + SCAN_S * (held[0] + HELD))
                        break
            found.append((np.array(who, np.int64), np.array(when), np.full(len(who), section.name, "<U40")))
        return found

    def _scan_chance(self, name: str, place: Floats, spell: Ints, length: float) -> Floats:
        """Chance of a plot in one scan at places (k, 3)."""
        lat, lon = np.degrees(np.arcsin(place[:, 2])), np.degrees(np.arctan2(place[:, 1], place[:, 0]))
        chance = np.zeros(len(place))
        section = next(r for r in self.file.radar if r.name == name)
        for s in np.unique(spell):
            radar = radar_of(section, self.cells, self.conditions.spells[s])
            rows = spell == s
            chance[rows] = radar.probability(lat[rows], lon[rows], 0.0, Sight(length))
        return chance


def _at_height(platform: PlatformProfile, part: int) -> PlatformProfile:
    """A platform that works at eighths of its usual height; craft stay as they are."""
    if platform.kind != "aircraft":
        return platform
    return replace(platform, working_height=max(part, 1) / HEIGHTS * platform.working_height)
