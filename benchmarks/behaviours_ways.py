"""Vessels of a made-up coast: where each really is, what its AIS device does and says. Shares no code with behaviours.

Places are x, y in metres: along a straight coast, and off it (land is below 0). Times are s since the run began.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from mihari.core.columns import Array

KNOT = 1852.0 / 3600.0
HOURS = 12
RUN_S = HOURS * 3600
TURN_ABOUT_S = 16.0  # a boat turns about in it; at 8 kn that is 0.5 m/s²


class Way:
    """Legs of constant speed, one after the other; ready when `t` reaches the end of the run.

    >>> way = Way(0.0, 0.0, 0.0).go(10.0, 90.0, 360.0)
    >>> way.t[-1], round(way.x[-1]), round(way.y[-1])
    (360.0, 1852, 0)
    """

    def __init__(self, t: float, x: float, y: float) -> None:
        self.t, self.x, self.y = [t], [x], [y]

    def go(self, speed_kn: float, course_deg: float, seconds: float) -> Way:
        """On a course, clockwise from straight off the shore."""
        away = speed_kn * KNOT * seconds
        c = math.radians(course_deg)
        return self.arrive(self.t[-1] + seconds, self.x[-1] + away * math.sin(c), self.y[-1] + away * math.cos(c))

    def to(self, speed_kn: float, x: float, y: float) -> Way:
        """To a place."""
        return self.arrive(self.t[-1] + math.hypot(x - self.x[-1], y - self.y[-1]) / (speed_kn * KNOT), x, y)

    def arrive(self, t: float, x: float, y: float) -> Way:
        """To a place, to be there at a time."""
        if t > self.t[-1]:
            self.t.append(t)
            self.x.append(x)
            self.y.append(y)
        return self

    def patrol(self, until: float, speed_kn: float, x: float, y: float, half: float = 2200.0) -> Way:
        """To and fro along the coast about a place until a time."""
        side = 1.0
        while self.t[-1] < until:
            goal = x + side * half
            seconds = math.hypot(goal - self.x[-1], y - self.y[-1]) / (speed_kn * KNOT)
            share = min(1.0, (until - self.t[-1]) / seconds) if seconds > 0 else 1.0
            self.arrive(
                self.t[-1] + seconds * share,
                self.x[-1] + share * (goal - self.x[-1]),
                self.y[-1] + share * (y - self.y[-1]),
            )
            side = -side
        return self


@dataclass
class Lie:
    """A false place: what is told is (dx, dy) off, growing from nothing and shrinking to it in `ramp` s each."""

    start: float
    end: float
    dx: float
    dy: float
    ramp: float = 0.0

    def share(self, t: Array) -> Array:
        """(n,) how much of it is told at each time, 0 to 1."""
        inside = (t >= self.start) & (t < self.end)
        if self.ramp == 0.0:
            return inside.astype(float)
        return np.clip(np.minimum(t - self.start, self.end - t) / self.ramp, 0.0, 1.0) * inside


@dataclass
class Vessel:
    """One hull. `mmsi` 0: no AIS. `off`: when its device is silent. `group`: vessels that are left out together."""

    way: Way
    mmsi: int = 0
    device: str = "A"
    status: int = 0
    ship_type: int = 70
    length: float = 80.0
    off: list[tuple[float, float]] = field(default_factory=list)
    lies: list[Lie] = field(default_factory=list)
    group: str = ""
    id: int = -1

    def __post_init__(self) -> None:
        self.t, self.x, self.y = np.array(self.way.t), np.array(self.way.x), np.array(self.way.y)

    @property
    def key(self) -> int:
        """What alerts name it by: its MMSI, or below 0 its number among those that have none."""
        return self.mmsi or -1 - self.id

    def at(self, t: Array) -> tuple[Array, Array]:
        """(n,) x and y, corners taken in `TURN_ABOUT_S`; NaN before it came and after it went."""
        here = (t >= self.t[0]) & (t <= self.t[-1])
        x, y = (self._mean(column, t) for column in (self.x, self.y))
        return np.where(here, x, np.nan), np.where(here, y, np.nan)

    def motion(self, t: Array) -> tuple[Array, Array]:
        """(n,) speed, m/s, and course, rad."""
        east, north = (
            np.interp(t + TURN_ABOUT_S / 2, self.t, column) - np.interp(t - TURN_ABOUT_S / 2, self.t, column)
            for column in (self.x, self.y)
        )
        took = np.minimum(t + TURN_ABOUT_S / 2, self.t[-1]) - np.maximum(t - TURN_ABOUT_S / 2, self.t[0])
        took = np.maximum(took, 1e-6)
        return np.hypot(east, north) / took, np.arctan2(east, north) % (2 * np.pi)

    def _mean(self, column: Array, t: Array) -> Array:
        """(n,) a coordinate, as its mean over the time of a turn: an even acceleration at each corner."""
        low, high = np.maximum(t - TURN_ABOUT_S / 2, self.t[0]), np.minimum(t + TURN_ABOUT_S / 2, self.t[-1])
        half = np.minimum(t - low, high - t)  # less where it has just come or is about to go
        low, high = t - half, t + half
        total = np.concatenate([[0.0], np.cumsum(np.diff(self.t) * (column[1:] + column[:-1]) / 2)])

        def until(when: Array) -> Array:
            leg = np.clip(np.searchsorted(self.t, when, side="right") - 1, 0, len(self.t) - 2)
            on = when - self.t[leg]
            return np.asarray(total[leg] + on * (column[leg] + np.interp(when, self.t, column)) / 2)

        mean = (until(high) - until(low)) / np.maximum(high - low, 1e-6)
        return np.where(high - low > 1e-3, mean, np.interp(t, self.t, column))

    def off_by(self, t: Array) -> tuple[Array, Array]:
        """(n,) what is told beside the truth, m."""
        dx, dy = np.zeros(len(t)), np.zeros(len(t))
        for lie in self.lies:
            share = lie.share(t)
            dx, dy = dx + share * lie.dx, dy + share * lie.dy
        return dx, dy

    def speaks(self, t: Array) -> Array:
        """(n,) whether its device is on."""
        on = np.full(len(t), self.mmsi > 0)
        for a, b in self.off:
            on &= (t < a) | (t >= b)
        return on

    def turns(self) -> Array:
        """When it reports, M.1371-5 tables 1 and 2: class A 10 or 6 s, at anchor 3 min; class B 30 s, slow 3 min."""
        if not self.mmsi:
            return np.zeros(0)
        found = []
        speed, _ = self.motion((self.t[:-1] + self.t[1:]) / 2)
        at = self.t[0] + (self.id * 7.3) % 10.0
        for k, v in enumerate((speed / KNOT).tolist()):
            if self.device == "B":
                every = 180.0 if v <= 2.0 else 30.0
            elif self.status in (1, 5):
                every = 180.0 if v <= 3.0 else 10.0
            else:
                every = 10.0 if v <= 14.0 else 6.0
            if k and at > self.t[k] + every:
                at = self.t[k] + every / 2  # it changes its pace as soon as it is faster
            times = np.arange(at, self.t[k + 1], every)
            found.append(times)
            at = float(times[-1]) + every if len(times) else at
        return np.concatenate(found)
