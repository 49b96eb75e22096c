"""Events in RTEC's vocabulary, as columns -> facts for the definitions of `patterns/rtec_maritime.behaviours`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mihari.behaviours.algebra import Steps, Timelines
from mihari.behaviours.algebra.timelines import whole
from mihari.behaviours.language.facts import WORD, Events, Field
from mihari.behaviours.rtec.row_kernels import ROW, begins, in_groups, looked_up, numbered
from mihari.core.columns import Array

NAMES = (
    *("velocity", "change_in_heading", "change_in_speed_start", "change_in_speed_end", "stop_start", "stop_end"),
    *("slow_motion_start", "slow_motion_end", "gap_start", "gap_end", "entersArea", "leavesArea"),
)
CODE = {name: code for code, name in enumerate(NAMES)}
UNITS = {"speed": "kn", "course": "deg", "heading": "deg"}
AREAS = ("entersArea", "leavesArea")
NOBODY = Events(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class RtecColumns:
    """A recording of events in memory; rows in any order.

    `event`: code, see `NAMES`; `time`: s; `vessel`: id; `speed` in kn, `course` and `heading` in degrees (NaN: none),
    of velocities; `area`: number of the area that is entered or left, -1 elsewhere.
    `near`: (n, 4) vessel, vessel, start, end of proximity. `types`: vessel id -> type.
    `area_types`: for each area number the kinds that it has.
    """

    event: Array
    time: Array
    vessel: Array
    speed: Array
    course: Array
    heading: Array
    area: Array
    near: Array
    type_vessel: Array  # ids of vessels whose type is known
    type_told: Field  # their types
    area_types: Sequence[tuple[str, ...]] = ()

    def by_time(self) -> RtecColumns:
        """The same with the events in the order of time."""
        order = np.argsort(self.time, kind="stable")
        names = ("event", "time", "vessel", "speed", "course", "heading", "area")
        return replace(self, **{name: getattr(self, name)[order] for name in names})


def _ascending(time: Array) -> bool:
    return bool((time[1:] >= time[:-1]).all())


@dataclass(slots=True)
class RtecFacts:
    """Facts of such a recording. `ids`: row of a vessel -> its id; `pairs`: (n, 2) rows of vessels."""

    columns: RtecColumns
    ids: Array = field(init=False)
    pairs: Array = field(init=False)
    _near: Timelines = field(init=False)
    _types: Field = field(init=False)
    _kinds: list[str] = field(init=False)
    _first: Array = field(init=False)  # where each name's events begin in the columns below
    _vessel: Array = field(init=False)
    _time: Array = field(init=False)
    _area: Array = field(init=False)
    _motion: Array = field(init=False)  # (3, n)

    def __post_init__(self) -> None:
        if not _ascending(self.columns.time):
            self.columns = self.columns.by_time()
        c = self.columns
        self._kinds = sorted({kind for kinds in c.area_types for kind in kinds})
        vessels = len(c.vessel)
        rows, self.ids, slots = numbered(whole(np.concatenate([c.vessel, c.near[:, :2].reshape(-1)])))
        self._types = self._typed(slots)
        self._pair(rows[vessels:].reshape(-1, 2))
        event = whole(c.event, np.int8)
        counts, self._vessel, self._first = begins(event, rows[:vessels], len(NAMES), len(self.ids))
        motion = (whole(getattr(c, name), float) for name in UNITS)
        numbers, parts, room = np.empty((2, vessels), np.int64), np.empty((3, vessels)), np.empty(vessels, ROW)
        speed, course, heading = motion
        given = whole(c.time), whole(c.area), speed, course, heading, numbers[0], numbers[1]
        in_groups(event, rows[:vessels], len(self.ids), counts, room, parts, *given)
        self._time, self._area, self._motion = numbers[0], numbers[1], parts

    def _typed(self, slots: Array) -> Field:
        """The type of each vessel."""
        told = self.columns.type_told
        rows = looked_up(whole(self.columns.type_vessel), slots, self.ids)
        code = np.full(len(self.ids), -1, np.int64)
        code[rows[rows >= 0]] = told.values[rows >= 0]
        return Field(code, WORD, told.words)

    def _pair(self, ends: Array) -> None:
        """Pairs as told, each order by itself; intervals that touch stay apart, as RTEC keeps them."""
        both = ends[:, 0] * max(len(self.ids), 1) + ends[:, 1]
        told, pair = np.unique(both, return_inverse=True)
        self.pairs = np.stack(np.divmod(told, max(len(self.ids), 1)), axis=1)
        self._near = Timelines.made(pair, self.columns.near[:, 2], self.columns.near[:, 3])

    @property
    def vessels(self) -> int:
        """How many vessels there are."""
        return len(self.ids)

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """`proximity` of pairs."""
        if name != "proximity":
            raise KeyError(name)
        return self._near

    def events(self, name: str) -> Events:
        """All events of that name, in the order of vessel and time."""
        code = CODE[name]
        rows = slice(self._first[code], self._first[code + 1])
        vessel, time = whole(self._vessel[rows]), whole(self._time[rows])
        if name in AREAS:
            return self._areas(self._area[rows], vessel, time)
        if name != "velocity":
            return Events(vessel, time, {})
        told = zip(UNITS.items(), self._motion, strict=True)
        return Events(vessel, time, {n: Field(whole(values[rows], float), unit) for (n, unit), values in told})

    def _areas(self, area: Array, vessel: Array, time: Array) -> Events:
        """Once for each kind that an area has."""
        kinds, words = self.columns.area_types, self._kinds
        count = np.array([*(len(k) for k in kinds), 0])
        first = np.concatenate([[0], np.cumsum(count[:-1])])
        place = {kind: k for k, kind in enumerate(words)}
        code = np.array([place[kind] for several in kinds for kind in several], np.int64)
        times = count[area]
        again = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        told = code[np.repeat(first[area], times) + again]
        field = Field(told, WORD, tuple(words))
        return Events(whole(np.repeat(vessel, times)), whole(np.repeat(time, times)), {"area_type": field})

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """There are none."""
        raise KeyError(name)

    def attribute(self, name: str) -> Field:
        """The type of each vessel."""
        if name != "type":
            raise KeyError(name)
        return self._types

    def words(self, name: str) -> Sequence[str]:
        """The kinds of areas."""
        return self._kinds if name == "area_type" else []
