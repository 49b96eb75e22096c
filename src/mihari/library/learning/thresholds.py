"""Which value of a parameter finds most of what was confirmed with fewest false alarms: figures and a suggestion.

Few cases say little of a threshold: with thirty of them the best value on paper is often the best by chance. So the
figures are smoothed along the values with a Gaussian as wide as the places spread at which the cases begin or cease to
fire (Silverman, Density Estimation, 1986, section 3.4.2), the F1 of what is smoothed is taken, and each step away from
the present value must bring something. How sure that is, is told by weighing the cases anew many times (Rubin, The
Bayesian Bootstrap, Annals of Statistics 9, 1981). It says nothing of vessels that are unlike the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import ndtr

from mihari.behaviours.language import Definitions
from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.library.cases import Case, counted
from mihari.library.learning.trying import Tried, f1, tried
from mihari.library.learning.trying import counted as weighed
from mihari.library.learning.values import Range
from mihari.library.learning.variants import Values

LEAST = 3  # confirmed and false cases each, of which anything can be told
STEP = 0.05  # of F1 that a value must bring for each factor of e = 2.7 from the present one
SILVERMAN = 0.9
NARROWEST = 0.05  # of a Gaussian, in logarithms: 5 %, which is a step of the values
DRAWS = 200
CERTAIN = 0.1  # is left out of what is told at either end
SAME = 0.02  # of F1: values that differ by less are alike
SEED = 1  # of the weights: the same cases give the same suggestion


@dataclass(frozen=True, slots=True)
class Choice:
    """What is suggested: the place of the present and of the best choice among all.

    `expected`: (choices,) smoothed F1; `alike`: (choices,) whether it may be as good as the best; `gain`: F1 that the
    best brings beside the present one, in 8 of 10 weighings of the cases.
    """

    present: int
    best: int
    expected: Array
    alike: Array
    gain: tuple[float, float]

    @property
    def likely(self) -> tuple[int, int]:
        """Of one parameter: places between which all may be as good as the best."""
        worse = np.flatnonzero(~self.alike)
        below, above = worse[worse < self.best], worse[worse > self.best]
        return int(below.max(initial=-1)) + 1, int(above.min(initial=len(self.alike))) - 1


@dataclass(frozen=True, slots=True)
class Tuning:
    """All that is told of one behaviour's parameters: what was tried, what came of it, what is suggested."""

    kind: str
    ranges: tuple[Range, ...]
    choices: tuple[Values, ...]
    cases: tuple[Case, ...]
    tried: Tried
    choice: Choice

    @property
    def figures(self) -> tuple[Array, Array, Array]:
        """(choices,) precision (NaN where nothing fires), recall, F1."""
        hits, alarms, missed = self.tried.counts
        told = hits + alarms
        return np.where(told > 0, hits / np.maximum(told, 1), np.nan), hits / (hits + missed), f1(hits, alarms, missed)


def choices_of(ranges: Sequence[Range]) -> tuple[Values, ...]:
    """All choices of values; the last parameter changes first."""
    names = [r.name for r in ranges]
    return tuple(dict(zip(names, some, strict=True)) for some in product(*(r.values for r in ranges)))


def tune(
    definitions: Definitions, kind: str, ranges: Sequence[Range], cases: Sequence[Case],
    advance: Callable[[float], object] = lambda done: None,
) -> Tuning:  # fmt: skip
    """Try all values of one parameter or two on labelled cases. BadInput where too few cases are confirmed or false."""
    confirmed, false = counted(cases)
    if min(confirmed, false) < LEAST:
        raise BadInput(f"expected {LEAST} confirmed and {LEAST} false cases at least, found {confirmed} and {false}")
    choices = choices_of(ranges)
    found = tried(definitions, kind, choices, cases, advance)
    return Tuning(kind, tuple(ranges), choices, tuple(cases), found, chosen(found, ranges))


def chosen(tried: Tried, ranges: Sequence[Range], draws: int = DRAWS) -> Choice:
    """The choice that is likely to do best on cases to come; `draws`: how often cases are weighed anew."""
    smooth, price = _smoothing(tried, ranges), _price(ranges)
    present = int(np.argmin(price))
    n, rng = len(tried.truth), np.random.default_rng(SEED)
    expected = _f1(tried, np.ones(n), smooth)
    others = np.array([_f1(tried, w, smooth) for w in rng.dirichlet(np.ones(n), draws) * n])
    best = _top(expected - price)
    alike = (others >= others[:, [best]] - SAME).mean(axis=0) >= CERTAIN
    low, high = np.quantile(others[:, best] - others[:, present], [CERTAIN, 1 - CERTAIN])
    return Choice(present, best, expected, alike, (float(low), float(high)))


def _f1(tried: Tried, weights: Array, smooth: Array) -> Array:
    """(choices,) F1 of smoothed counts."""
    return f1(*(count @ smooth for count in weighed(tried, weights)))


def _top(score: Array) -> int:
    """The middle of the places that share the highest score."""
    places = np.flatnonzero(score >= score.max() - 1e-9)
    return int(places[len(places) // 2])


def _price(ranges: Sequence[Range]) -> Array:
    """(choices,) of F1, for being so far from the present values."""
    away = [np.abs(r.places - r.places[r.at_present]) for r in ranges]
    return np.asarray(STEP * np.sum(np.meshgrid(*away, indexing="ij"), axis=0).ravel())


def _smoothing(tried: Tried, ranges: Sequence[Range]) -> Array:
    """(choices, choices) weights of each choice (row) for each other (column), by the ranges in turn."""
    found: Array = np.ones((1, 1))
    shape = tuple(len(r.values) for r in ranges)
    for axis, r in enumerate(ranges):
        found = np.kron(found, _gaussian(r.places, _width(tried, r.places, shape, axis)))
    return found


def _width(tried: Tried, places: Array, shape: tuple[int, ...], axis: int) -> float:
    """How far to smooth along a parameter: by the spread of where cases begin or cease to fire, within a class."""
    along = np.moveaxis(tried.fired.reshape(len(tried.truth), *shape), axis + 1, -1)
    turn = along[..., 1:] != along[..., :-1]
    middle = (places[1:] + places[:-1]) / 2
    rows, at = np.nonzero(turn)[0], middle[np.nonzero(turn)[-1]]
    spreads = [at[tried.truth[rows] == sign] for sign in (False, True)]
    known = [(len(some), float(np.var(some))) for some in spreads if len(some) > 1]
    if not known:
        return NARROWEST
    variance = sum(n * v for n, v in known) / sum(n for n, _ in known)
    return float(max(SILVERMAN * np.sqrt(variance) * len(tried.truth) ** -0.2, NARROWEST))


def _gaussian(places: Array, width: float) -> Array:
    """(n, n) weights, by column 1; beyond its ends a range goes on as it ends."""
    edges = np.concatenate([[-np.inf], (places[1:] + places[:-1]) / 2, [np.inf]])
    found = np.diff(ndtr((edges[:, None] - places) / width), axis=0)
    return np.asarray(found / found.sum(axis=0))
