"""Terrain around an antenna -> what it hides: the highest elevation angle on the way to each place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.coast.terrain import Terrain
from mihari.core.errors import BadInput
from mihari.core.geodesy import MEAN_RADIUS, direct

Floats = NDArray[np.float64]

EFFECTIVE_RADIUS = 4 / 3 * MEAN_RADIUS  # m, ray bending of the standard atmosphere (ITU-R P.453)
BEARINGS = 720
STEP_M = 60.0  # two samples of a 1" model
MOST_STEPS = 2000  # beyond 120 km they are longer
OWN_GROUND_M = 200.0  # two samples of a 3" model: the ground that carries the mast does not hide the sea from it
GROUND_ERROR_M = 16.0  # SRTM, nine places of ten (Farr et al. 2007): so far may an antenna seem to be in the ground
KEPT = 8  # skylines of up to 6 MB: a patrol asks for its few radars over and over


@dataclass(frozen=True, eq=False)
class Skyline:
    """Tangents of elevation seen from an antenna over an Earth of 4/3 radius: (bearings, steps), highest so far.

    height: m of the antenna above the sea; first, step: m over ground of the first column and to the next; -inf where
    nothing stands above the sea so far.
    """

    height: float
    first: float
    step: float
    tangent: NDArray[np.float32]

    def hidden(self, slant_range: ArrayLike, bearing: ArrayLike, height: ArrayLike) -> NDArray[np.bool_]:
        """Whether what is `height` m high, `slant_range` m off at `bearing` rad, is behind terrain; broadcasts.

        Bearings are taken to the nearest of those known.
        """
        over_ground = np.sqrt(np.maximum(np.square(slant_range) - self.height**2, 1.0))
        column = np.floor((over_ground - self.first) / self.step).astype(int)
        row = np.rint(np.asarray(bearing) / (2 * np.pi) * len(self.tangent)).astype(int) % len(self.tangent)
        before = self.tangent[row, np.clip(column, 0, self.tangent.shape[1] - 1)]
        return np.asarray((column >= 0) & (tangent(self.height, height, over_ground) < before))


def tangent(antenna_height: float, height: ArrayLike, distance: ArrayLike) -> Floats:
    """Tangent of the elevation at which what is `height` m high, `distance` m off over ground, is seen; broadcasts.

    (h - h₀) / d - d / 2R with R 4/3 of the Earth's radius (ITU-R P.526-15 §4.1); for d far below R.

    >>> float(tangent(0.0, 100.0, 10_000.0).round(5))  # 0.01 less the Earth's fall of 5.9 m
    0.00941
    """
    d = np.asarray(distance, float)
    return np.asarray((np.asarray(height) - antenna_height) / d - d / (2 * EFFECTIVE_RADIUS))


@lru_cache(maxsize=KEPT)
def skyline_of(terrain: Terrain, lat_deg: float, lon_deg: float, height: float, longest: float) -> Skyline:
    """What terrain hides from an antenna `height` m above the sea, up to `longest` m.

    Ground at sea level or below and voids hide nothing, nor does what is nearer than OWN_GROUND_M. Between bearings,
    half a degree apart, and between steps a peak may be missed. BadInput for an antenna that is in the ground, or
    without a height anywhere in its reach.
    """
    step = max(STEP_M, longest / MOST_STEPS)
    distance = np.arange(OWN_GROUND_M, max(longest, OWN_GROUND_M) + step, step)
    bearings = np.arange(BEARINGS) * 2 * np.pi / BEARINGS
    ground = terrain.heights(*direct(lat_deg, lon_deg, bearings[:, None], distance))
    if np.isnan(ground).all():
        raise BadInput(f"the terrain has no heights within {longest / 1000:.0f} km of {lat_deg:g}, {lon_deg:g}")
    own = float(terrain.heights(lat_deg, lon_deg))
    if own > height + GROUND_ERROR_M:
        raise BadInput(
            f"the antenna at {lat_deg:g}, {lon_deg:g} is {height:g} m above the sea, the ground there {own:.0f} m; "
            "expected its height above the sea, not above the ground"
        )
    seen = np.where(ground > 0, tangent(height, ground, distance), -np.inf).astype(np.float32)
    highest = np.maximum.accumulate(seen, axis=1)
    highest.flags.writeable = False  # shared by all who ask again
    return Skyline(height, OWN_GROUND_M, step, highest)
