"""Category 062: system tracks, the picture of another centre. EUROCONTROL-SPEC-0149 part 9.

What another centre believes is kept and drawn; it is no evidence of ours, for it may rest on the same reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.geodesy import A
from mihari.formats.asterix.decode import Decoded, Table
from mihari.formats.asterix.reading import every, first, in_order, number, source_of, spread, text, told, value


class Status(IntFlag):
    """I062/080, as far as it matters for a picture of the sea."""

    TENTATIVE = 1
    ENDED = 2  # the last message of this track
    BEGUN = 4  # the first
    COASTED = 8
    SIMULATED = 16
    MONOSENSOR = 32
    AMALGAMATED = 64
    SURFACE = 128  # a surface target (edition 1.20 and later)


STATUS = {
    Status.TENTATIVE: "080/CNF",
    Status.ENDED: "080/TSE",
    Status.BEGUN: "080/TSB",
    Status.COASTED: "080/CST",
    Status.SIMULATED: "080/SIM",
    Status.MONOSENSOR: "080/MON",
    Status.AMALGAMATED: "080/AMA",
    Status.SURFACE: "080/SFC",
}


@dataclass(frozen=True, slots=True)
class SystemTracks(Columns):
    """Reports of category 062, one row each; NaN, -1 or '' is absent."""

    source: Array = column("u2", absent=0xFFFF)  # SAC << 8 | SIC
    service: Array = column("i2")  # 015
    time_of_day: Array = column("f8")  # s since midnight UTC, 070
    track_number: Array = column("i4")  # 040
    status: Array = column("u1")  # Status
    lat_deg: Array = column("f8")  # WGS-84, 105
    lon_deg: Array = column("f8")
    x: Array = column("f8")  # m, 100: in the centre's own plane
    y: Array = column("f8")
    east_mps: Array = column("f8")  # 185; its y axis is north at the target
    north_mps: Array = column("f8")
    cov_ee: Array = column("f8")  # m², 500
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")
    velocity_sd_east: Array = column("f8")  # m/s, 500
    velocity_sd_north: Array = column("f8")
    turning: Array = column("i1")  # 200: 0 constant course, 1 right turn, 2 left turn, 3 undetermined
    speeding: Array = column("i1")  # 200: 0 constant speed, 1 faster, 2 slower, 3 undetermined
    climbing: Array = column("i1")  # 200: 0 level, 1 climb, 2 descent, 3 undetermined
    target_length: Array = column("f8")  # m, 270
    target_width: Array = column("f8")
    orientation: Array = column("f8")  # rad from true north
    identification: Array = column("U8")  # 245
    call_sign: Array = column("U7")  # 390/CS
    address: Array = column("i4")  # 24 bits of ICAO, 380/ADR
    mode_3a: Array = column("i2")  # 060
    vehicle: Array = column("i2")  # 300
    height: Array = column("f8")  # m, geometric (130), else by flight level (136)
    climb_mps: Array = column("f8")  # 220
    age: Array = column("f8")  # s since the last update by any sensor, 290
    other_unit: Array = column("i2")  # 510, the first: who is responsible for the track
    other_number: Array = column("i4")
    sensor: Array = column("u2", absent=0xFFFF)  # 340/SID: SAC << 8 | SIC of who measured last
    datagram: Array = column("i8")


def system_tracks(decoded: Decoded) -> SystemTracks:
    """All of category 062, in the order of the bytes.

    >>> from mihari.formats.asterix import decode, encode
    >>> items = {"040": 7, "105": {"LAT": 1 << 22, "LON": -(1 << 23)}, "185": {"VX": -4, "VY": 20},
    ...          "500": {"APC": {"X": 20, "Y": 40}, "COV": -10}}
    >>> track = system_tracks(decode(encode([{"category": 62, "items": items}])))
    >>> [x.tolist() for x in (track.lat_deg, track.lon_deg, track.east_mps, track.north_mps)]
    [[22.5], [-45.0], [-1.0], [5.0]]
    >>> [x.tolist() for x in (track.cov_ee, track.cov_en, track.cov_nn)]  # 10 m, -(5 m)², 20 m
    [[100.0], [-25.0], [400.0]]
    """
    return in_order(SystemTracks, decoded, {62: (_tracks, every)})[0]


def _tracks(table: Table) -> SystemTracks:
    cov_ee, cov_en, cov_nn = _accuracy(table)
    unit, track = _first_of(table, "510/IDENT"), _first_of(table, "510/TRACK")
    sac, sic = number(table, "340/SID/SAC", 0xFF), number(table, "340/SID/SIC", 0xFF)
    return SystemTracks.of(
        len(table),
        source=source_of(table),
        service=number(table, "015"),
        time_of_day=value(table, "070"),
        track_number=number(table, "040"),
        status=sum((told(table, path, 1).astype(np.uint8) * flag for flag, path in STATUS.items()), np.uint8(0)),
        lat_deg=value(table, "105/LAT"),
        lon_deg=value(table, "105/LON"),
        x=value(table, "100/X"),
        y=value(table, "100/Y"),
        east_mps=value(table, "185/VX"),
        north_mps=value(table, "185/VY"),
        cov_ee=cov_ee,
        cov_en=cov_en,
        cov_nn=cov_nn,
        velocity_sd_east=value(table, "500/ATV/X"),
        velocity_sd_north=value(table, "500/ATV/Y"),
        turning=number(table, "200/TRANS"),
        speeding=number(table, "200/LONG"),
        climbing=number(table, "200/VERT"),
        target_length=value(table, "270/LENGTH"),
        target_width=value(table, "270/WIDTH"),
        orientation=value(table, "270/ORIENTATION"),
        identification=text(table, "245/CHR"),
        call_sign=text(table, "390/CS"),
        address=number(table, "380/ADR"),
        mode_3a=number(table, "060/MODE3A"),
        vehicle=number(table, "300"),
        height=first(value(table, "130"), value(table, "136")),
        climb_mps=value(table, "220"),
        age=value(table, "290/TRK"),
        other_unit=unit,
        other_number=track,
        sensor=(sac << 8 | sic).astype(np.uint16),
        datagram=table.records.datagram,
    )


def _accuracy(table: Table) -> tuple[Array, Array, Array]:
    """Position covariance in m² of 500: by Cartesian standard deviations (APC) and covariance, else by those of
    latitude and longitude (APW)."""
    lat = np.radians(value(table, "105/LAT"))
    north = first(value(table, "500/APC/Y"), np.radians(value(table, "500/APW/LAT")) * A)
    east = first(value(table, "500/APC/X"), np.radians(value(table, "500/APW/LON")) * A * np.cos(lat))
    root = value(table, "500/COV")  # sign · √|covariance|
    ee, en, nn = spread(east, north, np.sign(root) * root**2)
    return ee, en, nn


def _first_of(table: Table, path: str) -> Array:
    """(records,) the first repetition's wire number, -1 for none."""
    cells = table.cells(path)
    found = np.full(len(table), -1, np.int64)
    found[cells.rows[::-1]] = cells.raw[::-1]
    return found
