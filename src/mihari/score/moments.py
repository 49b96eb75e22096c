"""Truth and tracks of one moment, as the judge sees them: who was there, who in cover, what was believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array, column
from mihari.core.tracks import Believed, Tracks, TrackStatus, Truth


@dataclass(frozen=True, slots=True)
class Sailed(Truth):
    """The truth with what the judge needs beside it; `cover` has bit k set where radar k could see the vessel."""

    cover: Array = column("i8", 1)  # a truth that tells no cover: all are judged
    mmsi: Array = column("i4", 0)  # 0: no AIS


@dataclass(frozen=True, slots=True)
class Moment:
    """`truth`: every vessel at `time`, in cover or not; `tracks`: the confirmed ones, moved to `time`."""

    time: float  # UTC s
    truth: Sailed
    tracks: Believed

    @property
    def covered(self) -> Array:
        """Which rows of the truth some radar could see."""
        mask: Array = self.truth.cover != 0
        return mask


def believed_at(tracks: Believed, time: float) -> Believed:
    """The confirmed tracks, each moved along its velocity from its own time to `time` (UTC s).

    >>> one = Believed.of(1, time=9.0, lat_deg=0.0, lon_deg=0.0, east_mps=0.0, north_mps=10.0, status=1)
    >>> round(float(believed_at(one, 10.0).lat_deg[0]) * 110574.3, 1)
    10.0
    """
    confirmed = tracks.take(tracks.status == TrackStatus.CONFIRMED)
    dt = time - confirmed.time
    if not np.any(dt):
        return confirmed
    lat_deg, lon_deg = geodesy.from_ecef(_place(confirmed) + dt[:, None] * _way(confirmed))[:2]
    return confirmed.replace(time=np.full(len(confirmed), time), lat_deg=lat_deg, lon_deg=lon_deg)


def between(before: Sailed, after: Sailed, time: float) -> Sailed:
    """The truth at `time` between two others: the cubic through both places and velocities; vessels in both.

    What does not grow (cover, MMSI) is that of the nearer time.

    >>> first = Sailed.of(1, time=0.0, vessel=7, lat_deg=0.0, lon_deg=179.9999, east_mps=11.132, north_mps=0.0)
    >>> half = between(first, first.replace(time=[2.0], lon_deg=[-179.9999]), 1.0)
    >>> abs(round(float(half.lon_deg[0]), 6)), round(float(half.east_mps[0]), 2)
    (180.0, 11.13)
    """
    _, i, j = np.intersect1d(before.vessel, after.vessel, assume_unique=True, return_indices=True)
    first, second = before.take(i), after.take(j)
    if len(first) == 0:
        return first
    span = second.time - first.time
    s, t = ((time - first.time) / span)[:, None], span[:, None]
    p, q, u, v = _place(first), _place(second), _way(first), _way(second)
    place = p + s**2 * (3 - 2 * s) * (q - p) + t * (s * (1 - s) ** 2 * u - s**2 * (1 - s) * v)
    way = 6 * s * (1 - s) * (q - p) / t + (1 - 4 * s + 3 * s**2) * u + (3 * s**2 - 2 * s) * v
    lat_deg, lon_deg = geodesy.from_ecef(place)[:2]
    east, north, _ = geodesy.axes(lat_deg, lon_deg)
    near = first if s[0, 0] <= 0.5 else second
    return near.replace(
        time=np.full(len(near), time), lat_deg=lat_deg, lon_deg=lon_deg,
        east_mps=(way * east).sum(1), north_mps=(way * north).sum(1),
    )  # fmt: skip


def _place(rows: Truth | Tracks) -> Array:
    """(n, 3) ECEF, m."""
    return geodesy.ecef(rows.lat_deg, rows.lon_deg).reshape(-1, 3)


def _way(rows: Truth | Tracks) -> Array:
    """(n, 3) velocity, ECEF, m/s."""
    east, north, _ = geodesy.axes(rows.lat_deg, rows.lon_deg)
    return np.asarray(rows.east_mps[:, None] * east + rows.north_mps[:, None] * north)
