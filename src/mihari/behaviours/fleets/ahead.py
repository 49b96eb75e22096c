"""A place, a course and the surroundings -> what lies ahead."""

from __future__ import annotations

import math

import numpy as np

from mihari.behaviours.fleets.scene import Area, Surroundings
from mihari.core.geodesy import inverse
from mihari.core.units import wrap_half_turn

WITHIN_DEG = 20.0  # of the course: at 60 NM as wide as a stretch of coast. Ours
REACH = 111_120.0  # m, 60 NM: six to twelve hours of most fleets. Ours


def ahead(lat_deg: float, lon_deg: float, course: float, around: Surroundings) -> tuple[Area, float] | None:
    """The nearest area on that course that one is not in already, and m to its edge; None if there is none.

    >>> from mihari.behaviours.fleets import AreaKind
    >>> port = Area(30.5, 125.0, 2000.0, AreaKind.PORT, "Made-up")
    >>> area, metres = ahead(30.0, 125.0, 0.0, Surroundings((port,)))
    >>> area.name, round(metres)
    ('Made-up', 53428)
    >>> ahead(30.0, 125.0, math.pi, Surroundings((port,))) is None
    True
    """
    if not around.areas:
        return None
    lat, lon, radius = np.array([(area.lat_deg, area.lon_deg, area.radius) for area in around.areas]).T
    distance, bearing = inverse(lat_deg, lon_deg, lat, lon)
    edge = distance - radius
    off = np.abs(wrap_half_turn(bearing - course))
    wide = np.maximum(math.radians(WITHIN_DEG), np.arcsin(np.minimum(radius / np.maximum(distance, 1.0), 1.0)))
    edge = np.where((off <= wide) & (edge > 0.0) & (edge <= REACH), edge, np.inf)
    nearest = int(np.argmin(edge))
    return (around.areas[nearest], float(edge[nearest])) if np.isfinite(edge[nearest]) else None
