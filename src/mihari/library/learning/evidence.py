"""Conditions and cases -> when each holds, of whom; how much of a case some of them cover, who else meets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from mihari.behaviours import algebra
from mihari.behaviours.algebra import Timelines
from mihari.core.columns import Array
from mihari.library.learning.conditions import SHORTER, Condition
from mihari.library.learning.watching import Watched, asked

MINUTE = 60
BREAKS_S = tuple(MINUTE * m for m in (0, 2, 5, 10, 15))  # that are tried, the shortest that will do is taken
COVERED = 0.75  # of a case's time, by what all conditions say of one vessel or pair


@dataclass
class Subjects:
    """Vessels or pairs of one case, by rows: those `wanted` (rows,), and when each condition holds of them."""

    start: int
    end: int
    wanted: Array
    held: dict[str, Timelines] = field(default_factory=dict)

    def all_of(self, conditions: Iterable[Condition], breaks: int) -> Timelines:
        """When all hold at once, breaks filled."""
        found = algebra.intersection(*(self.held[c.text] for c in conditions))
        return algebra.joined(found, breaks) if len(found) else found

    def share(self, found: Timelines) -> float:
        """Of the case's time, by the row that has most of it."""
        inside = algebra.clip(found, self.start, self.end)
        if len(inside) == 0:
            return 0.0
        return float(np.bincount(inside.key, inside.end - inside.start).max()) / max(self.end - self.start, 1)

    def longest(self, found: Timelines) -> int:
        """s, of what touches the case's time."""
        touches = (found.start < self.end) & (found.end > self.start)
        return int((found.end - found.start)[touches].max(initial=0))

    def __len__(self) -> int:
        return int(self.wanted.sum())


def subjects(some: Watched, conditions: Sequence[Condition], pair: bool, own: bool) -> Subjects:
    """Those that the case is about (`own`), or all others."""
    is_own = some.pairs_own if pair else some.own
    wanted = is_own if own else ~is_own
    made = Subjects(int(some.case.start), max(int(some.case.end), int(some.case.start) + MINUTE), wanted)
    names = {f"c{k}": c for k, c in enumerate(conditions)}
    found = some.when(asked({name: c.asked for name, c in names.items()}, "a, b" if pair else "v"))
    for name, condition in names.items():
        made.held[condition.text] = algebra.only(found[name], wanted)
    return made


def breaks_of(conditions: Sequence[Condition], cases: Sequence[Subjects]) -> int | None:
    """s, the shortest breaks with which one interval covers enough of each case; None where none does."""
    for breaks in BREAKS_S:
        found = [some.all_of(conditions, breaks) for some in cases]
        lasts = [min(some.longest(f), some.end - some.start) for some, f in zip(cases, found, strict=True)]
        if all(n >= COVERED * (some.end - some.start) for n, some in zip(lasts, cases, strict=True)):
            return breaks
    return None


def lasting(conditions: Sequence[Condition], cases: Sequence[Subjects], breaks: int) -> tuple[int, int, int]:
    """s: how long it is to last at least, the shortest and the longest of the cases; see `conditions` for how much."""
    seen = [max(some.longest(some.all_of(conditions, breaks)), 1) for some in cases]
    low, high = min(seen), max(seen)
    wanted = min(low / (high / low) ** (1.0 / max(len(seen) - 1, 1)), SHORTER * low)
    return _plain(wanted), low, high


def _plain(seconds: float) -> int:
    """Down to a number of minutes that people would write.

    >>> [_plain(s) // 60 for s in (50.0, 430.0, 1790.0, 5000.0)]
    [1, 7, 28, 80]
    """
    minutes = int(max(seconds // MINUTE, 1))
    step = 1 if minutes < 20 else 2 if minutes < 40 else 5
    return max(minutes // step * step, 1) * MINUTE


def others(conditions: Sequence[Condition], cases: Sequence[Subjects], breaks: int, least: int) -> list[frozenset[int]]:
    """By case, rows of those who meet all conditions for so many s."""
    found = []
    for some in cases:
        held = algebra.lasting_at_least(some.all_of(conditions, breaks), least)
        found.append(frozenset(np.unique(held.key).tolist()))
    return found
