"""LIB-1, LIB-2: thresholds that are off by two, or right, and what thirty labelled cases make of them.

Each case of a pool is run once at all values; the right value is the one with the highest F1 over the pool. Then thirty
cases are drawn to learn from and 300 others to judge, again and again.
"""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np

from benchmarks.library_cases import FACTORS, FIGURES, Figure, pool
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Definitions, Quantity
from mihari.core.columns import Array
from mihari.library import load, merged
from mihari.library.learning import Tried, chosen, tried
from mihari.library.learning.trying import f1
from mihari.library.learning.values import Range
from mihari.library.pattern import FOLDER, OWN

POOL, SEED = 640, 2026
DRAWS, LABELLED, UNSEEN = 20, 30, 300
OCTAVE = 4  # steps of `FACTORS`


def values(figure: Figure) -> tuple[Quantity, ...]:
    """What is tried; durations in whole seconds."""
    numbers = figure.middle * FACTORS
    if figure.unit == "min":
        return tuple(Quantity(float(round(x * 60.0)), "s") for x in numbers)
    return tuple(Quantity(float(x), figure.unit) for x in numbers)


def asked(figure: Figure) -> tuple[Definitions, str]:
    """The definitions, and what the parameter is called there."""
    if not (FOLDER / f"{figure.kind}.toml").exists():
        return built_in(), figure.parameter
    return merged([load(figure.kind)]), f"{figure.kind}{OWN}{figure.parameter}"


def tried_out(name: str, count: int = POOL, seed: int = SEED) -> Tried:
    """A pool of cases, each at all values."""
    figure = FIGURES[name]
    definitions, parameter = asked(figure)
    return tried(definitions, figure.kind, [{parameter: x} for x in values(figure)], pool(figure, count, seed))


def rows_of(name: str, draw: int) -> Array:
    """(330,) places in the pool: those to learn from, then those to judge."""
    return np.random.default_rng([draw, *name.encode()]).permutation(POOL)[: LABELLED + UNSEEN]


def judged(name: str, known: Tried, right: int) -> dict[str, float]:
    """Of one draw: the share of the gap that is recovered from twice the right value and from half of it, F1 lost."""
    some, scores = known.take(np.arange(LABELLED)), _scores(known.take(np.arange(LABELLED, len(known.truth))))
    of, found = values(FIGURES[name]), {}
    for how, step in (("twice", OCTAVE), ("half", -OCTAVE), ("lost", 0)):
        present = right + step
        best = chosen(some, [Range("it", of[present], of)]).best
        gained, gap = scores[best] - scores[present], scores.max() - scores[present]
        found[how] = float(gained / gap) if step else float(-gained)
    return found


def again(name: str, kept: dict[str, Any], draw: int = 0) -> dict[str, float]:
    """One draw of one behaviour once more, from the tracks on."""
    figure = FIGURES[name]
    definitions, parameter = asked(figure)
    cases, rows = pool(figure, POOL, SEED), rows_of(name, draw)
    known = tried(definitions, figure.kind, [{parameter: x} for x in values(figure)], [cases[row] for row in rows])
    return judged(name, known, kept["place"])


def _scores(some: Tried) -> Array:
    return f1(*some.counts)


def _best(scores: Array) -> int:
    places = np.flatnonzero(scores == scores.max())
    return int(places[len(places) // 2])


def measured(name: str) -> dict[str, Any]:
    """All draws of one behaviour: the figures that are kept."""
    known = tried_out(name)
    scores = _scores(known)
    right = _best(scores)
    draws = [judged(name, known.take(rows_of(name, draw)), right) for draw in range(DRAWS)]
    found = {how: [one[how] for one in draws] for how in draws[0]}
    return {
        "place": right,
        "right": str(values(FIGURES[name])[right]),
        "f1": {
            "right": float(scores[right]),
            "twice": float(scores[right + OCTAVE]),
            "half": float(scores[right - OCTAVE]),
        },
        "recovered": statistics.median([*found["twice"], *found["half"]]),
        "spread": np.quantile([*found["twice"], *found["half"]], [0.1, 0.25, 0.75, 0.9]).tolist(),
        "twice": statistics.median(found["twice"]),
        "half": statistics.median(found["half"]),
        "lost": statistics.fmean(found["lost"]),
        "lost_spread": np.quantile(found["lost"], [0.0, 0.25, 0.75, 1.0]).tolist(),
        "draws": found,
    }
