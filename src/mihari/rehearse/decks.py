"""Bases and ships of a patrol -> decks, runways and berths as vehicles meet them, moment by moment.

A ship goes its way; while an aircraft starts or lands it turns into the wind, as fast as its deck needs, and makes up
for it afterwards. A runway lies into the wind. What a real ship's wind limits and turning circle are, no patrol file
says: figures are assumed.
"""

from __future__ import annotations

import math

from mihari.patrol.file import BaseSection, ShipSection
from mihari.patrol.vehicles import where_is
from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles import Deck, Wind
from mihari.simulate.vehicles.body import RUNWAY
from mihari.simulate.vehicles.plane import bearing_of, half_turn, moved, offset

Place = BaseSection | ShipSection

RUNWAY_M, DECK_M = 3000.0, 230.0  # length of a runway, and of the deck of a landing ship
DECK_HEIGHT = 20.0  # m above the sea
FASTEST = 10.0  # m/s: 20 kn
LEAST = 0.5  # m/s: head to wind a ship may all but stop
OVER_DECK = 12.5  # m/s of wind over the deck that it goes for: 24 kn
TURN = math.radians(1.0)  # rad/s
AHEAD_S = 600.0  # it steers for where its way is so much later
NEAR_M = 100.0  # as near to its way it is on it


class Afloat:
    """A base or ship while a plan is flown: `step` it, `deck` for a vehicle. `working`: somebody starts or lands."""

    def __init__(self, place: Place, begin: float, time: float) -> None:
        self.place, self.begin = place, begin
        self.lat_deg, self.lon_deg = self._way(time)
        self.heading, self.speed, self.working = 0.0, 0.0, False
        self.under_way = 0.0, 0.0  # heading and speed of its way
        self.kinds: dict[str, str] = {}
        if isinstance(place, ShipSection):
            self._sail(time, 0.0)

    def _way(self, time: float) -> tuple[float, float]:
        lat, lon = where_is(self.place, (time - self.begin) / 3600)
        return float(lat), float(lon)

    def step(self, time: float, dt: float, wind: Wind) -> None:
        """`dt` s on from `time` (UTC s). It holds course and speed meanwhile, as `Deck.after` has it."""
        if isinstance(self.place, BaseSection):
            self.heading = self._into(wind)
            return
        ahead_east, ahead_north = offset(*self._way(time), *self._way(time + AHEAD_S))
        self.under_way = bearing_of(ahead_east, ahead_north), math.hypot(ahead_east, ahead_north) / AHEAD_S
        east, north = self.speed * math.sin(self.heading), self.speed * math.cos(self.heading)
        self.lat_deg, self.lon_deg = moved(self.lat_deg, self.lon_deg, east * dt, north * dt)
        if self.working:
            self._steer(self._into(wind), min(max(OVER_DECK - wind.speed, LEAST), FASTEST), dt)
        else:
            self._sail(time + dt, dt)

    def _into(self, wind: Wind) -> float:
        """Where the wind comes from, rad; as it lies, if there is none."""
        return bearing_of(-wind.east, -wind.north) if wind.speed > 1.0 else self.heading

    def _sail(self, time: float, dt: float) -> None:
        """To where its way has it a little later."""
        east, north = offset(self.lat_deg, self.lon_deg, *self._way(time + AHEAD_S))
        away = math.hypot(east, north)
        if away < NEAR_M:
            self.speed = 0.0
            return
        self._steer(bearing_of(east, north), min(away / AHEAD_S, FASTEST), dt or math.inf)

    def _steer(self, heading: float, speed: float, dt: float) -> None:
        off = half_turn(heading - self.heading)
        most = min(TURN * dt, math.pi)
        self.heading = (self.heading + max(-most, min(most, off))) % (2 * math.pi)
        self.speed = speed

    def deck(self, platform: PlatformProfile, far: bool = False) -> Deck:
        """What a vehicle of a platform starts from and comes back to there. Who is far reckons with its way, not with
        what it does for others meanwhile.
        """
        kind = self.kinds.get(platform.id)
        if kind is None:
            kind = self.kinds[platform.id] = next(
                (k for k in self.place.offers if k in platform.launch or k in platform.recovery), self.place.offers[0]
            )
        heading, speed = self.under_way if far else (self.heading, self.speed)
        at = self.place.name, kind, self.lat_deg, self.lon_deg, heading, speed
        if isinstance(self.place, BaseSection):
            return Deck(*at, RUNWAY_M if kind == RUNWAY else DECK_M)
        return Deck(*at, DECK_M, DECK_HEIGHT)
