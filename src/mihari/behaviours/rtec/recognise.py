"""Columns of events -> rows of intervals: fluent, vessels, value, start, end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.language import Definitions, evaluate
from mihari.behaviours.patterns import definitions
from mihari.behaviours.rtec.facts import RtecColumns, RtecFacts
from mihari.core.columns import Array


class Found(NamedTuple):
    """The intervals of one value of one fluent; ids of vessels, of the second one where there is one."""

    fluent: str
    value: str
    first: Array
    second: Array | None
    start: Array
    end: Array


def recognise(columns: RtecColumns, using: Definitions | None = None) -> list[Found]:
    """All fluents with all their values, in the order of the definitions."""
    known, facts = using or definitions("rtec_maritime"), RtecFacts(columns)
    return list(rows_of(known, facts, evaluate(known, facts)))


def rows_of(known: Definitions, facts: RtecFacts, found: Mapping[str, Timelines]) -> Iterator[Found]:
    """The results of an evaluation, value by value; a word of a fluent (a kind of area) is given as its value."""
    for name, d in known.definitions.items():
        values = {value: found[f"{name} is {value}"] for value in d.values if f"{name} is {value}" in found}
        if d.word[0]:
            values = {word: found[f"{name}({word})"] for word in facts.words(d.word[1])}
        for value, a in (values or {"true": found[name]}).items():
            first, second = facts.ids[a.key] if len(d.vessels) == 1 else facts.ids[facts.pairs[a.key, 0]], None
            if len(d.vessels) == 2:
                second = facts.ids[facts.pairs[a.key, 1]]
            yield Found(name, value, np.asarray(first), second, a.start, a.end)
