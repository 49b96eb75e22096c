"""Area -> GeoJSON for the map (RFC 7946, longitude first), simplified where asked."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import orjson
from numpy.typing import NDArray

from mihari.coast.area import Area

Floats = NDArray[np.float64]

KEPT = 8  # documents: a face serves one or two areas at a few tolerances

_made: OrderedDict[tuple[object, ...], bytes] = OrderedDict()


def geojson(area: Area, tolerance_deg: float = 0.0) -> bytes:
    """A Feature with the area's land as a MultiPolygon; its properties hold name, title, notice and box.

    With a tolerance, shores move by at most that much (Douglas and Peucker, Cartographica 10 (1973) 112-122) and rings
    smaller than it vanish. Longitudes run on from the area's west edge and may exceed 180, which map programs draw
    without a seam. The last few documents are kept, so asking again costs nothing.

    >>> from mihari.coast.area import load
    >>> geojson(load("world"), 1.0)[:17]
    b'{"type":"Feature"'
    """
    box = (area.south_deg, area.west_deg, area.north_deg, area.east_deg)
    key = (area.name, area.notice, box, len(area.lat_deg), hash(area.lat_deg.tobytes()), tolerance_deg)
    if key not in _made:
        _made[key] = _document(area, tolerance_deg)
        while len(_made) > KEPT:
            _made.popitem(last=False)
    return _made[key]


def cover(area: Area) -> bytes:
    """A Feature with the area's box (property `kind` is "cover"), to be drawn as water between overview and area.

    Without it the overview's coarse islands show through the exact coastline.

    >>> from mihari.coast.area import load
    >>> orjson.loads(cover(load("aegean")))["geometry"]["coordinates"][0][0]
    [22.6, 38.4]
    """
    west, east = area.west_deg, area.west_deg + area.width_deg
    south, north = area.south_deg, area.north_deg
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return orjson.dumps(
        {
            "type": "Feature",
            "properties": {"name": area.name, "kind": "cover"},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
    )


def _document(area: Area, tolerance_deg: float) -> bytes:
    properties = {"name": area.name, "title": area.title, "notice": area.notice, "kind": "land"}
    west, east = area.west_deg, area.west_deg + area.width_deg
    feature = {
        "type": "Feature",
        "bbox": [west, area.south_deg, east, area.north_deg],
        "properties": properties,
        "geometry": {"type": "MultiPolygon", "coordinates": _polygons(area, tolerance_deg)},
    }
    return orjson.dumps(feature)


def _polygons(area: Area, tolerance_deg: float) -> list[list[list[list[float]]]]:
    """Polygons of rings of positions; exteriors counterclockwise, holes clockwise (RFC 7946, 3.1.6)."""
    keep = simplified(area, tolerance_deg)
    polygons: list[list[list[list[float]]]] = []
    exterior_kept = False
    for ring, level in enumerate(area.level):
        part = slice(area.starts[ring], area.starts[ring + 1])
        chosen = keep[part]
        points = np.column_stack([area.lon_deg[part], area.lat_deg[part]])[chosen]
        if level % 2:
            exterior_kept = len(points) >= 3
        if len(points) < 3 or not exterior_kept:
            continue
        if (_signed_area(points) > 0) != bool(level % 2):
            points = points[::-1]
        closed = np.concatenate([points, points[:1]]).tolist()
        if level % 2:
            polygons.append([closed])
        else:
            polygons[-1].append(closed)
    return polygons


def _signed_area(points: Floats) -> float:
    x, y = (points - points[0]).T
    return float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2)


def simplified(area: Area, tolerance_deg: float) -> NDArray[np.bool_]:
    """Which vertices stay, (vertices,): Douglas-Peucker on all rings at once, one level of splits per turn.

    Tolerance in degrees of latitude; longitudes are weighed by the cosine of the latitude.
    """
    keep = np.zeros(len(area.lat_deg), bool)
    if tolerance_deg <= 0 or not keep.size:
        return ~keep
    # rings opened at their first vertex, which is repeated at the end
    order = np.concatenate([[*range(a, b), a] for a, b in zip(area.starts[:-1], area.starts[1:], strict=True)])
    lat = area.lat_deg[order]
    points = np.column_stack([area.lon_deg[order] * np.cos(np.radians(lat)), lat])
    begin = area.starts[:-1] + np.arange(len(area.level))
    end = area.starts[1:] + np.arange(len(area.level))
    while len(begin):
        far, distance = _farthest(points, begin, end)
        split = distance > tolerance_deg
        begin, far, end = begin[split], far[split], end[split]
        keep[order[begin]] = keep[order[far]] = keep[order[end]] = True
        begin, end = np.concatenate([begin, far]), np.concatenate([far, end])
        longer = end - begin > 1
        begin, end = begin[longer], end[longer]
    return keep


def _farthest(points: Floats, begin: NDArray[np.int64], end: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Per stretch begin..end, the vertex between farthest from its chord (from its start, if closed) and how far."""
    count = end - begin - 1
    first = np.cumsum(count) - count
    stretch = np.repeat(np.arange(len(begin)), count)
    index = begin[stretch] + 1 + np.arange(len(stretch)) - first[stretch]
    chord = points[end] - points[begin]
    length2 = (chord**2).sum(axis=1)
    offset = points[index] - points[begin][stretch]
    along = (offset * chord[stretch]).sum(axis=1) / np.where(length2 > 0, length2, 1.0)[stretch]
    away = offset - np.clip(along, 0.0, 1.0)[:, None] * chord[stretch]
    distance = np.hypot(away[:, 0], away[:, 1])
    most = np.maximum.reduceat(distance, first)
    at = np.flatnonzero(distance == most[stretch])
    far = np.empty(len(begin), np.int64)
    far[stretch[at][::-1]] = index[at][::-1]  # the first of equals
    return far, most
