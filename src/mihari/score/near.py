"""Two sets of points -> the pairs that are closer than a cutoff: all that any assignment has to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from mihari.core import geodesy
from mihari.core.columns import Array


@dataclass(frozen=True, slots=True)
class ClosePairs:
    """Pairs by row and column, each with its distance; `rows` and `columns`: how many points there are."""

    row: Array
    column: Array
    distance: Array  # m
    rows: int
    columns: int

    def among(self, rows: Array, columns: Array) -> ClosePairs:
        """Those between the chosen points (masks), which are numbered anew.

        >>> pairs = close_pairs(np.array([[0.0], [9.0]]), np.array([[1.0], [8.0]]), 5.0)
        >>> pairs.among(np.array([False, True]), np.array([True, True])).row.tolist()
        [0]
        """
        kept = rows[self.row] & columns[self.column]
        row, column = np.cumsum(rows) - 1, np.cumsum(columns) - 1
        distance = self.distance[kept]
        return ClosePairs(row[self.row[kept]], column[self.column[kept]], distance, int(rows.sum()), int(columns.sum()))

    def nearest_row(self) -> tuple[Array, Array]:
        """Of each column the nearest row, -1 for none, and the distance to it, NaN for none; ties: the first row.

        >>> row, distance = close_pairs(np.array([[0.0], [9.0]]), np.array([[4.0], [40.0]]), 6.0).nearest_row()
        >>> row.tolist(), distance.tolist()
        ([0, -1], [4.0, nan])
        """
        order = np.lexsort((self.row, self.distance, self.column))
        column, first = np.unique(self.column[order], return_index=True)
        row, distance = np.full(self.columns, -1, np.int64), np.full(self.columns, np.nan)
        row[column], distance[column] = self.row[order][first], self.distance[order][first]
        return row, distance


def close_pairs(first: Array, second: Array, cutoff: float) -> ClosePairs:
    """The pairs of points (n, d) and (m, d) closer than the cutoff.

    >>> close_pairs(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [6.0, 8.0]]), 9.0).distance.tolist()
    [5.0]
    """
    n, m = len(first), len(second)
    if n == 0 or m == 0:
        none = np.empty(0, np.int64)
        return ClosePairs(none, none, np.empty(0), n, m)
    near = cKDTree(first).sparse_distance_matrix(cKDTree(second), cutoff, output_type="ndarray")
    near = near[near["v"] < cutoff]
    near = near[np.lexsort((near["j"], near["i"]))]
    return ClosePairs(near["i"], near["j"], near["v"], n, m)


def points(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Array:
    """(n, 3) ECEF, m, of positions; ValueError for what is no position.

    >>> points([0.0], [0.0]).tolist()
    [[6378137.0, 0.0, 0.0]]
    """
    lat, lon = np.atleast_1d(np.asarray(lat_deg, float)), np.atleast_1d(np.asarray(lon_deg, float))
    if lat.shape != lon.shape or lat.ndim != 1:
        raise ValueError(f"positions: shapes {lat.shape} and {lon.shape}, expected one length")
    if not (np.isfinite(lat).all() and np.isfinite(lon).all()):
        raise ValueError("positions: every latitude and longitude must be a finite number")
    return geodesy.ecef(lat, lon).reshape(-1, 3)
