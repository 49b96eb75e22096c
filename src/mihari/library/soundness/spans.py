"""A comparison of one figure with numbers -> the values that it leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.units import converted
from mihari.library.soundness.known import UNITS, Known


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, with whether each is left out itself, in the figure's unit; as it is written, and where.

    >>> Span(3, 5).common(Span(5, 8)).empty, Span(3, 5, below=True).common(Span(5, 8)).empty
    (False, True)
    """

    low: float
    high: float
    above: bool = False
    below: bool = False
    told: str = ""
    at: s.At = s.NOWHERE

    def common(self, other: Span) -> Span:
        """What both leave."""
        low, above = max((self.low, self.above), (other.low, other.above))
        high, not_below = min((self.high, not self.below), (other.high, not other.below))
        return replace(self, low=low, high=high, above=above, below=not not_below)

    @property
    def empty(self) -> bool:
        """Whether no value is left."""
        return self.low > self.high or (self.low == self.high and (self.above or self.below))

    def covers(self, other: Span) -> bool:
        """Whether it leaves all that the other does."""
        return other.common(self) == other


def span_of(e: Any, known: Known) -> Span | None:
    """What a comparison of one figure with numbers or parameters leaves; None of anything else."""
    if not isinstance(e, s.Measured | s.Compared):
        return None
    places = [k for k, operand in enumerate(e.operands) if isinstance(operand, s.Call)]
    if len(places) != 1:
        return None
    (place,) = places
    call = e.operands[place]
    if not isinstance(call, s.Call) or call.name not in UNITS:
        return None
    found = Span(-math.inf, math.inf)
    for k in (place - 1, place):
        if not 0 <= k < len(e.signs):
            continue
        quantity = known.quantity(e.operands[k if k < place else k + 1])
        if quantity is None:
            return None
        unit = UNITS[call.name]
        value = converted(quantity.value, quantity.unit, unit) if unit else quantity.value
        up, strict = e.signs[k].startswith(">") == (k == place), len(e.signs[k]) == 1
        found = found.common(Span(value, math.inf, above=strict) if up else Span(-math.inf, value, below=strict))
    return replace(found, told=_words(e, known), at=e.at)


def _words(e: s.Measured | s.Compared, known: Known) -> str:
    """As it is written, with the figures of parameters."""
    told = [told_of(o) if isinstance(o, s.Call) else str(known.quantity(o)) for o in e.operands]
    return " ".join(part for pair in zip(told, [*e.signs, ""], strict=True) for part in pair if part)


def told_of(call: s.Call) -> str:
    """As it is written, without what keeps names of two patterns apart."""
    return f"{call.name.rpartition('__')[2]}({', '.join(call.arguments)})"
