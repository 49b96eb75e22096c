"""A craft with its sensors passes by -> the chance that it sees a vessel, by how far off the vessel lies.

The lateral range curve p(x) of search theory (Koopman, Search and Screening, 1946): its integral is the sweep width W;
a strip of width S swept once is seen with the mean of p over it. Sensors miss independently of each other; a sensor
that looks many times while it passes counts once, at its nearest: repeated looks at one vessel miss together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf

from mihari.sensors.coverage import Sight, seen_by_any
from mihari.sensors.electro_optical import Camera, task_probability
from mihari.sensors.hydrophone import Array, HydrophoneCoverage
from mihari.sensors.platform import CarriedSensor, PlatformProfile
from mihari.sensors.radar import echo_area, hull_height
from mihari.sensors.table import table_by_reach
from mihari.sensors.weather import Weather

Floats = NDArray[np.float64]

FARTHEST = 120e3  # m to either side that a curve goes
STEP = 250.0  # m between its values
FRAME = 0.5  # s that a turret rests on a picture while it searches; assumed
TALL = 3 / 4  # height over width of a picture
FIELDS = 12  # fields of view between the narrow and the wide one that are tried for searching
SHIP_HEIGHT = 6.0  # m above the water of sensors on craft whose profile tells none
METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class LateralRange:
    """Chance of being seen in one pass: chance (n,) at offsets 0, STEP, … m to either side; nothing beyond.

    >>> flat = LateralRange(np.where(np.arange(41) * STEP <= 5000.0, 1.0, 0.0))
    >>> # the edge falls off over one step
    >>> round(flat.sweep_width / 1000, 1), round(flat.seen(20e3), 2), round(flat.seen(20e3, passes=2), 2)
    (10.2, 0.51, 1.0)
    """

    chance: Floats

    @property
    def sweep_width(self) -> float:
        """W in m: the integral of the curve over both sides."""
        return float(2 * np.trapezoid(self.chance, dx=STEP))

    def at(self, offset: ArrayLike) -> Floats:
        """Chance at offsets in m, to either side."""
        x = np.abs(np.asarray(offset, dtype=np.float64)) / STEP
        return np.asarray(np.interp(x, np.arange(len(self.chance)), self.chance, right=0.0))

    def seen(self, width: float, passes: int = 1) -> float:
        """Chance that a vessel anywhere in a strip of `width` m is seen in so many passes, spread evenly over it.

        Neighbouring strips are swept in the same way, so what is seen across the edge is not lost.
        """
        spacing = width / passes
        y = (np.arange(200) + 0.5) / 200 * spacing - spacing / 2
        reach = math.ceil(len(self.chance) * STEP / spacing)
        lines = np.arange(-min(reach, passes), min(reach, passes) + 1) * spacing
        return float(np.mean(seen_by_any([self.at(y - line) for line in lines])))


def inverse_cube(sweep_width: float, offset: ArrayLike) -> Floats:
    """Koopman's lateral range law of a lookout: 1 - exp(-W² / (4 π x²)); its integral is W.

    >>> inverse_cube(1000.0, [0.0, 282.09]).round(3).tolist()  # x = W / sqrt(4 π): 1 - 1/e
    [1.0, 0.632]
    """
    x = np.asarray(offset, dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(-np.expm1(-(sweep_width**2) / (4 * math.pi * x**2)))


def definite_range(sweep_width: float, offset: ArrayLike) -> Floats:
    """All that passes within W / 2 is seen, nothing else."""
    return np.where(np.abs(np.asarray(offset, dtype=np.float64)) <= sweep_width / 2, 1.0, 0.0)


def exponential(sweep_width: float, offset: ArrayLike) -> Floats:
    """exp(-2 |x| / W), the law with the longest tail of the three; its integral is W.

    >>> exponential(1000.0, [0.0, 500.0]).round(3).tolist()
    [1.0, 0.368]
    """
    return np.asarray(np.exp(-2 * np.abs(np.asarray(offset, dtype=np.float64)) / sweep_width))


def parallel_sweeps(coverage: ArrayLike) -> Floats:
    """Chance of detection of a lookout on parallel tracks, W / spacing = `coverage`: erf(√π C / 2) (Koopman).

    >>> parallel_sweeps([0.5, 1.0, 2.0]).round(3).tolist()
    [0.469, 0.79, 0.988]
    """
    return np.asarray(erf(math.sqrt(math.pi) / 2 * np.asarray(coverage, dtype=np.float64)))


def random_search(coverage: ArrayLike) -> Floats:
    """The same for tracks at random: 1 - exp(-C) (Koopman).

    >>> random_search([0.5, 1.0, 2.0]).round(3).tolist()
    [0.393, 0.632, 0.865]
    """
    return np.asarray(-np.expm1(-np.asarray(coverage, dtype=np.float64)))


def lateral_range(
    platform: PlatformProfile, length: float, weather: Weather, night: bool = False, cloud_base: float = math.inf
) -> LateralRange:
    """What all sensors of a platform at its cruise and working height see of a vessel of `length` m as it passes.

    >>> from mihari.sensors.platform import profile
    >>> clear = Weather(sea_state=2.0)
    >>> boat, ship = (lateral_range(profile("tb3"), length, clear).sweep_width / 1000 for length in (10.0, 200.0))
    >>> 5 < boat < ship
    True
    """
    offset = np.arange(0.0, FARTHEST + STEP, STEP)
    parts = [np.zeros_like(offset)]
    for sensor in platform.sensors:
        if sensor.kind == "eo_ir":
            parts.append(_camera(platform, sensor, length, weather, night, cloud_base, offset))
        elif sensor.kind in ("maritime_radar", "aesa_radar"):
            parts.append(_radar(platform, sensor, length, offset))
        elif sensor.kind == "passive_acoustics":
            parts.append(_ears(sensor, length, weather, offset))
    return LateralRange(seen_by_any(parts))


def height_of(platform: PlatformProfile) -> float:
    """m above the sea at which a platform's sensors look around."""
    return platform.working_height if platform.working_height > 0 else SHIP_HEIGHT


def _camera(
    platform: PlatformProfile, sensor: CarriedSensor, length: float, weather: Weather, night: bool,
    cloud_base: float, offset: Floats,
) -> Floats:  # fmt: skip
    """A turret that looks from side to side, each piece of sea once, with the field that sweeps most.

    A picture at slant range R from height h shows f R across and 3/4 f R² / h along; in `FRAME` s one is taken, so a
    field can only look so far to the sides before the aircraft has passed.
    """
    if night and not sensor.values["night_pixels"]:
        return np.zeros_like(offset)
    height = height_of(platform)
    slant = np.hypot(np.maximum(offset, STEP), height)
    best, best_width = np.zeros_like(offset), 0.0
    for field in np.geomspace(sensor.values["narrow_field"], sensor.values["wide_field"], FIELDS):
        pixels = sensor.values["night_pixels" if night else "pixels"]
        chance = task_probability(
            Camera(float(field), pixels, night), slant, length, weather=weather, camera_height=height,
            cloud_base=cloud_base, night=night,
        )  # fmt: skip
        area = field * slant * np.minimum(TALL * field * slant**2 / height, slant)
        pictures = np.cumsum(2 * STEP / area) * platform.cruise * FRAME  # needed a second, over those taken
        chance = np.where(pictures <= 1.0, chance, 0.0)
        if (width := float(chance.sum())) > best_width:
            best, best_width = np.asarray(chance), width
    return best


def _radar(platform: PlatformProfile, sensor: CarriedSensor, length: float, offset: Floats) -> Floats:
    height, farthest = height_of(platform), sensor.values["range_max"]
    table = table_by_reach(sensor.values["reach"], height, farthest)
    slant = np.hypot(offset, height)
    seen = table.plot_probability(np.minimum(slant, farthest), float(echo_area(length)), float(hull_height(length)))
    return np.where(slant > farthest, 0.0, seen)


def _ears(sensor: CarriedSensor, length: float, weather: Weather, offset: Floats) -> Floats:
    place = HydrophoneCoverage(0.0, 0.0, Array.of(sensor), weather)
    return place.probability(0.0, np.maximum(offset, STEP) / METRES_A_DEGREE, 0.0, Sight(length))
