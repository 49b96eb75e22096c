"""Area -> `LandMask`: positions in, land or water and metres to the shore out; exact to the coastline's own vertices.

A raster of about 130 m cells says at once what lies away from the shore. In the cells that the shore crosses, the edges
in that cell decide: a position has the cell centre's side, changed by every edge between the two.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.coast.area import Area
from mihari.coast.shore import Shore

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

CELL_M = 130.0  # about the spacing of GSHHG's full resolution: one or two edges in a shore cell
MOST_CELLS = 40_000_000  # 10 MB of bits; larger areas get larger cells, answers stay exact
METRES_PER_DEGREE = 111_195.0
HAIR = 1e-6  # of a cell: 0.1 mm
CHUNK = 200_000  # positions at a time in shore cells: bounds the memory of their edges


class LandMask:
    """Land or water anywhere in an area; lakes are water. Outside the area's box nothing is land.

    >>> from mihari.coast.area import load
    >>> mask = LandMask(load("nansei"))
    >>> mask.on_land([26.50, 26.00], [127.95, 127.00]).tolist()  # Okinawa; off Kume
    [True, False]
    """

    def __init__(self, area: Area, cell_m: float = CELL_M) -> None:
        self.area = area
        middle = np.radians((area.south_deg + area.north_deg) / 2)
        tall = (area.north_deg - area.south_deg) * METRES_PER_DEGREE
        wide = area.width_deg * METRES_PER_DEGREE * max(float(np.cos(middle)), 0.01)
        cell_m = max(cell_m, (tall * wide / MOST_CELLS) ** 0.5)
        self.rows, self.columns = max(1, round(tall / cell_m)), max(1, round(wide / cell_m))
        self._lat_per_row = (area.north_deg - area.south_deg) / self.rows
        self._lon_per_column = area.width_deg / self.columns
        x1, y1 = self._to_cells(area.lat_deg, area.lon_deg)
        _, _, lat2, lon2 = area.edges()
        x2, y2 = self._to_cells(lat2, lon2)
        self._edges = np.stack([x1, y1, x2, y2], axis=1)
        self._land = np.packbits(_centres_on_land(self._edges, self.rows, self.columns))
        cells, edges = _cells_of_edges(self._edges, self.rows, self.columns)
        self._shore_cells, first = np.unique(cells, return_index=True)
        self._first_edge = np.append(first, len(cells))
        self._cell_edges = edges
        shore = np.zeros(self.rows * self.columns, bool)
        shore[self._shore_cells] = True
        self._shore = np.packbits(shore)

    def on_land(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Bools:
        """Whether positions are land; False outside the area and for NaN."""
        lat, lon = np.broadcast_arrays(np.asarray(lat_deg, float), np.asarray(lon_deg, float))
        flat_lat, flat_lon = lat.ravel(), lon.ravel()
        inside = np.flatnonzero(self.area.covers(flat_lat, flat_lon))
        result = np.zeros(flat_lat.shape, bool)
        for part in np.array_split(inside, len(inside) // CHUNK + 1):
            result[part] = self._inside_on_land(flat_lat[part], flat_lon[part])
        return result.reshape(lat.shape)

    def distance_to_shore(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
        """Metres to the nearest shore of the area, on land as on water; see `Shore.distance` for its error.

        Shores outside the area's box are not known: near its edge the true distance may be less.
        """
        return self.shore.distance(lat_deg, lon_deg)

    def near_land(self, lat_deg: ArrayLike, lon_deg: ArrayLike, within: float) -> Bools:
        """Whether positions are on land or at most `within` m from a shore."""
        return np.asarray(self.on_land(lat_deg, lon_deg) | (self.distance_to_shore(lat_deg, lon_deg) <= within))

    @cached_property
    def shore(self) -> Shore:
        """The shore as points to measure from; made when first asked for."""
        return Shore(self.area)

    def _to_cells(self, lat_deg: Floats, lon_deg: Floats) -> tuple[Floats, Floats]:
        x = (lon_deg - self.area.west_deg) / self._lon_per_column
        return x, (lat_deg - self.area.south_deg) / self._lat_per_row

    def _inside_on_land(self, lat_deg: Floats, lon_deg: Floats) -> Bools:
        x, y = self._to_cells(lat_deg, self.area.unwrapped(lon_deg))
        # a hair inside: on the very edge of the box lie the edges that close the rings
        x, y = np.clip(x, HAIR, self.columns - HAIR), np.clip(y, HAIR, self.rows - HAIR)
        cell = _cell(x, y, self.rows, self.columns)
        land = _bit(self._land, cell)
        near = np.flatnonzero(_bit(self._shore, cell))
        land[near] ^= self._odd_edges_to_centre(x[near], y[near], cell[near])
        return land

    def _odd_edges_to_centre(self, x: Floats, y: Floats, cell: Ints) -> Bools:
        """Whether an odd number of edges lies between positions and the centres of their (shore) cells."""
        at = np.searchsorted(self._shore_cells, cell)
        first, count = self._first_edge[at], self._first_edge[at + 1] - self._first_edge[at]
        point = np.repeat(np.arange(len(cell)), count)
        rank = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
        ax, ay, bx, by = self._edges[self._cell_edges[first[point] + rank]].T
        px, py = x[point], y[point]
        cx, cy = (cell % self.columns + 0.5)[point], (cell // self.columns + 0.5)[point]
        # ends on different sides of position-centre, position and centre on different sides of the edge
        ends = (_turn(px, py, cx, cy, ax, ay) >= 0) != (_turn(px, py, cx, cy, bx, by) >= 0)
        sides = (_turn(ax, ay, bx, by, px, py) >= 0) != (_turn(ax, ay, bx, by, cx, cy) >= 0)
        return np.asarray(np.bincount(point, ends & sides, len(cell)) % 2 == 1)


def _turn(ax: Any, ay: Any, bx: Any, by: Any, px: Any, py: Any) -> Any:
    """Twice the signed area of a, b, p."""
    return (bx - ax) * (py - ay) - (by - ay) * (px - ax)


def _bit(bits: NDArray[np.uint8], index: Ints) -> Bools:
    return np.asarray((bits[index >> 3] >> (7 - (index & 7)) & 1).astype(bool))


def _cell(x: Floats, y: Floats, rows: int, columns: int) -> Ints:
    """Index of the cell that holds x, y in cell units; the box's far edges belong to the last cells."""
    column = np.clip(x.astype(np.int64), 0, columns - 1)
    return np.asarray(np.clip(y.astype(np.int64), 0, rows - 1) * columns + column)


def _centres_on_land(edges: Floats, rows: int, columns: int) -> Bools:
    """(rows · columns,) whether cell centres lie inside an odd number of rings: a scan line through each row."""
    x1, y1, x2, y2 = edges.T
    low = np.clip(np.ceil(np.minimum(y1, y2) - 0.5), 0, rows).astype(np.int64)
    high = np.clip(np.ceil(np.maximum(y1, y2) - 0.5), 0, rows).astype(np.int64)
    count = high - low
    edge = np.repeat(np.arange(len(edges)), count)
    row = low[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    x = x1[edge] + (row + 0.5 - y1[edge]) / (y2[edge] - y1[edge]) * (x2[edge] - x1[edge])
    column = np.clip(np.ceil(x - 0.5), 0, columns).astype(np.int64)
    flips, times = np.unique(row * (columns + 1) + column, return_counts=True)
    raster = np.zeros((rows, columns + 1), np.uint8)
    raster.ravel()[flips[times % 2 == 1]] = 1
    np.bitwise_xor.accumulate(raster, axis=1, out=raster)
    return np.asarray(raster[:, :columns].ravel().view(bool))


def _cells_of_edges(edges: Floats, rows: int, columns: int) -> tuple[Ints, Ints]:
    """All (cell, edge) where the edge passes through the cell, ordered by cell, each once.

    Every edge is cut where it crosses a grid line; the middle of each piece says which cell it is in.
    """
    x1, y1, x2, y2 = edges.T
    pieces = [np.zeros(len(edges)), np.ones(len(edges))]
    owners = [np.arange(len(edges))] * 2
    for start, end in ((x1, x2), (y1, y2)):
        first = np.floor(np.minimum(start, end)).astype(np.int64) + 1
        count = np.maximum(np.floor(np.maximum(start, end)).astype(np.int64) - first + 1, 0)
        edge = np.repeat(np.arange(len(edges)), count)
        line = first[edge] + np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        pieces.append((line - start[edge]) / (end[edge] - start[edge]))
        owners.append(edge)
    cut, owner = np.concatenate(pieces), np.concatenate(owners)
    order = np.lexsort((cut, owner))
    cut, owner = cut[order], owner[order]
    same = owner[1:] == owner[:-1]
    middle, edge = ((cut[1:] + cut[:-1]) / 2)[same], owner[1:][same]
    x = x1[edge] + middle * (x2 - x1)[edge]
    y = y1[edge] + middle * (y2 - y1)[edge]
    pairs = np.unique(np.stack([_cell(x, y, rows, columns), edge], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]
