"""Speed -> what is used up, and whether it is time to go home: endurance of the profile at cruise, with a reserve."""

from __future__ import annotations

import math

from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import Body, Deck, Sea, Wind
from mihari.simulate.vehicles.plane import bearing_of, offset, speed_made_good

HOVER = 2.0  # times the power of cruise while wings do not carry; assumed
LANDING_S = {"fixed wing": 900.0, "vertical": 400.0}  # circuit and approach, with one go-around; assumed
BERTHING_S = 600.0  # the same of craft; assumed


def power(profile: PlatformProfile, speed: float) -> float:
    """Power at `speed` m/s through air or water over that at cruise: `hotel_share` and the rest with its cube.

    Wind, waves and buoyancy move their craft whether or not it gets ahead: always 1.

    >>> from mihari.sensors.platform import profile
    >>> boat = profile("patrolboat")  # 15 % without going ahead
    >>> [round(power(boat, x * boat.cruise), 3) for x in (0.0, 0.5, 1.0, 1.5)]
    [0.15, 0.256, 1.0, 3.375]
    """
    if profile.drive in ("wind and waves", "glider"):
        return 1.0
    cube = (speed / profile.cruise) ** 3
    return cube if cube > 1 else profile.hotel_share + (1 - profile.hotel_share) * cube


def used(profile: PlatformProfile, speed: float, seconds: float, hovering: bool = False) -> float:
    """Share of its energy that it uses in so many s.

    >>> from mihari.sensors.platform import profile
    >>> tb2 = profile("tb2")
    >>> used(tb2, tb2.cruise, tb2.endurance)
    1.0
    """
    times = max(HOVER, power(profile, speed)) if hovering else power(profile, speed)
    return times * seconds / profile.endurance


def way_home_s(profile: PlatformProfile, body: Body, deck: Deck, wind: Wind, sea: Sea) -> float:
    """Seconds to a deck at cruise in this wind or current, if it goes on as now; infinite if it cannot be reached."""
    east, north = offset(body.lat_deg, body.lon_deg, deck.lat_deg, deck.lon_deg)
    drift = (wind.east, wind.north) if profile.kind == "aircraft" else (sea.east, sea.north)
    deck_east, deck_north = deck.velocity
    speed = profile.cruise
    if profile.drive == "hull":
        speed *= max(0.1, 1 - profile.sea_loss * sea.state)
    closing = speed_made_good(bearing_of(east, north), speed, drift[0] - deck_east, drift[1] - deck_north)
    return math.hypot(east, north) / closing if closing > 0.02 * speed else math.inf


def bingo(profile: PlatformProfile, body: Body, deck: Deck, wind: Wind, sea: Sea) -> bool:
    """Whether it must go home now to land there with its reserve."""
    ending = LANDING_S.get(profile.drive, BERTHING_S) + profile.reserve
    climb_s = max(body.height - deck.height, 0.0) / profile.sink if profile.kind == "aircraft" else 0.0
    return body.energy * profile.endurance <= way_home_s(profile, body, deck, wind, sea) + climb_s + ending
