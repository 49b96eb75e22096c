"""TRK-8, TRK-9: one boat that manoeuvres, seen by the radar of another; recorded, with the truth of both.

joyride.mat of Hem, Brekke and Tokle (CC0): 238 scans of an X-band radar in 638 s, plots as north and east in m, and
both boats' states by satellite navigation. The radar's errors are those that its owners give: 8 m and 1°, and 6.6 m of
the boat that carries it.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np

from benchmarks.harness import Row
from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import ReportKind, Reports, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import TrackStatus
from mihari.lab.recordings import Recording, joyride
from mihari.tracks import Tracker

ORIGIN = 63.44, 10.4  # where the frame lies is not told; nothing depends on it
RANGE_SD, BEARING_SD, OWN_SD = 8.0, math.radians(1.0), 6.6
NEAR = 60.0  # m from the truth: its track
BARS = {"TRK-8": 1.0, "TRK-9": 30.0}


def folder() -> Path:
    """Where the recordings are."""
    return Path(os.environ.get("MIHARI_DATA") or Path(__file__).parents[2] / "shared" / "data")


def sensor() -> Sensor:
    """The boat's radar, where it was on the average."""
    return Sensor(
        0, "boat", SensorKind.RADAR, *ORIGIN, range_max=3000.0, range_sd=RANGE_SD, bearing_sd=BEARING_SD,
        detection=0.85, clutter=5e-7,
    )  # fmt: skip


def sector(time: float, plots: Array, radar: Array) -> Sector:
    """A turn, with each plot's own covariance."""
    plane = geodesy.TangentPlane.at(*ORIGIN)
    lat, lon = geodesy.from_plane(plane, plots[:, 0], plots[:, 1])
    away = plots - radar
    ranges, bearings = np.hypot(*away.T), np.arctan2(*away.T)
    along, across = RANGE_SD**2, (ranges * BEARING_SD) ** 2
    sin, cos = np.sin(bearings), np.cos(bearings)
    reports = Reports.of(
        len(plots), time=time, received=time, sensor=0, kind=ReportKind.PLOT, lat_deg=lat, lon_deg=lon,
        cov_ee=along * sin**2 + across * cos**2 + OWN_SD**2, cov_en=(along - across) * sin * cos,
        cov_nn=along * cos**2 + across * sin**2 + OWN_SD**2, range=ranges, bearing=bearings % (2 * math.pi),
    )  # fmt: skip
    return Sector(0, time, time, 0.0, 0.0, reports)


def followed(given: Recording) -> tuple[set[int], Array]:
    """Ids of tracks that were near the boat, and m off at each scan from the first such on; NaN: none was there."""
    tracker, plane = Tracker([sensor()]), geodesy.TangentPlane.at(*ORIGIN)
    ids, off = set[int](), []
    boat = np.column_stack([given.truth.east, given.truth.north])
    radars = np.column_stack([given.looks.east, given.looks.north])
    for look, time in enumerate(given.looks.time):
        tracker.step(sector(time, given.seen(look), radars[look]))
        tracker.step(Tick(time))
        tracks = tracker.tracks(time)
        tracks = tracks.take(np.isin(tracks.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED)))
        east, north = geodesy.to_plane(plane, geodesy.ecef(tracks.lat_deg, tracks.lon_deg))
        away = np.hypot(east - boat[look, 0], north - boat[look, 1])
        confirmed = tracks.status == TrackStatus.CONFIRMED
        ids |= set(tracks.id[confirmed & (away < NEAR)].tolist())
        if ids:
            mine = np.isin(tracks.id, list(ids))
            off.append(float(away[mine].min()) if mine.any() else math.nan)
    return ids, np.array(off)


def rows() -> list[Row]:
    """Both rows; none where the recording is absent, which is told."""
    if not (folder() / joyride.NAME).exists():
        print(f"TRK-8 and TRK-9 are left out: no recordings in {folder()} (set MIHARI_DATA)")
        return []
    ids, off = followed(joyride.load(folder()))
    rms = float(np.sqrt(np.mean(off**2)))
    told = f"{len(off)} scans"
    return [
        Row(
            "TRK-8", f"joyride: ids within {NEAR:.0f} m of the truth, {told}", None, None, len(ids), BARS["TRK-8"], "<="
        ),
        Row("TRK-9", f"joyride: RMS from the first of them on, m, {told}", rms, None, rms, BARS["TRK-9"], "<="),
    ]
