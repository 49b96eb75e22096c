"""A seed -> a made-up coast for 12 h: true events and near misses of seven kinds, and ordinary traffic around them.

What is near a threshold is drawn within a factor 1.05 to 1.5 of it, in time, distance, speed or number; never nearer.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.behaviours_ways import RUN_S, Lie, Vessel, Way

NM, MINUTE = 1852.0, 60.0
STATIONS = ((-32_000.0, 300.0), (34_000.0, 260.0))  # x and height of the antennas, m
RADAR_HEIGHT, RADAR_REACH = 180.0, 32_000.0
ANCHORAGE = (-58_000.0, -46_000.0, 2_200.0, 5_500.0)  # x, x, y, y
EACH = 5  # true events of a kind and seed, and as many near misses
NEAR = 3  # of the true ones near a threshold
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

    # the kinds

    def loitering(self, name: str, true: bool, near: bool) -> None:
        """A vessel that waits; near: in time, speed or distance to the shore."""
        f = self.over() if true else self.under()
        what = self.rng.choice(["time", "speed", "shore"]) if near else "far"
        x, y = self.middle.pop()
        kn, seconds = self.u(0.2, 1.0), self.u(110, 170) * MINUTE
        if what == "time":
            seconds = f * 3600.0
        elif what == "speed":
            kn = 2.0 / f
        elif what == "shore":
            x, y = self.u(-20_000, 30_000), NM * f
        begin, speed = self.begin(), self.u(5, 9)
        device = "A" if what == "speed" or self.rng.random() < 0.6 else "B"
        way = (
            Way(0.0, x - 1500, y).patrol(begin, speed, x, y).go(kn, 90.0 if self.rng.random() < 0.5 else 270.0, seconds)
        )
        self.add(way.patrol(RUN_S, speed, x, y), device=device, ship_type=self.merchant(), group=name)

    def rendezvous(self, name: str, true: bool, near: bool) -> None:
        """Two that meet; near: in time, distance or speed."""
        f = self.over() if true else self.under()
        what = self.rng.choice(["time", "distance", "speed"]) if near else "far"
        x, y = self.middle.pop()
        kn, metres, seconds = self.u(0.2, 1.0), self.u(40, 250), self.u(46, 54) * MINUTE
        if what == "time":
            seconds = f * 1800.0
        elif what == "distance":
            metres = 500.0 / f
        elif what == "speed":
            kn = 2.0 / f
        begin, course, speed = self.begin(), self.u(0, 360), self.u(6, 9)
        for k, (away, dx) in enumerate(((-2300.0, 0.0), (2300.0, metres))):
            kind = FISHING if self.rng.random() < 0.3 else self.merchant()
            way = Way(0.0, x + 900 * k, y + away).patrol(begin - 900.0, speed, x, y + away, 1800.0)
            way.arrive(begin, x + dx, y).go(kn, course, seconds).to(speed, x + 300 * (2 * k - 1), y + away)
            device = "A" if self.rng.random() < 0.7 else "B"
            self.add(way.patrol(RUN_S, speed, x, y + away, 1800.0), device=device, ship_type=kind, group=name)

    def gap(self, name: str, true: bool, near: bool) -> None:
        """A device that is off for a while; near: in time or in the speed when it was heard last."""
        f = self.over() if true else self.under()
        what = self.rng.choice(["time", "time", "speed"]) if near else "far"
        x, y = self.far.pop()
        seconds = f * 1800.0 if what == "time" else self.u(50, 110) * MINUTE
        begin, speed = self._clear(seconds), self.u(4, 11)
        way = Way(0.0, x, y).patrol(begin, speed, x, y)
        if what == "speed":
            way.go(2.0 * f, 90.0, 600.0)
            begin += 500.0
        device = "A" if self.rng.random() < 0.6 else "B"
        way.patrol(RUN_S, speed, x, y)
        self.add(way, off=[(begin, begin + seconds)], device=device, ship_type=self.merchant(), group=name)

    def _clear(self, seconds: float) -> float:
        """When a silence begins that meets no outage of a station."""
        while True:
            begin = self.begin()
            if all(begin + seconds + 900 < a or begin > b + 4500 for _, a, b in self.coast.outages):
                return begin

    def dark(self, name: str, true: bool, near: bool) -> None:
        """A boat without AIS; near: in distance to the shore, or in the time beyond 3 NM."""
        f = self.over() if true else self.under()
        what = self.rng.choice(["time", "shore"]) if near else "far"
        speed, begin = self.u(7, 9), self.begin()
        if what == "far":
            x, y = self.seen.pop()
            way = Way(begin, x, y).patrol(begin + self.u(1, 3) * 3600, speed, x, y)
        elif what == "shore":
            x, y = self.inshore.pop(), 3 * NM * f
            way = Way(begin, x, y).patrol(begin + self.u(1, 2.5) * 3600, speed, x, y, 1200.0)
        else:
            x, low, high, line, speed = self.inshore.pop(), 4500.0, 6600.0, 3 * NM, self.u(14, 18)
            f = self.clear(f)  # the time beyond the line follows from where the line is as well
            mps = speed * NM / 3600.0
            way = Way(0.0, x, low).patrol(begin, speed, x, low, 1000.0).to(speed, x, high)
            along = f * 1200.0 - 2 * (high - line) / mps
            way.patrol(way.t[-1] + along, speed, x, high, 800.0)
            way.to(speed, way.x[-1], low).patrol(RUN_S, speed, x, low, 1000.0)
        self.add(way, mmsi=0, group=name, length=20.0)

    def spoofing(self, name: str, true: bool, near: bool, walk: bool) -> None:
        """A place that is told wrong at once, or (walk) is drawn away before radar; near: in time or in metres."""
        f = self.over() if true else self.under()
        what = (
            self.rng.choice(["time", "time", "jump"]) if near and not walk and not true else "time" if near else "far"
        )
        x, y = self.seen.pop() if walk else self.far.pop()
        if walk:
            f = min(self.clear(f), 1.24)
        seconds = f * 600.0 if what == "time" else self.u(25, 55) * MINUTE
        begin, speed = self.begin(), self.u(5, 10)
        away = self.u(3500, 7000) * (1 if x < 0 else -1)
        lie = Lie(begin, begin + seconds, away, self.u(-800, 800))
        if walk:  # drawn away slowly; a mile off at a third of the way
            ramp = 3 * NM / 8.0
            lie = Lie(begin, begin + seconds + 2 * NM / 8.0, 0.0, 3 * NM, ramp)
            if seconds + 2 * NM / 8.0 < 2 * ramp:
                lie.dy = 8.0 * (seconds + 2 * NM / 8.0) / 2
                lie.ramp = (seconds + 2 * NM / 8.0) / 2
        elif what == "jump":
            lie.dx, lie.dy = 500.0 * f, 0.0
        way = Way(0.0, x, y).patrol(RUN_S, speed, x, y)
        self.add(way, lies=[lie], ship_type=self.merchant(), group=name)

    def identity(self, name: str, true: bool, near: bool) -> None:
        """Two hulls with one number; near: in time or in distance."""
        f = self.over() if true else self.under()
        what = self.rng.choice(["time", "distance"]) if near else "far"
        x, y = self.middle.pop()
        seconds = f * 600.0 if what == "time" else self.u(25, 90) * MINUTE
        off = NM * f if what == "distance" else self.u(4000, 5200)
        begin, speed = self.begin(), self.u(5, 10)
        low = y - off / 2
        one = self.add(Way(0.0, x, low).patrol(RUN_S, speed, x, low), ship_type=self.merchant(), group=name)
        at_x, _ = one.at(np.array([begin]))
        beyond = [k for k, t in enumerate(one.t) if begin < t < begin + seconds]
        way = Way(begin, float(at_x[0]), y + off / 2)  # beside it, on the same way
        for k in beyond:
            way.arrive(one.t[k], one.x[k], y + off / 2)
        end_x, _ = one.at(np.array([begin + seconds]))
        way.arrive(begin + seconds, float(end_x[0]), y + off / 2)
        self.add(way, mmsi=one.mmsi, ship_type=one.ship_type, group=name)

    def fleet(self, name: str, true: bool, near: bool) -> None:
        """Boats that drift and then leave together; near: in number, share or spread."""
        f = self.over() if true else self.under()
        what = self.rng.choice(["number", "share", "spread"]) if near else "far"
        count, share, spread = int(self.rng.integers(22, 28)), self.u(0.9, 1.0), self.u(120, 350)
        if what == "number":
            count = int(np.ceil(20 * f)) if true else int(20 * f)
            share = 1.0 if not true else share
        elif what == "share":
            share = 0.8 * min(f, 1.25)
        elif what == "spread":
            spread, share = 600.0 / (f if true else min(f, 0.86)), 1.0
        x, y = self.spots.pop()
        course, drift, begin = self.u(-12, 12), self.u(0.2, 0.7), self.u(2 * 3600, 9 * 3600)
        to, speed = self.u(0, 360), self.u(7, 9)
        leavers = int(np.ceil(count * share - 1e-9)) if true else int(count * share + 1e-9)
        last = int(np.ceil(0.8 * count - 1e-9)) - 1  # whose leaving makes the share
        leave = begin + spread * np.arange(count) / max(last, 1)
        ids = []
        for k in range(count):
            px, py = x + 480 * (k % 5 - 2) + self.u(-90, 90), y + 480 * (k // 5 - 2) + self.u(-90, 90)
            way = Way(0.0, px, py)
            if k < leavers:
                way.go(drift, to, float(leave[k])).go(speed, course + self.u(-4, 4), self.u(34, 38) * MINUTE)
            way.go(drift, to, RUN_S - way.t[-1])
            device = "B" if self.rng.random() < 0.7 else "A"
            ids.append(self.add(way, device=device, ship_type=FISHING, length=self.u(18, 40), group=name).id)
        self.coast.fleets[name] = ids

    # the others

    def ordinary(self) -> None:
        """Lanes, ferries, an anchorage, fishing, small boats near the shore, and who passes through."""
        for k in range(60):
            east, speed, y = k % 2 == 0, self.u(10, 17), self.u(9_800, 10_800)
            begin, y = self.u(-12_000, 30_000), y if east else y + 2200
            way = Way(begin, -90_000.0 if east else 90_000.0, y).to(speed, 90_000.0 if east else -90_000.0, y)
            self.add(way, ship_type=int(self.rng.choice([CARGO, TANKER])), length=self.u(90, 300))
        for k in range(8):
            way, a = Way(0.0, -42_000 + 9500.0 * k, 150.0), -42_000 + 9500.0 * k
            while way.t[-1] < RUN_S:
                way.go(0, 0, self.u(15, 30) * MINUTE).to(18, a + 2000, 1500.0).to(18, a + 6000, 1500.0)
                way.to(18, a + 8000, 150.0).go(0, 0, self.u(15, 30) * MINUTE).to(18, a + 6000, 1100.0)
                way.to(18, a + 2000, 1100.0).to(18, a, 150.0)
            self.add(way, ship_type=60, length=70.0)
        x0, x1, y0, y1 = ANCHORAGE
        for k in range(24):
            x, y = x0 + 900 + (x1 - x0 - 1800) * (k % 8) / 7, y0 + 700 + (y1 - y0 - 1400) * (k // 8) / 2
            self.add(Way(0.0, x, y).go(0, 0, RUN_S), status=1, length=self.u(90, 250))
        for x, y in [*self.middle[:10], *self.far[:6]]:
            for k in (-1, 1):
                speed, at = self.u(2.6, 4.0), y + k * 1200
                way = Way(0.0, x, at).patrol(RUN_S, speed, x, at, 1900.0)
                self.add(way, ship_type=FISHING, status=7, device="A" if k > 0 else "B", length=22.0)
        for k in range(60):
            way, unnamed = Way(0.0, self.u(-55_000, 55_000), self.u(100, 1500)), k % 3 == 0
            home = way.x[0]
            while way.t[-1] < RUN_S:
                way.to(self.u(4, 18), home + self.u(-3000, 3000), self.u(100, 1600))
                way.go(0, 0, 0.0 if unnamed else self.u(5, 16) * MINUTE)
            told = {"mmsi": 0} if unnamed else {}
            self.add(way, device="B", ship_type=PLEASURE, length=9.0, **told)
        for _ in range(20):
            x = self.u(-50_000, 50_000)
            way = Way(self.u(0, 32_000), x, 300.0).to(self.u(7, 16), x + self.u(-9000, 9000), 80_000.0)
            self.add(way, ship_type=self.merchant())

    def made(self) -> Coast:
        """All of it."""
        self.spots = self.shuffled([(-58_500 + 13_000.0 * k, 38_500.0) for k in range(10)])
        self.inshore = [float(x) for x in self.rng.permutation(np.arange(-20_000, 20_001, 4000))]
        for kind in ("loitering", "rendezvous", "gap", "dark", "spoofing", "identity", "fleet"):
            for k, true in itertools.product(range(EACH), (True, False)):
                more = {"walk": k in (1, 4)} if kind == "spoofing" else {}
                getattr(self, kind)(f"{kind} {'yes' if true else 'no'} {k}", true, k < NEAR or not true, **more)
        self.ordinary()
        return self.coast


def coast(seed: int) -> Coast:
    """The coast of a seed, with all that was drawn."""
    return Maker(seed).made()


def without(coast: Coast, keys: set[int], groups: set[str]) -> Coast:
    """The coast without some vessels, and without all of some groups."""
    left = [v for v in coast.vessels if v.key not in keys and not (v.group and v.group in groups)]
    number = {v.id: k for k, v in enumerate(left)}
    fleets = {name: [number[k] for k in ids] for name, ids in coast.fleets.items() if name not in groups}
    for v in left:
        v.id = number[v.id]
    return replace(coast, vessels=left, fleets=fleets)
