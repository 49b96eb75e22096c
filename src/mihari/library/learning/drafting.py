"""A handful of cases that are alike, and others -> the few plain conditions that all of them meet and hardly others do.

One condition after the other is taken: that which leaves fewest of the others, as long as every case still has it for
three quarters of its time. When nobody else is left, what few others have is still taken up to five conditions: cases
to come will look more alike than those at hand. Nothing is weighed that people cannot read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mihari.behaviours import algebra
from mihari.core.errors import BadInput
from mihari.library.cases import Case
from mihari.library.learning.conditions import ORDINARY, Condition, called, candidates, there
from mihari.library.learning.evidence import Subjects, breaks_of, lasting, others, subjects
from mihari.library.learning.watching import Watched, watched

HANDFUL = (3, 8)
MOST = 5  # conditions, beside how long and without what
TOGETHER = 0.3  # of each case's time within 500 m: it is about two
BITS = 1.0  # that a condition must tell: one in two others has it at most
ALIKE = 0.6  # bits: of two conditions about the same that tell as much, the wider one is taken
ENOUGH = 2.0  # bits, of what nobody at hand asks for: one in four others has it at most
NEEDED = ("way", "heading")  # families that say little of five cases, where nobody else must be told from them
FOR_TRAIT, FOR_FIGURE = 0.4, 0.3  # bits that a trait of vessels, a figure must tell more than a plain finding


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a condition is there: in how many cases it holds and for how many s, how many others meet it."""

    condition: Condition
    cases: int
    shortest: int
    longest: int
    others: int
    left: int  # others who meet it and all before it


@dataclass(frozen=True, slots=True)
class Drafted:
    """What all cases have in common; s: `least` and what was seen; `without`: findings that none of them has."""

    pair: bool
    reasons: tuple[Reason, ...]
    breaks: int
    least: int
    seen: tuple[int, int]
    without: tuple[str, ...]
    background: int
    left: int


def draft(
    cases: Sequence[Case], background: Sequence[Case], advance: Callable[[float], object] = lambda done: None
) -> Drafted:
    """From 3 to 8 cases; `background`: any others. BadInput where the cases are too few or have nothing in common."""
    if not HANDFUL[0] <= len(cases) <= HANDFUL[1]:
        raise BadInput(f"expected {HANDFUL[0]} to {HANDFUL[1]} cases that are alike, found {len(cases)}")
    seen = [watched(case) for case in cases]
    pair = _of_two(seen)
    asked = _common(seen, candidates(seen, pair), pair)
    ordinary, present = _absent(seen, pair), Condition(there(pair), "there")
    every = [*asked, *ordinary, present]
    of_cases = [_timed(subjects(some, every, pair, own=True)) for some in seen]
    rest = [subjects(some, every, pair, own=False) for some in seen]
    for k, case in enumerate(background):
        some = watched(case)
        rest += [subjects(some, every, pair, own) for own in (True, False)]
        advance((k + 1) / len(background))
    return _Drafting(asked, of_cases, rest, present).made(pair, ordinary)


def _of_two(seen: Sequence[Watched]) -> bool:
    """Whether the cases are about two that lie or sail together."""
    near = Condition("near_500m(a, b)", "", pair="both")
    found = [subjects(some, [near], True, own=True) for some in seen]
    return all(some.share(some.held[near.text]) >= TOGETHER for some in found)


def _timed(some: Subjects) -> Subjects:
    """Of two: their case's time is while they are within 500 m of each other."""
    near = some.held.get("near_500m(a, b)")
    if near is None or not len(inside := algebra.clip(near, some.start, some.end)):
        return some
    longest = int(np.argmax(inside.end - inside.start))
    return replace(some, start=int(inside.start[longest]), end=int(inside.end[longest]))


def _common(seen: Sequence[Watched], conditions: Sequence[Condition], pair: bool) -> list[Condition]:
    """Those that every case has, each once: where both vessels have it, not one of the two as well."""
    found = [_timed(subjects(some, conditions, pair, own=True)) for some in seen]
    kept = [c for c in conditions if breaks_of([c], found) is not None]
    both = {c.about.removeprefix("both: ") for c in kept if c.pair == "both"}
    return [c for c in kept if c.pair != "either" or c.about.removeprefix("one of the two: ") not in both]


def _absent(seen: Sequence[Watched], pair: bool) -> list[Condition]:
    """Ordinary things that no vessel of the cases ever does at its time."""
    made = [_ordinary(name, pair) for name in ORDINARY]
    found = [subjects(some, made, pair, own=True) for some in seen]
    return [c for c in made if all(some.share(some.held[c.text]) == 0 for some in found)]


def _ordinary(name: str, pair: bool) -> Condition:
    text = f"({called(name, 'a')} or {called(name, 'b')})" if pair else called(name, "v")
    return Condition(text, name, pair="either" if pair else "")


class _Drafting:
    """The conditions that all cases have, and who else has them."""

    def __init__(self, asked: list[Condition], cases: list[Subjects], rest: list[Subjects], present: Condition) -> None:
        self.asked, self.cases, self.rest = asked, cases, rest
        self.all = sum(map(len, rest))
        self.present = present
        self.met: dict[str, list[frozenset[int]]] = {}

    def made(self, pair: bool, ordinary: list[Condition]) -> Drafted:
        """One condition after the other."""
        chosen: list[Condition] = []
        left = [self.all]
        while len(chosen) < MOST and (best := self.next(chosen, left[-1])) is not None:
            chosen.append(best)
            left.append(self.left(chosen))
        if not chosen:
            raise BadInput("the cases have nothing in common that few others have")
        breaks = breaks_of(chosen, self.cases) or 0
        least, low, high = lasting(chosen, self.cases, breaks)
        reasons = tuple(self.reason(c, n) for c, n in zip(chosen, left[1:], strict=True))
        without = tuple(c.about for c in ordinary)
        return Drafted(pair, reasons, breaks, least, (low, high), without, self.all, left[-1])

    def next(self, chosen: list[Condition], left: int) -> Condition | None:
        """The condition that tells most; None where none tells enough. Of two, how near they are comes first."""
        near = [c for c in self.asked if c.family == "near"]
        if near and not chosen:
            return near[min(1, len(near) - 1)]  # the next wider one: cases to come are not as near as the nearest
        told = {c: self.bits(c, chosen, left) for c in self.asked if self.fits(c, chosen)}
        best = max(told, key=lambda c: told[c], default=None)
        if best is None or told[best] <= 0:
            return None
        alike = [
            c for c in told if c.family == best.family and 0 < told[c] >= told[best] - ALIKE * min(told[best], 1.0)
        ]
        return min(alike, key=lambda c: self.seldom(c) + len(c.figures))

    def fits(self, c: Condition, chosen: list[Condition]) -> bool:
        """Whether all cases have it beside what is there, which is about something else."""
        return c.family not in {x.family for x in chosen} and breaks_of([*chosen, c], self.cases) is not None

    def bits(self, c: Condition, chosen: list[Condition], left: int) -> float:
        """What a condition tells: by how much those shrink who meet all; else whether few of all others meet it."""
        fewer = math.log2((left + 1) / (self.left([*chosen, c]) + 1)) - self.price(c)
        if fewer >= BITS:
            return fewer
        if c.family in NEEDED:
            return 0.0
        return 0.01 * min(seldom, ENOUGH) if (seldom := self.seldom(c) - self.price(c)) >= BITS else 0.0

    def price(self, c: Condition) -> float:
        """Bits that a trait of vessels, or a figure, must tell more than a plain finding."""
        return FOR_TRAIT * c.trait + FOR_FIGURE * len(c.figures)

    def seldom(self, c: Condition) -> float:
        """Bits: in how little of the time of all others it holds."""
        return -math.log2((self.time(c.text) + 1) / (self.time(self.present.text) + 1))

    def time(self, text: str) -> int:
        """s, in which a condition holds of others."""
        return sum(int((some.held[text].end - some.held[text].start).sum()) for some in self.rest)

    def alone(self, c: Condition) -> list[frozenset[int]]:
        """Who else meets one condition for as long as the cases do."""
        if c.text not in self.met:
            breaks = breaks_of([c], self.cases) or 0
            self.met[c.text] = others([c], self.rest, breaks, min(lasting([c], self.cases, breaks)[0], self.shortest))
        return self.met[c.text]

    @property
    def shortest(self) -> int:
        """s, of the time of a case."""
        return min(some.end - some.start for some in self.cases)

    def left(self, chosen: list[Condition]) -> int:
        """How many others meet all conditions for as long as the cases do."""
        breaks = breaks_of(chosen, self.cases) or 0
        return sum(map(len, others(chosen, self.rest, breaks, lasting(chosen, self.cases, breaks)[0])))

    def reason(self, c: Condition, left: int) -> Reason:
        """Why it is there."""
        breaks = breaks_of([c], self.cases) or 0
        _, low, high = lasting([c], self.cases, breaks)
        return Reason(c, len(self.cases), low, high, sum(map(len, self.alone(c))), left)
