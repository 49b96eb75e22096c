"""Radar and weather -> false plots: how many a scan, and at which ranges. Noise everywhere, spikes of the sea near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.sensors.clutter import spike_probability
from mihari.sensors.detection import background, clutter_over_noise, clutter_shape
from mihari.sensors.profiles import RadarProfile
from mihari.sensors.weather import CALM, Weather

Floats = NDArray[np.float64]
STEPS = 512


@dataclass(frozen=True)
class FalseAlarms:
    """Expected false plots of one scan over open water: `per_m` at `ranges` (m) and, added up to there, `below`."""

    ranges: Floats
    per_m: Floats
    below: Floats

    @property
    def expected(self) -> float:
        """Mean number a scan; those over land or in its shadow are to be left out (they are even in bearing)."""
        return float(self.below[-1])

    def draw(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """(range m, bearing rad) of the false plots of one scan: Poisson in number, by density in range."""
        n = rng.poisson(self.expected)
        return np.interp(rng.random(n) * self.expected, self.below, self.ranges), rng.uniform(0, 2 * np.pi, n)


def false_alarms(
    profile: RadarProfile,
    antenna_height: float,
    range_max: float,
    weather: Weather = CALM,
    range_min: float = 150.0,
) -> FalseAlarms:
    """Resolution cells times the chance that noise or the sea passes the threshold in one; ranges in m.

    A ring of 1 m holds 2π / beam width / range cell cells. Rain fills many cells alike and is held down by the
    threshold, which follows the local mean (constant false-alarm rate): it costs detections, not false plots.

    >>> from mihari.sensors.profiles import PROFILES
    >>> x = PROFILES["coastal X-band"]
    >>> [round(false_alarms(x, 50.0, 44e3, Weather(sea_state=s)).expected, 1) for s in (0, 3, 5)]
    [30.1, 99.1, 138.6]
    """
    ranges = np.linspace(range_min, range_max, STEPS)
    sea, rain = clutter_over_noise(profile, antenna_height, ranges, weather)
    _, level = background(profile, antenna_height, ranges, weather)
    chance = spike_probability(level, clutter_shape(profile, antenna_height, ranges, sea, rain))
    per_m = 2 * np.pi / profile.beam_width / profile.range_cell * np.maximum(chance, profile.false_alarm)
    below = np.concatenate([[0.0], np.cumsum((per_m[1:] + per_m[:-1]) / 2 * np.diff(ranges))])
    return FalseAlarms(ranges, per_m, below)
