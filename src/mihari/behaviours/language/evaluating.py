"""Definitions and facts -> when each definition holds, as timelines of vessels, pairs or the whole scene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from mihari.behaviours import algebra
from mihari.behaviours.algebra import OPEN, Timelines
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.asking import Asker, Rows, parameters_of
from mihari.behaviours.language.facts import Facts, Field
from mihari.behaviours.language.fluents import NO_FIELDS, Fluents
from mihari.behaviours.language.frames import Frame, frame_of, turned
from mihari.behaviours.language.mistakes import LanguageError, perhaps
from mihari.behaviours.language.syntax import is_condition
from mihari.behaviours.language.units import Quantity
from mihari.core.columns import Array

RELATIONS = {
    "during": algebra.during,
    "containing": algebra.containing,
    "overlapping": algebra.overlapping,
    "ending as": algebra.meeting,
}
LASTING = {"at least": algebra.lasting_at_least, "more than": algebra.lasting_more_than}


def evaluate(
    definitions: s.Definitions,
    facts: Facts,
    parameters: Mapping[str, float | str | Quantity] | None = None,
    only: Iterable[str] | None = None,
    now: int = OPEN,
) -> dict[str, Timelines]:
    """When each definition holds, by its name; keys are rows of `facts`: vessels, pairs, or 0 for the whole scene.

    A definition with values has an entry `name is value` for each value beside `name`, any of them; one with a word
    has entries `name(word)` for the words that the facts know. `only`: names of definitions; the others are evaluated
    as far as these need them. `now`: up to when is known what happened; without it, what goes on lasts for ever.
    """
    made = _Evaluation(definitions, facts, Asker(definitions, facts, parameters_of(definitions, parameters or {})), now)
    names = list(definitions.definitions) if only is None else list(only)
    found: dict[str, Timelines] = {}
    for name in names:
        if name not in definitions.definitions:
            raise LanguageError(f"unknown definition '{name}'{perhaps(name, definitions.definitions)}")
        found |= made.told(definitions.definitions[name])
    return found


@dataclass
class _Evaluation:
    definitions: s.Definitions
    facts: Facts
    asker: Asker
    now: int
    made: dict[Any, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fluents = Fluents(self)

    def told(self, d: s.Definition) -> dict[str, Timelines]:
        """The entries of one definition."""
        words = self.facts.words(d.word[1]) if d.word[0] else [""]
        found: dict[str, Timelines] = {}
        names = d.values
        for word in words:
            name = f"{d.name}({word})" if word else d.name
            values = self.values(d, word, False)
            found |= {f"{name} is {value}": values[value] for value in names}
            found[name] = self.any_value(d, word, False)
        return found

    def any_value(self, d: s.Definition, word: str, swapped: bool) -> Timelines:
        """When a definition holds; of a fluent that turns false when it is true, else with any value."""
        values = self.values(d, word, swapped)
        if "true" in values:
            return values["true"]
        return self.fluents.once((d.name, word, swapped), lambda: algebra.union(*values.values()))  # type: ignore[no-any-return]

    def values(self, d: s.Definition, word: str, swapped: bool) -> dict[str, Timelines]:
        """When a definition has each of its values; an expression has the value "true"."""
        key = (d.name, word, swapped)
        if key not in self.made:
            frame = frame_of(self.facts, d.vessels, {d.word[0]: word} if d.word[0] else {}, swapped)
            if isinstance(d.body, s.Fluent):
                self.made[key] = self.fluents.evaluate(d.body, frame)
            else:
                self.made[key] = {"true": self.when(d.body, frame)}
        return self.made[key]  # type: ignore[no-any-return]

    def when(self, e: Any, frame: Frame) -> Timelines:
        """When an expression holds."""
        if isinstance(e, s.Call):
            return self.call(e, frame)
        if isinstance(e, s.Measured):
            return self.measured(e, frame)
        if isinstance(e, s.AllOf):
            return self.all_of(e, frame)
        if isinstance(e, s.AnyOf):
            return algebra.union(*(self.when(p, frame) for p in e.parts))
        if isinstance(e, s.Crowd):
            return self.crowd(e, frame)
        if isinstance(e, s.Joined):
            inner, seconds = self.when(e.inner, frame), self.asker.seconds(e.duration)
            return algebra.joined(inner, seconds) if len(inner) else inner
        if isinstance(e, s.Lasting):
            inner, seconds = self.when(e.inner, frame), self.asker.seconds(e.duration)
            if len(inner) == 0:
                return inner
            if e.how == "less than":
                return algebra.lasting_less_than(inner, seconds)
            return LASTING[e.how](inner, seconds, self.now)
        first = self.when(e.first, frame)
        if len(first) == 0:
            return first
        if isinstance(e, s.Then):
            return algebra.then(first, self.when(e.second, frame), self.asker.seconds(e.within))
        if is_condition(e.second):
            return algebra.only(first, ~self.condition(e.second, frame))
        if e.how == "without":
            return algebra.without(first, self.near(e.second, frame, first))
        return RELATIONS[e.how](first, self.when(e.second, frame))

    def all_of(self, e: s.AllOf, frame: Frame) -> Timelines:
        """`and`: what holds at once, of the vessels that meet the conditions, without what must not hold.

        Of a pair, what is told of both together comes first: it holds seldom, and of the rest only what lies near it
        need be looked at; of a vessel, findings come before what is put together. Nothing is left to look at once
        nothing holds.
        """
        conditions = [p for p in e.parts if is_condition(p)]
        against = [p.inner for p in e.parts if isinstance(p, s.Not) and not is_condition(p)]
        held: list[s.Expression] = [p for p in e.parts if not is_condition(p) and not isinstance(p, s.Not)]
        told = s.Call | s.Measured
        held.sort(key=lambda p: not (isinstance(p, told) and (self.both(p, frame) or not frame.pair)))
        found = self.when(held[0], frame)
        for part in held[1:]:
            if len(found) == 0:
                return found
            found = algebra.intersection(found, self.near(part, frame, found))
        if conditions and len(found):
            found = algebra.only(found, reduce(np.logical_and, (self.condition(p, frame) for p in conditions)))
        for part in against:
            if len(found) == 0:
                return found
            found = algebra.without(found, self.near(part, frame, found))
        return found

    def both(self, told: s.Call | s.Measured, frame: Frame) -> bool:
        """Whether it is told of the two vessels of a pair together."""
        call = told.measure if isinstance(told, s.Measured) else told
        return len(frame.pair) == 2 and sum(a in frame.vessels for a in call.arguments) == 2

    def near(self, e: Any, frame: Frame, windows: Timelines) -> Timelines:
        """What equals an expression at all seconds of the windows, and may be anything elsewhere."""
        if not frame.pair:
            return self.when(e, frame)
        if isinstance(e, s.AnyOf):
            return algebra.union(*(self.near(p, frame, windows) for p in e.parts))
        if not isinstance(e, s.Call | s.Measured) or self.both(e, frame):
            return self.when(e, frame)
        found, rows = self.told_of(e, frame) if isinstance(e, s.Call) else self.measured_of(e, frame)
        return found if rows is None else algebra.carried_near(found, rows, windows)

    def condition(self, e: Any, frame: Frame) -> Array:
        """(rows,) whether the vessels of each row meet a condition."""
        mask = Rows(self.asker, frame.vessels, NO_FIELDS, frame.word).mask(e)
        return mask if mask.ndim else np.full(frame.rows, bool(mask))

    def crowd(self, e: s.Crowd, frame: Frame) -> Timelines:
        """`at least n vessels`: of all, or of those that make a pair with the vessel."""
        if not frame.vessels:
            return algebra.at_least(e.count, self.when(e.inner, frame_of(self.facts, (e.vessel,), frame.word)))
        (vessel,), count = frame.vessels, len(self.facts.pairs)
        other = self.turned()
        once = (other < 0) | (other > np.arange(count))  # of a pair that the facts have both ways, one is counted
        ways = []
        for swapped in (False, True):
            inner = frame_of(self.facts, (vessel, e.vessel), frame.word, swapped)
            ways.append(algebra.only(self.when(e.inner, inner), once))
        both = Timelines(*(np.concatenate([getattr(w, c) for w in ways]) for c in ("key", "start", "end")))
        both = both.replace(key=both.key + np.repeat([0, count], [len(w) for w in ways]))
        return algebra.at_least(e.count, both, self.facts.pairs.T.reshape(-1))

    def turned(self) -> Array:
        """(pairs,) the row of the same pair the other way round; -1 where there is none."""
        return self.fluents.once("turned", lambda: turned(self.facts))  # type: ignore[no-any-return]

    def call(self, call: s.Call, frame: Frame) -> Timelines:
        """A definition or a finding, by the rows of the frame."""
        key = (call.name, call.arguments, call.value, frame.pair, tuple(frame.vessels), *frame.word.items())
        if key not in self.made:
            self.made[key] = self.called(call, frame)
        return self.made[key]  # type: ignore[no-any-return]

    def called(self, call: s.Call, frame: Frame) -> Timelines:
        """The same, not yet known."""
        found, rows = self.told_of(call, frame)
        return found if rows is None else algebra.carried(found, rows)

    def told_of(self, call: s.Call, frame: Frame) -> tuple[Timelines, Array | None]:
        """(when it holds, of whom each row of the frame has it: a row of it; None: row k has that of row k)."""
        vessels = tuple(a for a in call.arguments if a in frame.vessels)
        words = tuple(frame.word.get(a, a) for a in call.arguments[len(vessels) :])
        swapped = len(vessels) == 2 and vessels != frame.pair
        d = self.definitions.definitions.get(call.name)
        if d is None:
            found = self.finding(call, words, swapped)
        elif call.value:
            found = self.values(d, words[0] if words else "", swapped)[call.value]
        else:
            found = self.any_value(d, words[0] if words else "", swapped)
        if len(vessels) == 2 or (not vessels and not frame.vessels):
            return found, None
        return found, frame.vessels[vessels[0]] if vessels else np.zeros(frame.rows, np.int64)

    def finding(self, call: s.Call, words: tuple[str, ...], swapped: bool) -> Timelines:
        """What the facts tell."""
        try:
            found = self.facts.timelines(call.name, words)
        except KeyError:
            told = f"{call.name}({', '.join(words)})" if words else call.name
            raise LanguageError(f"nothing is told of '{told}'", call.at, self.definitions.file) from None
        return self.other_way(found) if swapped else found

    def other_way(self, found: Timelines) -> Timelines:
        """What is told of pairs, by the row of the same pair the other way round, where there is one."""
        other = self.turned()
        return found if (other < 0).all() else algebra.carried(found, np.where(other < 0, np.arange(len(other)), other))

    def measured(self, e: s.Measured, frame: Frame) -> Timelines:
        """When a comparison of a measure holds, by the rows of the frame."""
        key = (e, frame.pair, tuple(frame.vessels), *frame.word.items())
        if key not in self.made:
            found, rows = self.measured_of(e, frame)
            self.made[key] = found if rows is None else algebra.carried(found, rows)
        return self.made[key]  # type: ignore[no-any-return]

    def measured_of(self, e: s.Measured, frame: Frame) -> tuple[Timelines, Array | None]:
        """(when it holds, of whom each row of the frame has it), as `told_of`."""
        call = e.measure
        vessels = tuple(a for a in call.arguments if a in frame.vessels)
        try:
            steps, unit = self.facts.steps(
                call.name, tuple(frame.word.get(a, a) for a in call.arguments[len(vessels) :])
            )
        except KeyError:
            raise LanguageError(f"'{call.name}' is not measured", call.at, self.definitions.file) from None
        others = Rows(self.asker, dict.fromkeys(vessels), NO_FIELDS, frame.word)
        found = steps.while_(others.holding(e, Field(steps.value, unit), steps.key))
        if len(vessels) == 2:
            return self.other_way(found) if vessels != frame.pair else found, None
        return found, frame.vessels[vessels[0]]
