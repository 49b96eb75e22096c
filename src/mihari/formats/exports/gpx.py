"""Vessels and trails -> GPX 1.1 (Topografix): a waypoint a vessel, a track a trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from mihari.core.times import told_time
from mihari.formats.exports.geojson import properties
from mihari.formats.exports.rows import Rows, Trail, Vessel, rows_of, trails_of

GPX = "http://www.topografix.com/GPX/1/1"
NAMES: Any = {None: GPX}


def gpx(vessels: Rows, trails: Mapping[Any, Any] | None = None, name: str = "Mihari") -> bytes:
    """A GPX document. What GPX has no element for (course, speed, source, error) stands in `desc`.

    >>> document = gpx([{"id": 7, "lat_deg": 26.0, "lon_deg": 127.0, "time": 0.0}])
    >>> waypoint = etree.fromstring(document).find(f"{{{GPX}}}wpt")
    >>> dict(waypoint.attrib), waypoint.findtext(f"{{{GPX}}}time")
    ({'lat': '26.0000000', 'lon': '127.0000000'}, '1970-01-01T00:00:00Z')
    """
    rows, told = rows_of(vessels), trails_of(trails)
    root = etree.Element(f"{{{GPX}}}gpx", nsmap=NAMES, version="1.1", creator="Mihari")
    times = [row.time for row in rows if row.time is not None]
    metadata = _add(root, "metadata")
    _add(metadata, "name", name)
    if times:
        _add(metadata, "time", told_time(max(times)))
    for row in rows:
        _waypoint(root, row)
    names = {row.id: row.label for row in rows}
    for id, trail in told.items():
        if len(trail):
            _track(root, names.get(id, f"#{id}"), trail)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _add(parent: Any, tag: str, text: str | None = None, **attributes: str) -> Any:
    child = etree.SubElement(parent, f"{{{GPX}}}{tag}", attributes)
    child.text = text
    return child


def _at(lat_deg: float, lon_deg: float) -> dict[str, str]:
    lon = -180.0 if lon_deg >= 180.0 else lon_deg  # GPX: -180 to below 180
    written = f"{lon:.7f}"
    return {"lat": f"{lat_deg:.7f}", "lon": "-180.0000000" if written == "180.0000000" else written}


def _waypoint(root: Any, row: Vessel) -> None:
    """Elements in the order of the schema: time, name, desc, type."""
    point = _add(root, "wpt", None, **_at(row.lat_deg, row.lon_deg))
    if row.time is not None:
        _add(point, "time", told_time(row.time))
    _add(point, "name", row.label)
    told = {k: v for k, v in properties(row).items() if k not in ("name", "time") and v is not None}
    _add(point, "desc", ", ".join(f"{k} {v}" for k, v in told.items()))
    _add(point, "type", "vessel")


def _track(root: Any, label: str, trail: Trail) -> None:
    track = _add(root, "trk")
    _add(track, "name", label)
    segment = _add(track, "trkseg")
    for time, lat, lon in zip(trail.time.tolist(), trail.lat_deg.tolist(), trail.lon_deg.tolist(), strict=True):
        _add(_add(segment, "trkpt", None, **_at(lat, lon)), "time", told_time(time))
