"""Names in an expression -> what they mean there: each known, each with the right arguments and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.facts import WORD, Vocabulary
from mihari.behaviours.language.mistakes import LanguageError, perhaps
from mihari.behaviours.language.syntax import is_condition, parts
from mihari.behaviours.language.units import measures

MOST_VALUES = 15  # of a fluent: two bits each and one for all in 32
URGENCIES = ("caution", "warning", "alarm", "emergency")


@dataclass(frozen=True)
class _Scope:
    """What names mean where an expression stands; `event`: its fields, None outside of events, any where unknown."""

    vessels: tuple[str, ...]
    word: str = ""
    event: Mapping[str, str] | None = None
    name: str = ""  # of the event


@dataclass
class Names:
    """What is known while a file is checked: its own definitions, and what facts can tell."""

    known: s.Definitions
    vocabulary: Vocabulary | None
    shapes: dict[str, tuple[int, int]] = field(default_factory=dict)  # of findings, as used first

    def definition(self, d: s.Definition) -> s.Definition:
        """The definition with its names resolved."""
        if len(d.vessels) > 2:
            raise LanguageError(f"'{d.name}' has {len(d.vessels)} vessels; expected one, two or none", d.at)
        if len(set(d.vessels)) < len(d.vessels):
            raise LanguageError(f"'{d.name}' names the same vessel twice; expected two names", d.at)
        if self.vocabulary and d.name in self.vocabulary.timelines:
            raise LanguageError(f"'{d.name}' is a finding already; expected another name", d.at)
        if self.vocabulary and d.name in {*self.vocabulary.measures, *self.vocabulary.attributes}:
            raise LanguageError(f"'{d.name}' is what vessels are compared by; expected another name", d.at)
        if d.urgency and d.urgency not in URGENCIES:
            raise LanguageError(f"unknown urgency '{d.urgency}'{perhaps(d.urgency, URGENCIES)}", d.at)
        scope = _Scope(d.vessels, d.word[0])
        if isinstance(d.body, s.Fluent):
            return replace(d, body=self.fluent(d, d.body, scope))
        body = self.expression(d.body, scope)
        if is_condition(body):
            raise LanguageError(f"'{d.name}' says nothing that changes with time; expected a finding beside it", d.at)
        if isinstance(body, s.Not):
            raise LanguageError("'not' needs something beside it: 'a and not b', or 'a without b'", body.at)
        return replace(d, body=body)

    def fluent(self, d: s.Definition, fluent: s.Fluent, scope: _Scope) -> s.Fluent:
        """What events start and end."""
        rules = tuple(self.rule(d, rule, scope) for rule in fluent.rules)
        if not any(rule.value and rule.trigger and not rule.stops for rule in rules):
            raise LanguageError(f"nothing starts '{d.name}'; expected 'starts when' or 'becomes … when'", d.at)
        if len(fluent.values) > MOST_VALUES:
            raise LanguageError(f"'{d.name}' has {len(fluent.values)} values; expected {MOST_VALUES} at most", d.at)
        if any(rule.after for rule in rules) and not any(
            rule.value == "true" and rule.trigger and not rule.stops for rule in rules
        ):
            raise LanguageError("'after the last start' needs a rule 'starts when'", d.at)
        where = None if fluent.where is None else self.expression(fluent.where, scope)
        if where is not None and not is_condition(where):
            raise LanguageError("expected a condition on the vessel here, such as type(v) is tug", fluent.at)
        return replace(fluent, rules=rules, where=where)

    def rule(self, d: s.Definition, rule: s.Rule, scope: _Scope) -> s.Rule:
        """One rule of a fluent."""
        values = d.body.values if isinstance(d.body, s.Fluent) else ()
        if rule.stops and rule.value not in values:
            raise LanguageError(f"'{d.name}' is never '{rule.value}'{perhaps(rule.value, values)}", rule.at)
        if rule.after is not None:
            self.duration(rule.after)
        if isinstance(rule.trigger, s.Event):
            if len(d.vessels) != 1:
                raise LanguageError("an event happens to one vessel; expected a definition of one", rule.at)
            event = rule.trigger
            inner = replace(scope, event=self.fields_of(event), name=event.name)
            return replace(rule, trigger=replace(event, where=self.where(event.where, inner)))
        if isinstance(rule.trigger, s.Change):
            change = rule.trigger
            call = self.call(change.call, scope)
            return replace(rule, trigger=replace(change, call=call, where=self.where(change.where, scope)))
        return rule

    def where(self, where: s.Expression | None, scope: _Scope) -> s.Expression | None:
        """What must be so at the instant of an event: no clauses, which need time to pass."""
        if where is None:
            return None
        found: s.Expression = self.expression(where, scope, instant=True)
        timed = s.Measured | s.Related | s.Then | s.Lasting | s.Joined | s.Crowd
        later = [p for p in parts(found) if isinstance(p, timed)]
        if later:
            raise LanguageError("expected what can be told at one instant; define this beside it first", later[0].at)
        return found

    def fields_of(self, event: s.Event) -> Mapping[str, str]:
        """The fields of an event; an empty name stands for any, where no vocabulary is given."""
        if self.vocabulary is None:
            return {"": ""}
        if event.name not in self.vocabulary.events:
            known = self.vocabulary.events
            raise LanguageError(f"unknown event '{event.name}'{perhaps(event.name, known)}", event.at)
        return self.vocabulary.events[event.name]

    def expression(self, e: Any, scope: _Scope, instant: bool = False) -> Any:
        """An expression with its names resolved."""
        if isinstance(e, s.Call):
            return self.call(e, scope)
        if isinstance(e, s.Compared):
            return self.compared(e, scope)
        if isinstance(e, s.Is):
            return self.word_told(e, scope)
        if isinstance(e, s.Not):
            return replace(e, inner=self.expression(e.inner, scope, instant))
        if isinstance(e, s.AllOf | s.AnyOf):
            return self.together(replace(e, parts=tuple(self.expression(p, scope, instant) for p in e.parts)), instant)
        if isinstance(e, s.Crowd):
            return self.crowd(e, scope)
        if isinstance(e, s.Lasting | s.Joined):
            self.duration(e.duration)
            return replace(e, inner=self.timed(e.inner, scope))
        first, second = self.timed(e.first, scope), self.expression(e.second, scope)
        if isinstance(e, s.Then):
            self.duration(e.within)
        if not (isinstance(e, s.Related) and e.how == "without" and is_condition(second)):
            self.needs_time(second)
        return replace(e, first=first, second=second)

    def timed(self, e: Any, scope: _Scope) -> Any:
        """An expression that must change with time."""
        found = self.expression(e, scope)
        self.needs_time(found)
        return found

    def needs_time(self, e: Any) -> None:
        """A mistake where an expression says nothing of time."""
        if is_condition(e) or isinstance(e, s.Not):
            raise LanguageError("expected something that changes with time here, not a condition alone", e.at)

    def together(self, e: Any, instant: bool) -> Any:
        """`and` and `or`: what may stand beside what."""
        if instant:
            return e
        if (
            isinstance(e, s.AnyOf)
            and not is_condition(e)
            and any(is_condition(p) or isinstance(p, s.Not) for p in e.parts)
        ):
            raise LanguageError("'or' here would hold at all times; write 'x and condition' instead", e.at)
        if (
            isinstance(e, s.AllOf)
            and all(is_condition(p) or isinstance(p, s.Not) for p in e.parts)
            and not is_condition(e)
        ):
            raise LanguageError("'not' needs something beside it: 'a and not b', or 'a without b'", e.at)
        return e

    def crowd(self, e: s.Crowd, scope: _Scope) -> s.Crowd:
        """`at least 3 vessels v: …`."""
        if len(scope.vessels) > 1:
            raise LanguageError("vessels are counted for one vessel or for all; expected no pair", e.at)
        if e.vessel in scope.vessels:
            raise LanguageError(f"'{e.vessel}' is the vessel itself; expected another name", e.at)
        return replace(e, inner=self.timed(e.inner, replace(scope, vessels=(*scope.vessels, e.vessel))))

    def call(self, call: s.Call, scope: _Scope) -> s.Call:
        """`name(a, b, word)`: a definition or a finding."""
        vessels = [a for a in call.arguments if a in scope.vessels]
        words = [a for a in call.arguments if a not in scope.vessels]
        if list(call.arguments) != vessels + words:
            raise LanguageError(f"expected the vessels of '{call.name}' before its words", call.at)
        definition = self.known.definitions.get(call.name)
        if definition is None:
            shape = self.shape(call, len(vessels), len(words))
        else:
            shape = len(definition.vessels), int(bool(definition.word[0]))
        if (len(vessels), len(words)) != shape or len(set(vessels)) < len(vessels):
            raise LanguageError(self._wrong_arguments(call, shape, scope), call.at)
        values = definition.body.values if definition and isinstance(definition.body, s.Fluent) else ()
        if call.value and call.value not in values:
            raise LanguageError(f"'{call.name}' is never '{call.value}'{perhaps(call.value, values)}", call.at)
        return call

    def shape(self, call: s.Call, vessels: int, words: int) -> tuple[int, int]:
        """How many vessels and words a finding takes: as the vocabulary says, else as when it was used first."""
        if self.vocabulary is None:
            return self.shapes.setdefault(call.name, (vessels, words))
        if call.name not in self.vocabulary.timelines:
            known = [*self.known.definitions, *self.vocabulary.timelines]
            compared = {**self.vocabulary.attributes, **self.vocabulary.measures}
            more = "; an attribute is compared: 'is', '>='" if call.name in compared else ""
            raise LanguageError(f"unknown name '{call.name}'{more or perhaps(call.name, known)}", call.at)
        return self.vocabulary.timelines[call.name]

    def _wrong_arguments(self, call: s.Call, shape: tuple[int, int], scope: _Scope) -> str:
        count = ("no vessel", "one vessel", "two different vessels")[shape[0]]
        words = ("", " and a word", " and two words")[min(shape[1], 2)]
        known = f" (here: {', '.join(scope.vessels)})" if shape[0] and scope.vessels else ""
        return f"'{call.name}' takes {count}{words}{known}; found '{', '.join(call.arguments)}'"

    def compared(self, e: s.Compared, scope: _Scope) -> s.Compared | s.Measured:
        """`speed > 5 kn`: both sides must measure the same."""
        kinds = [self.kind(o, scope) for o in e.operands]
        told = {k for k in kinds if k is not None}
        if len(told) > 1:
            raise LanguageError(f"{' and '.join(sorted(told))} cannot be compared", e.at)
        if WORD in told:
            raise LanguageError("words are compared with 'is'", e.at)
        measured = [o for o in e.operands if isinstance(o, s.Call) and self.is_measure(o.name)]
        if not measured:
            return e
        calls = [o for o in e.operands if isinstance(o, s.Call)]
        if len(measured) > 1 or any(o.arguments != measured[0].arguments[:1] for o in calls if o not in measured):
            known = "a number, a parameter or what is known of the same vessel"
            raise LanguageError(f"'{measured[0].name}' changes with time; expected {known} beside it", e.at)
        if len(calls) > 1 and self.measure(measured[0])[0] > 1:
            raise LanguageError(f"'{measured[0].name}' is of two vessels; expected a number or a parameter", e.at)
        return s.Measured(measured[0], e.operands, e.signs, e.at)

    def is_measure(self, name: str) -> bool:
        """Whether a name stands for what changes with time and is compared with numbers."""
        return self.vocabulary is not None and name in self.vocabulary.measures

    def measure(self, o: s.Call) -> tuple[int, int, str]:
        """How many vessels and words a measure takes, and its unit."""
        assert self.vocabulary is not None
        return self.vocabulary.measures[o.name]

    def kind(self, o: Any, scope: _Scope) -> str | None:
        """What an operand measures: time, length…; word; None where that is not known before facts are there."""
        if isinstance(o, s.Number):
            return measures(o.quantity.unit)
        if isinstance(o, s.Angle):
            for name in (o.first, o.second):
                self.named(s.Name(name, o.at), scope)
            return "angle"
        if isinstance(o, s.Name):
            return self.named(o, scope)
        if self.is_measure(o.name):
            vessels = [a for a in o.arguments if a in scope.vessels]
            shape, unit = self.measure(o)[:2], self.measure(o)[2]
            given = len(vessels), len(o.arguments) - len(vessels)
            if given != shape or list(o.arguments[: shape[0]]) != vessels or len(set(vessels)) < len(vessels):
                raise LanguageError(self._wrong_arguments(o, shape, scope), o.at)
            return measures(unit)
        if len(o.arguments) != 1 or o.arguments[0] not in scope.vessels:
            raise LanguageError(f"'{o.name}' is asked of one vessel (here: {', '.join(scope.vessels)})", o.at)
        if o.name in self.known.tables:
            table = self.known.tables[o.name]
            return measures(table.rows[0][1][table.columns.index(o.name)].unit)
        if self.vocabulary is None:
            return None
        if o.name not in self.vocabulary.attributes:
            known = [*self.vocabulary.attributes, *self.vocabulary.measures, *self.known.tables]
            raise LanguageError(f"unknown attribute '{o.name}'{perhaps(o.name, known)}", o.at)
        return _kind(self.vocabulary.attributes[o.name])

    def named(self, o: s.Name, scope: _Scope) -> str | None:
        """What a bare name measures: a field of the event or a parameter."""
        if scope.event is not None and o.name in scope.event:
            return _kind(scope.event[o.name])
        if o.name in self.known.parameters:
            return measures(self.known.parameters[o.name].quantity.unit)
        if scope.event is not None and "" in scope.event:
            return None
        known = [*(scope.event or ()), *self.known.parameters]
        what = f"a field of '{scope.name}' or a parameter" if scope.event is not None else "a parameter"
        raise LanguageError(f"unknown name '{o.name}', expected {what}{perhaps(o.name, known)}", o.at)

    def word_told(self, e: s.Is, scope: _Scope) -> Any:
        """`type(v) is tug`; of a definition with values: `stopped(v) is far`."""
        o = e.operand
        if isinstance(o, s.Call) and o.name in self.known.definitions:
            if len(e.choice) != 1 or not isinstance(e.choice[0], s.Word):
                raise LanguageError(f"expected one value of '{o.name}' after 'is'", e.at)
            call = self.call(replace(o, value=e.choice[0].word), scope)
            return s.Not(call, e.at) if e.negated else call
        kind = self.kind(o, scope)
        if e.choice and kind not in (WORD, None):
            raise LanguageError(f"a {kind} is compared with '>', '>=', '<' or '<='", e.at)
        choice: list[Any] = []
        for c in e.choice:
            if isinstance(c, s.Word) and scope.word and c.word == scope.word:
                choice.append(s.Name(c.word, c.at))
            elif isinstance(c, s.Name):
                choice += self.set_of(c)
            else:
                choice.append(c)
                if isinstance(c, s.Call):
                    self.kind(c, scope)
        return replace(e, choice=tuple(choice))

    def set_of(self, c: s.Name) -> list[s.Word]:
        """The words of a named set."""
        if c.name not in self.known.sets:
            raise LanguageError(f"unknown set '{c.name}'{perhaps(c.name, self.known.sets)}", c.at)
        return [s.Word(word, c.at) for word in self.known.sets[c.name].words]

    def duration(self, d: s.Number | s.Name) -> None:
        """A mistake unless it is a duration of whole seconds."""
        if isinstance(d, s.Name) and d.name not in self.known.parameters:
            raise LanguageError(f"unknown parameter '{d.name}'{perhaps(d.name, self.known.parameters)}", d.at)
        quantity = d.quantity if isinstance(d, s.Number) else self.known.parameters[d.name].quantity
        try:
            _ = quantity.seconds
        except ValueError as error:
            raise LanguageError(str(error), d.at) from None


def _kind(unit: str) -> str:
    return WORD if unit == WORD else measures(unit)
