"""All that ASTERIX categories say of places and directions, as one table: plots, tracks, aircraft and bearings.

What `mihari decode asterix` writes as CSV or Parquet. Categories 001, 010, 015 and 048 (`radar`), 020 and 021
(`aircraft`), 062 (`system_tracks`), 205 (`directions`); each has columns of its own that are not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.aircraft import aircraft
from mihari.formats.asterix.decode import Decoded
from mihari.formats.asterix.directions import DirectionMessage, directions
from mihari.formats.asterix.plots import PlotKind
from mihari.formats.asterix.radar import PLOTS, plots_and_records
from mihari.formats.asterix.system_tracks import Status, system_tracks

PLACE = ("source", "time_of_day", "lat_deg", "lon_deg", "track_number", "datagram")
NO_PLOT = 255  # `kind` of what is none: a track of a centre, a bearing


@dataclass(frozen=True, slots=True)
class Told(Columns):
    """One row a record, in the order of the bytes; NaN, -1 or '' is absent."""

    category: Array = column("u1")
    source: Array = column("u2", absent=0xFFFF)  # SAC << 8 | SIC
    time_of_day: Array = column("f8")  # s since midnight UTC
    time_modulo: Array = column("f8", 86_400.0)  # s: `time_of_day` is what is left by this much (001: 512)
    range: Array = column("f8")  # slant, m
    bearing: Array = column("f8")  # rad
    lat_deg: Array = column("f8")  # as told; of a bearing where it starts
    lon_deg: Array = column("f8")
    cov_ee: Array = column("f8")  # m²
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")
    height: Array = column("f8")  # m
    speed: Array = column("f8")  # m/s over ground
    course: Array = column("f8")  # rad over ground
    kind: Array = column("u1", NO_PLOT)  # PlotKind
    track_number: Array = column("i4")
    identification: Array = column("U8")
    amplitude_dbm: Array = column("f8")
    datagram: Array = column("i8")


def told(decoded: Decoded) -> Told:
    """Every record of these categories.

    >>> from mihari.formats.asterix import decode, encode
    >>> track = {"category": 62, "items": {"040": 7, "105": {"LAT": 1 << 22, "LON": 0}, "185": {"VX": 40, "VY": 0}}}
    >>> plot = {"category": 48, "items": {"040": {"RHO": 256, "THETA": 0}}}
    >>> rows = told(decode(encode([track, plot])))
    >>> rows.category.tolist(), rows.lat_deg.tolist(), rows.range.tolist(), rows.speed.tolist()
    ([62, 48], [22.5, nan], [nan, 1852.0], [10.0, nan])
    """
    parts = [_plots(decoded), _tracks(decoded), _aircraft(decoded), _directions(decoded)]
    record = np.concatenate([numbers for _, numbers in parts])
    return Told.concatenate([rows for rows, _ in parts]).take(np.argsort(record, kind="stable"))


def records_of(decoded: Decoded, *categories: int) -> Array:
    """The numbers of the records of some categories, ascending."""
    found = [t.records.record for t in decoded.tables if t.category.number in categories]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _plots(decoded: Decoded) -> tuple[Told, Array]:
    seen, record = plots_and_records(decoded)
    shared = {name: values for name, values in seen.columns().items() if name in Told.__dataclass_fields__}
    return Told.of(len(seen), category=_category(decoded)[record], **shared), record


def _category(decoded: Decoded) -> Array:
    """The category of each record."""
    category = np.zeros(len(decoded), np.uint8)
    for table in decoded.tables:
        if table.category.number in PLOTS:
            category[table.records.record] = table.category.number
    return category


def _tracks(decoded: Decoded) -> tuple[Told, Array]:
    t = system_tracks(decoded)
    rows = Told.of(
        len(t),
        category=62,
        **_same(t),
        speed=np.hypot(t.east_mps, t.north_mps),
        course=np.arctan2(t.east_mps, t.north_mps) % (2 * np.pi),
        kind=np.where(t.status & Status.ENDED != 0, PlotKind.ENDED, NO_PLOT),
        identification=np.where(t.identification != "", t.identification, t.call_sign),
    )
    return rows, records_of(decoded, 62)


def _aircraft(decoded: Decoded) -> tuple[Told, Array]:
    a = aircraft(decoded)
    kind = np.where(a.ended, PlotKind.ENDED, np.where(a.real, PlotKind.TRANSPONDER, PlotKind.SIMULATED))
    more = {"speed": a.speed, "course": a.course, "identification": a.identification}
    return Told.of(len(a), category=a.category, kind=kind, **_same(a), **more), records_of(decoded, 20, 21)


def _directions(decoded: Decoded) -> tuple[Told, Array]:
    d = directions(decoded)
    placed = np.isin(d.message, (DirectionMessage.POSITION, DirectionMessage.CONFLICTING))
    variance = np.where(placed, (d.radius / 2) ** 2, np.nan)
    where = {
        name: getattr(d, name) for name in ("source", "time_of_day", "lat_deg", "lon_deg", "track_number", "datagram")
    }
    rows = Told.of(
        len(d),
        category=205,
        **where,
        bearing=d.bearing,
        cov_ee=variance,
        cov_en=np.where(np.isnan(variance), np.nan, 0.0),
        cov_nn=variance,
        identification=d.channel,
    )
    return rows, records_of(decoded, 205)


def _same(rows: Columns) -> dict[str, Array]:
    """The columns that tracks and aircraft share."""
    return {name: getattr(rows, name) for name in (*PLACE, "cov_ee", "cov_en", "cov_nn", "height")}
