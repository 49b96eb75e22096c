"""Where an IMC message says that something is: EstimatedState has a reference and an offset from it. IMC 5.4 (350)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mihari.core.geodesy import direct
from mihari.formats.imc.messages import POSITIONS

FURTHEST = 1e6  # m from the reference; no vehicle goes further without a new one, and no number beyond is a place


def position(message: Mapping[str, Any]) -> tuple[float, float] | None:
    """(lat_deg, lon_deg); of EstimatedState the reference moved by x m north and y m east. None where it tells none.

    >>> told = {"message": "EstimatedState", "lat_deg": 0.0, "lon_deg": 10.0, "x": 0.0, "y": 111319.4908}
    >>> lat, lon = position(told)
    >>> round(lat, 6), round(lon, 6)
    (0.0, 11.0)
    """
    if message["message"] not in POSITIONS:
        return None
    lat, lon = float(message["lat_deg"]), float(message["lon_deg"])
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    if message["message"] == "EstimatedState":
        north, east = message.get("x", 0.0), message.get("y", 0.0)
        away = math.hypot(north, east)
        if not away <= FURTHEST:
            return None
        if away > 0:
            there = direct(lat, lon, math.atan2(east, north), away)
            lat, lon = float(there[0]), float(there[1])
    if lat == 0.0 and lon == 0.0:
        return None  # (0, 0) is what a vehicle without a fix sends
    return lat + 0.0, lon
