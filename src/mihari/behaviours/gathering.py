"""What is remembered of vessels -> scenes a minute apart -> fleets and what they do.

A scene shows each vessel where it was last heard by then, sailed on to the scene's time with its velocity: that between
its last place and one a minute or more before. A vessel not heard for five minutes is not in it.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mihari.behaviours.fleets import Area, AreaKind, FleetBook, FleetStep, Scene, Surroundings
from mihari.behaviours.fleets.rerun import Mark, Marks, Told
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.latest import latest
from mihari.behaviours.memory.memory import shore_m
from mihari.behaviours.names import Names
from mihari.behaviours.pairs.grid import HEARD_S
from mihari.behaviours.rolls import Rolls
from mihari.core.behaviour import UNNAMED, Fleet, mmsi_of
from mihari.core.columns import Array
from mihari.core.zones import Zone
from mihari.picture.claims import category_of

EVERY_S = 60
LAG_S = 2  # what is heard reaches the look-out within a second or two
OLD_S = 300  # an anchored class A vessel reports every 3 min (M.1371-5)
SOON_S, SELDOM_S = 600, 600  # what is later than ten minutes is worked in each ten minutes
AT_ONCE = 3  # minutes stepped again in a second of data: a look does not wait for hours of them
OVER_S = 60  # fixes good to 10 m give the velocity to 0.3 kn
METRES = 111_195.0  # per degree of latitude
LEAST = 5  # vessels; fewer are no fleet
KINDS = {
    "port": AreaKind.PORT,
    "anchorage": AreaKind.ANCHORAGE,
    "fishing": AreaKind.FISHING_GROUND,
    "waiting": AreaKind.WAITING_AREA,
    "lane": AreaKind.LANE,
}


@dataclass
class Line:
    """A book on its way through the minutes: who was a member when, states to go back to, and its steps if asked."""

    book: FleetBook
    rolls: Rolls
    marks: Marks = field(default_factory=Marks)
    steps: list[FleetStep] = field(default_factory=list)
    since: int = 0  # the time of the state it began with

    @classmethod
    def at(cls, mark: Mark, fleets: tuple[Fleet, ...]) -> Line:
        """From a state on; `fleets` that people know keep their numbers."""
        line = cls(FleetBook(), Rolls(), Marks([mark]), since=mark.time)
        line.book.restore(mark.state["book"], fleets)
        line.rolls.restore(mark.state["rolls"])
        return line


class Gathering:
    """Steps a fleet book through the minutes that are complete, and a second one where late reports changed them."""

    def __init__(self, memory: Memory, names: Names, rolls: Rolls, zones: tuple[Zone, ...] = ()) -> None:
        self.moved: set[int] = set()  # keys whose membership of the past is another one since the last step
        self._memory, self._names = memory, names
        self._line = Line(FleetBook(), rolls)
        self._second: Line | None = None
        self._told = Told()
        self._kept: Mark | None = None  # what was restored: nothing is known of the time before
        self._now = 0  # of the last step
        self._turned = 0  # the minute at which a second line was begun last
        self._first = sys.maxsize  # minute of all that were stepped through
        self._late = math.inf  # UTC s, since when the past is not as it was stepped through
        self.rezone(zones)

    @property
    def book(self) -> FleetBook:
        """Of the minutes as they came."""
        return self._line.book

    def rezone(self, zones: tuple[Zone, ...]) -> None:
        """Other zones from now on."""
        self._around = Surroundings(tuple(area_of(zone) for zone in zones))

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from the state of a book."""
        self.book.restore(state)
        self._kept = Mark(self.book.time, {"book": state, "rolls": self._line.rolls.copied(), "fleets": ()})
        self._line.marks.keep(self._kept)

    def step(self, now: int, changed: float = math.inf) -> list[FleetStep]:
        """The steps of the minutes that have become complete by `now`, UTC s; after a hole only the last ones.

        `changed`: since when, UTC s, something is remembered that was not at the last call. What had been stepped
        through before is done again: at the next minute, or at the next ten minutes where it is longer ago.
        """
        self.moved = set()
        self._late = min(self._late, changed)
        newest = (now - LAG_S) // EVERY_S * EVERY_S
        first = max(self.book.time + 1, newest - self._memory.pace.revise_s)
        first = -(-first // EVERY_S) * EVERY_S if self.book.time >= 0 else newest
        due = range(first, newest + 1, EVERY_S)
        steps = [self._told.step(self._one(self._line, t)) for t in due]
        again = self._again(newest if due else 0, now)
        self._now = now
        return steps if again is None else [*steps, again]

    def _one(self, line: Line, time: int) -> FleetStep:
        self._first = min(self._first, time)
        step = line.book.step(time, self.scene(time), self._around)
        line.rolls.count(step.fleets, time)
        line.marks.keep(Mark(time, {"book": line.book.state(), "rolls": line.rolls.copied(), "fleets": step.fleets}))
        if time % 3600 == 0:
            self._told.forget(time - self._memory.pace.keep_s)
        return step

    def _again(self, newest: int, now: int) -> FleetStep | None:
        """Go on with the steps that late reports have changed, some at a time; what is told when they are done.

        newest: the minute that has become complete now; 0: none has.
        """
        if self._second is None and self._late <= newest:
            self._second = self._begun(newest)
        line, upto = self._second, self.book.time
        if line is None:
            return None
        passed = max(now - self._now, 1) if self._now else 1
        last = min(line.book.time + AT_ONCE * passed * EVERY_S, upto)
        line.steps += [self._one(line, t) for t in range(line.book.time + EVERY_S, last + 1, EVERY_S)]
        return self._done(line, now) if line.book.time == upto else None

    def _begun(self, newest: int) -> Line | None:
        """A second line from the last state before the late reports on; None where it is not time for it."""
        late = self._late
        if newest - late > SOON_S and newest - self._turned < SELDOM_S:
            return None
        self._late, self._turned = math.inf, newest
        self._first = min(self._first, math.ceil(late / EVERY_S) * EVERY_S)
        mark = self._line.marks.before(late) or self._kept or Mark.nothing(self._first - EVERY_S)
        return Line.at(mark, self._line.marks.all[-1].state["fleets"])

    def _done(self, line: Line, now: int) -> FleetStep:
        """The second line takes the place of the first."""
        since, were, rolls = line.since, self._line.rolls.copied(), self._line.rolls
        rolls.restore(line.rolls.copied())
        self.moved = rolls.differing(were)
        marks = [*(m for m in self._line.marks.all if m.time < since), *line.marks.all]
        self._line, self._second = Line(line.book, rolls, Marks(marks)), None
        told = self._told.again(since, line.steps, float(now))
        return replace(line.steps[-1], behaviours=tuple(told))

    def scene(self, time: int) -> Scene:
        """All vessels heard lately, as far as is known at `time`."""
        there = latest(self._memory.arrays, len(self._memory), time, OLD_S, OVER_S, HEARD_S)
        if len(there) < LEAST:
            return Scene.empty()
        slots = there["slot"]
        keys = self._memory.keys[slots]
        known = [self._names.of(mmsi_of(key)) for key in keys.tolist()]
        lat, lon = there["lat"] * 1e-7, there["lon"] * 1e-7
        took = there["t"] - there["t0"]
        north = (lat - there["lat0"] * 1e-7) * METRES / took
        turn = (lon - there["lon0"] * 1e-7 + 180.0) % 360.0 - 180.0
        east = turn * METRES * np.cos(np.radians(lat)) / took
        since = time - there["t"]
        return Scene.of(
            len(slots),
            key=keys,
            lat_deg=lat + since * north / METRES,
            lon_deg=(lon + since * turn / took + 180.0) % 360.0 - 180.0,
            east_mps=east,
            north_mps=north,
            category=[category_of(n.ship_type, n.subject) for n in known],
            status=there["status"],
            hull_length=[n.length or math.nan for n in known],
            shore_m=shore_m(there),
            told=(keys < UNNAMED).astype(np.uint8),
        )


def area_of(zone: Zone) -> Area:
    """A zone as a circle around its middle that holds its corners.

    >>> area_of(Zone("roads", "anchorage", (((26.0, 127.0), (26.0, 127.1), (26.1, 127.0)),))).kind.value
    'anchorage'
    """
    corners: Array = np.array([corner for ring in zone.rings_deg for corner in ring])
    lat, lon = corners.mean(axis=0)
    east = ((corners[:, 1] - lon + 180.0) % 360.0 - 180.0) * math.cos(math.radians(lat))
    reach = float(np.hypot(corners[:, 0] - lat, east).max()) * METRES
    return Area(float(lat), float(lon), max(reach, zone.width_m), KINDS.get(zone.kind, AreaKind.ZONE), zone.name)
