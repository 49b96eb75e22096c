"""Tracks and who supports them -> how far each sensor sees, now and usually, and whether that has shrunk.

A sea with no ship far out looks like a radar that sees no longer far. So a sensor is judged by the ships that others
hold: of the vessels that AIS places in the outer part of its range, how many does it see, and how many does it usually?
Where no other sensor looks on, the distance that holds 95 % of what it sees is compared with the usual one.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks, TrackStatus

SAMPLE_S = 10.0  # between two looks at all tracks
LOOKS = 30  # of what is seen now: five minutes
USUAL_S = 86400.0  # memory of what is usual: a day has its rhythm
LEARNED_S = 900.0  # of watching before anything is called usual
BIN_M, BINS = 1852.0, 64  # rings of a nautical mile
OUTER = 0.7  # the outer part begins at this share of the usual range
SHRUNK, SOUND = 0.5, 0.7  # of the vessels usually seen there: below it has shrunk, above it is well again
LEAST = 45.0  # vessel samples expected, one and a half vessels all the time: fewer are chance
ALONE_NOW, ALONE_USUAL = 60.0, 1000.0  # samples needed where no other sensor looks on
OCTANTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
METRES_PER_DEGREE = 111_195.0  # of latitude on the mean sphere: for rings of a mile that is exact enough
_EDGES: Array = (np.arange(BINS) + 1) * BIN_M


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one sensor sees. `expected` and `seen`: vessels in the outer part of its range, at a time."""

    sensor: int
    range_m: float | None = None  # holds 95 % of what it sees now
    usual_m: float | None = None
    shrunk: bool = False
    alone: bool = False  # no other sensor looks on: ships that left look the same
    sides: tuple[str, ...] = ()  # where it has shrunk; empty: all round
    beyond_m: float = 0.0  # where the outer part begins
    expected: float = 0.0
    seen: float = 0.0


class RangeWatch:
    """Watches the ranges of all sensors whose place is known. Time is that of the tracks."""

    def __init__(self) -> None:
        self._sights: dict[int, _Sight] = {}
        self._sampled = -math.inf

    def due(self, time: float) -> bool:
        """Whether it is time to look at all tracks again."""
        return not 0 <= time - self._sampled < SAMPLE_S

    def sample(self, time: float, tracks: Tracks, sensors: Sequence[Sensor]) -> None:
        """One look at all tracks at `time` (UTC s)."""
        passed = time - self._sampled
        self._sampled = time
        tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
        bits = tracks.sensors
        ais = np.uint64(sum(1 << s.index for s in sensors if s.kind == SensorKind.AIS and s.index < 64))
        for sensor in sensors:
            if not sensor.placed or sensor.index >= 64 or sensor.kind == SensorKind.AIR_RADAR:
                continue
            mine = np.uint64(1 << sensor.index)
            seen, held = (bits & mine) != 0, (bits & ais & ~mine) != 0
            ring, octant = _polar(sensor, tracks.lat_deg, tracks.lon_deg)
            near = ring * BIN_M < (sensor.range_max if sensor.kind == SensorKind.RADAR else BINS * BIN_M)
            sight = self._sights.setdefault(sensor.index, _Sight())
            sight.add(passed, octant, np.minimum(ring, BINS - 1), seen & near, held & near)

    def reaches(self) -> dict[int, Reach]:
        """Sensor -> how far it sees."""
        return {index: sight.reach(index) for index, sight in self._sights.items()}


class _Sight:
    """What one sensor saw and missed, by octant and ring: (8, BINS) vessel samples."""

    def __init__(self) -> None:
        self._looks: deque[tuple[Array, Array]] = deque()
        self.seen, self.missed = np.zeros((8, BINS)), np.zeros((8, BINS))
        self.usually_seen, self.usually_missed = np.zeros((8, BINS)), np.zeros((8, BINS))
        self.watched = 0.0
        self.alone = True  # no vessel was ever held by another sensor
        self.shrunk: set[int] = set()  # octants; 8: all round

    def add(self, passed: float, octant: Array, ring: Array, seen: Array, held: Array) -> None:
        step = min(max(passed, 0.0), SAMPLE_S) if math.isfinite(passed) else SAMPLE_S
        self.watched += step
        self.alone &= not held.any()
        missed = held & ~seen
        look = tuple(
            np.bincount(octant[w] * BINS + ring[w], minlength=8 * BINS).reshape(8, BINS) for w in (seen, missed)
        )
        self._looks.append((look[0], look[1]))
        self.seen, self.missed = self.seen + look[0], self.missed + look[1]
        if len(self._looks) > LOOKS:
            gone = self._looks.popleft()
            self.seen, self.missed = self.seen - gone[0], self.missed - gone[1]
        if not self.shrunk:  # a fault must not become what is usual
            fade = math.exp(-step / USUAL_S)
            self.usually_seen = self.usually_seen * fade + look[0]
            self.usually_missed = self.usually_missed * fade + look[1]
        if self.watched >= LEARNED_S:
            self.shrunk = {k for k in range(9) if self._has_shrunk(k)}

    def reach(self, sensor: int) -> Reach:
        now, usual = _within(self.seen.sum(0)), _within(self.usually_seen.sum(0))
        sides = tuple(OCTANTS[k] for k in sorted(self.shrunk - {8})) if 8 not in self.shrunk else ()
        rows = slice(None) if not sides else [OCTANTS.index(side) for side in sides]
        expected, seen, beyond = self._outer(rows)
        shrunk, alone = bool(self.shrunk), self.alone  # samples / LOOKS: vessels at a time
        return Reach(sensor, now, usual, shrunk, alone, sides, beyond, expected / LOOKS, seen / LOOKS)

    def _has_shrunk(self, which: int) -> bool:
        rows = slice(None) if which == 8 else [which]
        limit = SOUND if which in self.shrunk else SHRUNK
        if self.alone:
            return which == 8 and self._alone_shrunk(limit)
        expected, seen, _ = self._outer(rows)
        return expected >= LEAST and seen < limit * expected

    def _alone_shrunk(self, limit: float) -> bool:
        now, usual = _within(self.seen.sum(0)), _within(self.usually_seen.sum(0))
        enough = self.seen.sum() >= ALONE_NOW and self.usually_seen.sum() >= ALONE_USUAL
        return enough and now is not None and usual is not None and now < (limit + OUTER - SHRUNK) * usual

    def _outer(self, rows: slice | list[int]) -> tuple[float, float, float]:
        """Of the vessels in the outer part: samples usually seen, samples seen, and where that part begins, m."""
        usual = _within(self.usually_seen[rows].sum(0))
        if usual is None:
            return 0.0, 0.0, 0.0
        beyond = OUTER * usual
        outer = beyond < _EDGES
        known = self.usually_seen[rows] + self.usually_missed[rows]
        chance = np.where(known >= 20, self.usually_seen[rows] / np.maximum(known, 1.0), 0.0)
        expected = ((self.seen[rows] + self.missed[rows]) * chance)[:, outer].sum()
        return float(expected), float(self.seen[rows][:, outer].sum()), beyond


def _polar(sensor: Sensor, lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """The ring and the octant of each place, seen from the sensor."""
    across = (lon_deg - sensor.lon_deg + 180.0) % 360.0 - 180.0
    east, north = across * math.cos(math.radians(sensor.lat_deg)), lat_deg - sensor.lat_deg
    ring = (np.hypot(east, north) * METRES_PER_DEGREE / BIN_M).astype(np.int64)
    octant = np.rint(np.arctan2(east, north) / (math.pi / 4)).astype(np.int64) % 8
    return ring, octant


def _within(samples: Array) -> float | None:
    """The distance within which 95 % of the samples lie, m; None where there are hardly any.

    >>> _within(np.concatenate([np.full(10, 10.0), np.zeros(54)])) / 1852
    9.5
    """
    total = samples.sum()
    if total < 10:
        return None
    return float(np.interp(0.95 * total, np.concatenate([[0.0], np.cumsum(samples)]), np.arange(BINS + 1) * BIN_M))
