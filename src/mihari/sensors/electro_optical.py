"""Camera, distance, light, haze, cloud -> chance that an observer detects, classifies or identifies a vessel.

Johnson (1958): a task is done half the time when a number of cycles, pairs of lines of a picture, fall on the target's
smaller dimension: 1.0 to detect, 4.0 to recognise the type, 6.4 to identify. Around that the target transfer
probability function (Driggers, Friedman and Nichols, Introduction to Infrared and Electro-Optical Systems):
P = x^E / (1 + x^E), E = 2.7 + 0.7 x, x = N / N50. Haze takes contrast after Koschmieder (1924), at 2 % nothing is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.core.geodesy import polar_of
from mihari.sensors.coverage import Hidden, Sight
from mihari.sensors.faults import SOUND, Faults
from mihari.sensors.horizon import horizon
from mihari.sensors.platform import CarriedSensor
from mihari.sensors.radar import hull_height
from mihari.sensors.weather import CALM, Weather

Floats = NDArray[np.float64]

THRESHOLD = 0.02  # contrast that is just seen: what meteorological visibility is defined by (Koschmieder)
DAY_CONTRAST = 0.5  # of a hull against the sea around it, before haze; assumed: hulls are painted all colours
HEAT_CONTRAST = 0.5  # the same in the infrared: some kelvin over the sea; assumed
DAY_GLINT, HEAT_GLINT = 0.10, 0.05  # share of contrast that each sea state takes by glint and foam; assumed
LEAST_GLINT = 0.4  # of the contrast stays even in a high sea; assumed
BEAM = 6.5  # length over beam of a usual hull, as in `radar.displacement_kt`
WAVELENGTH_UM = 4.0  # of infrared cameras on turrets: 3 to 5 µm
HAZE_HEIGHT = 1500.0  # m over which haze falls to 1/e: the mixed layer over the sea; assumed
VAPOUR = 0.2e-3  # 1/m: what water vapour takes of 3 to 5 µm over the sea; assumed


class Task(Enum):
    """What the observer is to tell, with Johnson's cycles for an even chance."""

    DETECT = 1.0
    CLASSIFY = 4.0  # Johnson's recognition: a trawler, not a tanker
    IDENTIFY = 6.4


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as it is set now: horizontal `field` of view in rad, pixels across it, and whether it sees heat.

    >>> round(Camera(math.radians(1.0), 1280.0).cycles_per_rad)
    36669
    """

    field: float
    pixels: float
    infrared: bool = False

    @classmethod
    def of(cls, sensor: CarriedSensor, narrow: bool = False, night: bool = False) -> Camera:
        """The camera of a platform's turret, with its wide or narrow field, by day or (in the infrared) by night."""
        values = sensor.values
        field = values["narrow_field" if narrow else "wide_field"]
        return cls(field, values["night_pixels" if night else "pixels"], night)

    @property
    def cycles_per_rad(self) -> float:
        """Cycles in a radian: a cycle takes two pixels (Nyquist)."""
        return self.pixels / self.field / 2


def transfer(cycles: ArrayLike, needed: float) -> Floats:
    """Chance that a task is done with so many cycles on target, `needed` of which give an even chance.

    >>> transfer([0.0, 2.0, 4.0, 8.0], 4.0).round(3).tolist()  # (1/2)^3.05 and 2^4.1 over one more
    [0.0, 0.108, 0.5, 0.945]
    """
    x = np.minimum(np.asarray(cycles, dtype=np.float64) / needed, 20.0)  # it is 1 long before
    odds = x ** (2.7 + 0.7 * x)
    return np.asarray(odds / (1 + odds))


def critical_dimension(length: ArrayLike, height: ArrayLike, depression: ArrayLike = 0.0) -> Floats:
    """The smaller dimension in m in which a hull shows: its length, or height and beam as seen from `depression` rad.

    >>> critical_dimension(65.0, 8.0, [0.0, math.pi / 2]).round(1).tolist()  # its side; its deck, 10 m wide
    [8.0, 10.0]
    """
    length, down = np.asarray(length, dtype=np.float64), np.asarray(depression, dtype=np.float64)
    upright = np.asarray(height) * np.cos(down) + length / BEAM * np.sin(down)
    return np.asarray(np.minimum(length, upright), dtype=np.float64)


def extinction(visibility: ArrayLike, infrared: bool = False) -> Floats:
    """What haze takes of light, 1/m, where the meteorological visibility is so many m: 3.912 / V at 0.55 µm.

    In the infrared after Kruse (1962): times (4 / 0.55)^-q, q = 0.585 (V / km)^(1/3) below 6 km, 1.3 to 50 km, 1.6
    beyond, none below 500 m (fog, Kim 2001), plus water vapour. Both from memory, unverified.

    >>> (extinction([20e3, 2e3]) * 1000).round(3).tolist()
    [0.196, 1.956]
    >>> (extinction([20e3, 2e3, 400.0], infrared=True) * 1000).round(2).tolist()
    [0.21, 0.65, 9.98]
    """
    v = np.asarray(visibility, dtype=np.float64)
    visible = -math.log(THRESHOLD) / v
    if not infrared:
        return np.asarray(visible)
    km = v / 1000
    q = np.select([km < 0.5, km < 6, km < 50], [0.0, 0.585 * np.cbrt(km), 1.3], 1.6)
    return np.asarray(visible * np.power(WAVELENGTH_UM / 0.55, -q) + VAPOUR)


def haze_on_way(camera_height: float) -> float:
    """Share of the haze at sea level that is on average on the way down from `camera_height` m.

    Haze thins out with exp(-h / HAZE_HEIGHT): (1 - exp(-x)) / x, x = camera_height / HAZE_HEIGHT.

    >>> haze_on_way(0.0), round(haze_on_way(1500.0), 3), round(haze_on_way(6000.0), 3)
    (1.0, 0.632, 0.245)
    """
    x = max(camera_height, 0.0) / HAZE_HEIGHT
    return -math.expm1(-x) / x if x > 1e-9 else 1.0


def apparent_contrast(
    slant_range: ArrayLike, weather: Weather, infrared: bool = False, camera_height: float = 0.0
) -> Floats:
    """Contrast of a hull against the sea at a distance: what glint leaves of it, less haze on the way.

    >>> at_10_km = apparent_contrast(10e3, Weather(sea_state=0.0, visibility=20e3))
    >>> float(at_10_km.round(4))  # half of it times sqrt(0.02)
    0.0707
    """
    inherent, glint = (HEAT_CONTRAST, HEAT_GLINT) if infrared else (DAY_CONTRAST, DAY_GLINT)
    left = inherent * max(1 - glint * weather.sea, LEAST_GLINT)
    way = np.asarray(slant_range, dtype=np.float64) * haze_on_way(camera_height)
    return np.asarray(left * np.exp(-extinction(weather.visibility, infrared) * way))


def resolved_share(contrast: ArrayLike) -> Floats:
    """Share of a camera's finest lines that can still be made out at some contrast.

    The contrast that is needed grows exponentially with fineness, from THRESHOLD for large areas to 1 for lines of a
    pixel: the usual shape of curves of minimum resolvable contrast; assumed.

    >>> resolved_share([1.0, 0.1414, 0.02, 0.01]).round(2).tolist()  # sqrt(0.02): half
    [1.0, 0.5, 0.0, 0.0]
    """
    c = np.maximum(np.asarray(contrast, dtype=np.float64), 1e-12)
    return np.clip(1 - np.log(c) / math.log(THRESHOLD), 0.0, 1.0)


def cycles_on(
    camera: Camera, slant_range: ArrayLike, length: ArrayLike, height: ArrayLike, weather: Weather = CALM,
    camera_height: float = 0.0,
) -> Floats:  # fmt: skip
    """Cycles that a camera resolves on a hull's smaller dimension; lengths and distances in m.

    >>> clear = Weather(sea_state=0.0, visibility=1e9)
    >>> float(cycles_on(Camera(0.02, 1000.0), 10e3, 60.0, 6.0, clear).round(2))  # 15, of which 82 % for half contrast
    12.34
    """
    r = np.maximum(np.asarray(slant_range, dtype=np.float64), 1.0)
    down = np.arcsin(np.clip(camera_height / r, 0, 1))
    angle = critical_dimension(length, height, down) / r
    contrast = apparent_contrast(r, weather, camera.infrared, camera_height)
    return np.asarray(angle * camera.cycles_per_rad * resolved_share(contrast))


def task_probability(
    camera: Camera, slant_range: ArrayLike, length: ArrayLike, task: Task = Task.DETECT, weather: Weather = CALM,
    camera_height: float = 0.0, cloud_base: float = math.inf, night: bool = False,
) -> Floats:  # fmt: skip
    """Chance that one look at a vessel of `length` m that is in the picture does the task; broadcasts.

    `cloud_base` m: from above it nothing is seen. At night a camera that does not see heat sees nothing. Beyond the
    horizon nothing either.

    >>> turret = Camera(math.radians(1.0), 1280.0)
    >>> clear = Weather(sea_state=2.0, visibility=60e3)
    >>> [task_probability(turret, 20e3, 20.0, task, clear, 3000.0).round(2).item() for task in Task]
    [1.0, 0.54, 0.21]
    """
    r = np.asarray(slant_range, dtype=np.float64)
    if camera_height > cloud_base or (night and not camera.infrared):
        return np.zeros(np.broadcast_shapes(r.shape, np.shape(length)))
    height = hull_height(length)
    chance = transfer(cycles_on(camera, r, length, height, weather, camera_height), task.value)
    return np.asarray(np.where(r > horizon(camera_height, height), 0.0, chance))


def ground_sd(slant_range: ArrayLike, camera_height: float, pointing_sd: float) -> tuple[Floats, Floats]:
    """(along, across) standard deviations in m of a place on a flat sea that a camera points at from the air.

    >>> along, across = ground_sd(20e3, 5500.0, math.radians(0.1))
    >>> along.round().item(), across.round().item()  # R² σ / h and R σ
    (127.0, 35.0)
    """
    r = np.maximum(np.asarray(slant_range, dtype=np.float64), camera_height)
    return r**2 * pointing_sd / max(camera_height, 1.0), r * pointing_sd


@dataclass(frozen=True)
class CameraCoverage:
    """A camera at a place, which sweeps `sector` (rad: from, and so far clockwise from there; None: all around).

    One look is one sweep: every bearing of the sector is in the picture once. `hidden`: behind land.
    """

    lat_deg: float
    lon_deg: float
    height: float
    camera: Camera
    weather: Weather = CALM
    task: Task = Task.DETECT
    sector: tuple[float, float] | None = None
    cloud_base: float = math.inf
    night: bool = False
    hidden: Hidden = lambda slant_range, bearing: np.zeros(np.shape(slant_range), dtype=np.bool_)
    faults: Faults = SOUND

    def probability(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike, kind: Sight) -> Floats:
        """Per sweep: that the task is done for such a vessel."""
        slant, bearing = polar_of(self.lat_deg, self.lon_deg, self.height, lat_deg, lon_deg)
        chance = task_probability(
            self.camera, slant, kind.length, self.task, self.weather, self.height, self.cloud_base, self.night
        )
        blind = self.hidden(slant, bearing) | ~self.faults.working(time)
        if self.sector is not None:
            start, width = self.sector
            blind = blind | (np.mod(bearing - start, 2 * math.pi) > width)
        return np.asarray(np.where(blind, 0.0, chance))
