"""A table of plots, a table of AIS reports -> a table of tracks, by the product's tracker, in one call."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from mihari.core import geodesy
from mihari.core.columns import Array, Columns, column, specs
from mihari.core.errors import BadInput
from mihari.core.frames import arrow_of, columns_of, frame_of, library_of
from mihari.core.reports import Batch, Claims, Input, ReportKind, Reports, Sector, Subject, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Believed
from mihari.tracks import Tracker, TrackerSettings


@dataclass(frozen=True, slots=True)
class PlotRows(Columns):
    """A radar's plots as a table tells them; a place in one of three ways."""

    time: Array = column("f8")  # UTC s, or a point in time
    scan: Array = column("i8")  # running number of the turn; -1: by the sensor's period
    range: Array = column("f8")  # m
    bearing: Array = column("f8")  # rad, clockwise from north
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east: Array = column("f8")  # m in the plane about the sensor
    north: Array = column("f8")
    cov_ee: Array = column("f8")  # m²; absent: by the sensor's errors
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")


@dataclass(frozen=True, slots=True)
class AisRows(Columns):
    """AIS positions as a table tells them."""

    time: Array = column("f8")  # UTC s, or a point in time
    mmsi: Array = column("i4", 0)
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    speed: Array = column("f8")  # m/s over ground
    course: Array = column("f8")  # rad


def track_frame(
    plots: Any = None,
    *,
    sensor: Sensor | None = None,
    ais: Any = None,
    settings: TrackerSettings | None = None,
    start: float = 0.0,
    end: float = 0.0,
) -> Any:
    """Tracks after each turn of the radar (of AIS alone: at each second with reports), as a table of the same library.

    plots: a table with the columns of `PlotRows`, in any order; sensor: the radar they are of; ais: one with those of
    `AisRows`. `start`, `end`: rad, the sector over which the radar looks; the same: all round. A turn is told by
    `scan`, else it is a period of the sensor from the first plot on; a turn without plots counts as a look.
    The columns of the result are those of `core.tracks.Believed`: `moment` is the time of the turn.

    >>> radar = Sensor(0, "pier", SensorKind.RADAR, 26.0, 127.0, period=2.5)
    >>> turns = np.arange(8)
    >>> table = {"time": 2.5 * turns, "range": 5000.0 + 20.0 * turns, "bearing": np.full(8, 1.0)}
    >>> tracks = track_frame(table, sensor=radar).to_pydict()
    >>> tracks["id"][-1], tracks["moment"][-1], tracks["status"][-1]
    (1, 17.5, 1)
    """
    rows, heard = _rows(PlotRows, plots), _rows(AisRows, ais)
    if len(rows) and (sensor is None or not sensor.placed):
        raise BadInput("track_frame: plots need the sensor they are of, with its place (sensor=Sensor(…))")
    if len(rows) and not np.isfinite(rows.time).all():
        raise BadInput("track_frame: a plot without a time")
    station = Sensor(0 if sensor is None else sensor.index + 1, "AIS", SensorKind.AIS)
    tracker = Tracker([*([] if sensor is None else [sensor]), station], settings or TrackerSettings())
    sectors = [] if sensor is None else list(_sectors(rows, sensor, start, end))
    found = []
    for given in _in_order(sectors, _batches(heard, station.index)):
        tracker.step(given)
        moment = isinstance(given, Sector) if sectors else isinstance(given, Tick)
        if moment:
            found.append(tracker.believed(given.time))  # type: ignore[union-attr]
    library = library_of(plots if plots is not None else ais)
    return frame_of(Believed.concatenate(found).to_arrow(), library)


def _rows(kind: Any, frame: Any) -> Any:
    if frame is None:
        return kind.empty()
    table = arrow_of(frame)
    return kind.of(table.num_rows, **columns_of(table, specs(kind), kind.__name__))


def _sectors(rows: PlotRows, sensor: Sensor, start: float, end: float) -> Iterator[Sector]:
    rows = rows.take(np.argsort(rows.time, kind="stable"))
    if len(rows) == 0:
        return
    reports, turn = _reports(rows, sensor), rows.scan
    if np.any(turn < 0):
        turn = np.floor((rows.time - rows.time[0]) / sensor.period + 1e-6).astype(np.int64)
    number = np.unique(turn)
    last = np.array([rows.time[turn == n].max() for n in number.tolist()])
    if np.any(np.diff(last) <= 0):
        raise BadInput("track_frame: scans are not in the order of their times")
    every = np.arange(number[0], number[-1] + 1)
    times = np.interp(every, number, last)
    for n, time in zip(every.tolist(), times.tolist(), strict=True):
        yield Sector(sensor.index, time, time, start, end, reports.take(np.flatnonzero(turn == n)))


def _reports(rows: PlotRows, sensor: Sensor) -> Reports:
    distance, bearing = rows.range, rows.bearing
    lat_deg, lon_deg = rows.lat_deg, rows.lon_deg
    if np.isfinite(rows.east).any():
        plane = geodesy.TangentPlane.at(sensor.lat_deg, sensor.lon_deg)
        lat_deg, lon_deg = geodesy.from_plane(plane, rows.east, rows.north)
    elif not np.isfinite(lat_deg).any():
        height = sensor.height
        lat_deg, lon_deg = geodesy.plot_position(sensor.lat_deg, sensor.lon_deg, height, distance, bearing)[:2]
    if not (np.isfinite(lat_deg) & np.isfinite(lon_deg)).all():
        raise BadInput("track_frame: a plot without a place: expected range and bearing, degrees, or east and north")
    return Reports.of(
        len(rows), time=rows.time, received=rows.time, sensor=sensor.index, kind=ReportKind.PLOT, lat_deg=lat_deg,
        lon_deg=lon_deg, range=distance, bearing=bearing, cov_ee=rows.cov_ee, cov_en=rows.cov_en, cov_nn=rows.cov_nn,
    )  # fmt: skip


def _batches(rows: AisRows, station: int) -> list[Batch]:
    """The reports of each second."""
    if not np.isfinite(rows.time).all():
        raise BadInput("track_frame: an AIS report without a time")
    rows = rows.take(np.argsort(rows.time, kind="stable"))
    names, claim = np.unique(rows.mmsi, return_inverse=True)
    claims = Claims.of(len(names), mmsi=names, subject=int(Subject.VESSEL))
    reports = Reports.of(
        len(rows), time=rows.time, received=rows.time, sensor=station, kind=ReportKind.AIS_POSITION,
        lat_deg=rows.lat_deg, lon_deg=rows.lon_deg, speed=rows.speed, course=rows.course, claim=claim,
    )  # fmt: skip
    cuts = [0, *(np.flatnonzero(np.diff(np.ceil(rows.time))) + 1).tolist(), len(rows)] if len(rows) else []
    return [Batch(reports.take(np.arange(first, last)), claims) for first, last in pairwise(cuts)]


def _in_order(sectors: list[Sector], batches: list[Batch]) -> Iterator[Input]:
    """Sectors and batches by their times, and a tick for each second that has passed with something in it."""
    timed: list[tuple[float, Sector | Batch]] = [(one.time, one) for one in sectors]
    timed += [(float(one.reports.time[-1]), one) for one in batches]
    timed.sort(key=lambda pair: pair[0])
    for n, (time, given) in enumerate(timed):
        yield given
        second = math.ceil(time)
        if n + 1 == len(timed) or math.ceil(timed[n + 1][0]) > second:
            yield Tick(float(second))
