"""Ten thousand patterns as a library could have them: two to five comparisons each, most with a duration.

Thresholds are chosen by how often the comparison is met on the coast, so that each pattern asks for
something that does happen, and seldom all at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.library_coast import BASES, CATEGORIES
from mihari.behaviours.language import Definitions, Vocabulary, parse
from mihari.behaviours.language.facts import WORD
from mihari.core.columns import Array
from mihari.library.live import Base, Primitives

OVER: dict[str, Callable[[Array], Array]] = {
    "mean": lambda over: np.mean(over, axis=-1),
    "least": lambda over: np.min(over, axis=-1),
    "most": lambda over: np.max(over, axis=-1),
    "span": lambda over: np.ptp(over, axis=-1),
}
MET = 0.005, 0.12  # share of the time that a comparison is met
UNITS = ("kn", "kn", "deg", "h", "", "", "NM", "NM", "NM", "NM", "m", "")
KNOWN = Primitives.of([
    *(Base(name, unit, of_leg=name == "made_good") for name, unit in zip(BASES, UNITS, strict=False)),
    Base("slow", finding=True), Base("length", "m"), Base("category", WORD, words=CATEGORIES),
])  # fmt: skip
VOCABULARY = KNOWN.added_to(
    Vocabulary(
        timelines={"slow": (1, 0), "near": (2, 0)},
        attributes={"length": "m", "category": WORD},
        measures={name: (1, 0, unit) for name, unit in zip(BASES, UNITS, strict=False)},
    )
)
FIGURES = tuple(name for name, figure in KNOWN.figures.items() if figure.base in BASES[: len(UNITS)])


def seen_on(told: Array, pace_s: int) -> dict[str, Array]:
    """Values of each figure in what vessels told, (times, vessels, bases), `pace_s` apart."""
    found = {}
    for name in FIGURES:
        figure = KNOWN.figures[name]
        column = told[:, :, BASES.index(figure.base)]
        if figure.statistic:
            over = np.lib.stride_tricks.sliding_window_view(column, max(figure.window_s // pace_s, 1), axis=0)
            column = OVER[figure.statistic](over)
        found[name] = column.ravel()
    return found


def patterns(count: int, seen: dict[str, Array], rng: np.random.Generator) -> Definitions:
    """So many; `seen`: values that each figure has had on the coast."""
    sorted_ = {name: np.sort(values[~np.isnan(values)]) for name, values in seen.items()}
    written = [_pattern(f"p{k}", sorted_, rng) for k in range(count)]
    made = None
    for first in range(0, count, 1000):  # a file has an end
        made = parse("\n".join(written[first : first + 1000]), "made-up patterns", VOCABULARY, made)
    assert made is not None
    return made


def _pattern(name: str, seen: dict[str, Array], rng: np.random.Generator) -> str:
    told = [_comparison("v", seen, rng) for _ in range(rng.integers(2, 6))]
    kind = rng.random()
    if kind < 0.05:
        return f"{name}(v, w) = near(v, w) and {' and '.join(told)} lasting at least 10 min"
    if kind < 0.15 and len(told) > 2:
        body = f"({told[0]} or {told[1]}) and {' and '.join(told[2:])}"
    elif kind < 0.35:
        body = f"({' and '.join(told[:-1])} without ({told[-1]}))"
    else:
        body = " and ".join(told)
    if rng.random() < 0.15:
        body += f" and category(v) is not {rng.choice(CATEGORIES)}"
    if rng.random() < 0.1:
        body += f" and length(v) > {rng.integers(8, 150)} m"
    if rng.random() < 0.05:
        body = f"slow(v) and {body}"
    return f"{name}(v) = {body}{_clauses(rng)}"


def _clauses(rng: np.random.Generator) -> str:
    if rng.random() > 0.7:
        return ""
    breaks = f" ignoring breaks up to {rng.integers(1, 16)} min" if rng.random() < 0.4 else ""
    how = rng.choice(["at least", "more than", "less than"], p=[0.8, 0.15, 0.05])
    return f"{breaks} lasting {how} {rng.choice([5, 10, 15, 20, 30, 45, 60, 90, 120])} min"


def _comparison(vessel: str, seen: dict[str, Array], rng: np.random.Generator) -> str:
    """Of a figure with a number: met so often."""
    figure, met, low = str(rng.choice(FIGURES)), rng.uniform(*MET), rng.random() < 0.5
    values = seen[figure]
    number = values[int((met if low else 1.0 - met) * (len(values) - 1))] * rng.uniform(0.98, 1.02)
    number = number if number > 0.001 else rng.uniform(0.001, 0.05)  # much lies still: zero is no threshold
    sign = rng.choice(["<", "<="] if low else [">", ">="])
    return f"{figure}({vessel}) {sign} {number:.4g} {KNOWN.unit(figure)}"
