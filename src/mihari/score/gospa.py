"""Positions of vessels and of tracks -> GOSPA with its parts: how far off, how many missed, how many false.

Rahmathullah, García-Fernández, Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017, with
alpha = 2 (the only value for which the metric splits into these parts, proposition 1). Distances are straight lines
between points of the ellipsoid: shorter than the geodesic by less than 0.1 µm in 1 km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from mihari.core import geodesy
from mihari.core.columns import Array


@dataclass(frozen=True, slots=True)
class Gospa:
    """The metric and its parts: `value` = (localisation + cutoff^order / 2 · (missed + false))^(1 / order), m.

    `localisation` is the sum of distance^order over `pairs`; pairs: (k, 2), row of the truth and row of the estimate.
    """

    value: float
    localisation: float  # m^order
    missed: int
    false: int
    pairs: Array

    def rms(self, order: float = 2.0) -> float:
        """Mean distance of the pairs, of that order, m; NaN without pairs.

        >>> g = gospa([0.0], [0.0], [0.0], [0.0])
        >>> g.rms()
        0.0
        """
        return float((self.localisation / len(self.pairs)) ** (1 / order)) if len(self.pairs) else float("nan")


def gospa(
    truth_lat_deg: ArrayLike,
    truth_lon_deg: ArrayLike,
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    cutoff: float = 100.0,
    order: float = 2.0,
) -> Gospa:
    """GOSPA (alpha 2) between vessels and tracks. `cutoff` in m: a pair farther apart is one missed and one false.

    Cost follows the pairs within the cutoff: each connected group of them is assigned on its own.

    A track 30 m off one vessel, another vessel missed: sqrt(30² + 100² / 2).

    >>> g = gospa([0.0, 1.0], [0.0, 0.0], [0.0], [30 / 111319.49])
    >>> round(g.value, 2), g.missed, g.false, g.pairs.tolist()
    (76.81, 1, 0, [[0, 0]])
    """
    truth, estimate = _points(truth_lat_deg, truth_lon_deg), _points(lat_deg, lon_deg)
    row, column, cost = _close_pairs(truth, estimate, cutoff, order)
    pairs, localisation = _assigned(row, column, cost, len(truth), len(estimate), cutoff**order)
    missed, false = len(truth) - len(pairs), len(estimate) - len(pairs)
    value = (localisation + cutoff**order / 2 * (missed + false)) ** (1 / order)
    return Gospa(float(value), localisation, missed, false, pairs)


def _points(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Array:
    lat, lon = np.atleast_1d(np.asarray(lat_deg, float)), np.atleast_1d(np.asarray(lon_deg, float))
    if lat.shape != lon.shape or lat.ndim != 1:
        raise ValueError(f"positions: shapes {lat.shape} and {lon.shape}, expected one length")
    if not (np.isfinite(lat).all() and np.isfinite(lon).all()):
        raise ValueError("positions: every latitude and longitude must be a finite number")
    return geodesy.ecef(lat, lon).reshape(-1, 3)


def _close_pairs(truth: Array, estimate: Array, cutoff: float, order: float) -> tuple[Array, Array, Array]:
    """(row, column, distance^order) of the pairs closer than the cutoff."""
    none = np.empty(0, np.int64)
    if len(truth) == 0 or len(estimate) == 0:
        return none, none, np.empty(0)
    near = cKDTree(truth).sparse_distance_matrix(cKDTree(estimate), cutoff, output_type="ndarray")
    near = near[near["v"] < cutoff]
    near = near[np.lexsort((near["j"], near["i"]))]
    return near["i"], near["j"], near["v"] ** order


def _assigned(row: Array, column: Array, cost: Array, n: int, m: int, worst: float) -> tuple[Array, float]:
    """The best assignment: (pairs (k, 2), sum of their cost). A pair costs less than leaving both alone."""
    graph = coo_array((np.ones(len(row)), (row, n + column)), shape=(n + m, n + m))
    _, group = connected_components(graph, directed=False)
    order = np.argsort(group[row], kind="stable")
    ends = np.flatnonzero(np.diff(group[row][order], append=-1)) + 1
    pairs, total, begin = [], 0.0, 0
    for end in ends.tolist():
        edges = order[begin:end]
        begin = end
        rows, i = np.unique(row[edges], return_inverse=True)
        columns, j = np.unique(column[edges], return_inverse=True)
        matrix = np.full((len(rows), len(columns)), worst)
        matrix[i, j] = cost[edges]
        a, b = linear_sum_assignment(matrix)
        real = matrix[a, b] < worst
        pairs.append(np.column_stack([rows[a[real]], columns[b[real]]]))
        total += float(matrix[a[real], b[real]].sum())
    return (np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)), total
