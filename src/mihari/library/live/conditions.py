"""What the language compares with constants -> formulas over figures; None where it is told by something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.facts import WORD
from mihari.behaviours.language.units import Quantity, converted
from mihari.library.live.figures import Primitives
from mihari.library.live.formulas import FALSE, TRUE, Every, Formula, Literal, all_of, any_of

TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Conditions:
    """Comparisons of one vessel with numbers and words, as formulas."""

    primitives: Primitives
    parameters: Mapping[str, Quantity]

    def compared(self, e: s.Compared | s.Measured, vessel: str) -> Formula | None:
        """`2 kn <= speed(v) < 5 kn`; numbers are converted into the unit of the figure, as the evaluator does."""
        told = [self._figure(o, vessel) if isinstance(o, s.Call) else self._quantity(o) for o in e.operands]
        names = [o for o in told if isinstance(o, str)]
        if None in told or len(names) != 1:
            return None
        unit = self.primitives.unit(names[0])
        tests: list[tuple[str, float]] = []
        for sign, a, b in zip(e.signs, told[:-1], told[1:], strict=True):
            if isinstance(a, str) and isinstance(b, Quantity):
                tests.append((sign, converted(b.value, b.unit, unit)))
            elif isinstance(b, str) and isinstance(a, Quantity):
                tests.append((TURNED[sign], converted(a.value, a.unit, unit)))
            else:
                return None
        return Literal(names[0], tuple(tests))

    def found(self, name: str) -> Formula | None:
        """A finding."""
        base = self.primitives.bases.get(name)
        return Literal(name, ((">", 0.5),)) if base is not None and base.finding else None

    def told(self, e: s.Is, vessel: str) -> Formula | None:
        """`type(v) is tug`, `is one of {…}`, `is known`; a word that an attribute never has is a comparison not met."""
        name = self._figure(e.operand, vessel) if isinstance(e.operand, s.Call) else None
        if name is None:
            return None
        if not e.choice:
            return Literal(name, negated=e.negated)
        base = self.primitives.bases[name]
        if base.unit != WORD or not all(isinstance(c, s.Word) for c in e.choice):
            return None
        words = [c.word for c in e.choice if isinstance(c, s.Word)]
        codes = [float(base.words.index(word)) for word in words if word in base.words]
        same: list[Formula] = [Literal(name, (("=", code),), e.negated) for code in codes]
        if e.negated:
            return all_of([Literal(name), *same]) if same else Literal(name)
        return any_of(same) if same else FALSE

    def _figure(self, call: s.Call, vessel: str) -> str | None:
        """The figure that a call names, of this vessel."""
        vessels, words = call.arguments[:1], call.arguments[1:]
        name = f"{call.name}({', '.join(words)})" if words else call.name
        return name if vessels == (vessel,) and name in self.primitives.figures else None

    def _quantity(self, o: Any) -> Quantity | None:
        if isinstance(o, s.Number):
            return o.quantity
        return self.parameters.get(o.name) if isinstance(o, s.Name) else None


def turned(formula: Formula) -> Formula:
    """What holds while it does not, meanwhile the vessel is followed.

    >>> turned(Literal("speed", (("<", 2.0),)))
    Literal(figure='speed', tests=(('<', 2.0),), negated=True)
    >>> turned(TRUE) == FALSE
    True
    """
    if isinstance(formula, Literal):
        return Literal(formula.figure, formula.tests, not formula.negated)
    parts = [turned(part) for part in formula.parts]
    return any_of(parts) if formula == TRUE or isinstance(formula, Every) else all_of(parts)
