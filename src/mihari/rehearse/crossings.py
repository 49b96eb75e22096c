"""Vessels that would not be seen, by family: where they come from, where they go, how fast, when.

A family is a distribution, given as a map from uniform numbers: who simulates feeds it with dice, who predicts with a
grid of his own. Sizes, speeds and habits are assumed: nobody publishes those of real ones.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import direct, n_vector
from mihari.core.units import KNOT
from mihari.patrol.cells import Cells
from mihari.patrol.file import AreaSection, PatrolFile
from mihari.patrol.spells import Spell

Floats = NDArray[np.float64]

NUMBERS = 6  # uniform numbers that make one crossing
EARTH_M = 6_371_000.0
LANDING_M = 4000.0  # a place at sea so near to a shore is where one lands
ALONG_M = 1000.0  # so often a way is held against land
CHOICES = 6  # landing places among which who avoids radars chooses
AVOIDS_M = 35_000.0  # from a radar on shore: so near its way is not to lead
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of crossing. lengths: m of hull, one of them; speeds: kn, from to; by_night: between dusk and dawn;
    evasive: keeps from radars on shore, and turns away from aircraft and craft that it notices.
    """

    name: str
    lengths: tuple[float, ...]
    speeds: tuple[float, float]
    by_night: bool = False
    evasive: bool = False


STRAIGHT = Family("straight", (25.0,), (8.0, 25.0))
EVASIVE = Family("evasive", (10.0,), (12.0, 30.0), evasive=True)
DARK = Family("dark boat", (4.0, 5.0, 6.0), (20.0, 35.0), by_night=True)
FAMILIES = (STRAIGHT, EVASIVE, DARK)


@dataclass(frozen=True)
class Crossings:
    """m crossings. start, goal (m, 3): unit vectors; speed (m,) m/s; length (m,) m; begin (m,) UTC s.

    latest: UTC s at which all that still go are taken off.
    """

    family: Family
    start: Floats
    goal: Floats
    speed: Floats
    length: Floats
    begin: Floats
    latest: float

    def __len__(self) -> int:
        return len(self.speed)

    @property
    def duration(self) -> Floats:
        """s from start to goal, straight; (m,)."""
        return way(self.start, self.goal) / self.speed

    @property
    def end(self) -> Floats:
        """UTC s at which each is at its goal if nothing turns it, or the end of all; (m,)."""
        return np.minimum(self.begin + self.duration, self.latest)

    def at(self, times: Floats) -> Floats:
        """Unit vectors (m, t, 3) on the straight ways at times (t,) or (m, t); before and after: its ends."""
        when = np.broadcast_to(times, (len(self), np.shape(times)[-1]))
        part = np.clip((when - self.begin[:, None]) / np.maximum(self.duration, 1e-9)[:, None], 0.0, 1.0)
        return unit(self.start[:, None] + part[..., None] * (self.goal - self.start)[:, None])


def unit(vectors: Floats) -> Floats:
    """Vectors (…, 3) of length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def way(first: Floats, second: Floats) -> Floats:
    """m between unit vectors (…, 3), on the sphere."""
    return np.asarray(2 * EARTH_M * np.arcsin(np.minimum(np.linalg.norm(first - second, axis=-1) / 2, 1.0)))


def crossings(family: Family, file: PatrolFile, cells: Cells, spells: Sequence[Spell], numbers: Floats) -> Crossings:
    """The crossings that uniform numbers in [0, 1), (m, NUMBERS), stand for.

    Each starts on one of the long sides of the area and goes to a place near a shore; where there is none, to the
    other side. Land on its way ends it. It is over before the plan is, if there is time for that.
    """
    number = np.asarray(numbers, np.float64)
    ends = _landings(cells)
    side = np.where(number[:, 0] < 0.5, -1.0, 1.0)
    start = _edge(file.area, 2 * number[:, 0] % 1.0, side)
    if ends is None:
        goal = _edge(file.area, number[:, 1], -side)
    elif family.evasive:
        goal = _least_watched(file, start, ends, number[:, 1])
    else:
        goal = ends[(number[:, 1] * len(ends)).astype(int)]
    start, goal = _on_water(cells, start, goal)
    slow, fast = family.speeds
    speed = (slow + number[:, 2] * (fast - slow)) * KNOT
    length = np.array(family.lengths)[(number[:, 3] * len(family.lengths)).astype(int)]
    begin = _begin(family, file, spells, way(start, goal) / speed / 3600, number[:, 4])
    zero = file.start.timestamp()
    return Crossings(family, start, goal, speed, length, zero + 3600 * begin, zero + 3600 * file.hours)


def _edge(area: AreaSection, part: Floats, side: Floats) -> Floats:
    """Unit vectors of places on the long sides of an area: `part` along, `side` -1 left or 1 right."""
    x, y = 1000 * area.along_km * (part - 0.5), 500 * area.across_km * side
    bearing = math.radians(area.bearing_deg) + np.arctan2(y, x)
    return np.asarray(n_vector(*direct(area.lat_deg, area.lon_deg, bearing, np.hypot(x, y))[:2]))


def _landings(cells: Cells) -> Floats | None:
    """Unit vectors of places at sea near a shore; None where there is none."""
    if cells.land is None:
        return None
    places = cells.points[cells.on_sea]
    near = cells.land.distance_to_shore(places[:, 0], places[:, 1]) < LANDING_M
    return np.asarray(n_vector(*places[near].T)) if near.any() else None


def _least_watched(file: PatrolFile, start: Floats, ends: Floats, number: Floats) -> Floats:
    """Of some landing places, for each start, the one with the least way near radars."""
    radars = np.array([n_vector(r.lat_deg, r.lon_deg) for r in file.radar]).reshape(-1, 3)
    choice = ((number[:, None] + GOLDEN * np.arange(CHOICES)) % 1.0 * len(ends)).astype(int)
    goal = ends[choice]  # (m, choices, 3)
    part = np.linspace(0.0, 1.0, 60)[:, None]
    place = unit(start[:, None, None] * (1 - part) + goal[:, :, None] * part)
    near = (place @ radars.T > math.cos(AVOIDS_M / EARTH_M)).any(axis=-1).mean(axis=-1)
    near = near * way(start[:, None], goal)
    best = near.argmin(axis=1)
    return np.asarray(goal[np.arange(len(goal)), best])


def _on_water(cells: Cells, start: Floats, goal: Floats) -> tuple[Floats, Floats]:
    """Ways from where they first are at sea to where they first meet land."""
    if cells.land is None:
        return start, goal
    steps = max(int(way(start, goal).max(initial=ALONG_M) / ALONG_M), 1) + 1
    part = np.linspace(0.0, 1.0, steps)[:, None]
    place = unit(start[:, None] * (1 - part) + goal[:, None] * part)
    lat, lon = np.degrees(np.arcsin(place[..., 2])), np.degrees(np.arctan2(place[..., 1], place[..., 0]))
    land = cells.land.on_land(lat, lon)
    row = np.arange(len(start))
    first = np.argmin(land, axis=1)
    after = land & (np.arange(steps) > first[:, None])
    last = np.where(after.any(axis=1), np.argmax(after, axis=1) - 1, steps - 1)
    return place[row, first], place[row, np.maximum(last, first)]


def _begin(family: Family, file: PatrolFile, spells: Sequence[Spell], takes: Floats, number: Floats) -> Floats:
    """Hours at which they start, so that they arrive within their time: the night, or the plan."""
    nights = [(s.start, min(s.end, file.hours)) for s in spells if s.night and s.start < file.hours]
    if not family.by_night or not nights:
        return number * np.maximum(file.hours - takes, 0.0)
    joined = [nights[0]]
    for dusk, dawn in nights[1:]:
        joined = [*joined[:-1], (joined[-1][0], dawn)] if dusk == joined[-1][1] else [*joined, (dusk, dawn)]
    room = np.array([dawn - dusk for dusk, dawn in joined])
    share = np.cumsum(room) / room.sum()
    which = np.minimum(np.searchsorted(share, number, side="right"), len(joined) - 1)
    below = np.append(0.0, share)[which]
    within = (number - below) / (share[which] - below)
    first = np.array([night[0] for night in joined])[which]
    return np.asarray(first + within * np.maximum(room[which] - takes, 0.0))
