"""Loops, paths, speeds and a time -> where every vessel is and how it moves: any time, in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.units import wrap_half_turn
from mihari.simulate.motion_kernels import Courses, seen_from, states_of, swept_by
from mihari.simulate.paths import Path, Paths
from mihari.simulate.ways import Floats, Ways

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Moving:
    """State of n vessels: degrees, m/s east and north, m/s, rad clockwise from true north."""

    lat_deg: Floats
    lon_deg: Floats
    east_mps: Floats
    north_mps: Floats
    speed: Floats
    course: Floats


@dataclass(frozen=True, slots=True)
class Gaits:
    """How n vessels run along their loops, a column each; speed(t) = speed · (1 + depth · cos(pulse · t + phase))."""

    way: Rows
    start: Floats  # m along the way at time 0
    speed: Floats  # m/s, mean of a varying one, cruise of a stopping one
    depth: Floats  # 0 to 1, share by which the speed varies
    pulse: Floats  # rad/s, how fast it varies
    phase: Floats  # rad
    stop_s: Floats  # s at each end of a ferry's way; NaN for all others


@dataclass(frozen=True)
class Motion:
    """How all vessels move: first those that run along loops, then those with a path of their own."""

    ways: Ways
    gaits: Gaits
    paths: tuple[Path, ...] = ()

    @classmethod
    def of_paths(cls, paths: Sequence[Path]) -> Motion:
        """Vessels with a path of their own alone."""
        none, nothing = np.zeros(0, np.int64), np.zeros(0)
        return cls(Ways(nothing, nothing, none, none, nothing), Gaits(none, *[nothing] * 6), tuple(paths))

    def __len__(self) -> int:
        return len(self.gaits.way) + len(self.paths)

    def with_paths(self, paths: Sequence[Path]) -> Motion:
        """The same, and these behind them."""
        return replace(self, paths=(*self.paths, *paths))

    @cached_property
    def courses(self) -> Courses:
        """All of it as flat columns, as the kernels take it."""
        g, w, p = self.gaits, self.ways, Paths.of(self.paths)
        loops, more = len(g.way), len(self.paths)

        def padded(values: Floats, absent: float) -> Floats:
            return np.append(values, np.full(more, absent)).astype(np.float64)

        return Courses(
            way=np.append(g.way, np.full(more, -1)).astype(np.int64),
            start=padded(g.start, 0.0),
            speed=padded(g.speed, 0.0),
            depth=padded(g.depth, 0.0),
            pulse=padded(g.pulse, 1.0),
            phase=padded(g.phase, 0.0),
            stop_s=padded(g.stop_s, np.nan),
            path=np.append(np.full(loops, -1), np.arange(more)).astype(np.int64),
            loop_lat=w.lat_deg,
            loop_lon=w.lon_deg,
            loop_first=w.first,
            loop_count=w.count,
            loop_step=w.step,
            path_time=p.time,
            path_lat=p.lat_deg,
            path_lon=p.lon_deg,
            path_lat_rate=p.lat_rate,
            path_lon_rate=p.lon_rate,
            path_course=p.course,
            path_lap=p.lap,
            path_first=p.first,
            path_count=p.count,
        )

    def at(self, elapsed: ArrayLike, rows: ArrayLike | None = None) -> Moving:
        """The state of all vessels, or of `rows`, at `elapsed` s (one, or one per row)."""
        chosen = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.int64)
        when = np.ascontiguousarray(np.broadcast_to(np.asarray(elapsed, dtype=np.float64), chosen.shape))
        return Moving(*states_of(self.courses, chosen, when))

    def turn(self, elapsed: ArrayLike, rows: ArrayLike | None = None) -> Floats:
        """Rate of turn in rad/s, over the second that follows."""
        now, soon = self.at(elapsed, rows), self.at(np.asarray(elapsed) + 1.0, rows)
        return np.asarray(wrap_half_turn(soon.course - now.course))

    def swept(
        self, rows: Rows, north: float, period: float, bias: float, place: Place
    ) -> tuple[Floats, Floats, Floats]:
        """Slant range m, true bearing rad and time (s after the start) at which a turn's beam meets each of `rows`.

        The turn passes what the radar takes for north at `north` s; it is `bias` rad off.
        """
        slant, bearing, time = swept_by(self.courses, rows, north, period, bias, *place.columns)
        return slant, bearing, time

    def seen(self, rows: Rows, elapsed: ArrayLike, place: Place) -> tuple[Floats, Floats]:
        """Slant range m and bearing rad of `rows` from an antenna at `elapsed` s (one time, or one per row)."""
        when = np.ascontiguousarray(np.broadcast_to(np.asarray(elapsed, dtype=np.float64), rows.shape))
        slant, bearing = seen_from(self.courses, rows, when, *place.columns)
        return slant, bearing


@dataclass(frozen=True, slots=True)
class Place:
    """Where an antenna is: on the coast, or aboard the vessel of row `carrier`; `height` m above the sea."""

    lat_deg: float
    lon_deg: float
    height: float
    carrier: int = -1

    @property
    def columns(self) -> tuple[float, float, float, int]:
        """As the kernels take it."""
        return float(self.lat_deg), float(self.lon_deg), float(self.height), int(self.carrier)
