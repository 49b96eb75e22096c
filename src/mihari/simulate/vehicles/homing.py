"""A vehicle that is to come back -> at its deck, down on it or alongside, or circling while the deck cannot take it."""

from __future__ import annotations

import math
from dataclasses import replace

from mihari.simulate.vehicles import approach, craft, hover, wings
from mihari.simulate.vehicles.body import UNDER_WATER, Deck, Sea, Wind
from mihari.simulate.vehicles.demand import Demand, within
from mihari.simulate.vehicles.guidance import Guidance
from mihari.simulate.vehicles.limits import recovery_problem
from mihari.simulate.vehicles.orders import Loiter
from mihari.simulate.vehicles.plane import bearing_of, offset
from mihari.simulate.vehicles.state import State

HOLD_M = 300.0  # above a deck that cannot take it, it waits
LAST_M = 60.0  # before a deck craft hurry if they must
REACHED_M = 12.0  # craft are taken up so near to a deck


class Homing(State):
    """From anywhere to standing on a deck."""

    def _homing(self, dt: float, deck: Deck, air: Wind, wind: Wind, sea: Sea) -> None:
        """At cruise to the deck, down in time; then the approach."""
        one, away = self.profile, approach.away_from(self.body, deck)
        bearing = bearing_of(*offset(self.body.lat_deg, self.body.lon_deg, deck.lat_deg, deck.lon_deg))
        if one.kind != "aircraft":
            self._berth(dt, deck, bearing, away, wind, sea)
            return
        circuit = deck.height + (math.tan(approach.GLIDE) * self.approach.final if one.drive == "fixed wing" else 80.0)
        down_m = 1.3 * one.cruise * max(self.body.height - circuit, 0.0) / one.sink
        near = 2000.0 + (
            self.approach.final + 6 * wings.turn_radius(one, one.cruise) if one.drive == "fixed wing" else 0
        )
        height = circuit if away < down_m + near else max(self.body.height, circuit)
        self._move(Demand(bearing, one.cruise, height, frame=deck.velocity), air, sea, dt)
        if away < near:
            self.phase = "approach"

    def _down(self, dt: float, deck: Deck, air: Wind, wind: Wind, sea: Sea) -> None:
        """The approach; a deck that cannot take it now is circled."""
        one = self.profile
        committed = self.body.height < deck.height + approach.DECISION_M
        self.why = "" if committed else recovery_problem(one, deck, wind, sea)
        if self.why:
            wait = Loiter(deck.lat_deg, deck.lon_deg, height=min(deck.height + HOLD_M, one.ceiling))
            holding = Guidance(one)
            holding.take(wait, self.body)
            self.approach.stage = "join"
            self._move(replace(holding.demand(self.body), frame=deck.velocity), air, sea, dt)
        elif one.drive == "vertical":
            self._settle(dt, deck, air)
        else:
            self.body = wings.fly(one, self.body, self.approach.demand(self.body, deck), air, dt)
            if self.approach.judge(self.body, deck.after(dt), wind) == "down":
                self._touch(deck.after(dt))

    def _settle(self, dt: float, deck: Deck, air: Wind) -> None:
        one, away = self.profile, approach.away_from(self.body, deck)
        bearing = bearing_of(*offset(self.body.lat_deg, self.body.lon_deg, deck.lat_deg, deck.lon_deg))
        slow = self.body.airspeed < one.min_speed
        high = self.body.height > deck.height + 2.5 * hover.CLEAR_M
        if high or (away > hover.NEAR_M and not slow):
            around = bearing + (math.pi / 2 if high and away < 1500 else 0.0)  # down in a circle
            goal = Demand(around, 1.4 * one.min_speed, deck.height + 2 * hover.CLEAR_M, frame=deck.velocity)
            self._move(goal, air, Sea(), dt)
            return
        self.body = hover.settle(one, self.body, deck.after(dt), air, dt)
        if self.body.parked:
            self.spot, self.off = deck.after(dt).seen_from(self.body.lat_deg, self.body.lon_deg)
            self._stand()

    def _touch(self, deck: Deck) -> None:
        self.spot, self.off = deck.seen_from(self.body.lat_deg, self.body.lon_deg)
        self.phase, self.rolled = "roll-out", max(self.approach.closing(self.body, deck), 0.0)
        self.body = replace(self.body, height=deck.height, climb=0.0, roll=0.0, on=deck.on)
        self.landed = deck  # a runway's direction is kept should the wind turn

    def _roll_out(self, dt: float, deck: Deck) -> None:
        slower = max(self.rolled - approach.braking(self.profile) * dt, 0.0)
        self.spot += (self.rolled + slower) / 2 * dt
        self.rolled = slower
        self.body = approach.rest_on(self.body, deck.after(dt), self.spot, self.off, slower)
        if slower == 0:
            self._stand()

    def _stand(self) -> None:
        self.phase, self.rested, self.home = "parked", 0.0, self.target

    def _berth(self, dt: float, deck: Deck, bearing: float, away: float, wind: Wind, sea: Sea) -> None:
        """Alongside, and taken up if sea and deck let it; else it keeps near."""
        one = self.profile
        self.why = recovery_problem(one, deck, wind, sea) if away < 1000 else ""
        near = 200.0 if self.why else 0.0
        closing = within(0.1 * (away - near) + 0.4, -1.0, one.cruise)
        east, north = deck.velocity
        wanted = closing * math.sin(bearing) + east, closing * math.cos(bearing) + north
        through = wanted[0] - sea.east, wanted[1] - sea.north
        speed = min(math.hypot(*through), one.cruise if away > LAST_M else one.max_speed)
        height = 0.0 if away < 1000 or one.kind == "surface" else -one.working_depth
        demand = Demand(bearing_of(*through), speed, height, frame=(sea.east, sea.north))
        if one.kind == "surface":
            self.body = craft.sail(one, self.body, demand, wind, sea, dt)
        else:
            self.body = craft.dive(one, self.body, self._diving(demand, dt) if height else demand, wind, sea, dt)
        if away < REACHED_M and not self.why and self.body.on != UNDER_WATER:
            self.spot, self.off = 0.0, 0.0
            self.body = approach.rest_on(self.body, deck.after(dt), 0.0, 0.0)
            self._stand()
