"""Last known place, wind, current, what drifts -> where it may be, hours later: particles.

Monte Carlo after Breivik and Allen, "An operational search and rescue model for the Norwegian Sea and the North Sea",
J. Marine Systems 69 (2008) 99-113: each particle goes with the current and makes its leeway in the wind, downwind and
to the right or the left of it, and now and then changes sides (jibes). Each has its own place and time of start, its
own place in the scatter of the leeway, and its own errors of wind and current.

Those errors last: each component is a Gauss-Markov process, so that an error of velocity with standard deviation σ that
is remembered for a time τ spreads particles by σ² · 2 τ² (t/τ - 1 + exp(-t/τ)) (Taylor 1921): as σ t at first, as
σ √(2 τ t) later; the length of a step does not matter. Wind and current are the same all over the area. No land: what
comes ashore goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput
from mihari.core.geodesy import E2, A
from mihari.core.units import HOUR_S, wrap_lon_deg
from mihari.sensors.leeway import Leeway

Floats = NDArray[np.float64]
_Value = TypeVar("_Value", "Wind", "Current")

STEP_H = 1 / 6  # h, at most: a step turns with wind and current as they are in its middle
MEMORY_H = 3.0  # τ of errors of wind and current. Assumed: weather models are off for hours, not for minutes
JIBING = 0.04  # chance an hour to change sides (Allen 2005, as Breivik and Allen 2008 take it)


@dataclass(frozen=True, slots=True)
class Start:
    """Where and when something began to drift: standard deviations `sd` in m, north and east each, and `at_sd_h`.

    `at_h`: on the clock of the wind, the current and the hours asked for.
    """

    lat_deg: float
    lon_deg: float
    sd: float = 0.0
    at_h: float = 0.0
    at_sd_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Wind:
    """`speed` in m/s at 10 m, `blows_from` in rad; `sd`: m/s, standard deviation of each component's error."""

    speed: float
    blows_from: float = 0.0
    sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Current:
    """m/s to the east and to the north; `sd`: m/s, standard deviation of each component's error."""

    east: float = 0.0
    north: float = 0.0
    sd: float = 0.0


@dataclass(frozen=True, slots=True)
class Drifted:
    """n particles at m times: hours (m,), lat_deg, lon_deg (m, n); to_right (m, n): on which side of the wind."""

    hours: Floats
    lat_deg: Floats
    lon_deg: Floats
    to_right: NDArray[np.bool_]


def drift(
    leeway: Leeway, start: Start, wind: Wind | Callable[[float], Wind], current: Current | Callable[[float], Current],
    hours: Sequence[float], n: int, rng: np.random.Generator, *, jibing: float = JIBING, memory_h: float = MEMORY_H,
) -> Drifted:  # fmt: skip
    """Where n particles are at each of `hours`, which rise.

    wind, current: the same at all times, or functions of the hour. jibing: chance an hour to change sides; at the start
    half of all drift to either side. memory_h: how long errors of wind and current last; inf: for good. A particle
    whose time has not come is where it starts.

    >>> from mihari.sensors.leeway import leeway
    >>> calm, north = Wind(0.0), Current(north=1.0)
    >>> found = drift(leeway("raft"), Start(60.0, 5.0), calm, north, [1.0], 3, np.random.default_rng(1))
    >>> ((found.lat_deg - 60.0) * 111_412).round().tolist()  # 1 m/s for an hour; so many m are a degree here
    [[3600.0, 3600.0, 3600.0]]
    """
    asked = np.asarray(hours, dtype=np.float64)
    if n < 1 or asked.ndim != 1 or not np.isfinite(asked).all() or (np.diff(asked) < 0).any():
        raise BadInput("expected at least one particle, and hours that rise")
    if not (0 <= jibing <= 1 and memory_h > 0):
        raise BadInput("expected a chance of jibing between 0 and 1, and a memory above 0 h")
    swarm = _Swarm(leeway, start, n, rng)
    wind_at, current_at = _always(wind), _always(current)
    shape = len(asked), n
    found = Drifted(asked, np.empty(shape), np.empty(shape), np.empty(shape, bool))
    clock = float(swarm.begun.min())
    for row, hour in enumerate(asked):
        steps = max(math.ceil((hour - clock) / STEP_H - 1e-9), 0)
        times = np.linspace(clock, hour, steps + 1)
        for begin, end in pairwise(times.tolist()):
            middle = (begin + end) / 2
            swarm.step(begin, end - begin, wind_at(middle), current_at(middle), jibing, memory_h)
        clock = max(clock, float(hour))
        found.lat_deg[row], found.lon_deg[row] = swarm.lat_deg, wrap_lon_deg(swarm.lon_deg)
        found.to_right[row] = swarm.to_right
    return found


class _Swarm:
    """The particles between two steps."""

    def __init__(self, leeway: Leeway, start: Start, n: int, rng: np.random.Generator) -> None:
        self.leeway, self.rng = leeway, rng
        self.begun = start.at_h + start.at_sd_h * rng.standard_normal(n)
        self.to_right = rng.random(n) < 0.5
        self.along, self.across = rng.standard_normal((2, n))  # errors of the leeway, in its standard deviations
        self.wind_error, self.current_error = rng.standard_normal((2, 2, n))  # of wind and current, likewise
        north, east = start.sd * rng.standard_normal((2, n))
        self.lat_deg, self.lon_deg = _moved(np.full(n, start.lat_deg), np.full(n, start.lon_deg), north, east)

    def step(self, clock: float, length: float, wind: Wind, current: Current, jibing: float, memory_h: float) -> None:
        """On by `length` hours from `clock`: those that have begun, from when they have."""
        kept = math.exp(-length / memory_h)
        fresh = math.sqrt(1 - kept**2)
        before = self.wind_error, self.current_error
        shape = self.wind_error.shape
        self.wind_error = kept * before[0] + fresh * self.rng.standard_normal(shape)
        self.current_error = kept * before[1] + fresh * self.rng.standard_normal(shape)
        seconds = np.clip(clock + length - self.begun, 0.0, length) * HOUR_S
        self.to_right = self.to_right ^ (self.rng.random(shape[1]) < 1 - (1 - jibing) ** (seconds / HOUR_S))
        blown = self._blown(wind, (before[0] + self.wind_error) / 2)
        off = current.sd * (before[1] + self.current_error) / 2
        east, north = blown[0] + current.east + off[0], blown[1] + current.north + off[1]
        self.lat_deg, self.lon_deg = _moved(self.lat_deg, self.lon_deg, north * seconds, east * seconds)

    def _blown(self, wind: Wind, error: Floats) -> Floats:
        """Leeway (2, n) in m/s to the east and to the north; error: (2, n), of the wind, in its standard deviations."""
        towards = np.array([[-math.sin(wind.blows_from)], [-math.cos(wind.blows_from)]])
        felt = wind.speed * towards + wind.sd * error
        speed = np.hypot(felt[0], felt[1])
        down = np.where(speed > 0, felt / np.maximum(speed, 1e-300), towards)
        right = np.array([down[1], -down[0]])
        to_right, to_left = self.leeway.right.speed(speed, self.across), self.leeway.left.speed(speed, -self.across)
        across = np.where(self.to_right, to_right, to_left)
        return np.asarray(self.leeway.downwind.speed(speed, self.along) * down + across * right)


def _always(value: _Value | Callable[[float], _Value]) -> Callable[[float], _Value]:
    """A value as a function of the hour."""
    if callable(value):
        return value
    constant = value
    return lambda hour: constant


def _moved(lat_deg: Floats, lon_deg: Floats, north: Floats, east: Floats) -> tuple[Floats, Floats]:
    """Places some m farther, by the ellipsoid's radii of curvature where they were: for steps of a few km.

    >>> lat, lon = _moved(np.zeros(1), np.zeros(1), np.zeros(1), np.full(1, 1000.0))
    >>> lat.tolist(), (lon * 111_319.49 / 1000).round(6).tolist()
    ([0.0], [1.0])
    """
    lat = np.radians(lat_deg)
    w2 = 1 - E2 * np.sin(lat) ** 2
    meridian, parallel = A * (1 - E2) / w2**1.5, A / np.sqrt(w2) * np.cos(lat)
    return lat_deg + np.degrees(north / meridian), lon_deg + np.degrees(east / parallel)
