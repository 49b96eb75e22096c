"""What wind or sea keeps a platform from starting and landing at a place, with the figures."""

from __future__ import annotations

import math

from mihari.core.units import KNOT
from mihari.patrol.file import ShipSection
from mihari.patrol.spells import Spell
from mihari.patrol.vehicles import Place
from mihari.sensors.platform import PlatformProfile


def rough(platform: PlatformProfile, place: Place, spell: Spell) -> str:
    """What is too much for it there, and how much it bears; empty where nothing is."""
    wind, sea = spell.weather.wind, spell.weather.sea
    if platform.kind == "aircraft" and wind > platform.wind_limit:
        return f"the wind is {wind / KNOT:.0f} kn, it bears {platform.wind_limit / KNOT:.0f}"
    if isinstance(place, ShipSection) and sea > platform.deck_sea_limit:
        return f"the sea state is {sea:.2g}, on deck it bears {platform.deck_sea_limit:g}"
    if platform.kind != "aircraft" and math.isfinite(platform.sea_limit) and sea > platform.sea_limit:
        return f"the sea state is {sea:.2g}, it bears {platform.sea_limit:g}"
    return ""
