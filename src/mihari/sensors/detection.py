"""Radar, weather, echo, range -> how far an echo stands out, and the chance that one scan makes a plot of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.sensors.clutter import (
    grazing_angle,
    rain_area,
    rain_loss_db_per_m,
    sea_area,
    spike_level,
    spikiness,
)
from mihari.sensors.profiles import RadarProfile
from mihari.sensors.propagation import echo_factor
from mihari.sensors.weather import CALM, Weather

Floats = NDArray[np.float64]

_SLABS = 8  # a hull's height in as many parts: 1 % from the mean over 100
_MIDDLES = (np.arange(_SLABS) + 0.5) / _SLABS


def along_the_sea(slant_range: ArrayLike, antenna_height: ArrayLike, height: ArrayLike) -> Floats:
    """Distance in m along the sea of what lies at `slant_range` m; heights in m.

    >>> float(along_the_sea(5000.0, 3000.0, 0.0))
    4000.0
    """
    r = np.asarray(slant_range, dtype=np.float64)
    down = np.asarray(antenna_height, dtype=np.float64) - np.asarray(height, dtype=np.float64)
    return np.asarray(np.sqrt(np.maximum(r**2 - down**2, 1.0)))


def echo_gain(
    profile: RadarProfile,
    antenna_height: float,
    slant_range: ArrayLike,
    height: ArrayLike,
    weather: Weather = CALM,
    point: bool = False,
) -> Floats:
    """Signal over noise of one pulse per m² of echo area: range equation, sea mirror and horizon, rain on the way.

    height: m above the sea; a hull reflects evenly from the waterline up to it, a `point` (a reflector) only there.

    >>> from mihari.sensors.profiles import PROFILES
    >>> near, far = echo_gain(PROFILES["coastal X-band"], 50.0, [40e3, 44e3], 4.0)
    >>> bool(near / far > (44 / 40) ** 8)  # near the horizon an echo falls faster than with the eighth power of range
    True
    """
    r, h = np.asarray(slant_range, dtype=np.float64), np.asarray(height, dtype=np.float64)
    shares, extent = (np.ones(1), 0.0) if point else (_MIDDLES, 1 / _SLABS)
    factor = echo_factor(
        along_the_sea(r, antenna_height, h)[..., None],
        antenna_height,
        h[..., None] * shares,
        profile.frequency,
        weather.roughness,
        profile.polarisation == "V",
        extent * h[..., None],
    ).mean(axis=-1)
    rain = 10 ** (-2 * r * rain_loss_db_per_m(weather.rain_mmph, profile.frequency, profile.polarisation) / 10)
    return np.asarray(profile.snr_at_1_m_of_1_m2 / np.maximum(r, 1.0) ** 4 * factor * rain)


def background(
    profile: RadarProfile, antenna_height: float, slant_range: ArrayLike, weather: Weather = CALM
) -> tuple[Floats, Floats]:
    """(power, threshold) against which an echo must stand out, both over the mean noise after adding the pulses.

    power: noise, sea and rain; threshold: over that power. Clutter is the same in all pulses of one beam: adding them
    helps against noise only. Where the sea is stronger than noise the level rises with its spikiness.

    >>> from mihari.sensors.profiles import PROFILES
    >>> power, level = background(PROFILES["coastal X-band"], 50.0, [2e3, 25e3], Weather(sea_state=4.0))
    >>> power.round().tolist(), level.round(1).tolist()
    ([1390.0, 1.0], [64.3, 13.8])
    """
    sea, rain = clutter_over_noise(profile, antenna_height, slant_range, weather)
    shape = clutter_shape(profile, antenna_height, slant_range, sea, rain)
    level = np.maximum(profile.threshold, spike_level(profile.clutter_false_alarm, shape))
    return 1 + sea + rain, level


def clutter_over_noise(
    profile: RadarProfile, antenna_height: float, slant_range: ArrayLike, weather: Weather
) -> tuple[Floats, Floats]:
    """Sea and rain in one cell over noise, after adding the pulses."""
    p, r = profile, np.asarray(slant_range, dtype=np.float64)
    loss = 10 ** (-2 * r * rain_loss_db_per_m(weather.rain_mmph, p.frequency, p.polarisation) / 10)
    one = p.snr_at_1_m_of_1_m2 / np.maximum(r, 1.0) ** 4 * loss * p.added
    sea = sea_area(r, antenna_height, p.frequency, weather.sea, p.polarisation, p.beam_width, p.range_cell)
    rain = rain_area(r, weather.rain_mmph, p.frequency, p.beam_width, p.beam_height, p.range_cell)
    return one * sea, one * rain


def clutter_shape(
    profile: RadarProfile, antenna_height: float, slant_range: ArrayLike, sea: Floats, rain: Floats
) -> Floats:
    """Shape of sea clutter with noise in it: ν (1 + 1 / CNR)² (Watts, IEE Proc. F 134 (1987) 40)."""
    r = np.asarray(slant_range, dtype=np.float64)
    cell = r * profile.beam_width * profile.range_cell
    shape = spikiness(grazing_angle(r, antenna_height), cell, profile.polarisation)
    return np.asarray(shape * (1 + (1 + rain) / np.maximum(sea, 1e-12)) ** 2)


def plot_probability(
    profile: RadarProfile,
    antenna_height: float,
    slant_range: ArrayLike,
    area: ArrayLike,
    height: ArrayLike,
    weather: Weather = CALM,
    shadowed: ArrayLike = False,
    point: bool = False,
) -> Floats:
    """Chance that one scan gives a plot of an echo of `area` m², `height` m above the sea; broadcasts.

    Swerling case 1: exp(-T / (1 + SNR)), which without clutter is Pfa^(1 / (1 + SNR)) (Skolnik, Radar Handbook, 3rd
    ed.); shadowed: hidden by land. What extraction leaves of certainty is the caller's.

    >>> from mihari.sensors.profiles import PROFILES
    >>> x = PROFILES["coastal X-band"]
    >>> [plot_probability(x, 50.0, 10e3, 1.4, 0.5, Weather(sea_state=s)).round(2).item() for s in (1, 3, 5)]
    [0.28, 0.01, 0.0]
    """
    power, level = background(profile, antenna_height, slant_range, weather)
    snr = (
        np.asarray(area)
        * profile.added
        * echo_gain(profile, antenna_height, slant_range, height, weather, point)
        / power
    )
    return np.asarray(np.where(shadowed, 0.0, np.exp(-level / (1 + snr))))
