"""Arrays of plots, sector crossings and north markers -> ASTERIX datagrams, as a coastal radar sends them.

Categories 048 (target reports) and 034 (service messages) in their newest editions; the fast way out for the
simulator: whole arrays to bytes without a dict per record. EUROCONTROL-SPEC-0149 parts 2b and 4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.formats.asterix.encode import encode, frame
from mihari.formats.asterix.values import NM

DAY_S = 86_400.0
TIME_UNITS = 128.0  # per second, I048/140 and I034/030
RANGE_UNIT_M = NM / 256.0  # I048/040
LONGEST_DATAGRAM = 1_400  # octets: fits an Ethernet frame without being cut up
PSR = 1  # I048/020 TYP: single primary detection


def encode_plots(
    sac: int,
    sic: int,
    time_of_day: Array,
    range_m: Array,
    bearing: Array,
    amplitude_dbm: Array | None = None,
    longest: int = LONGEST_DATAGRAM,
) -> list[bytes]:
    """Primary plots as category 048 datagrams of at most `longest` octets, one block each.

    `time_of_day` s since midnight UTC, `range_m` slant m (below 256 NM), `bearing` rad clockwise from north,
    `amplitude_dbm` whole dBm, NaN where unknown: all (n,). Times and bearings wrap; raises `FormatError` for a range
    that category 048 cannot hold.

    >>> datagram, = encode_plots(12, 34, np.array([0.5]), np.array([18520.0]), np.array([math.pi / 2]))
    >>> datagram.hex()
    '30000ef00c22000040200a004000'
    """
    octets = _plot_octets(sac, sic, time_of_day, range_m, bearing)
    amplitude = np.full(len(octets), np.nan) if amplitude_dbm is None else np.asarray(amplitude_dbm, float)
    known = np.isfinite(amplitude)
    level = np.clip(np.rint(np.where(known, amplitude, 0.0)), -128, 127).astype(np.int8).view(np.uint8)
    return list(frame(48, _plot_records(octets, known, level), longest))


def _plot_octets(sac: int, sic: int, time_of_day: Array, range_m: Array, bearing: Array) -> Array:
    """(n, 11) octets: field specification, 010, 140, 020, 040."""
    rho = np.rint(np.asarray(range_m, float) / RANGE_UNIT_M)
    if not np.all((rho >= 0) & (rho < 65536)):
        raise FormatError("spec", "ASTERIX 048/040/RHO: ranges must be between 0 and 256 nautical miles")
    ticks = np.rint(np.asarray(time_of_day, float) * TIME_UNITS).astype(np.int64) % int(DAY_S * TIME_UNITS)
    theta = np.rint(np.asarray(bearing, float) * (65536 / (2 * math.pi))).astype(np.int64) & 0xFFFF
    octets = np.empty((len(rho), 11), np.uint8)
    octets[:, :3] = 0xF0, sac, sic
    octets[:, 3:6] = ticks[:, None] >> np.array([16, 8, 0]) & 0xFF
    octets[:, 6] = PSR << 5
    octets[:, 7:9] = rho.astype(np.int64)[:, None] >> np.array([8, 0]) & 0xFF
    octets[:, 9:11] = theta[:, None] >> np.array([8, 0]) & 0xFF
    return octets


def _plot_records(octets: Array, known: Array, level: Array) -> Iterator[bytes]:
    """Each record as bytes; one with an amplitude has item 130 (bit 2 of the specification) with PAM (bit 4) in it."""
    for row, has_level, own in zip(octets, known.tolist(), level.tolist(), strict=True):
        if has_level:
            yield bytes([0xF2]) + row[1:].tobytes() + bytes([0x08, own])
        else:
            yield row.tobytes()


class Emitter:
    """One radar's datagrams, as `encode_plots`, `encode_north` and `encode_sector` make them, a turn at a time.

    >>> emitter = Emitter(12, 34)
    >>> records = emitter.plots(np.array([0.5]), np.array([18520.0]), np.array([math.pi / 2]), np.array([-60.0]))
    >>> emitter.blocks(records, 0, 1) == encode_plots(12, 34, [0.5], [18520.0], [math.pi / 2], [-60.0])
    True
    """

    def __init__(self, sac: int, sic: int) -> None:
        self.sac, self.sic = sac, sic
        self._crossing = encode_sector(sac, sic, 0.0, 0.0)
        self._fits = (LONGEST_DATAGRAM - 3) // 13

    def plots(self, time_of_day: Array, range_m: Array, bearing: Array, amplitude_dbm: Array) -> Array:
        """(n, 13) octets, one record a row; arguments as `encode_plots`, all amplitudes known."""
        octets = _plot_octets(self.sac, self.sic, time_of_day, range_m, bearing)
        level = np.clip(np.rint(np.asarray(amplitude_dbm, float)), -128, 127).astype(np.int8).view(np.uint8)
        records = np.empty((len(octets), 13), np.uint8)
        records[:, :11], records[:, 0], records[:, 11], records[:, 12] = octets, 0xF2, 0x08, level
        return records

    def blocks(self, records: Array, first: int, last: int) -> list[bytes]:
        """The records `first` to `last` as data blocks that fit a datagram each; an empty one if there are none."""
        if first == last:
            return [b""]
        cuts = [*range(first, last, self._fits), last]
        return [b"\x30" + (3 + 13 * (b - a)).to_bytes(2, "big") + records[a:b].tobytes() for a, b in pairwise(cuts)]

    def north(self, time_of_day: float, rotation_s: float, position: tuple[float, float, float]) -> bytes:
        """A north marker with the radar's place."""
        return encode_north(self.sac, self.sic, time_of_day, rotation_s, position)

    def crossing(self, time_of_day: float, azimuth: float, position: tuple[float, float, float] | None = None) -> bytes:
        """A sector crossing, with the radar's place if it moves."""
        if position is not None:
            return encode_sector(self.sac, self.sic, time_of_day, azimuth, position=position)
        ticks = round(time_of_day * TIME_UNITS) % int(DAY_S * TIME_UNITS)
        sector = round(azimuth * (256 / (2 * math.pi))) % 256
        return self._crossing[:7] + ticks.to_bytes(3, "big") + bytes([sector])


def encode_sector(
    sac: int,
    sic: int,
    time_of_day: float,
    azimuth: float,
    rotation_s: float | None = None,
    position: tuple[float, float, float] | None = None,
) -> bytes:
    """A sector crossing (I034/000 = 2): the antenna passes `azimuth` (rad, kept to 1/256 turn) at `time_of_day` (s).

    `rotation_s`: antenna period; `position`: lat_deg, lon_deg, height m of the radar.

    >>> encode_sector(12, 34, 0.5, math.pi, 2.5).hex()
    '22000df80c2202000040800140'
    """
    sector = round(azimuth * (256 / (2 * math.pi))) % 256
    return _service(sac, sic, 2, time_of_day, {"020": sector}, rotation_s, position)


def encode_north(
    sac: int,
    sic: int,
    time_of_day: float,
    rotation_s: float | None = None,
    position: tuple[float, float, float] | None = None,
) -> bytes:
    """A north marker (I034/000 = 1); arguments as `encode_sector`."""
    return _service(sac, sic, 1, time_of_day, {}, rotation_s, position)


def _service(
    sac: int,
    sic: int,
    message: int,
    time_of_day: float,
    more: dict[str, Any],
    rotation_s: float | None,
    position: tuple[float, float, float] | None,
) -> bytes:
    ticks = round(time_of_day * TIME_UNITS) % int(DAY_S * TIME_UNITS)
    items: dict[str, Any] = {"010": {"SAC": sac, "SIC": sic}, "000": message, "030": ticks, **more}
    if rotation_s is not None:
        items["041"] = round(rotation_s * TIME_UNITS)
    if position is not None:
        lat_deg, lon_deg, height = position
        unit = 180 / 2**23
        items["120"] = {"HGT": round(height), "LAT": round(lat_deg / unit), "LON": round(lon_deg / unit)}
    return encode([{"category": 34, "items": items}])
