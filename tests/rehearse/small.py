"""A small sea with one runway, one ship and a plan made by hand: what a rehearsal is tried on."""

from __future__ import annotations

import numpy as np

from mihari.core.geodesy import direct
from mihari.patrol.file import PatrolFile
from mihari.patrol.plan import Plan, Sortie, Stop
from mihari.patrol.vehicles import vehicles_of
from mihari.rehearse.flight import Flown

LAT, LON = 26.0, 126.0
TB2 = {"name": "tb2", "platform": "tb2", "home": "field", "lands_at": ["quay"]}
TB3 = {"name": "tb3", "platform": "tb3", "home": "deck"}
ULAQ = {"name": "ulaq", "platform": "ulaq", "home": "quay"}


def patrol(**more):
    """80 x 40 km of open sea, a runway 60 km west of its middle, a ship that sails north past it."""
    told = {
        "name": "small", "start": "2026-11-21T00:00:00Z", "hours": 4.0,
        "area": {"lat_deg": LAT, "lon_deg": LON, "along_km": 80, "across_km": 40, "bearing_deg": 90},
        "weather": [{"wind_kn": 15, "wind_from_deg": 20, "sea_state": 3, "visibility_nm": 10}],
        "demand": [{"name": "all", "every_h": 1}],
        "base": [{"name": "field", "lat_deg": LAT, "lon_deg": LON - 0.6, "offers": ["runway"]},
                 {"name": "quay", "lat_deg": LAT + 0.3, "lon_deg": LON - 0.2, "offers": ["port", "runway"]}],
        "ship": [{"name": "deck", "way": [[0, LAT - 0.2, LON + 0.3], [6, LAT + 0.4, LON + 0.3]],
                  "offers": ["short deck", "any deck", "hull"]}],
        "asset": [TB2, TB3, ULAQ],
    } | more  # fmt: skip
    return PatrolFile.model_validate(told)


def sortie(file, vehicle, place, launch_h, stops, landing_h, end=None):
    """A sortie by hand. stops: (purpose, name, arrive h, leave h, lat, lon)."""
    begin = file.start.timestamp()
    places = {p.name: (p.lat_deg, p.lon_deg) for p in file.base} | {s.name: s.way[0][1:] for s in file.ship}
    end = end or place
    made = tuple(Stop(p, n, begin + 3600 * a, begin + 3600 * b, lat, lon) for p, n, a, b, lat, lon in stops)
    return Sortie(
        vehicle, place, begin + 3600 * launch_h, *places[place], made, end, begin + 3600 * landing_h, *places[end]
    )


def plan(file, *sorties):
    """The plan of some sorties."""
    begin = file.start.timestamp()
    return Plan(file.name, begin, begin + 3600 * file.hours, tuple(sorties))


def tour(file, cells, vehicle="tb2", speed_kmh=110.0, launch_h=0.1, from_km=60.0):
    """A round of the tb2 over all cells, row by row, at about its cruise."""
    stops, hour, at = [], launch_h + 0.15, None
    for row in range(len(cells)):
        lat, lon = float(cells.lat_deg[row]), float(cells.lon_deg[row])
        way = from_km if at is None else 111.2 * float(np.hypot(lat - at[0], (lon - at[1]) * np.cos(np.radians(lat))))
        hour += way / speed_kmh
        stops.append(("cell", str(row), hour, hour, lat, lon))
        at = lat, lon
    return sortie(file, vehicle, "field", launch_h, stops, hour + 1.0)


def still(file, lat_deg, lon_deg, names=None, height=5486.4):
    """A flight in which the vehicles of a file stay at places, (t, v) arrays or broadcast, out all the time."""
    vehicles = tuple(v for v in vehicles_of(file) if names is None or v.name in names)
    begin = file.start.timestamp()
    times = begin + np.arange(10.0, 3600 * file.hours, 10.0)
    shape = len(times), len(vehicles)
    lat, lon = (np.broadcast_to(np.asarray(x, float), shape) for x in (lat_deg, lon_deg))
    return Flown(
        times, lat, lon, np.full(shape, height), np.ones(shape, bool), tuple(v.name for v in vehicles), vehicles, (), ()
    )


def line(file, offset, speed=8.0, count=1, half_km=60.0):
    """Ways of `count` vessels due north, `offset` m east of the middle: (at, begin, end) for a judge."""
    from mihari.core.geodesy import n_vector

    begin = file.start.timestamp() + 600.0
    south = np.array(direct(LAT, LON, np.pi, 1000 * half_km)[:2])
    start = direct(south[0], south[1], np.pi / 2, offset)[:2]

    def at(times):
        way = speed * np.clip(times - begin, 0.0, 2000 * half_km / speed)
        place = np.asarray(n_vector(*direct(start[0], start[1], 0.0, way)[:2]))
        return np.broadcast_to(place, (count, *place.shape))

    return at, np.full(count, begin), np.full(count, begin + 2000 * half_km / speed)
