"""Patrol file, ground, vehicles -> the arrays of the `World` that a search works on."""

from __future__ import annotations

import math
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import lat_lon
from mihari.core.units import KNOT
from mihari.patrol.courses import FASTER, KMH, between, course_of, hours, vessel_at
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.reach import (
    LINK_GAP_H,
    LINK_SAMPLES,
    blocked,
    heard,
    heard_all_along,
    heard_ashore,
    legs_clear,
    open_at,
    ways_open,
)
from mihari.patrol.search.world import SPOTS, World
from mihari.patrol.spells import Spell
from mihari.patrol.vehicles import (
    Place,
    Vehicle,
    can_land,
    can_start,
    drift,
    needs_link,
    speed,
    too_rough,
    unit_vector,
    where_is,
)
from mihari.sensors.platform import PlatformProfile

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BIN_H = 0.5
FASTEST_SHIP_KN = 25.0  # that a deck sails off at
SLACK_H = 0.5  # for slots and decks, in how long the way home surely takes
NEAR = 16  # neighbours of a cell that a search looks at
WORTH_LOOK = 1e4  # weight times hours: more than any patrol is worth
FIRST_LAUNCH = 1e9
SPARE_H = 0.005  # of an endurance, and before a sea grows too rough, is left to be used when a plan is changed
AFTER_H = 1.0  # after the latest time at which a vessel may be reached, it is left again
Known = dict[tuple[str, str, tuple[str, ...]], Bools]  # by look, kind and what hears
Homeward = dict[tuple[int, int], Floats]  # by kind and place: h that suffice from cells home, (B, C)


class Maker:
    """The arrays of a `World`, one by one. `silent`: places that hear nobody any more."""

    def __init__(
        self, file: PatrolFile, ground: Ground, vehicles: list[Vehicle], kinds: list[PlatformProfile],
        places: list[Place], rows: NDArray[np.int64], edges: Floats, relays: tuple[tuple[str, PlatformProfile], ...],
        silent: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.file, self.ground, self.vehicles, self.kinds, self.places = file, ground, vehicles, kinds, places
        self.rows, self.edges, self.relays = rows, edges, relays
        self.lat, self.lon = ground.cells.lat_deg[rows], ground.cells.lon_deg[rows]
        self.xyz = unit_vector(self.lat, self.lon)
        self.spells = [self._spell(hour) for hour in edges[:-1]]
        self.bins = math.ceil(file.hours / BIN_H) + 8
        self.ships = np.array([bool(place in file.ship) for place in places], bool)
        self.homeward: Homeward = {}
        self.hearing = hearing(file, silent)
        self.hears = (*sorted(silent), *(f"{station} {aloft.id}" for station, aloft in relays))

    def _spell(self, hour: float) -> Spell:
        return next(spell for spell in self.ground.spells if spell.start <= hour + 1e-9 < spell.end)

    def made(self) -> World:
        """All of them."""
        file, ground = self.file, self.ground
        weights = np.stack([ground.weight[self.rows, self._index(spell)] for spell in self.spells], axis=1)
        spans = np.diff(self.edges)
        cum = np.concatenate([np.zeros((len(self.rows), 1)), np.cumsum(weights * spans, axis=1)], axis=1)[:, :-1]
        xyz = self.xyz
        air = self._air()
        lands = self._lands()
        spots = np.array([place.spots for place in self.places], float)
        names = [place.name for place in self.places]
        port = np.array([[p.slot_min / 60, np.inf, p in file.ship] for p in self.places], float).reshape(-1, 3)
        port[:, SPOTS] = np.where(lands.sum(axis=0) > spots, spots, np.inf)
        kind = [self.kinds.index(v.platform) for v in self.vehicles]
        craft = [
            [kind[k], v.endurance_h - SPARE_H, v.turnaround_h, v.section.on_call, names.index(v.section.home),
             v.ready_h, FIRST_LAUNCH, 0, 0, 0]
            for k, v in enumerate(self.vehicles)
        ]  # fmt: skip
        legs = self._legs(xyz, air)
        dwell = self.dwell(air)
        self.may = self.with_looks(self._may(), dwell)
        way_at, way = self.ways()
        shut_at, shut = self.shut()
        apart = np.linalg.norm(xyz[:, None] - xyz[None], axis=2)
        every = ground.every_h[self.rows]
        parts = World(
            span=np.array([0.0, file.hours, BIN_H, 0.0]), cell=np.column_stack([every, np.zeros(len(xyz)), xyz]),
            edges=self.edges, weight=np.stack([weights, cum], axis=2), legs=legs, dwell=dwell,
            may=self.may,
            way_at=way_at, way=way, air=air, port=port, shut_at=shut_at, shut=shut,
            craft=np.array(craft, float).reshape(-1, 10),
            back=self._back(kind, lands, legs, air), lands=lands,
            first=np.ones((len(craft), len(xyz) + len(self.places) + len(file.look)), bool), look=self.looks(),
            near=np.ascontiguousarray(np.argsort(apart, axis=1, kind="stable")[:, 1 : NEAR + 1]),
        )  # fmt: skip
        return alike(parts)

    def looks(self) -> Floats:
        """Vessels to look at: known of from, reached by, worth, stay; h."""
        rows = [[k.told_h, k.by_h, WORTH_LOOK, k.stay_min / 60] for k in self.file.look]
        return np.array(rows, float).reshape(-1, 4)

    def _index(self, spell: Spell) -> int:
        return self.ground.spells.index(spell)

    def _air(self) -> Floats:
        """Airspeed, wind to east and north, km/h, and the hour until which the sea lets it be out; (N, S, 4)."""
        rows = [[(speed(kind, spell), *drift(kind, spell)) for spell in self.spells] for kind in self.kinds]
        air = KMH * np.array(rows, float).reshape(len(self.kinds), len(self.spells), 3)
        begins = self.edges[:-1]
        rough = np.where(air[..., 0] > 0, np.inf, begins)
        calm = np.minimum.accumulate(rough[:, ::-1], axis=1)[:, ::-1]
        return np.concatenate([air, calm[..., None] - SPARE_H], axis=2)

    def _legs(self, xyz: Floats, air: Floats) -> NDArray[np.float32]:
        """Hours of legs between cells, from places on land to cells, and back; a cell to itself is no leg."""
        cells, places = len(self.rows), len(self.places)
        legs = np.full((len(self.kinds), len(self.spells), cells + places, cells + places), np.inf, np.float32)
        on_land = [p for p in range(places) if not self.ships[p]]
        spots = [where_is(self.places[p], 0.0) for p in on_land]
        ground = np.array([unit_vector(float(lat), float(lon)) for lat, lon in spots]).reshape(-1, 3)
        at = [(np.array(float(lat)), np.array(float(lon))) for lat, lon in spots]
        from_ports = [[self._heard_between(kind, place[None], self.xyz) for place in ground] for kind in self.kinds]
        ports = [cells + p for p in on_land]
        clear: dict[tuple[str, ...], tuple[Bools, Bools]] = {}
        for n, kind in enumerate(self.kinds):
            hears = self._heard_between(kind, self.xyz[:, None], self.xyz[None])
            for s, hour in enumerate(self.edges[:-1]):
                areas = (str(i) for i, a in enumerate(self.file.keep_out) if open_at(a, kind.kind, hour))
                key = (kind.kind, *areas)
                if key not in clear:
                    clear[key] = self._clear(kind, float(hour), at)
                among, outward = clear[key]
                airspeed, wind = air[n, s, 0], air[n, s, 1:3]
                takes = hours(xyz[:, None], xyz[None], airspeed, wind)
                np.fill_diagonal(takes, np.inf)
                legs[n, s, :cells, :cells] = np.where(among & (hears | (takes <= LINK_GAP_H)), takes, np.inf)
                if on_land:
                    away, back = (
                        hours(ground[:, None], xyz[None], airspeed, wind),
                        hours(xyz[:, None], ground[None], airspeed, wind),
                    )
                    hear = np.array(from_ports[n])
                    legs[n, s, ports, :cells] = np.where(outward & (hear | (away <= LINK_GAP_H)), away, np.inf)
                    legs[n, s][:cells, ports] = np.where(outward.T & (hear.T | (back <= LINK_GAP_H)), back, np.inf)
        return legs

    def _clear(self, kind: PlatformProfile, hour: float, at: list[tuple[Floats, Floats]]) -> tuple[Bools, Bools]:
        """Whether legs between cells, and between places and cells, are clear of land and areas."""
        cells = self.ground.cells
        here = self.lat, self.lon
        among = legs_clear(
            self.file, cells, kind.kind, hour, (self.lat[:, None], self.lon[:, None]), (self.lat[None], self.lon[None])
        )
        outward = np.array([legs_clear(self.file, cells, kind.kind, hour, place, here) for place in at], bool)
        return among, outward.reshape(len(at), len(self.rows))

    def _heard_between(self, kind: PlatformProfile, start: Floats, end: Floats) -> Bools:
        """Whether a vehicle is heard from land all along legs between unit vectors (they broadcast)."""
        good = np.ones(np.broadcast_shapes(start.shape, end.shape)[:-1], bool)
        if needs_link(kind):
            for part in np.linspace(0.0, 1.0, LINK_SAMPLES):
                good &= heard_ashore(self.file, kind, between(start, end, part))
        return good

    def dwell(self, air: Floats) -> Floats:
        """Hours that looks at cells and vessels take."""
        cells, looks = len(self.rows), self.file.look
        dwell = np.full((*air.shape[:2], cells + len(looks)), np.inf, np.float32)
        for n, kind in enumerate(self.kinds):
            able = sees_vessels(kind)
            for s, (spell, hour) in enumerate(zip(self.spells, self.edges[:-1], strict=True)):
                shut = blocked(self.file, kind.kind, float(hour), self.lat, self.lon) | (air[n, s, 0] <= 0)
                takes = self.ground.dwell_h[kind.id][self.rows, self._index(spell)]
                dwell[n, s, :cells] = np.where(shut, np.inf, takes)
                for m, look in enumerate(looks):
                    passes = KNOT * look.speed_kn * 60 * look.stay_min / 2000  # km from the middle of the stay
                    if able and passes < look.within_km and air[n, s, 0] > FASTER * KMH * KNOT * look.speed_kn:
                        dwell[n, s, cells + m] = look.stay_min / 60
        return dwell

    def _may(self) -> Bools:
        """Whether vehicles are heard where they look, and may go between ships and cells; no vessels yet."""
        cells, places = len(self.rows), len(self.places)
        may = np.ones((len(self.kinds), self.bins, 1 + places, cells + places), bool)
        edges = np.arange(self.bins + 1) * BIN_H
        for n, kind in enumerate(self.kinds):
            used = self._decks_of(kind)
            ends = np.ones((self.bins + 1, *may.shape[2:]), bool)
            for e, hour in enumerate(edges.tolist()):
                ends[e, 0, :cells] = self._is_heard(kind, hour, self.xyz)
                for p in used:
                    there = unit_vector(*where_is(self.places[p], hour))
                    ends[e, 1 + p, :cells] = self.open(kind, hour, there, self.xyz)
            may[n] = ends[:-1] & ends[1:]
        return may

    def with_looks(self, may: Bools, dwell: Floats, known: Known | None = None) -> Bools:
        """`may` of cells and places, (N, B, 1 + P, C + P), with the vessels to be looked at added.

        dwell: as in the world. known: what was found before, and is now, by look and kind.
        """
        known = {} if known is None else known
        goals, looks = len(self.rows) + len(self.places), len(self.file.look)
        whole = np.zeros((*may.shape[:2], may.shape[2] + looks, may.shape[3] + looks), bool)
        whole[:, :, : may.shape[2], :goals] = may
        whole[:, :, 1 : may.shape[2], goals:] = True
        for m, look in enumerate(self.file.look):
            way = course_of(look, self.file.hours)
            first, last = (int(np.clip(h / BIN_H, 0, self.bins - 1)) for h in (look.told_h, look.by_h + AFTER_H))
            clear: dict[str, Bools] = {}
            for n, kind in enumerate(self.kinds):
                if not np.isfinite(dwell[n, :, len(self.rows) + m]).any():
                    continue
                key = look.model_dump_json(), kind.id, self.hears
                edges = BIN_H * np.arange(first, last + 2, dtype=np.float64)
                if key not in known:
                    if kind.kind not in clear:
                        clear[kind.kind] = self._clear_of(kind.kind, way, edges)
                    known[key] = clear[kind.kind] & self._heard_from(kind, way, edges)
                ends = known[key][:-1] & known[key][1:]
                whole[n, first : last + 1, 0, goals + m] = ends[:, 0]
                whole[n, first : last + 1, may.shape[2] + m, :goals] = ends[:, 1:]
        return whole

    def vessel(self, m: int, hour: float) -> Floats:
        """Unit vector of a vessel to be looked at, at an hour."""
        return vessel_at(course_of(self.file.look[m], self.file.hours), hour)

    def still_heard(self, may: Bools, since_h: float) -> Bools:
        """`may` without what nobody hears any more from an hour on."""
        may, cells = may.copy(), len(self.rows)
        first = int(np.clip(since_h / BIN_H, 0, self.bins - 1))
        edges = (BIN_H * np.arange(first, self.bins + 1)).tolist()
        for n, kind in enumerate(self.kinds):
            if not needs_link(kind):
                continue
            ends = np.array([self._is_heard(kind, hour, self.xyz) for hour in edges])
            may[n, first:, 0, :cells] &= ends[:-1] & ends[1:]
            for p in self._decks_of(kind):
                decks = [unit_vector(*where_is(self.places[p], hour)) for hour in edges]
                pairs = zip(edges, decks, strict=True)
                ends = np.array([self._heard_all_along(kind, hour, deck, self.xyz) for hour, deck in pairs])
                may[n, first:, 1 + p, :cells] &= ends[:-1] & ends[1:]
        return may

    def _decks_of(self, kind: PlatformProfile) -> list[int]:
        """The ships that vehicles of a kind start from or land on."""
        mine = [v.section for v in self.vehicles if v.platform is kind]
        names = {name for section in mine for name in (section.home, *section.lands_at)}
        return [p for p in np.flatnonzero(self.ships).tolist() if self.places[p].name in names]

    def _is_heard(self, kind: PlatformProfile, hour: float, there: Floats) -> Bools:
        return heard(self.hearing, kind, hour, there, self.relays)

    def _goals(self, hour: float) -> Floats:
        """Unit vectors of cells and places."""
        there = np.array([unit_vector(*where_is(p, hour)) for p in self.places]).reshape(-1, 3)
        return np.concatenate([self.xyz, there])

    def _clear_of(self, kind: str, way: Floats, edges: Floats) -> Bools:
        """(e, 1 + C + P): at hours, whether no area or land is where a vessel is, or on the way to it."""
        clear = np.ones((len(edges), 1 + len(self.rows) + len(self.places)), bool)
        for e, hour in enumerate(edges.tolist()):
            here = tuple(np.asarray(part) for part in lat_lon(vessel_at(way, hour)))
            clear[e, 0] = not blocked(self.file, kind, hour, here[0], here[1]).any()
            goals = lat_lon(self._goals(hour))
            clear[e, 1:] = legs_clear(self.file, self.ground.cells, kind, hour, (here[0], here[1]), goals)
        return clear

    def _heard_from(self, kind: PlatformProfile, way: Floats, edges: Floats) -> Bools:
        """(e, 1 + C + P): at hours, whether a vehicle is heard with a vessel, and all the way to it."""
        good = np.ones((len(edges), 1 + len(self.rows) + len(self.places)), bool)
        if needs_link(kind):
            for e, hour in enumerate(edges.tolist()):
                vessel = vessel_at(way, hour)
                good[e, 0] = self._is_heard(kind, hour, vessel[None])[0]
                good[e, 1:] = self._heard_all_along(kind, hour, vessel, self._goals(hour))
        return good

    def _heard_all_along(self, kind: PlatformProfile, hour: float, start: Floats, ends: Floats) -> Bools:
        return heard_all_along(self.hearing, kind, hour, start, ends, self.relays)

    def open(self, kind: PlatformProfile, hour: float, start: Floats, ends: Floats) -> Bools:
        """Whether legs from one unit vector to others are clear, and heard all along."""
        return ways_open(self.file, self.hearing, self.ground.cells, kind, hour, start, ends, self.relays)

    def _lands(self) -> Bools:
        lands = np.zeros((len(self.vehicles), len(self.places)), bool)
        for k, v in enumerate(self.vehicles):
            for p, place in enumerate(self.places):
                named = place.name == v.section.home or place.name in v.section.lands_at
                lands[k, p] = named and can_land(v.platform, place) and can_start(v.platform, place)
        return lands

    def ways(self) -> tuple[NDArray[np.int64], Floats]:
        """Waypoints (h, unit vector) of places, then of vessels to look at, and where each begins."""
        ways = [
            np.array([[hour, *unit_vector(lat, lon)] for hour, lat, lon in getattr(place, "way", ())])
            if self.ships[p] else np.array([[0.0, *unit_vector(*(float(part) for part in where_is(place, 0.0)))]])
            for p, place in enumerate(self.places)
        ]  # fmt: skip
        ways += [course_of(look, self.file.hours) for look in self.file.look]
        offsets = np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int64)
        return offsets, np.concatenate(ways) if ways else np.zeros((0, 4))

    def shut(self) -> tuple[NDArray[np.int64], Floats]:
        """Hours (from, to) in which kinds may not start or land at places, and where each pair's begin."""
        at, windows = [0], []
        for kind in self.kinds:
            for place in self.places:
                windows += [(float(start), float(end)) for start, end in place.closed_h]
                windows += [(s.start, s.end) for s in self.ground.spells if too_rough(kind, place, s)]
                at.append(len(windows))
        return np.array(at), np.array(windows, float).reshape(-1, 2)

    def _back(self, kind: list[int], lands: Bools, legs: NDArray[np.float32], air: Floats) -> Floats:
        """Hours that surely suffice from cells home, by bins; inf where a place may be closed or out of reach."""
        self.homeward = {(n, p): self._way_home(n, p, legs, air) for n in set(kind) for p in range(len(self.places))
                         if any(lands[k, p] for k, m in enumerate(kind) if m == n)}  # fmt: skip
        return soonest_back(self.homeward, kind, lands, (len(self.vehicles), self.bins, len(self.rows)))

    def _way_home(self, n: int, p: int, legs: NDArray[np.float32], air: Floats) -> Floats:
        """The same for one kind and place, (B, C): of what the ends of the bin take, the more, and a spare."""
        place, cells = self.places[p], len(self.rows)
        if place.closed_h or any(too_rough(self.kinds[n], place, s) for s in self.ground.spells):
            return np.full((self.bins, cells), np.inf)
        edge_h = np.arange(self.bins + 1) * BIN_H
        at = np.clip(np.searchsorted(self.edges, edge_h, side="right") - 1, 0, len(self.spells) - 1)
        if not self.ships[p]:
            ends = legs[n, at, :cells, cells + p].astype(float)
        else:
            sailed = KMH * KNOT * FASTEST_SHIP_KN
            ends = np.array([
                hours(self.xyz, unit_vector(*where_is(place, float(h))), air[n, s, 0], air[n, s, 1:3])
                * air[n, s, 0] / max(air[n, s, 0] - np.hypot(*air[n, s, 1:3]) - sailed, 1e-3)
                for h, s in zip(edge_h, at, strict=True)
            ])  # fmt: skip
            ok = self.may[n, :, 1 + p, :cells]
            ends = np.where(np.concatenate([ok, ok[-1:]]), ends, np.inf)
        return np.asarray(np.maximum(ends[:-1], ends[1:]) + SLACK_H)


def hearing(file: PatrolFile, silent: Collection[str]) -> PatrolFile:
    """The file without the places that hear nobody any more."""
    base = tuple(base for base in file.base if base.name not in silent)
    return file.model_copy(update={"base": base, "ship": tuple(ship for ship in file.ship if ship.name not in silent)})


def alike(parts: World) -> World:
    """The same with one layout for all arrays, or kernels would be compiled again."""
    return World(*(np.array(part, order="C") for part in parts))


def soonest_back(homeward: Homeward, kind: list[int], lands: Bools, shape: tuple[int, int, int]) -> Floats:
    """Hours that surely suffice from cells to the nearest place where each vehicle lands, (K, B, C)."""
    back = np.full(shape, np.inf)
    for k, n in enumerate(kind):
        for p in np.flatnonzero(lands[k]):
            if (n, int(p)) in homeward:
                back[k] = np.minimum(back[k], homeward[n, int(p)])
    return back


def sees_vessels(kind: PlatformProfile) -> bool:
    """Whether a platform can look at a vessel."""
    return any(kind.carries(sensor) for sensor in ("eo_ir", "maritime_radar", "aesa_radar"))
