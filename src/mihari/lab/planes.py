"""Sectors of a radar with a place <-> scans in one local plane: the lab's tracker on what the product's takes."""

from __future__ import annotations

import math

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import ReportKind, Sector
from mihari.core.sensor import Sensor
from mihari.core.tracks import Tracks
from mihari.lab.parts import Scan
from mihari.lab.tracker import Held


def scan_of(sector: Sector, sensor: Sensor, plane: geodesy.TangentPlane) -> Scan:
    """A radar's sector in a plane: a vessel outside of it, or out of range, gives no plot.

    A plane's lengths are 5e-6 short at 20 km from its origin, and a plot's own north is turned there by degrees: its
    covariance is taken from the radar, in the plane.

    >>> from mihari.core.reports import Reports
    >>> from mihari.core.sensor import SensorKind
    >>> radar = Sensor(0, "pier", SensorKind.RADAR, 26.0, 127.0, range_max=5000.0, range_sd=8.0, bearing_sd=0.01)
    >>> plots = Reports.of(1, kind=ReportKind.PLOT, lat_deg=26.0, lon_deg=127.01)
    >>> scan = scan_of(Sector(0, 0.0, 0.0, 0.0, np.pi, plots), radar, geodesy.TangentPlane.at(26.0, 127.0))
    >>> scan.places.round().tolist(), scan.covariances[0].diagonal().round().tolist()  # 8² along, 10² across
    ([[1001.0, 0.0]], [64.0, 100.0])
    >>> scan.detection(np.array([[1000.0, 0.0], [-1000.0, 0.0], [9000.0, 0.0]])).tolist()
    [0.9, 0.0, 0.0]
    """
    reports = sector.reports.take((sector.reports.kind == ReportKind.PLOT) & np.isfinite(sector.reports.lat_deg))
    places = np.column_stack(geodesy.to_plane(plane, geodesy.ecef(reports.lat_deg, reports.lon_deg)))
    x, y = geodesy.to_plane(plane, geodesy.ecef(sensor.lat_deg, sensor.lon_deg))
    radar = np.array([float(x), float(y)])
    half = 0.5 * ((sector.end - sector.start) % (2 * math.pi) or 2 * math.pi)
    middle = sector.start + half

    def detection(there: Array) -> Array:
        east, north = (there - radar).T
        away, off = np.hypot(east, north), (np.arctan2(east, north) - middle + math.pi) % (2 * math.pi) - math.pi
        seen = (away >= sensor.range_min) & (away <= sensor.range_max) & (np.abs(off) <= half)
        return np.where(seen, sensor.detection, 0.0)

    covariances = polar_covariances(places - radar, sensor.range_sd, sensor.bearing_sd)
    return Scan(sector.time, places, covariances, detection, sensor.clutter)


def polar_covariances(away: Array, range_sd: float, bearing_sd: float, own_sd: float = 0.0) -> Array:
    """(n, 2, 2) m² of plots `away` (n, 2) m from a radar: range_sd m along, bearing_sd rad across, own_sd m both ways.

    First order, without the bias of the conversion: `core.polar` has the exact one.

    >>> polar_covariances(np.array([[0.0, 1000.0]]), 8.0, 0.01)[0].diagonal().tolist()
    [100.0, 64.0]
    """
    distance = np.maximum(np.hypot(*away.T), 1e-9)
    sin, cos = (away / distance[:, None]).T
    along, across = range_sd**2, (distance * bearing_sd) ** 2
    covariance = np.empty((len(away), 2, 2))
    covariance[:, 0, 0] = along * sin**2 + across * cos**2 + own_sd**2
    covariance[:, 1, 1] = along * cos**2 + across * sin**2 + own_sd**2
    covariance[:, 0, 1] = covariance[:, 1, 0] = (along - across) * sin * cos
    return covariance


def tracks_of(held: Held, time: float, plane: geodesy.TangentPlane) -> Tracks:
    """The lab's tracks as the product's columns; velocities and covariances turned to each track's own north.

    >>> from mihari.lab import LabTracker
    >>> len(tracks_of(LabTracker().held, 0.0, geodesy.TangentPlane.at(26.0, 127.0)))
    0
    """
    if len(held) == 0:
        return Tracks.empty()
    mean, covariance = held.belief.merged()
    lat_deg, lon_deg = geodesy.from_plane(plane, mean[:, 0], mean[:, 1])
    own = geodesy.TangentPlane.at(lat_deg, lon_deg)
    state, P = geodesy.rebase(mean, covariance, plane, own)
    names, number = "enuv", {"e": 0, "n": 1, "u": 2, "v": 3}
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]
    return Tracks.of(
        len(held), time=time, id=held.id, lat_deg=lat_deg, lon_deg=lon_deg, east_mps=state[:, 2], north_mps=state[:, 3],
        status=held.status, born=held.born, **{f"cov_{a}{b}": P[:, number[a], number[b]] for a, b in pairs},
    )  # fmt: skip
