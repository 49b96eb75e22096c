"""One radar in one weather -> a table of echo gain over range and height: detection probability at tens of ns an echo.

The formulas of `detection` cost some µs an echo; over a scan of many vessels they are read from a table instead, within
0.001 of the probability on average and 0.05 in the narrowest lobes.
`EchoTable.look_up` is the NumPy form, `echo_kernels.echoes` the compiled one; both interpolate alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mihari.sensors.detection import background, echo_gain
from mihari.sensors.horizon import EFFECTIVE_RADIUS
from mihari.sensors.profiles import RadarProfile
from mihari.sensors.radar import FALSE_ALARM, SNR_AT_REACH
from mihari.sensors.weather import CALM, Weather

Floats = NDArray[np.float64]

RANGES, HEIGHTS = 512, 32  # steps of 1.2 % in range from 100 m to 24 NM, of 19 % in height
NEAREST = 100.0  # m
LOWEST, HIGHEST = 0.3, 60.0  # m; other heights are taken as these
HORIZON = math.sqrt(2 * EFFECTIVE_RADIUS)
UNLIMITED = math.inf


@dataclass(frozen=True)
class EchoTable:
    """What of a radar does not depend on the vessel, on a grid even in log range and log height.

    `gain`: (heights, ranges), ln of signal over background per m² of echo, all pulses added; `level`: (ranges),
    threshold over background; `sight`: sqrt of the antenna's height (m) where a horizon cuts off, else UNLIMITED.
    """

    gain: Floats
    level: Floats
    log_range: float  # of the first column
    range_step: float
    log_height: float  # of the first row
    height_step: float
    sight: float = UNLIMITED

    def look_up(self, slant_range: ArrayLike, height: ArrayLike) -> tuple[Floats, Floats]:
        """(signal over background per m², threshold) at `slant_range` m of echoes `height` m high; broadcasts."""
        r, h = np.broadcast_arrays(np.asarray(slant_range, np.float64), np.asarray(height, np.float64))
        i, across = _between((np.log(r) - self.log_range) / self.range_step, len(self.level))
        k, up = _between((np.log(h) - self.log_height) / self.height_step, len(self.gain))
        low = self.gain[k, i] * (1 - across) + self.gain[k, i + 1] * across
        high = self.gain[k + 1, i] * (1 - across) + self.gain[k + 1, i + 1] * across
        gain = np.exp(low * (1 - up) + high * up)
        gain = np.where(r > HORIZON * (self.sight + np.sqrt(h)), 0.0, gain)
        return gain, self.level[i] * (1 - across) + self.level[i + 1] * across

    def plot_probability(self, slant_range: ArrayLike, area: ArrayLike, height: ArrayLike) -> Floats:
        """Chance that one scan gives a plot of an echo of `area` m²; before land shadow and extraction."""
        gain, level = self.look_up(slant_range, height)
        return np.exp(-level / (1 + np.asarray(area) * gain))


def _between(place: Floats, size: int) -> tuple[NDArray[np.int64], Floats]:
    """(index, share of the next one) of places on a grid; outside it the border."""
    place = np.clip(place, 0.0, size - 1.0)
    index = np.minimum(place.astype(np.int64), size - 2)
    return index, place - index


def _grid(range_max: float) -> tuple[Floats, Floats]:
    ranges = np.geomspace(NEAREST, max(range_max, 2 * NEAREST), RANGES)
    return ranges, np.geomspace(LOWEST, HIGHEST, HEIGHTS)


def _table(gain: Floats, level: Floats, ranges: Floats, heights: Floats, sight: float = UNLIMITED) -> EchoTable:
    first = math.log(ranges[0]), math.log(heights[0])
    gain.flags.writeable = level.flags.writeable = False  # tables are shared
    step = math.log(ranges[-1] / ranges[0]) / (RANGES - 1), math.log(heights[-1] / heights[0]) / (HEIGHTS - 1)
    return EchoTable(gain, level, first[0], step[0], first[1], step[1], sight)


@lru_cache(maxsize=64)  # a table has 130 kB; radars of one scenario share profile, height and weather
def echo_table(
    profile: RadarProfile, antenna_height: float, range_max: float, weather: Weather = CALM, point: bool = False
) -> EchoTable:
    """The table of a profile `antenna_height` m above the sea, out to `range_max` m; 0.1 s, the same again at once.

    >>> from mihari.sensors.profiles import PROFILES
    >>> table = echo_table(PROFILES["coastal X-band"], 50.0, 44e3)
    >>> table.plot_probability([5e3, 10e3, 20e3], 10.0, 2.0).round(2).tolist()
    [1.0, 1.0, 0.33]
    """
    ranges, heights = _grid(range_max)
    power, level = background(profile, antenna_height, ranges, weather)
    gain = profile.added * echo_gain(profile, antenna_height, ranges, heights[:, None], weather, point) / power
    return _table(np.log(np.maximum(gain, 1e-30)), level, ranges, heights)


def table_by_reach(reach: float, antenna_height: float, range_max: float) -> EchoTable:
    """The same for a radar of which only its reach is known (m, 10 m² seen with 0.9): `radar.detection_probability`.

    >>> table_by_reach(20e3, 200.0, 44e3).plot_probability([20e3, 40e3], 10.0, 3.0).round(2).tolist()
    [0.9, 0.22]
    """
    ranges, heights = _grid(range_max)
    gain = np.broadcast_to(np.log(SNR_AT_REACH / 10) + 4 * np.log(reach / ranges), (HEIGHTS, RANGES)).copy()
    return _table(gain, np.full(RANGES, -math.log(FALSE_ALARM)), ranges, heights, math.sqrt(antenna_height))
