"""A scenario and its land -> what whoever lays out a happening may ask: water, radar cover, AIS reach, cables, time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import ecef
from mihari.sensors.ais_link import LinkCurve
from mihari.sensors.horizon import horizon
from mihari.simulate.calls import Cable
from mihari.simulate.scenario import Radar, Scenario, Station
from mihari.simulate.ways import Floats, OnLand

Bools = NDArray[np.bool_]

METRES_PER_DEGREE = 111_000.0
SHORE_MARGIN = 120.0  # m of water on all sides: a hull's own length, and what the coastline's data may be off
HEARD = 0.9  # chance that a message is decoded: of the many that a vessel sends in a minute some surely are
UNHEARD = 0.01  # in half an hour at one message in ten seconds one or two may slip through
RAY_PLACES = 100  # looked at between radar and ship: every 260 m at 14 NM
SHIP_HEIGHT = 10.0  # m: the part of a ship that a radar sees over the horizon


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a happening may take place. `covers`: whether positions lie in the area. Times in s after the start."""

    file: str
    duration: float
    on_land: OnLand
    covers: OnLand
    radars: tuple[Radar, ...] = ()
    stations: tuple[Station, ...] = ()
    cables: tuple[Cable, ...] = ()

    @classmethod
    def of(cls, scenario: Scenario, on_land: OnLand, covers: OnLand) -> Stage:
        """The stage of a scenario; sensors aboard vessels and platforms do not count."""
        ashore = tuple(radar for radar in scenario.radars if radar.aboard is None)
        heard = tuple(station for station in scenario.stations if station.aboard is None)
        return cls(
            scenario.file, scenario.duration, on_land, covers, ashore, heard, scenario.cables
        )  # fmt: skip

    def wet(self, lat_deg: ArrayLike, lon_deg: ArrayLike, margin: float = SHORE_MARGIN) -> Bools:
        """Whether there is water in the area here and `margin` m (and half of it) away in eight directions."""
        lat, lon = np.atleast_1d(np.asarray(lat_deg, float)), np.atleast_1d(np.asarray(lon_deg, float))
        angle = np.arange(8) * (np.pi / 4)
        out = margin * np.array([1.0, 0.5])[:, None] / METRES_PER_DEGREE
        north = np.append(0.0, (out * np.cos(angle)).ravel())[:, None]
        east = np.append(0.0, (out * np.sin(angle)).ravel())[:, None]
        around = lat + north, lon + east / np.cos(np.radians(lat))
        return np.asarray(self.covers(lat, lon) & ~self.on_land(*around).any(axis=0))

    def under_radar(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Bools:
        """Whether some radar surely sees a ship here: no land between, and a boat would be seen nine times in ten."""
        lat, lon = np.atleast_1d(np.asarray(lat_deg, float)), np.atleast_1d(np.asarray(lon_deg, float))
        seen: Bools = np.zeros(len(lat), dtype=bool)
        for radar in self.radars:
            away = distances(lat, lon, [(radar.lat_deg, radar.lon_deg)])[0]
            near = min(radar.reach, radar.range_max, float(horizon(radar.height, SHIP_HEIGHT)))
            rows = np.flatnonzero(~seen & (away < near))
            seen[rows] = ~self._shaded(radar, lat[rows], lon[rows], away[rows])
        return seen

    def _shaded(self, radar: Radar, lat_deg: Floats, lon_deg: Floats, away: Floats) -> Bools:
        """Whether there is land between, farther from the radar than what it looks over."""
        share = np.linspace(0.0, 1.0, RAY_PLACES)[:, None]  # straight on the chart: right to metres so near
        lat = radar.lat_deg + share * (lat_deg - radar.lat_deg)
        lon = radar.lon_deg + share * ((lon_deg - radar.lon_deg + 180) % 360 - 180)
        return np.asarray((self.on_land(lat, lon) & (share * away > radar.land_clear)).any(axis=0) & radar.land_shadow)

    def beyond_radar(self, lat_deg: ArrayLike, lon_deg: ArrayLike) -> Bools:
        """Whether no radar can see anything here: farther than the range of each."""
        return ~self._within(lat_deg, lon_deg, [r.range_max for r in self.radars])

    def _within(self, lat_deg: ArrayLike, lon_deg: ArrayLike, reach: list[float]) -> Bools:
        away = distances(lat_deg, lon_deg, [(r.lat_deg, r.lon_deg) for r in self.radars])
        return np.asarray((away < np.array(reach).reshape(-1, 1)).any(axis=0))

    def chance(
        self,
        lat_deg: ArrayLike,
        lon_deg: ArrayLike,
        antenna_height: float,
        class_b: bool = False,
        time: ArrayLike | None = None,
    ) -> Floats:
        """(n,) chance that the AIS station that hears best decodes a message from here (see `HEARD`, `UNHEARD`).

        With `time`, stations in an outage do not listen; 0 where none does.
        """
        away = distances(lat_deg, lon_deg, [(s.lat_deg, s.lon_deg) for s in self.stations])
        chances = np.zeros((len(self.stations) + 1, away.shape[1]))
        for k, station in enumerate(self.stations):
            chances[k] = _curve(station.height, antenna_height, class_b)(away[k])
            if time is not None:
                for start, end in station.outages:
                    chances[k, (np.asarray(time) >= start) & (np.asarray(time) < end)] = 0.0
        return np.asarray(chances.max(axis=0))


def reach(station: Station, antenna_height: float, class_b: bool, chance: float) -> float:
    """Distance in m at which the chance that the station decodes a message falls to `chance`."""
    curve = _curve(station.height, antenna_height, class_b)
    return float(curve.distances[np.flatnonzero(curve.chances >= chance)[-1]])


@lru_cache(maxsize=512)
def _curve(station_height: float, antenna_height: float, class_b: bool) -> LinkCurve:
    return LinkCurve(station_height, antenna_height, class_b)


def distances(lat_deg: ArrayLike, lon_deg: ArrayLike, places: list[tuple[float, float]]) -> Floats:
    """(places, n) straight distances in m through the ellipsoid: right to 1e-5 at 100 km.

    >>> distances(0.0, 0.0, [(0.0, 1.0)]).round(-1).tolist()
    [[111320.0]]
    """
    here = np.atleast_2d(ecef(lat_deg, lon_deg))
    there = np.array([ecef(*place) for place in places]).reshape(-1, 1, 3)
    return np.asarray(np.linalg.norm(here - there, axis=-1))
