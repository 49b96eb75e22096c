"""Own ship's sentences -> its true headings and positions over time, and the one nearest to a moment.

HDT, THS and OSD tell the true heading, HDG the magnetic one with deviation and variation (variation else from RMC);
GGA, RMC and GLL tell the position. IEC 61162-1, 8.3. What its sender marks as not valid is no saying.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.nmea.tables import Decoded, Table

KEPT = 4096  # last headings and last positions; a gyro compass tells 50 a second
TRUE, MAGNETIC = 0, 1
UNIT_M = {b"K": 1000.0, b"N": 1852.0, b"S": 1609.344}  # of distances; speeds are per hour
_GOOD_MODES = (b"A", b"E", b"M")  # THS: autonomous, estimated, manual; not simulator, not valid


@dataclass(frozen=True, slots=True)
class Headings(Columns):
    """True headings, in the order of the sentences."""

    heard: Array = column("f8")  # UTC s
    line: Array = column("i8")
    source: Array = column("U16")
    kind: Array = column("u1")  # TRUE, MAGNETIC
    heading: Array = column("f8")  # rad


@dataclass(frozen=True, slots=True)
class Positions(Columns):
    """Own positions, in the order of the sentences."""

    heard: Array = column("f8")
    line: Array = column("i8")
    source: Array = column("U16")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")


def heard(table: Table, received: float) -> Array:
    """(n,) UTC s: the tag block's or trailing time of each sentence, else when it was received."""
    times: Array = np.where(np.isnan(table.time), received, table.time)
    return times


def source(table: Table) -> Array:
    """(n,) who speaks: the tag block's source, else the talker."""
    told: Array = np.where(table.source == "", table.talker.astype("U2"), table.source)
    return told


def headings(decoded: Decoded, received: float, variation_deg: float) -> tuple[Headings, float]:
    """(the valid headings of a batch, the last variation known). `variation_deg`: the last one before, else NaN."""
    if "RMC" in decoded.tables:
        told = decoded.tables["RMC"]["variation_deg"]
        variation_deg = float(told[np.isfinite(told)][-1]) if np.isfinite(told).any() else variation_deg
    batches = []
    for table, kind, degrees in _headings(decoded, variation_deg):
        rows = np.flatnonzero(np.isfinite(degrees) & (np.abs(degrees) <= 720.0))
        batch = Headings.of(
            len(table), heard=heard(table, received), line=table.line, source=source(table), kind=kind,
            heading=np.radians(np.mod(degrees, 360.0)),
        )  # fmt: skip
        batches.append(batch.take(rows))
    return Headings.concatenate(batches), variation_deg


def _headings(decoded: Decoded, variation_deg: float) -> Iterator[tuple[Table, int, Array]]:
    for name, kind in (("HDT", TRUE), ("THS", TRUE), ("OSD", TRUE), ("HDG", MAGNETIC)):
        table = decoded.tables.get(name)
        if table is None:
            continue
        if name == "HDG":
            variation = table["variation_deg"]
            variation = np.where(np.isnan(variation), variation_deg, variation)
            yield table, kind, table["heading_magnetic_deg"] + np.nan_to_num(table["deviation_deg"]) + variation
            continue
        degrees: Array = table["heading_deg"]
        if name == "THS":
            degrees = np.where(np.isin(table["mode"], _GOOD_MODES), degrees, np.nan)
        elif name == "OSD":
            degrees = np.where(table["heading_status"] == b"A", degrees, np.nan)
        yield table, kind, degrees


def positions(decoded: Decoded, received: float) -> Positions:
    """The valid own positions of a batch."""
    batches = []
    for name in ("GGA", "RMC", "GLL"):
        table = decoded.tables.get(name)
        if table is None:
            continue
        good = np.isfinite(table["lat_deg"]) & np.isfinite(table["lon_deg"])
        if name == "GGA":
            good &= table["quality"] > 0
        else:
            good &= table["status"] != b"V"
        batch = Positions.of(
            len(table), heard=heard(table, received), line=table.line, source=source(table),
            lat_deg=table["lat_deg"], lon_deg=table["lon_deg"],
        )  # fmt: skip
        batches.append(batch.take(np.flatnonzero(good)))
    return Positions.concatenate(batches)


def latest(known: Columns, most: int = KEPT) -> Columns:
    """The last rows of a batch, so that history stays bounded."""
    return known if len(known) <= most else known.take(np.arange(len(known) - most, len(known)))


def nearest(known_heard: Array, known_line: Array, when: Array, line: Array, within: float) -> Array:
    """(n,) index of the row nearest in time to each moment, -1 where none is nearer than `within` s.

    Rows heard at the same time count in the order of their lines, and the last one before a line is nearest to it.

    >>> nearest(np.array([1.0, 5.0]), np.array([0, 9]), np.array([2.0, 4.0, 9.0]), np.array([3, 4, 12]), 2.0)
    array([ 0,  1, -1])
    """
    known = len(known_heard)
    if not known or not len(when):
        return np.full(len(when), -1)
    times, lines = np.concatenate([known_heard, when]), np.concatenate([known_line, line])
    order = np.lexsort((lines, times))
    place = np.arange(len(order))
    is_known = order < known
    last = np.maximum.accumulate(np.where(is_known, place, -1))
    following = np.minimum.accumulate(np.where(is_known, place, len(order))[::-1])[::-1]
    asked = np.flatnonzero(~is_known)
    t = times[order[asked]]
    before, after = last[asked], following[asked]
    from_before = np.where(before >= 0, t - times[order[np.maximum(before, 0)]], np.inf)
    to_after = np.where(after < len(order), times[order[np.minimum(after, len(order) - 1)]] - t, np.inf)
    chosen = np.where(from_before <= to_after, before, after)
    found = np.full(len(when), -1)
    near = np.minimum(from_before, to_after) < within
    found[order[asked[near]] - known] = order[chosen[near]]
    return found


def metres(value: Array, units: Array) -> Array:
    """Distances in the unit that a sentence names (K, N, S), in m; NaN without one."""
    scale = np.full(len(units), np.nan)
    for letter, unit in UNIT_M.items():
        scale[units == letter] = unit
    made: Array = value * scale
    return made


def metres_per_second(value: Array, units: Array) -> Array:
    """Speeds in km/h, knots or miles per hour, in m/s.

    >>> metres_per_second(np.array([36.0]), np.array([b"K"])).tolist()
    [10.0]
    """
    return metres(value, units) / 3600.0
