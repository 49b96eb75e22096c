"""What a vehicle knows of itself between steps, and the motion of its drive; `vehicle.Vehicle` is what others use."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mihari.sensors.platform import PlatformProfile, profile
from mihari.simulate.vehicles import approach, craft, hover, wings
from mihari.simulate.vehicles.body import RUNWAY, WATER, Body, Deck, Sea, Wind
from mihari.simulate.vehicles.demand import Demand, within
from mihari.simulate.vehicles.energy import used
from mihari.simulate.vehicles.guidance import Guidance
from mihari.simulate.vehicles.limits import SPARE_M, Refused
from mihari.simulate.vehicles.orders import Land, Loiter, Order, Return

GUST_S = 10.0  # a gust lasts about so long


class State:
    """The fields of a vehicle, and how it moves when it knows what it wants."""

    def __init__(
        self, one: str | PlatformProfile, start: Body | Deck, rng: np.random.Generator, home: str = ""
    ) -> None:
        self.profile = profile(one) if isinstance(one, str) else one
        self.rng = rng
        self.guidance = Guidance(self.profile)
        self.approach = approach.Approach(self.profile)
        self.order: Order | None = None
        self.home, self.target, self.why, self.bingo = home, "", "", False
        self.phase, self.time, self.rested = "under way", 0.0, math.inf
        self.spot, self.off, self.rolled = 0.0, 0.0, 0.0  # m along and right of the deck's middle, m/s along it
        self.gust = (0.0, 0.0)
        self.fix, self.cycle, self.sinking = Demand(0.0, 0.0, 0.0), 0.0, True
        self.landed = start if isinstance(start, Deck) else Deck("", RUNWAY, start.lat_deg, start.lon_deg)
        if isinstance(start, Deck):
            self.phase, self.home, self.target = "parked", start.name, start.name
            self.spot = -start.length / 2 + SPARE_M if self.profile.drive == "fixed wing" else 0.0
            place = start.place(self.spot)
            self.body = Body(*place, start.height, start.heading, on=start.on)
        else:
            self.body = start
            self.guidance.take(Loiter(start.lat_deg, start.lon_deg), start)

    def _gusty(self, wind: Wind, dt: float) -> Wind:
        """The wind with its gusts (Gauss and Markov, GUST_S)."""
        if not wind.gust or self.profile.kind != "aircraft":
            return wind
        keep = math.exp(-dt / GUST_S)
        east, north = self.rng.normal(scale=wind.gust * math.sqrt(1 - keep**2), size=2).tolist()
        self.gust = self.gust[0] * keep + east, self.gust[1] * keep + north
        return Wind(wind.east + self.gust[0], wind.north + self.gust[1])

    def _move(self, demand: Demand, air: Wind, sea: Sea, dt: float) -> None:
        """The motion of its drive."""
        one = self.profile
        if one.drive == "vertical" and self.body.airspeed < one.min_speed:
            self.body = hover.gather(one, self.body, demand.bearing, air, dt)
        elif one.kind == "aircraft":
            self.body = wings.fly(one, self.body, demand, air, dt)
        elif one.kind == "surface":
            self.body = craft.sail(one, self.body, demand, air, sea, dt)
        else:
            self.body = craft.dive(one, self.body, self._diving(demand, dt), air, sea, dt)

    def _diving(self, demand: Demand, dt: float) -> Demand:
        """Up for a fix and a call every `surface_every`. A glider saws between its depths on the way.

        It learns where it is, and the current, only at the surface; under water it holds what was right there.
        """
        one = self.profile
        up = self.body.height > -craft.AT_SURFACE_M
        self.cycle += dt
        if up and self.cycle >= one.surface_every:
            self.cycle = 0.0
        # the way up is begun early enough
        due = (
            self.cycle >= one.surface_every - max(-self.body.height, 0.0) / one.dive_rate
            or self.cycle < one.surface_for
        )
        if one.drive != "glider":
            return replace(demand, height=0.0 if due else min(demand.height, 0.0))
        if up:
            self.fix, self.sinking = demand, True
            if self.cycle < one.surface_for:
                return replace(demand, speed=0.0, height=0.0)
        deepest = within(-demand.height, one.shallow_depth, one.max_depth)
        if -self.body.height >= deepest - 0.5:
            self.sinking = False
        elif -self.body.height <= one.shallow_depth + 0.5:
            self.sinking = True
        goal = 0.0 if due else (-deepest if self.sinking else -one.shallow_depth)
        return Demand(self.fix.bearing, self.fix.speed, goal)

    def _spend(self, dt: float) -> None:
        hovering = self.profile.drive == "vertical" and self.body.airspeed < self.profile.min_speed
        left = self.body.energy - used(self.profile, self.body.airspeed, dt, hovering and not self.body.parked)
        self.body = replace(self.body, energy=max(left, 0.0))
        if left <= 0 and not self.body.parked:
            self.phase, self.why = "lost", "out of energy"

    def _adrift(self, dt: float, air: Wind, sea: Sea) -> None:
        """Out of energy: an aircraft glides down, a craft drifts."""
        if self.profile.kind == "aircraft" and self.body.height > 0:
            down = Demand(self.body.heading, 1.2 * self.profile.min_speed, climb=-self.profile.sink / 2)
            self.body = wings.fly(self.profile, self.body, down, air, dt)
            if self.body.height > 0:
                return
            self.body = replace(self.body, height=0.0, roll=0.0, climb=0.0, airspeed=0.0, ground_speed=0.0, on=WATER)
        if self.profile.kind != "aircraft":
            rest = Demand(self.body.heading, 0.0, self.body.height)
            self.body = craft.sail(self.profile, self.body, rest, air, sea, dt)

    def _bound_for(self, order: Land | Return) -> str:
        """The name of the deck to go to."""
        name = order.deck if isinstance(order, Land) else self.home
        if not name:
            raise Refused(f"{self.profile.name} has no deck to return to")
        return name

    def _homeward(self, name: str) -> None:
        self.phase, self.target = "homing", name
        self.approach = approach.Approach(self.profile)
