"""Cells of the patrol -> how much of the AIS there is heard: as learned on this coast, else by how far stations reach.

Learned is the share of looks of 6 min in which a vessel that was there was heard, of all hexagons of the reception
layer whose middle lies in the cell. A silence in a cell that is not heard tells nothing.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from mihari.core.geodesy import inverse
from mihari.face.context import SUFFIX, Layer
from mihari.patrol.ground import inside

Floats = NDArray[np.float64]


def heard(
    cells: Sequence[Mapping[str, Any]], folder: str, sensors: Iterable[Mapping[str, Any]]
) -> list[tuple[float | None, str]]:
    """Of each cell the share, 0 to 1, and by what it is known: "learned" or "reach"; None and "": not at all.

    `folder`: of what the coast has taught, "" none; `sensors`: as the API tells them.
    """
    learned = _learned(folder)
    stations = [s for s in sensors if s["kind"] == "ais" and None not in (s["lat_deg"], s["lon_deg"], s["range_m"])]
    return [_heard(cell, learned, stations) for cell in cells]


def _heard(cell: Mapping[str, Any], learned: Floats, stations: Sequence[Mapping[str, Any]]) -> tuple[float | None, str]:
    lat, lon, share, due = learned
    corners = tuple((float(a), float(b)) for a, b in cell["corners"])
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    near = np.flatnonzero((lat >= low[0]) & (lat <= high[0]) & (lon >= low[1]) & (lon <= high[1]))
    rows = near[inside(corners, lat[near], lon[near])]
    if due[rows].sum() > 0:
        return round(float((share[rows] * due[rows]).sum() / due[rows].sum()), 3), "learned"
    if not stations:
        return None, ""
    reached = any(
        float(inverse(s["lat_deg"], s["lon_deg"], cell["lat_deg"], cell["lon_deg"])[0]) <= s["range_m"]
        for s in stations
    )
    return (1.0 if reached else 0.0), "reach"


def _learned(folder: str) -> Floats:
    """Middles, share and looks due of the hexagons of the reception layer, (4, n); none where there is no such file."""
    path = Path(folder) / (Layer.RECEPTION.value + SUFFIX)
    try:
        return _read(str(path), path.stat().st_mtime_ns) if folder else np.empty((4, 0))
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return np.empty((4, 0))


@lru_cache(maxsize=2)
def _read(path: str, changed: int) -> Floats:
    told = orjson.loads(gzip.decompress(Path(path).read_bytes()))
    rows = []
    for one in told["features"]:
        lon, lat = np.array(one["geometry"]["coordinates"][0][:-1]).mean(axis=0)
        share, due = float(one["properties"]["share"]), float(one["properties"]["due"])
        if math.isfinite(share) and due > 0:
            rows.append((lat, lon, share, due))
    return np.array(rows, np.float64).reshape(-1, 4).T
