"""What a radar says, in the form that all its categories are brought into: plots and service messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Table
from mihari.formats.asterix.reading import told


class PlotKind(IntEnum):
    """What a target report is. Where several hold, the highest."""

    PRIMARY = 0  # seen by the radar's own echo (or another sensor that needs no transponder)
    TRANSPONDER = 1  # SSR, Mode S, multilateration: aircraft and vehicles that answer
    COASTED = 2  # no detection this scan: the radar's own extrapolation or track, not a plot
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
    time_modulo: Array = column("f8", 86_400.0)  # s: `time_of_day` is what is left by this much (I001/141: 512)
    height: Array = column("f8")  # m, as told by flight level; NaN unknown
    cov_ee: Array = column("f8")  # m², of a position that the radar sends itself
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")


@dataclass(frozen=True, slots=True)
class Sectors(Columns):
    """Service messages in the order of the bytes; `azimuth` of the sector that begins, NaN for others."""

    source: Array = column("u2", absent=0xFFFF)
    time_of_day: Array = column("f8")  # s since midnight UTC
    message: Array = column("u1")  # Message
    azimuth: Array = column("f8")  # rad
    rotation_s: Array = column("f8")  # antenna period
    datagram: Array = column("i8")


def kinds(table: Table, transponder: Array, coasted: Array) -> Array:
    """The highest of the kinds that hold, (records,)."""
    marks = (
        (PlotKind.TRANSPONDER, transponder),
        (PlotKind.COASTED, coasted),
        (PlotKind.SIMULATED, told(table, "020/SIM", 1) | told(table, "020/TST", 1)),
        (PlotKind.MONITOR, told(table, "020/RAB", 1)),
        (PlotKind.ENDED, told(table, "170/TRE", 1)),
    )
    kind = np.full(len(table), PlotKind.PRIMARY, np.uint8)
    for number, holds in marks:
        kind[holds] = number
    return kind
