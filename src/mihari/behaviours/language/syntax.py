"""A file of definitions as a tree of frozen values: what the parser makes and the evaluator reads.

`at` is (line, column) in the file, from 1; it does not count when two trees are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, TypeAlias

from mihari.behaviours.language.units import Quantity

At: TypeAlias = tuple[int, int]
NOWHERE: At = (0, 0)


def _at() -> At:
    return field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity as written: `5 kn`."""

    quantity: Quantity
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Name:
    """A parameter, a field of an event, a set, or a variable that stands for a word."""

    name: str
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Word:
    """A word as such: `tug`, `"pilot vessel"`."""

    word: str
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Angle:
    """The smaller angle between two fields of an event."""

    first: str
    second: str
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Call:
    """`name(v)`: a definition, a finding or an attribute; `value`: of a definition with values, "" for any."""

    name: str
    arguments: tuple[str, ...]
    value: str = ""
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Compared:
    """`first > second`, or three of them: `first < second < third`."""

    operands: tuple[Operand, ...]
    signs: tuple[str, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Measured:
    """`2 kn < speed(v) < 5 kn`: `measure`, one of the operands, changes with time, so when this holds does as well."""

    measure: Call
    operands: tuple[Operand, ...]
    signs: tuple[str, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Is:
    """`operand is word`, `is one of {…}`, `is flag(b)`, `is known` (no choice); `negated`: `is not`, `is unknown`."""

    operand: Operand
    choice: tuple[Word | Name | Call, ...]
    negated: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Not:
    """`not inner`."""

    inner: Expression
    at: At = _at()


@dataclass(frozen=True, slots=True)
class AllOf:
    """`a and b and …`."""

    parts: tuple[Expression, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`a or b or …`."""

    parts: tuple[Expression, ...]
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Crowd:
    """`at least 3 vessels v: inner`."""

    count: int
    vessel: str
    inner: Expression
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Related:
    """`first without second`; `how`: without, during, containing, overlapping or `ending as`."""

    first: Expression
    how: str
    second: Expression
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Then:
    """`first then second within 6 h`."""

    first: Expression
    second: Expression
    within: Number | Name
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Lasting:
    """`inner lasting at least 2 h`; `how`: at least, more than or less than."""

    inner: Expression
    how: str
    duration: Number | Name
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Joined:
    """`inner ignoring breaks up to 10 min`."""

    inner: Expression
    duration: Number | Name
    at: At = _at()


Operand: TypeAlias = Number | Name | Call | Angle
Expression: TypeAlias = (
    Call | Compared | Measured | Is | Not | AllOf | AnyOf | Crowd | Related | Then | Lasting | Joined
)


@dataclass(frozen=True, slots=True)
class Event:
    """`name where condition`: when such an event happens to the vessel."""

    name: str
    where: Expression | None = None
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Change:
    """`call starts` or `call ends`: the second before the first that holds, or the last second that holds."""

    call: Call
    how: str
    where: Expression | None = None
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Rule:
    """`starts when …` (value "true"), `becomes value when …`, `ends when …` (value "").

    With `after`: `becomes value 30 min after the last start`, and no trigger; with `stops`: `stops being value when …`.
    """

    value: str
    trigger: Event | Change | None
    after: Number | Name | None = None
    stops: bool = False
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Fluent:
    """What events start and end."""

    rules: tuple[Rule, ...]
    where: Expression | None = None  # for which vessels
    at: At = _at()

    @property
    def values(self) -> tuple[str, ...]:
        """Its values, in the order in which they are first told."""
        return tuple(dict.fromkeys(rule.value for rule in self.rules if rule.value and not rule.stops))


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition, with what is told of it. `vessels`: its variables, none, one or two.

    `word`: a variable for a word and the field of events whose words it takes; ("", "") for none.
    """

    name: str
    vessels: tuple[str, ...]
    body: Expression | Fluent
    word: tuple[str, str] = ("", "")
    title: str = ""
    source: str = ""
    urgency: str = ""
    innocent: tuple[str, ...] = ()
    because: str = ""
    text: str = field(default="", compare=False, repr=False)  # as in its file
    at: At = _at()

    @property
    def values(self) -> tuple[str, ...]:
        """The values it may have; none where it only holds or not."""
        found = self.body.values if isinstance(self.body, Fluent) else ()
        return () if found == ("true",) else found


@dataclass(frozen=True, slots=True)
class Parameter:
    """`parameter slow = 2 kn "where from"`."""

    name: str
    quantity: Quantity
    source: str = ""
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Words:
    """`set name = {tug, "pilot vessel"}`."""

    name: str
    words: tuple[str, ...]
    source: str = ""
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Table:
    """`table by type: low, high { cargo: 9 kn, 15 kn … }`: numbers of a vessel, by one of its attributes."""

    by: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Quantity, ...]], ...]
    source: str = ""
    at: At = _at()


@dataclass(frozen=True, slots=True)
class Definitions:
    """A checked file of definitions, each after those that it uses."""

    definitions: Mapping[str, Definition]
    parameters: Mapping[str, Parameter]
    sets: Mapping[str, Words]
    tables: Mapping[str, Table]  # column -> the table that has it
    file: str = ""


def parts(node: Any) -> Iterator[Any]:
    """A node of the tree and all nodes below it."""
    yield node
    if isinstance(node, tuple):
        for part in node:
            yield from parts(part)
    elif is_dataclass(node):
        for f in fields(node):
            yield from parts(getattr(node, f.name))


def is_condition(e: Any) -> bool:
    """Whether an expression tells of a vessel as such, not of a time."""
    if isinstance(e, Not):
        return is_condition(e.inner)
    if isinstance(e, AllOf | AnyOf):
        return all(is_condition(p) for p in e.parts)
    return isinstance(e, Compared | Is)
