"""A seed -> a made-up coast for 12 h: events of seven kinds, near misses, and ordinary traffic around them."""

from __future__ import annotations

import itertools

from benchmarks.behaviours_coast import ANCHORAGE, CARGO, FISHING, MINUTE, PLEASURE, TANKER, Coast
from benchmarks.behaviours_kinds import Kinds
from benchmarks.behaviours_ways import RUN_S, Way

EACH = 5  # true events of a kind and seed, and as many near misses
NEAR = 3  # of the true ones near a threshold


class Scene(Kinds):
    """All of a coast."""

    def ordinary(self) -> None:
        """Lanes, ferries, an anchorage, fishing, small boats near the shore, and who passes through."""
        for k in range(60):
            east, speed, y = k % 2 == 0, self.u(10, 17), self.u(9_800, 10_800)
            begin, y = self.u(-24_000, 26_000), y if east else y + 2200
            way = Way(begin, -150_000.0 if east else 150_000.0, y).to(speed, 150_000.0 if east else -150_000.0, y)
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
            way = Way(self.u(0, 32_000), x, 300.0).to(self.u(7, 16), x + self.u(-9000, 9000), 140_000.0)
            self.add(way, ship_type=self.merchant())

    def made(self) -> Coast:
        """All of it."""
        for kind in ("loitering", "rendezvous", "gap", "dark", "spoofing", "identity", "fleet"):
            for k, true in itertools.product(range(EACH), (True, False)):
                more = {"walk": k in (1, 4)} if kind == "spoofing" else {}
                getattr(self, kind)(f"{kind} {'yes' if true else 'no'} {k}", true, k < NEAR or not true, **more)
        self.ordinary()
        return self.coast


def coast(seed: int) -> Coast:
    """The coast of a seed, with all that was drawn."""
    return Scene(seed).made()
