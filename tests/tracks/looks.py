"""Made-up looks of what is no coastal radar: cameras, rangers, persons, lidars, and radars that move."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mihari.core import geodesy
from mihari.core.reports import ReportKind, Reports, Sector
from mihari.core.sensor import SensorKind, sensor_like
from tracks.scenes import NAHA, T0, measured


def camera(index, lat_deg=NAHA[0], lon_deg=NAHA[1], **given):
    usual = {"range_max": 20_000.0, "range_half": 0.0, "bearing_sd": math.radians(0.2), "period": 1.0}
    return sensor_like(index, f"camera {index}", SensorKind.CAMERA, lat_deg=lat_deg, lon_deg=lon_deg, **(usual | given))


def ranger(index, lat_deg=NAHA[0], lon_deg=NAHA[1], **given):
    return sensor_like(index, f"ranger {index}", SensorKind.RANGER, lat_deg=lat_deg, lon_deg=lon_deg, **given)


def person(index, **given):
    return sensor_like(index, f"person {index}", SensorKind.PERSON, **given)


def seen(sensor, places, t, rng, detection=1.0, clutter=0, start=0.0, end=0.0, of=None):
    """A camera's look: bearings of the places that it detects, and false ones anywhere. `of`: where it is, told."""
    here = of or (sensor.lat_deg, sensor.lon_deg)
    found = [p for p in places if rng.random() < detection]
    lat, lon = np.array([p[0] for p in found]), np.array([p[1] for p in found])
    bearings = geodesy.polar_of(*here, 0.0, lat, lon)[1] + rng.normal(0, sensor.bearing_sd, len(found))
    bearings = np.r_[bearings, rng.uniform(0, 2 * math.pi, rng.poisson(clutter))] % (2 * math.pi)
    reports = Reports.of(
        len(bearings), time=T0 + t, received=T0 + t, sensor=sensor.index, kind=ReportKind.BEARING, bearing=bearings
    )
    return Sector(sensor.index, T0 + t, T0 + t, start, end, reports, *(of or ()))


def ranged(sensor, places, t, rng):
    """A ranger's look."""
    lat, lon = np.array([p[0] for p in places]), np.array([p[1] for p in places])
    ranges = geodesy.polar_of(sensor.lat_deg, sensor.lon_deg, 0.0, lat, lon)[0]
    ranges = ranges + rng.normal(0, sensor.range_sd, len(ranges))
    reports = Reports.of(
        len(ranges), time=T0 + t, received=T0 + t, sensor=sensor.index, kind=ReportKind.RANGE, range=ranges
    )
    return Sector(sensor.index, T0 + t, T0 + t, 0.0, 0.0, reports)


def area(sensor, place, t, sd=500.0):
    """What a person tells."""
    reports = Reports.of(
        1, time=T0 + t, received=T0 + t, sensor=sensor.index, kind=ReportKind.AREA, lat_deg=place[0],
        lon_deg=place[1], cov_ee=sd**2, cov_en=0.0, cov_nn=sd**2,
    )  # fmt: skip
    return Sector(sensor.index, T0 + t, T0 + t, 0.0, 0.0, reports)


def aboard(sensor, own, places, t, rng, **given):
    """A turn of a radar that is at `own` now."""
    here = replace(sensor, lat_deg=own[0], lon_deg=own[1])
    return Sector(sensor.index, T0 + t, T0 + t, 0.0, 0.0, measured(here, places, t, rng, **given), *own)
