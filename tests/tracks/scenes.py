"""Small made-up scenes for the tracker's tests: vessels on straight lines, radars that turn, AIS reports."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.core import geodesy
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Sector, Subject, Tick
from mihari.core.sensor import Sensor, SensorKind

T0 = 1_700_000_000.0
NAHA = (26.2, 127.6)


def radar(index=0, lat_deg=NAHA[0], lon_deg=NAHA[1], **given):
    return Sensor(index, f"radar {index}", SensorKind.RADAR, lat_deg, lon_deg, **({"range_max": 20_000.0} | given))


def station(index=1):
    return Sensor(index, "ais", SensorKind.AIS, *NAHA)


@dataclass(frozen=True)
class Vessel:
    """A vessel on a straight line: east and north in m of the origin, velocity in m/s; `origin` is lat, lon."""

    east: float
    north: float
    u: float = 0.0
    v: float = 0.0
    origin: tuple[float, float] = NAHA

    def at(self, t):
        """(lat_deg, lon_deg) after t seconds, along the geodesic from the origin's plane."""
        plane = geodesy.TangentPlane.at(*self.origin)
        lat, lon = geodesy.from_plane(plane, self.east + self.u * t, self.north + self.v * t)
        return float(lat), float(lon)


def measured(sensor, places, t, rng, detection=0.9, clutter=0, span=(0.0, 2 * math.pi)):
    """Plots of one radar at `t` of the vessels at `places`, with false ones spread over its disc."""
    seen = [p for p in places if rng.random() < detection]
    lat, lon = np.array([p[0] for p in seen]), np.array([p[1] for p in seen])
    ranges, bearings = geodesy.polar_of(sensor.lat_deg, sensor.lon_deg, 0.0, lat, lon)
    ranges = ranges + rng.normal(0, sensor.range_sd, len(seen))
    bearings = bearings + rng.normal(0, sensor.bearing_sd, len(seen))
    false = rng.poisson(clutter)
    ranges = np.r_[ranges, np.sqrt(rng.uniform(min(500.0, sensor.range_max) ** 2, sensor.range_max**2, false))]
    bearings = np.r_[bearings, rng.uniform(0, 2 * math.pi, false)]
    lat, lon = geodesy.plot_position(sensor.lat_deg, sensor.lon_deg, 0.0, ranges, bearings)[:2]
    spread = geodesy.plot_covariance(
        sensor.lat_deg, sensor.lon_deg, 0.0, ranges, bearings, sensor.range_sd, sensor.bearing_sd
    )
    return Reports.of(
        len(ranges),
        time=T0 + t,
        received=T0 + t,
        sensor=sensor.index,
        kind=ReportKind.PLOT,
        lat_deg=lat,
        lon_deg=lon,
        cov_ee=spread[0],
        cov_en=spread[1],
        cov_nn=spread[2],
        range=ranges,
        bearing=bearings % (2 * math.pi),
    )


def turn(sensor, plots, t, sectors=1):
    """One turn as sectors of equal width from north; the antenna leaves the last of them at `t`."""
    edges = np.linspace(0, 2 * math.pi, sectors + 1)
    for k in range(sectors):
        rows = np.flatnonzero((plots.bearing >= edges[k]) & (plots.bearing < edges[k + 1]))
        time = T0 + t - sensor.period * (1 - (k + 1) / sectors)
        yield Sector(sensor.index, time, time, edges[k], edges[k + 1] % (2 * math.pi), plots.take(rows))


def ais(t, lat, lon, mmsi, speed=math.nan, course=math.nan, subject=Subject.VESSEL, device="A", sensor=1, late=0.0):
    """A batch with one AIS position report."""
    claims = Claims.of(1, mmsi=mmsi, subject=subject, device=device, status=0)
    reports = Reports.of(
        1,
        time=T0 + t,
        received=T0 + t + late,
        sensor=sensor,
        kind=ReportKind.AIS_POSITION,
        lat_deg=lat,
        lon_deg=lon,
        speed=speed,
        course=course,
        claim=0,
    )
    return Batch(reports, claims)


def told(vessel, t, mmsi, rng=None, **given):
    """A vessel's own AIS report."""
    lat, lon = vessel.at(t)
    shift = (0.0, 0.0) if rng is None else rng.normal(0, 10 / 111_320, 2)
    speed, course = math.hypot(vessel.u, vessel.v), math.atan2(vessel.u, vessel.v) % (2 * math.pi)
    return ais(t, lat + shift[0], lon + shift[1], mmsi, speed, course, **given)


def play(tracker, sensors, vessels, scans, rng, period=2.5, first=0, sectors=1, **given):
    """Turns of all radars over the vessels, a tick after each; yields (t, tracks alive) after each turn."""
    for k in range(first, first + scans):
        t = k * period
        places = [v.at(t) for v in vessels]
        for sensor in sensors:
            for sector in turn(sensor, measured(sensor, places, t, rng, **given), t, sectors):
                tracker.step(sector)
        tracker.step(Tick(T0 + t))
        yield t, tracker.tracks(T0 + t)


def last(steps):
    """What the last step yields."""
    return list(steps)[-1]


def sure(tracks):
    """The confirmed ones."""
    return tracks.take(tracks.status == 1)


def nearest(tracks, place):
    """(id, distance in m) of the track nearest to a place."""
    d = np.linalg.norm(
        geodesy.ecef(tracks.lat_deg, tracks.lon_deg).reshape(-1, 3) - geodesy.ecef(*place).reshape(1, 3), axis=1
    )
    return int(tracks.id[np.argmin(d)]), float(d.min())
