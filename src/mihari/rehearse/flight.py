"""A patrol and its plan -> every vehicle flown by physics, in the patrol's weather, from and to decks that move.

All go in step, since ships turn into the wind for whoever starts or lands. Faults come from outside: `lose`, `close`,
`take` another plan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput
from mihari.patrol.file import BaseSection, LookSection, PatrolFile
from mihari.patrol.plan import Plan, Sortie
from mihari.patrol.vehicles import Vehicle, place_of, places_of, vehicles_of
from mihari.rehearse.conditions import Conditions
from mihari.rehearse.decks import Afloat
from mihari.rehearse.pilot import Pilot, Turn, Visit, pilot_of
from mihari.simulate.vehicles import Body, Deck, Sea
from mihari.simulate.vehicles.plane import offset

Floats = NDArray[np.float64]

TICK_S = 10.0
PORT_M = 2000.0  # from a berth on land the sea does not reach
CALM = Sea(0.0)
LONGER_S = 3600.0  # after its planned landing a vehicle is awaited; after that it is not home


@dataclass(frozen=True)
class Flown:
    """Where all vehicles truly were. times (t,) UTC s; lat_deg, lon_deg, height (t, v): m, negative under water;
    out (t, v): off its deck and not lost; names (v,), platforms (v,) by id.
    """

    times: Floats
    lat_deg: Floats
    lon_deg: Floats
    height: Floats
    out: NDArray[np.bool_]
    names: tuple[str, ...]
    vehicles: tuple[Vehicle, ...]
    turns: tuple[tuple[str, Turn], ...]
    visits: tuple[Visit, ...]


class Flight:
    """A plan that is being flown: `until` a time (UTC s), then look at `flown`.

    BadInput for a plan with vehicles, places or vessels that the patrol does not have.
    """

    def __init__(self, file: PatrolFile, plan: Plan, side: tuple[float, float], rng: np.random.Generator,
                 weather: PatrolFile | None = None) -> None:  # fmt: skip
        self.file, self.begin, self.now = file, file.start.timestamp(), plan.begin
        self.forecast, self.conditions = Conditions.of(file), Conditions.of(weather or file)
        self.start = plan.begin
        self.vessels: dict[str, LookSection] = {look.name: look for look in file.look}
        _fits(file, plan, self.vessels)
        self.end = max([plan.end, *(s.landing + LONGER_S for s in plan.sorties)])
        self.places = {p.name: Afloat(p, self.begin, self.now) for p in places_of(file)}
        for place in self.places.values():
            place.step(self.now, 0.0, self.conditions.wind(self.now))
        self.closed: dict[str, float] = {}
        self.lost: set[str] = set()
        self.pilots = [
            self._pilot(vehicle, plan, side, child)
            for vehicle, child in zip(vehicles_of(file), rng.spawn(len(vehicles_of(file))), strict=True)
        ]
        self.rows: list[list[tuple[float, float, float, bool]]] = []

    def _pilot(self, vehicle: Vehicle, plan: Plan, side: tuple[float, float], rng: np.random.Generator) -> Pilot:
        sorties = plan.of(vehicle.name)
        start: Deck | Body = self.places[vehicle.section.home].deck(vehicle.platform)
        if sorties and not sorties[0].start:
            start = _aloft(vehicle, sorties[0], self.now)
        return pilot_of(vehicle, sorties, start, rng, self.forecast, side, self.vessels, self.shut)

    def shut(self, name: str, time: float) -> bool:
        """Whether a place is closed at a time (UTC s), by the file or by a fault."""
        hour = (time - self.begin) / 3600
        return time >= self.closed.get(name, math.inf) or any(
            first <= hour < last for first, last in place_of(self.file, name).closed_h
        )

    def close(self, name: str) -> None:
        """Nobody starts or lands there from now on. BadInput for a place that is not in the patrol."""
        if name not in self.places:
            raise BadInput(f"no base or ship is called {name!r}; known are {', '.join(self.places)}")
        self.closed.setdefault(name, self.now)

    def lose(self, name: str) -> None:
        """A vehicle is lost now, with all that it was still to do. BadInput for one that is not in the patrol."""
        for pilot in self.pilots:
            if pilot.planned.name == name:
                pilot.lose("lost")
                self.lost.add(name)
                return
        raise BadInput(f"no vehicle is called {name!r}; known are {', '.join(p.planned.name for p in self.pilots)}")

    def appear(self, look: LookSection) -> None:
        """A vessel that is to be looked at from now on."""
        self.vessels[look.name] = look

    def take(self, plan: Plan) -> None:
        """Another plan from now on."""
        _fits(self.file, plan, self.vessels)
        self.end = max([self.end, *(s.landing + LONGER_S for s in plan.sorties)])
        for pilot in self.pilots:
            if pilot.planned.name not in self.lost:
                pilot.take(plan.of(pilot.planned.name), self.now)

    def until(self, time: float) -> None:
        """Fly on to a time, or until everybody who is to come home has."""
        while self.now < min(time, self.end) - 1e-6:
            if self.now >= self.begin + 3600 * self.file.hours and not any(p.out for p in self.pilots):
                return
            self._tick()

    def _tick(self) -> None:
        now, wind, sea = self.now, self.conditions.wind(self.now), self.conditions.sea(self.now)
        for pilot in self.pilots:
            name = pilot.planned.name
            if name in self.lost or (pilot.vehicle.phase == "parked" and pilot.sortie is None):
                continue
            decks = self._decks(pilot)
            pilot.command(now, wind, decks)
            pilot.vehicle.step(TICK_S, wind, CALM if self._in_port(pilot, decks) else sea, decks)
        aircraft = [p for p in self.pilots if p.planned.platform.kind == "aircraft" and p.planned.name not in self.lost]
        busy = {p.busy_at for p in aircraft}
        for name, place in self.places.items():
            place.working = name in busy
            place.step(now, TICK_S, wind)
        self.rows.append([self._state(pilot) for pilot in self.pilots])
        self.now += TICK_S

    def _in_port(self, pilot: Pilot, decks: Mapping[str, Deck]) -> bool:
        """Whether the sea does not matter: a craft in, or come to, a port on land; an aircraft bound for land."""
        v = pilot.vehicle
        if v.target not in decks or not isinstance(self.places[v.target].place, BaseSection):
            return False
        if v.profile.kind == "aircraft" or v.phase == "parked":
            return True
        deck = decks[v.target]
        away = math.hypot(*offset(v.body.lat_deg, v.body.lon_deg, deck.lat_deg, deck.lon_deg))
        return v.phase == "homing" and away < PORT_M

    def _decks(self, pilot: Pilot) -> Mapping[str, Deck]:
        """Places that a vehicle may have to do with, as they are now."""
        section, sortie = pilot.planned.section, pilot.sortie
        names = {section.home, *section.lands_at, pilot.vehicle.target, pilot.vehicle.home}
        if sortie is not None:
            names |= {sortie.start, sortie.end}
        far = pilot.vehicle.phase == "under way"
        return {name: self.places[name].deck(pilot.planned.platform, far) for name in names if name}

    def _state(self, pilot: Pilot) -> tuple[float, float, float, bool]:
        body = pilot.vehicle.body
        out = not body.parked and pilot.planned.name not in self.lost and pilot.vehicle.phase != "lost"
        return body.lat_deg, body.lon_deg, body.height, out

    @property
    def flown(self) -> Flown:
        """What there is to judge so far."""
        rows = np.array(self.rows, np.float64).reshape(len(self.rows), len(self.pilots), 4)
        times: Floats = self.start + TICK_S * (1.0 + np.arange(len(rows), dtype=np.float64))
        vehicles = tuple(p.planned for p in self.pilots)
        names = tuple(v.name for v in vehicles)
        return Flown(
            times, rows[..., 0], rows[..., 1], rows[..., 2], rows[..., 3] > 0, names, vehicles,
            tuple((p.planned.name, turn) for p in self.pilots for turn in p.turns),
            tuple(visit for p in self.pilots for visit in p.visits),
        )  # fmt: skip


def _aloft(vehicle: Vehicle, sortie: Sortie, begin: float) -> Body:
    """A vehicle that is under way when the plan begins."""
    one = vehicle.platform
    height = {"aircraft": one.working_height, "surface": 0.0, "underwater": -one.working_depth}[one.kind]
    energy = 1 - max(begin - sortie.launch, 0.0) / one.endurance
    on = {"aircraft": "air", "surface": "water", "underwater": "under water"}[one.kind]
    return Body(sortie.lat_deg, sortie.lon_deg, height, airspeed=one.cruise, energy=energy, on=on)


def _fits(file: PatrolFile, plan: Plan, vessels: Mapping[str, LookSection]) -> None:
    """BadInput for a plan of another patrol."""
    names, places = {v.name for v in vehicles_of(file)}, {p.name for p in places_of(file)}
    for sortie in plan.sorties:
        if sortie.vehicle not in names:
            raise BadInput(f"the plan has a sortie of {sortie.vehicle!r}, which {file.name} does not have")
        for place in (sortie.start, sortie.end):
            if place and place not in places:
                raise BadInput(f"the plan has a sortie from or to {place!r}, which {file.name} does not have")
        for stop in sortie.stops:
            if stop.purpose == "vessel" and stop.name not in vessels:
                raise BadInput(f"the plan looks at {stop.name!r}, which {file.name} does not tell of")
