"""Positions of vessels and of tracks -> GOSPA with its parts: how far off, how many missed, how many false.

Rahmathullah, García-Fernández, Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017,
definition 1. With alpha = 2 the metric splits into localisation, missed and false (proposition 1); with another alpha
the value is that of the definition, and missed and false are counts beside it. Distances are straight lines between
points of the ellipsoid: shorter than the geodesic by less than 0.1 µm in 1 km.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mihari.core.columns import Array
from mihari.score.assignment import assigned
from mihari.score.near import ClosePairs, close_pairs, points


@dataclass(frozen=True, slots=True)
class Gospa:
    """The metric and its parts; with alpha 2, `value` = (localisation + cutoff^order / 2 · (missed + false))^(1/order).

    `localisation` is the sum of distance^order over `pairs`; pairs: (k, 2), row of the truth and row of the estimate.
    """

    value: float  # m
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
    alpha: float = 2.0,
) -> Gospa:
    """GOSPA between vessels and tracks. `cutoff` in m: a pair farther apart is one missed and one false.

    A track 30 m off one vessel, another vessel missed: sqrt(30² + 100² / 2).

    >>> g = gospa([0.0, 1.0], [0.0, 0.0], [0.0], [30 / 111319.49])
    >>> round(g.value, 2), g.missed, g.false, g.pairs.tolist()
    (76.81, 1, 0, [[0, 0]])
    """
    return gospa_of_points(points(truth_lat_deg, truth_lon_deg), points(lat_deg, lon_deg), cutoff, order, alpha)


def gospa_of_points(
    truth: Array, estimate: Array, cutoff: float = 100.0, order: float = 2.0, alpha: float = 2.0
) -> Gospa:
    """GOSPA between points in any space with straight distances, (n, d) and (m, d).

    With alpha 1 a vessel too many costs the whole cutoff: (30² + 100²)^(1/2).

    >>> round(gospa_of_points(np.array([[0.0], [500.0]]), np.array([[30.0]]), alpha=1.0).value, 2)
    104.4
    """
    return gospa_of_pairs(close_pairs(truth, estimate, cutoff), cutoff, order, alpha)


def gospa_of_pairs(near: ClosePairs, cutoff: float, order: float = 2.0, alpha: float = 2.0) -> Gospa:
    """GOSPA where the pairs closer than the cutoff are known."""
    if not (cutoff > 0 and 1 <= order < np.inf and 0 < alpha <= 2):
        raise ValueError(f"cutoff {cutoff}, order {order}, alpha {alpha}: expected above 0, at least 1, in (0, 2]")
    n, m, cost = near.rows, near.columns, near.distance**order
    chosen = assigned(near.row, near.column, cost, n, m, cutoff**order)
    localisation, k = float(cost[chosen].sum()), len(chosen)
    total = localisation + cutoff**order * ((min(n, m) - k) + abs(n - m) / alpha)
    pairs = np.column_stack([near.row[chosen], near.column[chosen]]).astype(np.int64)
    return Gospa(float(total ** (1 / order)), localisation, n - k, m - k, pairs)
