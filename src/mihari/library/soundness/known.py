"""What can be said of figures and words without data: their ranges, their units, the words that vessels may have."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mihari.behaviours.language import Definition, Parameter
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.units import Quantity, converted
from mihari.behaviours.scene import TRADES, VOCABULARY
from mihari.core.picture import Category

# of figures, in their units: the least and the greatest value that there can be (lengths and speeds: ITU-R M.1371-5)
RANGES: Mapping[str, tuple[float, float]] = {
    "speed": (0.0, 102.2), "made_good": (0.0, math.inf), "offshore": (-math.inf, math.inf), "crab": (0.0, 180.0),
    "hour": (0.0, 24.0), "mean_speed": (0.0, math.inf), "straightness": (0.0, 1.0), "turned": (0.0, math.inf),
    "length": (0.0, 1022.0), "distance": (0.0, 30.0), "apart": (0.0, math.inf), "relative_speed": (0.0, math.inf),
}  # fmt: skip
# of attributes: the words that vessels may have
WORDS: Mapping[str, frozenset[str]] = {
    "category": frozenset(c.name.lower() for c in Category),
    "device": frozenset({"A", "B"}),
    "named": frozenset({"yes", "no"}),
    "number": frozenset({"ship", "invalid", "other", "none"}),
    "trade": frozenset({*TRADES.values(), "other", "unknown"}),
    "watch_listed": frozenset({"yes"}),
    "register": frozenset({"differs"}),
}
UNITS: Mapping[str, str] = {name: unit for name, (_, _, unit) in VOCABULARY.measures.items()} | {"length": "m"}


@dataclass(frozen=True, slots=True)
class Known:
    """The definitions of a pattern, all others being taken as they are, and the parameters that it may use."""

    definitions: Mapping[str, Definition]
    parameters: Mapping[str, Parameter]

    def body(self, e: Any) -> Any:
        """What a call of one of the pattern's own definitions stands for; None of anything else."""
        if not isinstance(e, s.Call) or e.name not in self.definitions:
            return None
        body = self.definitions[e.name].body
        return None if isinstance(body, s.Fluent) else body

    def expressions(self, e: Any) -> Iterator[Any]:
        """An expression and all below it, through the pattern's own definitions."""
        seen, waiting = set[str](), [e]
        while waiting:
            for part in s.parts(waiting.pop()):
                yield part
                if (body := self.body(part)) is not None and part.name not in seen:
                    seen.add(part.name)
                    waiting.append(body)

    def quantity(self, of: Any) -> Quantity | None:
        """The figure that is written, or that of a parameter; None of anything else."""
        if isinstance(of, s.Number):
            return of.quantity
        parameter = self.parameters.get(of.name) if isinstance(of, s.Name) else None
        return None if parameter is None else parameter.quantity

    def seconds(self, of: s.Number | s.Name) -> float | None:
        """A duration, s; None where it is not known before."""
        quantity = self.quantity(of)
        return None if quantity is None else converted(quantity.value, quantity.unit, "s")


def range_of(figure: str) -> str:
    """In words.

    >>> range_of("straightness"), range_of("crab"), range_of("made_good")
    ('from 0 to 1', 'from 0 to 180 deg', '0 kn at least')
    """
    low, high = RANGES[figure]
    unit = f" {UNITS[figure]}" if UNITS[figure] else ""
    return f"{low:g}{unit} at least" if math.isinf(high) else f"from {low:g} to {high:g}{unit}"
