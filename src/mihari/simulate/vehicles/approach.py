"""An aircraft and a deck that moves -> circuit, final approach, touch-down or go-around, take-off run and roll-out.

All in the deck's frame: `along` from where the approach is aimed at, `right` of the deck's line. On the final the
aircraft flies the line astern of the deck at 3.5° in the air over a deck that sails on, without a hook or a net.
"""

from __future__ import annotations

import math
from dataclasses import replace

from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import AIR, Body, Deck, Wind
from mihari.simulate.vehicles.demand import Demand, within
from mihari.simulate.vehicles.limits import APPROACH, LIFT_OFF, SPARE_M, aim_point, landing_distance
from mihari.simulate.vehicles.plane import bearing_of, components, half_turn, offset
from mihari.simulate.vehicles.wings import turn_radius

GLIDE = math.radians(3.5)
FINAL_S = 45.0  # s of flight in still air from the final's beginning to the deck, at least FINAL_M
FINAL_M = 1500.0
DECISION_M = 30.0  # above the deck the approach has to be settled
OFF_LINE_M, OFF_PATH_M, OFF_RAD = 5.0, 8.0, math.radians(8.0)  # beyond which it is not
HIGH_M = 40.0  # above the circuit it comes down first
LINE_S = 6.0  # the line is met so many s ahead


class Approach:
    """One aircraft's way down to one deck: `demand` until `judge` says "down"; "again" is a go-around."""

    def __init__(self, profile: PlatformProfile) -> None:
        self.profile = profile
        self.speed = APPROACH * profile.min_speed
        self.stage = "join"
        self.side = 0.0
        self.go_arounds = 0

    @property
    def final(self) -> float:
        """Metres astern at which the final begins."""
        return max(FINAL_M, FINAL_S * self.speed)

    def place(self, body: Body, deck: Deck) -> tuple[float, float]:
        """(along, right) of the aircraft, from the point it aims at."""
        along, right = deck.seen_from(body.lat_deg, body.lon_deg)
        return along - aim_point(deck), right

    def demand(self, body: Body, deck: Deck) -> Demand:
        """What to ask for now."""
        along, right = self.place(body, deck)
        radius = turn_radius(self.profile, 1.2 * self.speed)
        top = deck.height + math.tan(GLIDE) * self.final
        if self.stage == "climb":
            if body.height >= top - 20:
                self.stage, self.side = "join", 0.0
            return Demand(deck.heading, 1.2 * self.speed, top, frame=deck.velocity)
        if self.stage == "join":
            self.side = self.side or math.copysign(1.0, right)
            target = -(self.final + radius), self.side * 2.2 * radius
            out = along - target[0], right - target[1]
            away, from_ = math.hypot(*out), deck.heading + math.atan2(out[1], out[0])
            high = body.height > top + HIGH_M
            if high and away < 4 * radius:  # down in circles
                turn = from_ + math.pi / 2 + math.atan((away - 1.5 * radius) / (LINE_S * self.speed))
                return Demand(turn, 1.2 * self.speed, top, frame=deck.velocity)
            if high or (away > 0.5 * radius and along > -(self.final + 2 * radius)):
                return Demand(from_ + math.pi, 1.2 * self.speed, top, frame=deck.velocity)
            self.stage = "line"
        return self._line(body, deck, along, right, top)

    def _line(self, body: Body, deck: Deck, along: float, right: float, top: float) -> Demand:
        """Along the line astern of the deck, and down its slope."""
        look = LINE_S * self.speed
        bearing = deck.heading - math.atan(right / look)
        slope = deck.height + math.tan(GLIDE) * max(-along, 0.0)
        if slope >= top:
            return Demand(bearing, 1.1 * self.speed, top, frame=deck.velocity)
        closing = self.closing(body, deck)
        down = -closing * math.tan(GLIDE) + 0.4 * (slope - body.height)
        return Demand(bearing, self.speed, climb=down, frame=deck.velocity)

    def closing(self, body: Body, deck: Deck) -> float:
        """m/s at which it nears the deck along its line."""
        (east, north), (deck_east, deck_north) = body.velocity, deck.velocity
        return components(deck.heading, east - deck_east, north - deck_north)[0]

    def judge(self, body: Body, deck: Deck, wind: Wind) -> str:
        """ "down": it stands on its wheels; "again": go around; "": fly on."""
        if self.stage != "line":
            return ""
        along, right = self.place(body, deck)
        above = body.height - deck.height
        path = math.tan(GLIDE) * max(-along, 0.0)
        if above > DECISION_M and along < 0:
            return ""
        (east, north), (deck_east, deck_north) = body.velocity, deck.velocity
        askew = abs(half_turn(bearing_of(east - deck_east, north - deck_north) - deck.heading))
        if abs(right) > OFF_LINE_M or abs(above - path) > OFF_PATH_M or askew > OFF_RAD:
            return self._again()
        if above > 0.3:
            return ""
        left = deck.length / 2 - SPARE_M - aim_point(deck) - along
        fits = aim_point(deck) + along > -deck.length / 2 + SPARE_M and landing_distance(
            self.profile, deck.over(wind)[0]) <= left  # fmt: skip
        return "down" if fits else self._again()

    def _again(self) -> str:
        self.stage = "climb"
        self.go_arounds += 1
        return "again"


def accelerate(profile: PlatformProfile, body: Body, deck: Deck, wind: Wind, rolled: float) -> Body:
    """On the take-off run, `rolled` m/s over the deck: on it, or in the air once it is fast enough.

    The acceleration is that of the run in still air; where it stands on the deck is the caller's to keep.
    """
    through_air = max(rolled, 0.0) + deck.over(wind)[0]
    east, north = deck.velocity
    sin, cos = math.sin(deck.heading), math.cos(deck.heading)
    over = east + rolled * sin, north + rolled * cos
    flies = through_air >= LIFT_OFF * profile.min_speed
    return replace(
        body, height=deck.height, heading=deck.heading, course=bearing_of(*over), airspeed=max(through_air, 0.0),
        ground_speed=math.hypot(*over), climb=0.0, pitch=0.0, roll=0.0, on=AIR if flies else deck.on,
    )  # fmt: skip


def run_acceleration(profile: PlatformProfile) -> float:
    """m/s² of the take-off run: v² / 2s."""
    return (LIFT_OFF * profile.min_speed) ** 2 / (2 * profile.take_off_run)


def braking(profile: PlatformProfile) -> float:
    """m/s² of the roll-out."""
    return (APPROACH * profile.min_speed) ** 2 / (2 * profile.landing_run)


def rest_on(body: Body, deck: Deck, along: float, right: float, rolled: float = 0.0) -> Body:
    """The aircraft on a deck, `along` and `right` of its middle, rolling at `rolled` m/s."""
    lat, lon = deck.place(along, right)
    east, north = deck.velocity
    over = east + rolled * math.sin(deck.heading), north + rolled * math.cos(deck.heading)
    return replace(
        body, lat_deg=lat, lon_deg=lon, height=deck.height, heading=deck.heading, course=bearing_of(*over),
        ground_speed=math.hypot(*over), airspeed=rolled, climb=0.0, pitch=0.0, roll=0.0, on=deck.on,
    )  # fmt: skip


def away_from(body: Body, deck: Deck) -> float:
    """Metres from a deck's middle."""
    return math.hypot(*offset(body.lat_deg, body.lon_deg, deck.lat_deg, deck.lon_deg))


def clear_height(deck: Deck) -> float:
    """Height in m up to which an aircraft that took off climbs straight ahead."""
    return within(deck.height + 60.0, 60.0, 10_000.0)
