"""A platform's profile, orders, wind, sea, decks -> a vehicle that starts, goes, watches its energy, comes back, lands.

`Vehicle` only decides what comes next (`phase`); how each phase moves is in `wings`, `hover`, `craft`, `approach`, and
how it starts and comes back in `launching` and `homing`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from mihari.core.errors import BadInput
from mihari.simulate.vehicles.body import RUNWAY, Body, Deck, Sea, Wind
from mihari.simulate.vehicles.energy import bingo
from mihari.simulate.vehicles.guidance import Guidance
from mihari.simulate.vehicles.homing import Homing
from mihari.simulate.vehicles.launching import LAUNCHING, Launching
from mihari.simulate.vehicles.limits import Refused, into_wind
from mihari.simulate.vehicles.orders import Land, Order, Return

CRUISE_STEP, FINE_STEP, CRAFT_STEP = 1.0, 0.25, 2.0  # s: the longest steps in the air, near decks, on water
WATCH_S = 10.0  # so often it asks whether to go home
NOTHING: Mapping[str, Deck] = {}


class Vehicle(Launching, Homing):
    """One vehicle of a type. `command` it, then `step` it; `body` is where it is.

    start: the `Deck` it stands on, or a `Body` under way. home: the deck it returns to, unless it started from one.
    `phase`: "parked", "take-off", "rise", "climb-out", "under way", "homing", "approach", "roll-out", "lost" (out of
    energy). `why`: what keeps it from its order, "" if nothing does; `bingo`: it went home for want of energy.

    >>> import numpy as np
    >>> from mihari.simulate.vehicles import Loiter
    >>> home = Deck("naha", "runway", 26.2, 127.65, length=3000.0)
    >>> tb2 = Vehicle("tb2", home, np.random.default_rng(1))
    >>> tb2.command(Loiter(26.5, 127.65))
    >>> after = tb2.step(600.0, decks={"naha": home})
    >>> after.on, tb2.phase, round(after.airspeed, 1)
    ('air', 'under way', 36.0)
    """

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

    def _watch(self, dt: float, wind: Wind, sea: Sea, decks: Mapping[str, Deck], gone: float) -> None:
        """Every WATCH_S: home, if no later moment would do."""
        if not self.home or self.home not in decks or math.floor(self.time / WATCH_S) == math.floor(
            (self.time + dt) / WATCH_S):  # fmt: skip
            return
        if bingo(self.profile, self.body, decks[self.home].after(gone), wind, sea):
            self.bingo, self.why = True, "goes home: its energy is needed for the way back"
            self._homeward(self.home)

    def _under_way(self, dt: float, air: Wind, sea: Sea) -> None:
        self._move(self.guidance.demand(self.body), air, sea, dt)
        if sea.state > self.profile.sea_limit:
            self.why = f"rides out sea state {sea.state:g}"
