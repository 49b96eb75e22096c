"""A parameter and the range in which it was tried -> the values that are worth trying, and how far they are apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.language import Quantity
from mihari.behaviours.language.units import converted, measures
from mihari.core.columns import Array
from mihari.library.pattern import Pattern, quantity_of

COUNT = 25  # 8 % apart over a factor of 7, finer than 30 cases can tell
WIDE = 3.0  # a range of such a factor and more is tried by factors, a narrower one by differences
EVENLY = 2.0  # the length of a range that is tried by differences, as if it were a factor of e² = 7.4
DIGITS = 2  # of a value that people are to read


@dataclass(frozen=True, slots=True)
class Range:
    """What is tried of one parameter: `name` as the definitions have it, `values` from least to most."""

    name: str
    present: Quantity
    values: tuple[Quantity, ...]

    @property
    def numbers(self) -> Array:
        """(n,) in the unit of the present value."""
        return np.array([converted(q.value, q.unit, self.present.unit) for q in self.values])

    @property
    def places(self) -> Array:
        """(n,) where values lie for each other: logarithms where factors matter, else 0 to `EVENLY`.

        >>> Range("it", Quantity(2.0, "kn"), (Quantity(1.0, "kn"), Quantity(4.0, "kn"))).places.round(2).tolist()
        [0.0, 1.39]
        """
        x = self.numbers
        if by_factors(float(x[0]), float(x[-1])):
            return np.asarray(np.log(x / x[0]))
        return np.asarray((x - x[0]) / max(x[-1] - x[0], 1e-12) * EVENLY)

    @property
    def at_present(self) -> int:
        """The place of the present value among all."""
        return int(np.argmin(np.abs(self.numbers - self.present.value)))


def by_factors(least: float, most: float) -> bool:
    """Whether a range is wide enough for factors to matter, not differences.

    >>> by_factors(10.0, 120.0), by_factors(0.0, 15.0)
    (True, False)
    """
    return least > 0 and most / least >= WIDE


def between(name: str, present: Quantity, least: Quantity, most: Quantity, count: int = COUNT) -> Range:
    """About `count` round values from `least` to `most` and the present one; fewer where round ones are the same.

    >>> found = between("it", Quantity(30.0, "min"), Quantity(10.0, "min"), Quantity(2.0, "h"), 5)
    >>> [str(value) for value in found.values]
    ['10 min', '19 min', '30 min', '35 min', '64 min', '120 min']
    """
    low, high = (converted(q.value, q.unit, present.unit) for q in (least, most))
    spaced = np.geomspace if by_factors(low, high) else np.linspace
    made = [present, *(rounded(float(x), present.unit) for x in spaced(low, high, count))]
    by_size = {round(converted(q.value, q.unit, present.unit), 9): q for q in reversed(made)}
    return Range(name, present, tuple(by_size[x] for x in sorted(by_size)))


def rounded(value: float, unit: str) -> Quantity:
    """A value with two digits that count; a duration in whole seconds, as the language has them.

    >>> print(rounded(34.87, "min"), rounded(1.12, "h"), rounded(1.26, "kn"))
    35 min 66 min 1.3 kn
    """
    digits = DIGITS - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    found = Quantity(round(value, digits), unit)
    if measures(unit) != "time" or (seconds := converted(found.value, unit, "s")) == round(seconds):
        return found
    minutes = round(seconds / 60.0)
    return Quantity(float(minutes), "min") if abs(minutes * 60.0 - seconds) < 1 else Quantity(round(seconds), "s")


def range_of(pattern: Pattern, name: str, count: int = COUNT) -> Range:
    """What is tried of a pattern's parameter; KeyError where it has none of that name."""
    told = {p.name: p for p in pattern.file.parameter}[name]
    own = pattern.parameter(name)
    return between(own.name, own.quantity, quantity_of(told.least), quantity_of(told.most), count)
