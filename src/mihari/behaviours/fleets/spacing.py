"""Places of vessels in groups -> how far each is from the next one of its group. Imports Numba."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel


def nearest(group: Array, groups: int, east: Array, north: Array) -> Array:
    """(n,) m from each vessel to the nearest other one of its group; NaN for one that is alone.

    >>> nearest(np.array([0, 0, 0, 1]), 2, np.array([0.0, 8.0, 4.0, 5.0]), np.array([0.0, 0, 3, 0])).tolist()
    [5.0, 5.0, 5.0, nan]
    """
    order = np.lexsort((east, group))
    start = np.searchsorted(group[order], np.arange(groups + 1))
    found = np.empty(len(group))
    found[order] = _nearest(start, np.ascontiguousarray(east[order]), np.ascontiguousarray(north[order]))
    return found


@kernel
def _nearest(start: Array, east: Array, north: Array) -> Array:
    """The same for vessels sorted by group and east; `start`: where each group begins, and the end."""
    result = np.full(len(east), np.nan)
    for k in range(len(start) - 1):
        for i in range(start[k], start[k + 1]):
            best = math.inf
            for step in (1, -1):
                j = i + step
                while start[k] <= j < start[k + 1] and (east[j] - east[i]) ** 2 < best:
                    best = min(best, (east[j] - east[i]) ** 2 + (north[j] - north[i]) ** 2)
                    j += step
            if best < math.inf:
                result[i] = math.sqrt(best)
    return result
