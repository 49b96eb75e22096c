"""Vessels and trails -> KML 2.2. OGC 07-147r2; a trail with times is Google's `gx:Track`, as Google Earth plays it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lxml import etree

from mihari.core.times import told_time
from mihari.formats.exports.geojson import properties
from mihari.formats.exports.rows import Rows, Trail, Vessel, rows_of, trails_of

KML, GX = "http://www.opengis.net/kml/2.2", "http://www.google.com/kml/ext/2.2"
NAMES: Any = {None: KML, "gx": GX}
# style -> colour as KML has it (alpha, blue, green, red), after the source that holds the vessel
STYLES = {"ais": "ff4fc36b", "radar": "ff36a7f0", "other": "ffb4b4b4"}
SHAPE = "http://maps.google.com/mapfiles/kml/shapes/track.png"  # points north; viewers fetch it themselves


def kml(vessels: Rows, trails: Mapping[Any, Any] | None = None, name: str = "Mihari") -> bytes:
    """A document: folder `Vessels` of placemarks with time and heading, folder `Trails` of tracks.

    >>> document = kml([{"id": 7, "lat_deg": 26.0, "lon_deg": 127.0, "name": "KAI", "time": 0.0}])
    >>> etree.fromstring(document).findtext(f".//{{{KML}}}coordinates")
    '127.0000000,26.0000000'
    """
    rows, told = rows_of(vessels), trails_of(trails)
    root = etree.Element(f"{{{KML}}}kml", nsmap=NAMES)
    document = _add(root, "Document")
    _add(document, "name", name)
    for style, colour in STYLES.items():
        _style(document, style, colour)
    folder = _add(document, "Folder")
    _add(folder, "name", "Vessels")
    for row in rows:
        _placemark(folder, row)
    lines = {id: trail for id, trail in told.items() if len(trail)}
    if lines:
        names = {row.id: row for row in rows}
        folder = _add(document, "Folder")
        _add(folder, "name", "Trails")
        for id, trail in lines.items():
            _track(folder, names.get(id) or Vessel(id, 0.0, 0.0), trail)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _add(parent: Any, tag: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, f"{{{KML}}}{tag}")
    child.text = text
    return child


def _style(document: Any, style: str, colour: str) -> None:
    element = _add(document, "Style")
    element.set("id", style)
    icon = _add(element, "IconStyle")
    _add(icon, "color", colour)
    _add(icon, "scale", "0.7")
    _add(_add(icon, "Icon"), "href", SHAPE)
    _add(_add(element, "LabelStyle"), "scale", "0.7")
    line = _add(element, "LineStyle")
    _add(line, "color", colour)
    _add(line, "width", "2")


def style_of(row: Vessel) -> str:
    """The style of a vessel's placemark.

    >>> style_of(Vessel("7", 0.0, 0.0, source="radar lost_ais"))
    'radar'
    """
    held = row.source.split()
    return "ais" if "ais" in held else "radar" if "radar" in held else "other"


def _placemark(folder: Any, row: Vessel) -> None:
    """Elements in the order of the schema: name, time, style, data, geometry."""
    mark = _add(folder, "Placemark")
    _add(mark, "name", row.label)
    if row.time is not None:
        _add(_add(mark, "TimeStamp"), "when", told_time(row.time))
    _add(mark, "styleUrl", f"#{style_of(row)}")
    if row.course is not None:
        icon = _add(_add(mark, "Style"), "IconStyle")
        _add(icon, "heading", f"{math.degrees(row.course) % 360.0:.1f}")
    _data(mark, row)
    _add(_add(mark, "Point"), "coordinates", f"{row.lon_deg:.7f},{row.lat_deg:.7f}")


def _data(mark: Any, row: Vessel) -> None:
    told = _add(mark, "ExtendedData")
    for name, value in properties(row).items():
        if value is not None:
            data = _add(told, "Data")
            data.set("name", name)
            _add(data, "value", str(value))


def _track(folder: Any, row: Vessel, trail: Trail) -> None:
    """A `gx:Track`, with the span of its time so that viewers without the extension's times can still sort by it."""
    mark = _add(folder, "Placemark")
    _add(mark, "name", row.label)
    span = _add(mark, "TimeSpan")
    _add(span, "begin", told_time(trail.time[0]))
    _add(span, "end", told_time(trail.time[-1]))
    _add(mark, "styleUrl", f"#{style_of(row)}")
    track = etree.SubElement(mark, f"{{{GX}}}Track")
    for time in trail.time.tolist():
        _add(track, "when", told_time(time))
    for lon, lat in zip(trail.lon_deg.tolist(), trail.lat_deg.tolist(), strict=True):
        etree.SubElement(track, f"{{{GX}}}coord").text = f"{lon:.7f} {lat:.7f} 0"
