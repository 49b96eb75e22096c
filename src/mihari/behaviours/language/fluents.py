"""Rules of a fluent and events -> when it has each of its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any, NamedTuple, Protocol

import numpy as np

from mihari.behaviours import algebra
from mihari.behaviours.algebra import Instants, Timelines
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.asking import Asker, Rows
from mihari.behaviours.language.facts import Events, Field
from mihari.behaviours.language.fluent_kernels import (
    END,
    STARTS,
    apart_of,
    chosen,
    joined_bits,
    put_bits,
    values_of,
)
from mihari.behaviours.language.frames import Frame
from mihari.behaviours.language.mistakes import LanguageError
from mihari.core.columns import Array

NO_FIELDS: Mapping[str, Field] = {}


class Stream(NamedTuple):
    """Instants with what they start and end; see `fluent_kernels`."""

    key: Array
    time: Array
    bits: Array
    apart: Array | None = None


EMPTY = Stream(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint32))


class Host(Protocol):
    """The evaluation that a fluent is part of."""

    definitions: s.Definitions
    asker: Asker
    now: int

    def call(self, call: s.Call, frame: Frame) -> Timelines:
        """When a definition or a finding holds, by the rows of the frame."""

    def condition(self, e: s.Expression, frame: Frame) -> Array:
        """(rows,) whether the vessels of each row meet a condition."""


def _joined(a: Stream, b: Stream) -> Stream:
    return Stream(*joined_bits(*a[:3], *b[:3]))


@dataclass
class Fluents:
    """All fluents of one evaluation."""

    host: Host
    made: dict[Any, Any] = field(default_factory=dict)

    def evaluate(self, fluent: s.Fluent, frame: Frame) -> dict[str, Timelines]:
        """When it has each of its values."""
        values, streams = fluent.values, list(self.streams(fluent, frame))
        streams += [self.expiry(rule, values, streams) for rule in fluent.rules if rule.after is not None]
        most, *others = sorted(streams, key=lambda stream: len(stream.key), reverse=True)
        rest = reduce(_joined, others) if others else EMPTY
        apart = apart_of(most.key, most.time) if most.apart is None else most.apart
        key, start, end, value = values_of(*most[:3], apart, *rest[:3])
        if fluent.where is not None:
            value = np.where(self.host.condition(fluent.where, frame)[key], value, np.int8(-1))
        elif len(values) == 1:
            return {values[0]: Timelines(key, start, end)}
        return {name: Timelines(*chosen(key, start, end, value, k)) for k, name in enumerate(values)}

    def streams(self, fluent: s.Fluent, frame: Frame) -> Iterable[Stream]:
        """The rules' triggers, one stream for each event."""
        happened: dict[str, list[tuple[Array | None, np.uint32]]] = {}
        values = fluent.values
        for rule in fluent.rules:
            place = values.index(rule.value) + 16 * rule.stops if rule.value else 31
            if isinstance(rule.trigger, s.Change):
                yield self.changes(rule.trigger, frame, np.uint32(1 << place))
            elif rule.trigger is not None:
                happened.setdefault(rule.trigger.name, []).append(
                    (self.happened(rule.trigger, self.events(rule.trigger), frame), np.uint32(1 << place))
                )
        for name, masks in happened.items():
            told: Events = self.made["events", name]
            apart = self.once(("apart", name), partial(apart_of, told.vessel, told.time))
            yield Stream(told.vessel, told.time, self.bits(name, len(told.time), masks), apart)

    def bits(self, name: str, count: int, masks: list[tuple[Array | None, np.uint32]]) -> Array:
        """What events start and end; the same memory for each fluent in turn."""
        bits: Array = self.once(("bits", name), lambda: np.empty(count, np.uint32))
        bits.fill(0)
        for mask, bit in masks:
            if mask is None:
                bits |= bit
            else:
                put_bits(bits, mask, bit)
        return bits

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """What is made when it is asked for first."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]

    def events(self, event: s.Event) -> Events:
        """The events of a name."""
        try:
            return self.once(("events", event.name), lambda: self.host.asker.facts.events(event.name))  # type: ignore[no-any-return]
        except KeyError:
            told = f"no event is called '{event.name}'"
            raise LanguageError(told, event.at, self.host.definitions.file) from None

    def happened(self, event: s.Event, told: Events, frame: Frame) -> Array | None:
        """(n,) which events meet the condition; None where there is none."""
        if event.where is None:
            return None
        vessels = dict.fromkeys(frame.vessels, told.vessel)
        holding = self.holding(frame, Instants(told.vessel, told.time))
        seen = self.once(("asked", event.name, *frame.vessels, *frame.word.items()), dict)
        mask = Rows(self.host.asker, vessels, told.fields, frame.word, holding, seen).mask(event.where)
        return mask if mask.ndim else np.full(len(told.time), bool(mask))

    def holding(self, frame: Frame, instants: Instants) -> Callable[[s.Call], Array]:
        """Asks whether a call holds at instants."""
        return lambda call: algebra.holds_at(self.host.call(call, frame), instants)

    def changes(self, change: s.Change, frame: Frame, bit: np.uint32) -> Stream:
        """The starts or ends of something; with any value of it, of each value.

        They happen at the second of the event behind them: one before the first that holds, or the last that holds.
        """
        d = self.host.definitions.definitions.get(change.call.name)
        values = [v for v in d.values if v != "false"] if d and not change.call.value else []
        edges = algebra.starts if change.how == "starts" else algebra.ends
        calls = [replace(change.call, value=v) for v in values] or [change.call]
        edge = algebra.either(*(edges(self.host.call(call, frame)) for call in calls))
        found = Instants(edge.key, edge.time - 1)
        bits = np.full(len(found), bit)
        if change.where is not None:
            vessels = {v: found.key if rows is None else rows[found.key] for v, rows in frame.vessels.items()}
            rows = Rows(self.host.asker, vessels, NO_FIELDS, frame.word, self.holding(frame, found))
            bits *= rows.mask(change.where)
        return Stream(found.key, found.time, bits)

    def expiry(self, rule: s.Rule, values: tuple[str, ...], streams: list[Stream]) -> Stream:
        """`becomes value 30 min after the last start`, unless something else ended it before."""
        assert rule.after is not None
        key, time, bits, _ = _joined(reduce(_joined, streams), EMPTY)
        true = np.uint32(1 << values.index("true"))
        begins, stops = (bits & true) != 0, (bits & np.uint32(END | true << np.uint32(16) | (STARTS & ~true))) != 0
        begun, over = Instants(key[begins], time[begins]), Instants(key[stops], time[stops])
        found = algebra.deadlines(begun, over, self.host.asker.seconds(rule.after), self.host.now)
        return Stream(found.key, found.time, np.full(len(found), np.uint32(1 << values.index(rule.value))))
