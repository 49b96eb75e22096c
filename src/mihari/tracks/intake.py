"""Reports as they come -> the arrays that kernels take; what cannot be used is counted by reason."""

from __future__ import annotations

from collections import Counter

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array
from mihari.core.reports import Batch, ReportKind, Reports, Sector, Subject
from mihari.core.sensor import Sensor
from mihari.tracks.ais import Told
from mihari.tracks.clutter import RingClutter
from mihari.tracks.gate import Plots
from mihari.tracks.settings import TrackerSettings

TRACKED = np.array(
    [s in (Subject.VESSEL, Subject.AIRCRAFT, Subject.SART, Subject.MOB, Subject.EPIRB) for s in Subject] + [False]
)
KNOT = 1852.0 / 3600.0


def _counted(reports: Reports, reasons: dict[str, Array]) -> tuple[Array, Counter[str]]:
    """Rows to which no reason applies, and how often each reason was the first to apply."""
    use, counts = np.ones(len(reports), bool), Counter[str]()
    for reason, applies in reasons.items():
        hit = use & applies
        if hit.any():
            counts[reason] += int(hit.sum())
            use &= ~applies
    return np.flatnonzero(use), counts


def _placed(reports: Reports) -> Array:
    return (np.abs(reports.lat_deg) <= 90) & (np.abs(reports.lon_deg) <= 360)


def usable_plots(sector: Sector, sensor: Sensor, settings: TrackerSettings) -> tuple[Array, Counter[str]]:
    """Rows of a sector's reports that are plots with a place and a time near the sector's own."""
    reports = sector.reports
    return _counted(
        reports,
        {
            "not a plot": reports.kind != ReportKind.PLOT,
            "no time": ~np.isfinite(reports.time),
            "no position": ~_placed(reports),
            "outside its sector's time": ~(np.abs(reports.time - sector.time) <= sensor.period + settings.late),
        },
    )


def _places(lat_deg: Array, lon_deg: Array) -> tuple[Array, Array]:
    """ECEF in m (n, 3) and axes (n, 6): east and north of each place."""
    east, north, _ = geodesy.axes(lat_deg, lon_deg)
    return np.ascontiguousarray(geodesy.ecef(lat_deg, lon_deg)), np.hstack([east, north])


def _covariance(reports: Reports, fallback: Array, least: float) -> Array:
    """(n, 3) ee, en, nn, m²; the fallback where a covariance is absent, not positive or not finite."""
    given = np.column_stack([reports.cov_ee, reports.cov_en, reports.cov_nn])
    with np.errstate(invalid="ignore", over="ignore"):
        sound = (given[:, 0] > 0) & (given[:, 2] > 0) & (given[:, 0] * given[:, 2] > given[:, 1] ** 2)
        sound &= np.isfinite(given).all(axis=1) & (given[:, 0] + given[:, 2] < 1e12)
    chosen = np.where(sound[:, None], given, fallback)
    chosen[:, (0, 2)] += np.maximum(least - np.minimum(chosen[:, 0], chosen[:, 2]), 0.0)[:, None]
    return np.ascontiguousarray(chosen)


def plots_of(reports: Reports, sensor: Sensor, frame: Array, clutter: RingClutter) -> Plots:
    """Usable plots as kernels take them."""
    place, axes = _places(reports.lat_deg, reports.lon_deg)
    from_radar = place - frame[:3]
    x, y = from_radar @ frame[3:6], from_radar @ frame[6:9]
    along, across = sensor.range_sd**2, (np.hypot(x, y) * sensor.bearing_sd) ** 2
    bearing = np.arctan2(x, y)
    sin, cos = np.sin(bearing), np.cos(bearing)
    fallback = np.column_stack(
        [along * sin**2 + across * cos**2, (along - across) * sin * cos, along * cos**2 + across * sin**2]
    )
    plots = Plots(
        place=place,
        axes=axes,
        covariance=_covariance(reports, fallback, 1.0),
        time=reports.time,
        x=x,
        y=y,
        lat=np.radians(reports.lat_deg),
        lon=np.radians(reports.lon_deg),
        clutter=np.empty(len(reports)),
    )
    return plots._replace(clutter=clutter.density(plots))


def usable_positions(batch: Batch, latest: float) -> tuple[Array, Counter[str]]:
    """Rows of a batch that are AIS positions of what moves, not stamped after `latest`."""
    reports, claims = batch.reports, batch.claims
    known = (reports.claim >= 0) & (reports.claim < len(claims))
    subject = np.zeros(len(reports), np.int64)
    subject[known] = np.minimum(claims.subject[reports.claim[known]], len(Subject))
    kind = reports.kind
    return _counted(
        reports,
        {
            "static": kind == ReportKind.AIS_STATIC,
            "transponder": kind == ReportKind.TRANSPONDER,
            "radar track": kind == ReportKind.RADAR_TRACK,
            "plot without a sector": kind == ReportKind.PLOT,
            "witness": kind == ReportKind.AIS_REPEAT,
            "unknown kind": kind != ReportKind.AIS_POSITION,
            "not a vessel": ~TRACKED[subject],
            "no time": ~np.isfinite(reports.time),
            "no position": ~_placed(reports),
            "ahead of time": reports.time > latest,
        },
    )


def witnesses(batch: Batch, columns: int) -> tuple[Array, Array]:
    """(MMSI, sensor) of the messages that another station had brought already."""
    reports, claims = batch.reports, batch.claims
    rows = np.flatnonzero((reports.kind == ReportKind.AIS_REPEAT) & (reports.sensor >= 0) & (reports.sensor < columns))
    rows = rows[(reports.claim[rows] >= 0) & (reports.claim[rows] < len(claims))]
    mmsi = claims.mmsi[reports.claim[rows]].astype(np.int64)
    return mmsi[mmsi != 0], reports.sensor[rows][mmsi != 0].astype(np.int64)


def intervals(device: Array, status: Array, speed: Array) -> Array:
    """Seconds between AIS reports by class, navigation status and speed in m/s (M.1371-5, annex 1, table 1 and 2).

    Class A at anchor or moored: 180; else 10, 6 above 14 kn, 2 above 23 kn. Class B: 180 up to 2 kn, else 30 (carrier
    sense; "SO" units report more often). Unknown devices are taken for class B.

    >>> intervals(np.array(["A", "A", "B", ""]), np.array([1, 0, -1, -1]), np.array([0.0, 8.0, 0.0, 5.0])).tolist()
    [180.0, 6.0, 180.0, 30.0]
    """
    knots = np.nan_to_num(speed / KNOT, nan=5.0)
    class_a = np.select([np.isin(status, (1, 5)) & (knots <= 3), knots > 23, knots > 14], [180.0, 2.0, 6.0], 10.0)
    return np.where(device == "A", class_a, np.where(knots <= 2, 180.0, 30.0))


def told_of(batch: Batch, rows: Array, columns: int, settings: TrackerSettings) -> Told:
    """The chosen AIS positions as kernels take them, in the order of `rows`."""
    reports, claims = batch.reports.take(rows), batch.claims
    known = (reports.claim >= 0) & (reports.claim < len(claims))
    mine = claims.take(np.where(known, reports.claim, 0)) if len(claims) else claims.of(len(reports))
    place, axes = _places(reports.lat_deg, reports.lon_deg)
    speed = np.where((reports.speed >= 0) & (reports.speed < 600), reports.speed, np.nan)
    # below 1 kn the course is noise: the vessel lies still, whatever it says of its course
    course = np.where(speed < KNOT, 0.0, reports.course)
    moving = np.where(speed < KNOT, 0.0, speed)
    fallback = np.tile([settings.ais_sd**2, 0.0, settings.ais_sd**2], (len(reports), 1))
    flying = known & (mine.subject == Subject.AIRCRAFT)
    return Told(
        place=place,
        axes=axes,
        covariance=_covariance(reports, fallback, settings.ais_sd**2),
        time=reports.time,
        lat=np.radians(reports.lat_deg),
        lon=np.radians(reports.lon_deg),
        east=np.where(np.isfinite(course), moving * np.sin(course), np.nan),
        north=np.where(np.isfinite(course), moving * np.cos(course), np.nan),
        sensor=np.where((reports.sensor >= 0) & (reports.sensor < columns), reports.sensor, -1).astype(np.int64),
        mmsi=np.where(known, mine.mmsi, 0).astype(np.int64),
        interval=intervals(np.where(known, mine.device, ""), np.where(known, mine.status, -1), speed),
        fastest=np.where(flying, 300.0, settings.fastest),
    )
