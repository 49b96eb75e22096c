"""Conditions -> masks: attributes of vessels and fields of events held against words and numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from mihari.behaviours.algebra.timelines import whole
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.facts import WORD, Facts, Field
from mihari.behaviours.language.field_kernels import angles
from mihari.behaviours.language.mistakes import LanguageError, perhaps
from mihari.behaviours.language.units import Quantity, converted, measures
from mihari.core.columns import Array

SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
}


def parameters_of(definitions: s.Definitions, changed: Mapping[str, float | str | Quantity]) -> dict[str, Quantity]:
    """The parameters with those that are changed from outside: a number in the declared unit, or text with a unit."""
    found = {name: parameter.quantity for name, parameter in definitions.parameters.items()}
    for name, value in changed.items():
        if name not in found:
            raise LanguageError(f"unknown parameter '{name}'{perhaps(name, found)}")
        found[name] = _changed(name, value, found[name])
    return found


def _changed(name: str, value: float | str | Quantity, before: Quantity) -> Quantity:
    if isinstance(value, str):
        number, _, unit = value.strip().partition(" ")
        try:
            value = Quantity(float(number), unit.strip())
            measures(value.unit)
        except (ValueError, KeyError):
            raise LanguageError(
                f"'{name}': expected a number and its unit, such as {before}; found {value!r}"
            ) from None
    made = value if isinstance(value, Quantity) else Quantity(float(value), before.unit)
    if measures(made.unit) != measures(before.unit) or not math.isfinite(made.value):
        raise LanguageError(f"'{name}' is a {measures(before.unit)}, such as {before}; found {made}")
    return made


@dataclass
class Asker:
    """What is known of vessels, in one evaluation."""

    definitions: s.Definitions
    facts: Facts
    parameters: Mapping[str, Quantity]

    def __post_init__(self) -> None:
        self._fields: dict[str, Field] = {}

    def seconds(self, duration: s.Number | s.Name) -> int:
        """A duration in whole seconds."""
        if isinstance(duration, s.Number):
            return duration.quantity.seconds
        try:
            return self.parameters[duration.name].seconds
        except ValueError as error:
            raise LanguageError(f"'{duration.name}': {error}", duration.at, self.definitions.file) from None

    def attribute(self, name: str, at: s.At) -> Field:
        """(vessels,) an attribute, or a column of a table looked up by one."""
        if name not in self._fields:
            table = self.definitions.tables.get(name)
            self._fields[name] = self.looked_up(table, name, at) if table else self.known(name, at)
        return self._fields[name]

    def known(self, name: str, at: s.At) -> Field:
        """An attribute of the facts."""
        try:
            return self.facts.attribute(name)
        except KeyError:
            raise LanguageError(f"nothing is known of a vessel's '{name}'", at, self.definitions.file) from None

    def looked_up(self, table: s.Table, column: str, at: s.At) -> Field:
        """A column of a table for each vessel; NaN where the table has no row for it."""
        by, place = self.known(table.by, at), table.columns.index(column)
        unit = table.rows[0][1][place].unit
        cells = {word: converted(row[place].value, row[place].unit, unit) for word, row in table.rows}
        values = np.array([*(cells.get(word, math.nan) for word in by.words), math.nan])
        return Field(values[by.values], unit)  # code -1, unknown, picks the last


@dataclass(frozen=True)
class Rows:
    """Rows that conditions are asked of: vessels by variable, and fields where they are events."""

    asker: Asker
    vessels: Mapping[str, Array | None]  # variable -> row of its vessel; None: row k is vessel k
    fields: Mapping[str, Field]
    word: Mapping[str, str]  # variable -> word
    called: Callable[[s.Call], Array] | None = None  # what holds at an instant
    seen: dict[Any, Any] = field(default_factory=dict)  # conditions that were asked before of the same rows

    def mask(self, e: Any) -> Array:
        """(n,) whether the condition is met; what is compared with something unknown is not."""
        if e not in self.seen:
            self.seen[e] = self.met(e)
        return self.seen[e]  # type: ignore[no-any-return]

    def met(self, e: Any) -> Array:
        """The same, not yet known."""
        if isinstance(e, s.Call) and self.called:
            return self.called(e)
        if isinstance(e, s.Not):
            return ~self.mask(e.inner)
        if isinstance(e, s.AllOf):
            return reduce(np.logical_and, (self.mask(p) for p in e.parts))
        if isinstance(e, s.AnyOf):
            return reduce(np.logical_or, (self.mask(p) for p in e.parts))
        return self.compared(e) if isinstance(e, s.Compared) else self.told(e)

    def compared(self, e: s.Compared) -> Array:
        """`1 kn < speed < 9 kn`; numbers are converted into the unit of what is compared with them."""
        return self.signed(e, [self.operand(o) for o in e.operands])

    def holding(self, e: s.Measured, measure: Field, rows: Array) -> Array:
        """(n,) whether a comparison of a measure is met; `rows`: of which vessel each of its values is."""
        told = [measure if o == e.measure else self.operand(o) for o in e.operands]
        return self.signed(e, [f.take(rows) if f is not measure and f.values.ndim else f for f in told])

    def signed(self, e: s.Compared | s.Measured, told: list[Field]) -> Array:
        """Numbers against each other, in the unit of the first that is known by row."""
        unit = next((f.unit for f in told if f.values.ndim), told[0].unit)
        for f in told:
            if WORD in (unit, f.unit) or measures(f.unit) != measures(unit):
                what = f"{_shown(unit)} and {_shown(f.unit)} cannot be compared"
                raise LanguageError(what, e.at, self.asker.definitions.file)
        values = [f.values if f.unit == unit else converted(f.values, f.unit, unit) for f in told]
        found = (SIGNS[sign](a, b) for sign, a, b in zip(e.signs, values[:-1], values[1:], strict=True))
        return np.asarray(reduce(np.logical_and, found))

    def operand(self, o: Any) -> Field:
        """A number for each row, or one for all."""
        if isinstance(o, s.Number):
            return Field(np.asarray(o.quantity.value), o.quantity.unit)
        if isinstance(o, s.Call):
            return self.attribute(o)
        if isinstance(o, s.Angle):
            if o not in self.seen:
                self.seen[o] = self.angle(o)
            return self.seen[o]  # type: ignore[no-any-return]
        if o.name in self.fields:
            return self.fields[o.name]
        if o.name in self.asker.parameters:
            quantity = self.asker.parameters[o.name]
            return Field(np.asarray(quantity.value), quantity.unit)
        raise LanguageError(f"unknown name '{o.name}'{perhaps(o.name, self.fields)}", o.at, self.asker.definitions.file)

    def attribute(self, call: s.Call) -> Field:
        """What is known of a vessel, for each row."""
        known = self.asker.attribute(call.name, call.at)
        rows = self.vessels[call.arguments[0]]
        return known if rows is None else known.take(rows)

    def angle(self, o: s.Angle) -> Field:
        """The smaller angle between two directions, in the unit of the first."""
        first, second = self.operand(s.Name(o.first, o.at)), self.operand(s.Name(o.second, o.at))
        half = converted(180.0, "deg", first.unit)
        other = converted(second.values, second.unit, first.unit)
        return Field(angles(whole(first.values, float), whole(other, float), half), first.unit)

    def told(self, e: s.Is) -> Array:
        """`type(v) is tug`, `is one of {…}`, `is known`."""
        of = self.operand(e.operand)
        if not e.choice or e.negated:
            known = of.values >= 0 if of.unit == WORD else ~np.isnan(of.values)
        if not e.choice:
            return ~known if e.negated else known
        if of.unit != WORD:
            raise LanguageError(
                "'is' compares words; numbers are compared with '>='", e.at, self.asker.definitions.file
            )
        found = reduce(np.logical_or, (self.same(of, c) for c in e.choice))
        return known & ~found if e.negated else found

    def same(self, of: Field, choice: s.Word | s.Name | s.Call) -> Array:
        """Whether the words of a field are that word, or those of another vessel."""
        if isinstance(choice, s.Word):
            return of.is_word(choice.word)
        if isinstance(choice, s.Name):
            return of.is_word(self.word[choice.name])
        other = self.attribute(choice)
        if other.words == of.words:
            return np.asarray((of.values == other.values) & (of.values >= 0))
        code = {word: k for k, word in enumerate(of.words)}
        into = np.array([*(code.get(word, -2) for word in other.words), -2])
        return np.asarray(of.values == into[other.values])


def _shown(unit: str) -> str:
    return "a word" if unit == WORD else f"a {measures(unit)}"
