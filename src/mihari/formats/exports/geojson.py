"""Vessels and trails -> GeoJSON. RFC 7946: WGS-84, longitude first, lines cut at the antimeridian."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson

from mihari.core.times import told_time
from mihari.core.units import KNOT
from mihari.formats.exports.rows import Rows, Trail, Vessel, pieces, rows_of, trails_of


def geojson(vessels: Rows, trails: Mapping[Any, Any] | None = None) -> bytes:
    """A FeatureCollection: a Point a vessel, a LineString or MultiLineString a trail of at least two places.

    Properties say what is known in the units of the sea (`speed_kn`, `course_deg`, `time` as text); unknown is null.
    A trail has its vessel's id and `times`, UTC s of each place as in its coordinates.

    >>> told = orjson.loads(geojson([{"id": 7, "lat_deg": 26.0, "lon_deg": 127.0, "speed": 3.6}]))
    >>> told["features"][0]["geometry"], told["features"][0]["properties"]["speed_kn"]
    ({'type': 'Point', 'coordinates': [127.0, 26.0]}, 7.0)
    """
    rows, told = rows_of(vessels), trails_of(trails)
    names = {row.id: row.label for row in rows}
    lines = [_line(id, names.get(id, f"#{id}"), trail) for id, trail in told.items() if len(trail) > 1]
    return orjson.dumps({"type": "FeatureCollection", "features": [*map(_point, rows), *lines]})


def _point(row: Vessel) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row.id,
        "geometry": {"type": "Point", "coordinates": [round(row.lon_deg, 7), round(row.lat_deg, 7)]},
        "properties": properties(row),
    }


def properties(row: Vessel) -> dict[str, Any]:
    """What is known of a vessel, in the units of the sea."""
    return {
        "vessel": row.id,
        "name": row.name or None,
        "mmsi": row.mmsi or None,
        "course_deg": None if row.course is None else round(math.degrees(row.course), 1) % 360.0,
        "speed_kn": None if row.speed is None else round(row.speed / KNOT, 1),
        "time": None if row.time is None else told_time(row.time),
        "source": row.source or None,
        "sd_m": None if row.sd is None else round(row.sd, 1),
    }


def _line(id: str, label: str, trail: Trail) -> dict[str, Any]:
    parts = pieces(trail)
    lines = [np.stack([part.lon_deg, part.lat_deg], axis=1).round(7).tolist() for part in parts]
    times = [part.time.tolist() for part in parts]
    one = len(parts) == 1
    return {
        "type": "Feature",
        "id": f"{id}-trail",
        "geometry": {"type": "LineString" if one else "MultiLineString", "coordinates": lines[0] if one else lines},
        "properties": {"vessel": id, "name": label, "times": times[0] if one else times},
    }
