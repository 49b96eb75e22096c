"""What guidance asks of a vehicle's motion for the next moment, and what all motions share."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """Go along `bearing` (rad) over a `frame` that moves (east, north) m/s, at `speed` m/s through air or water.

    `height` m is where to be, a depth negative; `climb` m/s, if given, how fast instead.
    """

    bearing: float
    speed: float
    height: float = math.nan
    climb: float = math.nan
    frame: tuple[float, float] = (0.0, 0.0)


def toward(value: float, wanted: float, step: float) -> float:
    """`value` moved to `wanted`, by no more than `step`.

    >>> toward(0.0, 5.0, 2.0), toward(0.0, -1.0, 2.0)
    (2.0, -1.0)
    """
    return min(wanted, value + step) if wanted > value else max(wanted, value - step)


def within(value: float, low: float, high: float) -> float:
    """`value`, or the bound that it passes."""
    return min(max(value, low), high)
