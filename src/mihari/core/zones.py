"""Zones: named pieces of sea with what is to be watched in them; GeoJSON (RFC 7946) in and out, longitude first there.

A zone is a Feature with a Polygon (one ring, or an outer one and holes) or a LineString (a cable, a line on the chart,
with `width_m` to either side). Properties: `name`, `kind`, and for a rule `watch` with its limits.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.zone_watch import limits_of

KINDS = ("port", "anchorage", "fishing", "cable", "lane", "waiting", "closed", "zone")
MOST = 200  # zones in one file
MOST_CORNERS = 2000  # corners of one zone
MOST_WATCHED = 22  # zones with a watch rule: each has a bit of its own in what is remembered of vessels
LINE_WIDTH_M = 500.0  # to either side of a line that tells no width: a quarter of a nautical mile and some
MOST_WIDTH_M = 50_000.0  # of a line to either side
METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told of a zone. Absent limits are not watched."""

    enter: bool = False
    leave: bool = False
    speed_kn: float | None = None  # told when faster
    dwell_min: float | None = None  # told when longer inside
    types: tuple[str, ...] = ()  # categories it is about, lower case; () all
    flags: tuple[int, ...] = ()  # maritime identification digits it is about; () all
    months: tuple[int, ...] = ()  # the season, 1 to 12; () all year
    urgency: str = "caution"


@dataclass(frozen=True, slots=True)
class Zone:
    """A named piece of sea. `rings_deg`: outer ring and holes as (latitude, longitude), or the points of a line."""

    name: str
    kind: str = "zone"
    rings_deg: tuple[tuple[tuple[float, float], ...], ...] = ()
    width_m: float = 0.0  # of a line, to either side; 0: a polygon
    watch: Watch | None = None
    note: str = field(default="", compare=False)

    def holds(self, lat_deg: Array, lon_deg: Array) -> Array:
        """(n,) whether places lie inside; edges of a polygon count on its west and south.

        >>> square = Zone("test", rings_deg=(((26.0, 127.0), (26.0, 128.0), (27.0, 128.0), (27.0, 127.0)),))
        >>> square.holds(np.array([26.5, 26.5]), np.array([127.5, 128.5])).tolist()
        [True, False]
        """
        if self.width_m:
            return _near_line(self.rings_deg[0], self.width_m, lat_deg, lon_deg)
        inside = np.zeros(len(lat_deg), np.bool_)
        for ring in self.rings_deg:
            inside ^= _in_ring(np.array(ring), lat_deg, lon_deg)
        return inside


def _turned(lon_deg: Array, middle_deg: float) -> Array:
    """Longitudes within half a turn of `middle_deg`."""
    return (lon_deg - middle_deg + 180.0) % 360.0 - 180.0 + middle_deg


def _in_ring(ring: Array, lat_deg: Array, lon_deg: Array) -> Array:
    """Even-odd rule; O'Rourke, Computational Geometry in C, 7.4."""
    y, x = ring[:, 0], _turned(ring[:, 1], ring[0, 1])
    inside = np.zeros(len(lat_deg), np.bool_)
    px = _turned(lon_deg, ring[0, 1])
    near = (lat_deg >= y.min()) & (lat_deg <= y.max()) & (px >= x.min()) & (px <= x.max())
    rows = np.flatnonzero(near)
    u, v = px[rows], lat_deg[rows]
    odd = np.zeros(len(rows), np.bool_)
    for k in range(len(ring)):
        x0, y0, x1, y1 = x[k - 1], y[k - 1], x[k], y[k]
        if y0 != y1:
            odd ^= ((y0 > v) != (y1 > v)) & (u < (x1 - x0) * (v - y0) / (y1 - y0) + x0)
    inside[rows] = odd
    return inside


def _near_line(line: tuple[tuple[float, float], ...], width: float, lat_deg: Array, lon_deg: Array) -> Array:
    """Within `width` m of a line of points, on a local plane for each piece."""
    near = np.zeros(len(lat_deg), np.bool_)
    for (lat0, lon0), (lat1, lon1) in itertools.pairwise(line):
        scale = math.cos(math.radians((lat0 + lat1) / 2))
        dx, dy = _turned(np.array([lon1]), lon0)[0] * scale - lon0 * scale, lat1 - lat0
        px, py = (_turned(lon_deg, lon0) - lon0) * scale, lat_deg - lat0
        along = np.clip((px * dx + py * dy) / max(dx * dx + dy * dy, 1e-18), 0.0, 1.0)
        near |= np.hypot(px - along * dx, py - along * dy) * METRES_PER_DEGREE <= width
    return near


def read_zones(path: Path) -> tuple[Zone, ...]:
    """The zones of a GeoJSON file; BadInput with one sentence for another file."""
    try:
        told = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path}: {str(error.strerror or error).lower()}") from error
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{path}: no GeoJSON: {error}") from error
    return zones_of(told, str(path))


def zones_of(told: Any, where: str = "zones") -> tuple[Zone, ...]:
    """Zones of a GeoJSON document; BadInput that names the feature that is wrong."""
    if not isinstance(told, dict) or not isinstance(told.get("features"), list):
        raise BadInput(f"{where}: expected a GeoJSON FeatureCollection")
    if len(told["features"]) > MOST:
        raise BadInput(f"{where}: {len(told['features'])} zones, at most {MOST} are watched")
    zones = tuple(zone_of(feature, f"{where}: feature {k + 1}") for k, feature in enumerate(told["features"]))
    names = [zone.name for zone in zones]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{where}: two zones are named {twice!r}")
    watched = sum(zone.watch is not None for zone in zones)
    if watched > MOST_WATCHED:
        raise BadInput(f"{where}: {watched} zones have a watch, at most {MOST_WATCHED} can be watched")
    return zones


def zone_of(feature: Any, where: str = "zone") -> Zone:
    """The zone of one GeoJSON Feature; BadInput that begins with `where` and says what was expected."""
    if not isinstance(feature, Mapping):
        raise BadInput(f"{where}: expected a GeoJSON Feature")
    properties, geometry = feature.get("properties") or {}, feature.get("geometry") or {}
    if not isinstance(properties, Mapping) or not isinstance(geometry, Mapping):
        raise BadInput(f"{where}: expected a GeoJSON Feature with properties and a geometry")
    name, kind = str(properties.get("name") or "")[:80], str(properties.get("kind") or "zone")[:40]
    if not name:
        raise BadInput(f"{where}: a zone needs a name in its properties")
    if kind not in KINDS:
        raise BadInput(f"{where}: kind {kind!r}: expected one of {', '.join(KINDS)}")
    shape, corners = str(geometry.get("type"))[:40], geometry.get("coordinates")
    try:
        if shape == "Polygon":
            rings = tuple(_open(_ring(ring)) for ring in corners or ())
            width = 0.0
        elif shape == "LineString":
            rings, width = (_ring(corners),), float(properties.get("width_m") or LINE_WIDTH_M)
        else:
            raise BadInput(f"{where}: {shape}: expected a Polygon or a LineString")
        least = 2 if width else 3
        if not rings or any(len(set(ring)) < least for ring in rings) or not 0.0 <= width <= MOST_WIDTH_M:
            raise BadInput(f"{where}: a polygon needs three corners, a line two and a width_m up to {MOST_WIDTH_M:.0f}")
        if sum(len(ring) for ring in rings) > MOST_CORNERS:
            raise BadInput(f"{where}: more than {MOST_CORNERS} corners")
        return Zone(name, kind, rings, width, _watch(properties.get("watch"), where))
    except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise BadInput(f"{where}: corners are [longitude, latitude] in degrees") from error


def _open(ring: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """A ring without the repetition of its first corner."""
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _ring(corners: Any) -> tuple[tuple[float, float], ...]:
    ring = tuple((float(lat), float(lon)) for lon, lat, *_ in corners)
    if len(ring) > MOST_CORNERS or not all(abs(lat) <= 90 and abs(lon) <= 360 for lat, lon in ring):
        raise ValueError
    return ring


def _watch(told: Any, where: str) -> Watch | None:
    return None if told is None else Watch(**limits_of(told, where))


def geojson_of(zones: tuple[Zone, ...]) -> dict[str, Any]:
    """Zones as a GeoJSON FeatureCollection; `zones_of` gives them back."""
    return {"type": "FeatureCollection", "features": [feature_of(zone) for zone in zones]}


def feature_of(zone: Zone) -> dict[str, Any]:
    """A zone as a GeoJSON Feature; `zone_of` gives it back."""
    rings = [[[lon, lat] for lat, lon in ring] for ring in zone.rings_deg]
    shape: dict[str, Any] = (
        {"type": "LineString", "coordinates": rings[0]}
        if zone.width_m
        else {"type": "Polygon", "coordinates": [[*ring, ring[0]] for ring in rings]}
    )
    properties: dict[str, Any] = {"name": zone.name, "kind": zone.kind}
    if zone.width_m:
        properties["width_m"] = zone.width_m
    if zone.watch is not None:
        told = {name: getattr(zone.watch, name) for name in Watch.__dataclass_fields__}
        properties["watch"] = {key: list(v) if isinstance(v, tuple) else v for key, v in told.items() if v}
    return {"type": "Feature", "properties": properties, "geometry": shape}
