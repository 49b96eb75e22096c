"""Ways, speeds and a time -> where every vessel is and how it moves, in closed form: any time, in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import E2, A
from mihari.core.units import course_from_velocity, wrap_half_turn, wrap_lon_deg
from mihari.simulate.ways import Floats, Ways

RAMP_S = 120.0  # a ferry needs this long to gather way and to stop


@dataclass(frozen=True, slots=True)
class Moving:
    """State of n vessels: degrees, m/s east and north, m/s, rad clockwise from true north, rad/s to starboard."""

    lat_deg: Floats
    lon_deg: Floats
    east_mps: Floats
    north_mps: Floats
    speed: Floats
    course: Floats


@dataclass(frozen=True, slots=True)
class Motion:
    """How n vessels run along their ways: columns, one row per vessel; see `distance`."""

    ways: Ways
    way: NDArray[np.int64]
    start: Floats  # m along the way at time 0
    speed: Floats  # m/s, mean of a varying one, cruise of a stopping one
    depth: Floats  # 0 to 1, share by which the speed varies
    pulse: Floats  # rad/s, how fast it varies
    phase: Floats  # rad
    stop_s: Floats  # s at each end of a ferry's way; NaN for all others

    def __len__(self) -> int:
        return len(self.way)

    def distance(self, elapsed: Floats, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Metres along the way, and speed in m/s: speed · (1 + depth · cos(pulse · t + phase)), t s after the start."""
        speed, depth, pulse, phase = self.speed[rows], self.depth[rows], self.pulse[rows], self.phase[rows]
        angle = pulse * elapsed + phase
        along = self.start[rows] + speed * elapsed + speed * depth / pulse * np.sin(angle)
        now = speed * (1 + depth * np.cos(angle))
        ferry = np.flatnonzero(np.isfinite(self.stop_s[rows]))
        if len(ferry):
            along[ferry], now[ferry] = self._shuttle(elapsed[ferry], rows[ferry])
        return along, now

    def _shuttle(self, elapsed: Floats, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Half a way per leg: gather way, cruise, slow down, stop; the phase is the share of a leg already gone."""
        half, speed = self.ways.length[self.way[rows]] / 2, self.speed[rows]
        cruise = half / speed
        leg_s = cruise + RAMP_S + self.stop_s[rows]
        legs = elapsed / leg_s + self.phase[rows] / np.pi
        gone = np.mod(legs, 1.0) * leg_s
        along = speed * (_ramp(gone) - _ramp(gone - cruise))
        now = speed * (np.clip(gone / RAMP_S, 0, 1) - np.clip((gone - cruise) / RAMP_S, 0, 1))
        return np.floor(legs) * half + along, now

    def at(self, elapsed: ArrayLike, rows: ArrayLike | None = None) -> Moving:
        """The state of all vessels, or of `rows`, at `elapsed` s (one, or one per row)."""
        chosen = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.int64)
        when = np.broadcast_to(np.asarray(elapsed, dtype=np.float64), chosen.shape)
        along, now = self.distance(when, chosen)
        lat_deg, lon_deg, lat_slope, lon_slope = self.ways.at(self.way[chosen], along)
        lat = np.radians(lat_deg)
        curvature = np.sqrt(1 - E2 * np.sin(lat) ** 2)
        north = np.radians(lat_slope) * A * (1 - E2) / curvature**3  # meridian radius, NIMA TR8350.2
        east = np.radians(lon_slope) * A / curvature * np.cos(lat)
        _, course = course_from_velocity(east, north)
        east, north = east * now, north * now
        return Moving(lat_deg, wrap_lon_deg(lon_deg), east, north, np.hypot(east, north), course)

    def turn(self, elapsed: ArrayLike, rows: ArrayLike | None = None) -> Floats:
        """Rate of turn in rad/s, over the second that follows."""
        now, soon = self.at(elapsed, rows), self.at(np.asarray(elapsed) + 1.0, rows)
        return np.asarray(wrap_half_turn(soon.course - now.course))


def _ramp(t: Floats) -> Floats:
    """Seconds of full speed that `t` s of gathering way are worth."""
    return np.where(t < RAMP_S, np.maximum(t, 0.0) ** 2 / (2 * RAMP_S), t - RAMP_S / 2)
