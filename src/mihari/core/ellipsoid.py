"""Latitudes and longitudes -> n-vectors, ECEF positions and axes, and back; the ellipsoid of WGS-84.

Used through `mihari.core.geodesy`, which exports these names and says what holds for all of them.
Ellipsoid: NIMA TR8350.2, table 3.1. n-vector: Gade, "A non-singular horizontal position representation", J. Navigation
63 (2010) 395-417.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

A = 6378137.0  # m, semi-major axis
F = 1 / 298.257223563  # flattening
B = A * (1 - F)  # m, semi-minor axis
E2 = F * (2 - F)  # first eccentricity squared
MEAN_RADIUS = (2 * A + B) / 3  # m, 6371008.77


def floats(value: ArrayLike) -> Floats:
    """As an array of float64."""
    return np.asarray(value, dtype=np.float64)


def dot(u: Floats, v: Floats) -> Floats:
    """Scalar products over the trailing axis of 3."""
    return u[..., 0] * v[..., 0] + u[..., 1] * v[..., 1] + u[..., 2] * v[..., 2]


def n_vector(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
    """Outward unit normals of the ellipsoid, (..., 3).

    >>> n_vector([0.0, 90.0], [90.0, 0.0]).round(9).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    lat, lon = np.radians(floats(lat_deg)), np.radians(floats(lon_deg))
    lat, lon = np.broadcast_arrays(lat, lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def lat_lon(normal: ArrayLike) -> tuple[Floats, Floats]:
    """Normals (..., 3), of any length, to (lat_deg, lon_deg); longitude 0 exactly at a pole.

    >>> lat, lon = lat_lon([0.0, -2.0, 0.0])
    >>> float(lat), float(lon)
    (0.0, -90.0)
    """
    n = floats(normal)
    lat = np.degrees(np.arctan2(n[..., 2], np.hypot(n[..., 0], n[..., 1])))
    return lat, np.degrees(np.arctan2(n[..., 1], n[..., 0]))


def ecef(lat_deg: ArrayLike, lon_deg: ArrayLike, height: ArrayLike = 0.0) -> Floats:
    """Earth-centred, earth-fixed positions (..., 3) in m; `height` in m above the ellipsoid.

    >>> ecef(0.0, 0.0, 10.0).tolist(), round(float(ecef(90.0, 0.0)[2]), 4)
    ([6378147.0, 0.0, 0.0], 6356752.3142)
    """
    n = n_vector(lat_deg, lon_deg)
    prime = A / np.sqrt(1 - E2 * n[..., 2] ** 2)  # radius of curvature in the prime vertical
    h = floats(height)
    return np.stack([(prime + h) * n[..., 0], (prime + h) * n[..., 1], (prime * (1 - E2) + h) * n[..., 2]], axis=-1)


def from_ecef(xyz: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """ECEF (..., 3) in m to (lat_deg, lon_deg, height in m).

    Bowring, "Transformation from spatial to geographical coordinates", Survey Review 23 (1976) 323-327, iterated three
    times: better than a micrometre from 100 km below the surface to geostationary orbit.

    >>> lat, lon, height = from_ecef([0.0, -6378137.0 - 25.0, 0.0])
    >>> float(lat), float(lon), float(height)
    (0.0, -90.0, 25.0)
    """
    p = floats(xyz)
    x, y, z = p[..., 0], p[..., 1], p[..., 2]
    across = np.hypot(x, y)
    reduced = np.arctan2(A * z, B * across)
    lat = reduced
    for _ in range(3):
        lat = np.arctan2(z + E2 / (1 - E2) * B * np.sin(reduced) ** 3, across - E2 * A * np.cos(reduced) ** 3)
        reduced = np.arctan2((1 - F) * np.sin(lat), np.cos(lat))
    height = across * np.cos(lat) + z * np.sin(lat) - A * np.sqrt(1 - E2 * np.sin(lat) ** 2)
    return np.degrees(lat), np.degrees(np.arctan2(y, x)), height


def surface_lat_lon(p: Floats) -> tuple[Floats, Floats]:
    """Like `from_ecef` for points on the ellipsoid, where it has a closed form."""
    lat = np.arctan2(p[..., 2], (1 - E2) * np.hypot(p[..., 0], p[..., 1]))
    return np.degrees(lat), np.degrees(np.arctan2(p[..., 1], p[..., 0]))


def axes(lat_deg: ArrayLike, lon_deg: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """East, north and up unit vectors, each (..., 3) in ECEF; at a pole those of the meridian `lon_deg`.

    >>> east, north, up = axes(90.0, 0.0)
    >>> east.round(9).tolist(), north.round(9).tolist(), up.round(9).tolist()
    ([-0.0, 1.0, 0.0], [-1.0, -0.0, 0.0], [0.0, 0.0, 1.0])
    """
    lat, lon = np.broadcast_arrays(np.radians(floats(lat_deg)), np.radians(floats(lon_deg)))
    sin_lat, cos_lat, sin_lon, cos_lon = np.sin(lat), np.cos(lat), np.sin(lon), np.cos(lon)
    east = np.stack([-sin_lon, cos_lon, np.zeros_like(lat)], axis=-1)
    north = np.stack([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat], axis=-1)
    return east, north, np.stack([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat], axis=-1)
