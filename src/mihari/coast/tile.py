"""One grid of terrain heights in a file: where its samples lie, and the height between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Reader = Callable[[Path, slice, slice], NDArray[Any]]  # file, rows, columns -> raw heights m, rows from north

LOWEST_M, HIGHEST_M = -500.0, 9000.0  # the Dead Sea, Everest: what lies outside is a void (-32768, -9999, NaN)


@dataclass(frozen=True, slots=True)
class Tile:
    """A grid of heights, north up. north_deg, west_deg: its first sample; steps: degrees to the next, both positive."""

    path: Path
    north_deg: float
    west_deg: float
    lat_step_deg: float
    lon_step_deg: float
    rows: int
    columns: int
    reader: Reader

    def meets(self, lat_deg: Floats, lon_deg: Floats) -> bool:
        """Whether the box around these places (n,) touches the tile's; it may where no place does."""
        south = self.north_deg - self.lat_step_deg * (self.rows - 0.5)
        if lat_deg.max() < south or lat_deg.min() > self.north_deg + 0.5 * self.lat_step_deg:
            return False
        half = 0.5 * (lon_deg.max() - lon_deg.min()) + 0.5 * self.lon_step_deg * self.columns
        apart = 0.5 * (lon_deg.max() + lon_deg.min()) - self.west_deg - 0.5 * self.lon_step_deg * (self.columns - 1)
        return bool(abs((apart + 180.0) % 360.0 - 180.0) <= half)

    def heights(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """Height in m at places (n,), bilinear; NaN outside the tile and where all four samples around are voids.

        Of samples around a place those that are voids do not count. Half a step beyond the outer samples their height
        goes on: tiles whose samples are middles of cells meet there without a gap. BadInput for a file that cannot be
        read any more.
        """
        y = (self.north_deg - lat_deg) / self.lat_step_deg
        middle = self.west_deg + 0.5 * self.lon_step_deg * (self.columns - 1)
        x = ((lon_deg - middle + 180.0) % 360.0 - 180.0) / self.lon_step_deg + 0.5 * (self.columns - 1)
        # a hair more than half a step, or rounding would leave a line between two tiles
        inside = (y >= -0.501) & (y <= self.rows - 0.499) & (x >= -0.501) & (x <= self.columns - 0.499)
        found = np.full(lat_deg.shape, np.nan)
        if inside.any():
            found[inside] = self._between(np.clip(y[inside], 0, self.rows - 1), np.clip(x[inside], 0, self.columns - 1))
        return found

    def _between(self, y: Floats, x: Floats) -> Floats:
        """Height at rows and columns with fractions, (n,)."""
        row, column = np.minimum(y.astype(int), self.rows - 2), np.minimum(x.astype(int), self.columns - 2)
        top, left = int(row.min()), int(column.min())
        block = self.reader(self.path, slice(top, int(row.max()) + 2), slice(left, int(column.max()) + 2))
        down, across = y - row, x - column
        height, weight = np.zeros(y.shape), np.zeros(y.shape)
        for i, share_y in ((0, 1 - down), (1, down)):
            for j, share_x in ((0, 1 - across), (1, across)):
                sample = np.asarray(block[row - top + i, column - left + j], np.float64)
                share = np.where((sample >= LOWEST_M) & (sample <= HIGHEST_M), share_y * share_x, 0.0)
                height += share * np.where(share > 0, sample, 0.0)
                weight += share
        return np.where(weight > 0, height / np.where(weight > 0, weight, 1.0), np.nan)
