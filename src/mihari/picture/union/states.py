"""Rows of several nodes -> their states at asked moments, each in the plane that touches the Earth where it then is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_at, frame_of, lift_of, rebase_at
from mihari.core.kernels import kernel
from mihari.core.shared import Shared
from mihari.picture.union.matrices import COVARIANCE, ahead, inverse, put, ten, turned
from mihari.picture.union.settings import UnionSettings
from mihari.tracks import TrackerSettings

TRACKER = TrackerSettings()


@dataclass(frozen=True, slots=True)
class States:
    """n states. frame: (n, 9) as in `geodesy_kernels`, m; velocity: (n, 2) east, north, m/s; covariance: (n, 10)."""

    frame: Array
    velocity: Array
    covariance: Array


@kernel
def _predict(
    lat_deg: Array, lon_deg: Array, velocity: Array, covariance: Array, dt: Array, noise: Array, frame: Array
) -> None:
    """In place: `velocity` and `covariance` after dt s, `frame` where that is. noise: q, swerves, acceleration, way."""
    for k in range(len(dt)):
        u, v = velocity[k, 0], velocity[k, 1]
        speed = u * u + v * v
        way = speed / (speed + noise[3] * noise[3])
        old = frame_of(math.radians(lat_deg[k]), math.radians(lon_deg[k]))
        x, y, z = lift_of(old, u * dt[k], v * dt[k])
        new = frame_at(x, y, z)
        _, _, a, b, c, d = rebase_at(old, new, x, y, z)
        moved = ahead(ten(covariance, k), dt[k], way * (noise[0] + noise[1] * speed), way * noise[2])
        put(covariance, k, turned(moved, a, b, c, d))
        velocity[k, 0], velocity[k, 1] = a * u + b * v, c * u + d * v
        for i in range(9):
            frame[k, i] = new[i]


@kernel
def sound_rows(covariance: Array) -> Array:
    """(n,) whether each row of ten is a covariance: finite and positive definite."""
    found = np.zeros(len(covariance), np.bool_)
    for k in range(len(covariance)):
        found[k] = inverse(ten(covariance, k))[1] > 0.0
    return found


def covariances(rows: Shared) -> Array:
    """(n, 10), in the order of `COVARIANCE`."""
    return np.column_stack([getattr(rows, name) for name in COVARIANCE])


def sound(rows: Shared) -> Array:
    """(n,) whether a row tells a place, a velocity and how sure both are."""
    fine = np.isfinite(rows.lat_deg) & np.isfinite(rows.lon_deg) & np.isfinite(rows.time)
    fine &= np.isfinite(rows.east_mps) & np.isfinite(rows.north_mps) & (np.abs(rows.lat_deg) <= 90.0)
    return np.asarray(fine & sound_rows(covariances(rows)))


def states_at(rows: Shared, time: Array, settings: UnionSettings) -> States:
    """The states of `rows` at `time` (n,), UTC s, nearly straight on."""
    velocity, covariance = np.column_stack([rows.east_mps, rows.north_mps]), covariances(rows)
    frame = np.empty((len(rows), 9))
    noise = np.array([TRACKER.acceleration, TRACKER.swerves, settings.acceleration, settings.way])
    _predict(rows.lat_deg, rows.lon_deg, velocity, covariance, time - rows.time, noise, frame)
    return States(frame, velocity, covariance)


def places(states: States) -> tuple[Array, Array]:
    """(lat_deg, lon_deg) where the states are."""
    from mihari.core.ellipsoid import surface_lat_lon

    return surface_lat_lon(states.frame[:, :3])
