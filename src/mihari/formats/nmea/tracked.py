"""Decoded sentences -> what a ship's or station's radar tracks: TTM, TLL and TTD with true bearings, in SI. Pure.

One `RadarTracks` is one ship: relative bearings are turned by its heading (of the same source if that tells one, else
of any sentence of the stream) nearest in time, positions follow from its own. IEC 61162-1, 8.3; IEC 62388.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.errors import FormatError
from mihari.core.geodesy import direct, inverse
from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.formats.asterix.radar import full_time
from mihari.formats.nmea.own_ship import (
    MAGNETIC,
    Headings,
    Positions,
    headings,
    heard,
    latest,
    metres,
    metres_per_second,
    nearest,
    positions,
    source,
)
from mihari.formats.nmea.plain import unescaped
from mihari.formats.nmea.tables import Decoded, Table
from mihari.formats.nmea.ttd import LETTER, Parts
from mihari.formats.refusals import Refusals

HEADING_S = 2.0  # a turning vessel of 3°/s has moved its bow by 6°, five beams of a radar
OWN_S = 5.0  # at 20 kn own ship makes 50 m in that time, about a radar's range error
CLOCK_S = 60.0  # a time of day further from the time of receipt is a clock that is not set
SILENT_S = 60.0  # a tracked vessel is told every second or every turn: a number silent for 20 turns is given anew
TRACKS = 4096  # numbers remembered
REASONS = ("no_heading", "no_range", "no_units", "no_position", "no_number", "records")


@dataclass(frozen=True, slots=True)
class TrackRows(Columns):
    """Reports of tracked vessels, in the order of the sentences. Absent numbers are NaN."""

    track: Array = column("i8")  # a new one whenever a number is given anew; -1 without a number
    source: Array = column("U16")  # tag block's source, else the talker
    number: Array = column("i4")
    formatter: Array = column("U3")
    line: Array = column("i8")
    time: Array = column("f8")  # UTC s of the data
    received: Array = column("f8")  # UTC s
    range: Array = column("f8")  # m from own ship
    bearing: Array = column("f8")  # rad from true north
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    own_lat_deg: Array = column("f8")  # where own ship was
    own_lon_deg: Array = column("f8")
    speed: Array = column("f8")  # m/s; absent where it is told relative to own ship
    course: Array = column("f8")  # rad from true north
    status: Array = column("S1")  # L lost, Q being acquired, T tracked, '' not told
    acquisition: Array = column("S1")  # A automatic, M manual, R reported
    reference: Array = column("?")  # the vessel that own ship's speed is measured by
    name: Array = column("U64")


class RadarTracks:
    """Batches of decoded sentences of one ship -> rows; remembers headings, positions and numbers, bounded.

    `refused` counts sentences without what it takes ("no_heading": a relative bearing and no heading within 2 s);
    `clock`: times of day that were not believed (further than `clock_s` from the time of receipt).

    >>> from mihari.formats.nmea import decode_many, encode
    >>> told = encode({"formatter": "HDT", "heading_deg": 350.0}) + encode(
    ...     {"formatter": "TTM", "number": 7, "distance": 2.0, "bearing_deg": 20.0, "bearing_reference": "R",
    ...      "units": "N", "status": "T"})
    >>> rows = RadarTracks().take(decode_many(told), received=1.7e9)
    >>> rows.range.tolist(), np.degrees(rows.bearing).round(6).tolist(), rows.number.tolist()
    ([3704.0], [10.0], [7])
    """

    def __init__(self, *, heading_s: float = HEADING_S, own_s: float = OWN_S, clock_s: float = CLOCK_S) -> None:
        self.heading_s, self.own_s, self.clock_s = heading_s, own_s, clock_s
        self.refused = Refusals()
        self.clock = 0
        self._headings, self._positions = Headings.empty(), Positions.empty()
        self._variation_deg = np.nan
        self._parts = Parts()
        self._numbers: dict[tuple[str, int], tuple[int, float, bytes]] = {}  # -> track, time, status
        self._tracks = 0

    def take(self, decoded: Decoded, received: float) -> TrackRows:
        """The reports in a batch; `received`: UTC s. Sentences without times of their own count as heard then, in the
        order of their lines: a batch of them should span less than 2 s."""
        new, self._variation_deg = headings(decoded, received, self._variation_deg)
        self._headings = Headings.concatenate([self._headings, new])
        self._positions = Positions.concatenate([self._positions, positions(decoded, received)])
        batches = [
            made
            for name, read in (("TTM", self._ttm), ("TLL", self._tll), ("TTD", self._ttd))
            if name in decoded.tables and len(made := read(decoded.tables[name], received))
        ]
        self._headings = cast("Headings", latest(self._headings))
        self._positions = cast("Positions", latest(self._positions))
        rows = TrackRows.concatenate(batches)
        rows = rows.take(np.argsort(rows.line, kind="stable")) if len(batches) > 1 else rows
        return rows.replace(track=self._named(rows)) if len(rows) else rows

    # one formatter each

    def _ttm(self, table: Table, received: float) -> TrackRows:
        relative = table["bearing_reference"] == b"R"
        told = {"range": metres(table["distance"], table["units"])}
        told["bearing"] = np.radians(table["bearing_deg"])
        turned, found = self._heading(table, received)
        told["bearing"] = np.mod(np.where(relative, told["bearing"] + turned, told["bearing"]), 2 * np.pi)
        reasons = {
            "no_number": np.isnan(table["number"]),
            "no_range": np.isnan(table["distance"]) | np.isnan(table["bearing_deg"]),
            "no_units": table["units"] == b"",
            "no_heading": relative & ~found,
        }
        told["speed"] = metres_per_second(table["speed"], table["units"])
        told["course"] = np.mod(np.radians(table["course_deg"]), 2 * np.pi)
        own = table["course_reference"] == b"R"  # the motion as seen from own ship
        told["speed"], told["course"] = (np.where(own, np.nan, told[name]) for name in ("speed", "course"))
        told |= self._placed(table, received, told["range"], told["bearing"])
        rows = self._rows(table, received, acquisition=table["acquisition"], **told)
        return rows.take(self._kept(table, reasons))

    def _tll(self, table: Table, received: float) -> TrackRows:
        lat, lon = table["lat_deg"], table["lon_deg"]
        own_lat, own_lon = self._own(table, received)
        distance, bearing = inverse(own_lat, own_lon, lat, lon)
        own = {"own_lat_deg": own_lat, "own_lon_deg": own_lon}
        rows = self._rows(table, received, lat_deg=lat, lon_deg=lon, range=distance, bearing=bearing, **own)
        return rows.take(self._kept(table, {"no_position": np.isnan(lat) | np.isnan(lon)}))

    def _ttd(self, table: Table, received: float) -> TrackRows:
        found, at = self._records(table)
        if not found:
            return TrackRows.empty()
        row = np.array(at)
        one = {"range": NAUTICAL_MILE * _column(found, "distance_nm")}
        for name in ("bearing", "course"):
            one[name] = np.mod(np.radians(_column(found, f"{name}_deg")), 2 * np.pi)
        relative = _column(found, "relative_speed") == 1
        one["speed"] = np.where(relative, np.nan, KNOT * _column(found, "speed_kn"))
        one["course"] = np.where(relative, np.nan, one["course"])
        lat, lon = self._own(table, received)
        one["own_lat_deg"], one["own_lon_deg"] = lat[row], lon[row]
        one["lat_deg"], one["lon_deg"] = direct(lat[row], lon[row], one["bearing"], one["range"])
        status = np.array([LETTER.get(int(record["status"]), "") for record in found]).astype("S1")
        when = heard(table, received)[row]
        rows = TrackRows.of(
            len(found), source=source(table)[row], number=_column(found, "number"), formatter="TTD",
            line=table.line[row], time=when, received=received, status=status, **one,
        )  # fmt: skip
        return rows.take(np.flatnonzero(np.isfinite(rows.range) & np.isfinite(rows.bearing)))

    def _records(self, table: Table) -> tuple[list[dict[str, Any]], list[int]]:
        """The vessels of all sentences, test signals left out, and the row that completed each."""
        found: list[dict[str, Any]] = []
        rows: list[int] = []
        columns = (table["sequence"], table["total"], table["number"], table["payload"], table["fill"])
        numbers = [
            np.nan_to_num(c, nan=0.0).astype(int).tolist() if c.dtype.kind == "f" else c.tolist() for c in columns
        ]
        for i, (speaker, sequence, total, number, payload, fill) in enumerate(
            zip(source(table).tolist(), *numbers, strict=True)
        ):
            try:
                records, lost = self._parts.take(speaker, sequence, total, number, payload.decode("latin-1"), fill)
            except FormatError:
                records, lost = [], True
            if lost:
                self._refuse(table, np.array([i]), "records")
            kept = [r for r in records if r["version"] == 0 and r["number"] > 0 and not r["test"]]
            found += kept
            rows += [i] * len(kept)
        return found, rows

    # what they share

    def _rows(self, table: Table, received: float, **told: Array) -> TrackRows:
        number = table["number"]
        names = [unescaped(name.decode("ascii")) for name in table["name"].tolist()]
        return TrackRows.of(
            len(table), source=source(table), number=np.where(np.isnan(number), -1, number), name=names,
            formatter=table.sentence.formatter, line=table.line, time=self._time(table, received), received=received,
            status=table["status"], reference=table["reference"] == b"R", **told,
        )  # fmt: skip

    def _time(self, table: Table, received: float) -> Array:
        """UTC s of the data: the time of day on the day nearest to the time of receipt, if the clock is believed."""
        when = heard(table, received)
        full = full_time(table["time_of_day"], when)
        wrong = np.abs(full - when) > self.clock_s
        self.clock += int(wrong.sum())
        return np.where(np.isnan(full) | wrong, when, full)

    def _heading(self, table: Table, received: float) -> tuple[Array, Array]:
        """(heading in rad, whether one is known) for each sentence: of its own source, else true, else magnetic."""
        when, who, known = heard(table, received), source(table), self._headings
        chosen = np.full(len(table), -1)
        for speaker in np.unique(who):
            of = np.flatnonzero(who == speaker)
            chosen[of] = self._nearest(known, np.flatnonzero(known.source == speaker), when[of], table.line[of])
        for some in (np.flatnonzero(known.kind != MAGNETIC), np.flatnonzero(known.kind == MAGNETIC)):
            open_ = np.flatnonzero(chosen < 0)
            chosen[open_] = self._nearest(known, some, when[open_], table.line[open_])
        found = chosen >= 0
        turned = np.zeros(len(table))
        turned[found] = known.heading[chosen[found]]
        return turned, found

    def _nearest(self, known: Headings, rows: Array, when: Array, line: Array) -> Array:
        at = nearest(known.heard[rows], known.line[rows], when, line, self.heading_s)
        return np.where(at >= 0, rows[at], -1) if len(rows) else at

    def _own(self, table: Table, received: float) -> tuple[Array, Array]:
        """Own position at each sentence, NaN where none is known within `own_s`."""
        known = self._positions
        at = nearest(known.heard, known.line, heard(table, received), table.line, self.own_s)
        lat, lon = np.full(len(table), np.nan), np.full(len(table), np.nan)
        lat[at >= 0], lon[at >= 0] = known.lat_deg[at[at >= 0]], known.lon_deg[at[at >= 0]]
        return lat, lon

    def _placed(self, table: Table, received: float, distance: Array, bearing: Array) -> dict[str, Array]:
        own_lat, own_lon = self._own(table, received)
        lat, lon = direct(own_lat, own_lon, bearing, distance)
        return {"lat_deg": lat, "lon_deg": lon, "own_lat_deg": own_lat, "own_lon_deg": own_lon}

    def _kept(self, table: Table, reasons: dict[str, Array]) -> Array:
        """The rows that no reason holds for; the others are refused for the first one."""
        kept = np.ones(len(table), bool)
        for reason, wrong in reasons.items():
            self._refuse(table, np.flatnonzero(kept & wrong), reason)
            kept &= ~wrong
        return np.flatnonzero(kept)

    def _refuse(self, table: Table, rows: Array, reason: str) -> None:
        for row in rows.tolist():
            piece = table.data[int(table.starts[row]) : int(table.stops[row])]
            self.refused.add(int(table.offset[row]), piece, reason)

    def _named(self, rows: TrackRows) -> Array:
        """The track of each row: a number begins a new one after L, on Q after T, and after a silence."""
        tracks = np.full(len(rows), -1)
        columns = (rows.source, rows.number, rows.time, rows.status)
        for i, (speaker, number, time, status) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            if number < 0:
                continue
            before = self._numbers.pop((speaker, number), None)
            if before is None or time - before[1] > SILENT_S or _anew(before[2], status):
                self._tracks += 1
                before = (self._tracks, time, status)
            self._numbers[speaker, number] = (before[0], time, status)
            tracks[i] = before[0]
            if len(self._numbers) > TRACKS:
                self._numbers.pop(next(iter(self._numbers)))
        return tracks


def _anew(before: bytes, status: bytes) -> bool:
    return (before == b"L" and status != b"L") or (before == b"T" and status == b"Q")


def _column(found: Sequence[dict[str, Any]], name: str) -> Array:
    return np.array([record.get(name, np.nan) for record in found], float)
