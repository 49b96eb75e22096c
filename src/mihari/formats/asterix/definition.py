"""What a category looks like on the wire: a tree of items, kept in the compact files of `definitions/`.

EUROCONTROL-SPEC-0149 (ASTERIX part 1) names the shapes: fixed, extended, repetitive, compound, explicit. The compact
files (`compact.py`) are made from the published machine-readable definitions by `spec.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEFINITIONS = Path(__file__).parent / "definitions"


@dataclass(frozen=True, slots=True)
class Element:
    """`bits` of one value; a quantity has a `scale` (of one raw unit, in `unit`s), a text names its alphabet.

    Where another value of the same item says what unit this one has, `by` is its path (`150/IM`) and `cases` its values
    with scale and unit.
    """

    bits: int
    signed: bool = False
    scale: float | None = None
    unit: str = ""
    text: str = ""
    table: dict[int, str] = field(default_factory=dict)
    by: str = ""
    cases: dict[int, tuple[float, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spare:
    """Bits without meaning, sent as zero."""

    bits: int


@dataclass(frozen=True, slots=True)
class Group:
    """Named parts that follow each other without gaps."""

    parts: tuple[Named | Spare, ...]


@dataclass(frozen=True, slots=True)
class Extended:
    """Parts of whole octets, each ending in an extension bit that says whether the next one follows.

    The last part of a few old items (021/271) has none: `closed`.
    """

    parts: tuple[tuple[Named | Spare, ...], ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Repetitive:
    """The same thing again: `count_octets` octets say how often, or (0) an extension bit after each."""

    count_octets: int
    content: Element | Group


@dataclass(frozen=True, slots=True)
class Compound:
    """Sub-items announced by their own field specification; `None` where no sub-item is defined."""

    parts: tuple[Named | None, ...]


@dataclass(frozen=True, slots=True)
class Explicit:
    """A length octet and bytes that the category does not define (RE, SP)."""


Content = Element | Group | Extended | Repetitive | Compound | Explicit


@dataclass(frozen=True, slots=True)
class Named:
    """A part with its name (`RHO`), title (`Measured Position`) and content."""

    name: str
    title: str
    content: Content


Uap = tuple[Named | None, ...]
"""User application profile: `uap[frn - 1]` is the item behind that bit of a record's field specification."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Of several profiles (001): the value of `item`/`part` says which; a record without it has the first."""

    item: str
    part: str
    uaps: tuple[Uap, ...]  # by that value


@dataclass(frozen=True, slots=True)
class Category:
    """One edition of a category; `uap` is its profile, or the first of those it has a choice of."""

    number: int
    edition: str
    title: str
    uap: Uap
    choice: Choice | None = None

    @property
    def uaps(self) -> tuple[Uap, ...]:
        """Its profiles, nearly always one."""
        return self.choice.uaps if self.choice else (self.uap,)

    def items(self) -> Iterator[Named]:
        """The defined items, in the order of the field specification; of several profiles, each once."""
        named = {item.name: item for uap in self.uaps for item in uap if item is not None}
        return iter(named.values())
