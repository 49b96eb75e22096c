"""Clauses of patterns -> the tables that kernels read: thresholds, borders between ranks, literals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.library.live.figures import PANES, STATISTICS, Primitives
from mihari.library.live.formulas import Clauses, Literal
from mihari.library.live.layout import CLOCK, CROSSED_BY, FIGURE, KEPT, LITERAL, NONE, PLAIN, Rules
from mihari.library.live.matching import Matched

MOST_THRESHOLDS = 32_000  # of one figure: ranks are 16 bit
ANY = (0, 0, 65_535, 0)  # a literal that every rank meets
Thresholds = Mapping[str, Array]
Ranges = Mapping[Literal, tuple[int, int]]
Border = tuple[int, int, str]


def thresholds_of(told: Sequence[Clauses], primitives: Primitives) -> dict[str, Array]:
    """By figure, in the order of the primitives: the numbers that it is compared with, ascending.

    >>> from mihari.library.live.figures import Base
    >>> slow, fast = (Literal("speed", ((sign, number),)) for sign, number in ((">", 9.0), ("<", 2.0)))
    >>> thresholds_of([[(slow, fast)]], Primitives.of([Base("speed", "kn")]))
    {'speed': array([2., 9.])}
    """
    numbers: dict[str, set[float]] = {}
    for clauses in told:
        for literal in (x for clause in clauses for x in clause):
            numbers.setdefault(literal.figure, set()).update(number for _, number in literal.tests)
    if most := max((len(n) for n in numbers.values() if len(n) > MOST_THRESHOLDS), default=0):
        raise BadInput(f"{most:,} thresholds of one figure; expected {MOST_THRESHOLDS:,} at most")
    return {name: np.array(sorted(numbers[name]), float) for name in primitives.figures if name in numbers}


def bases_of(thresholds: Thresholds, primitives: Primitives) -> tuple[str, ...]:
    """The columns that an update must have."""
    return tuple(dict.fromkeys(primitives.figures[name].base for name in thresholds))


def rules_of(
    told: Sequence[Clauses], matched: Sequence[Matched], thresholds: Thresholds, primitives: Primitives
) -> Rules:
    """The tables."""
    bases = bases_of(thresholds, primitives)
    asked = {(f.window_s, f.base) for f in (primitives.figures[name] for name in thresholds) if f.statistic}
    over, windows = sorted(asked), sorted({seconds for seconds, _ in asked})
    ranges = {literal: _range(literal, thresholds[literal.figure]) for literal in _literals(told)}
    figures = _figures(thresholds, bases, over, primitives)
    places = dict(zip(thresholds, figures[["border", "thresholds"]].tolist(), strict=True))
    numbers = {name: k for k, name in enumerate(thresholds)}
    guards = [_guards(clauses, ranges, places, numbers) for clauses in told]
    count = int(sum(2 * len(t) + 1 for t in thresholds.values()))
    return Rules(
        figures,
        np.concatenate([np.empty(0), *thresholds.values()]),
        *_grouped(_borders(told, ranges, places), guards, count),
        *_clauses(told, ranges, numbers),
        np.array([(m.join_s, m.least_s, m.most_s) for m in matched], CLOCK),
        np.array([primitives.bases[name].of_leg for name in bases], bool),
        np.array([(bases.index(b), windows.index(s), primitives.bases[b].step) for s, b in over], KEPT),
        np.array([seconds // PANES for seconds in windows], np.int64),
    )


def _literals(told: Sequence[Clauses]) -> dict[Literal, None]:
    return dict.fromkeys(literal for clauses in told for clause in clauses for literal in clause)


def _figures(
    thresholds: Thresholds, bases: Sequence[str], over: Sequence[tuple[int, str]], primitives: Primitives
) -> Array:
    """(figures,) FIGURE."""
    made = np.zeros(len(thresholds), FIGURE)
    first = border = 0
    for row, (name, numbers) in enumerate(thresholds.items()):
        figure = primitives.figures[name]
        statistic = STATISTICS.index(figure.statistic) if figure.statistic else PLAIN
        kept = over.index((figure.window_s, figure.base)) if figure.statistic else NONE
        made[row] = (first, len(numbers), border, bases.index(figure.base), kept, statistic)
        first, border = first + len(numbers), border + 2 * len(numbers) + 1
    return made


def _range(literal: Literal, thresholds: Array) -> tuple[int, int]:
    """The ranks, from and to, of values that meet the tests; from > to: none does.

    >>> _range(Literal("speed", ((">=", 2.0), ("<", 5.0))), np.array([2.0, 5.0]))
    (2, 3)
    """
    low, high = 1, 2 * len(thresholds) + 1
    for sign, number in literal.tests:
        at = 2 * int(np.searchsorted(thresholds, number)) + 2
        if sign in (">", ">=", "="):
            low = max(low, at + (sign == ">"))
        if sign in ("<", "<=", "="):
            high = min(high, at - (sign == "<"))
    return low, high


def _borders(told: Sequence[Clauses], ranges: Ranges, places: Mapping[str, tuple[int, int]]) -> list[Border]:
    """(border, twice the pattern, + 1 where crossing it upwards brings the pattern nearer, figure), each once."""
    found = set()
    for pattern, clauses in enumerate(told):
        for literal in {x for clause in clauses for x in clause}:
            low, high = ranges[literal]
            if low <= high:
                (border, thresholds), nearer = places[literal.figure], int(not literal.negated)
                found.add((border + low - 1, 2 * pattern + nearer, literal.figure))
                if high <= 2 * thresholds:
                    found.add((border + high, 2 * pattern + 1 - nearer, literal.figure))
    return sorted(found)


def _guards(
    clauses: Clauses, ranges: Ranges, places: Mapping[str, tuple[int, int]], numbers: Mapping[str, int]
) -> list[tuple[str, tuple[int, int, int, int]]]:
    """(figure, literal) of the clauses of one literal, those first that ask for the fewest ranks."""
    found = []
    for literal in (clause[0] for clause in clauses if len(clause) == 1):
        low, high = ranges[literal] if ranges[literal][0] <= ranges[literal][1] else (1, 0)
        asked = (high - low + 1) / (2 * places[literal.figure][1] + 2)
        row = (numbers[literal.figure], low, high, int(literal.negated))
        found.append((1.0 - asked if literal.negated else asked, literal.figure, row))
    return [(figure, row) for _, figure, row in sorted(found)]


def _grouped(
    borders: Sequence[Border], guards: Sequence[list[tuple[str, tuple[int, int, int, int]]]], count: int
) -> tuple[Array, Array]:
    """(where those of each border begin, (count + 1,) i4; (n,) CROSSED_BY).

    What guards a pattern at a border is another figure's literal, seldom met: most patterns need no other look.
    """
    at, rows = np.array([border for border, _, _ in borders], np.int64), []
    for _, pattern, figure in borders:
        guard = next((row for other, row in guards[pattern >> 1] if other != figure), ANY)
        rows.append((pattern, *guard))
    return np.searchsorted(at, np.arange(count + 1)).astype(np.int32), np.array(rows, CROSSED_BY)


def _clauses(told: Sequence[Clauses], ranges: Ranges, place: Mapping[str, int]) -> tuple[Array, Array]:
    """(where those of each pattern begin, (patterns + 1,) i4; (n,) LITERAL)."""
    rows = [
        (place[x.figure], *(ranges[x] if ranges[x][0] <= ranges[x][1] else (1, 0)), x.negated + 2 * (x is clause[-1]))
        for clauses in told
        for clause in clauses
        for x in clause
    ]
    counts = [sum(map(len, clauses)) for clauses in told]
    return np.cumsum([0, *counts]).astype(np.int32), np.array(rows, LITERAL)
