"""Dead reckoning: where whoever was told a vessel's place and motion takes it to be later, and how wrong that is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mihari.core.columns import Array
from mihari.core.shared import Shared

METRES = 111_195.0  # one degree of latitude on the mean sphere


def reckoned(told: Mapping[str, Array], time: Array) -> tuple[Array, Array]:
    """(lat_deg, lon_deg) at `time` (UTC s) of what was told: `time, lat_deg, lon_deg, east_mps, north_mps`, (n,) each.

    On the mean sphere; for the minutes between two tellings.

    >>> told = dict(time=0.0, lat_deg=60.0, lon_deg=10.0, east_mps=0.0, north_mps=10.0)
    >>> lat_deg, lon_deg = reckoned({k: np.array([v]) for k, v in told.items()}, np.array([60.0]))
    >>> round(float(lat_deg[0] - 60.0) * 60, 3)  # 600 m are a third of a nautical mile
    0.324
    """
    passed = time - told["time"]
    lat_deg = told["lat_deg"] + told["north_mps"] * passed / METRES
    east_deg = told["east_mps"] * passed / (METRES * np.maximum(np.cos(np.radians(told["lat_deg"])), 1e-3))
    return lat_deg, (told["lon_deg"] + east_deg + 180.0) % 360.0 - 180.0


def apart(lat_deg: Array, lon_deg: Array, to_lat_deg: Array, to_lon_deg: Array) -> Array:
    """Metres between places near each other."""
    turn = (to_lon_deg - lon_deg + 180.0) % 360.0 - 180.0
    east = turn * METRES * np.cos(np.radians((lat_deg + to_lat_deg) / 2))
    return np.asarray(np.hypot(east, (to_lat_deg - lat_deg) * METRES))


def away(told: Mapping[str, Array], shared: Shared) -> Array:
    """Metres between where each vessel is and where it is reckoned to be; NaN where nothing was told."""
    lat_deg, lon_deg = reckoned(told, shared.time)
    return apart(lat_deg, lon_deg, shared.lat_deg, shared.lon_deg)
