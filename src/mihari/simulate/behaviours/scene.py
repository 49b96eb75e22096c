"""A stage, a random source and a call -> what every injector needs: margins, a time, a place, and whole voyages on it.

A happening is laid out on a plane that touches the Earth at the call's place, as points (time s, x m east, y m north).
`Scene.voyage` leads the vessel there from somewhere and away again, over the scenario's whole time, on water.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mihari.core.geodesy import TangentPlane, ecef, from_plane, to_plane
from mihari.core.units import KNOT
from mihari.simulate.behaviours.measure import Bools, moved, seconds
from mihari.simulate.behaviours.points import heads
from mihari.simulate.calls import Behaviour
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage
from mihari.simulate.ways import Floats

UNCLEAR = (0.97, 1.03)  # of a threshold: nearer than this, truth would be a matter of taste
FURTHEST = 2.0  # times or part of a threshold that a happening is beyond or short of it
OPEN_WATER = 300.0  # m to land that a vessel under way keeps
PLACES = 200  # looked at for one happening before it is given up
BRANCHES = 14  # ways on that are tried from one place
SETTLE_S = 120.0  # paths reach this far beyond the scenario's time
# s in which a kind turns or changes its speed: half a knot in ten seconds for ships, a boat in half a minute
BLEND_S = {"cargo": 240.0, "tanker": 240.0, "ferry": 150.0, "anchored": 240.0, "tug": 90.0, "fishing": 90.0}
BLEND_BOAT_S = 40.0


class NoRoom(Exception):
    """A happening that does not fit where it was tried: why, for the sentence that the user gets."""


@dataclass(frozen=True, slots=True)
class Scene:
    """All that one instance of one behaviour is made from."""

    stage: Stage
    rng: np.random.Generator
    call: Behaviour
    plane: TangentPlane

    @classmethod
    def of(cls, stage: Stage, rng: np.random.Generator, call: Behaviour) -> Scene:
        """With the plane at the call's place."""
        return cls(stage, rng, call, TangentPlane.at(*call.place))

    def seeded(self, seed: int) -> Scene:
        """The same scene, drawing from `seed`: what is laid out twice comes out alike."""
        return replace(self, rng=np.random.default_rng(seed))

    def seeds(self, n: int) -> list[int]:
        """`n` seeds for `seeded`."""
        return [int(seed) for seed in self.rng.integers(2**62, size=n)]

    @property
    def end(self) -> float:
        """Of the call's window, s."""
        return self.stage.duration if self.call.end is None else self.call.end

    @property
    def time(self) -> Floats:
        """The whole seconds of the scenario."""
        return seconds(self.stage.duration)

    def threshold(self, usual: float) -> float:
        """The definition's time in s, unless the call gives another."""
        return usual if self.call.threshold is None else self.call.threshold

    def beyond(self) -> float:
        """How many times a threshold is reached: 1.03 to 2, evenly in its logarithm."""
        return float(np.exp(self.rng.uniform(math.log(UNCLEAR[1]), math.log(FURTHEST))))

    def short(self) -> float:
        """Which part of a threshold is reached: 0.5 to 0.97."""
        return float(np.exp(self.rng.uniform(-math.log(FURTHEST), math.log(UNCLEAR[0]))))

    def kn(self, low: float, high: float) -> float:
        """A speed between two, in m/s."""
        return float(self.rng.uniform(low, high)) * KNOT

    def course(self) -> float:
        """Any direction."""
        return float(self.rng.uniform(0, 2 * np.pi))

    def begin(self, needed: float, ahead: float = 0.0) -> float:
        """A whole second from which `needed` s fit into the window, with `ahead` s of the scenario before it."""
        first, last = max(self.call.start, ahead), self.end - needed
        if first > last:
            raise NoRoom(f"{needed:.0f} s do not fit between {first:.0f} and {self.end:.0f} s")
        return float(np.floor(self.rng.uniform(first, last)))

    def degrees(self, x: Floats | float, y: Floats | float) -> tuple[Floats, Floats]:
        """Places of the plane as lat_deg, lon_deg."""
        return from_plane(self.plane, x, y)

    def metres(self, lat_deg: Floats | float, lon_deg: Floats | float) -> tuple[Floats, Floats]:
        """Positions as places of the plane."""
        return to_plane(self.plane, ecef(lat_deg, lon_deg))

    def spot(self, holds: Callable[[Floats, Floats], Bools] | None = None, margin: float = OPEN_WATER) -> Floats:
        """(2,) a place within the call's radius with `margin` m of water, where `holds(lat_deg, lon_deg)`."""
        out = self.call.radius * np.sqrt(self.rng.uniform(0, 1, PLACES))
        angle = self.rng.uniform(0, 2 * np.pi, PLACES)
        places = out[:, None] * np.column_stack([np.sin(angle), np.cos(angle)])
        lat_deg, lon_deg = self.degrees(*places.T)
        good = self.stage.wet(lat_deg, lon_deg, margin)
        if not good.any():
            raise NoRoom("there is no water")
        if holds is not None:
            good &= holds(lat_deg, lon_deg)
        if not good.any():
            raise NoRoom("no place has what it takes")
        return np.asarray(places[np.argmax(good)])

    def voyage(
        self,
        points: Floats,
        kind: str,
        cruise: float,
        arriving: float | None = None,
        leaving: float | None = None,
    ) -> Path:
        """From somewhere through `points` (t, x, y) to somewhere, at `cruise` m/s before and after, always on water.

        It arrives at the first and leaves the last point on these courses, anyhow if they are None.
        """
        after = self._wander(points[-1], leaving, cruise, self.stage.duration + SETTLE_S)
        return self.path(np.vstack([self.lead_in(points[0], cruise, arriving), points, after]), kind)

    def lead_in(self, point: Floats, cruise: float, arriving: float | None = None) -> Floats:
        """The points before `point`, from before the scenario's start on."""
        return self._wander(point, arriving, -cruise, -SETTLE_S)[::-1]

    def path(self, points: Floats, kind: str) -> Path:
        """Points (t, x, y) as a path; NoRoom where it is not on water throughout the scenario."""
        path = self.ghost(points, BLEND_S.get(kind, BLEND_BOAT_S))
        sailed = moved(path, np.arange(0.0, self.stage.duration + 20.0, 20.0))
        if not self.stage.wet(sailed.lat_deg, sailed.lon_deg).all():
            raise NoRoom("land is in the way")
        return path

    def ghost(self, points: Floats, blend: float = BLEND_BOAT_S) -> Path:
        """Points (t, x, y) as a path, wherever it leads."""
        lat_deg, lon_deg = self.degrees(points[:, 1], points[:, 2])
        return Path.through(points[:, 0], lat_deg, lon_deg, blend=blend)

    def is_open(self, begin: Floats, end: Floats, margin: float = OPEN_WATER) -> bool:
        """Whether there is water all along between two places."""
        steps = np.linspace(0, 1, max(3, int(np.hypot(*(end - begin)) / margin) + 2))[:, None]
        return bool(self.stage.wet(*self.degrees(*(begin + steps * (end - begin)).T), margin).all())

    def _wander(self, point: Floats, course: float | None, speed: float, until: float) -> Floats:
        """Points on from `point` to the time `until`, back to it with a negative speed; without `point` itself."""
        sign = math.copysign(1.0, speed)
        way = self.course() if course is None else course
        spread = np.pi if course is None else 0.0
        made: list[Floats] = []
        while sign * (until - point[0]) > 0:
            point, way = self._leg(point, way, spread, speed)
            made.append(point)
            spread = math.radians(22.0)
        return np.array(made).reshape(-1, 3)

    def _leg(self, point: Floats, way: float, spread: float, speed: float) -> tuple[Floats, float]:
        """One leg of a quarter to a half hour in about this direction, as far as there is open water."""
        for attempt in range(BRANCHES):
            course = way + self.rng.uniform(-spread, spread)
            lasts = self.rng.uniform(900, 1800) * (0.35 if attempt > BRANCHES // 2 else 1.0)
            end = point + np.array([math.copysign(lasts, speed), *(speed * lasts * heads(course))])
            if self.is_open(point[1:], end[1:]):
                return end, course
            spread = min(spread + 0.25, 2.0)
        raise NoRoom("land is in the way")
