"""Antenna and hull heights -> how far a ray reaches over a smooth sea. ITU-R P.834: effective Earth radius 4/3."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EFFECTIVE_RADIUS = 4 / 3 * 6371e3  # m; ITU-R P.834 standard refraction bends rays as if the Earth were this large


def horizon(antenna_height: ArrayLike, hull_height: ArrayLike) -> Floats:
    """Distance in m at which a straight ray between two heights (m above the sea) just grazes it.

    sqrt(2 k R h) = 4.12 km · sqrt(h / m) for each end (Skolnik, Radar Handbook, 3rd ed.). A standard
    atmosphere: ducts over warm seas reach much farther.

    >>> round(float(horizon(100.0, 0.0)) / 1000, 1), round(float(horizon(25.0, 4.0)) / 1000, 1)
    (41.2, 28.9)
    """
    reach = np.sqrt(2 * EFFECTIVE_RADIUS)
    antenna = np.maximum(np.asarray(antenna_height, dtype=np.float64), 0.0)
    hull = np.maximum(np.asarray(hull_height, dtype=np.float64), 0.0)
    return np.asarray(reach * (np.sqrt(antenna) + np.sqrt(hull)))
