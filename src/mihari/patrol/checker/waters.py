"""Rules 17 and 18: areas that are kept out of, and land that craft on or below the water do not cross."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mihari.core.units import DEGREE
from mihari.patrol.checker import slack
from mihari.patrol.checker.sheet import Sheet
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.checker.ways import name_of
from mihari.patrol.file import KeepOutSection
from mihari.patrol.ground import inside

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAY_TOUCH = 5000.0  # m of a leg at either end that may lie on land: ports and islands
METRES_A_DEGREE = 111_195.0


def waters(sheet: Sheet) -> Iterator[Violation]:
    """Rules 17 and 18 for all legs and stops."""
    for area in sheet.file.keep_out:
        yield from _legs_in(sheet, area)
        yield from _stops_in(sheet, area)
    yield from _over_land(sheet)


def well_inside(corners: tuple[tuple[float, float], ...], lat_deg: Floats, lon_deg: Floats) -> Bools:
    """Whether places lie in a polygon, and so do places `slack.EDGE_M` away in all four directions.

    >>> square = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0))
    >>> well_inside(square, np.array([0.5, 0.0005]), np.array([0.5, 0.5])).tolist()  # 0.0005° are 56 m
    [True, False]
    """
    lat, lon = np.asarray(lat_deg, float), np.asarray(lon_deg, float)
    north = slack.EDGE_M / METRES_A_DEGREE
    east = north / np.maximum(np.cos(lat * DEGREE), 0.01)
    within = inside(corners, lat, lon)
    for up, right in ((north, 0.0), (-north, 0.0), (0.0, east), (0.0, -east)):
        within &= inside(corners, lat + up, lon + right)
    return within


def _legs_in(sheet: Sheet, area: KeepOutSection) -> Iterator[Violation]:
    samples, legs = sheet.samples, sheet.legs
    hours = (samples.time - sheet.start) / 3600
    meant = np.array([vehicle.platform.kind in area.kinds for vehicle in sheet.who], bool)
    rows = np.flatnonzero((hours > area.from_h) & (hours < area.to_h) & meant[legs.sortie[samples.leg]])
    rows = rows[well_inside(area.corners, samples.lat_deg[rows], samples.lon_deg[rows])]
    for leg, first in zip(*np.unique(samples.leg[rows], return_index=True), strict=True):
        name, time = sheet.who[legs.sortie[leg]].name, float(samples.time[rows[first]])
        told = f"{name} is in {area.name!r} at {clock(time)} on its way {sheet.leg_name(leg)}"
        yield violation("keep-out leg", told, time, name)


def _stops_in(sheet: Sheet, area: KeepOutSection) -> Iterator[Violation]:
    first, last = sheet.start + 3600 * area.from_h, sheet.start + 3600 * area.to_h
    stops = [
        (visit.vehicle.name, visit.stop)
        for visit in sheet.visits
        if visit.vehicle.platform.kind in area.kinds
        and visit.stop.arrive < last - slack.TIME_S
        and visit.stop.leave > first + slack.TIME_S
    ]
    lat, lon = (np.array([getattr(stop, key) for _, stop in stops], float) for key in ("lat_deg", "lon_deg"))
    for i in np.flatnonzero(well_inside(area.corners, lat, lon)):
        name, stop = stops[i]
        time = max(stop.arrive, first)
        told = f"{name} is in {area.name!r} at {clock(time)} at its stop at {name_of(stop)}"
        yield violation("keep-out stop", told, time, name)


def _over_land(sheet: Sheet) -> Iterator[Violation]:
    """Rule 18."""
    land, samples, legs = sheet.ground.cells.land, sheet.samples, sheet.legs
    if land is None:
        return
    swims = np.array([not vehicle.flies for vehicle in sheet.who], bool)[legs.sortie[samples.leg]]
    left = legs.distance[samples.leg] - samples.gone
    rows = np.flatnonzero(swims & (samples.gone > MAY_TOUCH) & (left > MAY_TOUCH))
    rows = rows[land.on_land(samples.lat_deg[rows], samples.lon_deg[rows])]
    for leg, first in zip(*np.unique(samples.leg[rows], return_index=True), strict=True):
        row = rows[first]
        name, time = sheet.who[legs.sortie[leg]].name, float(samples.time[row])
        place = f"{samples.lat_deg[row]:.3f}, {samples.lon_deg[row]:.3f}"
        yield violation("land", f"{name} crosses land at {place} on its way {sheet.leg_name(leg)}", time, name)
