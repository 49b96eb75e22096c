"""Lines of sight from above the sea: where they meet it, where things lie seen from there. WGS-84, no refraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import A, B, axes, ecef, from_ecef

Floats = NDArray[np.float64]


def met(
    lat_deg: float, lon_deg: float, height: float, azimuth: ArrayLike, elevation: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Where rays meet the ellipsoid: (lat_deg, lon_deg, distance m), NaN for those that pass over the horizon.

    >>> lat, lon, away = met(0.0, 0.0, 1000.0, 0.0, -np.pi / 2)
    >>> round(float(lat), 6), round(float(lon), 6), round(float(away), 3)
    (0.0, 0.0, 1000.0)
    """
    east, north, up = axes(lat_deg, lon_deg)
    az, el = np.asarray(azimuth, float)[..., None], np.asarray(elevation, float)[..., None]
    along = np.cos(el) * (np.sin(az) * east + np.cos(az) * north) + np.sin(el) * up
    scale = 1.0 / np.array([A, A, B])
    o, d = ecef(lat_deg, lon_deg, height) * scale, along * scale
    dd, od, oo = (d * d).sum(-1), (o * d).sum(-1), (o * o).sum(-1) - 1.0
    root = od * od - dd * oo
    with np.errstate(invalid="ignore"):
        away = np.where((root >= 0) & (od < 0), (-od - np.sqrt(np.maximum(root, 0.0))) / dd, np.nan)
    point = ecef(lat_deg, lon_deg, height) + away[..., None] * along
    lat, lon, _ = from_ecef(np.where(np.isfinite(point), point, ecef(lat_deg, lon_deg)))
    gone = ~np.isfinite(away)
    return np.where(gone, np.nan, lat), np.where(gone, np.nan, lon), np.asarray(away)


def seen_at(
    lat_deg: float,
    lon_deg: float,
    height: float,
    to_lat_deg: ArrayLike,
    to_lon_deg: ArrayLike,
    to_height: ArrayLike = 0.0,
) -> tuple[Floats, Floats, Floats]:
    """(azimuth, elevation, distance) of places, rad and m; what lies behind the horizon is not told apart here.

    >>> azimuth, elevation, away = seen_at(0.0, 0.0, 1000.0, 0.0, 0.05)
    >>> round(float(azimuth), 4), round(float(elevation), 3), round(float(away))
    (1.5708, -0.178, 5656)
    """
    east, north, up = axes(lat_deg, lon_deg)
    line = ecef(to_lat_deg, to_lon_deg, to_height) - ecef(lat_deg, lon_deg, height)
    away = np.linalg.norm(line, axis=-1)
    azimuth = np.arctan2(line @ east, line @ north) % (2 * np.pi)
    return np.asarray(azimuth), np.arcsin(line @ up / away), np.asarray(away)
