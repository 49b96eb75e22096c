"""What moves and what it meets: `Body`, the `Deck`s it starts from and lands on, `Wind` and `Sea`. Frozen; SI."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mihari.simulate.vehicles.plane import components, moved, offset

AIR, WATER, UNDER_WATER, RUNWAY = "air", "water", "under water", "runway"


@dataclass(frozen=True, slots=True)
class Wind:
    """Where the air goes, m/s east and north; `gust`: standard deviation of its gusts in each."""

    east: float = 0.0
    north: float = 0.0
    gust: float = 0.0

    @classmethod
    def of(cls, speed: float, from_: float, gust: float = 0.0) -> Wind:
        """Wind of `speed` m/s that comes from `from_` rad, as people tell it.

        >>> Wind.of(10.0, math.pi / 2).east
        -10.0
        """
        return cls(-speed * math.sin(from_), -speed * math.cos(from_), gust)

    @property
    def speed(self) -> float:
        """Its speed, m/s."""
        return math.hypot(self.east, self.north)


@dataclass(frozen=True, slots=True)
class Sea:
    """Douglas sea state, and the current in m/s east and north."""

    state: float = 0.0
    east: float = 0.0
    north: float = 0.0


@dataclass(frozen=True, slots=True)
class Deck:
    """Where vehicles start and land: a ship's deck, a runway, a berth. Its middle, where it points, how it moves.

    kind: one of `sensors.platform.PLACES`; `heading` rad, of deck and ship; `height` m above the sea; `width` m.
    """

    name: str
    kind: str
    lat_deg: float
    lon_deg: float
    heading: float = 0.0
    speed: float = 0.0
    length: float = 20.0
    height: float = 0.0
    width: float = 30.0

    @property
    def on(self) -> str:
        """What `Body.on` is of what stands there."""
        return RUNWAY if self.kind == RUNWAY else f"deck of {self.name}"

    @property
    def velocity(self) -> tuple[float, float]:
        """(east, north) m/s."""
        return self.speed * math.sin(self.heading), self.speed * math.cos(self.heading)

    def after(self, seconds: float) -> Deck:
        """The same deck later, if its ship holds on.

        >>> round(Deck("a", "any deck", 0.0, 0.0, 0.0, 10.0).after(60.0).lat_deg * 110574)
        600
        """
        east, north = self.velocity
        lat, lon = moved(self.lat_deg, self.lon_deg, east * seconds, north * seconds)
        return replace(self, lat_deg=lat, lon_deg=lon)

    def place(self, along: float, right: float = 0.0) -> tuple[float, float]:
        """(lat_deg, lon_deg) so many metres ahead and to the right of its middle."""
        sin, cos = math.sin(self.heading), math.cos(self.heading)
        return moved(self.lat_deg, self.lon_deg, along * sin + right * cos, along * cos - right * sin)

    def seen_from(self, lat_deg: float, lon_deg: float) -> tuple[float, float]:
        """(along, right) m of a place as seen from its middle."""
        return components(self.heading, *offset(self.lat_deg, self.lon_deg, lat_deg, lon_deg))

    def over(self, wind: Wind) -> tuple[float, float]:
        """(along, right) m/s of the wind over the deck as it comes: `along` positive from ahead.

        >>> Deck("a", "any deck", 0.0, 0.0, 0.0, 8.0).over(Wind.of(5.0, 0.0))[0]  # into the wind
        13.0
        """
        east, north = self.velocity
        along, right = components(self.heading, wind.east - east, wind.north - north)
        return -along, right


@dataclass(frozen=True, slots=True)
class Body:
    """A vehicle at one moment: degrees, m, m/s, rad; `height` is negative under water.

    `airspeed`: through the air or water it moves in; `course`, `ground_speed`: over ground. `roll`: right wing down;
    `pitch`: of its path. `energy`: what is left, 0 to 1. `on`: "deck of NAME", "runway", "air", "water", "under water".
    """

    lat_deg: float
    lon_deg: float
    height: float = 0.0
    heading: float = 0.0
    course: float = 0.0
    airspeed: float = 0.0
    ground_speed: float = 0.0
    climb: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    energy: float = 1.0
    on: str = AIR

    @property
    def velocity(self) -> tuple[float, float]:
        """(east, north) m/s over ground."""
        return self.ground_speed * math.sin(self.course), self.ground_speed * math.cos(self.course)

    @property
    def parked(self) -> bool:
        """Whether it stands on a deck or runway."""
        return self.on not in (AIR, WATER, UNDER_WATER)
