"""Where vehicles may go and are heard: straight legs against keep-out areas, land and the reach of links.

A leg is judged by points along it. Areas are taken a little wider, and earlier, than they are, so that a leg that is
flown a minute late or a mile off is still clear of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import great_circle, lat_lon
from mihari.core.units import wrap_lon_deg
from mihari.patrol.cells import Cells
from mihari.patrol.courses import between
from mihari.patrol.file import KeepOutSection, PatrolFile
from mihari.patrol.ground import inside
from mihari.patrol.search.world import EARTH_KM
from mihari.patrol.vehicles import Vehicle, needs_link, spot, unit_vector, where_is
from mihari.sensors.horizon import horizon
from mihari.sensors.platform import PlatformProfile
from mihari.sensors.sweep import height_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

EARLY_H = 1.0  # before an area closes nobody starts a leg across it: the longest leg that is likely
MARGIN_KM = 3.0  # by which areas are taken wider
SAMPLE_KM = 2.5  # between points at which a leg is held against areas
CRAFT_LEG_KM = 120.0  # craft on the water go no farther in one straight leg
ASHORE_KM = 5.0  # of a leg at either end that may touch land
OFF_SHORE_KM = 0.2  # no leg is nearer to land: a geodesic is up to 0.1 from the line that is straight in degrees
SURE = 0.9  # of the way to the nearest shore, whose distance is reckoned on a sphere
LINK_SAMPLES = 9
LINK_GAP_H = 1 / 6  # so long a vehicle may be without its link on its way


def legs_clear(
    file: PatrolFile, cells: Cells, kind: str, hour: float, start: tuple[Floats, Floats], end: tuple[Floats, Floats]
) -> Bools:
    """Whether legs from starts to ends (lat_deg, lon_deg; they broadcast) are clear of areas and, for craft, of land.

    `kind`: of the vehicle; `hour`: when the leg begins.
    """
    lat1, lon1, lat2, lon2 = np.broadcast_arrays(*start, *end)
    shape = lat1.shape
    ends = np.stack([part.ravel() for part in (lat1, lon1, lat2, lon2)]).astype(float)
    length = great_circle(*ends)[0] / 1000
    about = file.area.lon_deg  # longitudes are counted from there, so that no leg goes round the Earth
    ends[1] = about + wrap_lon_deg(ends[1] - about)
    ends[3] = ends[1] + wrap_lon_deg(ends[3] - ends[1])
    areas = [_wider(area) for area in file.keep_out if kind in area.kinds and open_at(area, kind, hour)]
    clear = np.ones(len(length), bool)
    for area in areas:
        corners = tuple((lat, about + float(wrap_lon_deg(lon - about))) for lat, lon in area)
        clear &= ~_crosses(corners, ends, length)
    if kind != "aircraft" and cells.land is not None:
        clear &= length <= CRAFT_LEG_KM
        rows = np.flatnonzero(clear)
        clear[rows] = ~_over_land(cells, ends[:, rows], length[rows])
    return clear.reshape(shape)


def _crosses(corners: tuple[tuple[float, float], ...], ends: Floats, length: Floats) -> Bools:
    """Whether legs (4, n) pass through a polygon; only those near it are followed."""
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    near = (np.maximum(ends[0], ends[2]) >= low[0]) & (np.minimum(ends[0], ends[2]) <= high[0])
    near &= (np.maximum(ends[1], ends[3]) >= low[1]) & (np.minimum(ends[1], ends[3]) <= high[1])
    rows = np.flatnonzero(near)
    hit = np.zeros(len(length), bool)
    for way in np.arange(0.0, float(length[rows].max(initial=0.0)) + SAMPLE_KM, SAMPLE_KM):
        rows = rows[~hit[rows] & (length[rows] + SAMPLE_KM > way)]
        hit[rows] = inside(corners, *_along(ends[:, rows], length[rows], way))
    return hit


def _over_land(cells: Cells, ends: Floats, length: Floats) -> Bools:
    """Whether legs (4, n) cross land or come very near it; at their ends they may: ports and islands lie there.

    From each point the next is as far on as the shore is away, so that no islet lies between two.
    """
    assert cells.land is not None
    hit = np.zeros(len(length), bool)
    way = np.full(len(length), ASHORE_KM)
    rows = np.flatnonzero(length - ASHORE_KM > way)
    while len(rows):
        lat, lon = _along(ends[:, rows], length[rows], way[rows])
        lon = wrap_lon_deg(lon)
        away = cells.land.distance_to_shore(lat, lon) / 1000
        hit[rows] = cells.land.on_land(lat, lon) | (away < OFF_SHORE_KM)
        way[rows] += SURE * np.maximum(away, OFF_SHORE_KM)
        rows = rows[~hit[rows] & (way[rows] < length[rows] - ASHORE_KM)]
    return hit


def _along(ends: Floats, length: Floats, way: float | Floats) -> tuple[Floats, Floats]:
    """Places `way` km along legs, at their ends at most."""
    part = np.minimum(way / np.maximum(length, 1e-9), 1.0)
    return ends[0] + part * (ends[2] - ends[0]), ends[1] + part * (ends[3] - ends[1])


def open_at(area: KeepOutSection, kind: str, hour: float) -> bool:
    """Whether an area concerns a leg that begins at an hour; slow craft keep clear of it at all times."""
    return kind != "aircraft" or area.from_h - EARLY_H <= hour < area.to_h


def _wider(area: KeepOutSection) -> tuple[tuple[float, float], ...]:
    corners = np.array(area.corners)
    corners[:, 1] = corners[0, 1] + wrap_lon_deg(corners[:, 1] - corners[0, 1])
    middle = corners.mean(axis=0)
    away = great_circle(middle[0], middle[1], corners[:, 0], corners[:, 1])[0] / 1000
    grown = middle + (corners - middle) * (1 + 2 * MARGIN_KM / np.maximum(away, 1.0))[:, None]
    return tuple((float(lat), float(lon)) for lat, lon in grown)


def blocked(file: PatrolFile, kind: str, hour: float, lat_deg: Floats, lon_deg: Floats) -> Bools:
    """Whether places lie in an area that is closed to a kind of vehicle."""
    hit = np.zeros(np.shape(lat_deg), bool)
    for area in file.keep_out:
        if kind in area.kinds and open_at(area, kind, hour):
            hit |= inside(_wider(area), lat_deg, lon_deg)
    return hit


def link_reach(platform: PlatformProfile, mast_m: float) -> float:
    """m at which a vehicle at its working height is heard by an aerial: what its link does, and the horizon."""
    if not np.isfinite(platform.link_range):
        return float(horizon(height_of(platform), mast_m))
    return min(platform.link_range, float(horizon(height_of(platform), mast_m)))


def heard_ashore(file: PatrolFile, platform: PlatformProfile, place: Floats) -> Bools:
    """Whether somebody on land hears a vehicle at places, unit vectors (…, 3): bases, radar stations."""
    got = np.zeros(place.shape[:-1], bool)
    aerials = [(b.lat_deg, b.lon_deg, b.mast_m) for b in file.base]
    aerials += [(r.lat_deg, r.lon_deg, r.height_m) for r in file.radar]
    for lat, lon, mast in aerials:
        got |= _within(place, spot(lat, lon), link_reach(platform, mast))
    return got


def heard(
    file: PatrolFile, platform: PlatformProfile, hour: float, place: Floats,
    relays: tuple[tuple[str, PlatformProfile], ...] = (),
) -> Bools:  # fmt: skip
    """Whether somebody hears a vehicle at places, unit vectors (…, 3): aerials on land, ships, aircraft that relay.

    `relays`: stations that are manned, and by what.
    """
    if not needs_link(platform):
        return np.ones(place.shape[:-1], bool)
    got = heard_ashore(file, platform, place)
    for ship in file.ship:
        got |= _within(place, unit_vector(*where_is(ship, hour)), link_reach(platform, ship.mast_m))
    stations = {station.name: station for station in file.station}
    for name, aloft in relays:
        station = stations[name]
        if station.from_h <= hour < min(station.to_h, file.hours):
            reach = link_reach(platform, height_of(aloft)) - 1000 * station.within_km
            got |= _within(place, spot(station.lat_deg, station.lon_deg), reach)
    return got


def heard_all_along(
    file: PatrolFile, platform: PlatformProfile, hour: float, start: Floats, ends: Floats,
    relays: tuple[tuple[str, PlatformProfile], ...] = (),
) -> Bools:  # fmt: skip
    """Whether a vehicle is heard at an hour all along ways from one unit vector to others, (n, 3)."""
    parts = np.linspace(0.0, 1.0, LINK_SAMPLES)[:, None, None]
    return np.asarray(heard(file, platform, hour, between(start, ends, parts), relays).all(axis=0))


def ways_open(
    file: PatrolFile, hearing: PatrolFile | None, cells: Cells, platform: PlatformProfile, hour: float, start: Floats,
    ends: Floats, relays: tuple[tuple[str, PlatformProfile], ...] = (),
) -> Bools:  # fmt: skip
    """Whether ways from one unit vector to others, (n, 3), are clear at an hour, and heard all along.

    `hearing`: the file with those places only that hear anybody; None: nobody has to.
    """
    here, there = lat_lon(start), lat_lon(ends)
    good = legs_clear(
        file, cells, platform.kind, hour, (np.asarray(here[0]), np.asarray(here[1])), (there[0], there[1])
    )
    if hearing is not None and needs_link(platform):
        good &= heard_all_along(hearing, platform, hour, start, ends, relays)
    return good


def _within(place: Floats, centre: Floats, reach: float) -> Bools:
    """Whether unit vectors are within `reach` m of another, on the largest sphere that the Earth may be taken for."""
    if reach <= 0:
        return np.zeros(place.shape[:-1], bool)
    return np.asarray(place @ centre >= np.cos(reach / (1000 * EARTH_KM)))


def kinds_of(vehicles: list[Vehicle]) -> list[PlatformProfile]:
    """The platforms of a fleet, each once, in its order."""
    return list({vehicle.platform.id: vehicle.platform for vehicle in vehicles}.values())
