"""Places with times -> a smooth path: straight between the places, the corners rounded in a known time.

A path is a cubic Hermite curve over time: knots with position and velocity, in degrees and degrees a second. Corners of
straight legs are parabolic blends, so a vessel never jumps and its acceleration is finite; velocity is the curve's own
derivative, so truth is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.units import course_from_velocity

Floats = NDArray[np.float64]

BLEND_S = 60.0  # a ship turns or gathers way in about a minute


@dataclass(frozen=True, slots=True)
class Path:
    """Knots of one vessel's way, (k,) each: `time` s after the scenario's start (may be negative), strictly growing.

    `lat_rate`, `lon_rate` in deg/s; `course` rad, where it points when it does not move. Before the first and after
    the last knot it goes on as it did there; with a `lap` (s, from the first knot to the last, which lie at one place)
    it goes round for ever. Longitudes run on without a jump (they may pass 180).
    """

    time: Floats
    lat_deg: Floats
    lon_deg: Floats
    lat_rate: Floats
    lon_rate: Floats
    course: Floats
    lap: float = 0.0

    @classmethod
    def round(cls, start: float, legs: ArrayLike, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Path:
        """At the first place at `start` s, `legs` s (n,) from each to the next and from the last back to the first.

        >>> there = Path.round(0.0, [600, 600, 600, 600], [10.0, 10.1, 10.1, 10.0], [20.0, 20.0, 20.1, 20.1])
        >>> there.lap, there.time[:3].tolist()
        (2400.0, [30.0, 570.0, 630.0])
        """
        leg, lat, lon = (np.asarray(values, dtype=np.float64) for values in (legs, lat_deg, lon_deg))
        lap = float(leg.sum())
        times = start + np.cumsum(np.append(-lap, np.tile(leg, 3)[:-1]))  # the lap before and the one after, too
        whole = cls.through(times, np.tile(lat, 3), np.tile(lon, 3), goes_on=True)
        first = int(np.searchsorted(whole.time, start))
        last = int(np.argmin(np.abs(whole.time - whole.time[first] - lap)))
        columns = {f.name: getattr(whole, f.name)[first : last + 1] for f in fields(cls) if f.name != "lap"}
        return cls(**columns, lap=lap)

    @classmethod
    def through(
        cls, time: ArrayLike, lat_deg: ArrayLike, lon_deg: ArrayLike, blend: float = BLEND_S, goes_on: bool = False
    ) -> Path:
        """At each place at its time, except that corners are cut within `blend` s (half of it before, half after).

        Before the first and after the last place it lies still, or with `goes_on` keeps the velocity of the first and
        last leg. Raises ValueError unless there are at least two places, with growing times.

        >>> there = Path.through([0, 600, 1200], [10.0, 10.1, 10.1], [20.0, 20.0, 20.0])
        >>> there.time.tolist()
        [-30.0, 30.0, 570.0, 630.0, 1200.0]
        """
        t, lat, lon = (np.asarray(values, dtype=np.float64) for values in (time, lat_deg, lon_deg))
        if len(t) < 2 or not (len(t) == len(lat) == len(lon)) or not (np.diff(t) > 0).all():
            raise ValueError("a path needs at least two places with growing times")
        lon = lon[0] + np.cumsum(np.append(0.0, (np.diff(lon) + 180.0) % 360.0 - 180.0))
        leg = np.diff(t)
        rates = np.stack([np.diff(lat) / leg, np.diff(lon) / leg])
        ends = (rates[:, :1], rates[:, -1:]) if goes_on else (np.zeros((2, 1)), np.zeros((2, 1)))
        before, after = np.hstack([ends[0], rates]), np.hstack([rates, ends[1]])
        half = np.minimum(blend / 2, np.minimum(np.append(np.inf, leg), np.append(leg, np.inf)) / 2)
        bends = (before != after).any(axis=0)
        knots = [
            _Corner(t[i], lat[i], lon[i], before[:, i], after[:, i], half[i])
            for i in range(len(t))
            if bends[i] or i in (0, len(t) - 1)
        ]
        return _joined(knots)

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class _Corner:
    """A place where the velocity changes from `before` to `after` (lat, lon in deg/s) within ± `half` s."""

    time: float
    lat_deg: float
    lon_deg: float
    before: Floats
    after: Floats
    half: float

    def knots(self) -> list[tuple[float, float, float, float, float]]:
        """Where the blend begins and ends; one knot where there is none."""
        if (self.before == self.after).all():
            return [(self.time, self.lat_deg, self.lon_deg, self.after[0], self.after[1])]
        (a, b), (c, d), h = self.before, self.after, self.half
        first = (self.time - h, self.lat_deg - a * h, self.lon_deg - b * h, a, b)
        return [first, (self.time + h, self.lat_deg + c * h, self.lon_deg + d * h, c, d)]


def _joined(corners: Sequence[_Corner]) -> Path:
    rows = np.array([knot for corner in corners for knot in corner.knots()])
    rows = rows[np.append(True, np.diff(rows[:, 0]) > 1e-9)]  # blends that touch share a knot
    lat_rate, lon_rate = rows[:, 3], rows[:, 4]
    _, course = course_from_velocity(lon_rate * np.cos(np.radians(rows[:, 1])), lat_rate)
    moving = np.flatnonzero((lat_rate != 0) | (lon_rate != 0))
    if len(moving):  # at rest: as it came, before it ever moved: as it will go
        latest = np.searchsorted(moving, np.arange(len(rows)), side="right") - 1
        course = course[moving[np.maximum(latest, 0)]]
    return Path(rows[:, 0], rows[:, 1], rows[:, 2], lat_rate, lon_rate, np.asarray(course))


@dataclass(frozen=True, slots=True)
class Paths:
    """Many paths in flat columns: the knots of all (k,), and per path its first knot and their number."""

    time: Floats
    lat_deg: Floats
    lon_deg: Floats
    lat_rate: Floats
    lon_rate: Floats
    course: Floats
    lap: Floats
    first: NDArray[np.int64]
    count: NDArray[np.int64]

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Paths:
        """These paths, in this order."""
        names = ("time", "lat_deg", "lon_deg", "lat_rate", "lon_rate", "course")
        columns = {n: np.concatenate([getattr(p, n) for p in paths] or [np.zeros(0)]) for n in names}
        count = np.array([len(p) for p in paths], dtype=np.int64)
        lap = np.array([p.lap for p in paths], dtype=np.float64)
        return cls(**columns, lap=lap, first=np.cumsum(count) - count, count=count)
