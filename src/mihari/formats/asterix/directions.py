"""Category 205: reports of radio direction finders, bearings of what transmits. EUROCONTROL-SPEC-0149, edition 1.0.

A bearing (message 2) starts at the finder's own place, which it tells (050); a position report (1, 3) tells where
several finders together hold the transmitter to be, with a radius (110). A sensor's own report (5) has level and
elevation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Decoded, Table
from mihari.formats.asterix.reading import every, in_order, number, source_of, text, value


class DirectionMessage(IntEnum):
    """I205/000."""

    NONE = 0
    POSITION = 1
    BEARING = 2
    CONFLICTING = 3  # a second transmitter on the same channel
    ENDED = 4
    SENSOR = 5


@dataclass(frozen=True, slots=True)
class Directions(Columns):
    """Reports of category 205, one row each; NaN, -1 or '' is absent."""

    source: Array = column("u2", absent=0xFFFF)  # SAC << 8 | SIC
    sensor: Array = column("i2")  # 170
    time_of_day: Array = column("f8")  # s since midnight UTC
    message: Array = column("u1")  # DirectionMessage
    report_number: Array = column("i2")
    lat_deg: Array = column("f8")  # 050: of the finder in a bearing report, else of the transmitter
    lon_deg: Array = column("f8")
    bearing: Array = column("f8")  # rad from true north there, 070
    system_bearing: Array = column("f8")  # rad, in the system's plane, 080
    radius: Array = column("f8")  # m, within which the transmitter is expected, 110
    channel: Array = column("U7")  # as told, 090
    frequency: Array = column("f8")  # Hz, of a channel that is named by one in MHz
    quality: Array = column("i2")  # 100, as the maker means it
    level: Array = column("f8")  # dBµV, 180
    signal_quality: Array = column("i2")  # 0 worst to 255 best, 190
    elevation: Array = column("f8")  # rad, 200
    track_number: Array = column("i4")  # 160
    other_lat_deg: Array = column("f8")  # of a second transmitter, 130
    other_lon_deg: Array = column("f8")
    other_radius: Array = column("f8")  # m, 150
    datagram: Array = column("i8")


def directions(decoded: Decoded) -> Directions:
    """All of category 205, in the order of the bytes.

    >>> from mihari.formats.asterix import decode, encode
    >>> items = {"000": 2, "070": 9000, "090": int.from_bytes(b"156.800", "big")}
    >>> told = directions(decode(encode([{"category": 205, "items": items}])))
    >>> round(float(told.bearing[0]), 4), told.channel.tolist(), told.frequency.tolist()
    (1.5708, ['156.800'], [156800000.0])
    """
    return in_order(Directions, decoded, {205: (_directions, every)})[0]


def _directions(table: Table) -> Directions:
    channel = text(table, "090")
    return Directions.of(
        len(table),
        source=source_of(table),
        sensor=number(table, "170"),
        time_of_day=value(table, "030"),
        message=number(table, "000", 0),
        report_number=number(table, "040"),
        lat_deg=value(table, "050/LAT"),
        lon_deg=value(table, "050/LON"),
        bearing=value(table, "070"),
        system_bearing=value(table, "080"),
        radius=value(table, "110"),
        channel=channel,
        frequency=np.array([_hertz(name) for name in channel.tolist()], float),
        quality=number(table, "100"),
        level=value(table, "180"),
        signal_quality=number(table, "190"),
        elevation=value(table, "200"),
        track_number=number(table, "160"),
        other_lat_deg=value(table, "130/LAT"),
        other_lon_deg=value(table, "130/LON"),
        other_radius=value(table, "150"),
        datagram=table.records.datagram,
    )


def _hertz(channel: str) -> float:
    """Of a channel that is named by digits and a decimal point, in MHz; NaN for others.

    >>> _hertz("121.100"), _hertz("CH16")
    (121100000.0, nan)
    """
    digits = channel.replace(".", "", 1)
    return round(float(channel) * 1e6) * 1.0 if digits.isascii() and digits.isdigit() and "." in channel else np.nan
