"""The table of a radar -> chance of a plot, one echo at a time, inside compiled loops. Twin of `table.EchoTable`."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inlined, kernel
from mihari.sensors.table import HORIZON

Floats = NDArray[np.float64]


@inlined
def signal_and_level(
    gain: Floats,
    level: Floats,
    log_range: float,
    range_step: float,
    log_height: float,
    height_step: float,
    sight: float,
    slant_range: float,
    height: float,
) -> tuple[float, float]:
    """(signal over background per m² of echo, threshold) of one echo; the first seven are those of `EchoTable`."""
    place = (math.log(slant_range) - log_range) / range_step
    place = min(max(place, 0.0), len(level) - 1.0)
    i = min(int(place), len(level) - 2)
    across = place - i
    place = (math.log(height) - log_height) / height_step
    place = min(max(place, 0.0), len(gain) - 1.0)
    k = min(int(place), len(gain) - 2)
    up = place - k
    low = gain[k, i] * (1 - across) + gain[k, i + 1] * across
    high = gain[k + 1, i] * (1 - across) + gain[k + 1, i + 1] * across
    threshold = level[i] * (1 - across) + level[i + 1] * across
    if slant_range > HORIZON * (sight + math.sqrt(height)):
        return 0.0, threshold
    return math.exp(low * (1 - up) + high * up), threshold


@kernel
def echoes(
    gain: Floats,
    level: Floats,
    log_range: float,
    range_step: float,
    log_height: float,
    height_step: float,
    sight: float,
    slant_range: Floats,
    height: Floats,
) -> tuple[Floats, Floats]:
    """`EchoTable.look_up` of many echoes (m, m), compiled: (signal over background per m², threshold)."""
    signal, threshold = np.empty(len(height)), np.empty(len(height))
    for k in range(len(height)):
        signal[k], threshold[k] = signal_and_level(
            gain, level, log_range, range_step, log_height, height_step, sight, slant_range[k], height[k]
        )
    return signal, threshold


@kernel
def merge(range_: Floats, bearing: Floats, power: Floats, order: NDArray[np.int64], by_bearing: NDArray[np.int64],
          range_cell: float, beam_width: float, plot: NDArray[np.int64]) -> int:  # fmt: skip
    """Fill `plot` with the number of the plot that each echo goes into; how many plots. See `merging.merged`.

    `order`: echoes, strongest first; `by_bearing`: echoes by bearing in [0, 2π); `plot` begins as -1.
    """
    n = len(order)
    place = np.empty(n, np.int64)
    for k in range(n):
        place[by_bearing[k]] = k
    found = 0
    for peak in order:
        if plot[peak] >= 0:
            continue
        plot[peak] = found
        for way in (1, -1):
            for step in range(1, n):
                other = by_bearing[(place[peak] + way * step) % n]
                apart = abs(bearing[other] - bearing[peak])
                if min(apart, 2 * math.pi - apart) >= beam_width:
                    break
                if plot[other] < 0 and abs(range_[other] - range_[peak]) < range_cell:
                    plot[other] = found
        found += 1
    return found
