"""A patrol file's assets and places -> vehicles one by one, what they can do in each spell, where ships are.

These are the rules that a planner works with: how fast a platform goes in a weather, where and when it may start and
land, what hears it. docs/patrol.md has them in words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.errors import BadInput
from mihari.core.geodesy import lat_lon, n_vector
from mihari.patrol.file import AssetSection, BaseSection, PatrolFile, ShipSection
from mihari.patrol.spells import Spell
from mihari.sensors.platform import PlatformProfile, profile

Floats = NDArray[np.float64]
Place = BaseSection | ShipSection

LEAST_SHARE = 0.1  # of its speed stays to a hull in any sea
FREE_LINKS = ("satellite", "surfaced only", "acoustic")  # those that have them need nobody near


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One vehicle: its name, section and profile; hours it may be out, and between landing and next start."""

    name: str
    section: AssetSection
    platform: PlatformProfile
    ready_h: float

    @property
    def endurance_h(self) -> float:
        """From start to landing at most: what it has less its reserve."""
        return (self.platform.endurance - self.platform.reserve) / 3600

    @property
    def turnaround_h(self) -> float:
        """From landing to the next start at least."""
        return self.platform.turnaround / 3600


def vehicles_of(file: PatrolFile) -> list[Vehicle]:
    """All vehicles, in the order of the file. BadInput for an unknown platform or a home that it cannot start from."""
    made = []
    for asset in file.asset:
        platform = profile(asset.platform)
        home = place_of(file, asset.home)
        if not can_start(platform, home) or not can_land(platform, home):
            offers, wants = " and ".join(home.offers), " or ".join(platform.launch)
            raise BadInput(f"asset {asset.name!r}: {platform.name} needs a {wants}, {home.name} has {offers}")
        for i in range(asset.count):
            name = asset.name if asset.count == 1 else f"{asset.name}-{i + 1}"
            made.append(Vehicle(name, asset, platform, asset.ready_h + i * asset.stagger_h))
    return made


def place_of(file: PatrolFile, name: str) -> Place:
    """A base or ship by its name; KeyError for none."""
    return {place.name: place for place in places_of(file)}[name]


def places_of(file: PatrolFile) -> list[Place]:
    """All bases, then all ships, in the order of the file."""
    return [*file.base, *file.ship]


def can_start(platform: PlatformProfile, place: Place) -> bool:
    """Whether a platform can be launched there in good weather."""
    return bool(set(platform.launch) & set(place.offers))


def can_land(platform: PlatformProfile, place: Place) -> bool:
    """Whether a platform can be taken back there in good weather."""
    return bool(set(platform.recovery) & set(place.offers))


def speed(platform: PlatformProfile, spell: Spell) -> float:
    """m/s through air or water that a plan counts on; 0: it stays in port."""
    sea, wind = spell.weather.sea, spell.weather.wind
    if platform.kind == "aircraft":
        return platform.cruise
    if sea > platform.sea_limit:
        return 0.0
    if platform.drive == "hull":
        return platform.cruise * max(LEAST_SHARE, 1 - platform.sea_loss * sea)
    if platform.drive == "wind and waves":
        return min(max(platform.motor_speed, min(platform.wind_share * wind, platform.cruise)), platform.max_speed)
    return platform.cruise


def drift(platform: PlatformProfile, spell: Spell) -> tuple[float, float]:
    """m/s east and north by which the wind carries it off; craft on the water hold against it."""
    if platform.kind != "aircraft":
        return 0.0, 0.0
    wind, comes = spell.weather.wind, spell.weather.wind_from
    return -wind * math.sin(comes), -wind * math.cos(comes)


def too_rough(platform: PlatformProfile, place: Place, spell: Spell) -> bool:
    """Whether nothing of a platform starts or lands at a place in a weather."""
    if platform.kind == "aircraft" and spell.weather.wind > platform.wind_limit:
        return True
    if isinstance(place, ShipSection) and spell.weather.sea > platform.deck_sea_limit:
        return True
    return speed(platform, spell) <= 0.0


def needs_link(platform: PlatformProfile) -> bool:
    """Whether somebody has to be near enough to hear it."""
    return not set(platform.link) & set(FREE_LINKS)


def where_is(place: Place, hour: ArrayLike) -> tuple[Floats, Floats]:
    """lat_deg, lon_deg of a base or ship at hours of the plan.

    >>> ship = ShipSection(name="a", way=((0, 25.0, 126.0), (10, 26.0, 126.0)), offers=("hull",))
    >>> [round(float(part), 3) for part in where_is(ship, 5.0)], [float(part) for part in where_is(ship, 99.0)]
    ([25.5, 126.0], [26.0, 126.0])
    """
    at = np.asarray(hour, dtype=np.float64)
    if isinstance(place, BaseSection):
        return np.full(at.shape, place.lat_deg), np.full(at.shape, place.lon_deg)
    hours, ends = _waypoints(place.way)
    between = np.stack([np.interp(at, hours, ends[:, axis]) for axis in range(3)], axis=-1)
    lat, lon = lat_lon(between / np.linalg.norm(between, axis=-1, keepdims=True))
    return np.asarray(lat), np.asarray(lon)


@lru_cache(maxsize=256)
def _waypoints(way: tuple[tuple[float, float, float], ...]) -> tuple[Floats, Floats]:
    """Hours (n,) and unit vectors (n, 3) of a ship's way."""
    ends = n_vector([lat for _, lat, _ in way], [lon for _, _, lon in way])
    return np.array([hour for hour, _, _ in way]), np.asarray(ends)


@lru_cache(maxsize=1024)
def spot(lat_deg: float, lon_deg: float) -> Floats:
    """`unit_vector` of a place that is asked for again and again; not to be changed."""
    return unit_vector(lat_deg, lon_deg)


def unit_vector(lat_deg: ArrayLike, lon_deg: ArrayLike) -> Floats:
    """(…, 3): the direction of the vertical at places."""
    return np.asarray(n_vector(lat_deg, lon_deg))
