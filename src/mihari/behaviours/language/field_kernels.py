"""Fields in one pass: the values of chosen rows, and the angle between two directions."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel


@kernel
def taken(values: Array, rows: Array) -> Array:
    """(n,) values[rows]; row -1 is the last, as in NumPy."""
    found, count = np.empty(len(rows), values.dtype), len(values)
    for j in range(len(rows)):
        row = rows[j]
        found[j] = values[row if row >= 0 else row + count]
    return found


@kernel
def angles(first: Array, second: Array, half: float) -> Array:
    """(n,) the smaller angle between two directions, in the unit in which half a turn is `half`."""
    found = np.empty(len(first))
    for j in range(len(first)):
        turned = first[j] - second[j] + half
        found[j] = (
            abs(turned - math.floor(turned / (2.0 * half)) * (2.0 * half) - half) if turned == turned else math.nan
        )
    return found
