"""The same samples as the language's evaluator asks for them: slow, by other means than the matcher, to prove it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mihari.behaviours.algebra import Steps, Timelines
from mihari.behaviours.language import Definitions, Events, Field, evaluate
from mihari.behaviours.language.facts import WORD
from mihari.core.columns import Array
from mihari.library.live.figures import PANES, STEPS, Primitives

Legs = tuple[Array, Array, Array]  # start (n,), end (n,), values (n, bases)


def legs_of(times: Array, columns: Array, of_leg: Sequence[bool], step_s: int) -> Legs:
    """From each sample (n,), (n, bases) to the next, where that is near enough.

    >>> legs_of(np.array([0, 10, 99]), np.array([[1.0], [2.0], [3.0]]), [False], 60)
    (array([0]), array([10]), array([[1.]]))
    """
    values = np.where(np.asarray(of_leg), columns[1:], columns[:-1]).reshape(-1, columns.shape[1])
    near = np.diff(times) <= step_s
    return times[:-1][near], times[1:][near], values[near]


def over_while(start: Array, values: Array, statistic: str, window_s: int, step: float) -> Array:
    """(n,) mean, least, most or span of the values told from the first of the newest panes on, in whole steps.

    >>> over_while(np.array([0, 50, 110]), np.array([1.0, 4.0, 2.0]), "most", 60, 0.5)
    array([1., 4., 2.])
    """
    pane = window_s // PANES
    found = np.full(len(start), np.nan)
    for row, (time, first) in enumerate(
        zip(start.tolist(), ((start // pane - PANES + 1) * pane).tolist(), strict=True)
    ):
        told = values[(start >= first) & (start <= time)]
        whole = [max(-STEPS, min(STEPS, round(value / step))) for value in told[~np.isnan(told)].tolist()]
        if whole:
            how = {"mean": sum(whole) / len(whole), "least": min(whole), "most": max(whole)}
            found[row] = (how[statistic] if statistic in how else max(whole) - min(whole)) * step
    return found


@dataclass(frozen=True)
class Ways:
    """Facts of some vessels, each with its samples in the order of time: times (n,), s; columns (n, bases)."""

    primitives: Primitives
    bases: tuple[str, ...]
    samples: Sequence[tuple[Array, Array]]
    step_s: int
    pairs: Array = field(default_factory=lambda: np.empty((0, 2), np.int64))

    def __post_init__(self) -> None:
        of_leg = [self.primitives.bases[name].of_leg for name in self.bases]
        object.__setattr__(
            self, "_legs", [legs_of(t, np.asarray(c, float), of_leg, self.step_s) for t, c in self.samples]
        )
        object.__setattr__(self, "_made", {})

    @property
    def vessels(self) -> int:
        """How many."""
        return len(self.samples)

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """A figure, by vessel."""
        made: dict[str, Steps] = self._made  # type: ignore[attr-defined]
        full = f"{name}({', '.join(words)})" if words else name
        if full not in made:
            made[full] = self._steps(full)
        return made[full], self.primitives.unit(full)

    def _steps(self, name: str) -> Steps:
        figure = self.primitives.figures[name]
        base, column = self.primitives.bases[figure.base], self.bases.index(figure.base)
        made = [Steps.empty()]
        for key, (start, end, told) in enumerate(self._legs):  # type: ignore[attr-defined]
            value = told[:, column]
            if figure.statistic:
                value = over_while(start, value, figure.statistic, figure.window_s, base.step)
            made.append(Steps(np.full(len(start), key), start, end, value))
        return Steps.concatenate(made)

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding, from the samples that tell it."""
        found, _ = self.steps(name, words)
        return found.while_(found.value > 0.5)

    def attribute(self, name: str) -> Field:
        """What the last sample of each vessel tells."""
        base, column = self.primitives.bases[name], self.bases.index(name)
        last = np.array([told[-1, column] if len(told) else np.nan for _, told in self.samples], float)
        if base.unit == WORD:
            return Field(np.where(np.isnan(last), -1, last).astype(np.int64), WORD, base.words)
        return Field(last, base.unit)

    def events(self, name: str) -> Events:
        """There are none."""
        raise KeyError(name)

    def words(self, name: str) -> Sequence[str]:
        """There are none."""
        return ()


def told_by_language(definitions: Definitions, ways: Ways, only: Sequence[str]) -> Mapping[str, Timelines]:
    """When the definitions hold for the vessels, as the language has it, everything being over."""
    return evaluate(definitions, ways, only=only)
