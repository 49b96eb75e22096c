"""A scenario and its land -> the vessels and how they move; nobody ever on land, at any time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.columns import Array, Columns, column
from mihari.core.errors import ConfigError
from mihari.core.geodesy import TangentPlane, ecef, from_plane, to_plane
from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.simulate.kinds import KINDS, Kind, Style
from mihari.simulate.motion import Gaits, Motion
from mihari.simulate.scenario import Scenario
from mihari.simulate.scenario import Traffic as Group
from mihari.simulate.vessels import Vessels, drawn
from mihari.simulate.ways import (
    KNOT_SPACING,
    LANE_ROUNDING,
    Floats,
    OnLand,
    Ways,
    from_tip,
    lane_loop,
    tightest_radius,
    wandering_loop,
)

METRES_PER_DEGREE = 111_000.0
SHORE_MARGIN = 120.0  # m of water on all sides: a hull's own length, and what the coastline's data may be off
TRACKS = 12  # ways side by side in one lane
MOST_WAYS = 250  # different ones in a group
TRIES = 300  # for a place on the water, per vessel


@dataclass(frozen=True, slots=True)
class Acts(Columns):
    """What AIS devices do otherwise than usual, from `start` to `end` s after the start; a later row goes before.

    `vessel`, `place` (whose position it tells) and `identity` (whose identity) are rows of vessels, -1 for its own.
    """

    vessel: Array = column("i8")
    start: Array = column("f8")
    end: Array = column("f8")
    silent: Array = column("?")
    place: Array = column("i8")
    identity: Array = column("i8")
    status: Array = column("i1")  # navigation status told, -1 the usual one
    heading: Array = column("f8")  # rad, told instead of the course; NaN: the course


@dataclass(frozen=True, slots=True)
class Happening:
    """What is true: `kind` holds for the vessels of these rows from `start` to `end` s after the start."""

    kind: str
    vessels: tuple[int, ...]
    start: float
    end: float
    innocent: bool
    note: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """Who sails and how, row by row. Who is not `real` only lends place or identity."""

    vessels: Vessels
    motion: Motion
    real: NDArray[np.bool_]
    since: Floats  # s after the start: when each comes and goes; infinite for those that are always there
    until: Floats
    acts: Acts
    events: tuple[Happening, ...] = ()

    def there(self, elapsed: ArrayLike, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of `rows` exist at `elapsed` s after the start (one time, or one per row)."""
        when = np.asarray(elapsed, dtype=np.float64)
        return np.asarray(self.real[rows] & (self.since[rows] <= when) & (when <= self.until[rows]))


def sailing(scenario: Scenario, on_land: OnLand, rng: np.random.Generator) -> Traffic:
    """All vessels of the scenario; ConfigError where a lane crosses land or a group finds no water."""
    builder = _Builder(scenario, on_land, rng)
    taken: set[int] = set()
    vessels = []
    for index, group in enumerate(scenario.traffic):
        members = drawn(rng, group, taken)
        builder.add(index, group)
        vessels.append(members)
    everybody = Vessels.concatenate(vessels)
    n = len(everybody)
    real, always = np.ones(n, dtype=bool), np.full(n, np.inf)
    return Traffic(everybody, builder.motion(), real, -always, always, Acts.empty())


class _Builder:
    """Collects ways and the rows that run on them."""

    def __init__(self, scenario: Scenario, on_land: OnLand, rng: np.random.Generator) -> None:
        self.scenario, self.on_land, self.rng = scenario, on_land, rng
        places = [p for lane in scenario.lanes for p in lane.points] + [g.place for g in scenario.traffic if g.place]
        places += [(r.lat_deg, r.lon_deg) for r in scenario.radars]
        self.middle = places[0] if places else (0.0, 0.0)
        self.plane = TangentPlane.at(*self.middle)
        self.loops: list[tuple[Floats, Floats]] = []
        self.steps: list[float] = []
        self.tracks: dict[str, list[int]] = {}
        self.grounds: dict[int, list[tuple[int, float]]] = {}  # per group its ways and their tightest bends, m
        self.rows: list[tuple[int, float, float, float, float, float, float]] = []

    def add(self, index: int, group: Group) -> None:
        """The rows of one group: way, start, speed, depth, pulse, phase, stop."""
        kind = KINDS[group.kind]
        for _ in range(group.count):
            speed = self.rng.uniform(*(group.speed or kind.speed))
            way = self._lane_way(group, kind) if group.lane else self._ground_way(index, group, kind, speed)
            length = self.steps[way] * len(self.loops[way][0])
            self.rows.append((way, *self._gait(kind, speed, length)))

    def _gait(self, kind: Kind, speed: float, length: float) -> tuple[float, float, float, float, float, float]:
        rng = self.rng
        start, phase = rng.uniform(0, length), rng.uniform(0, 2 * np.pi)
        if kind.style is Style.STOPPING:
            return 0.0, speed, 0.0, 1.0, phase, rng.uniform(600, 1500)
        depth = {Style.STEADY: 0.02, Style.VARYING: 0.85, Style.STILL: 0.5}[kind.style]
        return start, speed, depth, 2 * np.pi / rng.uniform(1200, 3600), phase, np.nan

    def _lane_way(self, group: Group, kind: Kind) -> int:
        assert group.lane is not None
        place = f"{group.lane}/{kind.style.name}"
        if place not in self.tracks:
            self.tracks[place] = self._lane_tracks(group.lane, kind.style is Style.STOPPING)
        return int(self.rng.choice(self.tracks[place]))

    def _lane_tracks(self, name: str, shuttle: bool) -> list[int]:
        """Ways side by side in the lane, each closed; a ferry's start at one end and have the other half-way."""
        index, lane = next((i, lane) for i, lane in enumerate(self.scenario.lanes) if lane.name == name)
        lat_deg, lon_deg = np.array(lane.points).T
        centre = np.column_stack(to_plane(self.plane, ecef(lat_deg, lon_deg)))
        ways = []
        for share in (np.arange(TRACKS) + 0.5) / TRACKS:
            offset = lane.width / 2 * (0.25 + 0.75 * share)  # the middle stays free between the two directions
            loop = lane_loop(centre, offset, min(LANE_ROUNDING, 1.5 * offset) if not shuttle else offset / 2)
            if shuttle:
                loop = from_tip(loop, centre[0], centre[-1])
            lat_deg, lon_deg = from_plane(self.plane, *loop.T)
            wet = self._wet(lat_deg[::2], lon_deg[::2])
            if not wet.all():
                dry = 2 * np.argmin(wet)
                where = f"{lat_deg[dry]:.3f}, {lon_deg[dry]:.3f}"
                problem = f"{name!r} comes within {SHORE_MARGIN:.0f} m of land near {where}"
                raise ConfigError(self.scenario.file, f"lane[{index}].points_deg", problem)
            ways.append(self._keep(loop, lat_deg, lon_deg))
        return ways

    def _ground_way(self, index: int, group: Group, kind: Kind, speed: float) -> int:
        """A wandering (or swinging, or hardly moving) way somewhere around the group's place.

        Each vessel has its own; of a group larger than `MOST_WAYS` the others share those, never in step.
        """
        assert group.place is not None
        heart = np.array(to_plane(self.plane, ecef(*group.place)))
        radius = group.radius
        tightest = max(speed * 1.9 / kind.turn, 25.0)
        shared = self.grounds.setdefault(index, [])
        if len(shared) >= MOST_WAYS and kind.style is not Style.STILL:
            fit = [way for way, bend in shared if bend >= tightest]
            if fit:
                return int(self.rng.choice(fit))
        dry = tight = 0  # tries that failed on land, and for want of room to turn
        for attempt in range(TRIES):
            angle, out = self.rng.uniform(0, 2 * np.pi), radius * np.sqrt(self.rng.uniform(0, 1))
            centre = heart + out * np.array([np.sin(angle), np.cos(angle)])
            if self.on_land(*from_plane(self.plane, *centre)).any():
                dry += 1
                continue
            if kind.style is Style.STILL:
                loop, bend = _circle(centre, self.rng.uniform(30, 80)), 30.0
            else:
                size = self.rng.uniform(0.12, 0.45) * radius * (1 - attempt / (1.2 * TRIES))
                loop = wandering_loop(self.rng, centre, size)
                bend = tightest_radius(loop)
                if bend < tightest:
                    tight += 1
                    continue
            if np.hypot(*(loop - heart).T).max() > 1.15 * radius:
                continue
            lat_deg, lon_deg = from_plane(self.plane, *loop.T)
            if self._wet(lat_deg, lon_deg).all():
                shared.append((self._keep(loop, lat_deg, lon_deg), bend))
                return shared[-1][0]
            dry += 1
        raise ConfigError(self.scenario.file, f"traffic[{index}]", _nowhere(group, speed, tight > dry))

    def _wet(self, lat_deg: Floats, lon_deg: Floats) -> NDArray[np.bool_]:
        """Whether each knot and the places a margin away from it, north, south, east and west, are water."""
        north = SHORE_MARGIN / METRES_PER_DEGREE
        east = north / np.cos(np.radians(lat_deg))
        lat = lat_deg + north * np.array([[0], [1], [-1], [0], [0]])
        lon = lon_deg + east * np.array([[0], [0], [0], [1], [-1]])
        return np.asarray(~self.on_land(lat, lon).any(axis=0))

    def _keep(self, loop: Floats, lat_deg: Floats, lon_deg: Floats) -> int:
        unwrapped = self.middle[1] + (lon_deg - self.middle[1] + 180) % 360 - 180
        self.loops.append((lat_deg, unwrapped))
        self.steps.append(float(np.hypot(*np.diff(np.vstack([loop, loop[:1]]), axis=0).T).mean()))
        return len(self.loops) - 1

    def motion(self) -> Motion:
        """All rows as columns."""
        count = np.array([len(lat) for lat, _ in self.loops], dtype=np.int64)
        ways = Ways(
            lat_deg=np.concatenate([lat for lat, _ in self.loops] or [np.zeros(0)]),
            lon_deg=np.concatenate([lon for _, lon in self.loops] or [np.zeros(0)]),
            first=np.cumsum(count) - count,
            count=count,
            step=np.array(self.steps),
        )
        columns = [np.array(c, dtype=np.float64) for c in zip(*self.rows, strict=True)] or [np.zeros(0)] * 7
        return Motion(ways, Gaits(columns[0].astype(np.int64), *columns[1:]))


def _circle(centre: Floats, radius: float) -> Floats:
    angle = np.linspace(0, 2 * np.pi, max(12, int(2 * np.pi * radius / KNOT_SPACING)), endpoint=False)
    return np.asarray(centre + radius * np.column_stack([np.sin(angle), np.cos(angle)]))


def _nowhere(group: Group, speed: float, tight: bool) -> str:
    """Why a group found no way: `tight` for what lacks room to turn rather than water."""
    assert group.place is not None
    place = f"{group.place[0]:.3f}, {group.place[1]:.3f}"
    within = f"within {group.radius / NAUTICAL_MILE:.3g} NM"
    if not tight:
        return f"found no water for a {group.kind} around {place} {within}"
    kn = f"{speed / KNOT:.0f} kn"
    return (
        f"found no room for a {group.kind} around {place}: {within} it cannot turn at {kn}; expected a larger radius_nm"
    )
