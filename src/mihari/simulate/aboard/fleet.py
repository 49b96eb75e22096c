"""All `[[craft]]` of a scenario, step by step with the traffic: what they send, and what comes in for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from mihari.core.units import course_from_velocity
from mihari.sensors.weather import Weather
from mihari.simulate.aboard.craft import STEP_S, Aboard
from mihari.simulate.aboard.imager import Hulls
from mihari.simulate.aboard.stills import Stills
from mihari.simulate.crafts import Craft
from mihari.simulate.datagram import Datagram
from mihari.simulate.traffic import Traffic
from mihari.simulate.vehicles import Body, Deck, Vehicle

Inbox = Callable[[str], Sequence[bytes]]  # channel -> what came for it since it was last asked
HULLS_S = 1.0  # how often it is looked where vessels are
RUNWAY_M, DECK_SHARE, LONG_M = 2500.0, 0.9, 150.0  # a deck is so much of its ship; a longer ship has a short deck


def nothing(channel: str) -> Sequence[bytes]:
    """An inbox into which nothing comes."""
    return ()


class Crew:
    """The craft of one run of a simulation. `rows`: rows of the traffic by name, of ships that craft start from.

    `loud`: ships that are never quieter below the water than at so many m/s, by name.
    """

    def __init__(
        self, crafts: Sequence[Craft], traffic: Traffic, rows: Mapping[str, int], start: float, weather: Weather,
        rng: Callable[[int], np.random.Generator], stills: Stills, loud: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        self.traffic, self.rows, self.start, self.stills = traffic, rows, start, stills
        self._loud = np.zeros(len(traffic.real))
        for name, speed in (loud or {}).items():
            self._loud[rows[name]] = speed
        self._ships = sorted({craft.aboard for craft in crafts if craft.aboard is not None})
        self._real = np.flatnonzero(traffic.real)
        self._hulls, self._hulls_at = Hulls.empty(), -np.inf
        decks = self.decks(start)
        self.aboard = [self._one(craft, k, decks, weather, rng(k)) for k, craft in enumerate(crafts)]

    def _one(
        self, craft: Craft, index: int, decks: Mapping[str, Deck], weather: Weather, rng: np.random.Generator
    ) -> Aboard:
        place: Deck | Body
        if craft.aboard is not None:
            place = decks[craft.aboard]
        else:
            assert craft.place is not None
            place = home_of(craft) if craft.profile.kind == "aircraft" else Body(*craft.place, on="water")
        home = "" if isinstance(place, Body) else place.name
        vehicle = Vehicle(craft.profile, place, rng, home)
        return Aboard(craft, index, self.start + craft.start, vehicle, rng, weather, self.stills)

    def decks(self, time: float) -> dict[str, Deck]:
        """The decks of ships as they are at a time, UTC s."""
        if not self._ships:
            return {}
        rows = np.array([self.rows[name] for name in self._ships])
        moving = self.traffic.motion.at(np.full(len(rows), time - self.start), rows)
        speed, course = course_from_velocity(moving.east_mps, moving.north_mps)
        made = {}
        for k, name in enumerate(self._ships):
            length = float(self.traffic.vessels.hull_length[rows[k]])
            kind, height = ("short deck", 15.0) if length >= LONG_M else ("any deck", 6.0)
            made[name] = Deck(
                name, kind, float(moving.lat_deg[k]), float(moving.lon_deg[k]), float(course[k]), float(speed[k]),
                DECK_SHARE * length, height,
            )  # fmt: skip
        return made

    def stream(self, span: float, inbox: Inbox = nothing) -> Iterator[Datagram]:
        """Half a second after the other, for `span` s, what they send in it."""
        runways = {home.name: home for home in (home_of(a.craft) for a in self.aboard if a.craft.place is not None)}
        for number in range(int(span / STEP_S)):
            now = self.start + number * STEP_S
            decks = runways | self.decks(now)
            hulls = self._seen(now)
            for one in self.aboard:
                if now < one.start:
                    continue
                for channel in one.craft.channels:
                    name = f"{channel}-{one.index}"
                    for data in inbox(name):
                        one.take(name, data, now)
                yield from one.step(now, decks, hulls)

    def _seen(self, now: float) -> Hulls:
        if now - self._hulls_at < HULLS_S:
            return self._hulls
        rows, when = self._real, np.full(len(self._real), now - self.start)
        rows = rows[self.traffic.there(when, rows)]
        moving = self.traffic.motion.at(np.full(len(rows), now - self.start), rows)
        self._hulls = Hulls.of(
            len(rows), row=rows, lat_deg=moving.lat_deg, lon_deg=moving.lon_deg,
            course=course_from_velocity(moving.east_mps, moving.north_mps)[1],
            heard_as=np.maximum(np.hypot(moving.east_mps, moving.north_mps), self._loud[rows]),
            hull_length=self.traffic.vessels.hull_length[rows], beam=self.traffic.vessels.beam[rows],
        )  # fmt: skip
        self._hulls_at = now
        return self._hulls


def home_of(craft: Craft) -> Deck:
    """Where a craft that belongs ashore starts and comes back to."""
    assert craft.place is not None
    kind = "runway" if craft.profile.kind == "aircraft" else "port"
    return Deck(f"home of {craft.name}", kind, *craft.place, length=RUNWAY_M if kind == "runway" else 50.0)
