"""An order and where the vehicle is -> what its motion is asked for: along legs, around circles, at a place.

Legs are followed as lines: the farther off, the more straight to them (at most square), corners cut by the turn's
radius. Circles likewise. Wind and current are corrected in the motion, which knows the frame it is to go in.
"""

from __future__ import annotations

import math
from itertools import pairwise

from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import Body
from mihari.simulate.vehicles.demand import Demand
from mihari.simulate.vehicles.limits import Refused
from mihari.simulate.vehicles.orders import Leg, Loiter, Order, Search, Through
from mihari.simulate.vehicles.plane import bearing_of, components, half_turn, offset
from mihari.simulate.vehicles.wings import turn_radius

AHEAD_S = 8.0  # a line is met so many s ahead: farther than a turn takes to begin, nearer than it matters
ARRIVED_M = 30.0  # craft have reached a place so near
STAY_M = 60.0  # craft let themselves drift so far from where they are to stay
CIRCLE = 1.5  # of its least radius: what a circle has unless told, with room for wind


class Guidance:
    """Follows one order: `take` it, then ask for a `demand` at every moment. `done`: its places are behind."""

    def __init__(self, profile: PlatformProfile) -> None:
        self.profile = profile
        self.legs: tuple[Leg, ...] = ()
        self.circle: Loiter | None = None
        self.leg = 0
        self.start = (0.0, 0.0)

    def take(self, order: Order, body: Body) -> None:
        """Begin an order from where the vehicle is; Refused if it is not within what the platform can do."""
        if isinstance(order, Loiter):
            self._fits(order.height)
            self.legs, self.circle = (), order
            if self.profile.kind == "aircraft" and 0 < order.radius < self.least_radius(order.speed):
                least = self.least_radius(order.speed)
                raise Refused(
                    f"a circle of {order.radius:.0f} m is too small at that speed; the least are {least:.0f} m"
                )
        elif isinstance(order, Through | Search):
            legs = order.legs
            if not legs:
                raise Refused("there is no place to go to")
            for leg in legs:
                self._fits(leg.height)
            self.legs, self.circle = legs, None
        else:
            raise TypeError(type(order).__name__)
        self.leg, self.start = 0, (body.lat_deg, body.lon_deg)

    def _fits(self, height: float) -> None:
        """Refused for a height above the ceiling, a depth below the greatest, a place that is not in its element."""
        if math.isnan(height):
            return
        one = self.profile
        if one.kind == "aircraft" and not 0 < height <= one.ceiling:
            raise Refused(f"{height:.0f} m is not between the sea and its ceiling of {one.ceiling:.0f} m")
        if one.kind == "surface" and height != 0:
            raise Refused("it stays on the water")
        if one.kind == "underwater" and not -one.max_depth <= height <= 0:
            raise Refused(f"{-height:.0f} m is not between the surface and its greatest depth of {one.max_depth:.0f} m")

    def least_radius(self, speed: float = math.nan) -> float:
        """The smallest circle in m at `speed` m/s (NaN: cruise) that it keeps in some wind."""
        speed = speed if math.isfinite(speed) else self.profile.cruise
        return 1.1 * turn_radius(self.profile, speed) if self.profile.kind == "aircraft" else 0.0

    @property
    def blind(self) -> float:
        """Metres that a glider goes without a fix; others always know where they are."""
        return self.profile.cruise * self.profile.surface_every if self.profile.drive == "glider" else 0.0

    @property
    def done(self) -> bool:
        """Whether all legs are behind; a circle never ends."""
        return self.circle is None and self.leg >= len(self.legs)

    @property
    def length(self) -> float:
        """Metres along all legs, from where the order was begun."""
        places = [self.start, *((leg.lat_deg, leg.lon_deg) for leg in self.legs)]
        return sum(math.hypot(*offset(*a, *b)) for a, b in pairwise(places))

    def demand(self, body: Body) -> Demand:
        """What to ask for now."""
        while not self.done and self.circle is None:
            leg = self.legs[self.leg]
            track, left, right = self._line(body, leg)
            if left > self._early(body, track):
                look = max(AHEAD_S * max(body.ground_speed, body.airspeed), ARRIVED_M, self.blind)
                return self._asked(track - math.atan(right / look), leg.height, leg.speed)
            self.leg, self.start = self.leg + 1, (leg.lat_deg, leg.lon_deg)
        if self.circle is not None:
            one = self.circle
            return self._around(body, one.lat_deg, one.lon_deg, one.radius, one.height, one.speed)
        last = self.legs[-1] if self.legs else Leg(*self.start)
        return self._around(body, last.lat_deg, last.lon_deg, 0.0, last.height, last.speed)

    def _line(self, body: Body, leg: Leg) -> tuple[float, float, float]:
        """(track of the leg, metres left along it, metres to the right of it)."""
        whole = offset(*self.start, leg.lat_deg, leg.lon_deg)
        to_go = offset(body.lat_deg, body.lon_deg, leg.lat_deg, leg.lon_deg)
        track = bearing_of(*(whole if math.hypot(*whole) > 1.0 else to_go))
        left, off = components(track, *to_go)
        return track, left, -off

    def _early(self, body: Body, track: float) -> float:
        """How many metres before the end of a leg the next one begins."""
        if self.profile.kind != "aircraft":
            return ARRIVED_M
        if self.leg + 1 >= len(self.legs):
            return ARRIVED_M
        here, there = self.legs[self.leg], self.legs[self.leg + 1]
        onward = offset(here.lat_deg, here.lon_deg, there.lat_deg, there.lon_deg)
        if math.hypot(*onward) < 1.0:
            return ARRIVED_M
        corner = min(abs(half_turn(bearing_of(*onward) - track)), math.radians(120.0))
        return turn_radius(self.profile, body.airspeed) * math.tan(corner / 2) + ARRIVED_M

    def _asked(self, bearing: float, height: float, speed: float) -> Demand:
        one = self.profile
        usual = {"aircraft": one.working_height, "surface": 0.0, "underwater": -one.working_depth}[one.kind]
        speed = min(speed, one.max_speed) if math.isfinite(speed) else one.cruise
        return Demand(bearing, speed, height if math.isfinite(height) else usual)

    def _around(self, body: Body, lat_deg: float, lon_deg: float, radius: float, height: float, speed: float) -> Demand:
        """Clockwise around a place, or for craft to it and stay."""
        out = offset(lat_deg, lon_deg, body.lat_deg, body.lon_deg)
        away = math.hypot(*out)
        if self.profile.kind != "aircraft":
            asked = self._asked(bearing_of(-out[0], -out[1]), height, speed)
            held = min(1.0, away / (2 * STAY_M)) if away > STAY_M else 0.0
            return Demand(asked.bearing, asked.speed * held, asked.height)
        radius = max(radius, CIRCLE * self.least_radius(speed) / 1.1) if radius == 0 else radius
        look = max(AHEAD_S * body.ground_speed, 100.0) / 2
        return self._asked(bearing_of(*out) + math.pi / 2 + math.atan((away - radius) / look), height, speed)
