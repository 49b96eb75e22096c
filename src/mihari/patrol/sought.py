"""What is adrift, who looks for it -> how it drifts, how wide a strip of sea the searcher sweeps, how fast.

Searchers are platforms by their profiles ("tb3", or "tb3@500": at 500 m), or people's eyes: "aircraft", "helicopter"
and "boat" of the U.S. Coast Guard's tables (`sensors.lookout`). Of platforms only cameras count where what is sought is
smaller than `RADAR_M`: what a radar sees of a person or a raft in waves is in no table here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput
from mihari.core.units import FOOT, KNOT
from mihari.sensors.leeway import Leeway, leeway, leeways
from mihari.sensors.lookout import sweep_width
from mihari.sensors.platform import profile, profiles
from mihari.sensors.sweep import STEP, LateralRange, inverse_cube, lateral_range
from mihari.sensors.weather import Weather

Floats = NDArray[np.float64]

LEAST_M = 100.0  # a narrower strip is no search
RADAR_M = 10.0  # shorter hulls: cameras and eyes alone
FARTHEST_M = 60e3  # m to either side that eyes' curves go; the tables end at 27 NM
# length in m that cameras look for, and the object of the lookouts' tables. Assumed where the class names no size: what
# is awash shows less than what floats
SIZES: dict[str, tuple[float, str]] = {
    "person": (0.5, "Person in Water"),
    "person, survival suit": (1.7, "Person in Water"),
    "person, life jacket": (0.7, "Person in Water"),
    "raft": (3.0, "Raft 6 person"),
    "raft, drogue": (3.0, "Raft 6 person"),
    "raft, no ballast": (3.0, "Raft 6 person"),
    "kayak": (5.0, "Power Boat ≤ 15ft"),
    "motor boat": (6.0, "Power Boat 20ft"),
    "boat, capsized": (4.5, "Power Boat ≤ 15ft"),
    "sport boat": (6.5, "Power Boat 20ft"),
    "fishing vessel": (16.0, "Power Boat 53ft"),
    "coaster": (69.0, "Ship 225ft"),
    "refugee raft": (6.0, "Raft 15 person"),
    "wreckage": (2.0, "Raft 1 person"),
}
EYES = {"aircraft": (1500 * FOOT, 150 * KNOT), "helicopter": (500 * FOOT, 90 * KNOT), "boat": (14 * FOOT, 15 * KNOT)}
WAVES = 4.0  # significant height over the standard deviation of the sea's surface


@dataclass(frozen=True, slots=True)
class Sought:
    """What is searched for: its `leeway`, its `length` in m, its `name` in the lookouts' tables."""

    leeway: Leeway
    length: float
    name: str


@dataclass(frozen=True, slots=True)
class Searcher:
    """Who searches, as told: what it sees as it passes (`curve`), and how fast it goes, m/s."""

    name: str
    curve: LateralRange
    speed: float

    @property
    def width(self) -> float:
        """Sweep width in m."""
        return self.curve.sweep_width


def sought(name: str) -> Sought:
    """A class of `leeways` with what is looked for. BadInput, with the known ones, for another name.

    >>> sought("raft").name, sought("raft").length, set(SIZES) == set(leeways())
    ('Raft 6 person', 3.0, True)
    """
    found = leeway(name)
    length, known = SIZES[name]
    return Sought(found, length, known)


def found_objects(words: str) -> list[Sought]:
    """All classes whose name or description has these words.

    >>> [one.leeway.name for one in found_objects("survival")], len(found_objects(""))
    (['person, survival suit'], 14)
    """
    wanted = words.casefold().split()
    told = {name: f"{name} {one.description}".casefold() for name, one in leeways().items()}
    return [sought(name) for name, text in told.items() if all(word in text for word in wanted)]


def searcher(told: str, what: Sought, weather: Weather, night: bool = False) -> Searcher:
    """A searcher by a platform's id, with "@" and a height in m if that is told, or by its eyes.

    BadInput for who is not known, and for who cannot see what is sought then: eyes at night, cameras in fog.

    >>> eyes = searcher("helicopter", sought("raft"), Weather(sea_state=1.0))
    >>> round(eyes.width / 1852, 1), round(eyes.speed / KNOT)
    (2.8, 90)
    """
    found = _eyes(told, what, weather, night) if told in EYES else _platform(told, what, weather, night)
    if found.width < LEAST_M:
        dark = " at night" if night else ""
        raise BadInput(f"{told} does not see it{dark} in this weather: expected another searcher, or a lower height")
    return found


def _eyes(told: str, what: Sought, weather: Weather, night: bool) -> Searcher:
    if night:
        raise BadInput(f"{told}: the tables for eyes are for days alone; expected a platform with a camera for nights")
    height, speed = EYES[told]
    waves = WAVES * weather.roughness
    width = sweep_width(what.name, told, height, weather.visibility, wind=weather.wind, sea=waves)
    offset = np.arange(0.0, FARTHEST_M + STEP, STEP)
    chance = inverse_cube(max(width, 1e-9), offset)
    shown = 2 * float(np.trapezoid(chance, dx=STEP))
    return Searcher(told, LateralRange(np.minimum(chance * width / shown, 1.0)), speed)


def _platform(told: str, what: Sought, weather: Weather, night: bool) -> Searcher:
    parts = re.fullmatch(r"([\w.-]+?)(?:@(\d+(?:\.\d+)?))?", told)
    if parts is None or parts[1] not in profiles():
        known = ", ".join((*EYES, *profiles()))
        raise BadInput(f"nobody searches as {told!r}; known are {known}, aircraft with a height as in tb3@500")
    one = profile(parts[1])
    if parts[2] is not None:
        if one.kind != "aircraft" or not 10 <= float(parts[2]) <= one.ceiling:
            raise BadInput(f"{told}: expected an aircraft, and a height from 10 m to its ceiling")
        one = replace(one, working_height=float(parts[2]))
    if what.length < RADAR_M:
        one = replace(one, sensors=tuple(sensor for sensor in one.sensors if sensor.kind == "eo_ir"))
    return Searcher(told, lateral_range(one, what.length, weather, night), one.cruise)
