"""A platform's profile, orders, wind, sea, decks -> a vehicle that starts, goes, watches its energy, comes back, lands.

`Vehicle` only decides what comes next (`phase`); how each phase moves is in `wings`, `hover`, `craft`, `approach`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mihari.core.errors import BadInput
from mihari.sensors.platform import profile
from mihari.simulate.vehicles import approach, craft, hover, wings
from mihari.simulate.vehicles.body import AIR, RUNWAY, UNDER_WATER, WATER, Body, Deck, Sea, Wind
from mihari.simulate.vehicles.demand import Demand, within
from mihari.simulate.vehicles.energy import bingo, used
from mihari.simulate.vehicles.guidance import Guidance
from mihari.simulate.vehicles.limits import SPARE_M, Refused, into_wind, launch_problem, recovery_problem
from mihari.simulate.vehicles.orders import Land, Loiter, Order, Return, Search, Through
from mihari.simulate.vehicles.plane import bearing_of, offset

CRUISE_STEP, FINE_STEP, CRAFT_STEP = 1.0, 0.25, 2.0  # s: the longest steps in the air, near decks, on water
GUST_S = 10.0  # a gust lasts about so long
WATCH_S = 10.0  # so often it asks whether to go home
HOLD_M = 300.0  # above a deck that cannot take it, it waits
LAST_M = 60.0  # before a deck craft hurry if they must
REACHED_M = 12.0  # craft are taken up so near to a deck
LAUNCHING = ("take-off", "rise", "climb-out")
NOTHING: Mapping[str, Deck] = {}


class Vehicle:
    """One vehicle of a type. `command` it, then `step` it; `body` is where it is.

    start: the `Deck` it stands on, or a `Body` under way. home: the deck it returns to, unless it started from one.
    `phase`: "parked", "take-off", "rise", "climb-out", "under way", "homing", "approach", "roll-out", "lost" (out of
    energy). `why`: what keeps it from its order, "" if nothing does; `bingo`: it went home for want of energy.

    >>> home = Deck("naha", "runway", 26.2, 127.65, length=3000.0)
    >>> tb2 = Vehicle("tb2", home, np.random.default_rng(1))
    >>> tb2.command(Loiter(26.5, 127.65))
    >>> after = tb2.step(600.0, decks={"naha": home})
    >>> after.on, tb2.phase, round(after.airspeed, 1)
    ('air', 'under way', 36.0)
    """

    def __init__(self, profile_id: str, start: Body | Deck, rng: np.random.Generator, home: str = "") -> None:
        self.profile = profile(profile_id)
        self.rng = rng
        self.guidance = Guidance(self.profile)
        self.approach = approach.Approach(self.profile)
        self.order: Order | None = None
        self.home, self.target, self.why, self.bingo = home, "", "", False
        self.phase, self.time, self.rested = "under way", 0.0, math.inf
        self.spot, self.rolled = 0.0, 0.0  # m from the deck's middle along it, m/s over it
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

    @property
    def done(self) -> bool:
        """Whether its order is carried out: landed where it was told, all places behind; circles never are."""
        if isinstance(self.order, Land | Return):
            return self.phase == "parked"
        return self.order is None or (self.phase != "parked" and not self.bingo and self.guidance.done)

    def command(self, order: Order) -> None:
        """Do this from now on; what it did before is forgotten. Refused if this platform cannot."""
        if isinstance(order, Land | Return):
            name = self._bound_for(order)
            if self.phase in ("parked", "roll-out"):
                if name != self.target:
                    raise Refused(f"{self.profile.name} stands on {self.target}; launch it first")
            elif self.phase not in LAUNCHING:  # those go home once they are up
                self._homeward(name)
        else:
            trial = Guidance(self.profile)
            trial.take(order, self.body)
            self._reaches(trial)
            self.guidance = trial
            if self.phase in ("homing", "approach"):
                self.phase = "under way"
        self.order, self.why, self.bingo = order, "", False

    def _bound_for(self, order: Land | Return) -> str:
        """The name of the deck to go to."""
        name = order.deck if isinstance(order, Land) else self.home
        if not name:
            raise Refused(f"{self.profile.name} has no deck to return to")
        return name

    def _reaches(self, guidance: Guidance) -> None:
        """Refused if even in still air the way alone takes more than its energy less the reserve."""
        one = self.profile
        energy = 1.0 if self.phase == "parked" else self.body.energy
        needed = guidance.length / one.cruise
        if needed > energy * one.endurance - one.reserve:
            hours = max(energy * one.endurance - one.reserve, 0.0) / 3600
            raise Refused(
                f"the way takes {needed / 3600:.1f} h at cruise; {one.name} has {hours:.1f} h less its reserve"
            )

    def _homeward(self, name: str) -> None:
        self.phase, self.target = "homing", name
        self.approach = approach.Approach(self.profile)

    # a step

    def step(
        self, dt: float, wind: Wind | None = None, sea: Sea | None = None, decks: Mapping[str, Deck] = NOTHING
    ) -> Body:
        """The body `dt` s later. `decks`: as they are now; their ships hold on meanwhile. Parts of a step are short."""
        wind, sea, gone = wind or Wind(), sea or Sea(), 0.0
        while gone < dt - 1e-9:
            part = min(self._longest(), dt - gone)
            self._part(part, self._gusty(wind, part), wind, sea, decks, gone)
            gone += part
            self.time += part
        return self.body

    def _longest(self) -> float:
        """The longest step in s that this phase may take."""
        if self.phase == "parked":
            return 60.0
        if self.profile.kind != "aircraft":
            return CRAFT_STEP if self.profile.cruise > 1 else 2 * CRAFT_STEP
        slow = self.profile.drive == "vertical" and self.body.airspeed < self.profile.min_speed
        return CRUISE_STEP if self.phase in ("under way", "homing") and not slow else FINE_STEP

    def _gusty(self, wind: Wind, dt: float) -> Wind:
        """The wind with its gusts (Gauss and Markov, GUST_S)."""
        if not wind.gust or self.profile.kind != "aircraft":
            return wind
        keep = math.exp(-dt / GUST_S)
        east, north = self.rng.normal(scale=wind.gust * math.sqrt(1 - keep**2), size=2).tolist()
        self.gust = self.gust[0] * keep + east, self.gust[1] * keep + north
        return Wind(wind.east + self.gust[0], wind.north + self.gust[1])

    def _part(self, dt: float, air: Wind, wind: Wind, sea: Sea, decks: Mapping[str, Deck], gone: float) -> None:
        """One short step. `air`: with gusts; `wind`: as told."""
        if self.phase == "lost":
            self._adrift(dt, air, sea)
            return
        if self.phase == "parked":
            self._parked(dt, self._deck(decks, gone, wind), wind, sea)
            return
        if self.phase == "under way":
            self._watch(dt, wind, sea, decks, gone)
        if self.phase == "under way":
            self._under_way(dt, air, sea)
        else:
            self._near_deck(dt, self._deck(decks, gone, wind), air, wind, sea)
        self._spend(dt)

    def _near_deck(self, dt: float, deck: Deck, air: Wind, wind: Wind, sea: Sea) -> None:
        if self.phase == "take-off":
            self._take_off(dt, deck, air)
        elif self.phase == "rise":
            self._rise(dt, deck, air)
        elif self.phase == "climb-out":
            self._climb_out(dt, deck, air)
        elif self.phase == "homing":
            self._homing(dt, deck, air, wind, sea)
        elif self.phase == "approach":
            self._down(dt, deck, air, wind, sea)
        else:
            self._roll_out(dt, deck)

    def _deck(self, decks: Mapping[str, Deck], gone: float, wind: Wind) -> Deck:
        """The deck it stands on or goes to, as it is by now; of a runway the end into the wind."""
        found = decks.get(self.target)
        if found is None:
            raise BadInput(f"{self.profile.name} needs {self.target!r}, which is not among the decks given")
        if self.phase == "roll-out" and found.kind == RUNWAY:
            return self.landed
        found = found.after(gone) if found.speed else found
        return into_wind(found, wind) if self.profile.drive == "fixed wing" else found

    def _spend(self, dt: float) -> None:
        hovering = self.profile.drive == "vertical" and self.body.airspeed < self.profile.min_speed
        left = self.body.energy - used(self.profile, self.body.airspeed, dt, hovering and not self.body.parked)
        self.body = replace(self.body, energy=max(left, 0.0))
        if left <= 0 and not self.body.parked:
            self.phase, self.why = "lost", "out of energy"

    def _watch(self, dt: float, wind: Wind, sea: Sea, decks: Mapping[str, Deck], gone: float) -> None:
        """Every WATCH_S: home, if no later moment would do."""
        if not self.home or self.home not in decks or math.floor(self.time / WATCH_S) == math.floor(
            (self.time + dt) / WATCH_S):  # fmt: skip
            return
        if bingo(self.profile, self.body, decks[self.home].after(gone), wind, sea):
            self.bingo, self.why = True, "goes home: its energy is needed for the way back"
            self._homeward(self.home)

    # on a deck

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
        self.body = approach.rest_on(self.body, deck.after(dt), self.spot, 0.0)

    def _launch(self, deck: Deck) -> None:
        if self.profile.drive == "fixed wing":
            self.phase, self.rolled, self.spot = "take-off", 0.0, -deck.length / 2 + SPARE_M
        elif self.profile.drive == "vertical":
            self.phase = "rise"
            east, north = deck.velocity
            self.body = replace(self.body, on=AIR, course=bearing_of(east, north), ground_speed=deck.speed)
        else:
            self.phase, self.cycle = "under way", 0.0
            lat, lon = deck.place(0.0, deck.width / 2 + REACHED_M)
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

    # under way

    def _under_way(self, dt: float, air: Wind, sea: Sea) -> None:
        self._move(self.guidance.demand(self.body), air, sea, dt)
        if sea.state > self.profile.sea_limit:
            self.why = f"rides out sea state {sea.state:g}"

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

    # home

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
            self._stand()

    def _touch(self, deck: Deck) -> None:
        along, _ = deck.seen_from(self.body.lat_deg, self.body.lon_deg)
        self.phase, self.spot, self.rolled = "roll-out", along, max(self.approach.closing(self.body, deck), 0.0)
        self.body = replace(self.body, height=deck.height, climb=0.0, roll=0.0, on=deck.on)
        self.landed = deck  # a runway's direction is kept should the wind turn

    def _roll_out(self, dt: float, deck: Deck) -> None:
        slower = max(self.rolled - approach.braking(self.profile) * dt, 0.0)
        self.spot += (self.rolled + slower) / 2 * dt
        self.rolled = slower
        self.body = approach.rest_on(self.body, deck.after(dt), self.spot, 0.0, slower)
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
            self.spot = 0.0
            self.body = approach.rest_on(self.body, deck.after(dt), 0.0, 0.0)
            self._stand()

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
