"""Places -> where this node's AIS stations and radars are sure to hear and see: without it dark is not "not looked".

By the sensors' own physics, on the careful side: AIS cover is where a class B device, low and weak, is heard nine times
in ten; radar cover is where a small ship's hull stands well above the horizon and no land is in between.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from mihari.coast.land import LandMask
from mihari.coast.shadow import land_shadow
from mihari.core.columns import Array
from mihari.core.geodesy import polar_of
from mihari.core.sensor import Sensor, SensorKind
from mihari.sensors.ais_link import LinkCurve
from mihari.sensors.horizon import horizon

AIS_SURE = 0.9  # of the messages of a class B device with its antenna 4 m up
ANTENNA_M = 4.0
HULL_M = 8.0  # above the water: a ship of some 40 m
OF_RANGE = 0.85  # of a radar's reach and of the horizon: nearer to them hulls come and go
OWN_GROUND_M = 3000.0  # land nearer than that does not hide the sea from a radar on a hill
BEARINGS = 720
MOST_PLACES = 20_000  # of which is remembered who is sure to hear there
RING_M = 2000.0  # around an antenna that nobody sees into


class Cover:
    """Of the sensors whose places are known.

    >>> cover = Cover([Sensor(0, "s", SensorKind.AIS, 26.0, 127.0, 100.0)])
    >>> cover.ais(np.array([26.1, 27.5]), np.array([127.0, 127.0])).tolist()
    [True, False]
    """

    def __init__(self, sensors: Iterable[Sensor] = (), land: LandMask | None = None) -> None:
        placed = [s for s in sensors if s.placed]
        self.stations = tuple(s for s in placed if s.kind == SensorKind.AIS)
        self.radars = tuple(s for s in placed if s.kind == SensorKind.RADAR)
        self._curves = [LinkCurve(max(s.height, 1.0), ANTENNA_M, class_b=True) for s in self.stations]
        self._reach = [OF_RANGE * min(s.range_max, float(horizon(max(s.height, 1.0), HULL_M))) for s in self.radars]
        self._sure: dict[tuple[float, float], list[int]] = {}
        bearings = np.arange(BEARINGS) * (2 * math.pi / BEARINGS)
        self._shadow = [
            np.full(BEARINGS, np.inf)
            if land is None
            else land_shadow(land, s.lat_deg, s.lon_deg, bearings, reach, OWN_GROUND_M)
            for s, reach in zip(self.radars, self._reach, strict=True)
        ]

    def ais(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) whether some AIS station is sure to hear a vessel there."""
        sure = np.zeros(len(lat_deg), np.bool_)
        for station, curve in zip(self.stations, self._curves, strict=True):
            distance, _ = polar_of(station.lat_deg, station.lon_deg, 0.0, lat_deg, lon_deg)
            sure |= curve(distance) >= AIS_SURE
        return sure

    def sure_stations(self, lat_deg: float, lon_deg: float) -> list[int]:
        """The indices of the AIS stations that are sure to hear a vessel at a place; asked often for the same ones."""
        if (lat_deg, lon_deg) not in self._sure:
            if len(self._sure) >= MOST_PLACES:
                self._sure.clear()
            self._sure[lat_deg, lon_deg] = self._sure_stations(lat_deg, lon_deg)
        return self._sure[lat_deg, lon_deg]

    def _sure_stations(self, lat_deg: float, lon_deg: float) -> list[int]:
        found = []
        for station, curve in zip(self.stations, self._curves, strict=True):
            distance, _ = polar_of(station.lat_deg, station.lon_deg, 0.0, [lat_deg], [lon_deg])
            if float(curve(distance)[0]) >= AIS_SURE:
                found.append(station.index)
        return found

    def radar(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) whether some radar is sure to see a ship there."""
        sure = np.zeros(len(lat_deg), np.bool_)
        for radar, reach, shadow in zip(self.radars, self._reach, self._shadow, strict=True):
            distance, bearing = polar_of(radar.lat_deg, radar.lon_deg, radar.height, lat_deg, lon_deg)
            at = np.round(bearing / (2 * math.pi / BEARINGS)).astype(np.int64) % BEARINGS
            near = np.minimum(np.minimum(shadow[at - 1], shadow[at]), shadow[(at + 1) % BEARINGS])
            sure |= (distance > max(RING_M, radar.range_min)) & (distance < reach) & (distance < near)
        return sure
