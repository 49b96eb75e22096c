"""Errors of tracks and the covariances they claim -> does the tracker know how wrong it is?

Normalised estimation error squared (NEES), Bar-Shalom, Li & Kirubarajan, "Estimation with Applications to Tracking and
Navigation", 2001, section 5.4.2. Per dimension its mean is 1 for a tracker that is right about itself, more for one
that is too sure. A pair farther apart than the cutoff is no pair: errors beyond it are not in these figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mihari.core.columns import Array
from mihari.core.units import KNOT, NAUTICAL_MILE

ELLIPSE_95 = -2.0 * math.log1p(-0.95)  # chi-square quantile of two dimensions, 5.99
SPEEDS = (0.0, 0.5, 5.0, 10.0, 20.0, math.inf)  # kn: lying still, drifting and fishing, slow, trading, fast
RANGES = (0.0, 3.0, 6.0, 12.0, 24.0, math.inf)  # NM, the range scales of a radar


@dataclass(frozen=True, slots=True)
class Consistency:
    """Means over `pairs` of a vessel and its track; NEES per dimension: 1 is right, above 1 too sure."""

    pairs: int
    position: float  # NEES of east and north
    velocity: float
    state: float  # of all four
    inside: float  # share of vessels inside their track's 95 % ellipse


def nees(error: Array, covariance: Array) -> Array:
    """NEES per dimension of errors (n, d) against covariances (n, d, d); NaN where a covariance is none.

    >>> nees(np.array([[3.0, 4.0]]), np.array([[[9.0, 0.0], [0.0, 16.0]]])).tolist()
    [1.0]
    """
    n, d = error.shape
    value = np.full(n, np.nan)
    sound: Array = np.asarray(np.isfinite(covariance).all((1, 2)) & np.isfinite(error).all(1))
    sound[sound] = np.linalg.eigvalsh(covariance[sound]).min(1, initial=np.inf) > 0
    solved = np.linalg.solve(covariance[sound], error[sound][..., None])[..., 0]
    value[sound] = (error[sound] * solved).sum(1) / d
    return value


def consistency(position: Array, velocity: Array, state: Array) -> Consistency:
    """Means of NEES per dimension, (n,) each; pairs without a sound covariance do not count.

    >>> told = consistency(np.array([1.0, 4.0]), np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    >>> told.pairs, told.position, told.inside
    (2, 2.5, 0.5)
    """
    sound = np.isfinite(position) & np.isfinite(velocity) & np.isfinite(state)
    if not sound.any():
        return Consistency(0, math.nan, math.nan, math.nan, math.nan)
    inside = float((2 * position[sound] <= ELLIPSE_95).mean())
    p, v, x = (float(values[sound].mean()) for values in (position, velocity, state))
    return Consistency(int(sound.sum()), p, v, x, inside)


def by_class(
    value: Array, bounds: tuple[float, ...], unit: str, judged: Callable[[Array], Consistency]
) -> Mapping[str, Consistency]:
    """`judged` of the rows of each class of `value`, by its name; classes without rows are left out.

    >>> def count(rows):
    ...     return Consistency(int(rows.sum()), 1.0, 1.0, 1.0, 1.0)
    >>> [(name, c.pairs) for name, c in by_class(np.array([1.0, 7.0, 8.0]), (0.0, 5.0, math.inf), "kn", count).items()]
    [('0 to 5 kn', 1), ('above 5 kn', 2)]
    """
    found = {}
    for low, high in pairwise(bounds):
        rows = (value >= low) & (value < high)
        if rows.any():
            name = f"{low:g} to {high:g} {unit}" if high < math.inf else f"above {low:g} {unit}"
            found[name] = judged(rows)
    return found


def by_speed_and_range(
    position: Array, velocity: Array, state: Array, speed: Array, range_nearest: Array
) -> dict[str, Mapping[str, Consistency]]:
    """Consistency by the vessel's true speed, m/s, and by its range from the nearest radar, m (NaN: not known).

    >>> one = np.ones(1)
    >>> list(by_speed_and_range(one, one, one, one * 6.0, one * 5000.0)["range"])
    ['0 to 3 NM']
    """

    def judged(rows: Array) -> Consistency:
        return consistency(position[rows], velocity[rows], state[rows])

    return {
        "speed": by_class(speed / KNOT, SPEEDS, "kn", judged),
        "range": by_class(range_nearest / NAUTICAL_MILE, RANGES, "NM", judged),
    }
