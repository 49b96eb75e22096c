"""Definitions and facts -> when each definition holds, as timelines of vessels, pairs or the whole scene."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np

from mihari.behaviours import algebra
from mihari.behaviours.algebra import OPEN, Instants, Timelines
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.asking import Asker, Rows, parameters_of
from mihari.behaviours.language.checking import is_condition
from mihari.behaviours.language.facts import Events, Facts, Field
from mihari.behaviours.language.fluent_kernels import END, STARTS, joined_bits, values_of
from mihari.behaviours.language.mistakes import LanguageError, perhaps
from mihari.behaviours.language.units import Quantity
from mihari.core.columns import Array

RELATIONS = {
    "during": algebra.during,
    "containing": algebra.containing,
    "overlapping": algebra.overlapping,
    "ending as": algebra.meeting,
}
LASTING = {"at least": algebra.lasting_at_least, "more than": algebra.lasting_more_than}
NO_FIELDS: Mapping[str, Field] = {}


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


@dataclass(frozen=True)
class _Frame:
    """What the variables of an expression stand for: vessels by row, in as many rows as there are keys.

    `pair`: the variables of a pair in the order of the facts; () where there is none.
    """

    rows: int
    vessels: Mapping[str, Array | None]
    pair: tuple[str, ...] = ()
    word: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Evaluation:
    definitions: s.Definitions
    facts: Facts
    asker: Asker
    now: int
    made: dict[Any, Any] = field(default_factory=dict)

    def told(self, d: s.Definition) -> dict[str, Timelines]:
        """The entries of one definition."""
        words = self.facts.words(d.word[1]) if d.word[0] else [""]
        found: dict[str, Timelines] = {}
        for word in words:
            name = f"{d.name}({word})" if word else d.name
            values = self.values(d, word, False)
            if d.values:
                found |= {f"{name} is {value}": values[value] for value in d.values}
            found[name] = self.any_value(d, word, False)
        return found

    def any_value(self, d: s.Definition, word: str, swapped: bool) -> Timelines:
        """When a definition holds; of a fluent that turns false when it is true, else with any value."""
        values = self.values(d, word, swapped)
        if "true" in values:
            return values["true"]
        key = (d.name, word, swapped)
        if key not in self.made:
            self.made[key] = algebra.union(*values.values())
        return self.made[key]  # type: ignore[no-any-return]

    def values(self, d: s.Definition, word: str, swapped: bool) -> dict[str, Timelines]:
        """When a definition has each of its values; an expression has the value "true"."""
        key = (d.name, word, swapped, "values")
        if key not in self.made:
            frame = self.frame(d, word, swapped)
            made = self.fluent(d.body, frame) if isinstance(d.body, s.Fluent) else {"true": self.when(d.body, frame)}
            self.made[key] = made
        return self.made[key]  # type: ignore[no-any-return]

    def frame(self, d: s.Definition, word: str, swapped: bool) -> _Frame:
        """What the variables of a definition stand for."""
        words = {d.word[0]: word} if d.word[0] else {}
        if len(d.vessels) == 0:
            return _Frame(1, {}, word=words)
        if len(d.vessels) == 1:
            return _Frame(self.facts.vessels, {d.vessels[0]: None}, word=words)
        return self.paired(d.vessels[0], d.vessels[1], swapped, words)

    def paired(self, a: str, b: str, swapped: bool, word: Mapping[str, str]) -> _Frame:
        """Pairs: a is the first vessel of each, or, swapped, the second."""
        first, second = self.facts.pairs[:, 0], self.facts.pairs[:, 1]
        vessels: dict[str, Array | None] = {a: second, b: first} if swapped else {a: first, b: second}
        return _Frame(len(self.facts.pairs), vessels, (b, a) if swapped else (a, b), word)

    def when(self, e: Any, frame: _Frame) -> Timelines:
        """When an expression holds."""
        if isinstance(e, s.Call):
            return self.call(e, frame)
        if isinstance(e, s.AllOf):
            return self.all_of(e, frame)
        if isinstance(e, s.AnyOf):
            return algebra.union(*(self.when(p, frame) for p in e.parts))
        if isinstance(e, s.Crowd):
            return self.crowd(e, frame)
        if isinstance(e, s.Joined):
            return algebra.joined(self.when(e.inner, frame), self.asker.seconds(e.duration))
        if isinstance(e, s.Lasting):
            inner, seconds = self.when(e.inner, frame), self.asker.seconds(e.duration)
            if e.how == "less than":
                return algebra.lasting_less_than(inner, seconds)
            return LASTING[e.how](inner, seconds, self.now)
        first = self.when(e.first, frame)
        if isinstance(e, s.Then):
            return algebra.then(first, self.when(e.second, frame), self.asker.seconds(e.within))
        if is_condition(e.second):
            return algebra.only(first, ~self.condition(e.second, frame))
        second = self.when(e.second, frame)
        return algebra.without(first, second) if e.how == "without" else RELATIONS[e.how](first, second)

    def all_of(self, e: s.AllOf, frame: _Frame) -> Timelines:
        """`and`: what holds at once, of the vessels that meet the conditions, without what must not hold."""
        conditions = [p for p in e.parts if is_condition(p)]
        against = [p.inner for p in e.parts if isinstance(p, s.Not) and not is_condition(p)]
        held = [p for p in e.parts if not is_condition(p) and not isinstance(p, s.Not)]
        found = algebra.intersection(*(self.when(p, frame) for p in held))
        if conditions:
            found = algebra.only(found, reduce(np.logical_and, (self.condition(p, frame) for p in conditions)))
        return algebra.without(found, *(self.when(p, frame) for p in against))

    def condition(self, e: Any, frame: _Frame) -> Array:
        """(rows,) whether the vessels of each row meet a condition."""
        mask = self.rows(frame).mask(e)
        return mask if mask.ndim else np.full(frame.rows, bool(mask))

    def rows(self, frame: _Frame, fields: Mapping[str, Field] = NO_FIELDS, called: Any = None) -> Rows:
        """The rows of a frame, or of events, as conditions are asked of them."""
        return Rows(self.asker, frame.vessels, fields, frame.word, called)

    def crowd(self, e: s.Crowd, frame: _Frame) -> Timelines:
        """`at least n vessels`: of all, or of those that make a pair with the vessel."""
        if not frame.vessels:
            inner = _Frame(self.facts.vessels, {e.vessel: None}, word=frame.word)
            return algebra.at_least(e.count, self.when(e.inner, inner))
        (vessel,), count = frame.vessels, len(self.facts.pairs)
        once = np.flatnonzero(~self.told_twice())
        ways = []
        for swapped in (False, True):
            inner = self.paired(vessel, e.vessel, swapped, frame.word)
            ways.append(algebra.only(self.when(e.inner, inner), np.isin(np.arange(count), once)))
        both = Timelines(*(np.concatenate([getattr(w, c) for w in ways]) for c in ("key", "start", "end")))
        both = both.replace(key=both.key + np.repeat([0, count], [len(w) for w in ways]))
        return algebra.at_least(e.count, both, self.facts.pairs.T.reshape(-1))

    def told_twice(self) -> Array:
        """(pairs,) whether the facts have the same pair the other way round, too, and that is the one to count."""
        other = self.turned()
        return (other >= 0) & (other < np.arange(len(other)))

    def turned(self) -> Array:
        """(pairs,) the row of the same pair the other way round; -1 where there is none."""
        if "turned" not in self.made:
            pairs, n = self.facts.pairs, max(self.facts.vessels, 1)
            here, there = pairs[:, 0] * n + pairs[:, 1], pairs[:, 1] * n + pairs[:, 0]
            order = np.argsort(here, kind="stable")
            at = np.minimum(np.searchsorted(here[order], there), max(len(here) - 1, 0))
            found = order[at] if len(here) else order
            self.made["turned"] = np.where(here[found] == there, found, -1)
        return self.made["turned"]  # type: ignore[no-any-return]

    def call(self, call: s.Call, frame: _Frame) -> Timelines:
        """A definition or a finding, by the rows of the frame."""
        key = (call.name, call.arguments, call.value, frame.pair, tuple(frame.vessels), *frame.word.items())
        if key not in self.made:
            self.made[key] = self.called(call, frame)
        return self.made[key]  # type: ignore[no-any-return]

    def called(self, call: s.Call, frame: _Frame) -> Timelines:
        """The same, not yet known."""
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
        if len(vessels) == 2 or (len(vessels) == 0 and not frame.vessels):
            return found
        rows = np.zeros(frame.rows, np.int64) if not vessels else frame.vessels[vessels[0]]
        return found if rows is None else algebra.carried(found, rows)

    def finding(self, call: s.Call, words: tuple[str, ...], swapped: bool) -> Timelines:
        """What the facts tell."""
        try:
            found = self.facts.timelines(call.name, words)
        except KeyError:
            told = f"{call.name}({', '.join(words)})" if words else call.name
            raise LanguageError(f"nothing is told of '{told}'", call.at, self.definitions.file) from None
        if not swapped:
            return found
        other = self.turned()
        return found if (other < 0).all() else algebra.carried(found, np.where(other < 0, np.arange(len(other)), other))

    def fluent(self, fluent: s.Fluent, frame: _Frame) -> dict[str, Timelines]:
        """When a fluent has each of its values."""
        values, streams = fluent.values, list(self.streams(fluent, frame))
        for rule in fluent.rules:
            if rule.after is not None:
                streams.append(self.expiry(rule, values, streams))
        streams.sort(key=lambda stream: len(stream[0]), reverse=True)
        rest = reduce(lambda a, b: joined_bits(*a, *b), streams[2:], streams[1] if len(streams) > 1 else NOTHING)
        key, start, end, value = values_of(*streams[0], *rest)
        all_of = Timelines(key, start, end)
        if fluent.where is not None:
            wanted = self.condition(fluent.where, frame)[key]
            all_of, value = all_of.take(wanted), value[wanted]
        if len(values) == 1:
            return {values[0]: all_of}
        return {name: all_of.take(value == k) for k, name in enumerate(values)}

    def streams(self, fluent: s.Fluent, frame: _Frame) -> Iterable[tuple[Array, Array, Array]]:
        """(key, time, bits) of the rules' triggers, one stream for each event."""
        events: dict[str, Array] = {}
        for rule in fluent.rules:
            place = fluent.values.index(rule.value) + 16 * rule.stops if rule.value else 31
            bit = np.uint32(1 << place)
            if isinstance(rule.trigger, s.Change):
                yield self.changes(rule.trigger, frame, bit)
            elif rule.trigger is not None:
                told = self.event(rule.trigger)
                mask = self.happened(rule.trigger, told, frame)
                bits = mask.astype(np.uint32) * bit if mask.ndim else np.full(len(told.time), bit)
                events[rule.trigger.name] = events[rule.trigger.name] | bits if rule.trigger.name in events else bits
        for name, bits in events.items():
            told = self.made[name, "event"]
            yield told.vessel, told.time, bits

    def event(self, event: s.Event) -> Events:
        """The events of a name."""
        key = (event.name, "event")
        if key not in self.made:
            try:
                self.made[key] = self.facts.events(event.name)
            except KeyError:
                raise LanguageError(f"no event is called '{event.name}'", event.at, self.definitions.file) from None
        return self.made[key]  # type: ignore[no-any-return]

    def happened(self, event: s.Event, told: Events, frame: _Frame) -> Array:
        """(n,) which events meet the condition; a single True where there is none."""
        if event.where is None:
            return np.asarray(True)
        at = replace(frame, rows=len(told.time), vessels=dict.fromkeys(frame.vessels, told.vessel))
        instants = Instants(told.vessel, told.time)
        return self.rows(at, told.fields, self.holding(frame, instants)).mask(event.where)

    def holding(self, frame: _Frame, instants: Instants) -> Any:
        """Asks whether a call holds at instants."""
        return lambda call: algebra.holds_at(self.call(call, frame), instants)

    def changes(self, change: s.Change, frame: _Frame, bit: np.uint32) -> tuple[Array, Array, Array]:
        """The starts or ends of something; with any value of it, of each value."""
        d = self.definitions.definitions.get(change.call.name)
        values = d.values if d and not change.call.value else ()
        calls = [replace(change.call, value=v) for v in values if v != "false"] or [change.call]
        edges = algebra.starts if change.how == "starts" else algebra.ends
        found = algebra.either(*(edges(self.call(call, frame)) for call in calls))
        bits = np.full(len(found), bit)
        if change.where is not None:
            vessels = {v: found.key if rows is None else rows[found.key] for v, rows in frame.vessels.items()}
            at = replace(frame, rows=len(found), vessels=vessels)
            bits *= self.rows(at, NO_FIELDS, self.holding(frame, found)).mask(change.where)
        return found.key, found.time, bits

    def expiry(self, rule: s.Rule, values: tuple[str, ...], streams: list[Any]) -> tuple[Array, Array, Array]:
        """`becomes value 30 min after the last start`, unless something else ended it before."""
        assert rule.after is not None
        key, time, bits = reduce(lambda a, b: joined_bits(*a, *b), streams, NOTHING)
        bit = np.uint32(1 << values.index("true"))
        others = np.uint32(END | bit << np.uint32(16) | (STARTS & ~bit))
        begins, stops = (bits & bit) != 0, (bits & others) != 0
        seconds = self.asker.seconds(rule.after)
        begun, over = Instants(key[begins], time[begins]), Instants(key[stops], time[stops])
        found = algebra.deadlines(begun, over, seconds, self.now)
        return found.key, found.time, np.full(len(found), np.uint32(1 << values.index(rule.value)))


NOTHING = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint32))
