"""Vessel, distance, wind, array -> chance that a hydrophone array hears it, and how well it tells the bearing.

The passive sonar equation (Urick, Principles of Underwater Sound): excess = SL - TL - (NL - AG) - DT, all in dB, levels
of spectra at the middle of the band. What is not cited at a function is from memory of that book (unverified).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from mihari.core.geodesy import polar_of
from mihari.core.units import KNOT
from mihari.sensors.coverage import Hidden, Sight
from mihari.sensors.faults import SOUND, Faults
from mihari.sensors.platform import CarriedSensor
from mihari.sensors.weather import CALM, Weather

Floats = NDArray[np.float64]

SOUND_SPEED = 1500.0  # m/s, mean of sea water
# MacGillivray and de Jong, J. Mar. Sci. Eng. 9 (2021) 369, table 1: the speed in kn at which a class was measured
CLASS_SPEED_KN = {
    "fishing": 6.4, "tug": 3.7, "recreational": 10.6, "government": 8.0, "cruise": 17.1, "passenger": 9.7,
    "bulker": 13.9, "container": 18.0, "vehicle carrier": 15.8, "tanker": 12.4, "dredger": 9.5, "other": 7.4,
}  # fmt: skip
REFERENCE_LENGTH = 91.44  # m: 300 ft, same
SOURCE_SD_DB = 6.0  # of measured ships around the model, same
PATH_SD_DB = 5.0  # of the loss around the law of spreading, by places and times; assumed
FALSE_ALARM = 1e-4  # chance per look and bearing that noise alone is told as a vessel; assumed
LEAST_THRESHOLD_DB = -10.0  # longer listening gains no more: the sea's own noise is not that steady; assumed
ANY_BEARING = math.pi / math.sqrt(3)  # rad: standard deviation of a bearing that nothing is known of


def class_of(length: ArrayLike) -> NDArray[np.str_]:
    """The class of which a vessel's noise is taken when only its length (m) is known; assumed.

    >>> class_of([8.0, 20.0, 60.0, 200.0]).tolist()
    ['recreational', 'fishing', 'other', 'bulker']
    """
    length = np.asarray(length, dtype=np.float64)
    return np.select([length < 15, length < 35, length < 100], ["recreational", "fishing", "other"], "bulker")


def source_level(speed: ArrayLike, length: ArrayLike, frequency: float, vessel: str = "other") -> Floats:
    """Level in dB re 1 µPa²/Hz at 1 m of a vessel's noise at one frequency (Hz, 100 and up); speed m/s, length m.

    The JOMOPANS-ECHO model (MacGillivray and de Jong 2021): K - 20 lg f1 - 10 lg((1 - f/f1)² + D²) + 60 lg(v/vc)
    + 20 lg(l/l0), f1 = 480 Hz / (vc / kn), K = 191 dB, D = 3 (cruise ships 4). Cargo ships have a hump below 100 Hz,
    which is left out. Single ships lie 6 dB around it; a drifting one is not silent, which the model does not know:
    below 1 kn it is taken at 1 kn.

    >>> v = 12.4 * KNOT
    >>> source_level([v, v / 2], 91.44, 480 / 12.4, "tanker").round(1).tolist()  # 191 - 31.8 - 9.5; 18 dB less
    [149.7, 131.6]
    """
    reference = CLASS_SPEED_KN[vessel]
    corner, width = 480.0 / reference, 4.0 if vessel == "cruise" else 3.0
    shape = 191.0 - 20 * math.log10(corner) - 10 * math.log10((1 - frequency / corner) ** 2 + width**2)
    speed_kn = np.maximum(np.asarray(speed, dtype=np.float64) / KNOT, 1.0)
    size = np.maximum(np.asarray(length, dtype=np.float64), 1.0) / REFERENCE_LENGTH
    return np.asarray(shape + 60 * np.log10(speed_kn / reference) + 20 * np.log10(size))


def absorption(frequency: float) -> float:
    """What sea water takes, dB per m, at a frequency in Hz (Thorp 1967, in Urick).

    >>> round(1000 * absorption(1000.0), 3), round(1000 * absorption(10e3), 2)
    (0.069, 1.19)
    """
    f2 = (frequency / 1000) ** 2
    return (0.11 * f2 / (1 + f2) + 44 * f2 / (4100 + f2) + 2.75e-4 * f2 + 0.003) / 1000


def transmission_loss(distance: ArrayLike, frequency: float, depth: float = 100.0, beyond: float = 15.0) -> Floats:
    """Loss in dB over `distance` m: spherical as far as the water is deep, then `beyond` lg r, and absorption.

    beyond: 10 is cylindrical, all that does not escape (ducts, hard bottoms); 15 what soft bottoms take besides, usual
    over shelves; 20 spherical throughout.

    >>> transmission_loss([100.0, 10e3], 1000.0, depth=100.0, beyond=10.0).round(1).tolist()  # 40; 40 + 20 + 0.7
    [40.0, 60.7]
    """
    r = np.maximum(np.asarray(distance, dtype=np.float64), 1.0)
    near, far = np.minimum(r, depth), np.maximum(r / depth, 1.0)
    return np.asarray(20 * np.log10(near) + beyond * np.log10(far) + absorption(frequency) * r)


def ambient_level(frequency: float, wind: float, shipping: float = 0.5) -> float:
    """Level in dB re 1 µPa²/Hz of the sea's own noise: wind in m/s, distant shipping 0 (none) to 1 (much).

    Wenz's curves (1962) in the closed form of Coates (1990): turbulence 17 - 30 lg f, shipping 40 + 20 (s - 0.5)
    + 26 lg f - 60 lg(f + 0.03), wind 50 + 7.5 √w + 20 lg f - 40 lg(f + 0.4), heat -15 + 20 lg f; f in kHz. From memory
    (unverified).

    >>> round(ambient_level(1000.0, 0.0, 0.0), 1), round(ambient_level(1000.0, 10.0, 0.0), 1)  # √10 · 7.5 = 23.7 more
    (44.3, 67.9)
    """
    f = frequency / 1000
    log = math.log10(f)
    parts = (
        17 - 30 * log,
        40 + 20 * (shipping - 0.5) + 26 * log - 60 * math.log10(f + 0.03),
        50 + 7.5 * math.sqrt(max(wind, 0.0)) + 20 * log - 40 * math.log10(f + 0.4),
        -15 + 20 * log,
    )
    return 10 * math.log10(sum(10 ** (part / 10) for part in parts))


@dataclass(frozen=True, slots=True)
class Array:
    """Hydrophones in a row: their number and spacing (m), band (Hz), and how long it listens for one bearing (s).

    `floor`: rad, standard deviation of bearings that no signal betters: compass, bent rays. `own_noise`: dB, by which
    the vehicle itself is louder than the sea. A row does not tell left from right; what carries it has to turn.

    >>> row = Array(16, 0.5, 200.0, 1500.0, 30.0)
    >>> round(row.middle), round(row.gain_db, 1)  # 2 · 16 · 0.5 / 2.74 = 5.8
    (548, 7.7)
    """

    elements: int
    spacing: float
    band_low: float
    band_high: float
    period: float
    floor: float = 0.0
    own_noise: float = 0.0

    @classmethod
    def of(cls, sensor: CarriedSensor) -> Array:
        """The array that a platform carries."""
        v = sensor.values
        how = v["period"], v["bearing_sd"], v["own_noise"]
        return cls(round(v["elements"]), v["spacing"], v["band_low"], v["band_high"], *how)

    @property
    def middle(self) -> float:
        """Frequency in Hz at which levels are taken: the band's geometric mean."""
        return math.sqrt(self.band_low * self.band_high)

    @property
    def gain_db(self) -> float:
        """Gain over one hydrophone in noise from everywhere: twice its length over the wave's, at most its number."""
        waves = 2 * self.elements * self.spacing * self.middle / SOUND_SPEED
        return 10 * math.log10(max(1.0, min(self.elements, waves)))

    @property
    def samples(self) -> float:
        """Independent looks in one period: bandwidth times time."""
        return (self.band_high - self.band_low) * self.period

    @property
    def threshold_db(self) -> float:
        """Signal over noise behind the array that is heard half the time: 5 lg(d / BT), d = Φ⁻¹(1 - Pfa)² (Urick)."""
        best = 5 * math.log10(float(ndtri(1 - FALSE_ALARM)) ** 2 / self.samples)
        return max(best, LEAST_THRESHOLD_DB)

    def signal_db(self, level: ArrayLike, loss: ArrayLike, noise: float) -> Floats:
        """Signal over noise in dB behind the array."""
        heard = np.asarray(level, dtype=np.float64) - np.asarray(loss, dtype=np.float64)
        return np.asarray(heard - (noise + self.own_noise) + self.gain_db)


def detection_probability(array: Array, signal_db: ArrayLike) -> Floats:
    """Chance that a vessel is heard in one period: Φ(excess / σ), levels being normal in dB around their laws.

    >>> row = Array(16, 0.5, 200.0, 1500.0, 30.0)
    >>> detection_probability(row, np.array([-7.8, 0.0, 7.8]) + row.threshold_db).round(2).tolist()
    [0.16, 0.5, 0.84]
    """
    spread = math.hypot(SOURCE_SD_DB, PATH_SD_DB)
    return np.asarray(ndtr((np.asarray(signal_db, dtype=np.float64) - array.threshold_db) / spread))


def bearing_sd(array: Array, signal_db: ArrayLike, off_broadside: ArrayLike = 0.0) -> Floats:
    """Standard deviation in rad of one bearing; `off_broadside` rad between the vessel and square to the row.

    The Cramér-Rao bound of a row in white noise (Van Trees, Optimum Array Processing, 2002, §8.4): variance of the
    phase between neighbours 6 / (BT (n² - 1)) · (1/A + 1/A²), A being signal over noise behind the array; over
    2π spacing / wave · cos of the angle; and the floor. A single hydrophone tells no bearing.

    >>> row = Array(11, 0.75, 900.0, 1111.1111, 1.0)  # half a wave apart at 1 kHz, BT = 211
    >>> round(float(np.degrees(bearing_sd(row, 0.0))), 2)  # √(6 · 2 / (211 · 120)) / π
    0.4
    """
    off = np.abs(np.cos(np.asarray(off_broadside, dtype=np.float64)))
    a = 10 ** (np.asarray(signal_db, dtype=np.float64) / 10)
    if array.elements < 2:
        return np.full(np.broadcast_shapes(a.shape, off.shape), ANY_BEARING)
    phase = np.sqrt(6 / (array.samples * (array.elements**2 - 1)) * (1 / a + 1 / a**2))
    turn = 2 * math.pi * array.spacing * array.middle / SOUND_SPEED * np.maximum(off, 1e-9)
    return np.asarray(np.minimum(np.hypot(phase / turn, array.floor), ANY_BEARING))


@dataclass(frozen=True)
class HydrophoneCoverage:
    """An array at a place in water of `depth` m. Vessels go at `speed` m/s; None: at their class's usual speed.

    `beyond`: see `transmission_loss`; 20 is the cautious choice where nobody has measured the loss.
    """

    lat_deg: float
    lon_deg: float
    array: Array
    weather: Weather = CALM
    depth: float = 100.0
    beyond: float = 20.0
    shipping: float = 0.5
    speed: float | None = None
    hidden: Hidden = lambda slant_range, bearing: np.zeros(np.shape(slant_range), dtype=np.bool_)
    faults: Faults = SOUND

    def probability(self, lat_deg: ArrayLike, lon_deg: ArrayLike, time: ArrayLike, kind: Sight) -> Floats:
        """Per period: that such a vessel is heard."""
        distance, bearing = polar_of(self.lat_deg, self.lon_deg, 0.0, lat_deg, lon_deg)
        chance = detection_probability(self.array, self.signal_db(distance, kind))
        return np.asarray(np.where(self.hidden(distance, bearing) | ~self.faults.working(time), 0.0, chance))

    def signal_db(self, distance: ArrayLike, kind: Sight) -> Floats:
        """Signal over noise in dB of such a vessel at `distance` m."""
        vessel, middle = str(class_of(kind.length)), self.array.middle
        speed = CLASS_SPEED_KN[vessel] * KNOT if self.speed is None else self.speed
        level = source_level(speed, kind.length, middle, vessel)
        loss = transmission_loss(distance, middle, self.depth, self.beyond)
        return self.array.signal_db(level, loss, ambient_level(middle, self.weather.wind, self.shipping))
