"""Stations that are manned at every moment -> who keeps them when: chains of sorties with an overlap at each handover.

Stations come before everything else: the vehicles that keep them do nothing besides. The group that leaves no
gap and is missed least elsewhere is taken; each is launched just in time, and stays until it has to go home.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.courses import KMH
from mihari.patrol.file import PatrolFile, StationSection
from mihari.patrol.ground import Ground
from mihari.patrol.plan import Shortfall, Sortie, Stop
from mihari.patrol.reach import LINK_GAP_H, blocked, heard, ways_open
from mihari.patrol.search.motion import leg
from mihari.patrol.spells import Spell
from mihari.patrol.vehicles import (
    Place,
    Vehicle,
    can_land,
    can_start,
    drift,
    place_of,
    places_of,
    speed,
    too_rough,
    unit_vector,
    where_is,
)
from mihari.sensors.platform import PlatformProfile, profile
from mihari.sensors.sweep import height_of

Floats = NDArray[np.float64]

MINUTE, SECOND = 1 / 60, 1 / 3600
LARGEST = 4  # vehicles that keep one station in turn
SHORTLIST = 8
SPARE_SLOTS = 2  # that a landing may have to wait for
CAUTION = 0.4  # of what it would be late by is left off at once: the way home changes as ships sail
WAY_H = 1 / 6  # between two looks at whether a way is open
SPARE_H = 0.1  # left of the endurance at landing, for wind that is not as told


@dataclass
class Movements:
    """Launches and landings that are settled: (place, hour); by vehicle, where it stands, or will after its sortie."""

    all: list[tuple[str, float]] = field(default_factory=list)
    stand: dict[str, str] = field(default_factory=dict)

    def add(self, sorties: Iterable[Sortie], begin: float) -> None:
        """Sorties that are settled; `begin`: of the patrol (UTC s)."""
        for s in sorted(sorties, key=lambda s: s.launch):
            self.all += [(place, (t - begin) / 3600) for place, t in ((s.start, s.launch), (s.end, s.landing)) if place]
            self.stand[s.vehicle] = s.end

    def room(self, vehicle: str, place: Place) -> bool:
        """Whether a vehicle can stay at a place even when all stay there that may."""
        return sum(where == place.name for name, where in self.stand.items() if name != vehicle) < place.spots

    def free(self, place: Place, hour: float) -> bool:
        """Whether nobody else moves there within a slot of an hour, and it is open."""
        apart = place.slot_min / 60 - 1e-9
        shut = any(start <= hour < end for start, end in place.closed_h)
        return not shut and all(name != place.name or abs(at - hour) >= apart for name, at in self.all)


@dataclass(frozen=True, slots=True)
class Manned:
    """Stations as they are kept: sorties, the vehicles that do nothing else, what could not be met."""

    sorties: tuple[Sortie, ...]
    vehicles: frozenset[str]
    shortfalls: tuple[Shortfall, ...]
    relays: tuple[tuple[str, Vehicle], ...]


def man(file: PatrolFile, ground: Ground, vehicles: Iterable[Vehicle]) -> Manned:
    """Sorties for all stations, relays first: others may need the links that they pass on.

    BadInput for a platform that nobody knows.
    """
    fleet = list(vehicles)
    for name in (name for station in file.station for name in station.platforms):
        profile(name)
    left = [v for v in fleet if not v.section.on_call]
    sorties: list[Sortie] = []
    shortfalls: list[Shortfall] = []
    relays: list[tuple[str, Vehicle]] = []
    used: set[str] = set()
    moves = Movements(stand={v.name: v.section.home for v in fleet})
    for station in sorted(file.station, key=lambda s: not s.relay):
        if station.from_h >= file.hours:
            continue  # of another day
        aloft = () if station.relay else tuple((name, vehicle.platform) for name, vehicle in relays)
        able = [v for v in left if v.name not in used and able_at(file, v, station, station.from_h, aloft)]
        chosen = _chain_of_group(Chain(file, file, ground, station, moves, aloft), able)
        if chosen is None:
            wanted = " or ".join(station.platforms) or "aircraft"
            shortfalls.append(
                Shortfall(
                    f"station {station.name}", f"no free {wanted} gets there, is heard there and comes home again",
                    "a vehicle with more endurance or a nearer base, or an aerial or relay that hears it there",
                )
            )  # fmt: skip
            continue
        chain, gap = chosen
        shortfalls += unmanned(station, chain, gap)
        used |= {sortie.vehicle for sortie in chain}
        sorties += chain
        moves.add(chain, file.start.timestamp())
        if station.relay and chain and gap <= MINUTE:
            keepers = [v for v in left if any(v.name == sortie.vehicle for sortie in chain)]
            relays.append((station.name, min(keepers, key=lambda v: height_of(v.platform))))
    return Manned(tuple(sorties), frozenset(used), tuple(shortfalls), tuple(relays))


def unmanned(station: StationSection, chain: Sequence[Sortie], gap: float) -> list[Shortfall]:
    """What is told of a station where nobody is for so many hours, or where a handover is too short."""
    if gap > SECOND:
        because, would = f"nobody is there for {60 * gap:.0f} min in all", "one more vehicle for it, or a later from_h"
        return [Shortfall(f"station {station.name}", because, would)]
    watches = sorted((s.stops[0].arrive, s.stops[-1].leave) for s in chain if s.stops)
    both = min(((a[1] - b[0]) / 60 for a, b in itertools.pairwise(watches)), default=station.overlap_min)
    if both >= station.overlap_min - 1 / 60:
        return []
    because = f"at a handover both are there for {max(both, 0.0):.0f} min; {station.overlap_min:g} are asked for"
    return [Shortfall(f"station {station.name}", because, "one more vehicle for it, or a shorter overlap_min")]


def _hour(file: PatrolFile, time: float) -> float:
    return (time - file.start.timestamp()) / 3600


def able_at(
    file: PatrolFile, v: Vehicle, station: StationSection, from_h: float,
    relays: tuple[tuple[str, PlatformProfile], ...] = (),
) -> bool:  # fmt: skip
    """Whether a vehicle may keep a station from an hour to its end: it is of a platform named, and always heard.

    `relays`: stations that are manned, and by what.
    """
    if station.platforms and v.platform.id not in station.platforms:
        return False
    if not station.platforms and v.platform.kind != "aircraft":
        return False
    place = unit_vector(station.lat_deg, station.lon_deg)
    lat, lon = np.array(station.lat_deg), np.array(station.lon_deg)
    end = min(station.to_h, file.hours)
    times = np.append(np.arange(from_h, end, 0.5), end - MINUTE)
    kind = v.platform.kind
    return all(
        bool(heard(file, v.platform, hour, place, relays)) and not blocked(file, kind, hour, lat, lon).any()
        for hour in times.tolist()
    )


def _chain_of_group(of: Chain, able: list[Vehicle]) -> tuple[list[Sortie], float] | None:
    """The chain without a gap of the group that could have patrolled least; else the one with the smallest gap."""
    able = sorted(able, key=lambda v: (v.platform.cruise, v.section.cost_per_h))[:SHORTLIST]
    sizes = range(1, min(LARGEST, len(able)) + 1)
    groups = [group for size in sizes for group in itertools.combinations(able, size)]
    best: tuple[float, list[Sortie]] | None = None
    for group in sorted(groups, key=lambda g: sum(v.platform.cruise for v in g)):
        chain, gap = of.of(group)
        if chain and (best is None or gap < best[0] - MINUTE):
            best = gap, chain
            if gap <= MINUTE:
                break
    return None if best is None else (best[1], best[0])


class Chain:
    """Handovers at one station among a group of vehicles."""

    def __init__(
        self, file: PatrolFile, hearing: PatrolFile, ground: Ground, station: StationSection, moves: Movements,
        relays: tuple[tuple[str, PlatformProfile], ...] = (),
    ) -> None:  # fmt: skip
        """`hearing`: the file with those places only that hear anybody. `relays`: other stations, and by what kept."""
        self.file, self.hearing, self.ground, self.station, self.relays = file, hearing, ground, station, relays
        self.settled = self.moves = moves
        self.ways: dict[tuple[str, str, int], bool] = {}
        self.end = min(station.to_h, file.hours)
        self.there = unit_vector(station.lat_deg, station.lon_deg)
        self.air: dict[tuple[str, float], tuple[float, ...]] = {}

    def of(
        self, group: tuple[Vehicle, ...], stand: Mapping[str, tuple[float, str]] | None = None,
        covered: float | None = None,
    ) -> tuple[list[Sortie], float]:  # fmt: skip
        """The sorties, and the hours in which nobody is there.

        stand: from when on (h) and where vehicles are on the ground, others at home. covered: somebody is there until
        then (h).
        """
        self.moves = Movements(list(self.settled.all), dict(self.settled.stand))
        free = {v.name: v.ready_h for v in group} | {name: hour for name, (hour, _) in (stand or {}).items()}
        at = {v.name: v.section.home for v in group} | {name: place for name, (_, place) in (stand or {}).items()}
        gap = 0.0
        if covered is None:
            need = covered = self.station.from_h
        else:
            need = covered - self.station.overlap_min / 60
        sorties: list[Sortie] = []
        while covered < self.end - MINUTE:
            offers = [(v, *found) for v in group if (found := self._sortie(v, free[v.name], at[v.name], need))]
            offers = [o for o in offers if o[2] > covered + MINUTE]
            if not offers:
                return sorties, gap + self.end - covered
            in_time = [o for o in offers if o[1] <= need + 1e-6]
            v, arrive, leave, sortie = max(in_time, key=lambda o: o[2]) if in_time else min(offers, key=lambda o: o[1])
            gap += max(arrive - covered, 0.0)
            covered, need = leave, leave - self.station.overlap_min / 60
            free[v.name] = _hour(self.file, sortie.landing) + v.turnaround_h
            at[v.name] = sortie.end
            sorties.append(sortie)
            self.moves.add([sortie], self.file.start.timestamp())
        return sorties, gap

    def _spell(self, hour: float) -> Spell:
        return next(s for s in self.ground.spells if s.start <= max(hour, 0.0) < s.end)

    def _takes(self, v: Vehicle, start: Floats, end: Floats, hour: float) -> float:
        air = self.air.setdefault((v.platform.id, (spell := self._spell(hour)).start), (
            KMH * speed(v.platform, spell), *(KMH * part for part in drift(v.platform, spell))
        ))  # fmt: skip
        return float(leg(*start.tolist(), *end.tolist(), *air))

    def _sortie(self, v: Vehicle, free: float, home: str, need: float) -> tuple[float, float, Sortie] | None:
        """When it can be there, until when, and how: just in time for `need`, or as early as it can."""
        place = place_of(self.file, home)
        launch = self._launch(v, place, free, need)
        if launch is None:
            return None
        arrive = launch + self._takes(v, unit_vector(*where_is(place, launch)), self.there, launch)
        landing = self._landing(v, launch)
        if landing is None or landing[0] <= max(arrive, need):
            return None
        leave, down, end = landing
        arrive = max(arrive, need) if arrive > need - 2 * MINUTE else arrive
        t0 = self.file.start.timestamp()
        station = self.station
        stop = Stop("station", station.name, t0 + 3600 * arrive, t0 + 3600 * leave, station.lat_deg, station.lon_deg)
        start_lat, start_lon = where_is(place, launch)
        end_lat, end_lon = where_is(end, down)
        sortie = Sortie(
            v.name, place.name, t0 + 3600 * launch, float(start_lat), float(start_lon), (stop,), end.name,
            t0 + 3600 * down, float(end_lat), float(end_lon),
        )  # fmt: skip
        return arrive, leave, sortie

    def _launch(self, v: Vehicle, place: Place, free: float, need: float) -> float | None:
        """The latest free slot that is in time; else the earliest there is."""
        takes = self._takes(v, unit_vector(*where_is(place, need)), self.there, max(free, 0.0))
        at = max(need - takes - MINUTE, free)
        hour = at
        while hour >= free:
            takes = self._takes(v, unit_vector(*where_is(place, hour)), self.there, hour)
            if self._open(v, place, hour) and hour + takes <= need and self._open_way(v, place, hour, hour + takes):
                return hour
            hour -= MINUTE
        hour = max(free, 0.0)
        while hour < self.end:
            takes = self._takes(v, unit_vector(*where_is(place, hour)), self.there, hour)
            if self._open(v, place, hour) and self._open_way(v, place, hour, hour + takes):
                return hour
            hour += MINUTE
        return None

    def _open(self, v: Vehicle, place: Place, hour: float) -> bool:
        return self.moves.free(place, hour) and not too_rough(v.platform, place, self._spell(hour))

    def _open_way(self, v: Vehicle, place: Place, first: float, last: float) -> bool:
        """Whether the way between the station and a place is clear and heard from an hour to another."""
        return self._way(v, place, first) and self._way(v, place, last)

    def _way(self, v: Vehicle, place: Place, hour: float) -> bool:
        """Whether it is at an hour; looked at every ten minutes."""
        key = v.platform.id, place.name, int(hour / WAY_H)
        if key not in self.ways:
            there = unit_vector(*where_is(place, hour))
            hears = self._takes(v, self.there, there, hour) > LINK_GAP_H
            open_ = ways_open(
                self.file, self.hearing if hears else None, self.ground.cells, v.platform, hour, self.there,
                there[None], self.relays,
            )  # fmt: skip
            self.ways[key] = bool(open_[0])
        return self.ways[key]

    def _calm(self, v: Vehicle, hour: float) -> float:
        """Until when (h) the sea lets a vehicle be out."""
        rough = (s.start for s in self.ground.spells if s.start > hour and speed(v.platform, s) <= 0)
        return min(rough, default=math.inf)

    def _landing(self, v: Vehicle, launch: float) -> tuple[float, float, Place] | None:
        """The latest that it may leave the station, when and where it is then down."""
        names = {v.section.home, *v.section.lands_at}
        ends = [p for p in places_of(self.file)
                if p.name in names and can_land(v.platform, p) and can_start(v.platform, p)
                and self.moves.room(v.name, p)]  # fmt: skip
        latest = min(launch + v.endurance_h, self._calm(v, launch)) - SPARE_H
        leave = min(self.end, latest)
        while leave > launch:
            too_late = math.inf
            for place in ends:
                down = leave
                for _ in range(6):  # ships sail on meanwhile
                    down = leave + self._takes(v, self.there, unit_vector(*where_is(place, down)), leave)
                too_late = min(too_late, down - latest)
                if not self._open_way(v, place, leave, down):
                    continue
                for wait in range(int(SPARE_SLOTS * place.slot_min) + 1):
                    if down + wait * MINUTE <= latest and self._open(v, place, down + wait * MINUTE):
                        return leave, down + wait * MINUTE, place
            leave -= max(MINUTE, CAUTION * too_late) if math.isfinite(too_late) else MINUTE
        return None
