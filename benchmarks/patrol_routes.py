"""PAT-6: team orienteering (Chao, Golden and Wasil 1996) through our routing layer, against reference profits.

Distances are rounded up to a thousandth, so routes keep their limits. The reference profits (ASS_TOP, CC BY 4.0) are
not proven optima: a gap may be negative.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.routing import Job, Van, route

DATA = Path(os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data")
NAMES = ("p4.2.j", "p4.2.m", "p4.2.q", "p4.2.t", "p4.3.j", "p4.3.m", "p4.3.q", "p4.3.t", "p4.4.j", "p4.4.n", "p4.4.q",
         "p4.4.t", "p3.3.t", "p6.2.n", "p6.3.n", "p1.2.r")  # fmt: skip
SECONDS = 15.0


@dataclass(frozen=True)
class Instance:
    """Places (n, 2) with their profits, the first and last without one; so many vehicles with so much time each."""

    name: str
    places: NDArray[np.float64]
    profit: NDArray[np.float64]
    vehicles: int
    limit: float
    reference: float

    @property
    def apart(self) -> NDArray[np.float64]:
        """Distances between places, (n, n)."""
        return np.asarray(np.linalg.norm(self.places[:, None] - self.places[None], axis=2))


def instances() -> list[Instance]:
    """Those of the table; FileNotFoundError where the recordings are not here ($MIHARI_DATA)."""
    folder = DATA / "patrol" / "top-chao"
    told = dict(
        line.split()[:2] for line in (folder / "reference_profits.txt").read_text().splitlines() if line.strip()
    )
    files = {path.stem: path for path in folder.rglob("p*.txt")}
    return [read(files[name], float(told[f"{name}.txt"])) for name in NAMES]


def read(path: Path, reference: float) -> Instance:
    """One instance in Chao's layout: n, m, tmax, then x, y and profit of each place."""
    lines = path.read_text().split("\n")
    count, vehicles, limit = (float(line.split()[1]) for line in lines[:3])
    rows = np.array([[float(part) for part in line.split()] for line in lines[3 : 3 + int(count)]])
    return Instance(path.stem, rows[:, :2], rows[:, 2], int(vehicles), limit, reference)


def ours(one: Instance, seconds: float = SECONDS, seed: int = 1) -> float:
    """Profit that our routing layer collects; checked here against the limits."""
    count = len(one.places)
    jobs = [Job(i, float(one.profit[i])) for i in range(1, count - 1) if one.profit[i] > 0]
    vans = [Van(0, 0, count - 1, longest=one.limit) for _ in range(one.vehicles)]
    routes = route([one.apart], jobs, vans, seconds, seed)
    seen: list[int] = []
    for found in routes:
        way = [0, *(jobs[j].location for j in found.jobs), count - 1]
        assert sum(one.apart[a, b] for a, b in itertools.pairwise(way)) <= one.limit + 1e-9
        seen += way[1:-1]
    assert len(seen) == len(set(seen))
    assert len(routes) <= one.vehicles
    return float(one.profit[seen].sum())


def gap(one: Instance, profit: float) -> float:
    """Percent below the reference."""
    return 100.0 * (one.reference - profit) / one.reference
