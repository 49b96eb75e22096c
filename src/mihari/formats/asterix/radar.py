"""Decoded ASTERIX -> what a radar says: plots (048, 010), sector crossings and the radar's own place (034).

EUROCONTROL-SPEC-0149 parts 2b (034), 4 (048) and 7 (010). Ranges are slant ranges, bearings clockwise from the true
north of the radar; times are seconds since midnight UTC and carry no date (`full_time` finds it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Decoded, Table

DAY_S = 86_400.0


class PlotKind(IntEnum):
    """What a target report is. Where several hold, the highest."""

    PRIMARY = 0  # seen by the radar's own echo (or another sensor that needs no transponder)
    TRANSPONDER = 1  # SSR, Mode S, multilateration: aircraft and vehicles that answer
    COASTED = 2  # no detection this scan: the radar's own extrapolation, not a plot
    SIMULATED = 3  # marked simulated or test
    MONITOR = 4  # field monitor, permanent echo
    ENDED = 5  # last report of a track


class Message(IntEnum):
    """I034/000 as far as a tracker needs it."""

    OTHER = 0
    NORTH = 1
    SECTOR = 2


@dataclass(frozen=True, slots=True)
class Plots(Columns):
    """Target reports in the order of the bytes; `source` is SAC << 8 | SIC (65535 absent)."""

    source: Array = column("u2", absent=0xFFFF)
    time_of_day: Array = column("f8")  # s since midnight UTC
    range: Array = column("f8")  # slant, m
    bearing: Array = column("f8")  # rad
    lat_deg: Array = column("f8")  # only where the radar sends positions itself (I010/041)
    lon_deg: Array = column("f8")
    kind: Array = column("u1")  # PlotKind
    track_number: Array = column("i4")
    amplitude_dbm: Array = column("f8")
    datagram: Array = column("i8")


@dataclass(frozen=True, slots=True)
class Sectors(Columns):
    """Service messages in the order of the bytes; `azimuth` of the sector that begins, NaN for others."""

    source: Array = column("u2", absent=0xFFFF)
    time_of_day: Array = column("f8")  # s since midnight UTC
    message: Array = column("u1")  # Message
    azimuth: Array = column("f8")  # rad
    rotation_s: Array = column("f8")  # antenna period
    datagram: Array = column("i8")


@dataclass(frozen=True, slots=True)
class Sites(Columns):
    """The last place that each radar told (I034/120): WGS-84, height above mean sea level."""

    source: Array = column("u2", absent=0xFFFF)
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    height: Array = column("f8")  # m


def plots(decoded: Decoded) -> Plots:
    """The target reports of categories 048 and 010.

    >>> from mihari.formats.asterix import decode, encode_plots
    >>> datagram, = encode_plots(12, 34, np.array([0.5]), np.array([18520.0]), np.array([1.0]))
    >>> seen = plots(decode(datagram))
    >>> seen.range.tolist(), seen.time_of_day.tolist(), seen.source.tolist(), PlotKind(seen.kind[0]).name
    ([18520.0], [0.5], [3106], 'PRIMARY')
    """
    return _in_order(Plots, decoded, {48: _plots_048, 10: _plots_010})


def sectors(decoded: Decoded) -> Sectors:
    """The service messages of category 034.

    >>> import math
    >>> from mihari.formats.asterix import decode, encode_sector
    >>> crossing = sectors(decode(encode_sector(12, 34, 60.0, math.pi, rotation_s=2.5)))
    >>> crossing.azimuth.tolist() == [math.pi], Message(crossing.message[0]).name, crossing.rotation_s.tolist()
    (True, 'SECTOR', [2.5])
    """
    return _in_order(Sectors, decoded, {34: _sectors_034})


def sites(decoded: Decoded) -> Sites:
    """Where the radars stand, as far as they say so: one row a source."""
    found: dict[int, list[float]] = {}
    for table in decoded.of(34):
        rows = np.flatnonzero(table.has("120"))
        source = _source(table)[rows]
        place = np.stack([table[f"120/{name}"][rows] for name in ("LAT", "LON", "HGT")], axis=1)
        found.update(zip(source.tolist(), place.tolist(), strict=True))
    latest = np.array([found[number] for number in sorted(found)]).reshape(-1, 3)
    return Sites(np.array(sorted(found), np.uint16), *latest.T)


def full_time(time_of_day: Array, received: Array | float) -> Array:
    """UTC seconds since 1970 of times of day heard at `received` (UTC s): the day that brings the two closest.

    Holds while the delay (or the clocks' difference) is below 12 h. NaN stays NaN.

    >>> midnight = 20_000 * 86_400.0
    >>> (full_time(np.array([86_399.0, 1.0, 43_000.0]), midnight + 0.5) - midnight).tolist()
    [-1.0, 1.0, 43000.0]
    """
    time_of_day = np.asarray(time_of_day, float)
    days: Array = np.rint((np.asarray(received, float) - time_of_day) / DAY_S)
    return time_of_day + DAY_S * days


Batch = TypeVar("Batch", bound=Columns)


def _in_order(kind: type[Batch], decoded: Decoded, readers: dict[int, Callable[[Table], Batch]]) -> Batch:
    """Read the tables of some categories and put their rows into the order of the bytes."""
    read = [(t, readers[t.category.number](t)) for t in decoded.tables if t.category.number in readers]
    if not read:
        return kind.empty()
    batch = kind.concatenate([rows for _, rows in read])
    record = np.concatenate([t.records.record[_is_message(t)] for t, _ in read])
    return batch.take(np.argsort(record, kind="stable")) if len(read) > 1 else batch


def _is_message(table: Table) -> Array:
    """The rows that the readers give: all, of 010 the target reports (I010/000 = 1)."""
    if table.category.number == 10:
        is_report: Array = table.raw("000", 1) == 1
        return is_report
    return np.ones(len(table), bool)


def _source(table: Table) -> Array:
    sac, sic = table.raw("010/SAC", 0xFF), table.raw("010/SIC", 0xFF)
    source: Array = (sac << 8 | sic).astype(np.uint16)
    return source


def _is(table: Table, path: str, *values: int) -> Array:
    told: Array = np.isin(table.raw(path), values)
    return told


def _first(choices: Sequence[Array]) -> Array:
    """Cell by cell the first that is not NaN."""
    found = choices[0].copy()
    for other in choices[1:]:
        absent = np.isnan(found)
        found[absent] = other[absent]
    return found


def _polar(table: Table, bearing: str) -> tuple[Array, Array]:
    """Measured range and bearing; from the Cartesian position (042: x east, y north) where there is no polar one."""
    x, y = table["042/X"], table["042/Y"]
    turned = np.arctan2(x, y) % (2 * np.pi)
    return _first([table["040/RHO"], np.hypot(x, y)]), _first([table[bearing], turned])


def _kinds(transponder: Array, coasted: Array, table: Table) -> Array:
    """The highest of the kinds that hold."""
    marks = (
        (PlotKind.TRANSPONDER, transponder),
        (PlotKind.COASTED, coasted),
        (PlotKind.SIMULATED, _is(table, "020/SIM", 1) | _is(table, "020/TST", 1)),
        (PlotKind.MONITOR, _is(table, "020/RAB", 1)),
        (PlotKind.ENDED, _is(table, "170/TRE", 1)),
    )
    kind = np.full(len(table), PlotKind.PRIMARY, np.uint8)
    for value, holds in marks:
        kind[holds] = value
    return kind


def _plots_048(table: Table) -> Plots:
    slant, bearing = _polar(table, "040/THETA")
    answered = table.has("220") | table.has("070")
    kind_told = table.has("020")
    transponder = _is(table, "020/TYP", 2, 3, 4, 5, 6, 7) | (~kind_told & answered)
    return Plots.of(
        len(table),
        source=_source(table),
        time_of_day=table["140"],
        range=slant,
        bearing=bearing,
        kind=_kinds(transponder, _is(table, "020/TYP", 0), table),
        track_number=table.raw("161/TRN"),
        amplitude_dbm=table["130/PAM"],
        datagram=table.records.datagram,
    )


def _plots_010(table: Table) -> Plots:
    slant, bearing = _polar(table, "040/TH")
    transponder = _is(table, "020/TYP", 0, 1, 2, 5)  # multilateration of replies, ADS-B
    return Plots.of(
        len(table),
        source=_source(table),
        time_of_day=table["140"],
        range=slant,
        bearing=bearing,
        lat_deg=table["041/LAT"],
        lon_deg=table["041/LON"],
        kind=_kinds(transponder, _is(table, "170/CST", 1, 2, 3), table),
        track_number=table.raw("161/TRK"),
        datagram=table.records.datagram,
    ).take(_is_message(table))


def _sectors_034(table: Table) -> Sectors:
    told = table.raw("000", 0)
    is_sector = told == Message.SECTOR
    return Sectors.of(
        len(table),
        source=_source(table),
        time_of_day=table["030"],
        message=np.where((told == Message.NORTH) | is_sector, told, Message.OTHER),
        azimuth=np.where(is_sector, table["020"], np.nan),
        rotation_s=table["041"],
        datagram=table.records.datagram,
    )
