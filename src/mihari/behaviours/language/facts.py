"""What the evaluator asks of the world: findings as timelines, events in columns, attributes of vessels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np

from mihari.behaviours.algebra import Steps, Timelines
from mihari.behaviours.algebra.sort_kernels import in_order, order_of
from mihari.behaviours.algebra.timelines import whole
from mihari.behaviours.language.field_kernels import taken
from mihari.core.columns import Array

WORD = "word"  # the unit of what is told in words


@dataclass(frozen=True, slots=True)
class Field:
    """One value for each row: numbers in `unit` ("": without one; NaN: unknown), or codes of `words` (-1: unknown).

    >>> Field.of_words(["tug", "cargo", "tug", None]).values.tolist()
    [1, 0, 1, -1]
    """

    values: Array
    unit: str = ""
    words: tuple[str, ...] = ()

    @classmethod
    def of_words(cls, told: Sequence[str | None]) -> Self:
        """Of texts, None where nothing is known."""
        words = tuple(sorted({word for word in told if word is not None}))
        code = {word: k for k, word in enumerate(words)}
        return cls(np.array([-1 if word is None else code[word] for word in told], np.int64), WORD, words)

    def is_word(self, word: str) -> Array:
        """(n,) bool."""
        return np.asarray(self.values == (self.words.index(word) if word in self.words else -2))

    def take(self, rows: Array) -> Field:
        """The chosen rows, in that order."""
        return Field(taken(whole(self.values, self.values.dtype), whole(rows)), self.unit, self.words)


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one name in the order of vessel and time (s); `fields`: what each tells. Any order: `Events.made`."""

    vessel: Array
    time: Array
    fields: Mapping[str, Field] = field(default_factory=dict)

    @classmethod
    def made(cls, vessel: Any, time: Any, fields: Mapping[str, Field] | None = None) -> Self:
        """Of rows in any order."""
        told, vessels, times = fields or {}, whole(vessel), whole(time)
        if in_order(vessels, times):
            return cls(vessels, times, told)
        order = order_of(vessels, times)
        return cls(whole(vessels[order]), whole(times[order]), {name: f.take(order) for name, f in told.items()})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What facts can tell, so that a mistake is found before anything is evaluated.

    `timelines`: name -> (how many vessels, how many words after them); `events`: name -> field -> unit;
    `attributes`: name -> unit; `measures`, what changes with time: name -> (vessels, words after them, unit). The unit
    of words is "word".
    """

    timelines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, tuple[int, int, str]] = field(default_factory=dict)


class Facts(Protocol):
    """What is known of some vessels and pairs of them, each in a row. What is not known by its name: KeyError.

    `pairs`: (n, 2) rows of vessels. Where a pair is there in one order only, its timelines hold for both.
    """

    @property
    def vessels(self) -> int: ...  # noqa: D102

    @property
    def pairs(self) -> Array: ...  # noqa: D102

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding, by row of vessel or of pair: `inside(v, port)` is asked as `timelines("inside", ("port",))`."""

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """A measure, by row of vessel or of pair, and its unit."""

    def events(self, name: str) -> Events:
        """All events of that name."""

    def attribute(self, name: str) -> Field:
        """(vessels,) what is known of each vessel."""

    def words(self, name: str) -> Sequence[str]:
        """The words that fields of that name take."""


@dataclass(frozen=True, slots=True)
class MemoryFacts:
    """Facts from dictionaries. A timeline that takes words is found under `name(word)`."""

    vessels: int
    pairs: Array = field(default_factory=lambda: np.empty((0, 2), np.int64))
    found: Mapping[str, Timelines] = field(default_factory=dict)
    happened: Mapping[str, Events] = field(default_factory=dict)
    known: Mapping[str, Field] = field(default_factory=dict)
    measured: Mapping[str, tuple[Steps, str]] = field(default_factory=dict)

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding."""
        return self.found[f"{name}({', '.join(words)})" if words else name]

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """A measure."""
        return self.measured[f"{name}({', '.join(words)})" if words else name]

    def events(self, name: str) -> Events:
        """All events of that name."""
        return self.happened[name]

    def attribute(self, name: str) -> Field:
        """What is known of each vessel."""
        return self.known[name]

    def words(self, name: str) -> Sequence[str]:
        """The words that fields of that name take."""
        told = [e.fields[name].words for e in self.happened.values() if name in e.fields]
        return sorted({word for words in told for word in words})
