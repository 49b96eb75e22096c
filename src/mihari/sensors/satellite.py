"""A satellite that listens to AIS -> where it is, how far it hears, whom it finds among many, and how late it tells.

Circular orbit around a turning sphere: good to some tens of km over a day, for planning and simulation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.sensors.ais_slots import SATELLITE_OVERLAP, survival

Floats = NDArray[np.float64]

EARTH_RADIUS = 6371e3  # m, mean
GRAVITY = 3.986004418e14  # m³/s², WGS 84
EARTH_TURN = 7.2921151e-5  # rad/s, WGS 84
DECODED = 0.9  # of messages that meet no other: polarisation turns and antennas fade; assumed


@dataclass(frozen=True, slots=True)
class Satellite:
    """An orbit: height m, inclination rad; at `epoch` (UTC s) it crosses the equator northward at longitude `node_deg`.

    >>> round(Satellite().period / 60, 1), round(Satellite().footprint / 1000)
    (97.2, 2723)
    """

    altitude: float = 630e3
    inclination: float = math.radians(98.0)  # sun-synchronous, as most satellites with AIS
    node_deg: float = 0.0
    epoch: float = 0.0

    @property
    def period(self) -> float:
        """Seconds a turn."""
        return 2 * math.pi * math.sqrt((EARTH_RADIUS + self.altitude) ** 3 / GRAVITY)

    @property
    def footprint(self) -> float:
        """Distance in m along the Earth at which it is on the horizon."""
        return EARTH_RADIUS * math.acos(EARTH_RADIUS / (EARTH_RADIUS + self.altitude))

    def place(self, time: ArrayLike) -> tuple[Floats, Floats]:
        """(lat_deg, lon_deg) below it at UTC s.

        >>> [x.round(6).item() for x in Satellite(node_deg=20.0, epoch=100.0).place(100.0)]
        [0.0, 20.0]
        """
        since = np.asarray(time, dtype=np.float64) - self.epoch
        along = 2 * math.pi * since / self.period
        lat = np.arcsin(math.sin(self.inclination) * np.sin(along))
        lon = np.arctan2(math.cos(self.inclination) * np.sin(along), np.cos(along)) - EARTH_TURN * since
        return np.degrees(lat), np.mod(np.degrees(lon) + self.node_deg + 180.0, 360.0) - 180.0

    def distance(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike) -> Floats:
        """Distance in m along the Earth from the point below it; broadcasts."""
        below_lat, below_lon = self.place(time)
        p, q = np.radians(below_lat), np.radians(np.asarray(lat_deg, dtype=np.float64))
        apart = np.radians(np.asarray(lon_deg, dtype=np.float64) - below_lon)
        half = np.sin((p - q) / 2) ** 2 + np.cos(p) * np.cos(q) * np.sin(apart / 2) ** 2
        return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1))))

    def in_view(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike) -> NDArray[np.bool_]:
        """Whether it stands above the horizon there."""
        return np.asarray(self.distance(lat_deg, lon_deg, time) < self.footprint)

    def passes(
        self, lat_deg: float, lon_deg: float, start: float, end: float, step: float = 10.0
    ) -> list[tuple[float, float]]:
        """(rise, set) of each pass over a place between two times, UTC s, to `step` s; those under way are cut."""
        times = np.arange(start, end + step, step)
        seen = np.concatenate([[False], self.in_view(lat_deg, lon_deg, times), [False]])
        changes = np.flatnonzero(np.diff(seen.astype(np.int8)))
        return [(float(times[a]), float(times[b - 1])) for a, b in changes.reshape(-1, 2).tolist()]

    def told_at(self, heard: float, lat_deg: float, lon_deg: float, within: float = 86400.0) -> float:
        """When a message heard at `heard` (UTC s) reaches the ground station at that place: at its next pass there.

        NaN if there is none within that many seconds. The lag of services is of this kind: minutes to hours.
        """
        coming = self.passes(lat_deg, lon_deg, heard, heard + within)
        return coming[0][0] if coming else math.nan


def found_probability(vessels: ArrayLike, interval: ArrayLike, in_view: ArrayLike, decoded: float = DECODED) -> Floats:
    """Chance that at least one message of a vessel is decoded in a pass.

    vessels: in the footprint; interval: mean s between their messages; in_view: s. Slots over a footprint of many cells
    are as good as random: each message survives with exp(-(1 + overlap) vessels / interval / 75).

    >>> found_probability([900.0, 5_000.0], 6.0, 900.0, decoded=1.0).round(3).tolist()
    [0.994, 0.0]
    """
    v, every = np.asarray(vessels, dtype=np.float64), np.asarray(interval, dtype=np.float64)
    one = decoded * survival(v * 60.0 / every, SATELLITE_OVERLAP)
    return np.asarray(1 - (1 - one) ** (np.asarray(in_view, dtype=np.float64) / every))
