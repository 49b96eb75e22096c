"""Grazing angle, sea state, rain -> echoes that are no vessel's: strength, spikiness, and what rain takes away."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, kve

from mihari.sensors.horizon import EFFECTIVE_RADIUS
from mihari.sensors.propagation import LIGHT

Floats = NDArray[np.float64]

LEAST_GRAZING_DEG = 1e-3  # the NRL model was fitted from 0.1° up; below, its logarithm of the sine goes on
SMOOTH = 200.0  # shape from which on two terms of a series in 1/ν are as good as Bessel functions, which overflow
RAIN_TOP = 3000.0  # m; assumed: about the height of melting in temperate summers (ITU-R P.839: 0 to 5 km by latitude)

# Gregers-Hansen and Mital, "An improved empirical model for radar sea clutter reflectivity", IEEE T-AES 48 (2012) 3512
_SEA = {"H": (-73.0, 20.781, 7.351, 25.65, 0.0054), "V": (-50.796, 25.93, 0.7093, 21.588, 0.00211)}

# ITU-R P.838-3 tables 1 to 4: log10 k and α as sums of Gaussians in log10 f (GHz); (a, b, c) rows, then slope, constant
_K = {
    "H": ([-5.33980, -0.35351, -0.23789, -0.94158], [-0.10008, 1.26970, 0.86036, 0.64552],
          [1.13098, 0.45400, 0.15354, 0.16817], -0.18961, 0.71147),
    "V": ([-3.80595, -3.44965, -0.39902, 0.50167], [0.56934, -0.22911, 0.73042, 1.07319],
          [0.81061, 0.51059, 0.11899, 0.27195], -0.16398, 0.63297),
}  # fmt: skip
_ALPHA = {
    "H": ([-0.14318, 0.29591, 0.32177, -5.37610, 16.1721], [1.82442, 0.77564, 0.63773, -0.96230, -3.29980],
          [-0.55187, 0.19822, 0.13164, 1.47828, 3.43990], 0.67849, -1.95537),
    "V": ([-0.07771, 0.56727, -0.20238, -48.2991, 48.5833], [2.33840, 0.95545, 1.14520, 0.791669, 0.791459],
          [-0.76284, 0.54039, 0.26809, 0.116226, 0.116479], -0.053739, 0.83433),
}  # fmt: skip


def grazing_angle(slant_range: ArrayLike, antenna_height: float) -> Floats:
    """Angle in rad between the ray and the sea at `slant_range` m; 0 at and beyond the radar's horizon.

    >>> np.degrees(grazing_angle([1000.0, 60e3], 50.0)).round(2).tolist()
    [2.86, 0.0]
    """
    r = np.maximum(np.asarray(slant_range, dtype=np.float64), antenna_height)
    return np.arcsin(np.clip(antenna_height / r - r / (2 * EFFECTIVE_RADIUS), 0, 1))


def sea_reflectivity_db(grazing: ArrayLike, frequency: float, sea_state: float, polarisation: str = "H") -> Floats:
    """σ0 of the sea in dB (m² per m²): `grazing` rad, frequency Hz (0.5 to 35 GHz), Douglas sea state 0 to 6.

    The NRL model of Gregers-Hansen and Mital (2012), fitted to measurements between 0.1° and 60°, wind from anywhere.

    >>> sea_reflectivity_db(np.radians([0.3, 5.0]), 9.4e9, 3.0).round().tolist()
    [-49.0, -40.0]
    """
    psi = np.maximum(np.degrees(np.asarray(grazing, dtype=np.float64)), LEAST_GRAZING_DEG)
    c1, c2, c3, c4, c5 = _SEA[polarisation]
    by_frequency = (27.5 + c3 * psi) * np.log10(frequency / 1e9) / (1 + 0.95 * psi)
    by_sea = c4 * (sea_state + 1.0) ** (1 / (2 + 0.085 * psi + 0.033 * sea_state))
    return np.asarray(c1 + c2 * np.log10(np.sin(np.radians(psi))) + by_frequency + by_sea + c5 * psi**2)


def sea_area(slant_range: ArrayLike, antenna_height: float, frequency: float, sea_state: float, polarisation: str,
             beam_width: float, range_cell: float) -> Floats:  # fmt: skip
    """Echo area in m² of the sea in one resolution cell: σ0 · range · beam width (rad) · range cell (m) / cos ψ.

    >>> float(sea_area(5000.0, 50.0, 9.4e9, 3.0, "H", 0.01, 12.0).round(4))  # 600 m² at -45.8 dB
    0.0158
    """
    r = np.asarray(slant_range, dtype=np.float64)
    psi = grazing_angle(r, antenna_height)
    lit = r * beam_width * range_cell / np.maximum(np.cos(psi), 0.1)
    sigma = lit * 10 ** (sea_reflectivity_db(psi, frequency, sea_state, polarisation) / 10)
    return np.asarray(np.where(psi > 0, sigma, 0.0))


def rain_reflectivity(rain_mmph: float, frequency: float) -> float:
    """Echo area of rain in m² per m³: η = π⁵ |K|² Z / λ⁴, Z = 200 R^1.6 mm⁶/m³ (Marshall and Palmer 1948), |K|² = 0.93.

    >>> round(float(10 * np.log10(rain_reflectivity(10.0, 9.4e9))), 1)
    -56.6
    """
    z = 200.0 * rain_mmph**1.6 * 1e-18  # m³
    return float(np.pi**5 * 0.93 * z * (frequency / LIGHT) ** 4)


def rain_area(slant_range: ArrayLike, rain_mmph: float, frequency: float, beam_width: float, beam_height: float,
              range_cell: float) -> Floats:  # fmt: skip
    """Echo area in m² of rain in one resolution cell, filled from the sea up to the beam's or the rain's top (rad, m).

    >>> float(rain_area(10e3, 10.0, 9.4e9, 0.01, 0.35, 12.0).round(1))  # 100 m · 12 m · 1,750 m at -56.6 dB
    4.6
    """
    r = np.asarray(slant_range, dtype=np.float64)
    filled = r * beam_width * range_cell * np.minimum(r * beam_height / 2, RAIN_TOP)  # the lower half looks at the sea
    return np.asarray(filled * rain_reflectivity(rain_mmph, frequency))


def rain_loss_db_per_m(rain_mmph: float, frequency: float, polarisation: str = "H") -> float:
    """One-way attenuation by rain, γ = k R^α of ITU-R P.838-3, in dB per m; frequency in Hz, 1 to 1000 GHz.

    >>> round(1000 * rain_loss_db_per_m(10.0, 9.4e9), 2)  # dB per km
    0.18
    """
    k, alpha = 10 ** _gaussians(_K[polarisation], frequency), _gaussians(_ALPHA[polarisation], frequency)
    return float(k * rain_mmph**alpha / 1000)


def _gaussians(table: tuple[list[float], list[float], list[float], float, float], frequency: float) -> float:
    a, b, c, slope, constant = table
    f = np.log10(frequency / 1e9)
    return float(np.sum(np.array(a) * np.exp(-(((f - b) / np.array(c)) ** 2))) + slope * f + constant)


def spikiness(grazing: ArrayLike, cell_area: ArrayLike, polarisation: str = "H") -> Floats:
    """Shape ν of K-distributed sea clutter: small is spiky. `grazing` rad, `cell_area` m².

    log10 ν = 2/3 log10 ψ + 5/8 log10 A - k, ψ in degrees from 0.1 to 10, k = 1.39 (V) or 2.09 (H), without the term
    for swell (Ward, Tough and Watts, Sea Clutter, 2nd ed. 2013, §9.2; from memory, unverified). X band.

    >>> spikiness(np.radians([1.0, 1.0]), [100.0, 1e4]).round(2).tolist()
    [0.14, 2.57]
    """
    psi = np.clip(np.degrees(np.asarray(grazing, dtype=np.float64)), 0.1, 10.0)
    log = 2 / 3 * np.log10(psi) + 5 / 8 * np.log10(cell_area) - {"H": 2.09, "V": 1.39}[polarisation]
    return np.asarray(10.0**log)


def spike_probability(level: ArrayLike, shape: ArrayLike) -> Floats:
    """Chance that K-distributed clutter power is above `level` times its mean; `shape` ν, noise has an infinite one.

    2 (ν t)^(ν/2) K_ν(2 sqrt(ν t)) / Γ(ν) (Ward, Tough and Watts 2013, §4.6). For ν = 1/2 that is exp(-2 sqrt(t / 2)),
    for large ν it tends to exp(-t).

    >>> spike_probability(9.21034, [0.5, 1e9]).round(5).tolist()  # exp(-4.292), exp(-9.210)
    [0.01368, 0.0001]
    """
    nu = np.asarray(shape, dtype=np.float64)
    t = np.maximum(np.asarray(level, dtype=np.float64), 1e-12)
    inner = np.minimum(nu, SMOOTH)
    z = 2 * np.sqrt(inner * t)
    log = np.log(2.0) + inner / 2 * np.log(inner * t) + np.log(kve(inner, z)) - z - gammaln(inner)
    few = np.minimum(t, 100.0)  # beyond, nothing is left
    nearly = -t + few * (few - 2) / (2 * nu)
    return np.asarray(np.exp(np.minimum(np.where(nu >= SMOOTH, nearly, log), 0.0)))


def spike_level(chance: float, shape: ArrayLike) -> Floats:
    """Level (times the mean) that K-distributed clutter of shape ν passes with `chance`: inverse of the above.

    >>> spike_level(1e-4, [0.5, 1e9]).round(2).tolist()
    [42.42, 9.21]
    """
    nu = np.asarray(shape, dtype=np.float64)
    low, high = np.full(nu.shape, np.log(1e-3)), np.full(nu.shape, np.log(1e5))
    for _ in range(50):  # halving 18 nepers 50 times: to 1e-14
        middle = (low + high) / 2
        above = spike_probability(np.exp(middle), nu) > chance
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.asarray(np.exp(high))
