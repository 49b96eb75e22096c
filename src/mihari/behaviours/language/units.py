"""Quantities as people write them -> numbers in another unit; nothing is converted that need not be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

from mihari.core.columns import Array

LONGEST_S = 1e10  # three centuries: what is longer is mistyped
KNOT = 1852.0 / 3600.0
# unit -> (what it measures, in SI)
UNITS = {
    "s": ("time", 1.0),
    "min": ("time", 60.0),
    "h": ("time", 3600.0),
    "day": ("time", 86400.0),
    "days": ("time", 86400.0),
    "m": ("length", 1.0),
    "km": ("length", 1000.0),
    "NM": ("length", 1852.0),
    "m/s": ("speed", 1.0),
    "km/h": ("speed", 1000.0 / 3600.0),
    "kn": ("speed", KNOT),
    "rad": ("angle", 1.0),
    "deg": ("angle", math.pi / 180.0),
    "": ("number", 1.0),
}


def measures(unit: str) -> str:
    """What a unit measures: time, length, speed, angle or (no unit) a number."""
    return UNITS[unit][0]


Number = TypeVar("Number", float, Array)


def converted(value: Number, unit: str, into: str) -> Number:
    """The same quantity in another unit of its kind; the very number where the units are the same.

    >>> converted(5.0, "kn", "kn"), converted(2.0, "NM", "m"), converted(36.0, "km/h", "m/s")
    (5.0, 3704.0, 10.0)
    """
    return value if unit == into else value * UNITS[unit][1] / UNITS[into][1]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit as written.

    >>> print(Quantity(30.0, "min"), Quantity(5.5, "kn"), Quantity(30.0, "min").seconds)
    30 min 5.5 kn 1800
    """

    value: float
    unit: str = ""

    @property
    def seconds(self) -> int:
        """A duration in whole seconds."""
        found = converted(self.value, self.unit, "s")
        if measures(self.unit) != "time" or not 0 <= found <= LONGEST_S or found != round(found):
            raise ValueError(f"expected a duration of whole seconds, such as 30 min, found {self}")
        return round(found)

    def __str__(self) -> str:
        return f"{self.value:.12g} {self.unit}".rstrip()
