"""Weather over a patrol's hours, cut into spells in which nothing changes: weather, day or night.

The sun after the Astronomical Almanac's low-precision formulas (0.01° until 2050); night is when it stands more than 6°
below the horizon (the end of civil twilight).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.patrol.file import PatrolFile, WeatherSection
from mihari.sensors.weather import Weather

NIGHT = math.radians(-6.0)
J2000 = 946_728_000.0  # UTC s of 2000-01-01T12:00
STEP_S = 60.0


@dataclass(frozen=True, slots=True)
class Spell:
    """From `start` to `end` (hours of the plan): `weather`, whether it is `night`, `cloud_base` m (inf: none)."""

    start: float
    end: float
    weather: Weather
    night: bool
    cloud_base: float


def sun_height(lat_deg: float, lon_deg: float, time: float) -> float:
    """Height of the sun over the horizon in rad at a place and time (UTC s).

    >>> round(math.degrees(sun_height(0.0, 0.0, 1_774_008_000.0)))  # noon at the equinox of 2026-03-20
    88
    """
    days = (time - J2000) / 86400
    mean, anomaly = math.radians(280.460 + 0.9856474 * days), math.radians(357.528 + 0.9856003 * days)
    ecliptic = mean + math.radians(1.915) * math.sin(anomaly) + math.radians(0.020) * math.sin(2 * anomaly)
    tilt = math.radians(23.439 - 0.0000004 * days)
    declination = math.asin(math.sin(tilt) * math.sin(ecliptic))
    ascension = math.atan2(math.cos(tilt) * math.sin(ecliptic), math.cos(ecliptic))
    sidereal = math.radians(280.46061837 + 360.98564736629 * days + lon_deg)
    lat = math.radians(lat_deg)
    across = math.cos(lat) * math.cos(declination) * math.cos(sidereal - ascension)
    return math.asin(math.sin(lat) * math.sin(declination) + across)


def spells_of(file: PatrolFile) -> list[Spell]:
    """The spells of a patrol, one after the other, from hour 0 to its end and what comes after (the last has no end).

    >>> from mihari.patrol.file import load
    >>> [(round(spell.start, 1), spell.night, spell.weather.sea) for spell in spells_of(load("nansei"))]
    [(0.0, False, 3.0), (9.2, True, 3.0), (14.0, True, 4.0), (21.6, False, 4.0)]
    """
    start = file.start.timestamp()
    changes = {0.0} | {w.from_h for w in file.weather if w.from_h < file.hours}
    hours = np.arange(0.0, file.hours, STEP_S / 3600)
    dark = [sun_height(file.area.lat_deg, file.area.lon_deg, start + 3600 * h) < NIGHT for h in hours]
    changes |= {float(hours[i]) for i in range(1, len(dark)) if dark[i] != dark[i - 1]}
    edges = [*sorted(changes), math.inf]
    return [
        Spell(first, last, _weather(file, first), _night(file, start + 3600 * first + 1), _cloud(file, first))
        for first, last in itertools.pairwise(edges)
    ]


def _night(file: PatrolFile, time: float) -> bool:
    return sun_height(file.area.lat_deg, file.area.lon_deg, time) < NIGHT


def _section(file: PatrolFile, hour: float) -> WeatherSection | None:
    told = [w for w in file.weather if w.from_h <= hour]
    return max(told, key=lambda w: w.from_h, default=None)


def _weather(file: PatrolFile, hour: float) -> Weather:
    told = _section(file, hour)
    if told is None:
        return Weather(sea_state=0.0)
    return Weather(
        sea_state=told.sea_state, visibility=told.visibility_nm * NAUTICAL_MILE, wind=told.wind_kn * KNOT,
        wind_from=math.radians(told.wind_from_deg),
    )  # fmt: skip


def _cloud(file: PatrolFile, hour: float) -> float:
    told = _section(file, hour)
    return math.inf if told is None or told.cloud_base_m is None else told.cloud_base_m
