"""A patrol and its plan -> the chance that a vessel of a family is seen at least once. No flight, no dice.

Vehicles are where the plan has them: on straight legs at even speed between their stops. Vessels are on a fixed grid of
ways of their family. A look at a cell is a pass like any other: who passes by within reach of the sensors may be seen,
wherever the vehicle is bound. In detail:

- A pass is a least distance between a vessel and a vehicle, exact on straight legs; it counts as another one if they
  were 2 km farther apart in between. It sees with the lateral range curve's chance at that distance, in the weather
  and light foreseen then.
- An aircraft climbs after its launch and comes down before its landing as its profile has it; its sensors see from
  there (in eighths of its working height).
- Where a plan stays over a cell for more passes, a vessel in that cell is seen with the ground's `seen` instead.
- A radar on shore holds a vessel that has given plots in five of ten scans on end. The chance for that to happen, a
  scan, is worked out once for each chance of a plot (a Markov chain over the last nine scans).
- Vessels that evade turn away from where the plan has its vehicles.

Passes, cells and radars are taken to miss independently of each other, vessel by vessel.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from mihari.core.geodesy import lat_lon, polar_of
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground, radar_of
from mihari.patrol.plan import Plan, Stop
from mihari.patrol.vehicles import Vehicle, vehicles_of
from mihari.rehearse.crossings import NUMBERS, Crossings, Family, crossings
from mihari.rehearse.evasion import BY_DAY, BY_NIGHT, STEP_S, evade
from mihari.sensors.coverage import Sight
from mihari.sensors.sweep import LateralRange, lateral_range

Floats = NDArray[np.float64]

GRID = 1024  # ways that a family is judged by
APART_M = 2000.0  # in between, for two passes to be two
SCAN_S = 2.5  # a turn of the antenna; five plots of ten scans hold a vessel
DWELLS_S = 60.0  # a stop that lasts longer is flown in several passes
RADAR_STEP_S = 60.0
EIGHTHS = 8
BENDS_S, STRAIGHT_S = (
    120.0,
    1800.0,
)  # for so long the way of a vessel that evades, and of another, is as good as straight


@dataclass(frozen=True)
class Predicted:
    """seen: chance of a family, at least once; by_way (m,): of each way; looks: mean sightings by vehicles."""

    family: Family
    seen: float
    by_way: Floats
    looks: float


@dataclass(frozen=True)
class Course:
    """Where a plan has a vehicle: times (n,) UTC s, plane (n, 2) m. launch: when it left, maybe before the plan."""

    vehicle: Vehicle
    times: Floats
    plane: Floats
    stops: tuple[Stop, ...]
    launch: float

    def height(self, times: Floats) -> Floats:
        """m above the sea at times: up at a rate that falls to nothing at the ceiling, down at the rate of sinking."""
        one = self.vehicle.platform
        if one.kind != "aircraft":
            return np.zeros(np.shape(times))
        up = one.ceiling * -np.expm1(-one.climb / one.ceiling * np.maximum(times - self.launch, 0.0))
        down = one.sink * np.maximum(self.times[-1] - times, 0.0)
        return np.asarray(np.minimum(np.minimum(up, down), one.working_height))


class Prediction:
    """A plan, made ready for questions: `of` a family."""

    def __init__(self, file: PatrolFile, ground: Ground, plan: Plan) -> None:
        self.file, self.ground, self.plan = file, ground, plan
        self.begin = file.start.timestamp()
        self.starts = np.array([s.start for s in ground.spells])
        area = file.area
        self.centre = area.lat_deg, area.lon_deg
        vehicles = {v.name: v for v in vehicles_of(file)}
        self.courses = [self._course(vehicles[s.vehicle], s.vehicle, i) for i, s in enumerate(plan.sorties)]

    def of(self, family: Family, grid: int = GRID) -> Predicted:
        """The chance of a family."""
        numbers = qmc.Sobol(NUMBERS, scramble=False).random(grid) + 0.5 / grid
        cast = crossings(family, self.file, self.ground.cells, self.ground.spells, numbers % 1.0)
        at, begin, end = self._ways(cast)
        missed = np.zeros(grid)  # logarithms
        looks = 0.0
        bends = BENDS_S if family.evasive else STRAIGHT_S
        for course in self.courses:
            chance = self._passed(course, at, begin, end, cast.length, bends)
            missed += np.log1p(-np.minimum(chance, 1 - 1e-12)).sum(axis=1)
            looks += float(chance.sum()) / grid
        missed += self._dwelt(at, begin, end, cast.length)
        missed += self._watched(at, begin, end, cast.length)
        seen = -np.expm1(missed)
        return Predicted(family, float(seen.mean()), seen, looks)

    def _course(self, vehicle: Vehicle, name: str, row: int) -> Course:
        sortie = self.plan.sorties[row]
        nodes = [(sortie.launch if sortie.start else self.plan.begin, sortie.lat_deg, sortie.lon_deg)]
        for stop in sortie.stops:
            nodes += [(stop.arrive, stop.lat_deg, stop.lon_deg), (stop.leave, stop.lat_deg, stop.lon_deg)]
        nodes.append((sortie.landing, sortie.end_lat_deg, sortie.end_lon_deg))
        times, lat, lon = (np.array(part) for part in zip(*nodes, strict=True))
        return Course(vehicle, times, self._plane(lat, lon), sortie.stops, sortie.launch)

    def _plane(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """(…, 2) m east and north on the plane in which distances and bearings from the area's middle are right."""
        way, bearing = polar_of(*self.centre, 0.0, lat_deg, lon_deg)
        return np.stack([way * np.sin(bearing), way * np.cos(bearing)], axis=-1)

    def _ways(self, cast: Crossings) -> tuple[Callable[[Floats], Floats], Floats, Floats]:
        """times (m, k) -> places (m, k, 2) on the plane; begin and end (m,)."""
        if not cast.family.evasive:
            steps = np.linspace(0.0, 1.0, 33)
            knots = self._flat(cast.at(cast.begin[:, None] + steps * cast.duration[:, None]))
            return functools.partial(_along, cast.begin, cast.duration / 32, knots), cast.begin, cast.end
        times = np.arange(self.begin, cast.latest + STEP_S, STEP_S)
        where, noticed = self._watchers(times)
        ways = evade(cast, self.ground.cells, times, where, noticed)
        knots = self._flat(ways.place)
        first = np.full(len(cast), times[0])
        return functools.partial(_along, first, np.full(len(cast), STEP_S), knots), ways.begin, ways.end

    def _flat(self, place: Floats) -> Floats:
        lat, lon = lat_lon(place)
        return self._plane(np.asarray(lat), np.asarray(lon))

    def _watchers(self, times: Floats) -> tuple[Floats, Floats]:
        """Unit vectors (t, v, 3) of planned vehicles, and m within which each is noticed (t, v)."""
        from mihari.core.geodesy import direct, n_vector

        night = np.array([self.ground.spells[i].night for i in self._spell(times)])
        places, reach = [], []
        for course in self.courses:
            x, y = (np.interp(times, course.times, course.plane[:, axis]) for axis in (0, 1))
            places.append(n_vector(*direct(*self.centre, np.arctan2(x, y), np.hypot(x, y))[:2]))
            slant = np.where(night, BY_NIGHT, BY_DAY)
            over = np.sqrt(np.maximum(slant**2 - course.height(times) ** 2, 0.0))
            out = (times >= course.times[0]) & (times <= course.times[-1])
            out &= course.vehicle.platform.kind != "underwater"
            reach.append(np.where(out, over, 0.0))
        if not places:
            return np.zeros((len(times), 1, 3)), np.zeros((len(times), 1))
        return np.stack(places, axis=1), np.stack(reach, axis=1)

    def _spell(self, times: Floats) -> NDArray[np.int64]:
        return np.maximum(np.searchsorted(self.starts, (times - self.begin) / 3600, side="right") - 1, 0)

    def _passed(
        self, course: Course, at: Callable[[Floats], Floats], begin: Floats, end: Floats, length: Floats, bends: float
    ) -> Floats:
        """Chance with which each pass of a sortie sees each vessel, (m, passes at most). bends: s."""
        grid = np.arange(course.times[0], course.times[-1], bends)
        node = np.union1d(course.times, grid)
        first, last = np.maximum(begin, course.times[0]), np.minimum(end, course.times[-1])
        there = first < last
        times = np.clip(node[None], first[:, None], np.maximum(first, last)[:, None])
        own = np.stack([np.interp(times, course.times, course.plane[:, axis]) for axis in (0, 1)], axis=-1)
        apart = at(times) - own
        nearest, when = _least(apart, times)
        found = _separate(nearest, when, np.hypot(*np.moveaxis(apart, -1, 0)))
        chance = np.zeros(found[0].shape)
        spell = self._spell(found[1])
        one = course.vehicle.platform
        eighths = np.full(spell.shape, EIGHTHS)
        if one.kind == "aircraft":
            eighths = np.maximum(np.rint(EIGHTHS * course.height(found[1]) / one.working_height), 1).astype(int)
        looked = np.isfinite(found[0]) & there[:, None]
        for size in np.unique(length):
            same = looked & (length[:, None] == size)
            for s, part in np.unique(np.stack([spell[same], eighths[same]]), axis=1).T.tolist():
                rows = same & (spell == s) & (eighths == part)
                chance[rows] = self._curve(one.id, s, float(size), part).at(found[0][rows])
        return chance

    @functools.cache  # noqa: B019  # lives as long as the prediction
    def _curve(self, platform: str, spell: int, length: float, eighths: int = EIGHTHS) -> LateralRange:
        one = next(c.vehicle.platform for c in self.courses if c.vehicle.platform.id == platform)
        if one.kind == "aircraft":
            one = replace(one, working_height=one.working_height * eighths / EIGHTHS)
        now = self.ground.spells[spell]
        return lateral_range(one, length, now.weather, now.night, now.cloud_base)

    def _dwelt(self, at: Callable[[Floats], Floats], begin: Floats, end: Floats, length: Floats) -> Floats:
        """Logarithm of what further passes over cells miss, beyond the first, which `_passed` has; (m,)."""
        missed = np.zeros(len(begin))
        along, across = self.ground.cells.side
        turn = math.radians(self.file.area.bearing_deg)
        for course in self.courses:
            for stop in course.stops:
                if stop.purpose != "cell" or stop.leave - stop.arrive < DWELLS_S:
                    continue
                time = (stop.arrive + stop.leave) / 2
                place = at(np.full((len(begin), 1), time))[:, 0]
                east, north = (place - self._plane(np.array(stop.lat_deg), np.array(stop.lon_deg))).T
                inside = np.abs(east * math.sin(turn) + north * math.cos(turn)) <= along / 2
                inside &= np.abs(east * math.cos(turn) - north * math.sin(turn)) <= across / 2
                inside &= (begin <= time) & (time < end)
                spell = int(self._spell(np.array([time]))[0])
                passes = 1 + round((stop.leave - stop.arrive) * course.vehicle.platform.cruise / along)
                for size in np.unique(length[inside]):
                    curve = self._curve(course.vehicle.platform.id, spell, float(size))
                    once, often = curve.seen(across), curve.seen(across, passes)
                    rows = inside & (length == size)
                    missed[rows] += math.log(max(1 - often, 1e-12)) - math.log(max(1 - once, 1e-12))
        return missed

    def _watched(self, at: Callable[[Floats], Floats], begin: Floats, end: Floats, length: Floats) -> Floats:
        """Logarithm of the chance that no radar on shore comes to hold a vessel; (m,)."""
        missed = np.zeros(len(begin))
        if not self.file.radar:
            return missed
        times = np.arange(self.begin, self.begin + 3600 * self.file.hours, RADAR_STEP_S)
        place = at(np.broadcast_to(times, (len(begin), len(times))))
        on = (times >= begin[:, None]) & (times < end[:, None])
        spells = self._spell(times)
        for section in self.file.radar:
            middle = self._plane(np.array(section.lat_deg), np.array(section.lon_deg))
            near = on & (np.hypot(*np.moveaxis(place - middle, -1, 0)) < 1.05 * 1852 * section.reach_nm)
            for size in np.unique(length):
                for s in np.unique(spells):
                    rows, steps = np.nonzero(near & (length == size)[:, None] & (spells == s)[None])
                    radar = radar_of(section, self.ground.cells, self.ground.spells[s])
                    chance = radar.probability(*self._degrees(place[rows, steps]), 0.0, Sight(float(size)))
                    rate = np.interp(chance, *holding()) * RADAR_STEP_S / SCAN_S
                    np.add.at(missed, rows, -rate)
        return missed

    def _degrees(self, plane: Floats) -> tuple[Floats, Floats]:
        from mihari.core.geodesy import direct

        x, y = plane[:, 0], plane[:, 1]
        lat, lon = direct(*self.centre, np.arctan2(x, y), np.hypot(x, y))[:2]
        return np.asarray(lat), np.asarray(lon)


def _along(first: Floats, step: Floats, knots: Floats, times: Floats) -> Floats:
    """Places (m, k, 2) at times (m, k): straight between knots (m, n, 2), the first at `first`, `step` s apart."""
    row = np.clip((times - first[:, None]) / np.maximum(step, 1e-9)[:, None], 0.0, knots.shape[1] - 1.000001)
    low = row.astype(int)
    vessel = np.arange(len(knots))[:, None]
    part = (row - low)[..., None]
    return np.asarray(knots[vessel, low] * (1 - part) + knots[vessel, low + 1] * part)


def _least(apart: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Least distance on each straight piece between nodes, and its time: (m, n - 1). apart: (m, n, 2) m."""
    first, step = apart[:, :-1], np.diff(apart, axis=1)
    part = -(first * step).sum(-1) / np.maximum((step**2).sum(-1), 1e-9)
    part = np.clip(part, 0.0, 1.0)
    least = np.hypot(*np.moveaxis(first + part[..., None] * step, -1, 0))
    return least, times[:, :-1] + part * np.diff(times, axis=1)


def _separate(least: Floats, when: Floats, node: Floats) -> tuple[Floats, Floats]:
    """Of the least distances of all pieces (m, n - 1), those of separate passes; the others are infinite.

    node (m, n): distances at the nodes; between two passes one of them is APART_M above both.

    >>> found, _ = _separate(np.array([[1e3, 2e3, 5e3]]), np.zeros((1, 3)), np.array([[9e3, 2.5e3, 8e3, 9e3]]))
    >>> found.tolist()  # the second is still the first pass; 8 km later comes another
    [[1000.0, inf, 5000.0]]
    """
    kept = np.full(least.shape, np.inf)
    times = when.copy()
    best, column = np.full(len(least), np.inf), np.zeros(len(least), np.int64)
    top = np.full(len(least), -np.inf)
    row = np.arange(len(least))
    for k in range(least.shape[1]):
        parted = (top > best + APART_M) & (top > least[:, k] + APART_M)
        kept[row[parted], column[parted]] = best[parted]
        fresh = parted | (least[:, k] < best)
        best, column = np.where(fresh, least[:, k], best), np.where(fresh, k, column)
        top = np.where(fresh, node[:, k + 1], np.maximum(top, node[:, k + 1]))
    kept[row, column] = best
    return kept, times


@functools.cache
def holding() -> tuple[Floats, Floats]:
    """(chance of a plot, chance a scan that a vessel comes to be held by it): five plots of ten scans on end.

    The chain of the last nine scans, from those in which it is not held yet; its largest eigenvalue is what is left
    of not being held each scan, once it has gone on for some scans.

    >>> chance, rate = holding()
    >>> bool(rate[0] == 0.0), bool(rate[-1] > 0.2), bool(np.all(np.diff(rate) >= 0))
    (True, True, True)
    """
    states = np.arange(512)
    plots = np.array([int(s).bit_count() for s in states])
    chances = np.append(0.0, np.geomspace(0.01, 1.0, 48))
    rates = np.zeros(len(chances))
    for i, p in enumerate(chances[1:], 1):
        weight = np.where(plots < 5, 1.0, 0.0)
        weight /= weight.sum()
        left = 1.0
        for _ in range(200):
            after = np.zeros(512)
            np.add.at(after, (states << 1) & 511, weight * (1 - p))
            hit = plots < 4  # a fifth plot among ten holds it
            np.add.at(after, ((states << 1) & 511)[hit] | 1, (weight * p)[hit])
            after[plots >= 5] = 0.0
            left = after.sum()
            if left <= 1e-12:
                break
            weight = after / left
        rates[i] = min(max(-math.log(max(left, 1e-12)), 0.0), 5.0)
    return chances, np.maximum.accumulate(rates)
