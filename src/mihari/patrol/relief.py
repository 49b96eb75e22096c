"""Who keeps a station after something has happened: the chain as it was, or another from now on."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mihari.patrol.file import PatrolFile, StationSection
from mihari.patrol.ground import Ground
from mihari.patrol.plan import Plan, Shortfall, Sortie
from mihari.patrol.stations import MINUTE, Chain, Movements, able_at, unmanned
from mihari.patrol.underway import Underway
from mihari.patrol.vehicles import Vehicle

MORE = 3  # others that are thought of besides those who kept it before
LARGEST = 4  # vehicles that keep a station in turn


@dataclass(frozen=True)
class Relief:
    """A station from now on: sorties of those who keep it, who they are, when nobody is there."""

    sorties: tuple[Sortie, ...]
    keepers: frozenset[str]
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True)
class Reliever:
    """What is known when something has happened at `now` (UTC s): the plan so far, vehicles, where nobody may land.

    hearing: the file without the places that hear nobody any more.
    """

    file: PatrolFile
    hearing: PatrolFile
    ground: Ground
    plan: Plan
    vehicles: Mapping[str, Vehicle]
    states: Mapping[str, Underway]
    shut: Mapping[str, float]
    now: float

    def stands(self, station: StationSection) -> bool:
        """Whether a station goes on being kept as it was to."""
        sorties = [s for s in self.plan.sorties if s.landing > self.now and keeps(s, station)]
        return all(self._stands(s, station) for s in sorties)

    def out(self, station: StationSection) -> list[Sortie]:
        """Sorties for a station that have begun, and can be done to their end."""
        sorties = [s for s in self.plan.sorties if s.landing > self.now and keeps(s, station)]
        return [s for s in sorties if self._stands(s, station) and self._has_begun(s)]

    def of(self, station: StationSection, taken: Collection[str], moves: Movements) -> Relief:
        """Who keeps a station; `taken`: vehicles that keep others. `moves`: what starts and lands anyway, `out` too."""
        begin = self.file.start.timestamp()
        now_h, end_h = (self.now - begin) / 3600, min(station.to_h, self.file.hours)
        sorties = [s for s in self.plan.sorties if s.landing > self.now and keeps(s, station)]
        if not sorties and now_h >= end_h:
            return Relief((), frozenset(), ())
        if all(self._stands(s, station) for s in sorties):
            told = [f for f in self.plan.shortfalls if f.demand == f"station {station.name}"]
            return Relief(tuple(sorties), frozenset(s.vehicle for s in sorties), tuple(told))
        out = self.out(station)
        covered = _covered([(stop.arrive, stop.leave) for s in out for stop in s.stops], self.now)
        stand = {s.vehicle: (self._again(s), s.end) for s in out}
        chain, gap = self._chain(station, max((covered - begin) / 3600, station.from_h), stand, taken, moves)
        keepers = frozenset(s.vehicle for s in (*out, *chain))
        return Relief((*out, *chain), keepers, tuple(unmanned(station, (*out, *chain), gap)))

    def _chain(
        self, station: StationSection, covered: float, stand: dict[str, tuple[float, str]], taken: Collection[str],
        moves: Movements,
    ) -> tuple[list[Sortie], float]:  # fmt: skip
        """The best chain from an hour on, of those who kept it and a few more."""
        begin = self.file.start.timestamp()
        for name, state in self.states.items():
            if name in stand or (state.was and state.was.landing < self.shut.get(state.was.end, -1.0)):
                continue
            stand[name] = (self._again(state.was), state.was.end) if state.was else (
                (state.free - begin) / 3600, state.place)  # fmt: skip
        able = [
            self.vehicles[name] for name in stand
            if name not in taken and not self.vehicles[name].section.on_call
            and able_at(self.hearing, self.vehicles[name], station, covered)
        ]  # fmt: skip
        before = {s.vehicle for s in self.plan.sorties if keeps(s, station)}
        others = sorted((v for v in able if v.name not in before), key=lambda v: v.platform.cruise)[:MORE]
        best: tuple[list[Sortie], float] = [], max(min(station.to_h, self.file.hours) - covered, 0.0)
        chains = Chain(self.file, self.hearing, self.ground, station, moves)
        for group in _groups([v for v in able if v.name in before], others):
            chain, gap = chains.of(group, stand, covered)
            if gap < best[1] - MINUTE:
                best = chain, gap
            if gap <= MINUTE:
                break
        return best

    def _stands(self, sortie: Sortie, station: StationSection) -> bool:
        """Whether a sortie can still be done."""
        vehicle = self.vehicles.get(sortie.vehicle)
        if vehicle is None or sortie.vehicle not in self.states:
            return False
        closed = sortie.landing < self.shut.get(sortie.end, -1.0) or (
            not self._has_begun(sortie) and sortie.launch < self.shut.get(sortie.start, -1.0)
        )
        if closed or len(self.hearing.base) + len(self.hearing.ship) == len(self.file.base) + len(self.file.ship):
            return not closed
        return able_at(self.hearing, vehicle, station, (self.now - self.file.start.timestamp()) / 3600)

    def _has_begun(self, sortie: Sortie) -> bool:
        return any(sortie.launch == s.launch for s in (*self.states[sortie.vehicle].settled, *self._head(sortie)))

    def _head(self, sortie: Sortie) -> tuple[Sortie, ...]:
        head = self.states[sortie.vehicle].head
        return (head,) if head else ()

    def _again(self, sortie: Sortie) -> float:
        """Hour from which a vehicle can be out again after a sortie."""
        turn = self.vehicles[sortie.vehicle].turnaround_h
        return (sortie.landing - self.file.start.timestamp()) / 3600 + turn


def keeps(sortie: Sortie, station: StationSection) -> bool:
    """Whether a sortie is for a station."""
    return any(stop.purpose == "station" and stop.name == station.name for stop in sortie.stops)


def _covered(watches: Sequence[tuple[float, float]], now: float) -> float:
    """Until when somebody is there without a break from `now` on (UTC s).

    >>> _covered([(0.0, 10.0), (8.0, 20.0), (25.0, 30.0)], 5.0)
    20.0
    """
    until = now
    for arrive, leave in sorted(watches):
        if arrive <= until + 1.0:
            until = max(until, leave)
    return until


def _groups(before: list[Vehicle], others: list[Vehicle]) -> list[tuple[Vehicle, ...]]:
    """Those who kept it, alone first, then with one more, then with two."""
    found = []
    for more in range(3):
        for extra in itertools.combinations(others, more):
            group = (*before, *extra)
            if 0 < len(group) <= LARGEST:
                found.append(group)
    return found
