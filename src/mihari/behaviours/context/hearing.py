"""Visits and what radar holds -> how well each station hears, and each radar sees, in each cell: shares of periods.

A period is six minutes of one vessel in one cell. It is *due* where the vessel was heard by anybody in it, or must
have been between two receptions at most two hours apart; it is *heard* by a station that brought something of the
vessel in it. A station's periods are due while it brings anything at all. For radars: of the vessels that tell their
place by AIS, looked at once in a period, those that the radar holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.context.cells import COARSE, Cells, cells_at, parents
from mihari.behaviours.context.tables import Table
from mihari.behaviours.context.visits import HOUR_S, PERIOD_S
from mihari.core.columns import Array
from mihari.core.picture import Picture, Source, VesselStatus
from mihari.core.sensor import SensorKind

ANYBODY = 0xFFFF  # the tag of all AIS stations together
HALF_LIFE_DAYS = 30.0  # antennas are moved, ducts come and go with the weather
MOST = 100_000  # rows
PROVEN = 0.9  # of the periods, with 95 % confidence
PROVEN_PERIODS, PROVEN_VESSELS = 300, 5  # 30 h of five vessels: one ship with a poor antenna proves nothing
FRESH_S = 30.0  # of AIS and radar: three turns, three reports
LOOK_S = 10.0  # between two pictures that are looked at

FIELDS = [("heard", "f4"), ("due", "f4"), ("reports", "f4")]


@dataclass(frozen=True, slots=True)
class Heard:
    """How well vessels were heard, or seen, in a cell: periods heard and due, distinct vessels, reports."""

    heard: float
    due: float
    vessels: int
    reports: float

    @property
    def share(self) -> float:
        """Proportion of the periods; NaN where none was due."""
        return self.heard / self.due if self.due else math.nan

    @property
    def at_least(self) -> float:
        """The proportion that is exceeded with 97.5 % confidence (Wilson 1927, equation for the lower limit)."""
        if not self.due:
            return 0.0
        p, n, z = min(self.share, 1.0), self.due, 1.96
        root = math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max((p + z * z / (2 * n) - z * root) / (1 + z * z / n), 0.0)

    @property
    def proven_good(self) -> bool:
        """Whether a vessel that is there would be heard in nine periods of ten, by enough evidence."""
        return self.due >= PROVEN_PERIODS and self.vessels >= PROVEN_VESSELS and self.at_least >= PROVEN


class Hearing:
    """Periods by cell and station. `station`: as in `Sightings`; a radar's is its sensor index."""

    def __init__(self) -> None:
        self.table = Table(COARSE, FIELDS, "due", MOST)
        self._alive: dict[int, set[int]] = {}  # station -> periods in which it brought anything

    def learn(self, rows: Array, groups: Array, holes: Array, hour: int, cells: Cells) -> None:
        """An hour's visits by station and merged; the silences between them."""
        if len(rows) == 0:
            return
        coarse = parents(rows["cell"], COARSE)
        tags = rows["station"].astype(np.int64) & 0xFFFF
        at = self.table.at(coarse, tags)
        self._add("heard", at, np.bitwise_count(rows["periods"]))
        self._add("reports", at, rows["heard"])
        self.table.mark(at, rows["key"])
        where, any_at = parents(groups["cell"], COARSE), self.table.at(parents(groups["cell"], COARSE), _all(groups))
        self._add("heard", any_at, np.bitwise_count(groups["periods"]))
        self._add("due", any_at, np.bitwise_count(groups["periods"]))
        self._add("reports", any_at, groups["heard"])
        self.table.mark(any_at, groups["key"])
        missing_cells, missing_periods = missed(holes, cells)
        self._add("due", self.table.at(missing_cells, _all(missing_cells)), np.ones(len(missing_cells)))
        for station in np.unique(tags).tolist():
            self._alive.setdefault(station, set())
            bits = int(np.bitwise_or.reduce(rows["periods"][tags == station]))
            self._alive[station] |= {hour * 10 + k for k in range(10) if bits >> k & 1}
            known = self.table.known(where, np.full(len(where), station))
            self._add("due", known, np.bitwise_count(groups["periods"] & bits))
        for station, alive in self._alive.items():
            here = np.isin(missing_periods, np.array(sorted(alive), np.int64))
            known = self.table.known(missing_cells[here], np.full(int(here.sum()), station))
            self._add("due", known, np.ones(len(known)))
            self._alive[station] = {p for p in alive if p >= (hour - 3) * 10}

    def look(self, cells: Array, radars: Array, held: Array) -> None:
        """Looks of radars at vessels that AIS tells of; whether they were held."""
        coarse = parents(cells, COARSE)
        at = self.table.at(coarse[held], radars[held])
        self._add("heard", at, np.ones(len(at)))
        known = self.table.known(coarse, radars)
        self._add("due", known, np.ones(len(known)))
        self._add("reports", at, np.ones(len(at)))

    def of(self, lat_deg: float, lon_deg: float, station: int = ANYBODY) -> Heard:
        """How well vessels were heard at a place, by a station or by anybody; how well seen, by a radar."""
        cell = cells_at(np.array([lat_deg]), np.array([lon_deg]), COARSE)
        at = int(self.table.known(cell, np.array([station]))[0])
        if at < 0:
            return Heard(0.0, 0.0, 0, 0.0)
        row = self.table.rows[at]
        vessels = int(self.table.vessels()[at])
        return Heard(float(row["heard"]), float(row["due"]), vessels, float(row["reports"]))

    def proven(self, lat_deg: float, lon_deg: float, station: int = ANYBODY) -> bool:
        """Whether reception at a place is proven good: what a silence needs to say something."""
        return self.of(lat_deg, lon_deg, station).proven_good

    def _add(self, name: str, at: Array, amounts: Array) -> None:
        here = at >= 0
        np.add.at(self.table.rows[name], at[here], amounts[here].astype(np.float32))


def _all(rows: Array) -> Array:
    return np.full(len(rows), ANYBODY)


def missed(holes: Array, cells: Cells) -> tuple[Array, Array]:
    """Periods between receptions, in which nobody heard the vessel: (coarse cell, number of the period since 1970).

    Its place is taken from the straight way.
    """
    first, last = holes["t0"].astype(np.int64) // PERIOD_S + 1, holes["t1"].astype(np.int64) // PERIOD_S
    count = np.maximum(last - first, 0)
    row = np.repeat(np.arange(len(holes)), count)
    period = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    h = holes[row]
    t0, t1 = h["t0"].astype(np.float64), h["t1"].astype(np.float64)
    share = np.clip(((period + 0.5) * PERIOD_S - t0) / (t1 - t0), 0.0, 1.0)
    turn = (h["lon1"].astype(np.float64) - h["lon0"] + 1.8e9) % 3.6e9 - 1.8e9
    lat = h["lat0"] + share * (h["lat1"].astype(np.float64) - h["lat0"])
    lon = (h["lon0"] + share * turn + 1.8e9) % 3.6e9 - 1.8e9
    return parents(cells.of(np.rint(lat), np.rint(lon)), COARSE), period


def looks(picture: Picture, cells: Cells) -> tuple[Array, Array, Array]:
    """The vessels that AIS tells of, a different part of them each ten seconds -> (cell, radar, whether held).

    Each vessel is looked at once in a period. A radar that holds nobody does not turn; what is beyond its reach is not
    looked at.
    """
    v, step = picture.vessels, int(picture.time // LOOK_S)
    live = (v.status == VesselStatus.LIVE) & (v.mmsi > 0) & (picture.time - v.heard_ais <= FRESH_S)
    rows = np.flatnonzero(live & ((v.id + step) % int(PERIOD_S / LOOK_S) == 0))
    cell = cells.of(np.rint(v.lat_deg[rows] * 1e7), np.rint(v.lon_deg[rows] * 1e7))
    fresh = (picture.time - v.heard_radar <= FRESH_S) & (v.source & Source.RADAR > 0)
    found: list[tuple[Array, Array, Array]] = []
    for sensor in picture.sensors:
        if sensor.kind != SensorKind.RADAR or not sensor.placed or sensor.index > 63:
            continue
        holds = fresh & (v.sensors >> np.uint64(sensor.index) & np.uint64(1) > 0)
        if not holds.any():
            continue
        north = (v.lat_deg[rows] - sensor.lat_deg) * 111_195.0
        turn = (v.lon_deg[rows] - sensor.lon_deg + 180.0) % 360.0 - 180.0
        near = np.hypot(north, turn * 111_195.0 * math.cos(math.radians(sensor.lat_deg))) <= sensor.range_max
        found.append((cell[near], np.full(int(near.sum()), sensor.index), holds[rows][near]))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_)
    a, b, c = zip(*found, strict=True)
    return np.concatenate(a), np.concatenate(b), np.concatenate(c)


assert HOUR_S // PERIOD_S == 10  # periods are numbered by tenths of hours
