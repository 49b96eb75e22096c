"""One radar over half a disc of water: vessels that mostly hold on, some that turn, and false plots. Made up, seeded.

A fifth of the vessels hardly moves, the others go about 6 m/s; one in fifty begins a slow turn at each scan; 15 %
appear late, 15 % leave early. A plot comes nine times in ten, with the errors of a coastal X-band radar; of the false
ones 30 % lie within 6 km. Metres east (off shore) and north of the radar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array

RANGE_SD, BEARING_SD = 8.0, float(np.deg2rad(0.15))
PERIOD, DETECTION = 2.5, 0.9
NEAREST, FARTHEST, NEAR_SEA = 500.0, 20_000.0, 6000.0
WARM = 6  # scans before the first that is scored


@dataclass(frozen=True)
class Scan:
    """One turn. `ids`, `places`: of the vessels there, places (n, 2); plots: `ranges` m, `azimuths` rad from east to
    north, `sources` the vessel of each, -1 for false ones.
    """

    time: float  # s
    ids: Array
    places: Array
    ranges: Array
    azimuths: Array
    sources: Array

    def measured(self) -> tuple[Array, Array]:
        """(n, 2) places of the plots and their (n, 2, 2) covariances."""
        cos, sin = np.cos(self.azimuths), np.sin(self.azimuths)
        along, across = RANGE_SD**2, (self.ranges * BEARING_SD) ** 2
        covariance = np.empty((len(cos), 2, 2))
        covariance[:, 0, 0] = along * cos * cos + across * sin * sin
        covariance[:, 1, 1] = along * sin * sin + across * cos * cos
        covariance[:, 0, 1] = covariance[:, 1, 0] = (along - across) * cos * sin
        return np.column_stack([self.ranges * cos, self.ranges * sin]), covariance


@dataclass(frozen=True)
class Scene:
    """All turns; `density`: of false plots, per m² and turn."""

    scans: list[Scan]
    density: float


def scene(vessels: int, false: int, scans: int, seed: int) -> Scene:
    """`false`: false plots of a turn, on the average."""
    rng, n = np.random.default_rng(seed), vessels
    away = np.sqrt(rng.uniform(NEAREST**2, (0.9 * FARTHEST) ** 2, n))
    bearing = rng.uniform(-np.pi / 2, np.pi / 2, n)
    x, y = away * np.cos(bearing), away * np.sin(bearing)
    speed = np.where(rng.random(n) < 0.2, rng.uniform(0, 0.5, n), rng.gamma(6.0, 1.0, n))
    course = rng.uniform(-np.pi, np.pi, n)
    born = np.where(rng.random(n) < 0.15, rng.integers(3, max(4, scans // 2), n), 0)
    gone = np.where(rng.random(n) < 0.15, rng.integers(scans // 2, scans + 1, n), scans + 1)
    rate, left = np.zeros(n), np.zeros(n, int)
    found = []
    for k in range(scans):
        begins = (left <= 0) & (rng.random(n) < 0.02) & (speed > 1)
        rate = np.where(begins, rng.choice([-1, 1], n) * np.deg2rad(rng.uniform(0.3, 1.0, n)), rate)
        left = np.where(begins, rng.integers(8, 24, n), left - 1)
        rate = np.where(left <= 0, 0.0, rate)
        if k:
            course = course + rate * PERIOD
            x, y = x + speed * np.cos(course) * PERIOD, y + speed * np.sin(course) * PERIOD
        away, bearing = np.hypot(x, y), np.arctan2(y, x)
        inside = (away > NEAREST) & (away < FARTHEST) & (np.abs(bearing) < np.pi / 2)
        ids = np.flatnonzero((born <= k) & (k < gone) & inside)
        seen = ids[rng.random(len(ids)) < DETECTION]
        ranges = away[seen] + rng.normal(0, RANGE_SD, len(seen))
        azimuths = bearing[seen] + rng.normal(0, BEARING_SD, len(seen))
        more = rng.poisson(false)
        near = rng.random(more) < 0.3
        close, wide = rng.uniform(NEAREST, NEAR_SEA, more), rng.uniform(NEAREST**2, FARTHEST**2, more)
        ranges = np.concatenate([ranges, np.where(near, close, np.sqrt(wide))])
        azimuths = np.concatenate([azimuths, rng.uniform(-np.pi / 2, np.pi / 2, more)])
        sources = np.concatenate([seen, np.full(more, -1)])
        order = rng.permutation(len(ranges))
        places = np.column_stack([x, y])[ids]
        found.append(Scan(k * PERIOD, ids, places, ranges[order], azimuths[order], sources[order]))
    return Scene(found, false / (np.pi / 2 * (FARTHEST**2 - NEAREST**2)))
