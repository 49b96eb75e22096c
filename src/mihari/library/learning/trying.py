"""A behaviour, choices of its parameters' values and cases -> in which cases each choice fires, by the live engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.language import Definitions
from mihari.core.columns import Array
from mihari.library.cases import Case
from mihari.library.learning.variants import APART, Values, changed, multiplied, silenced
from mihari.library.proof import found, judged

AT_ONCE = 100  # choices in one run of the engine


@dataclass(frozen=True, slots=True)
class Tried:
    """(cases, choices) whether a choice tells of the case's vessels, and whether it tells of others there.

    `truth`: (cases,) whether the case is confirmed.
    """

    fired: Array
    beside: Array
    truth: Array

    def take(self, rows: Array) -> Tried:
        """Some of the cases."""
        return Tried(self.fired[rows], self.beside[rows], self.truth[rows])

    @property
    def counts(self) -> tuple[Array, Array, Array]:
        """(choices,) confirmed cases that are found, false alarms (of the case's vessels, of others), those missed."""
        return counted(self, np.ones(len(self.truth)))


def counted(tried: Tried, weights: Array) -> tuple[Array, Array, Array]:
    """(choices,) as `counts`, of cases that weigh `weights` (cases,) each."""
    real, false = weights * tried.truth, weights * ~tried.truth
    hits = real @ tried.fired
    return hits, false @ tried.fired + weights @ tried.beside, real.sum() - hits


def f1(hits: Array, alarms: Array, missed: Array) -> Array:
    """The harmonic mean of precision and recall; 0 where nothing is found.

    >>> f1(np.array([3.0, 0.0]), np.array([1.0, 0.0]), np.array([1.0, 4.0])).tolist()
    [0.75, 0.0]
    """
    return np.asarray(2 * hits / np.maximum(2 * hits + alarms + missed, 1e-12))


def tried(
    definitions: Definitions, kind: str, choices: Sequence[Values], cases: Sequence[Case],
    advance: Callable[[float], object] = lambda done: None,
) -> Tried:  # fmt: skip
    """What each choice tells of each case; `advance` hears which part is done. Each case is run once for 100 choices.

    Kinds that the engine looks for in ways of their own, by their names, are run once for each choice.
    """
    fired, beside = np.zeros((2, len(cases), len(choices)), np.bool_)
    known = silenced(definitions, kind)
    for first, some in _runs(kind, choices):
        several, names = (changed(known, some[0]), [kind]) if kind in APART else multiplied(known, kind, some)
        for row, case in enumerate(cases):
            told = found(case, several)
            for k, name in enumerate(names):
                verdict = judged(case, told, name)
                fired[row, first + k], beside[row, first + k] = bool(verdict.told), bool(verdict.beside)
            advance((row + 1 + len(cases) * first / len(choices)) / len(cases) / len(range(0, len(choices), AT_ONCE)))
    return Tried(fired, beside, np.array([case.positive for case in cases], np.bool_))


def _runs(kind: str, choices: Sequence[Values]) -> list[tuple[int, Sequence[Values]]]:
    """(place of the first, the choices) of each run of the engine."""
    size = 1 if kind in APART else AT_ONCE
    return [(first, choices[first : first + size]) for first in range(0, len(choices), size)]
