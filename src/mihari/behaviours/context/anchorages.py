"""Stops of 12 h and more -> anchorages: cells where many different vessels have lain still, joined to areas.

After Global Fishing Watch's pipe-anchorages: vessels that stay within 0.5 km for 12 h; a cell with 20 distinct vessels
is an anchorage. There cells are those of S2, here those of H3 of about the same size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.context.cells import FINE, cells_at, h3
from mihari.behaviours.context.tables import Table
from mihari.core.columns import Array

HALF_LIFE_DAYS = 180.0  # berths and roads stay where they are
MOST = 20_000  # cells
WORDS = 8  # of 64 bits: twenty vessels are told from nineteen nearly always
VESSELS = 20  # Global Fishing Watch: at least 20 distinct vessels


@dataclass(frozen=True, slots=True)
class Anchorage:
    """Cells side by side where vessels lie. `vessels`: distinct ones in the busiest cell; `stops`: of all, faded."""

    cells: tuple[int, ...]
    vessels: int
    stops: float
    lat_deg: float
    lon_deg: float


class Anchorages:
    """Stops by cell."""

    def __init__(self) -> None:
        self.table = Table(FINE, [("stops", "f4")], "stops", MOST, WORDS)

    def learn(self, stops: Array) -> None:
        """Vessels that have lain still for 12 h (STOP)."""
        if len(stops):
            cells = cells_at(stops["lat"] * 1e-7, stops["lon"] * 1e-7, FINE)
            at = self.table.at(cells, np.zeros(len(cells), np.int64))
            np.add.at(self.table.rows["stops"], at, 1.0)
            self.table.mark(at, stops["key"])

    def areas(self, least: int = VESSELS) -> list[Anchorage]:
        """Anchorages with at least so many distinct vessels in each cell, the busiest first."""
        vessels = self.table.vessels()
        rows = dict(zip(self.table.cells.tolist(), range(len(self.table)), strict=True))
        left = {cell for cell, row in rows.items() if vessels[row] >= least}
        found = []
        while left:
            area, edge = set[int](), {min(left)}
            while edge:
                area |= edge
                left -= edge
                edge = {near for cell in edge for near in h3().grid_disk(cell, 1)} & left
            at = [rows[cell] for cell in sorted(area)]
            stops = self.table.rows["stops"][at]
            lat, lon = h3().cell_to_latlng(sorted(area)[int(np.argmax(stops))])
            found.append(Anchorage(tuple(sorted(area)), int(vessels[at].max()), round(float(stops.sum()), 1), lat, lon))
        return sorted(found, key=lambda a: (-a.vessels, a.cells))
