"""Rules 14 to 16: how fast legs are, whether stops come one after the other, how rough the sea is out there."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.units import kn_from_mps
from mihari.patrol.checker import slack
from mihari.patrol.checker.sheet import Sheet
from mihari.patrol.checker.violation import Violation, clock, violation
from mihari.patrol.checker.ways import name_of
from mihari.patrol.plan import Sortie
from mihari.sensors.platform import PlatformProfile
from mihari.sensors.weather import Weather

Floats = NDArray[np.float64]

LEAST_SHARE = 0.1  # of its speed that a hull keeps in any sea
PURPOSES = ("cell", "vessel", "station", "way")


def against_wind(airspeed: float, wind: float, wind_from: float, bearing: ArrayLike) -> Floats:
    """m/s over the sea on a bearing (rad) at an airspeed m/s: the wind triangle. 0 where the wind is too strong.

    >>> import math
    >>> against_wind(50.0, 30.0, 0.0, [0.0, math.pi, math.pi / 2]).round(9).tolist()  # head, tail, across: 3-4-5
    [20.0, 80.0, 40.0]
    """
    off = np.asarray(bearing, dtype=np.float64) - wind_from
    across = wind * np.sin(off)
    ahead = np.sqrt(np.maximum(airspeed**2 - across**2, 0.0)) - wind * np.cos(off)
    return np.asarray(np.where(np.abs(across) < airspeed, np.maximum(ahead, 0.0), 0.0))


def over_sea(platform: PlatformProfile, weather: Weather, bearing: ArrayLike) -> Floats:
    """m/s that a platform makes good on bearings (rad) in a weather, each by its drive: rule 14.

    >>> from mihari.sensors.platform import profile
    >>> rough = Weather(sea_state=5.0, wind=6.0)
    >>> boat, sail = profile("patrolboat"), profile("voyager")
    >>> float(over_sea(boat, rough, 0.0) / boat.cruise), float(over_sea(sail, rough, 0.0) / sail.cruise)
    (0.6, 1.0)
    """
    if platform.kind == "aircraft":
        return against_wind(platform.cruise, weather.wind, weather.wind_from, bearing)
    speed = platform.cruise
    if platform.drive == "hull":
        speed *= max(LEAST_SHARE, 1 - platform.sea_loss * weather.sea)
    elif platform.drive == "wind and waves":
        sailed = min(platform.wind_share * weather.wind, platform.cruise)
        speed = min(max(platform.motor_speed, sailed), platform.max_speed)
    return np.full(np.shape(bearing), speed)


def pace(sheet: Sheet) -> Iterator[Violation]:
    """Rules 14 to 16 for all sorties."""
    yield from _too_fast(sheet)
    for i, sortie in enumerate(sheet.sorties):
        yield from _order(sheet, sortie)
        yield from _rough(sheet, i)


def _too_fast(sheet: Sheet) -> Iterator[Violation]:
    legs, best = sheet.legs, _best_speed(sheet)
    lasts = legs.arrives - legs.leaves
    reach = best * (1 + slack.PACE) * (np.maximum(lasts, 0.0) + slack.TIME_S) + slack.NEAR_M
    for leg in np.flatnonzero(~(legs.distance <= reach) & (lasts >= -slack.TIME_S)):
        name, time = sheet.who[legs.sortie[leg]].name, float(legs.leaves[leg])
        asked = float(kn_from_mps(legs.distance[leg] / max(lasts[leg], slack.TIME_S)))
        told = f"{name} would have to make {asked:.1f} kn {sheet.leg_name(int(leg))} at {clock(time)}"
        yield violation("too fast", f"{told}; it makes {kn_from_mps(best[leg]):.1f} there", time, name)


def _best_speed(sheet: Sheet) -> Floats:
    """m/s that each leg allows in the weather at its beginning.

    The leg on which a vehicle was when the plan began had begun at some time since its launch.
    """
    legs, best = sheet.legs, np.zeros(len(sheet.legs))
    platform = np.array([vehicle.asset.platform for vehicle in sheet.who], dtype=str)[legs.sortie]
    begun = np.array([s.launch if not s.start else np.inf for s in sheet.sorties], float)[legs.sortie]
    since = np.where(legs.number == 0, np.minimum(begun, legs.leaves), legs.leaves)
    first, last = sheet.around(since)[0], sheet.around(legs.leaves)[1]
    for ahead in range(int((last - first).max(initial=0)) + 1):
        spells = np.minimum(first + ahead, last)
        for name, spell in {(str(p), int(s)) for p, s in zip(platform, spells, strict=True)}:
            rows = np.flatnonzero((platform == name) & (spells == spell))
            one = sheet.who[legs.sortie[rows[0]]]
            speed = over_sea(one.platform, sheet.ground.spells[spell].weather, legs.middle[rows])
            best[rows] = np.maximum(best[rows], speed)
    return best


def _order(sheet: Sheet, sortie: Sortie) -> Iterator[Violation]:
    """Rule 15."""
    name, last, where = sortie.vehicle, sortie.launch, "its launch"
    for stop in sortie.stops:
        if stop.purpose not in PURPOSES:
            yield violation("unknown purpose", f"{name} has a stop for {stop.purpose!r}", stop.arrive, name)
        if stop.arrive < last - slack.TIME_S:
            told = f"{name} arrives at {name_of(stop)} at {clock(stop.arrive)}, before {where} at {clock(last)}"
            yield violation("out of order", told, stop.arrive, name)
        if stop.leave < stop.arrive - slack.TIME_S:
            told = f"{name} leaves {name_of(stop)} at {clock(stop.leave)}, before it arrives at {clock(stop.arrive)}"
            yield violation("out of order", told, stop.leave, name)
        last, where = max(stop.arrive, stop.leave), f"it leaves {name_of(stop)}"
    if sortie.landing < last - slack.TIME_S:
        told = f"{name} lands at {clock(sortie.landing)}, before {where} at {clock(last)}"
        yield violation("out of order", told, sortie.landing, name)


def _rough(sheet: Sheet, sortie: int) -> Iterator[Violation]:
    """Rule 16, once a sortie."""
    vehicle, way = sheet.who[sortie], sheet.ways[sortie]
    for spell in sheet.ground.spells:
        first = max(way.time[0], sheet.start + 3600 * spell.start if spell.start > 0 else -np.inf)
        last = min(way.time[-1], sheet.start + 3600 * spell.end)
        if spell.weather.sea > vehicle.sea_limit + 1e-9 and last - first > slack.TIME_S:
            told = f"{vehicle.name} is out in sea state {spell.weather.sea:g} from {clock(first)}"
            yield violation("rough sea", f"{told}; it bears {vehicle.sea_limit:g}", float(first), vehicle.name)
            return
