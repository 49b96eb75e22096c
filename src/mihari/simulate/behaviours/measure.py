"""Paths -> where vessels truly are at whole seconds, how fast, how far apart; and from when to when something holds.

Intervals are half-open on whole seconds, as run-time event calculus has them (RTEC, Artikis et al. 2015): `start` is
the first second at which it holds, `end` the first at which it no longer does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import E2, A, ecef
from mihari.core.units import course_from_velocity, wrap_half_turn
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Motion:
    """One vessel at n times: degrees, m/s east and north, and speed m/s and course rad from them."""

    time: Floats
    lat_deg: Floats
    lon_deg: Floats
    east_mps: Floats
    north_mps: Floats

    @property
    def speed(self) -> Floats:
        """Over ground, m/s."""
        return np.hypot(self.east_mps, self.north_mps)

    @property
    def course(self) -> Floats:
        """Over ground, rad clockwise from true north."""
        return np.asarray(course_from_velocity(self.east_mps, self.north_mps)[1])


def seconds(duration: float) -> Floats:
    """0, 1, 2 and so on, up to the end of the scenario."""
    return np.arange(np.floor(duration) + 1.0)


def moved(path: Path, time: ArrayLike) -> Motion:
    """The vessel of `path` at `time`: cubic Hermite between its knots, straight on before the first and after the last.

    >>> there = moved(Path.through([0, 3600], [0.0, 0.0], [0.0, 0.1], goes_on=True), [0.0, 1800.0, 7200.0])
    >>> there.lon_deg.round(6).tolist(), there.speed.round(2).tolist()  # 0.1° of the equator is 11,132 m
    ([0.0, 0.05, 0.2], [3.09, 3.09, 3.09])
    """
    when = np.atleast_1d(np.asarray(time, dtype=np.float64))
    lat, lat_rate = _hermite(path.time, path.lat_deg, path.lat_rate, when)
    lon, lon_rate = _hermite(path.time, path.lon_deg, path.lon_rate, when)
    curvature = np.sqrt(1 - E2 * np.sin(np.radians(lat)) ** 2)
    north = np.radians(lat_rate) * A * (1 - E2) / curvature**3  # meridian radius, NIMA TR8350.2
    east = np.radians(lon_rate) * A / curvature * np.cos(np.radians(lat))
    return Motion(when, lat, lon, east, north)


def _hermite(knots: Floats, value: Floats, rate: Floats, time: Floats) -> tuple[Floats, Floats]:
    """Value and rate at `time`."""
    inside = np.clip(time, knots[0], knots[-1])
    k = np.clip(np.searchsorted(knots, inside, side="right") - 1, 0, len(knots) - 2)
    h = knots[k + 1] - knots[k]
    u = (inside - knots[k]) / h
    a, b, c, d = value[k], value[k + 1], rate[k] * h, rate[k + 1] * h
    at = a + u * (c + u * (3 * (b - a) - 2 * c - d + u * (2 * (a - b) + c + d)))
    slope = (c + u * (2 * (3 * (b - a) - 2 * c - d) + u * 3 * (2 * (a - b) + c + d))) / h
    return at + slope * (time - inside), slope


def apart(first: Motion, second: Motion) -> Floats:
    """Metres between two vessels at the same times, straight."""
    a, b = ecef(first.lat_deg, first.lon_deg), ecef(second.lat_deg, second.lon_deg)
    return np.asarray(np.linalg.norm(a - b, axis=-1))


def runs(holds: Bools, time: Floats) -> list[tuple[float, float]]:
    """All intervals [start, end) in which `holds`; one that holds to the last time ends there.

    >>> runs(np.array([False, True, True, False, True]), np.arange(5.0))
    [(1.0, 3.0), (4.0, 4.0)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], holds, [False]]).astype(np.int8)))
    last = len(time) - 1
    return [(float(time[a]), float(time[min(b, last)])) for a, b in edges.reshape(-1, 2)]


def longest(holds: Bools, time: Floats) -> tuple[float, float]:
    """The longest interval in which `holds`; (0, 0) if it never does."""
    return max(runs(holds, time), key=lambda run: run[1] - run[0], default=(0.0, 0.0))


def between_courses(first: ArrayLike, second: ArrayLike) -> Floats:
    """The angle between two directions, rad, 0 to π."""
    return np.abs(np.asarray(wrap_half_turn(np.subtract(first, second)), dtype=np.float64))
