"""A deck, the wind over it, the sea -> whether a platform may be launched or recovered there; a sentence if not."""

from __future__ import annotations

import math

from mihari.core.errors import MihariError
from mihari.core.units import KNOT
from mihari.sensors.platform import PlatformProfile
from mihari.simulate.vehicles.body import RUNWAY, Deck, Sea, Wind

LIFT_OFF, APPROACH = 1.1, 1.2  # of the least speed: take-off and landing; usual
SPARE_M = 10.0  # of a deck is not used at each end
TOUCH_DOWN = 0.2  # of a deck's length from its end: where approaches aim, on runways at most AIM_M
AIM_M = 150.0
SCATTER_M = 25.0  # by which a touch-down may be long


class Refused(MihariError):
    """An order that this platform cannot or may not carry out, with the reason."""


def into_wind(deck: Deck, wind: Wind) -> Deck:
    """A runway in the direction in which the wind comes from ahead; a ship's deck as it is.

    >>> into_wind(Deck("a", "runway", 0.0, 0.0), Wind.of(5.0, math.pi)).heading == math.pi
    True
    """
    if deck.kind != RUNWAY or deck.over(wind)[0] >= 0:
        return deck
    turned = (deck.heading + math.pi) % (2 * math.pi)
    return Deck(deck.name, deck.kind, deck.lat_deg, deck.lon_deg, turned, 0.0, deck.length, deck.height, deck.width)


def take_off_distance(profile: PlatformProfile, headwind: float) -> float:
    """Metres of deck until it flies, with `headwind` m/s over the deck: v²/2a, a from the run in still air.

    >>> from mihari.sensors.platform import profile
    >>> round(take_off_distance(profile("tb3"), 20 * KNOT))
    126
    """
    lift_off = LIFT_OFF * profile.min_speed
    left = max(lift_off - headwind, 0.0)
    return profile.take_off_run * (left / lift_off) ** 2


def landing_distance(profile: PlatformProfile, headwind: float) -> float:
    """Metres of deck from touch-down to rest, with `headwind` m/s over the deck."""
    approach = APPROACH * profile.min_speed
    return profile.landing_run * (max(approach - headwind, 0.0) / approach) ** 2


def aim_point(deck: Deck) -> float:
    """Where approaches touch down: m along the deck from its middle."""
    return -deck.length / 2 + min(TOUCH_DOWN * deck.length, AIM_M)


def launch_problem(profile: PlatformProfile, deck: Deck, wind: Wind, sea: Sea) -> str:
    """Why it cannot start there now; "" if it can."""
    if deck.kind not in profile.launch:
        return f"{profile.name} is not launched from a {deck.kind}, only from {', '.join(profile.launch)}"
    if problem := _weather_problem(profile, deck, wind, sea):
        return problem
    if profile.drive == "fixed wing":
        needed = take_off_distance(profile, deck.over(wind)[0]) + 2 * SPARE_M
        if needed > deck.length:
            return f"needs {needed:.0f} m to take off in this wind over the deck, there are {deck.length:.0f} m"
    return ""


def recovery_problem(profile: PlatformProfile, deck: Deck, wind: Wind, sea: Sea) -> str:
    """Why it cannot land or be taken up there now; "" if it can."""
    if deck.kind not in profile.recovery:
        return f"{profile.name} is not recovered on a {deck.kind}, only on {', '.join(profile.recovery)}"
    if problem := _weather_problem(profile, deck, wind, sea):
        return problem
    if profile.drive == "fixed wing":
        there = deck.length / 2 - aim_point(deck) - SPARE_M
        needed = landing_distance(profile, deck.over(wind)[0]) + SCATTER_M
        if needed > there:
            return f"needs {needed:.0f} m to land in this wind over the deck, there are {there:.0f} m"
    if profile.kind != "aircraft" and deck.speed > 0.8 * profile.max_speed:
        return f"{deck.name} goes {deck.speed / KNOT:.0f} kn, too fast to be met"
    return ""


def _weather_problem(profile: PlatformProfile, deck: Deck, wind: Wind, sea: Sea) -> str:
    if sea.state > profile.deck_sea_limit:
        return f"sea state {sea.state:g} is above the limit of {profile.deck_sea_limit:g}"
    if profile.kind != "aircraft":
        return ""
    along, across = deck.over(wind)
    if math.hypot(along, across) > profile.wind_limit:
        over, limit = math.hypot(along, across) / KNOT, profile.wind_limit / KNOT
        return f"{over:.0f} kn of wind over the deck are above the limit of {limit:.0f} kn"
    if abs(across) > profile.crosswind_limit:
        return (
            f"{abs(across) / KNOT:.0f} kn of crosswind are above the limit of {profile.crosswind_limit / KNOT:.0f} kn"
        )
    return ""
