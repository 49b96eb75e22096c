"""Radians and frames of nine numbers -> plane coordinates and back: `geodesy` for one vessel at a time, in kernels.

A frame is a tuple, or a row of an (n, 9) array, `origin x y z, east x y z, north x y z`: the ECEF origin in m and the
unit axes of a tangent plane. Same formulas, same results as `mihari.core.geodesy` (to rounding). Imports Numba.
"""

from __future__ import annotations

import math
from typing import Any

from mihari.core import geodesy
from mihari.core.kernels import lean

A, B, F, E2 = geodesy.A, geodesy.B, geodesy.F, geodesy.E2


@lean
def ecef_of(lat_rad: float, lon_rad: float) -> tuple[float, float, float]:
    """ECEF in m of a point on the ellipsoid.

    >>> ecef_of(0.0, 0.0)
    (6378137.0, 0.0, 0.0)
    """
    sin_lat, cos_lat = math.sin(lat_rad), math.cos(lat_rad)
    prime = A / math.sqrt(1 - E2 * sin_lat * sin_lat)
    return (
        prime * cos_lat * math.cos(lon_rad),
        prime * cos_lat * math.sin(lon_rad),
        prime * (1 - E2) * sin_lat,
    )


@lean
def axes_of(lat_rad: float, lon_rad: float) -> tuple[float, float, float, float, float, float]:
    """East x y z, north x y z; at a pole those of the meridian `lon_rad`."""
    sin_lat, cos_lat = math.sin(lat_rad), math.cos(lat_rad)
    sin_lon, cos_lon = math.sin(lon_rad), math.cos(lon_rad)
    return (-sin_lon, cos_lon, 0.0, -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat)


@lean
def frame_of(lat_rad: float, lon_rad: float) -> Any:
    """The frame (nine numbers) of the plane that touches the ellipsoid there."""
    sin_lat, cos_lat = math.sin(lat_rad), math.cos(lat_rad)
    sin_lon, cos_lon = math.sin(lon_rad), math.cos(lon_rad)
    prime = A / math.sqrt(1 - E2 * sin_lat * sin_lat)
    x, y, z = prime * cos_lat * cos_lon, prime * cos_lat * sin_lon, prime * (1 - E2) * sin_lat
    return (x, y, z, -sin_lon, cos_lon, 0.0, -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat)


@lean
def up_of(frame: Any) -> tuple[float, float, float]:
    """East × north of a frame."""
    return (
        frame[4] * frame[8] - frame[5] * frame[7],
        frame[5] * frame[6] - frame[3] * frame[8],
        frame[3] * frame[7] - frame[4] * frame[6],
    )


@lean
def frame_at(x: float, y: float, z: float) -> Any:
    """The frame of the plane that touches the ellipsoid at its point (x, y, z), ECEF in m; at a pole east is 90° E."""
    away, up = math.sqrt(x * x + y * y), z / (1 - E2)
    sin_lon, cos_lon = (y / away, x / away) if away > 0.0 else (0.0, 1.0)
    long = math.sqrt(away * away + up * up)
    sin_lat, cos_lat = up / long, away / long
    return (x, y, z, -sin_lon, cos_lon, 0.0, -sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat)


@lean
def to_plane(frame: Any, x: float, y: float, z: float) -> tuple[float, float]:
    """ECEF in m to plane coordinates (east, north) in m."""
    dx, dy, dz = x - frame[0], y - frame[1], z - frame[2]
    return (
        dx * frame[3] + dy * frame[4] + dz * frame[5],
        dx * frame[6] + dy * frame[7] + dz * frame[8],
    )


@lean
def lift_of(frame: Any, east: float, north: float) -> tuple[float, float, float]:
    """Plane coordinates in m to the ellipsoid's point on their vertical, ECEF; NaN beyond an Earth radius."""
    ux, uy, uz = up_of(frame)
    px = frame[0] + east * frame[3] + north * frame[6]
    py = frame[1] + east * frame[4] + north * frame[7]
    pz = frame[2] + east * frame[5] + north * frame[8]
    c = (px / A) ** 2 + (py / A) ** 2 + (pz / B) ** 2 - 1
    half_b = (px * ux + py * uy) / A**2 + pz * uz / B**2
    under = half_b * half_b - ((ux * ux + uy * uy) / A**2 + uz * uz / B**2) * c
    t = -c / (half_b + math.sqrt(under)) if under >= 0.0 else math.nan
    return (px + t * ux, py + t * uy, pz + t * uz)


@lean
def plane_to_lat_lon(frame: Any, east: float, north: float) -> tuple[float, float]:
    """Plane coordinates in m to (lat_rad, lon_rad) on the ellipsoid."""
    x, y, z = lift_of(frame, east, north)
    return (math.atan2(z, (1 - E2) * math.hypot(x, y)), math.atan2(y, x))


@lean
def rebase_of(old: Any, new: Any, east: float, north: float) -> Any:
    """A place of the old plane in the new one: (east', north', j00, j01, j10, j11).

    j is the exact derivative of new by old coordinates there: velocity becomes j·v, a covariance block j·C·jᵀ.
    """
    x, y, z = lift_of(old, east, north)
    return rebase_at(old, new, x, y, z)


@lean
def rebase_at(old: Any, new: Any, x: float, y: float, z: float) -> Any:
    """The same for a point of the ellipsoid, ECEF in m."""
    mx, my, mz = x / A**2, y / A**2, z / B**2
    ux, uy, uz = up_of(old)
    rise = ux * mx + uy * my + uz * mz
    tx = (old[3] * mx + old[4] * my + old[5] * mz) / rise
    ty = (old[6] * mx + old[7] * my + old[8] * mz) / rise
    ax, ay, az = old[3] - tx * ux, old[4] - tx * uy, old[5] - tx * uz
    bx, by, bz = old[6] - ty * ux, old[7] - ty * uy, old[8] - ty * uz
    new_east, new_north = to_plane(new, x, y, z)
    return (
        new_east,
        new_north,
        new[3] * ax + new[4] * ay + new[5] * az,
        new[3] * bx + new[4] * by + new[5] * bz,
        new[6] * ax + new[7] * ay + new[8] * az,
        new[6] * bx + new[7] * by + new[8] * bz,
    )


@lean
def turn_state(x: Any, P: Any, j00: float, j01: float, j10: float, j11: float) -> None:
    """Velocity and covariance into axes turned by the 2 x 2 matrix j of `rebase_of`, in place.

    x (4,) or more: east, north, m, their rates, m/s, and what has no direction; P its covariance. The place in x stays
    as it is.
    """
    for a in (0, 2):
        for c in range(len(x)):
            p, r = P[a, c], P[a + 1, c]
            P[a, c], P[a + 1, c] = j00 * p + j01 * r, j10 * p + j11 * r
    for a in (0, 2):
        for c in range(len(x)):
            p, r = P[c, a], P[c, a + 1]
            P[c, a], P[c, a + 1] = j00 * p + j01 * r, j10 * p + j11 * r
    x[2], x[3] = j00 * x[2] + j01 * x[3], j10 * x[2] + j11 * x[3]
