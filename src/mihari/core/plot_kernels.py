"""A radar's measurements -> positions and covariances on the surface, one plot at a time: `plot_estimate` in a kernel.

The same formulas as `mihari.core.polar` for a height of 0 (straight ray to the ellipsoid, unbiased conversion after
Longbin et al. 1998), in scalars: the result of a plot depends on no other, and costs a fraction of a microsecond
instead of a millisecond for a handful. Imports Numba.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.geodesy_kernels import axes_of, ecef_of
from mihari.core.kernels import kernel

A, B, E2 = geodesy.A, geodesy.B, geodesy.E2
RADIUS = (2 * A + B) / 3  # m, mean


@kernel
def antenna_of(lat_deg: float, lon_deg: float, height: float) -> Any:
    """(place x y z, east x y z, north x y z, up x y z) of an antenna at `height` m, ECEF."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    x, y, z = ecef_of(lat, lon)
    ex, ey, ez, nx, ny, nz = axes_of(lat, lon)
    ux, uy, uz = math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
    return (x + height * ux, y + height * uy, z + height * uz, ex, ey, ez, nx, ny, nz, ux, uy, uz)


@kernel
def scaled_dot(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    """Scalar product after scaling the ellipsoid to the unit sphere."""
    return float((ax * bx + ay * by) / (A * A) + az * bz / (B * B))


@kernel
def elevation_of(antenna: Any, height: float, r: float, fx: float, fy: float, fz: float) -> float:
    """Elevation in rad at which a ray of length r along (f) ends on the ellipsoid; NaN where none does."""
    x, y, z, ux, uy, uz = antenna[0], antenna[1], antenna[2], antenna[9], antenna[10], antenna[11]
    sine = -height / r - r / (2 * RADIUS)  # on a sphere: within metres
    if not abs(sine) <= 1.0:
        return math.nan
    aa, af, au = scaled_dot(x, y, z, x, y, z) - 1, scaled_dot(x, y, z, fx, fy, fz), scaled_dot(x, y, z, ux, uy, uz)
    ff, fu = scaled_dot(fx, fy, fz, fx, fy, fz), scaled_dot(fx, fy, fz, ux, uy, uz)
    uu = scaled_dot(ux, uy, uz, ux, uy, uz)
    elevation = math.asin(sine)
    for _ in range(2):  # Newton on |scaled point|² = 1
        sin, cos = math.sin(elevation), math.cos(elevation)
        flat, rise = r * cos, r * sin
        over = aa + flat * (ff * flat + 2 * (af + fu * rise)) + rise * (uu * rise + 2 * au)
        slope = 2 * (cos * (au + fu * flat + uu * rise) - sin * (af + fu * rise + ff * flat)) * r
        elevation -= over / slope
    return elevation


@kernel
def estimate(
    antenna: Any, height: float, measured: float, bearing: float, range_sd: float, bearing_sd: float, out: Array
) -> None:
    """One plot into out (5,): lat_deg, lon_deg, cov_ee, cov_en, cov_nn; NaN where there is no such place."""
    s2 = bearing_sd * bearing_sd
    r = measured
    if s2 > 0.0:  # bearing noise draws the mean towards the radar
        square = r * r
        r = math.sqrt(max(square + (square - height * height) * math.expm1(s2), 0.0))
    for k in range(5):
        out[k] = math.nan
    if not (r > 0.0 and math.isfinite(bearing)):
        return
    sine, cosine = math.sin(bearing), math.cos(bearing)
    fx, fy, fz = sine * antenna[3] + cosine * antenna[6], sine * antenna[4] + cosine * antenna[7], cosine * antenna[8]
    gx, gy, gz = cosine * antenna[3] - sine * antenna[6], cosine * antenna[4] - sine * antenna[7], -sine * antenna[8]
    ux, uy, uz = antenna[9], antenna[10], antenna[11]
    elevation = elevation_of(antenna, height, r, fx, fy, fz)
    if not math.isfinite(elevation):
        return
    sin, cos = math.sin(elevation), math.cos(elevation)
    ax, ay, az = cos * fx + sin * ux, cos * fy + sin * uy, cos * fz + sin * uz  # along the ray
    wx, wy, wz = cos * ux - sin * fx, cos * uy - sin * fy, cos * uz - sin * fz  # as its end moves with the elevation
    x, y, z = antenna[0] + r * ax, antenna[1] + r * ay, antenna[2] + r * az
    lat, lon = math.atan2(z, (1 - E2) * math.hypot(x, y)), math.atan2(y, x)
    out[0], out[1] = math.degrees(lat), math.degrees(lon)
    ex, ey, ez, nx, ny, nz = axes_of(lat, lon)
    mx, my, mz = math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
    rise = wx * mx + wy * my + wz * mz
    # a step of one metre in range, or of one radian over rho, brought back to the surface by a turn in elevation
    p, q = (ax * mx + ay * my + az * mz) / rise, (gx * mx + gy * my + gz * mz) / rise
    ax, ay, az = ax - p * wx, ay - p * wy, az - p * wz
    gx, gy, gz = gx - q * wx, gy - q * wy, gz - q * wz
    rho = r * cos * math.exp(-s2 / 2)
    along = range_sd * range_sd * math.cosh(s2) + 2 * rho * rho * math.sinh(s2 / 2) ** 2
    across = (rho * rho + range_sd * range_sd) * math.sinh(s2)
    re, rn = ax * ex + ay * ey + az * ez, ax * nx + ay * ny + az * nz
    te, tn = gx * ex + gy * ey + gz * ez, gx * nx + gy * ny + gz * nz
    out[2] = along * re * re + across * te * te
    out[3] = along * re * rn + across * te * tn
    out[4] = along * rn * rn + across * tn * tn


@kernel
def plot_estimates(
    lat_deg: float, lon_deg: float, height: float, ranges: Array, bearings: Array, range_sd: float, bearing_sd: float
) -> Array:
    """(5, n): lat_deg, lon_deg, cov_ee, cov_en, cov_nn of plots on the surface seen by one radar; m, rad, m².

    >>> found = plot_estimates(0.0, 0.0, 0.0, np.array([10_000.0]), np.array([0.0]), 20.0, 0.001)
    >>> round(float(found[0, 0]), 5), round(float(found[2, 0]), 1), round(float(found[4, 0]), 1)
    (0.09044, 100.0, 400.0)
    """
    antenna = antenna_of(lat_deg, lon_deg, height)
    out, one = np.empty((5, len(ranges))), np.empty(5)
    for j in range(len(ranges)):
        estimate(antenna, height, ranges[j], bearings[j], range_sd, bearing_sd, one)
        for k in range(5):
            out[k, j] = one[k]
    return out
