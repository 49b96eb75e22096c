"""What was learned -> GeoJSON (RFC 7946, longitude first): hexagons of traffic and reception, areas of anchorages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mihari.behaviours.context.cells import h3
from mihari.behaviours.context.hearing import ANYBODY, Heard
from mihari.behaviours.context.learned import Learned
from mihari.behaviours.context.traffic import SECTORS, quantile
from mihari.core.columns import Array
from mihari.core.picture import Category
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.units import KNOT

LAYERS = ("traffic", "reception", "radar", "anchorages")
MOST = 20_000  # cells of a layer: more is a screen full of specks; the least used are left out, and counted
POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


def layer(learned: Learned, name: str, sensors: tuple[Sensor, ...] = ()) -> dict[str, Any]:
    """One of `LAYERS` as a FeatureCollection; `sensors` of the node name the stations."""
    made: dict[str, Callable[[], dict[str, Any]]] = {
        "traffic": lambda: traffic(learned),
        "reception": lambda: hearing(learned, _named(learned, sensors, radars=False)),
        "radar": lambda: hearing(learned, _named(learned, sensors, radars=True)),
        "anchorages": lambda: anchorages(learned),
    }
    return made[name]()


def traffic(learned: Learned) -> dict[str, Any]:
    """A hexagon for each cell: entries and vessels by category, usual speeds, most used way."""
    table = learned.traffic.table
    cells, vessels = table.cells, table.vessels()
    of_cell: dict[int, list[int]] = defaultdict(list)
    for row, cell in enumerate(cells.tolist()):
        of_cell[cell].append(row)
    counts = {cell: float(table.rows["count"][rows].sum()) for cell, rows in of_cell.items()}
    shown = sorted(counts, key=lambda cell: (-counts[cell], cell))[:MOST]
    features = [_hexagon(cell, _traffic_of(learned, of_cell[cell], vessels)) for cell in shown]
    return _collection(features, len(counts) - len(shown))


def _traffic_of(learned: Learned, at: list[int], vessels: Array) -> dict[str, Any]:
    table = learned.traffic.table
    rows = table.rows[at]
    speeds, ways = rows["speeds"].sum(axis=0, dtype=np.float64), rows["ways"].sum(axis=0, dtype=np.float64)
    told: dict[str, Any] = {"count": round(float(rows["count"].sum()), 2)}
    told["vessels"] = {
        Category(tag).name.lower(): int(vessels[row]) for row, tag in zip(at, table.tags[at].tolist(), strict=True)
    }
    if speeds.sum():
        told["low_kn"], told["high_kn"] = quantile(speeds, 0.1), quantile(speeds, 0.9)
        told["median_kn"] = quantile(speeds, 0.5)
    if ways.sum():
        way = int(np.argmax(ways))
        told["way"], told["way_share"] = POINTS[way], round(float(ways[way] / ways.sum()), 2)
        told["way_kn"] = round(float(rows["way_speed"][:, way].sum() / ways[way] / KNOT), 1)
    return told


def hearing(learned: Learned, stations: dict[int, str]) -> dict[str, Any]:
    """A hexagon for each cell that one of the stations (tag -> name) hears or sees: the best share, and each one's."""
    table = learned.hearing.table
    vessels, tags = table.vessels(), table.tags
    of_cell: dict[int, list[int]] = defaultdict(list)
    for row, cell in enumerate(table.cells.tolist()):
        if int(tags[row]) in stations and table.rows["due"][row] > 0:
            of_cell[cell].append(row)
    features, due = [], {}
    for cell, rows in of_cell.items():
        each = {stations[int(tags[row])]: heard_in(table.rows[row], int(vessels[row])) for row in rows}
        best = each.get("", max(each.values(), key=lambda heard: heard.share))
        due[cell] = best.due
        features.append((cell, best, {name: round(h.share, 3) for name, h in sorted(each.items()) if name}))
    ends = set(learned.rims.large.now.tolist()) if ANYBODY in stations else set()  # of AIS, not of radars
    features.sort(key=lambda told: (-due[told[0]], told[0]))
    return _collection(
        [
            _hexagon(
                cell,
                {
                    "share": round(min(best.share, 1.0), 3), "due": round(best.due, 1), "vessels": best.vessels,
                    "reports": round(best.reports), "proven": best.proven_good, "ends": cell in ends,
                    "stations": each,
                },
            )
            for cell, best, each in features[:MOST]
        ],
        max(len(features) - MOST, 0),
    )  # fmt: skip


def heard_in(row: Any, vessels: int) -> Heard:
    """A row of the table as people ask for it."""
    return Heard(float(row["heard"]), float(row["due"]), vessels, float(row["reports"]))


def anchorages(learned: Learned, least: int | None = None) -> dict[str, Any]:
    """An area for each anchorage; cells with fewer vessels than an anchorage needs are told as `few`."""
    areas = learned.anchorages.areas() if least is None else learned.anchorages.areas(least)
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"anchorage {k + 1}", "vessels": a.vessels, "stops": a.stops, "cells": len(a.cells)},
            "geometry": {"type": "MultiPolygon", "coordinates": [[_ring(cell)] for cell in a.cells]},
        }
        for k, a in enumerate(areas)
    ]
    return _collection(features, 0)


def reach(learned: Learned, sensor: Sensor, least: int = 3) -> dict[int, float]:
    """How far a station or radar has heard or seen at least so many vessels: m by bearing (0, 10 … 350 degrees)."""
    table = learned.hearing.table
    mine = (table.tags == sensor.index) & (table.vessels() >= least) & (table.rows["heard"] > 0)
    furthest: dict[int, float] = {}
    for cell in table.cells[mine].tolist():
        lat, lon = h3().cell_to_latlng(cell)
        north = (lat - sensor.lat_deg) * 111_195.0
        east = ((lon - sensor.lon_deg + 180.0) % 360.0 - 180.0) * 111_195.0 * np.cos(np.radians(sensor.lat_deg))
        bearing = int(round(np.degrees(np.arctan2(east, north)) / 10.0) * 10 % 360)
        furthest[bearing] = max(furthest.get(bearing, 0.0), float(np.hypot(east, north)))
    return dict(sorted(furthest.items()))


def _named(learned: Learned, sensors: Iterable[Sensor], radars: bool) -> dict[int, str]:
    """Tag -> name of the AIS stations, "" for all together, or of the radars."""
    known = {s.index: s for s in sensors}
    if radars:
        return {k: s.name for k, s in known.items() if s.kind == SensorKind.RADAR}
    tags = np.unique(learned.hearing.table.tags).tolist()
    named = {tag: known[tag].name if tag in known else f"feed {tag - 16_384}" for tag in tags if tag != ANYBODY}
    return {ANYBODY: "", **{t: n for t, n in named.items() if t not in known or known[t].kind == SensorKind.AIS}}


def _collection(features: list[dict[str, Any]], left_out: int) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features, "left_out": left_out}


def _hexagon(cell: int, properties: dict[str, Any]) -> dict[str, Any]:
    ring = {"type": "Polygon", "coordinates": [_ring(cell)]}
    return {"type": "Feature", "id": f"{cell:x}", "properties": properties, "geometry": ring}


def _ring(cell: int) -> list[list[float]]:
    """The corners of a cell, closed, in one piece across the antimeridian."""
    corners = [(round(lat, 5), round(lon, 5)) for lat, lon in h3().cell_to_boundary(cell)]
    first = corners[0][1]
    ring = [[lon - 360.0 * round((lon - first) / 360.0), lat] for lat, lon in corners]
    return [*ring, ring[0]]


assert len(POINTS) == SECTORS
