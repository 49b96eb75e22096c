"""Zones of one kind -> how far places are from the nearest of them, from a raster that is made once.

A cell is 185 m wide or as large as 4 million of them ask for; distances are good to a cell, and to 6 % where the zones
of a kind lie ten degrees of latitude apart, since a degree of longitude is taken as long everywhere as in their middle.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.ndimage import binary_fill_holes, distance_transform_edt

from mihari.core.columns import Array
from mihari.core.units import NAUTICAL_MILE
from mihari.core.zones import METRES_PER_DEGREE, Zone

REACH_M = 30 * NAUTICAL_MILE  # what is farther counts as just as far
CELL_M = 0.1 * NAUTICAL_MILE
MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Away:
    """The raster: its south-west corner, degrees a cell, metres (rows to the north, columns to the east)."""

    south_deg: float
    west_deg: float
    cell_deg: tuple[float, float]
    metres: Array

    @classmethod
    def of(cls, zones: Iterable[Zone]) -> Self | None:
        """Of all these zones; None where there are none.

        >>> square = Zone("roads", rings_deg=(((26.0, 127.0), (26.0, 127.1), (26.1, 127.1), (26.1, 127.0)),))
        >>> away = Away.of([square])
        >>> places = np.array([26.05, 26.2, 28.0]), np.array([127.05, 127.05, 127.05])
        >>> (away.at(*places) / NAUTICAL_MILE).round().tolist()
        [0.0, 6.0, 30.0]
        """
        rings = [(np.array(ring, float), zone.width_m) for zone in zones for ring in zone.rings_deg]
        if not rings:
            return None
        about = rings[0][0][0, 1]
        for ring, _ in rings:
            ring[:, 1] = _turned(ring[:, 1], about)
        corners = np.concatenate([ring for ring, _ in rings])
        wide = REACH_M + max(width for _, width in rings)
        south, north = corners[:, 0].min() - wide / METRES_PER_DEGREE, corners[:, 0].max() + wide / METRES_PER_DEGREE
        scale = METRES_PER_DEGREE * max(math.cos(math.radians((south + north) / 2)), 0.05)
        west, east = corners[:, 1].min() - wide / scale, corners[:, 1].max() + wide / scale
        tall_m, wide_m = (north - south) * METRES_PER_DEGREE, (east - west) * scale
        cell = max(CELL_M, math.sqrt(tall_m * wide_m / MOST_CELLS))
        held = np.zeros((max(math.ceil(tall_m / cell), 1), max(math.ceil(wide_m / cell), 1)), np.bool_)
        for ring, width in rings:
            north_m, east_m = (ring[:, 0] - south) * METRES_PER_DEGREE, (ring[:, 1] - west) * scale
            _draw(held, np.stack([north_m, east_m], axis=1) / cell, width / cell, closed=not width)
        away = distance_transform_edt(~held, sampling=cell).astype(np.float32)
        return cls(float(south), float(west), (cell / METRES_PER_DEGREE, cell / scale), np.minimum(away, REACH_M))

    def at(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) m to the nearest zone, 0 inside, `REACH_M` at most; NaN where there is no place."""
        rows, columns = self.metres.shape
        middle = self.west_deg + columns * self.cell_deg[1] / 2
        known = np.isfinite(lat_deg) & np.isfinite(lon_deg)
        lat, lon = np.where(known, lat_deg, 0.0), np.where(known, lon_deg, 0.0)
        i = np.floor((lat - self.south_deg) / self.cell_deg[0])
        j = np.floor((_turned(lon, middle) - self.west_deg) / self.cell_deg[1])
        there = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
        found = np.full(len(lat), REACH_M)
        found[there] = self.metres[i[there].astype(np.int64), j[there].astype(np.int64)]
        return np.where(known, found, np.nan)


def _draw(held: Array, points: Array, width: float, closed: bool) -> None:
    """Mark the cells of a line within `width`, or of a ring with its inside; points and width in cells."""
    if not closed:
        for first, second in itertools.pairwise(points):
            _draw_edge(held, first, second, max(width, 0.71))
        return
    low = np.maximum(np.floor(points.min(axis=0)).astype(np.int64) - 2, 0)
    high = np.minimum(np.ceil(points.max(axis=0)).astype(np.int64) + 3, held.shape)
    edge = np.zeros(np.maximum(high - low, 1), np.bool_)
    for first, second in itertools.pairwise([*points, points[0]]):
        _draw_edge(edge, first - low, second - low, 0.71)
    part = held[low[0] : high[0], low[1] : high[1]]
    part ^= binary_fill_holes(edge)[: high[0] - low[0], : high[1] - low[1]]
    part |= edge[: high[0] - low[0], : high[1] - low[1]]  # of a hole too: it belongs to the zone around it


def _draw_edge(held: Array, first: Array, second: Array, width: float) -> None:
    """Mark the cells whose middles lie within `width` of a piece of a line."""
    low = np.maximum(np.floor(np.minimum(first, second) - width).astype(np.int64), 0)
    high = np.minimum(np.ceil(np.maximum(first, second) + width).astype(np.int64) + 1, held.shape)
    if (high <= low).any():
        return
    i, j = np.ogrid[low[0] : high[0], low[1] : high[1]]
    along, across = second - first
    y, x = i + 0.5 - first[0], j + 0.5 - first[1]
    share = np.clip((y * along + x * across) / max(along * along + across * across, 1e-12), 0.0, 1.0)
    held[low[0] : high[0], low[1] : high[1]] |= np.hypot(y - share * along, x - share * across) <= width


def _turned(lon_deg: Array, about_deg: float) -> Array:
    """Longitudes within half a turn of `about_deg`."""
    return np.asarray((lon_deg - about_deg + 180.0) % 360.0 - 180.0 + about_deg)
