"""Two sets of points, or the distances of their close pairs -> OSPA: the mean error, the cutoff for each one missed.

Schuhmacher, Vo & Vo, "A consistent metric for performance evaluation of multi-object filters", IEEE Trans. Signal
Processing 56 (2008) 3447-3457, equation 3.
"""

from __future__ import annotations

from mihari.core.columns import Array
from mihari.score.assignment import assigned
from mihari.score.near import ClosePairs, close_pairs


def ospa(first: Array, second: Array, cutoff: float = 100.0, order: float = 1.0) -> float:
    """OSPA between points (n, d) and (m, d), m; 0 for nothing against nothing.

    One vessel found 30 m off, one missed: (30 + 100) / 2.

    >>> import numpy as np
    >>> ospa(np.array([[0.0], [900.0]]), np.array([[30.0]]))
    65.0
    """
    return ospa_of_pairs(close_pairs(first, second, cutoff), cutoff, order)


def ospa_of_pairs(near: ClosePairs, cutoff: float, order: float) -> float:
    """OSPA where the pairs closer than the cutoff are known; all others count with the cutoff."""
    most = max(near.rows, near.columns)
    if most == 0:
        return 0.0
    cost = near.distance**order
    chosen = assigned(near.row, near.column, cost, near.rows, near.columns, cutoff**order)
    total = float(cost[chosen].sum()) + cutoff**order * (most - len(chosen))
    return float((total / most) ** (1 / order))
