"""Patterns and cases -> pairs that mean nearly the same: by what they ask, and by what they find.

What they ask: the share of conditions that both have, with the same figures and with any (Jaccard, of sets). What they
find: the share of the time, vessel by vessel, in which both tell of it. A pair is told where either is high: two may
ask for different things and find the same, or ask for the same and differ in a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from mihari.behaviours import algebra
from mihari.behaviours.algebra import Timelines
from mihari.core.behaviour import Standing
from mihari.library.cases import Case
from mihari.library.learning.atoms import atoms, shape
from mihari.library.learning.variants import silenced
from mihari.library.pattern import Pattern, merged
from mihari.library.proof import found

LIKE = 0.6  # of what both ask, or find: below it two patterns are two


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two patterns: shares from 0 to 1, and what only one of them asks.

    `figures`: of conditions that are the same; `conditions`: the same but for figures; `times`: of vessels' time told
    by both; `of_first`: of what the first finds the second finds as well, `of_second` the other way round; NaN where
    nothing is found. `cases`: on how many.
    """

    first: str
    second: str
    figures: float
    conditions: float
    times: float
    of_first: float
    of_second: float
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    cases: int

    @property
    def most(self) -> float:
        """The highest share."""
        return float(np.nanmax([self.conditions, self.times]))

    @property
    def told(self) -> str:
        """In words."""
        lines = [f"{self.first} and {self.second}: {self._found()}"]
        asked = f"{self.conditions:.0%} of their conditions are the same, {self.figures:.0%} with the same figures"
        lines.append(f"  {asked}")
        for name, only in ((self.first, self.only_first), (self.second, self.only_second)):
            if only:
                lines.append(f"  only {name}: {'; '.join(only)}")
        return "\n".join(lines)

    def _found(self) -> str:
        if np.isnan(self.times):
            return f"neither finds anything on {self.cases} cases"
        share = f"{self.second} finds {_share(self.of_first)} of what {self.first} finds on {self.cases} cases"
        return f"{share}, {self.first} finds {_share(self.of_second)} of what {self.second} finds"


def _share(of: float) -> str:
    return "nothing" if np.isnan(of) else f"{of:.0%}"


def similar(
    patterns: Sequence[Pattern], cases: Sequence[Case], least: float = LIKE,
    advance: Callable[[float], object] = lambda done: None,
) -> list[Likeness]:  # fmt: skip
    """Pairs that are at least so much alike, the most alike first."""
    times = told(patterns, cases, advance)
    found = [likeness(a, b, times, len(cases)) for a, b in combinations(patterns, 2)]
    return sorted((one for one in found if one.most >= least), key=lambda one: -one.most)


def told(
    patterns: Sequence[Pattern], cases: Sequence[Case], advance: Callable[[float], object] = lambda done: None
) -> dict[str, Timelines]:
    """By pattern, when it tells of each vessel of each case; a key is a vessel of a case."""
    names = [pattern.name for pattern in patterns]
    known = silenced(merged(patterns), *names)
    keys: dict[tuple[int, int], int] = {}
    rows: dict[str, list[tuple[int, int, int]]] = {name: [] for name in names}
    for k, case in enumerate(cases):
        for b in found(case, known):
            if b.kind in rows and b.standing is not Standing.RETRACTED:
                end = int(case.last if b.end is None else b.end)
                for vessel in b.vessels:
                    rows[b.kind].append(
                        (keys.setdefault((k, vessel), len(keys)), int(b.start), max(end, int(b.start) + 1))
                    )
        advance((k + 1) / len(cases))
    return {name: _timelines(some) for name, some in rows.items()}


def _timelines(rows: list[tuple[int, int, int]]) -> Timelines:
    key, start, end = np.array(rows, np.int64).reshape(-1, 3).T
    return Timelines.made(key, start, end, join=True)


def likeness(first: Pattern, second: Pattern, times: Mapping[str, Timelines], cases: int) -> Likeness:
    """Of two patterns; `times` as `told` has them."""
    mine = atoms(merged([first]), first.name)
    theirs = max(
        (atoms(merged([second]), second.name, swapped) for swapped in (False, True)),
        key=lambda some: _jaccard(mine, some) + _jaccard(_shapes(mine), _shapes(some)),
    )
    a, b = times[first.name], times[second.name]
    both = _seconds(algebra.intersection(a, b))
    either = _seconds(a) + _seconds(b) - both
    return Likeness(
        first.name, second.name, _jaccard(mine, theirs), _jaccard(_shapes(mine), _shapes(theirs)),
        both / either if either else np.nan, _shared(a, b), _shared(b, a),
        tuple(sorted(mine - theirs)), tuple(sorted(theirs - mine)), cases,
    )  # fmt: skip


def _shapes(some: frozenset[str]) -> frozenset[str]:
    return frozenset(map(shape, some))


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / max(len(a | b), 1)


def _seconds(a: Timelines) -> int:
    return int((a.end - a.start).sum())


def _shared(a: Timelines, b: Timelines) -> float:
    """How many of the intervals of one share a second with one of the other."""
    return len(algebra.overlapping(a, b)) / len(a) if len(a) else np.nan
