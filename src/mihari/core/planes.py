"""Positions -> coordinates in planes that touch the ellipsoid, and back; states carried from plane to plane.

Used through `mihari.core.geodesy`, which exports these names and says what holds for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mihari.core.ellipsoid import A, B, Floats, axes, dot, ecef, floats, surface_lat_lon


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
    offset = floats(xyz) - plane.origin
    return dot(offset, plane.east), dot(offset, plane.north)


def lift(plane: TangentPlane, x: ArrayLike, y: ArrayLike) -> Floats:
    """Plane coordinates in m to the point of the ellipsoid below or above them, (..., 3) ECEF; exact.

    NaN where the vertical misses the Earth (farther than an Earth radius from the origin).
    """
    x, y = floats(x), floats(y)
    point = plane.origin + x[..., None] * plane.east + y[..., None] * plane.north
    up = plane.up
    scale = np.array([1 / A, 1 / A, 1 / B])
    q, u = point * scale, up * scale
    # |q + t u| = 1, the root near the plane, in the form that does not cancel
    c, half_b, a = dot(q, q) - 1, dot(q, u), dot(u, u)
    under = half_b**2 - a * c
    t = -c / (half_b + np.sqrt(np.where(under >= 0, under, np.nan)))
    return np.asarray(point + t[..., None] * up)


def from_plane(plane: TangentPlane, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Plane coordinates in m to (lat_deg, lon_deg) on the ellipsoid; the exact inverse of `to_plane`.

    >>> lat, lon = from_plane(TangentPlane.at(90.0, 0.0), 0.0, 1000.0)  # north of the pole lies the other side
    >>> round(float(lat), 4), abs(round(float(lon), 4))
    (89.991, 180.0)
    """
    return surface_lat_lon(lift(plane, x, y))


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
    state, covariance = floats(state), floats(covariance)
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
    rise = dot(up, normal)
    # a step along the old axis, then along the old vertical back to the surface
    along_x = old.east - up * (dot(old.east, normal) / rise)[..., None]
    along_y = old.north - up * (dot(old.north, normal) / rise)[..., None]
    rows = [[dot(axis, step) for step in (along_x, along_y)] for axis in (new.east, new.north)]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
