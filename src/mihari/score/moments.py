"""Truth and tracks of one moment, as the judge sees them: who was there, who in cover, what was believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array, column
from mihari.core.tracks import Believed, TrackStatus, Truth


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
    east, north, _ = geodesy.axes(confirmed.lat_deg, confirmed.lon_deg)
    way = confirmed.east_mps[:, None] * east + confirmed.north_mps[:, None] * north
    moved = geodesy.ecef(confirmed.lat_deg, confirmed.lon_deg) + dt[:, None] * way
    lat_deg, lon_deg = geodesy.from_ecef(moved)[:2]
    return confirmed.replace(time=np.full(len(confirmed), time), lat_deg=lat_deg, lon_deg=lon_deg)


def between(before: Sailed, after: Sailed, time: float) -> Sailed:
    """The truth at `time` from that at two times around it, linear; vessels that are in both.

    What is not a number that grows (cover, MMSI) is that of the nearer time.

    >>> first = Sailed.of(1, time=0.0, vessel=7, lat_deg=0.0, lon_deg=179.9, east_mps=5.0, north_mps=0.0)
    >>> second = Sailed.of(1, time=2.0, vessel=7, lat_deg=0.0, lon_deg=-179.9, east_mps=6.0, north_mps=0.0)
    >>> half = between(first, second, 1.0)
    >>> abs(float(half.lon_deg[0])), half.east_mps.tolist()
    (180.0, [5.5])
    """
    _, i, j = np.intersect1d(before.vessel, after.vessel, assume_unique=True, return_indices=True)
    first, second = before.take(i), after.take(j)
    if len(first) == 0:
        return first
    share = (time - first.time) / np.maximum(second.time - first.time, 1e-9)

    def mixed(a: Array, b: Array) -> Array:
        return np.asarray(a + share * (b - a))

    across = (second.lon_deg - first.lon_deg + 180.0) % 360.0 - 180.0
    near = first if share[0] <= 0.5 else second
    return near.replace(
        time=np.full(len(first), time),
        lat_deg=mixed(first.lat_deg, second.lat_deg),
        lon_deg=(first.lon_deg + share * across + 180.0) % 360.0 - 180.0,
        east_mps=mixed(first.east_mps, second.east_mps),
        north_mps=mixed(first.north_mps, second.north_mps),
    )
