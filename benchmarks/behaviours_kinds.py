"""True events and near misses of seven kinds, as drawn for a made-up coast. Shares no code with behaviours.

What is near a threshold is drawn within a factor 1.05 to 1.5 of it, in time, distance, speed or number; never nearer.
"""

from __future__ import annotations

import numpy as np

from benchmarks.behaviours_coast import FISHING, MINUTE, NM, Maker
from benchmarks.behaviours_ways import RUN_S, Lie, Way


class Kinds(Maker):
    """Draws events; `true` or a near miss, `near` a threshold or far beyond it."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.spots = self.shuffled([(-58_500 + 13_000.0 * k, 38_500.0) for k in range(10)])
        self.inshore = [float(x) for x in self.rng.permutation(np.arange(-20_000, 20_001, 4000))]

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
        else:
            begin += 60.0  # not while it turns
        device = "A" if self.rng.random() < 0.6 else "B"
        way.patrol(RUN_S, speed, x, y)
        self.add(way, off=[(begin, begin + seconds)], device=device, ship_type=self.merchant(), group=name)

    def _clear(self, seconds: float) -> float:
        """When a silence begins that meets no outage of a station."""
        drawn = (self.begin() for _ in range(1000))
        out = self.coast.outages
        return next(t for t in drawn if all(t + seconds + 900 < a or t > b + 4500 for _, a, b in out))

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
