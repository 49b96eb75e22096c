"""Category 015: target reports of independent non-cooperative sensors. EUROCONTROL-SPEC-0149,
category 015 edition 1.2.

A sensor tells what it measured (625 range, 626 Doppler, 627 azimuth, 628 elevation) or where it holds the target to be
(600, with 602 velocity), each with its accuracy; `measurements` gives all of it, `plots_015` what a tracker takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Decoded, Table
from mihari.formats.asterix.plots import PlotKind, Plots
from mihari.formats.asterix.reading import every, in_order, number, source_of, spread, told, value


class MessageType(IntEnum):
    """I015/000."""

    NONE = 0
    MEASUREMENT_PLOT = 1
    MEASUREMENT_TRACK = 2
    SENSOR_PLOT = 3  # sensor centric
    SENSOR_TRACK = 4
    TRACK_END = 5


TRACKS = (MessageType.MEASUREMENT_TRACK, MessageType.SENSOR_TRACK)


@dataclass(frozen=True, slots=True)
class Measurements(Columns):
    """Reports of category 015, one row each; NaN is absent. x is east and y north at the target."""

    source: Array = column("u2", absent=0xFFFF)
    time_of_day: Array = column("f8")  # s since midnight UTC, 145
    message: Array = column("u1")  # MessageType
    number: Array = column("i4")  # 161, of plot or track
    lat_deg: Array = column("f8")  # 600
    lon_deg: Array = column("f8")
    cov_ee: Array = column("f8")  # m²
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")
    east_mps: Array = column("f8")  # 602
    north_mps: Array = column("f8")
    velocity_cov_ee: Array = column("f8")  # m²/s²
    velocity_cov_en: Array = column("f8")
    velocity_cov_nn: Array = column("f8")
    height: Array = column("f8")  # m above the ellipsoid, 601
    range: Array = column("f8")  # m, 625; of a bistatic sensor the difference of the ways
    range_sd: Array = column("f8")
    range_rate: Array = column("f8")  # m/s
    doppler: Array = column("f8")  # m/s, 626
    doppler_sd: Array = column("f8")
    azimuth: Array = column("f8")  # rad, 627
    azimuth_sd: Array = column("f8")
    elevation: Array = column("f8")  # rad, 628
    elevation_sd: Array = column("f8")
    target_length: Array = column("f8")  # m, 270
    target_width: Array = column("f8")
    target_height: Array = column("f8")
    orientation: Array = column("f8")  # rad from true north
    object_class: Array = column("i2")  # 300, the last one told
    update_period: Array = column("f8")  # s, 050
    monostatic: Array = column("?", True)  # 020/MOMU: whether `range` is a distance
    datagram: Array = column("i8")


def measurements(decoded: Decoded) -> Measurements:
    """All of category 015, in the order of the bytes.

    >>> from mihari.formats.asterix import decode, encode
    >>> items = {"000": {"MT": 1, "RG": 0}, "625": {"R": 185200}, "627": {"AZ": 16384}, "270": {"LEN": 4200}}
    >>> told = measurements(decode(encode([{"category": 15, "items": items}])))
    >>> told.range.tolist(), round(float(told.azimuth[0]), 4), told.target_length.tolist()
    ([18520.0], 1.5708, [42.0])
    """
    return in_order(Measurements, decoded, {15: (_measurements, every)})[0]


def _measurements(table: Table) -> Measurements:
    cov = _spread(table, "600/HPP/SDHPX", "600/HPP/SDHPY", "600/HPP/COSDHPXY")
    velocity = _spread(table, "602/SDHV/X", "602/SDHV/Y", "602/SDHV/COHVXY")
    return Measurements.of(
        len(table),
        source=source_of(table),
        time_of_day=value(table, "145"),
        message=number(table, "000/MT", 0),
        number=number(table, "161"),
        lat_deg=value(table, "600/P84/LATITUDE"),
        lon_deg=value(table, "600/P84/LONGITUDE"),
        cov_ee=cov[0],
        cov_en=cov[1],
        cov_nn=cov[2],
        east_mps=value(table, "602/HV/X"),
        north_mps=value(table, "602/HV/Y"),
        velocity_cov_ee=velocity[0],
        velocity_cov_en=velocity[1],
        velocity_cov_nn=velocity[2],
        height=value(table, "601/GH"),
        range=value(table, "625/R"),
        range_sd=value(table, "625/SDR"),
        range_rate=value(table, "625/RR"),
        doppler=value(table, "626/DV"),
        doppler_sd=value(table, "626/SDDV"),
        azimuth=value(table, "627/AZ"),
        azimuth_sd=value(table, "627/SDASZ"),
        elevation=value(table, "628/EL"),
        elevation_sd=value(table, "628/SDEL"),
        target_length=value(table, "270/LEN"),
        target_width=value(table, "270/WDT"),
        target_height=value(table, "270/HGT"),
        orientation=value(table, "270/ORT"),
        object_class=number(table, "300/CLS"),
        update_period=value(table, "050/UPD"),
        monostatic=~told(table, "020/MOMU", 1, 2, 3),
        datagram=table.records.datagram,
    )


def _spread(table: Table, sd_x: str, sd_y: str, correlation: str) -> tuple[Array, Array, Array]:
    x, y = value(table, sd_x), value(table, sd_y)
    ee, en, nn = spread(x, y, value(table, correlation) * x * y)
    return ee, en, nn


def is_measurement(table: Table) -> Array:
    """Rows with a place: a distance and an azimuth, or a position."""
    distance = ~told(table, "020/MOMU", 1, 2, 3) & ~np.isnan(value(table, "625/R"))
    polar = distance & ~np.isnan(value(table, "627/AZ"))
    placed: Array = polar | ~np.isnan(value(table, "600/P84/LATITUDE"))
    return placed


def plots_015(table: Table) -> Plots:
    """Reports with a place. Of a track a measured distance and azimuth are a plot, the position alone is none; what
    several stations measured together (bistatic) is no distance from the sensor."""
    m = _measurements(table)
    polar = m.monostatic & np.isfinite(m.range) & np.isfinite(m.azimuth)
    kind = np.full(len(m), PlotKind.PRIMARY, np.uint8)
    is_track = np.isin(m.message, TRACKS)
    kind[is_track & (~polar | told(table, "170/CSTP", 1))] = PlotKind.COASTED
    kind[told(table, "020/TTAX", 2, 3)] = PlotKind.SIMULATED
    kind[told(table, "020/TTAX", 1)] = PlotKind.MONITOR
    kind[m.message == MessageType.TRACK_END] = PlotKind.ENDED
    plots = Plots.of(
        len(m),
        source=m.source,
        time_of_day=m.time_of_day,
        range=np.where(polar, m.range, np.nan),
        bearing=np.where(polar, m.azimuth, np.nan),
        lat_deg=m.lat_deg,
        lon_deg=m.lon_deg,
        kind=kind,
        track_number=np.where(is_track, m.number, -1),
        datagram=m.datagram,
        cov_ee=m.cov_ee,
        cov_en=m.cov_en,
        cov_nn=m.cov_nn,
    )
    return plots.take(is_measurement(table))
