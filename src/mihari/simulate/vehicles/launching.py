"""A vehicle on a deck -> refuelled, checked against its limits, on its way."""

from __future__ import annotations

from dataclasses import replace

from mihari.simulate.vehicles import approach, hover, wings
from mihari.simulate.vehicles.body import AIR, WATER, Deck, Sea, Wind
from mihari.simulate.vehicles.demand import Demand
from mihari.simulate.vehicles.limits import SPARE_M, launch_problem
from mihari.simulate.vehicles.orders import Land, Loiter, Return, Search, Through
from mihari.simulate.vehicles.plane import bearing_of
from mihari.simulate.vehicles.state import State

ALONGSIDE_M = 12.0  # craft are put to water so far from the ship's side
LAUNCHING = ("take-off", "rise", "climb-out")


class Launching(State):
    """From standing on a deck to under way."""

    def _parked(self, dt: float, deck: Deck, wind: Wind, sea: Sea) -> None:
        """Stands, is refuelled, starts when it has an order and may."""
        self.rested += dt
        ready = self.rested >= self.profile.turnaround
        if ready and self.body.energy < 1:
            self.body = replace(self.body, energy=1.0)
        waiting = self.order is not None and not isinstance(self.order, Land | Return) and not self.bingo
        if waiting and ready:
            self.why = launch_problem(self.profile, deck, wind, sea)
            if not self.why:
                self._launch(deck)
                return
        self.body = approach.rest_on(self.body, deck.after(dt), self.spot, self.off)

    def _launch(self, deck: Deck) -> None:
        self.off = 0.0
        if self.profile.drive == "fixed wing":
            self.phase, self.rolled, self.spot = "take-off", 0.0, -deck.length / 2 + SPARE_M
        elif self.profile.drive == "vertical":
            self.phase = "rise"
            east, north = deck.velocity
            self.body = replace(self.body, on=AIR, course=bearing_of(east, north), ground_speed=deck.speed)
        else:
            self.phase, self.cycle = "under way", 0.0
            lat, lon = deck.place(0.0, deck.width / 2 + ALONGSIDE_M)
            self.body = replace(self.body, lat_deg=lat, lon_deg=lon, height=0.0, airspeed=deck.speed, on=WATER)
        order = self.order
        assert isinstance(order, Through | Loiter | Search)
        self.guidance.take(order, self.body)

    def _take_off(self, dt: float, deck: Deck, air: Wind) -> None:
        gained = approach.run_acceleration(self.profile) * dt
        self.spot += (self.rolled + gained / 2) * dt
        self.rolled += gained
        later = deck.after(dt)
        lat, lon = later.place(self.spot)
        running = approach.accelerate(self.profile, self.body, later, air, self.rolled)
        self.body = replace(running, lat_deg=lat, lon_deg=lon)
        if self.body.on == AIR:
            self.phase = "climb-out"

    def _rise(self, dt: float, deck: Deck, air: Wind) -> None:
        self.body = hover.rise(self.profile, self.body, deck, air, dt)
        if self.body.height > deck.height + hover.CLEAR_M:
            self._launched()

    def _climb_out(self, dt: float, deck: Deck, air: Wind) -> None:
        ahead = Demand(deck.heading, 1.3 * self.profile.min_speed, deck.height + 500.0, frame=deck.velocity)
        self.body = wings.fly(self.profile, self.body, ahead, air, dt)
        if self.body.height > approach.clear_height(deck):
            self._launched()

    def _launched(self) -> None:
        """It is up: to its order, or home if it was called back meanwhile."""
        self.phase = "under way"
        if isinstance(self.order, Land | Return):
            self._homeward(self._bound_for(self.order))
