"""A made-up coast of 12 h: who is on it, where its sensors stand; and what draws such a coast from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.behaviours_ways import RUN_S, Vessel, Way

NM, MINUTE = 1852.0, 60.0
STATIONS = ((-32_000.0, 300.0), (34_000.0, 260.0))  # x and height of the antennas, m
RADAR_HEIGHT, RADAR_REACH = 180.0, 32_000.0
ANCHORAGE = (-58_000.0, -46_000.0, 2_200.0, 5_500.0)  # x, x, y, y
FISHING, CARGO, TANKER, PLEASURE, TUG = 30, 70, 80, 37, 52


@dataclass
class Coast:
    """All vessels; `fleets`: ids of the vessels that drift as one; `outages`: (station, from, to)."""

    seed: int
    lat_deg: float
    lon_deg: float
    side: int  # 1: the sea is to the north
    vessels: list[Vessel] = field(default_factory=list)
    fleets: dict[str, list[int]] = field(default_factory=dict)
    outages: list[tuple[int, float, float]] = field(default_factory=list)


class Maker:
    """Draws a coast."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = np.random.default_rng(seed + 77_000)
        side = int(rng.choice([-1, 1]))
        self.coast = Coast(seed, float(rng.uniform(-40, 40)), float(rng.uniform(-170, 170)), side)
        self.number = int(rng.choice([219, 257, 316, 366, 412, 431, 503, 636])) * 1_000_000 + int(rng.integers(1, 9000))
        begin = float(rng.uniform(3, 9) * 3600)
        self.coast.outages = [(int(rng.integers(0, 2)), begin, begin + 25 * MINUTE)]
        columns = [-57_000.0 + 6000.0 * k for k in range(20)]
        everywhere = [(x, y) for x in columns for y in (15_500.0, 20_500.0, 25_500.0, 30_500.0)]
        self.far = self.shuffled([c for c in everywhere if abs(c[0]) >= 39_000.0])
        self.seen = self.shuffled([c for c in everywhere if abs(c[0]) <= 21_000.0 and c[1] < 18_000.0])
        above = {(x, y + 5000.0) for x, y in self.seen}  # where false places are told
        taken = {*self.far, *self.seen, *above}
        self.middle = self.shuffled([c for c in everywhere if c not in taken])

    def shuffled(self, cells: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """Places, in any order."""
        return [cells[k] for k in self.rng.permutation(len(cells))]

    def u(self, low: float, high: float) -> float:
        """Any number between."""
        return float(self.rng.uniform(low, high))

    def over(self) -> float:
        """A factor a little above a threshold."""
        return self.u(1.06, 1.5)

    def under(self) -> float:
        """A factor a little below it."""
        return 1.0 / self.u(1.06, 1.5)

    @staticmethod
    def clear(f: float) -> float:
        """The factor, 12 % from the threshold at least: where two thresholds move what is measured."""
        return max(f, 1.12) if f > 1 else min(f, 1 / 1.12)

    def add(self, way: Way, **told: Any) -> Vessel:
        """A vessel; with a number of its own unless it is told."""
        self.number += int(self.rng.integers(1, 90))
        vessel = Vessel(way, **({"mmsi": self.number} | told))
        vessel.id = len(self.coast.vessels)
        self.coast.vessels.append(vessel)
        return vessel

    def begin(self, long: float = 3 * 3600.0) -> float:
        """When an event begins: not in the first three quarters of an hour, and over before the end."""
        return self.u(2700.0, RUN_S - long - 1800.0)

    def merchant(self) -> int:
        """The type of a ship that neither fishes nor pilots."""
        return int(self.rng.choice([CARGO, TANKER, PLEASURE, TUG]))


def without(coast: Coast, keys: set[int], groups: set[str]) -> Coast:
    """The coast without some vessels, and without all of some groups."""
    left = [v for v in coast.vessels if v.key not in keys and not (v.group and v.group in groups)]
    number = {v.id: k for k, v in enumerate(left)}
    fleets = {name: [number[k] for k in ids] for name, ids in coast.fleets.items() if name not in groups}
    for v in left:
        v.id = number[v.id]
    return replace(coast, vessels=left, fleets=fleets)
