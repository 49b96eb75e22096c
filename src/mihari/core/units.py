"""Units at the doors: exact factors to SI, and the few converters that formats, feeds and face share.

Inside, bare numbers are SI (m, m/s, s) and bare angles radians clockwise from true north; everything else carries its
unit as a suffix. Factors: BIPM SI brochure, 9th ed., tables 5 and 8; knot and nautical mile as of the International
Hydrographic Conference 1929.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

NAUTICAL_MILE = 1852.0  # m
KNOT = NAUTICAL_MILE / 3600.0  # m/s
FOOT = 0.3048  # m
DATA_MILE = 6000 * FOOT  # m; some radar displays count in it
DEGREE = math.pi / 180.0  # rad
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0


def mps_from_kn(speed_kn: ArrayLike) -> Any:
    """Knots to m/s; NaN stays NaN.

    >>> round(float(mps_from_kn(36.0)), 9)  # 36 · 1852 / 3600
    18.52
    """
    return np.multiply(speed_kn, KNOT)


def kn_from_mps(speed: ArrayLike) -> Any:
    """m/s to knots.

    >>> round(float(kn_from_mps(18.52)), 9)
    36.0
    """
    return np.divide(speed, KNOT)


def wrap_turn(angle: ArrayLike) -> Any:
    """Any angle in rad to [0, 2π): a bearing.

    >>> round(float(wrap_turn(-math.pi / 2)) / math.pi, 12)
    1.5
    """
    turned = np.mod(angle, 2 * math.pi)
    return np.where(turned >= 2 * math.pi, 0.0, turned)[()]  # mod of -1e-17 rounds up to a full turn


def wrap_half_turn(angle: ArrayLike) -> Any:
    """Any angle in rad to [-π, π): a difference of bearings.

    >>> round(float(wrap_half_turn(1.5 * math.pi)) / math.pi, 12)
    -0.5
    """
    return wrap_turn(np.add(angle, math.pi)) - math.pi


def wrap_lon_deg(lon_deg: ArrayLike) -> Any:
    """Any longitude in degrees to [-180, 180).

    >>> wrap_lon_deg([190.0, -180.0, 180.0, 359.0]).tolist()
    [-170.0, -180.0, -180.0, -1.0]
    """
    turned = np.mod(np.add(lon_deg, 180.0), 360.0)
    return np.where(turned >= 360.0, 0.0, turned)[()] - 180.0


def velocity_from_course(speed: ArrayLike, course: ArrayLike) -> tuple[Any, Any]:
    """Speed in m/s and course in rad to (east, north) in m/s.

    >>> east, north = velocity_from_course(10.0, math.pi / 2)
    >>> round(float(east), 9), abs(round(float(north), 9))
    (10.0, 0.0)
    """
    return np.multiply(speed, np.sin(course)), np.multiply(speed, np.cos(course))


def course_from_velocity(east_mps: ArrayLike, north_mps: ArrayLike) -> tuple[Any, Any]:
    """(east, north) in m/s to speed in m/s and course in rad, [0, 2π).

    >>> speed, course = course_from_velocity(-3.0, 0.0)
    >>> float(speed), round(float(course) / DEGREE, 9)
    (3.0, 270.0)
    """
    return np.hypot(east_mps, north_mps), wrap_turn(np.arctan2(east_mps, north_mps))
