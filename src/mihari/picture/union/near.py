"""Places -> pairs that are near enough to be one vessel, and how dense the traffic is: k-d trees, never all pairs."""

from __future__ import annotations

import math

import numpy as np
from scipy.spatial import cKDTree

from mihari.core.columns import Array
from mihari.picture.union.settings import UnionSettings

SIGMAS = 4.0
STEP = 4.0  # ratio of the distances within which tracks of one kind of sharpness are looked for


def near_pairs(point: Array, sd: Array, author: Array, settings: UnionSettings) -> tuple[Array, Array]:
    """(pairs (m, 2), rows i < j of different authors; others per m² near each row (n,), as its own author tells).

    point: (n, 3) ECEF, m; sd: (n,) m, standard deviation of the place.

    >>> east = np.array([[6378137.0, 0.0, 0.0], [6378137.0, 50.0, 0.0], [6378137.0, 900.0, 0.0]])
    >>> near_pairs(east, np.full(3, 20.0), np.array([0, 1, 1]), UnionSettings())[0].tolist()
    [[0, 1]]
    """
    n = len(point)
    if n < 2:
        return np.zeros((0, 2), np.intp), np.zeros(n)
    tree = cKDTree(point)
    close = tree.query_pairs(settings.nearest, output_type="ndarray")
    alike = author[close[:, 0]] == author[close[:, 1]]
    density = np.bincount(close[alike].ravel(), minlength=n) / (math.pi * settings.nearest**2)
    found = [close[~alike].astype(np.intp), *wide_pairs(point, tree, sd, author, settings)]
    pairs = np.concatenate(found)
    if len(found) > 1:
        pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    return pairs, density


def wide_pairs(point: Array, tree: cKDTree, sd: Array, author: Array, settings: UnionSettings) -> list[Array]:
    """Pairs with those that are known less sharply than `nearest` covers, by classes of sharpness."""
    reach = SIGMAS * math.sqrt(2.0) * np.hypot(sd, settings.bias)  # of two alike; the sharper of two adds less
    found, bound = [], settings.nearest
    while bound < settings.farthest:
        upper = min(STEP * bound, settings.farthest)
        here = np.flatnonzero((reach > bound) & ((reach <= upper) | (upper == settings.farthest)))
        if len(here):
            hits = cKDTree(point[here]).sparse_distance_matrix(tree, upper, output_type="ndarray")
            pairs = np.column_stack([here[hits["i"]], hits["j"]])
            found.append(pairs[author[pairs[:, 0]] != author[pairs[:, 1]]])
        bound = upper
    return found
