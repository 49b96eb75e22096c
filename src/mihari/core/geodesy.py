"""Latitudes and longitudes -> n-vectors, tangent planes, distances, plots, and back; WGS-84, whole arrays at once.

Arguments broadcast; vectors have a trailing axis of 3 (ECEF, m). Positions are degrees, latitude first; bearings are
radians clockwise from true north; returned longitudes lie in [-180, 180]. Nothing here knows a seam: the antimeridian
and the poles are ordinary places. *At a pole* east and north are those of the meridian whose longitude is given, as if
one stood a step away from the pole on it; longitude and bearing there only mean something together.

Ellipsoid: NIMA TR8350.2, table 3.1. n-vector: Gade, "A non-singular horizontal position representation", J. Navigation
63 (2010) 395-417.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesics import E2, MEAN_RADIUS, A, B, F, direct, great_circle, inverse

Floats = NDArray[np.float64]

__all__ = [
    "E2",
    "MEAN_RADIUS",
    "A",
    "B",
    "F",
    "TangentPlane",
    "axes",
    "direct",
    "ecef",
    "ellipse",
    "from_ecef",
    "from_plane",
    "great_circle",
    "inverse",
    "lat_lon",
    "lift",
    "n_vector",
    "plot_covariance",
    "plot_position",
    "polar_of",
    "rebase",
    "to_plane",
]


def _floats(value: ArrayLike) -> Floats:
    return np.asarray(value, dtype=np.float64)


def _dot(u: Floats, v: Floats) -> Floats:
    return u[..., 0] * v[..., 0] + u[..., 1] * v[..., 1] + u[..., 2] * v[..., 2]


def n_vector(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
    """Outward unit normals of the ellipsoid, (..., 3).

    >>> n_vector([0.0, 90.0], [90.0, 0.0]).round(9).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    lat, lon = np.radians(_floats(lat_deg)), np.radians(_floats(lon_deg))
    lat, lon = np.broadcast_arrays(lat, lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def lat_lon(normal: ArrayLike) -> tuple[Floats, Floats]:
    """Normals (..., 3), of any length, to (lat_deg, lon_deg); longitude 0 exactly at a pole.

    >>> lat, lon = lat_lon([0.0, -2.0, 0.0])
    >>> float(lat), float(lon)
    (0.0, -90.0)
    """
    n = _floats(normal)
    lat = np.degrees(np.arctan2(n[..., 2], np.hypot(n[..., 0], n[..., 1])))
    return lat, np.degrees(np.arctan2(n[..., 1], n[..., 0]))


def ecef(lat_deg: ArrayLike, lon_deg: ArrayLike, height: ArrayLike = 0.0) -> Floats:
    """Earth-centred, earth-fixed positions (..., 3) in m; `height` in m above the ellipsoid.

    >>> ecef(0.0, 0.0, 10.0).tolist(), round(float(ecef(90.0, 0.0)[2]), 4)
    ([6378147.0, 0.0, 0.0], 6356752.3142)
    """
    n = n_vector(lat_deg, lon_deg)
    prime = A / np.sqrt(1 - E2 * n[..., 2] ** 2)  # radius of curvature in the prime vertical
    h = _floats(height)
    return np.stack([(prime + h) * n[..., 0], (prime + h) * n[..., 1], (prime * (1 - E2) + h) * n[..., 2]], axis=-1)


def from_ecef(xyz: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """ECEF (..., 3) in m to (lat_deg, lon_deg, height in m).

    Bowring, "Transformation from spatial to geographical coordinates", Survey Review 23 (1976) 323-327, iterated three
    times: better than a micrometre from 100 km below the surface to geostationary orbit.

    >>> lat, lon, height = from_ecef([0.0, -6378137.0 - 25.0, 0.0])
    >>> float(lat), float(lon), float(height)
    (0.0, -90.0, 25.0)
    """
    p = _floats(xyz)
    x, y, z = p[..., 0], p[..., 1], p[..., 2]
    across = np.hypot(x, y)
    reduced = np.arctan2(A * z, B * across)
    lat = reduced
    for _ in range(3):
        lat = np.arctan2(z + E2 / (1 - E2) * B * np.sin(reduced) ** 3, across - E2 * A * np.cos(reduced) ** 3)
        reduced = np.arctan2((1 - F) * np.sin(lat), np.cos(lat))
    height = across * np.cos(lat) + z * np.sin(lat) - A * np.sqrt(1 - E2 * np.sin(lat) ** 2)
    return np.degrees(lat), np.degrees(np.arctan2(y, x)), height


def _surface_lat_lon(p: Floats) -> tuple[Floats, Floats]:
    """Like `from_ecef` for points on the ellipsoid, where it has a closed form."""
    lat = np.arctan2(p[..., 2], (1 - E2) * np.hypot(p[..., 0], p[..., 1]))
    return np.degrees(lat), np.degrees(np.arctan2(p[..., 1], p[..., 0]))


def axes(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """East, north and up unit vectors, each (..., 3) in ECEF; at a pole those of the meridian `lon_deg`.

    >>> east, north, up = axes(90.0, 0.0)
    >>> east.round(9).tolist(), north.round(9).tolist(), up.round(9).tolist()
    ([-0.0, 1.0, 0.0], [-1.0, -0.0, 0.0], [0.0, 0.0, 1.0])
    """
    lat, lon = np.broadcast_arrays(np.radians(_floats(lat_deg)), np.radians(_floats(lon_deg)))
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    east = np.stack([-sin_lon, cos_lon, np.zeros_like(lat)], axis=-1)
    north = np.stack([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat], axis=-1)
    return east, north, np.stack([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat], axis=-1)


@dataclass(frozen=True, slots=True)
class TangentPlane:
    """Planes that touch the ellipsoid at `origin`; points go to them along the origin's vertical (orthographic).

    origin: (..., 3) ECEF, m; east, north: (..., 3) unit vectors. Plane coordinates x, y are metres east and north at
    the origin. Lengths shrink by (d/R)²/2 along the direction from the origin: 5e-6 at 20 km, 2.4e-5 at 44 km.
    """

    origin: Floats
    east: Floats
    north: Floats

    @classmethod
    def at(cls, lat_deg: ArrayLike, lon_deg: ArrayLike) -> TangentPlane:
        """The planes at these positions on the ellipsoid."""
        east, north, _ = axes(lat_deg, lon_deg)
        return cls(ecef(lat_deg, lon_deg), east, north)

    @property
    def up(self) -> Floats:
        """(..., 3) unit vectors, outwards."""
        return np.cross(self.east, self.north)


def to_plane(plane: TangentPlane, xyz: ArrayLike) -> tuple[Floats, Floats]:
    """Points (..., 3) ECEF to plane coordinates (x, y) in m.

    >>> x, y = to_plane(TangentPlane.at(0.0, 180.0), ecef(0.0, -179.99))  # across the antimeridian
    >>> round(float(x), 1), round(float(y), 1)
    (1113.2, 0.0)
    """
    offset = _floats(xyz) - plane.origin
    return _dot(offset, plane.east), _dot(offset, plane.north)


def lift(plane: TangentPlane, x: ArrayLike, y: ArrayLike) -> Floats:
    """Plane coordinates in m to the point of the ellipsoid below or above them, (..., 3) ECEF; exact.

    NaN where the vertical misses the Earth (farther than an Earth radius from the origin).
    """
    x, y = _floats(x), _floats(y)
    point = plane.origin + x[..., None] * plane.east + y[..., None] * plane.north
    up = plane.up
    scale = np.array([1 / A, 1 / A, 1 / B])
    q, u = point * scale, up * scale
    # |q + t u| = 1, the root near the plane, in the form that does not cancel
    c, half_b, a = _dot(q, q) - 1, _dot(q, u), _dot(u, u)
    under = half_b**2 - a * c
    t = -c / (half_b + np.sqrt(np.where(under >= 0, under, np.nan)))
    return np.asarray(point + t[..., None] * up)


def from_plane(plane: TangentPlane, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Plane coordinates in m to (lat_deg, lon_deg) on the ellipsoid; the exact inverse of `to_plane`.

    >>> lat, lon = from_plane(TangentPlane.at(90.0, 0.0), 0.0, 1000.0)  # north of the pole lies the other side
    >>> round(float(lat), 4), abs(round(float(lon), 4))
    (89.991, 180.0)
    """
    return _surface_lat_lon(lift(plane, x, y))


def rebase(state: ArrayLike, covariance: ArrayLike, old: TangentPlane, new: TangentPlane) -> tuple[Floats, Floats]:
    """States and covariances of one set of planes in another, meridian convergence included.

    state: (..., 4) x, y, vx, vy in m, m/s; covariance: (..., 4, 4) in the same order. The position is carried exactly;
    velocity and covariance by the exact 2×2 derivative of plane to plane at that position, so going there and back
    gives the same numbers. What is left out: that derivative's change over the covariance's own extent, d/R² per
    metre for origins d apart (1e-8 over 100 m for 5 km).

    >>> here, there = TangentPlane.at(60.0, 20.0), TangentPlane.at(60.0, 21.0)
    >>> moved, _ = rebase([0.0, 0.0, 0.0, 10.0], np.eye(4), here, there)
    >>> round(float(np.degrees(np.arctan2(moved[2], moved[3]))), 2)  # sin 60° of a degree: north leans east there
    0.87
    """
    state, covariance = _floats(state), _floats(covariance)
    point = lift(old, state[..., 0], state[..., 1])
    jacobian = _plane_to_plane(old, new, point)
    x, y = to_plane(new, point)
    velocity = np.einsum("...ij,...j->...i", jacobian, state[..., 2:])
    blocks = np.zeros((*jacobian.shape[:-2], 4, 4))
    blocks[..., :2, :2] = blocks[..., 2:, 2:] = jacobian
    moved = np.concatenate([x[..., None], y[..., None], velocity], axis=-1)
    return moved, blocks @ covariance @ np.swapaxes(blocks, -1, -2)


def _plane_to_plane(old: TangentPlane, new: TangentPlane, point: Floats) -> Floats:
    """(..., 2, 2) derivative of new plane coordinates by old ones at surface points (..., 3)."""
    normal = point * np.array([1 / A**2, 1 / A**2, 1 / B**2])
    up = old.up
    rise = _dot(up, normal)
    # a step along the old axis, then along the old vertical back to the surface
    along_x = old.east - up * (_dot(old.east, normal) / rise)[..., None]
    along_y = old.north - up * (_dot(old.north, normal) / rise)[..., None]
    rows = [[_dot(axis, step) for step in (along_x, along_y)] for axis in (new.east, new.north)]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _radar_ray(
    radar_lat_deg: ArrayLike, radar_lon_deg: ArrayLike, radar_height: ArrayLike, bearing: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Antenna, horizontal unit vectors along and (clockwise) across the bearing, and up; each (..., 3)."""
    east, north, up = axes(radar_lat_deg, radar_lon_deg)
    turn = _floats(bearing)[..., None]
    along = np.sin(turn) * east + np.cos(turn) * north
    across = np.cos(turn) * east - np.sin(turn) * north
    return ecef(radar_lat_deg, radar_lon_deg, radar_height), along, across, up


def _plot_point(
    antenna: Floats, along: Floats, up: Floats, slant_range: Floats, height: Floats
) -> tuple[Floats, Floats]:
    """The point of the ray's vertical plane at `slant_range` and `height`, (..., 3), and its elevation in rad."""
    r = np.where(slant_range > 0, slant_range, np.nan)
    antenna_height = from_ecef(antenna)[2]
    sine = (height - antenna_height) / r - r / (2 * MEAN_RADIUS)
    elevation = np.arcsin(np.where(np.abs(sine) <= 1, sine, np.nan))
    point = antenna
    for _ in range(3):  # Newton; the sphere above starts within metres
        point = _on_ray(antenna, along, up, r, elevation)
        lat_deg, lon_deg, found = from_ecef(point)
        upwards = np.cos(elevation)[..., None] * up - np.sin(elevation)[..., None] * along
        elevation = elevation - (found - height) / (r * _dot(upwards, n_vector(lat_deg, lon_deg)))
    return _on_ray(antenna, along, up, r, elevation), elevation


def _on_ray(antenna: Floats, along: Floats, up: Floats, r: Floats, elevation: Floats) -> Floats:
    """Antenna + range along the elevated ray, (..., 3)."""
    return np.asarray(antenna + (r * np.cos(elevation))[..., None] * along + (r * np.sin(elevation))[..., None] * up)


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
    slant_range, bearing, height = _floats(slant_range), _floats(bearing), _floats(height)
    drop2 = (height - _floats(radar_height)) ** 2
    grown2 = (slant_range**2 - drop2) * np.exp(_floats(bearing_sd) ** 2) + drop2
    longer = np.where(_floats(bearing_sd) > 0, np.sqrt(np.maximum(grown2, 0.0)), slant_range)
    antenna, along, _, up = _radar_ray(radar_lat_deg, radar_lon_deg, radar_height, bearing)
    lat_deg, lon_deg, _ = from_ecef(_plot_point(antenna, along, up, longer, height)[0])
    return lat_deg, lon_deg


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
    slant_range, bearing, height = _floats(slant_range), _floats(bearing), _floats(height)
    antenna, along, across, up = _radar_ray(radar_lat_deg, radar_lon_deg, radar_height, bearing)
    point, elevation = _plot_point(antenna, along, up, slant_range, height)
    lat_deg, lon_deg, _ = from_ecef(point)
    east, north, normal = axes(lat_deg, lon_deg)
    rho = slant_range * np.cos(elevation)
    ray = (point - antenna) / slant_range[..., None]
    upwards = np.cos(elevation)[..., None] * up - np.sin(elevation)[..., None] * along
    # a step of one metre in range, or of one radian over rho, brought back to the surface by a turn in elevation
    by_range = ray - upwards * (_dot(ray, normal) / _dot(upwards, normal))[..., None]
    by_turn = across - upwards * (_dot(across, normal) / _dot(upwards, normal))[..., None]
    var_range, var_turn = _polar_spread(rho, _floats(range_sd), _floats(bearing_sd))
    re, rn, te, tn = (_dot(step, axis) for step in (by_range, by_turn) for axis in (east, north))
    return (
        var_range * re**2 + var_turn * te**2,
        var_range * re * rn + var_turn * te * tn,
        var_range * rn**2 + var_turn * tn**2,
    )


def _polar_spread(rho: Floats, range_sd: Floats, bearing_sd: Floats) -> tuple[Floats, Floats]:
    """Variances in m² along and across the ray of an unbiased conversion; expm1 keeps small bearing errors exact."""
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
    bearing = np.mod(np.arctan2(_dot(offset, east), _dot(offset, north)), 2 * np.pi)
    return np.sqrt(_dot(offset, offset)), bearing


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
    ee, en, nn = _floats(cov_ee), _floats(cov_en), _floats(cov_nn)
    middle, radius = (ee + nn) / 2, np.hypot((nn - ee) / 2, en)
    scale = -2 * np.log1p(-probability)
    major, minor = (np.sqrt(np.maximum(scale * v, 0.0)) for v in (middle + radius, middle - radius))
    return major, minor, np.mod(np.arctan2(2 * en, nn - ee) / 2, np.pi)
