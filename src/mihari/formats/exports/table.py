"""Vessels -> CSV. RFC 4180, UTF-8; text that a spreadsheet would run as a formula is made plain text."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from mihari.core.times import told_time
from mihari.formats.exports.geojson import properties
from mihari.formats.exports.rows import Rows, Vessel, rows_of, trails_of

COLUMNS = ("vessel", "name", "mmsi", "time", "lat_deg", "lon_deg", "course_deg", "speed_kn", "source", "sd_m")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV injection"


def csv_of(vessels: Rows, trails: Mapping[Any, Any] | None = None) -> bytes:
    """A header and a line a vessel, then a line for each place of its trail; unknown is empty.

    >>> print(csv_of([{"id": 7, "lat_deg": 26.0, "lon_deg": 127.0, "speed": 3.6, "name": "=1+1"}]).decode())
    vessel,name,mmsi,time,lat_deg,lon_deg,course_deg,speed_kn,source,sd_m\r
    7,'=1+1,,,26.0000000,127.0000000,,7.0,,\r
    <BLANKLINE>
    """
    rows, told = rows_of(vessels), trails_of(trails)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(_line(row))
    names = {row.id: row for row in rows}
    for id, trail in told.items():
        known = names.get(id)
        name, mmsi = (known.name, known.mmsi or None) if known else ("", None)
        for time, lat, lon in zip(trail.time.tolist(), trail.lat_deg.tolist(), trail.lon_deg.tolist(), strict=True):
            writer.writerow([_plain(id), _plain(name), mmsi, told_time(time), f"{lat:.7f}", f"{lon:.7f}", *[None] * 4])
    return out.getvalue().encode()


def _line(row: Vessel) -> list[Any]:
    told = properties(row) | {"lat_deg": f"{row.lat_deg:.7f}", "lon_deg": f"{row.lon_deg:.7f}"}
    return [_plain(value) if isinstance(value := told[name], str) and name in TEXTS else value for name in COLUMNS]


TEXTS = ("vessel", "name", "source")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
