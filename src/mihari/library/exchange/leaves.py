"""A pattern as its single values, each under its place: what is compared, and what is merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from mihari.behaviours.language import LanguageError
from mihari.behaviours.language.reading import read
from mihari.behaviours.language.units import converted, measures
from mihari.library.pattern import PatternFile, quantity_of

Place: TypeAlias = tuple[str, ...]
UNORDERED = ("references",)  # the others begin with the likeliest, the best, or what to do first
QUANTITIES = ("value", "least", "most")


def leaves(file: PatternFile) -> dict[Place, Any]:
    """Place -> value. Tables that have names stand under these; their order means nothing."""
    return dict(_leaves(file.model_dump(mode="json"), ()))


def _leaves(table: Mapping[str, Any], place: Place) -> list[tuple[Place, Any]]:
    found: list[tuple[Place, Any]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _leaves(value, (*place, key))
        elif value and named(value):
            for one in value:
                found += _leaves(one, (*place, key, one["name"]))
        elif value not in ([], None):
            found.append(((*place, key), value))
    return found


def named(value: Any) -> bool:
    """Whether a value is a list of tables with names.

    >>> named([{"name": "low"}]), named(["low"])
    (True, False)
    """
    return isinstance(value, list) and all(isinstance(one, dict) and "name" in one for one in value)


def same(place: Place, a: Any, b: Any) -> bool:
    """Whether two values at a place mean the same, however they are written.

    >>> same(("parameter", "together", "value"), "30 min", "1800 s")
    True
    >>> same(("references",), ["A", "B"], ["B", "A"]), same(("innocent",), ["a", "b"], ["b", "a"])
    (True, False)
    """
    if a == b or a is None or b is None:
        return bool(a == b)
    if place == ("definition",):
        return _same_definition(a, b)
    if place[0] == "parameter" and place[-1] in QUANTITIES:
        return _same_quantity(a, b)
    return place[-1] in UNORDERED and sorted(a) == sorted(b)


def _same_definition(a: str, b: str) -> bool:
    """Whether two texts have the same statements, in whatever order, with whatever comments and spaces."""
    try:
        one, other = read(a), read(b)
    except LanguageError:
        return False
    return len(one) == len(other) and all(statement in other for statement in one)


def _same_quantity(a: str, b: str) -> bool:
    one, other = quantity_of(a), quantity_of(b)
    return measures(one.unit) == measures(other.unit) and converted(one.value, one.unit, other.unit) == other.value


def shown(place: Place) -> str:
    """A place as people call it.

    >>> shown(("parameter", "together", "value")), shown(("look", "checklist")), shown(("title",))
    ('parameter together: value', 'look: checklist', 'title')
    """
    return f"{' '.join(place[:-1])}: {place[-1]}" if len(place) > 1 else place[0]
