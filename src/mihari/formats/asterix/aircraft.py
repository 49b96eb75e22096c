"""Categories 020 (multilateration) and 021 (ADS-B): what answers or tells of itself by transponder.

Aircraft, and vehicles of airfields: drawn, never tracked as vessels. EUROCONTROL-SPEC-0149 parts 14 and 12. Editions of
021 before 1.0 (0.23 to 0.26) name some items otherwise; both are read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Decoded, Table
from mihari.formats.asterix.reading import every, first, in_order, number, source_of, spread, text, told, value

# 95 % bounds of the horizontal position in m by NACp 0 to 11 (RTCA DO-260B); 0 is worse than all others
NACP_M = np.array([np.nan, 18520, 7408, 3704, 1852, 926, 555.6, 185.2, 92.6, 30, 10, 3, *[np.nan] * 4])
TWO_SIGMA = 2.4477  # the 95 % radius of a circular Gaussian in standard deviations


@dataclass(frozen=True, slots=True)
class Aircraft(Columns):
    """Reports of categories 020 and 021, one row each; NaN, -1 or '' is absent."""

    category: Array = column("u1")
    source: Array = column("u2", absent=0xFFFF)  # SAC << 8 | SIC
    time_of_day: Array = column("f8")  # s since midnight UTC, of the position
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    cov_ee: Array = column("f8")  # m²: 020/500, 021/090 NACp
    cov_en: Array = column("f8")
    cov_nn: Array = column("f8")
    x: Array = column("f8")  # m, 020/042: from the system's reference point (019/600)
    y: Array = column("f8")
    height: Array = column("f8")  # m: geometric, else by flight level
    speed: Array = column("f8")  # m/s over ground
    course: Array = column("f8")  # rad over ground
    climb_mps: Array = column("f8")
    address: Array = column("i4")  # 24 bits
    identification: Array = column("U8")
    track_number: Array = column("i4")
    emitter: Array = column("i2")  # 021/020
    on_ground: Array = column("?")
    real: Array = column("?", True)  # neither simulated nor a test, no monitor of the system itself
    ended: Array = column("?")  # last report of its track (020/170)
    datagram: Array = column("i8")


def aircraft(decoded: Decoded) -> Aircraft:
    """All of categories 020 and 021, in the order of the bytes.

    >>> from mihari.formats.asterix import decode, encode
    >>> items = {"131": {"LAT": 1 << 27, "LON": 1 << 28}, "080": 0x86D1C4, "071": 128, "160": {"GS": 8192, "TA": 16384}}
    >>> seen = aircraft(decode(encode([{"category": 21, "items": items}])))
    >>> seen.lat_deg.tolist(), seen.lon_deg.tolist(), seen.speed.tolist(), hex(seen.address[0])
    ([22.5], [45.0], [926.0], '0x86d1c4')
    """
    return in_order(Aircraft, decoded, {20: (_of_020, every), 21: (_of_021, every)})[0]


def _of_020(table: Table) -> Aircraft:
    sd_x, sd_y = value(table, "500/SDP/X"), value(table, "500/SDP/Y")
    ee, en, nn = spread(sd_x, sd_y, np.zeros(len(table)))  # its correlation has no sign: not used
    vx, vy = value(table, "202/VX"), value(table, "202/VY")
    return Aircraft.of(
        len(table),
        category=20,
        source=source_of(table),
        time_of_day=value(table, "140"),
        lat_deg=value(table, "041/LAT"),
        lon_deg=value(table, "041/LON"),
        cov_ee=ee,
        cov_en=en,
        cov_nn=nn,
        x=value(table, "042/X"),
        y=value(table, "042/Y"),
        height=first(value(table, "105"), value(table, "090/FL")),
        speed=np.hypot(vx, vy),
        course=np.arctan2(vx, vy) % (2 * np.pi),
        address=number(table, "220"),
        identification=text(table, "245/CHR"),
        track_number=number(table, "161/TRN"),
        on_ground=told(table, "020/GBS", 1),
        real=~(told(table, "020/SIM", 1) | told(table, "020/TST", 1) | told(table, "020/RAB", 1)),
        ended=told(table, "170/TRE", 1),
        datagram=table.records.datagram,
    )


def _of_021(table: Table) -> Aircraft:
    sd = NACP_M[number(table, "090/NACP", 15)] / TWO_SIGMA
    cov = np.where(np.isnan(sd), np.nan, sd**2)
    return Aircraft.of(
        len(table),
        category=21,
        source=source_of(table),
        time_of_day=value(table, "071", "073", "030", "077"),
        lat_deg=value(table, "131/LAT", "130/LAT"),
        lon_deg=value(table, "131/LON", "130/LON"),
        cov_ee=cov,
        cov_en=np.where(np.isnan(cov), np.nan, 0.0),
        cov_nn=cov,
        height=value(table, "140", "145"),
        speed=value(table, "160/GS"),
        course=value(table, "160/TA"),
        climb_mps=value(table, "157/GVR", "157", "155/BVR", "155"),
        address=number(table, "080"),
        identification=text(table, "170"),
        track_number=number(table, "161/TRNUM"),
        emitter=number(table, "020"),
        on_ground=told(table, "040/GBS", 1),
        real=~(told(table, "040/SIM", 1) | told(table, "040/TST", 1) | told(table, "040/RAB", 1)),
        datagram=table.records.datagram,
    )
