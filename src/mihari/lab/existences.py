"""Whether a track is a vessel: by probability, or by counting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.core.tracks import TrackStatus

TENTATIVE, CONFIRMED, COASTED, DROPPED = (int(status) for status in TrackStatus)
SURE = 0.9999999  # what was never in doubt could not be given up


@dataclass(frozen=True, slots=True)
class Bernoulli:
    """A probability of existence, by Bayes' rule (Musicki and Evans, "Joint integrated probabilistic data association:
    JIPDA", IEEE TAES 40(3), 2004; as a Bernoulli component: Williams, IEEE TAES 51(3), 2015).

    survival_s: mean life. Confirmed above `confirm` with `plots` plots, coasted below `keep`, dropped below `drop`.
    States: probability, plots so far.
    """

    survival_s: float = 3600.0
    confirm: float = 0.75
    plots: int = 2
    keep: float = 0.6
    drop: float = 0.004

    def begin(self, probability: Array) -> Array:
        """See `Existence`."""
        return np.column_stack([np.minimum(probability, SURE), np.ones(len(probability))])

    def predict(self, states: Array, dt: float) -> Array:
        """See `Existence`."""
        return np.asarray(states * [np.exp(-dt / self.survival_s), 1.0])

    def probability(self, states: Array) -> Array:
        """See `Existence`."""
        return np.asarray(states[:, 0])

    def update(self, states: Array, detection: Array, none: Array) -> Array:
        """See `Existence`: it exists if it has a plot, or if it has none and was overlooked."""
        r, plots = states.T
        overlooked = r * (1.0 - detection) / (1.0 - r * detection)
        exists = none * overlooked + (1.0 - none)
        return np.column_stack([np.minimum(exists, SURE), plots + (1.0 - none > 0.5 * exists)])

    def status(self, states: Array, before: Array) -> Array:
        """See `Existence`."""
        r, plots = states.T
        after = before.copy()
        after[(before != CONFIRMED) & (r > self.confirm) & (plots >= self.plots)] = CONFIRMED
        after[(before == CONFIRMED) & (r < self.keep)] = COASTED
        after[r < self.drop] = DROPPED
        return after


@dataclass(frozen=True, slots=True)
class MOfN:
    """Counting: confirmed with m plots in the first n looks, else dropped; then dropped after `misses` looks in a row
    without a plot, coasted from the second on (Blackman and Popoli, "Design and Analysis of Modern Tracking Systems",
    1999).

    Association takes every track for a vessel. States: looks, plots, misses in a row.

    Two plots of three looks:

    >>> two_of_three, states = MOfN(2, 3), MOfN(2, 3).begin(np.ones(2))
    >>> for none in ([1.0, 1.0], [1.0, 0.0]):
    ...     states = two_of_three.update(states, np.full(2, 0.9), np.array(none))
    >>> two_of_three.status(states, np.zeros(2, int)).tolist()  # the first has missed twice
    [3, 1]
    """

    m: int = 3
    n: int = 4
    misses: int = 5

    def begin(self, probability: Array) -> Array:
        """See `Existence`."""
        return np.tile([1.0, 1.0, 0.0], (len(probability), 1))

    def predict(self, states: Array, dt: float) -> Array:
        """See `Existence`: counting knows no time."""
        return states

    def probability(self, states: Array) -> Array:
        """See `Existence`."""
        return np.ones(len(states))

    def update(self, states: Array, detection: Array, none: Array) -> Array:
        """See `Existence`. A look that could not see it does not count."""
        looks, plots, missed = states.T
        looked, found = detection > 0.01, none < 0.5
        count = np.where(found, 0.0, missed + looked)
        return np.column_stack([looks + (looked | found), plots + found, count])

    def status(self, states: Array, before: Array) -> Array:
        """See `Existence`."""
        looks, plots, missed = states.T
        after = before.copy()
        young = before == TENTATIVE
        after[young & (looks <= self.n) & (plots >= self.m)] = CONFIRMED
        after[young & (plots + np.maximum(self.n - looks, 0) < self.m)] = DROPPED
        after[~young & (missed == 0)] = CONFIRMED
        after[~young & (missed >= 2)] = COASTED
        after[~young & (missed >= self.misses)] = DROPPED
        return after
