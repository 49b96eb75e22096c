"""Formulas over comparisons of figures: put together, turned round, and as clauses of which each must be met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

MOST_LITERALS = 2_000  # of one pattern: brackets within brackets can multiply


@dataclass(frozen=True, slots=True)
class Literal:
    """A comparison: the figure meets all `tests`, (sign, number) with `=`, `<`, `<=`, `>`, `>=`; none: it is known.

    What is not known meets nothing. `negated`: holds where they are not met.
    """

    figure: str
    tests: tuple[tuple[str, float], ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """While all of them hold; none: always."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """While one of them holds; none: never."""

    parts: tuple[Formula, ...]


Formula: TypeAlias = Literal | Every | Some
Clauses: TypeAlias = list[tuple[Literal, ...]]
TRUE, FALSE = Every(()), Some(())


def all_of(parts: list[Formula]) -> Formula:
    """While all of them hold.

    >>> slow = Literal("speed", (("<", 2.0),))
    >>> all_of([TRUE, slow]) == slow, all_of([slow, FALSE]) == FALSE
    (True, True)
    """
    left = [part for part in parts if part != TRUE]
    if FALSE in left:
        return FALSE
    return left[0] if len(left) == 1 else Every(tuple(dict.fromkeys(left)))


def any_of(parts: list[Formula]) -> Formula:
    """While one of them holds."""
    left = [part for part in parts if part != FALSE]
    if TRUE in left:
        return TRUE
    return left[0] if len(left) == 1 else Some(tuple(dict.fromkeys(left)))


def clauses(formula: Formula) -> Clauses:
    """The same as clauses: it holds while of each clause one literal does. OverflowError where they are too many.

    >>> a, b, c = (Literal(name) for name in "abc")
    >>> [[l.figure for l in clause] for clause in clauses(Some((a, Every((b, c)))))]
    [['a', 'b'], ['a', 'c']]
    """
    if isinstance(formula, Literal):
        return [(formula,)]
    if isinstance(formula, Every):
        return _short([clause for part in formula.parts for clause in clauses(part)])
    found: Clauses = [()]
    for part in formula.parts:
        found = _short([(*first, *(x for x in more if x not in first)) for first in found for more in clauses(part)])
    return found


def _short(found: Clauses) -> Clauses:
    if sum(map(len, found)) > MOST_LITERALS:
        raise OverflowError("it has more alternatives than are matched")
    return found
