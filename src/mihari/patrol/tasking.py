"""A sortie of a plan -> the tasks that are proposed to its vehicle, in their order. Nothing is sent from here.

Cells one after the other become a search of their places, a station is held until the watch is over, vessels are looked
at, and in the end the vehicle lands. None is sent before the sortie's launch, each when the one before is done. The
operator accepts each task, or has done so beforehand, as with all tasks (docs/tasks.md). Aircraft search at the height
from which their lateral range is reckoned (`sensors.sweep`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mihari.core.asset import Place
from mihari.core.errors import BadInput
from mihari.core.task import MOST_PLACES, TaskKind
from mihari.core.times import told_time
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.passes import passes_of, passes_over
from mihari.patrol.plan import Plan, Sortie, Stop
from mihari.patrol.reach import legs_clear
from mihari.patrol.vehicles import Vehicle, vehicles_of
from mihari.sensors.sweep import height_of
from mihari.tasks.shelf import Wanted

GRACE_S = 900.0  # after its planned end a task is late: wind and turns cost some minutes
LONGEST_LOOK_S = 180.0  # a look ends by itself about then; who is to stay longer follows the vessel
NAMED = 6  # cells that a reason names; of more it tells how many


@dataclass(frozen=True, slots=True)
class Proposal:
    """A task to be proposed, and which stops of its sortie (by their number) it carries out."""

    wanted: Wanted
    stops: tuple[int, ...]


@dataclass(frozen=True)
class Tasking:
    """What turns the sorties of a plan into tasks.

    `known`: ids in the picture by the names of vessels that are to be looked at and of ships with decks; `takes`: kinds
    of tasks that the vehicles take.
    """

    file: PatrolFile
    ground: Ground
    plan: Plan
    known: Mapping[str, int] = field(default_factory=dict)
    takes: Container[TaskKind] = tuple(TaskKind)

    def of(self, sortie: Sortie) -> list[Proposal]:
        """All tasks of a sortie, in their order. BadInput where its vehicle or a cell is not of the patrol file."""
        vehicle = next((v for v in vehicles_of(self.file) if v.name == sortie.vehicle), None)
        if vehicle is None:
            raise BadInput(f"the patrol file has no vehicle called {sortie.vehicle!r}")
        return list(_One(self, sortie, vehicle).tasks())


@dataclass(frozen=True)
class _One:
    """One sortie."""

    tasking: Tasking
    sortie: Sortie
    vehicle: Vehicle

    def tasks(self) -> Iterator[Proposal]:
        """One task after the other."""
        for purpose, group in itertools.groupby(enumerate(self.sortie.stops), key=lambda one: one[1].purpose):
            if purpose == "cell":
                yield from self._searches(list(group))
            else:
                yield from (self._stays(number, stop) for number, stop in group)
        if TaskKind.LAND in self.tasking.takes:
            yield self._landing()

    def _searches(self, group: list[tuple[int, Stop]]) -> Iterator[Proposal]:
        """Cells in turn, in as many tasks as their places need."""
        ways = self._ways(group)
        for part in split([len(way) for way in ways]):
            numbers = tuple(number for number, _ in group[part])
            last = self.sortie.stops[numbers[-1]]
            cells = told_cells([stop.name for _, stop in group[part]])
            places = tuple(place for way in ways[part] for place in way)
            yield self._proposal(TaskKind.SEARCH, numbers, places, last.leave + GRACE_S, cells)

    def _ways(self, group: list[tuple[int, Stop]]) -> list[list[Place]]:
        """The places of each cell: its own, both ends of each pass where it takes several, or where it is alone."""
        ways: list[list[Place]] = []
        here = self._before(group[0][0])
        side, cruise = self.tasking.ground.cells.side[0], self.vehicle.platform.cruise
        for number, stop in group:
            row, passes = self._row(stop), passes_of(stop.leave - stop.arrive, side, cruise)
            way = [_place(stop)]
            if passes > 1 or len(group) == 1:
                onward = self._after(number)
                passed = passes_over(self.tasking.ground.cells, row, passes, here, onward)
                way = passed if self._clear([here, *passed, onward], stop.arrive) else way
            ways.append(way)
            here = way[-1]
        if len(ways) == 1 and len(ways[0]) == 1:
            ways[0] = [self._before(group[0][0]), *ways[0]]  # a search has two places at least
        return ways

    def _clear(self, way: Sequence[Place], time: float) -> bool:
        """Whether a way leads over no land and through no area closed by then; aircraft mind only the latter."""
        hour = (time - self.tasking.file.start.timestamp()) / 3600
        lat, lon = np.array(way).T
        legs = (lat[:-1], lon[:-1]), (lat[1:], lon[1:])
        kind = self.vehicle.platform.kind
        return bool(legs_clear(self.tasking.file, self.tasking.ground.cells, kind, hour, *legs).all())

    def _stays(self, number: int, stop: Stop) -> Proposal:
        """A station, or a vessel: followed as long as planned where it is in the picture, else looked for there."""
        if stop.purpose == "station":
            return self._proposal(TaskKind.HOLD, (number,), (_place(stop),), stop.leave, f"station {stop.name}")
        vessel, about = self.tasking.known.get(stop.name, 0), f"vessel {stop.name}"
        if vessel and stop.leave - stop.arrive > LONGEST_LOOK_S and TaskKind.FOLLOW in self.tasking.takes:
            return self._proposal(TaskKind.FOLLOW, (number,), (), stop.leave, about, vessel)
        places = () if vessel else (_place(stop),)
        return self._proposal(TaskKind.LOOK, (number,), places, stop.leave + GRACE_S, about, vessel)

    def _landing(self) -> Proposal:
        """Home where its autopilot knows it: the base it was launched from. Else to the place, which of a ship is
        where her deck will be, and to the ship herself where the picture has her.
        """
        sortie, file = self.sortie, self.tasking.file
        home = sortie.end == sortie.start and any(base.name == sortie.end for base in file.base)
        places: tuple[Place, ...] = ((sortie.end_lat_deg, sortie.end_lon_deg),)
        if home and "mavlink" in self.vehicle.platform.protocol:
            places = ()
        vessel = self.tasking.known.get(sortie.end, 0) if any(ship.name == sortie.end for ship in file.ship) else 0
        return self._proposal(TaskKind.LAND, (), places, sortie.landing + GRACE_S, f"lands at {sortie.end}", vessel)

    def _proposal(
        self, kind: TaskKind, stops: tuple[int, ...], places: tuple[Place, ...], until: float, about: str,
        vessel: int = 0,
    ) -> Proposal:  # fmt: skip
        platform, plan, sortie = self.vehicle.platform, self.tasking.plan, self.sortie
        height = height_of(platform) if platform.kind == "aircraft" else math.nan
        begins = f"from {sortie.start} at" if sortie.start else "aloft since"
        reason = f"plan {plan.patrol} of {told_time(plan.begin)}, sortie {begins} {told_time(sortie.launch)}: {about}"
        wanted = Wanted(sortie.vehicle, kind, places, vessel, height, until, reason, begin=sortie.launch)
        return Proposal(wanted, stops)

    def _before(self, number: int) -> Place:
        """Where the vehicle comes from."""
        return _place(self.sortie.stops[number - 1]) if number else (self.sortie.lat_deg, self.sortie.lon_deg)

    def _after(self, number: int) -> Place:
        """Where it goes to next."""
        stops, end = self.sortie.stops, (self.sortie.end_lat_deg, self.sortie.end_lon_deg)
        return _place(stops[number + 1]) if number + 1 < len(stops) else end

    def _row(self, stop: Stop) -> int:
        cells = len(self.tasking.ground.cells)
        if not (stop.name.isdecimal() and int(stop.name) < cells):
            raise BadInput(f"the patrol has {cells} cells; expected a number below that, found {stop.name!r}")
        return int(stop.name)


def split(counts: Sequence[int], most: int = MOST_PLACES) -> list[slice]:
    """Parts of a row of so many places each that have `most` together at most, and two at least, as evenly as it goes.

    >>> split([1, 1, 1, 4, 1], most=5), split([1, 1, 1, 1, 1, 1], most=5)
    ([slice(0, 3, None), slice(3, 5, None)], [slice(0, 3, None), slice(3, 6, None)])
    """
    parts = math.ceil(sum(counts) / most)
    while True:
        edges = _edges(counts, parts)
        if all(sum(counts[part]) <= most for part in edges):
            return edges
        parts += 1


def _edges(counts: Sequence[int], parts: int) -> list[slice]:
    """So many parts, cut where their share of all places is reached."""
    before = list(itertools.accumulate(counts, initial=0))
    cuts = [min(range(len(before)), key=lambda i: abs(before[i] - before[-1] * k / parts)) for k in range(parts + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(cuts) if b > a]


def told_cells(names: Sequence[str]) -> str:
    """Cells in words, a few by their number.

    >>> told_cells(["7"]), told_cells(["7", "8"]), told_cells([str(n) for n in range(9)])
    ('cell 7', 'cells 7, 8', 'cells 0, 1, 2, 3, 4, 5 and 3 more')
    """
    if len(names) == 1:
        return f"cell {names[0]}"
    more = len(names) - NAMED
    return f"cells {', '.join(names[:NAMED])}" + (f" and {more} more" if more > 0 else "")


def _place(stop: Stop) -> Place:
    return stop.lat_deg, stop.lon_deg
