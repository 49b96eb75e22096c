"""Who hears vehicles that need a link: bases, radar stations, ships, and whoever keeps a station that relays."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import MEAN_RADIUS, ecef
from mihari.patrol.checker import slack
from mihari.patrol.checker.legs import MOST
from mihari.patrol.checker.places import Place
from mihari.patrol.checker.sheet import Sheet, Visit
from mihari.patrol.checker.stations import kept
from mihari.sensors.horizon import horizon

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


RELAY_S = 600.0  # between two looks at whether a relay is heard


@dataclass(frozen=True, slots=True)
class Aerial:
    """An aerial `height` m above the sea that hears from `first` to `last` (UTC s), at `place` or where a ship sails.

    `vehicle`: whose it is; it does not hear itself.
    """

    height: float
    place: tuple[float, float] | Place
    first: float = -math.inf
    last: float = math.inf
    vehicle: str = ""

    def where(self, times: Floats) -> Floats:
        """ECEF, m, (n, 3) at times; (3,) if it never moves."""
        return ecef(*(self.place.where(times) if isinstance(self.place, Place) else self.place))


def aerials(sheet: Sheet) -> Iterator[Aerial]:
    """All of a plan. Places that are lost hear nobody any more; relays count while one of the others hears them."""
    fixed = [Aerial(radar.height_m, (radar.lat_deg, radar.lon_deg)) for radar in sheet.file.radar]
    for name, place in sheet.places.items():
        fixed.append(Aerial(place.section.mast_m, place, last=sheet.lost_places.get(name, math.inf)))
    yield from fixed
    for section in (station for station in sheet.file.station if station.relay):
        for visit in kept(sheet, section):
            yield from _relays(visit, fixed)


def _relays(visit: Visit, fixed: list[Aerial]) -> Iterator[Aerial]:
    """What passes links on at a station, as long as it is heard itself; who has a satellite always is."""
    vehicle, stop = visit.vehicle, visit.stop
    lasts = stop.leave - stop.arrive
    if not 0 <= lasts < math.inf:
        return
    times = np.linspace(stop.arrive, stop.leave, 2 + min(int(lasts / RELAY_S), MOST))
    got = np.full(len(times), not vehicle.needs_link)
    at = np.broadcast_to(ecef(stop.lat_deg, stop.lon_deg), (len(times), 3))
    for aerial in fixed:
        reach = min(vehicle.platform.link_range, float(horizon(vehicle.height, aerial.height))) * (1 + slack.REACH)
        got |= (along(at, aerial.where(times)) <= reach) & (times <= aerial.last)
    for first, last in zip(times[:-1][got[:-1] & got[1:]], times[1:][got[:-1] & got[1:]], strict=True):
        yield Aerial(vehicle.height, (stop.lat_deg, stop.lon_deg), float(first), float(last), vehicle.name)


def heard(sheet: Sheet, sortie: Ints, time: Floats, lat_deg: Floats, lon_deg: Floats) -> Bools:
    """Whether somebody is within reach of vehicles; columns (n,): index of sortie, UTC s, degrees."""
    found = np.zeros(len(time), bool)
    at = ecef(lat_deg, lon_deg)
    link = np.array([vehicle.platform.link_range for vehicle in sheet.who])[sortie]
    height = np.array([vehicle.height for vehicle in sheet.who])[sortie]
    name = np.array([vehicle.name for vehicle in sheet.who], dtype=str)[sortie]
    for aerial in aerials(sheet):
        rows = np.flatnonzero(~found & (time >= aerial.first) & (time <= aerial.last) & (name != aerial.vehicle))
        reach = np.minimum(link[rows], horizon(height[rows], aerial.height))
        found[rows] = along(at[rows], aerial.where(time[rows])) <= reach * (1 + slack.REACH)
    return found


def along(a: Floats, b: Floats) -> Floats:
    """m over the sea between places in ECEF, (n, 3) and (n, 3) or (3,): the arc over their chord.

    The chord is exact; only what the arc adds to it, 30 m at 300 km, is that of a sphere.

    >>> along(ecef([0.0], [0.0]), ecef([0.0], [1.0])).round(-2).tolist()  # a degree of the equator: 111,319.5 m
    [111300.0]
    """
    chord = np.linalg.norm(a - b, axis=-1)
    return np.asarray(2 * MEAN_RADIUS * np.arcsin(np.minimum(chord / (2 * MEAN_RADIUS), 1.0)))
