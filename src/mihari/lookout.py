"""Inputs and pictures -> behaviours and fleets, as they are found: what keeps the look-out on a node and over archives.

Live, replay and `mihari detect` run through this same class, in the thread that owns the pipeline.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mihari.behaviours.context import Context
from mihari.behaviours.engine import Engine
from mihari.behaviours.gathering import Gathering
from mihari.behaviours.kinds import OF_FLEETS, alerting, built_in, known, told
from mihari.behaviours.language import Definitions
from mihari.behaviours.lists import Lists
from mihari.behaviours.places import Places
from mihari.behaviours.sightings import Sightings
from mihari.coast.area import Area
from mihari.core.behaviour import Behaviour, Fleet, Standing, mmsi_of, unnamed
from mihari.core.columns import Array
from mihari.core.picture import Picture, Vessels
from mihari.core.reports import Batch, Input, Tick
from mihari.core.sensor import Sensor
from mihari.core.zones import Zone
from mihari.picture.claims import category_of
from mihari.retelling import Retelling, retelling
from mihari.tracks.past import Was

METRES = 111_195.0  # one degree of latitude on the mean sphere
MOVED_M = 5000.0  # an aircraft goes so far in a minute; behind an island what is hidden has changed little by then
EVERY_S = 2.0  # half the cost of a look a second where few vessels are about, and alerts are there in time


def known_kinds() -> list[str]:
    """All kinds of behaviour that can be found."""
    return sorted([*known(), *OF_FLEETS])


def alerting_kinds(definitions: Definitions | None = None) -> frozenset[str]:
    """The kinds that raise an alert; of other definitions than those that come with the program."""
    mine = alerting() if definitions is None else [d.name for d in told(definitions) if d.urgency]
    return frozenset([*mine, *OF_FLEETS])


@dataclass(frozen=True, slots=True)
class Found:
    """What one moment brought. `time`: UTC s of data; `fleets`: all that there are now; `kinds` raise alerts."""

    time: float
    behaviours: tuple[Behaviour, ...]
    fleets: tuple[Fleet, ...]
    kinds: frozenset[str] = field(default_factory=alerting_kinds)

    @property
    def alerting(self) -> tuple[Behaviour, ...]:
        """Those that raise alerts; the others are states that the map and other findings ask for."""
        return tuple(b for b in self.behaviours if b.kind in self.kinds)


def moved(before: Sequence[Sensor], now: Sequence[Sensor]) -> bool:
    """Whether sensors have come, changed, or gone further than `MOVED_M` since.

    >>> from mihari.core.sensor import SensorKind
    >>> ship = Sensor(0, "patrol", SensorKind.RADAR, 26.0, 127.0)
    >>> moved([ship], [replace(ship, lat_deg=26.01)]), moved([ship], [replace(ship, lat_deg=26.1)]), moved([], [ship])
    (False, True, True)
    """
    if len(before) != len(now):
        return True
    for one, other in zip(before, now, strict=True):
        if one != replace(other, lat_deg=one.lat_deg, lon_deg=one.lon_deg) or one.placed != other.placed:
            return True
        north = (other.lat_deg - one.lat_deg) * METRES
        east = (other.lon_deg - one.lon_deg) * METRES * math.cos(math.radians(one.lat_deg))
        if one.placed and math.hypot(north, east) > MOVED_M:
            return True
    return False


class Lookout:
    """`take` each input after the pipeline has; at every tick what was found comes back.

    `definitions`: those that come with the program and more, such as patterns of a library.
    """

    def __init__(
        self, area: Area | None = None, zones: tuple[Zone, ...] = (), definitions: Definitions | None = None
    ) -> None:
        self.engine = Engine(Places(area, zones), definitions)
        self.kinds = alerting_kinds(definitions)  # that raise an alert
        self._aloud: frozenset[str] = frozenset()  # kinds that do so from now on
        self.gathering = Gathering(self.engine.memory, self.engine.names, self.engine.rolls, zones)
        self.context = Context(self.categories_of)  # what the coast teaches, kept apart from what goes on
        self.engine.reception.ends = self.context.reception_ends
        self._heard: list[Sightings] = []
        self._sensors: tuple[Sensor, ...] = ()
        self._placed: tuple[Sensor, ...] = ()  # as they were when the land around them was looked at
        self.fleets: tuple[Fleet, ...] = ()
        self.every = EVERY_S  # s of data between two looks at least; 0: at every tick
        self._looked = float("-inf")

    def going_on(self) -> tuple[Behaviour, ...]:
        """The behaviours of vessels with names that raise alerts and go on, as they stand."""
        standing = [b for b in self.engine.standing() if b.standing is Standing.GOING_ON and b.kind in self.kinds]
        return tuple(b for b in standing if all(mmsi_of(v) for v in b.vessels))

    def know(self, sensors: tuple[Sensor, ...]) -> None:
        """The node has come across a sensor, or learned where one stands.

        What land hides from a sensor that moves is looked up anew when it has gone some way: that takes a second.
        """
        self._sensors = sensors
        if moved(self._placed, sensors):
            self._placed = sensors
            self.engine.places.know(sensors)

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones in force."""
        return self.engine.places.zones

    def rezone(self, zones: tuple[Zone, ...]) -> None:
        """Other zones from now on; their rules count for the hours that late reports may still revise, too."""
        self.engine.rezone(zones)
        self.gathering.rezone(zones)

    @property
    def sensors(self) -> tuple[Sensor, ...]:
        """The node's sensors as far as they are known."""
        return self._sensors

    def adopt(self, definitions: Definitions | None, silent: Set[str] = frozenset()) -> None:
        """Other definitions from now on; `silent`: kinds that raise no alert, whatever their urgency."""
        known = built_in() if definitions is None else definitions
        before, self.kinds = self.kinds, alerting_kinds(definitions) - silent
        self._aloud |= self.kinds - before
        if known.definitions != self.engine.definitions.definitions:
            self.engine.redefine(known)

    def look_for(self, lists: Lists) -> None:
        """Watch lists and registers from now on."""
        self.engine.lists = lists

    def categories_of(self, keys: Array) -> Array:
        """(n,) the category of each vessel key, by what it told of itself."""
        known = (self.engine.names.of(mmsi_of(key)) for key in keys.tolist())
        return np.array([category_of(name.ship_type, name.subject) for name in known], np.int64)

    def sight(self, sightings: Sightings) -> None:
        """Places of vessels that come from a table."""
        self.engine.sight(sightings)
        self._heard.append(sightings)

    def retell(
        self, was: Was, vessels: Mapping[int, int], fresh: Callable[[], int], begin: float, now: float, why: str
    ) -> Retelling:
        """Where tracks were since `begin` is better known `now` (UTC s); the next tick is looked at, whenever it comes.

        `vessels`: in the picture, of the tracks that have one; `fresh` gives an id for another; `why`: what came.
        """
        keys = {track: self.engine.heirs.known_as(unnamed(vessel)) for track, vessel in vessels.items()}
        found = retelling(was, keys, self.engine.memory, fresh, begin, now)
        if found.spans:
            self.engine.retell(found.spans, found.sightings, why)
        self._looked = float("-inf")
        return found

    def state(self) -> dict[str, Any]:
        """All that the next input meets: arrays and JSON values."""
        return {"engine": self.engine.state(), "fleets": self.gathering.book.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; this is new. ValueError or KeyError where another version made it."""
        self.engine.restore(state["engine"])
        self.gathering.restore(state["fleets"])

    def take(self, given: Input, vessels: Callable[[], Vessels]) -> Found | None:
        """One input; `vessels` gives the picture's vessels as they are after it, asked for every four seconds."""
        if isinstance(given, Batch):
            self._heard.append(self.engine.hear(given))
            return None
        if not isinstance(given, Tick) or 0 <= given.time - self._looked < self.every:
            return None
        self._looked = given.time
        if self.engine.wants_picture(given.time):
            picture = Picture(given.time, 0, vessels(), sensors=self._sensors)
            self.engine.see(picture)
            self.context.look(picture)
        self._learn(given.time)
        behaviours = self.engine.step(given.time)
        behaviours += self._aloud_now({b.id for b in behaviours})
        for step in self.gathering.step(int(given.time), self.engine.changed_since()):
            behaviours += [replace(b, told=given.time) for b in step.behaviours]
            self.fleets = step.fleets
        self.engine.look_again(self.gathering.moved)
        return Found(given.time, tuple(behaviours), self.fleets, self.kinds)

    def _aloud_now(self, told: Set[str]) -> list[Behaviour]:
        """What goes on of kinds that raise alerts from now on, and was found before."""
        if not self._aloud:
            return []
        kinds, self._aloud = self._aloud, frozenset()
        standing = (b for b in self.engine.standing() if b.kind in kinds and b.id not in told)
        return [b for b in standing if b.standing is Standing.GOING_ON]

    def _learn(self, now: float) -> None:
        heard, self._heard = self._heard, []
        if heard:
            self.context.take(Sightings.concatenate(heard), now)
        self.context.step(now)
