"""Ways of vessels that are to be looked at, and how long legs take in wind: great circles on the mean sphere."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import direct
from mihari.core.units import KNOT
from mihari.patrol.file import LookSection
from mihari.patrol.search.world import EARTH_KM
from mihari.patrol.vehicles import (
    unit_vector,
)

Floats = NDArray[np.float64]

LONGER_H = 24.0  # than the plan a vessel's way is known
FASTER = 1.2  # than a vessel who is to reach it
KMH = 3.6  # of a m/s


def course_of(look: LookSection, hours_planned: float) -> Floats:
    """Waypoints (h, unit vector) of a vessel that goes on as it was told of; (n, 4).

    Who comes to look at it stays where the vessel is half-way through the stay: hours are earlier by half of it.
    """
    steps = np.arange(0.0, hours_planned + LONGER_H, 1.0)
    way = look.speed_kn * KNOT * 3600 * steps
    lat, lon = direct(look.lat_deg, look.lon_deg, math.radians(look.course_deg), way)
    return np.column_stack([look.told_h + steps - look.stay_min / 120, unit_vector(lat, lon)])


def vessel_at(way: Floats, hour: float) -> Floats:
    """The unit vector at an hour on a way of `course_of`."""
    point = np.array([np.interp(hour, way[:, 0], way[:, axis]) for axis in (1, 2, 3)])
    return np.asarray(point / np.linalg.norm(point))


def between(start: Floats, end: Floats, part: float | Floats) -> Floats:
    """Unit vectors so far along the way between others (they broadcast)."""
    point = start + part * (end - start)
    return np.asarray(point / np.linalg.norm(point, axis=-1, keepdims=True))


def hours(start: Floats, end: Floats, airspeed: float, wind: Floats) -> Floats:
    """Hours between unit vectors (broadcast, (…, 3)) with airspeed and wind (east, north) in km/h; see `motion.leg`."""
    step = end - start
    distance = 2 * EARTH_KM * np.arcsin(np.minimum(np.linalg.norm(step, axis=-1) / 2, 1.0))
    if airspeed <= 0:
        return np.asarray(np.where(distance > 0, np.inf, 0.0))
    level = np.maximum(np.hypot(start[..., 0], start[..., 1]), 1e-12)
    east = (-start[..., 1] * step[..., 0] + start[..., 0] * step[..., 1]) / level
    north = level * step[..., 2] - start[..., 2] * (start[..., 0] * step[..., 0] + start[..., 1] * step[..., 1]) / level
    size = np.maximum(np.hypot(east, north), 1e-12)
    along = np.where(distance > 0, (wind[0] * east + wind[1] * north) / size, 0.0)
    across2 = wind[0] ** 2 + wind[1] ** 2 - along**2
    with np.errstate(invalid="ignore", divide="ignore"):
        good = np.sqrt(airspeed**2 - across2) + along
        takes = np.where(good > 0.05 * airspeed, distance / good, np.inf)
    return np.asarray(np.where(distance > 0, takes, 0.0))
