"""A vessel's places at two times of the grid -> its velocity between them. For kernels that look at one moment."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.pairs.grid import ABSENT, DRAWN, METRES_OF_UNIT
from mihari.core.kernels import inlined

FULL_TURN = 3_600_000_000  # 1e-7 degrees


@inlined
def turned(lon: Any) -> int:
    """A difference of longitudes, 1e-7 degrees, the short way round."""
    return int((lon + FULL_TURN // 2) % FULL_TURN - FULL_TURN // 2)


@inlined
def velocity(grid: Any, at: int, before: int, seconds: float, k: int) -> tuple[float, float]:
    """(north, east), m/s, of vessel k from place `before` in the ring to place `at`, `seconds` later.

    NaN where it was not heard about both times by one voice.
    """
    known = grid.lat[at, k] != ABSENT and grid.lat[before, k] != ABSENT
    if not known or grid.voice[at, k] >= DRAWN or grid.voice[before, k] != grid.voice[at, k]:
        return math.nan, math.nan
    north = (np.int64(grid.lat[at, k]) - np.int64(grid.lat[before, k])) * METRES_OF_UNIT / seconds
    east = turned(np.int64(grid.lon[at, k]) - np.int64(grid.lon[before, k])) * METRES_OF_UNIT / seconds
    return north, east * math.cos(math.radians(grid.lat[at, k] * 1e-7))
