"""Vessels about a vehicle -> the bearings that its hydrophones tell of them, as `sensors.hydrophone` says they err.

Levels are drawn anew at each listening, for each vessel: so as often as `detection_probability` says it is heard. The
mirror image of a row of hydrophones is taken to be told apart by the vehicle's turning; false alarms are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.core.geodesy import polar_of
from mihari.sensors import hydrophone
from mihari.sensors.hydrophone import Array
from mihari.sensors.weather import CALM, Weather
from mihari.simulate.aboard.imager import Hulls

FURTHEST_M = 60_000.0
SPREAD_DB = math.hypot(hydrophone.SOURCE_SD_DB, hydrophone.PATH_SD_DB)


@dataclass(frozen=True, slots=True)
class Heard:
    """One bearing: rad true, its standard deviation, and the vessel's row in the truth, which the vehicle knows not."""

    row: int
    bearing: float
    sd: float


@dataclass
class Ears:
    """The hydrophones of one vehicle."""

    array: Array
    rng: np.random.Generator
    weather: Weather = CALM
    depth: float = 100.0  # m of water
    beyond: float = 20.0  # see `hydrophone.transmission_loss`

    def listen(self, lat_deg: float, lon_deg: float, heading: float, hulls: Hulls) -> list[Heard]:
        """What is heard in one period at a place."""
        away, true = polar_of(lat_deg, lon_deg, 0.0, hulls.lat_deg, hulls.lon_deg)
        near = np.flatnonzero((away < FURTHEST_M) & (away > 1.0))
        if not len(near):
            return []
        array, middle = self.array, self.array.middle
        loss = hydrophone.transmission_loss(away[near], middle, self.depth, self.beyond)
        noise = hydrophone.ambient_level(middle, self.weather.wind)
        level = self._levels(hulls.heard_as[near], hulls.hull_length[near])
        signal = array.signal_db(level, loss, noise) + self.rng.normal(0.0, SPREAD_DB, len(near))
        sd = hydrophone.bearing_sd(array, signal, math.pi / 2 - (true[near] - heading))
        told = true[near] + sd * self.rng.normal(size=len(near))
        heard = (signal > array.threshold_db) & (sd < hydrophone.ANY_BEARING)
        return [
            Heard(int(hulls.row[near[k]]), float(told[k] % (2 * math.pi)), float(sd[k])) for k in np.flatnonzero(heard)
        ]

    def _levels(self, speed: hydrophone.Floats, length: hydrophone.Floats) -> hydrophone.Floats:
        kinds, level = hydrophone.class_of(length), np.zeros(len(length))
        for kind in np.unique(kinds):
            rows = kinds == kind
            level[rows] = hydrophone.source_level(speed[rows], length[rows], self.array.middle, str(kind))
        return level
