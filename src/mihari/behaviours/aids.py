"""Message 21 of aids to navigation -> those that say they are off position, and those far from where they were first.

Aids are no vessels: they have a memory of their own, and are looked at once a minute. An aid's station is the place
that it told first and most: the median of its first five samples. What is found follows from what was told, not from
the order in which it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.language import Definition, Definitions, evaluate
from mihari.behaviours.ledger import Entry, Ledger
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.scene import Scene, beside
from mihari.behaviours.sightings import Sightings, aids
from mihari.behaviours.telling import Teller
from mihari.core.behaviour import Behaviour, Standing
from mihari.core.columns import Array
from mihari.core.reports import VIRTUAL, Batch

KINDS = ("off_position", "off_station")
EVERY_S = 60  # of data: an aid tells its place each 3 min
FAR_M = 500.0  # a buoy in 80 m of water on a chain of 240 m reaches 226 m; it may first be heard at one end of that
FIRST = 5  # samples that tell the station: 15 min; two bad fixes among them change nothing
MOST = 5000  # aids; the picture keeps as many
METRES = 111_195.0e-7  # of 1e-7 degrees of latitude


@dataclass(frozen=True)
class Station:
    """The first samples of an aid (t, lat, lon; 1e-7 degrees), and when it was far from their middle (start, end)."""

    first: Array
    far: Array


NOWHERE = Station(np.zeros((0, 3), np.int64), np.zeros((0, 2), np.int64))


@dataclass(frozen=True)
class Aided(Scene):
    """A scene of aids."""

    far: Timelines = Timelines.empty()

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding, by row of aid."""
        return self.far if name == "far_off_station" else super().timelines(name, words)


class Aids:
    """All aids that are heard. `left_out`: sightings of more than there is room for."""

    def __init__(self, names: Names, definitions: Definitions) -> None:
        self.memory = Memory()
        self.left_out = 0
        self._definitions = definitions
        self._kinds = [kind for kind in KINDS if kind in definitions.definitions]
        self._teller = Teller(self.memory, names)
        self._stations: dict[int, Station] = {}  # by slot
        self._waiting: list[Sightings] = []
        self._touched: set[int] = set()
        self._looked = 0

    def hear(self, batch: Batch) -> None:
        """What aids tell."""
        sightings = aids(batch)
        if len(sightings):
            self._waiting.append(sightings)

    def find(
        self, now: int, ledger: Ledger, scene: Callable[[Memory, Array], Scene]
    ) -> tuple[Aided, dict[str, Timelines]] | None:
        """The aids that may have changed, and when each kind holds; None while there is nothing to look at."""
        if 0 <= now - self._looked < EVERY_S:
            return None
        self._looked = now
        self._take()
        slots = self._touched | {self.memory.slots[key] for key in self._going(ledger)}
        self._touched = set()
        if not slots:
            return None
        those = np.array(sorted(slots), np.int64)
        found = Aided(**beside(scene(self.memory, those)), far=self.far(those))
        return found, evaluate(self._definitions, found, only=self._kinds)

    def far(self, slots: Array) -> Timelines:
        """When aids were far from their stations, by row of slots."""
        rows = [(row, *span) for row, slot in enumerate(slots.tolist()) for span in self._of(slot).far.tolist()]
        told = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(told[:, 0], told[:, 1], told[:, 2], join=True)

    def tell(self, entry: Entry, definition: Definition, version: str, now: float) -> Behaviour:
        """The behaviour as it stands, with how far the aid is from its station."""
        told = self._teller.tell(entry, definition, version, now)
        way = self.memory.samples(entry.subject[0])
        slot = self.memory.slots.get(entry.subject[0])
        if slot is None or len(way) == 0 or len(self._of(slot).first) == 0:
            return told
        away = float(_away(way["lat"][-1:], way["lon"][-1:], _middle(self._of(slot).first))[0])
        kind = "virtual" if way["status"][-1] & VIRTUAL else "real"
        facts = {**told.evidence.facts, "from_station_m": round(away), "aid": kind}
        return replace(told, evidence=replace(told.evidence, facts=facts))

    def settle(self, now: int) -> None:
        """Let go of what cannot change any more."""
        self._take()
        self.memory.settle(now)
        before = now - self.memory.pace.keep_s
        for slot, station in self._stations.items():
            if len(station.far) and station.far[0, 1] < before:
                self._stations[slot] = replace(station, far=station.far[station.far[:, 1] >= before])

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        self._take()
        stations = {str(slot): [one.first.tolist(), one.far.tolist()] for slot, one in self._stations.items()}
        return {"memory": self.memory.state(), "stations": stations, "touched": sorted(self._touched)}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else."""
        self.memory.restore(state["memory"])
        made = {int(slot): [np.array(part, np.int64) for part in one] for slot, one in state["stations"].items()}
        self._stations = {
            slot: Station(first.reshape(-1, 3), far.reshape(-1, 2)) for slot, (first, far) in made.items()
        }
        self._touched = set(state["touched"])

    def _of(self, slot: int) -> Station:
        return self._stations.get(slot, NOWHERE)

    def _take(self) -> None:
        """File what waits."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        sightings = Sightings.concatenate(waiting)
        known = np.isin(sightings.key, self.memory.keys)
        new = np.unique(sightings.key[~known])[: MOST - len(self.memory)]
        room = known | np.isin(sightings.key, new)
        self.left_out += int(np.count_nonzero(~room))
        slots = self.memory.take(sightings.take(room)).slots.tolist()
        self._touched |= set(slots)
        for slot in slots:
            self._stations[slot] = self._station(slot)

    def _station(self, slot: int) -> Station:
        """As it is by the samples that are remembered, and by what was found of those that are not."""
        old, way = self._of(slot), self.memory.samples(int(self.memory.keys[slot]))
        begins = int(way["t"][0])
        here = np.stack([way[name].astype(np.int64) for name in ("t", "lat", "lon")], axis=1)
        first = np.concatenate([old.first[old.first[:, 0] < begins], here])[:FIRST]
        before = old.far[old.far[:, 0] < begins]
        before = np.column_stack([before[:, 0], np.minimum(before[:, 1], begins)])
        if len(first) < FIRST:
            return Station(first, before)
        off = _away(way["lat"], way["lon"], _middle(first)) > FAR_M
        spans = here[:-1][off[:-1], 0], here[1:][off[:-1], 0]
        held = spans[1] - spans[0] <= self.memory.pace.step_s
        far = np.concatenate([before, np.column_stack(spans)[held]])
        joined = Timelines.made(np.zeros(len(far), np.int64), far[:, 0], far[:, 1], join=True)
        return Station(first, np.column_stack([joined.start, joined.end]))

    def _going(self, ledger: Ledger) -> list[int]:
        """Keys of the aids of which something goes on: it may have ended in silence."""
        held = [(subject, entries) for kind in KINDS for subject, entries in ledger.holding(kind).items()]
        return [subject[0] for subject, entries in held if any(e.standing is Standing.GOING_ON for e in entries)]


def _middle(first: Array) -> tuple[float, float]:
    """Median latitude and longitude of samples; of longitudes the short way from the first."""
    turn = (first[:, 2] - first[0, 2] + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    return float(np.median(first[:, 1])), float(first[0, 2] + np.median(turn))


def _away(lat: Array, lon: Array, place: tuple[float, float]) -> Array:
    """(n,) m from a place, on a plane; far enough off that it fails it is far all the same."""
    north = lat.astype(np.float64) - place[0]
    east = ((lon - place[1] + 1.8e9) % 3.6e9 - 1.8e9) * np.cos(np.radians(place[0] * 1e-7))
    return np.asarray(np.hypot(north, east) * METRES)
