"""Columns of sightings -> rows of samples, a kernel: units as samples have them, NaN as UNKNOWN."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import SHORE_UNIT, UNKNOWN, UNKNOWN_SHORE
from mihari.core.kernels import inlined, kernel

COLUMNS = {
    **dict.fromkeys(("time", "lat_deg", "lon_deg", "speed", "course", "heading"), np.float64),
    "status": np.int8,
    "kind": np.uint8,
    "feed": np.int16,
    "offset": np.int64,
    "station": np.int16,
}


@inlined
def short(value: float, scale: float) -> int:
    """In whole units of 1 / scale, below UNKNOWN; NaN, infinity and what is below 0 are UNKNOWN."""
    if not math.isfinite(value) or value < 0:
        return UNKNOWN
    return int(min(value * scale, UNKNOWN - 1.0) + 0.5)


@inlined
def turned(angle: float) -> float:
    """Degrees, 0 to 360, of an angle in rad; what is not finite stays so."""
    degrees = math.degrees(angle)
    return degrees if 0.0 <= degrees < 360.0 or not math.isfinite(degrees) else degrees % 360.0


@inlined
def shore_of(metres: float) -> int:
    """m to the shore as samples have it."""
    if not math.isfinite(metres):
        return UNKNOWN_SHORE
    return int(min(max(np.rint(metres / SHORE_UNIT), UNKNOWN_SHORE + 1.0), -UNKNOWN_SHORE - 1.0))


@kernel
def sampled(sightings: Any, shore: Any, areas: Any, out: Any) -> None:
    """Fill `out` (n,) SAMPLE; `sightings`: their columns as in `COLUMNS`; shore (m) and areas may be empty."""
    time, lat_deg, lon_deg, speed, course, heading, status, kind, feed, offset, station = sightings
    for i in range(len(time)):
        s = out[i]
        s.t = np.int64(math.floor(time[i]))
        s.lat, s.lon = np.int64(np.rint(lat_deg[i] * 1e7)), np.int64(np.rint(lon_deg[i] * 1e7))
        s.speed = short(speed[i], 100.0)
        s.course, s.heading = short(turned(course[i]), 100.0), short(turned(heading[i]), 100.0)
        s.status, s.kind, s.feed = status[i], kind[i], feed[i]
        s.offset, s.station = offset[i] & 0xFFFFFFFF, station[i]
        s.shore = shore_of(shore[i]) if len(shore) else UNKNOWN_SHORE
        s.areas = areas[i] if len(areas) else 0
