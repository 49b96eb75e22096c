"""Slant range and bearing -> a plot's position with its covariance, and back; exact on the ellipsoid.

Used through `mihari.core.geodesy`, which exports these names and says what holds for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mihari.core.ellipsoid import (
    MEAN_RADIUS,
    A,
    B,
    Floats,
    axes,
    dot,
    ecef,
    floats,
    from_ecef,
    n_vector,
    surface_lat_lon,
)


@dataclass(frozen=True, slots=True)
class _Ray:
    """Rays from antennas: all a plot's geometry needs; vectors (..., 3), the rest (...,)."""

    antenna: Floats
    along: Floats
    across: Floats
    up: Floats
    slant_range: Floats
    elevation: Floats

    @property
    def point(self) -> Floats:
        """Where the ray ends, ECEF."""
        flat, rise = self.slant_range * np.cos(self.elevation), self.slant_range * np.sin(self.elevation)
        return np.asarray(self.antenna + flat[..., None] * self.along + rise[..., None] * self.up)

    @property
    def upwards(self) -> Floats:
        """Unit vectors in which the ends move when the elevation grows."""
        turned = np.cos(self.elevation)[..., None] * self.up - np.sin(self.elevation)[..., None] * self.along
        return np.asarray(turned)


def _ray(
    radar_lat_deg: ArrayLike,
    radar_lon_deg: ArrayLike,
    radar_height: ArrayLike,
    slant_range: Floats,
    bearing: ArrayLike,
    height: Floats,
) -> _Ray:
    """The ray along `bearing` that ends at `height`; NaN elevation where there is none."""
    east, north, up = axes(radar_lat_deg, radar_lon_deg)
    turn = floats(bearing)
    sine, cosine = np.sin(turn)[..., None], np.cos(turn)[..., None]
    along, across = sine * east + cosine * north, cosine * east - sine * north
    antenna = ecef(radar_lat_deg, radar_lon_deg, radar_height)
    r = np.where(slant_range > 0, slant_range, np.nan)
    elevation = _elevation(antenna, along, up, r, floats(radar_height), height)
    ray = _Ray(antenna, along, across, up, r, elevation)
    if not np.any(height):
        return ray
    # the surface at a height is not quite an ellipsoid: one step with the true height
    lat_deg, lon_deg, found = from_ecef(ray.point)
    rise = r * dot(ray.upwards, n_vector(lat_deg, lon_deg))
    return _Ray(antenna, along, across, up, r, elevation - (found - height) / rise)


def _elevation(antenna: Floats, along: Floats, up: Floats, r: Floats, radar_height: Floats, height: Floats) -> Floats:
    """Elevation in rad at which a ray of length r ends on the ellipsoid with semi-axes A + height, B + height."""
    scale = 1 / np.stack([A + height, A + height, B + height], axis=-1)
    a, f, u = antenna * scale, along * scale, up * scale
    aa, af, au, ff, fu, uu = dot(a, a) - 1, dot(a, f), dot(a, u), dot(f, f), dot(f, u), dot(u, u)
    sine = (height - radar_height) / r - r / (2 * MEAN_RADIUS)  # on a sphere: within metres
    elevation = np.arcsin(np.where(np.abs(sine) <= 1, sine, np.nan))
    for _ in range(2):  # Newton on |scaled point|² = 1
        sin, cos = np.sin(elevation), np.cos(elevation)
        flat, rise = r * cos, r * sin
        over = aa + flat * (ff * flat + 2 * (af + fu * rise)) + rise * (uu * rise + 2 * au)
        slope = 2 * (cos * (au + fu * flat + uu * rise) - sin * (af + fu * rise + ff * flat)) * r
        elevation = elevation - over / slope
    return np.asarray(elevation)


def _unbiased(slant_range: ArrayLike, radar_height: ArrayLike, bearing_sd: ArrayLike, height: ArrayLike) -> Floats:
    """Slant ranges lengthened so that bearing noise leaves the mean position where it is."""
    r, s2 = floats(slant_range), floats(bearing_sd) ** 2
    if not np.any(s2 > 0):
        return r
    drop2 = (floats(height) - floats(radar_height)) ** 2
    return np.asarray(np.sqrt(np.maximum(r**2 + (r**2 - drop2) * np.expm1(np.nan_to_num(s2)), 0.0)))


def _ray_end(ray: _Ray, height: Floats) -> tuple[Floats, Floats]:
    """(lat_deg, lon_deg) of where rays end; in closed form where all of them end on the ellipsoid."""
    return from_ecef(ray.point)[:2] if np.any(height) else surface_lat_lon(ray.point)


def plot_position(
    radar_lat_deg: ArrayLike,
    radar_lon_deg: ArrayLike,
    radar_height: ArrayLike,
    slant_range: ArrayLike,
    bearing: ArrayLike,
    height: ArrayLike = 0.0,
    bearing_sd: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Where a radar's plot lies: (lat_deg, lon_deg) of the point at `slant_range` m, `bearing` rad and `height` m.

    Exact on the ellipsoid (straight ray; refraction lengthens a slant range by < 0.05 % only). NaN where the range is
    shorter than the difference of heights. Given `bearing_sd` rad, the position is the unbiased one: bearing noise
    draws the mean plot towards the radar by exp(-σ²/2), which is undone (Longbin et al., "Unbiased converted
    measurements for tracking", IEEE T-AES 34 (1998) 1023-1027): 0.6 m at 44 km for 0.3°, 27 m for 2°.

    >>> lat, lon = plot_position(0.0, 0.0, 0.0, 1000.0, 0.0)
    >>> round(float(lat) * 110574.3 , 1), abs(round(float(lon), 9))  # m per degree of latitude at the equator
    (1000.0, 0.0)
    """
    at = floats(height)
    longer = _unbiased(slant_range, radar_height, bearing_sd, at)
    return _ray_end(_ray(radar_lat_deg, radar_lon_deg, radar_height, longer, bearing, at), at)


def plot_covariance(
    radar_lat_deg: ArrayLike,
    radar_lon_deg: ArrayLike,
    radar_height: ArrayLike,
    slant_range: ArrayLike,
    bearing: ArrayLike,
    range_sd: ArrayLike,
    bearing_sd: ArrayLike,
    height: ArrayLike = 0.0,
) -> tuple[Floats, Floats, Floats]:
    """Covariance (cov_ee, cov_en, cov_nn) in m² of a plot's position, in the east-north frame of the *plot itself*.

    The frame is that of the plot's own meridian, turned from the radar's by the convergence (0.7° at 24 NM on 60° N)
    and by geodesic curvature. Derivatives are exact on the ellipsoid; the spread of large bearing errors along the
    range is included (Longbin et al. 1998, eq. 12), so that with `plot_position(..., bearing_sd=...)` the pair is
    consistent for σ up to 10°. range_sd in m, bearing_sd in rad.

    >>> east, cross, north = plot_covariance(0.0, 0.0, 0.0, 10_000.0, 0.0, 20.0, 0.001)
    >>> round(float(east), 1), abs(round(float(cross), 6)), round(float(north), 1)  # (10 km · 1 mrad)², 20²
    (100.0, 0.0, 400.0)
    """
    at = floats(height)
    ray = _ray(radar_lat_deg, radar_lon_deg, radar_height, floats(slant_range), bearing, at)
    return _spread(ray, _ray_end(ray, at), floats(range_sd), floats(bearing_sd), 1.0)


def plot_estimate(
    radar_lat_deg: ArrayLike,
    radar_lon_deg: ArrayLike,
    radar_height: ArrayLike,
    slant_range: ArrayLike,
    bearing: ArrayLike,
    range_sd: ArrayLike,
    bearing_sd: ArrayLike,
    height: ArrayLike = 0.0,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Unbiased `plot_position` and `plot_covariance` in one go: (lat_deg, lon_deg, cov_ee, cov_en, cov_nn).

    >>> lat, lon, east, cross, north = plot_estimate(0.0, 0.0, 0.0, 10_000.0, 0.0, 20.0, 0.001)
    >>> round(float(lat), 5), round(float(east), 1), round(float(north), 1)
    (0.09044, 100.0, 400.0)
    """
    at, sd = floats(height), floats(bearing_sd)
    longer = _unbiased(slant_range, radar_height, sd, at)
    ray = _ray(radar_lat_deg, radar_lon_deg, radar_height, longer, bearing, at)
    position = _ray_end(ray, at)
    return *position, *_spread(ray, position, floats(range_sd), sd, np.exp(-(sd**2) / 2))


def _spread(
    ray: _Ray, position: tuple[Floats, Floats], range_sd: Floats, bearing_sd: Floats, measured: Floats | float
) -> tuple[Floats, Floats, Floats]:
    """Covariance at the ends of rays; `measured`: the measured range as a share of the ray's."""
    east, north, normal = axes(*position)
    ray_axis = (ray.point - ray.antenna) / ray.slant_range[..., None]
    upwards = ray.upwards
    rise = dot(upwards, normal)
    # a step of one metre in range, or of one radian over rho, brought back to the surface by a turn in elevation
    by_range = ray_axis - upwards * (dot(ray_axis, normal) / rise)[..., None]
    by_turn = ray.across - upwards * (dot(ray.across, normal) / rise)[..., None]
    rho = ray.slant_range * np.cos(ray.elevation) * measured
    var_range, var_turn = _polar_spread(rho, range_sd, bearing_sd)
    re, rn, te, tn = (dot(step, axis) for step in (by_range, by_turn) for axis in (east, north))
    return (
        var_range * re**2 + var_turn * te**2,
        var_range * re * rn + var_turn * te * tn,
        var_range * rn**2 + var_turn * tn**2,
    )


def _polar_spread(rho: Floats, range_sd: Floats, bearing_sd: Floats) -> tuple[Floats, Floats]:
    """Variances in m² along and across the ray of an unbiased conversion, in forms that keep small errors exact."""
    s2 = bearing_sd**2
    # exp(s2)·(1 ± exp(-2 s2))/2 is cosh and sinh of s2; cosh - 1 = 2 sinh²(s2/2)
    along = range_sd**2 * np.cosh(s2) + 2 * rho**2 * np.sinh(s2 / 2) ** 2
    return along, (rho**2 + range_sd**2) * np.sinh(s2)


def polar_of(
    radar_lat_deg: ArrayLike,
    radar_lon_deg: ArrayLike,
    radar_height: ArrayLike,
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    height: ArrayLike = 0.0,
) -> tuple[Floats, Floats]:
    """Slant range in m and bearing in rad, [0, 2π), at which a radar measures a point; inverse of `plot_position`.

    >>> slant_range, bearing = polar_of(0.0, 0.0, 0.0, 0.0, -0.01)
    >>> round(float(slant_range), 2), float(np.degrees(bearing))
    (1113.19, 270.0)
    """
    east, north, _ = axes(radar_lat_deg, radar_lon_deg)
    offset = ecef(lat_deg, lon_deg, height) - ecef(radar_lat_deg, radar_lon_deg, radar_height)
    bearing = np.mod(np.arctan2(dot(offset, east), dot(offset, north)), 2 * np.pi)
    return np.sqrt(dot(offset, offset)), bearing


def ellipse(
    cov_ee: ArrayLike, cov_en: ArrayLike, cov_nn: ArrayLike, probability: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """The ellipse that holds a Gaussian position with `probability`: semi-axes in m and the major one's direction.

    Returns (semi_major, semi_minor, orientation in rad clockwise from north, [0, π)). In two dimensions the chi-square
    quantile is -2 ln(1 - p).

    >>> major, minor, turn = ellipse(400.0, 0.0, 100.0, 1 - np.exp(-0.5))  # one sigma
    >>> round(float(major), 9), round(float(minor), 9), float(np.degrees(turn))
    (20.0, 10.0, 90.0)
    """
    ee, en, nn = floats(cov_ee), floats(cov_en), floats(cov_nn)
    middle, radius = (ee + nn) / 2, np.hypot((nn - ee) / 2, en)
    scale = -2 * np.log1p(-probability)
    major, minor = (np.sqrt(np.maximum(scale * v, 0.0)) for v in (middle + radius, middle - radius))
    return major, minor, np.mod(np.arctan2(2 * en, nn - ee) / 2, np.pi)
