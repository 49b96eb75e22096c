"""A radar's plots -> `Reports` with positions and covariances, or without where the radar's place is unknown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.geodesy import plot_estimate
from mihari.core.reports import ReportKind, Reports
from mihari.core.sensor import Sensor
from mihari.formats.asterix.radar import PlotKind

TOLD_SD = 10.0  # m, where the radar sends a position instead of a measurement (I010/041) and not how exact it is
KINDS = np.full(256, ReportKind.RADAR_TRACK, np.uint8)
KINDS[PlotKind.PRIMARY] = ReportKind.PLOT
KINDS[PlotKind.TRANSPONDER] = ReportKind.TRANSPONDER


@dataclass(frozen=True, slots=True)
class Held(Columns):
    """Plots of one radar that wait for their sector to close."""

    offset: Array = column("i8")
    time: Array = column("f8")  # UTC s
    received: Array = column("f8")
    kind: Array = column("u1")  # ReportKind
    range: Array = column("f8")  # m
    bearing: Array = column("f8")  # rad
    height: Array = column("f8")  # m, of aircraft by their flight level; 0 for all others
    lat_deg: Array = column("f8")  # as told by the radar itself
    lon_deg: Array = column("f8")
    amplitude: Array = column("f8")  # dBm
    cov_ee: Array = column("f8")  # m², of the position told; NaN: not told
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")


def to_reports(feed: int, sensor: Sensor, held: Held) -> Reports:
    """Reports of the plots of one sector. Without a place of the radar positions and covariances are NaN.

    >>> from mihari.core.sensor import SensorKind
    >>> radar = Sensor(0, "naha", SensorKind.RADAR, 0.0, 0.0, range_sd=10.0, bearing_sd=0.001)
    >>> plot = Held.of(1, range=10_000.0, bearing=0.0, height=0.0, kind=ReportKind.PLOT)
    >>> r = to_reports(3, radar, plot)
    >>> [round(float(x[0]), 3) for x in (r.lat_deg, r.cov_ee, r.cov_nn)]  # 10 km north; (10 km · 1 mrad)², 10²
    [0.09, 100.0, 100.0]
    """
    lat_deg, lon_deg, cov = _placed(sensor, held)
    measured = np.isfinite(held.range) & np.isfinite(held.bearing)
    usable = measured | np.isfinite(lat_deg)
    return Reports.of(
        len(held),
        feed=feed,
        offset=held.offset,
        time=held.time,
        received=held.received,
        sensor=sensor.index,
        kind=np.where(usable, held.kind, ReportKind.RADAR_TRACK),
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        cov_ee=cov[0],
        cov_en=cov[1],
        cov_nn=cov[2],
        range=held.range,
        bearing=held.bearing,
        range_var=np.where(measured, sensor.range_sd**2, np.nan),
        bearing_var=np.where(measured, sensor.bearing_sd**2, np.nan),
        amplitude=held.amplitude,
    )


def _placed(sensor: Sensor, held: Held) -> tuple[Array, Array, tuple[Array, Array, Array]]:
    """Positions and covariances: from the measurement and the radar's place, else as the radar told them."""
    told = np.isfinite(held.lat_deg) & np.isfinite(held.lon_deg)
    sure = np.isfinite(held.cov_ee) & np.isfinite(held.cov_en) & np.isfinite(held.cov_nn)
    spread = np.where(told, TOLD_SD**2, np.nan)
    cov = (
        np.where(told & sure, held.cov_ee, spread),
        np.where(told & sure, held.cov_en, np.where(told, 0.0, np.nan)),
        np.where(told & sure, held.cov_nn, spread),
    )
    if not sensor.placed or len(held) == 0:
        return held.lat_deg, held.lon_deg, cov
    lat_deg, lon_deg, own = _estimated(sensor, held)
    found = np.isfinite(lat_deg)
    cov_ee, cov_en, cov_nn = (np.where(found, mine, theirs) for mine, theirs in zip(own, cov, strict=True))
    lat_deg, lon_deg = np.where(found, lat_deg, held.lat_deg), np.where(found, lon_deg, held.lon_deg)
    return lat_deg, lon_deg, (cov_ee, cov_en, cov_nn)


def _estimated(sensor: Sensor, held: Held) -> tuple[Array, Array, tuple[Array, Array, Array]]:
    """Positions and covariances from measurements; a plot's does not depend on those beside it."""
    from mihari.core.plot_kernels import plot_estimates  # imports Numba: not before plots come

    place = (sensor.lat_deg, sensor.lon_deg, sensor.height)
    found = plot_estimates(*place, held.range, held.bearing, sensor.range_sd, sensor.bearing_sd)
    high = np.flatnonzero(held.height != 0.0)
    if len(high):  # aircraft
        polar = (np.where(held.range > 0, held.range, np.nan)[high], held.bearing[high])
        found[:, high] = plot_estimate(*place, *polar, sensor.range_sd, sensor.bearing_sd, height=held.height[high])
    return found[0], found[1], (found[2], found[3], found[4])
