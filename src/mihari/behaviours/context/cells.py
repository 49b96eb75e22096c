"""Places -> cells of H3, Uber's grid of hexagons (h3geo.org), quickly: each box of 0.005° is looked up once.

A vessel is in the cell of the middle of its box, so a cell has edges that are rough by a few hundred metres.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.context.hashing import EMPTY, find, put
from mihari.core.columns import Array

FINE, MIDDLE, COARSE = 8, 7, 6  # resolutions: anchorages (0.74 km²), traffic (5.2 km²), reception (36 km²)
BOX = 50_000  # of 1e-7 degrees: 550 m; a cell of traffic is 2.4 km across
MOST_BOXES = 1 << 20  # then begun anew: a year of one coast needs some 100,000
SHIFT = 1 << 31  # makes boxes west and south positive


def h3() -> Any:
    """The library, imported where it is first needed."""
    import h3.api.basic_int as library

    return library


class Cells:
    """Cells of the middle resolution, remembered by box.

    >>> cells = Cells()
    >>> found = cells.of(np.array([262000000, 262000001, 401234567]), np.array([1276000000, 1276000001, -700000000]))
    >>> found[0] == found[1], hex(found[0]), hex(found[2])
    (np.True_, '0x874a26cc3ffffff', '0x872a00105ffffff')
    """

    def __init__(self) -> None:
        self._boxes, self._cells, self._known = np.full(4096, EMPTY, np.int64), np.zeros(4096, np.int64), 0

    def of(self, lat: Array, lon: Array) -> Array:
        """(n,) cells of places in 1e-7 degrees."""
        boxes = (lat.astype(np.int64) // BOX + (1 << 20)) << 32 | (lon.astype(np.int64) // BOX + (1 << 20))
        out = np.zeros(len(boxes), np.int64)
        if find(self._boxes, self._cells, boxes, out):
            self._learn(np.unique(boxes[out == 0]))
            find(self._boxes, self._cells, boxes, out)
        return out

    def _learn(self, boxes: Array) -> None:
        while 2 * (self._known + len(boxes)) > len(self._boxes):
            self._grow()
        put(self._boxes, self._cells, boxes, cells_at(*middles(boxes)))
        self._known += len(boxes)

    def _grow(self) -> None:
        old, kept = self._boxes, self._boxes != EMPTY
        if len(old) >= 2 * MOST_BOXES:
            kept[:] = False
        size = len(old) if not kept.any() and len(old) >= 2 * MOST_BOXES else 2 * len(old)
        boxes, cells = old[kept], self._cells[kept]
        self._boxes, self._cells, self._known = np.full(size, EMPTY, np.int64), np.zeros(size, np.int64), len(boxes)
        put(self._boxes, self._cells, boxes, cells)


def middles(boxes: Array) -> tuple[Array, Array]:
    """Latitude and longitude of the middles of boxes, degrees."""
    lat = (((boxes >> 32) - (1 << 20)) * BOX + BOX // 2) * 1e-7
    lon = (((boxes & 0xFFFFFFFF) - (1 << 20)) * BOX + BOX // 2) * 1e-7
    return np.clip(lat, -90.0, 90.0), lon


def cells_at(lat_deg: Array, lon_deg: Array, resolution: int = MIDDLE) -> Array:
    """(n,) cells of places; one call of the library each, about a microsecond."""
    cell = h3().latlng_to_cell
    return np.array([cell(a, b, resolution) for a, b in zip(lat_deg.tolist(), lon_deg.tolist(), strict=True)], np.int64)


def parents(cells: Array, resolution: int) -> Array:
    """(n,) the coarser cells around cells: their digits below `resolution` are blanked (H3 index, bit layout).

    >>> parents(np.array([0x874a26cc3ffffff]), 6).tolist() == [h3().cell_to_parent(0x874a26cc3ffffff, 6)]
    True
    """
    blank = (1 << 3 * (15 - resolution)) - 1
    return np.asarray(cells & ~np.int64(0xF << 52) | np.int64(resolution << 52) | np.int64(blank))


def short(cells: Array, resolution: int) -> Array:
    """(n,) cells of one resolution without what they share: base cell and digits, less than 2³²."""
    return np.asarray(cells >> 3 * (15 - resolution) & ((1 << 7 + 3 * resolution) - 1))


def whole(shorts: Array, resolution: int) -> Array:
    """(n,) cells from `short`.

    >>> whole(short(np.array([0x874a26cc3ffffff]), 7), 7).tolist() == [0x874a26cc3ffffff]
    True
    """
    digits = 3 * (15 - resolution)
    return np.asarray(shorts.astype(np.int64) << digits | np.int64(1 << 59 | resolution << 52 | (1 << digits) - 1))
