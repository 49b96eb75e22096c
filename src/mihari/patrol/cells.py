"""`[area]` of a patrol file -> its cells: where they are, how much of each is sea, how far from the shore.

A box along a bearing in cells of about the asked size, row by row from its left edge as one looks along it, each row
from its near end. A cell that lies on land altogether is left out; of others the middle of their sea stands for them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.coast.area import load
from mihari.coast.land import LandMask
from mihari.coast.terrain import Terrain, load_terrain
from mihari.core.geodesy import direct
from mihari.patrol.file import AreaSection

Floats = NDArray[np.float64]

SAMPLES = 7  # points a side that a cell's sea is judged by
LEAST_SEA = 0.05  # of a cell: less is not worth a look of its own


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of a patrol. lat_deg, lon_deg, sea, shore (n,): middle of their sea, its share, m from it to the shore.

    corners (n, 4, 2): lat_deg, lon_deg. points (n, m, 2): places all over each; on_sea (n, m): which are sea.
    row, column (n,); side: m, along and across; `land`: the coastline they were cut by, None without one;
    `terrain`: what hides them from radars in its place, None without one.
    """

    lat_deg: Floats
    lon_deg: Floats
    sea: Floats
    shore: Floats
    corners: Floats
    points: Floats
    on_sea: NDArray[np.bool_]
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    side: tuple[float, float]
    land: LandMask | None
    terrain: Terrain | None = None

    def __len__(self) -> int:
        return len(self.lat_deg)


def cells_of(area: AreaSection) -> Cells:
    """The cells of an area. BadInput for a coastline or terrain that is not there.

    >>> box = AreaSection(lat_deg=25.0, lon_deg=126.0, along_km=60.0, across_km=30.0, cell_km=20.0, bearing_deg=90.0)
    >>> cells = cells_of(box)
    >>> len(cells), cells.side, cells.lat_deg.round(2).tolist()[::3]  # two rows of three, the northern one first
    (6, (20000.0, 15000.0), [25.07, 24.93])
    """
    columns, rows = math.ceil(area.along_km / area.cell_km), math.ceil(area.across_km / area.cell_km)
    along, across = 1000 * area.along_km / columns, 1000 * area.across_km / rows
    row, column = (index.ravel() for index in np.mgrid[0:rows, 0:columns])
    fine = (np.arange(SAMPLES) + 0.5) / SAMPLES - 0.5
    part_x, part_y = (part.ravel() for part in np.meshgrid(fine, fine))
    x = (column + 0.5) * along - 500 * area.along_km
    y = (row + 0.5) * across - 500 * area.across_km
    points = _places(area, x[:, None] + part_x * along, y[:, None] + part_y * across)
    ends = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    corners = _places(area, x[:, None] + ends[:, 0] * along, y[:, None] + ends[:, 1] * across)
    land = LandMask(load(area.coast)) if area.coast else None
    on_sea = np.ones(points.shape[:2], bool) if land is None else ~land.on_land(points[..., 0], points[..., 1])
    sea = on_sea.mean(axis=1)
    kept = sea >= LEAST_SEA
    points, on_sea = points[kept], on_sea[kept]
    middle = _middle_of_sea(points, on_sea)
    shore = np.full(len(points), np.inf) if land is None else land.distance_to_shore(middle[:, 0], middle[:, 1])
    return Cells(
        middle[:, 0], middle[:, 1], sea[kept], shore, corners[kept], points, on_sea, row[kept], column[kept],
        (along, across), land, load_terrain(area.terrain) if area.terrain else None,
    )  # fmt: skip


def _places(area: AreaSection, x: Floats, y: Floats) -> Floats:
    """lat_deg, lon_deg of m along and m to the right of the area's middle; shape (…, 2)."""
    bearing = math.radians(area.bearing_deg) + np.arctan2(y, x)
    return np.stack(direct(area.lat_deg, area.lon_deg, bearing, np.hypot(x, y)), axis=-1)


def _middle_of_sea(points: Floats, on_sea: NDArray[np.bool_]) -> Floats:
    """The sea point nearest to the mean of a cell's sea."""
    weight = on_sea[..., None] / on_sea.sum(axis=1)[:, None, None]
    mean = (points * weight).sum(axis=1)
    far = ((points - mean[:, None]) ** 2).sum(axis=-1) + np.where(on_sea, 0.0, 1e6)
    return np.asarray(np.take_along_axis(points, far.argmin(axis=1)[:, None, None], axis=1)[:, 0])
