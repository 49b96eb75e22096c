"""A made-up scene through our tracker, and through one that is told which plot is whose -> places after each turn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.tracking_scene import BEARING_SD, DETECTION, FARTHEST, NEAREST, PERIOD, RANGE_SD, Scan, Scene
from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import TrackStatus
from mihari.tracks import Tracker

LAT, LON = 26.2, 127.6
T0 = 1_700_000_000.0


def sensor_of(scene: Scene, index: int = 0, lon: float = LON) -> Sensor:
    """The radar, as a node's file would tell of it."""
    errors = {"range_sd": RANGE_SD, "bearing_sd": BEARING_SD, "detection": DETECTION, "clutter": scene.density}
    given: dict[str, Any] = {"range_min": NEAREST, "range_max": FARTHEST, "period": PERIOD, **errors}
    return Sensor(index, f"radar {index}", SensorKind.RADAR, LAT, lon, **given)


def sector_of(scan: Scan, index: int = 0, lon: float = LON) -> Sector:
    """A turn's plots; the radar looks over the half disc to the east."""
    bearings = (math.pi / 2 - scan.azimuths) % (2 * math.pi)
    lat_deg, lon_deg = geodesy.plot_position(LAT, lon, 0.0, scan.ranges, bearings)[:2]
    ee, en, nn = geodesy.plot_covariance(LAT, lon, 0.0, scan.ranges, bearings, RANGE_SD, BEARING_SD)[:3]
    time = T0 + scan.time
    plots = Reports.of(
        len(lat_deg), time=time, received=time, sensor=index, kind=ReportKind.PLOT, lat_deg=lat_deg, lon_deg=lon_deg,
        cov_ee=ee, cov_en=en, cov_nn=nn, range=scan.ranges, bearing=bearings,
    )  # fmt: skip
    return Sector(index, time, time, 0.0, math.pi, plots)


def places_of(lat_deg: Array, lon_deg: Array) -> Array:
    """(n, 2) m east and north of the radar, along the ground."""
    away, bearing = geodesy.polar_of(LAT, LON, 0.0, lat_deg, lon_deg)
    return np.column_stack([away * np.sin(bearing), away * np.cos(bearing)])


def named(scene: Scene) -> list[tuple[Array, Array]]:
    """Places, (n, 2) m, and ids of the confirmed tracks after each turn."""
    tracker, found = Tracker([sensor_of(scene)]), []
    for scan in scene.scans:
        tracker.step(sector_of(scan))
        tracker.step(Tick(T0 + scan.time))
        tracks = tracker.tracks(T0 + scan.time)
        tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
        found.append((places_of(tracks.lat_deg, tracks.lon_deg), tracks.id))
    return found


def followed(scene: Scene) -> list[Array]:
    """Places alone."""
    return [places for places, _ in named(scene)]


def told_the_truth(scene: Scene, noise: float = 0.05) -> list[Array]:
    """A Kalman filter of each vessel, with its own plots, from its first plot to the turn in which it leaves.

    noise: density of acceleration, m²/s³.
    """
    states: dict[int, tuple[Array, Array]] = {}
    step = np.eye(4)
    step[0, 2] = step[1, 3] = PERIOD
    t, stirred = PERIOD, np.zeros((4, 4))
    for a in range(2):
        stirred[a, a], stirred[a + 2, a + 2] = t**3 / 3, t
        stirred[a, a + 2] = stirred[a + 2, a] = t**2 / 2
    found = []
    for scan in scene.scans:
        measured, covariance = scan.measured()
        states = {k: (step @ x, step @ P @ step.T + noise * stirred) for k, (x, P) in states.items()}
        for j in np.flatnonzero(scan.sources >= 0).tolist():
            k, z, R = int(scan.sources[j]), measured[j], covariance[j]
            if k not in states:
                P = np.diag([0.0, 0.0, 64.0, 64.0])
                P[:2, :2] = R
                states[k] = np.array([*z, 0.0, 0.0]), P
                continue
            x, P = states[k]
            gain = P[:, :2] @ np.linalg.inv(P[:2, :2] + R)
            states[k] = x + gain @ (z - x[:2]), P - gain @ P[:2]
        there = [states[k][0][:2] for k in scan.ids.tolist() if k in states]
        found.append(np.array(there).reshape(-1, 2))
    return found
