"""What a tracker is made of, as Protocols: motion, gate, association, existence; and what they hand to each other.

Everything is a batch: the first axis runs over tracks (n), over gated pairs (k) or over plots (m); no part sees a
single track. Lengths are m in one local plane, x east and y north; times are s.

A part of your own is any class with these methods, nothing to inherit from. Nearest first, one plot a track:

>>> class Greedy:
...     def probabilities(self, pairs, odds, tracks, plots):
...         chosen, taken = np.zeros(len(pairs)), set()
...         for e in np.argsort(-odds):
...             if taken.isdisjoint({("track", pairs[e, 0]), ("plot", pairs[e, 1])}):
...                 taken |= {("track", pairs[e, 0]), ("plot", pairs[e, 1])}
...                 chosen[e] = 1.0
...         return chosen
>>> both = np.array([[0, 0], [1, 0], [1, 1]])
>>> Greedy().probabilities(both, np.array([5.0, 9.0, 3.0]), 2, 2).tolist()
[0.0, 1.0, 0.0]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mihari.core.columns import Array


@dataclass(frozen=True, slots=True)
class Belief:
    """Where n tracks are: of each a mixture of m Gaussians, one a mode of motion; m is 1 where there is one motion.

    weight: (n, m), sums to one; mean: (n, m, d); covariance: (n, m, d, d). The first four of d are x, y in m and their
    rates in m/s; what follows is the motion's own, such as a rate of turn in rad/s.

    Two modes, 10 m apart, equally likely: the spread between them is part of the covariance.

    >>> two = Belief(np.full((1, 2), 0.5), np.zeros((1, 2, 4)), np.zeros((1, 2, 4, 4)))
    >>> two.mean[0, 1, 0] = 10.0
    >>> x, P = two.merged()
    >>> x[0].tolist(), float(P[0, 0, 0])
    ([5.0, 0.0, 0.0, 0.0], 25.0)
    """

    weight: Array
    mean: Array
    covariance: Array

    def __len__(self) -> int:
        return len(self.weight)

    def take(self, rows: Array) -> Belief:
        """The chosen tracks (indices or a mask)."""
        return Belief(self.weight[rows], self.mean[rows], self.covariance[rows])

    def mode(self, j: int, size: int | None = None) -> Belief:
        """Mode j alone with weight one, of its states the first `size`."""
        ones = np.ones((len(self), 1))
        return Belief(ones, self.mean[:, j : j + 1, :size], self.covariance[:, j : j + 1, :size, :size])

    def merged(self) -> tuple[Array, Array]:
        """(n, 4) mean of x, y and their rates, and (n, 4, 4) covariance, of the mixture."""
        mean, covariance = self.mean[..., :4], self.covariance[..., :4, :4]
        middle = np.einsum("nm,nmd->nd", self.weight, mean)
        off = mean - middle[:, None]
        spread = covariance + off[..., :, None] * off[..., None, :]
        return middle, np.einsum("nm,nmde->nde", self.weight, spread)

    @classmethod
    def joined(cls, first: Belief, second: Belief) -> Belief:
        """The tracks of both, in this order."""
        return cls(
            np.concatenate([first.weight, second.weight]),
            np.concatenate([first.mean, second.mean]),
            np.concatenate([first.covariance, second.covariance]),
        )


def everywhere(detection: float) -> Callable[[Array], Array]:
    """The same probability of detection at every place.

    >>> everywhere(0.9)(np.zeros((2, 2))).tolist()
    [0.9, 0.9]
    """
    return lambda places: np.full(len(places), detection)


@dataclass(frozen=True, slots=True)
class Scan:
    """One look of one sensor, all of it at one time.

    places: (m, 2) measured x, y in m; covariances: (m, 2, 2) m². detection: (n, 2) places -> (n,) probability that a
    vessel there gives a plot in this look, 0 where the sensor did not look. clutter: false plots per m² and look, one
    figure or (m,) at the plots.

    >>> look = Scan(0.0, np.array([[100.0, 0.0]]), np.eye(2)[None] * 64.0, everywhere(0.9), 1e-6)
    >>> len(look)
    1
    """

    time: float
    places: Array
    covariances: Array
    detection: Callable[[Array], Array]
    clutter: float | Array

    def __len__(self) -> int:
        return len(self.places)


class Motion(Protocol):
    """How a vessel moves: begins beliefs from single plots and takes them through time."""

    def begin(self, places: Array, covariances: Array) -> Belief:
        """Tracks that begin at plots.

        places: (n, 2) m; covariances: (n, 2, 2) m². The velocity is what is known of vessels in general.

        >>> from mihari.lab import ConstantVelocity
        >>> one = ConstantVelocity(speed_sd=4.0).begin(np.zeros((1, 2)), np.eye(2)[None] * 64.0)
        >>> one.covariance[0, 0].diagonal().tolist()
        [64.0, 64.0, 16.0, 16.0]
        """

    def predict(self, belief: Belief, dt: float) -> Belief:
        """The same tracks dt s later, dt >= 0.

        >>> from mihari.lab import ConstantVelocity
        >>> straight = ConstantVelocity(acceleration=0.0)
        >>> one = straight.begin(np.zeros((1, 2)), np.zeros((1, 2, 2)))
        >>> one.mean[0, 0] = [0.0, 0.0, 3.0, -1.0]
        >>> straight.predict(one, 10.0).mean[0, 0].tolist()
        [30.0, -10.0, 3.0, -1.0]
        """


class Gate(Protocol):
    """Which plots may be a track's: what is left out here costs no more work."""

    def pairs(self, belief: Belief, places: Array, covariances: Array) -> Array:
        """(k, 2) rows of track and plot, ordered by track and then by plot.

        belief: n tracks at the time of the scan; places: (m, 2) m; covariances: (m, 2, 2) m².

        A track with 3 m and plots with 4 m of deviation: 5 m together, so a gate of 3² reaches 15 m.

        >>> from mihari.lab import ConstantVelocity, EllipsoidalGate
        >>> one = ConstantVelocity().begin(np.zeros((1, 2)), np.eye(2)[None] * 9.0)
        >>> plots = np.array([[14.9, 0.0], [0.0, 15.1], [-1.0, 2.0]])
        >>> EllipsoidalGate(9.0).pairs(one, plots, np.tile(np.eye(2) * 16.0, (3, 1, 1))).tolist()
        [[0, 0], [0, 2]]
        """


class Association(Protocol):
    """Which plot is whose, where a plot is of one track at most and a track has one plot at most."""

    def probabilities(self, pairs: Array, odds: Array, tracks: int, plots: int) -> Array:
        """(k,) probability that the pair's plot is its track's.

        pairs: (k, 2) as from the gate; odds: (k,) of "the plot is this track's" over "the track has no plot and the
        plot is clutter or a new vessel's". Over a track's pairs, and over a plot's, it sums to one at most: the rest is
        that the track has no plot, that the plot is nobody's.

        One track, one plot, odds of three to one:

        >>> from mihari.lab import BeliefPropagation, ExactJoint, NearestNeighbour
        >>> for part in (NearestNeighbour(), ExactJoint(), BeliefPropagation()):
        ...     part.probabilities(np.array([[0, 0]]), np.array([3.0]), 1, 1).tolist()
        [0.75]
        [0.75]
        [0.75]
        """


class Existence(Protocol):
    """Whether a track is a vessel, and what is told of it. Its states are its own: (n, c) numbers."""

    def begin(self, probability: Array) -> Array:
        """(n, c) states of new tracks; probability: (n,) that a vessel not yet tracked gave the first plot."""

    def predict(self, states: Array, dt: float) -> Array:
        """The same dt s later, before the sensor looked.

        >>> from mihari.lab import Bernoulli
        >>> lives_100_s = Bernoulli(survival_s=100.0)
        >>> round(float(lives_100_s.predict(lives_100_s.begin(np.array([0.5])), 100.0)[0, 0]), 3)  # 0.5 / e
        0.184
        """

    def probability(self, states: Array) -> Array:
        """(n,) that a vessel is there, as the odds of association take it."""

    def update(self, states: Array, detection: Array, none: Array) -> Array:
        """After a look.

        detection: (n,) probability of detection if a vessel is there, 0: nobody looked; none: (n,) probability that
        the track has no plot in this look.

        Half believed, looked at with 0.9 and not seen: 0.5 · 0.1 / (1 - 0.5 · 0.9) = 1/11.

        >>> from mihari.lab import Bernoulli
        >>> states = Bernoulli().update(np.array([[0.5, 1.0]]), np.array([0.9]), np.ones(1))
        >>> round(float(states[0, 0]), 4)
        0.0909
        """

    def status(self, states: Array, before: Array) -> Array:
        """(n,) `TrackStatus` by the states and the status before; what is DROPPED is given up.

        >>> from mihari.lab import Bernoulli
        >>> Bernoulli().status(np.array([[0.9, 2.0], [0.9, 1.0], [0.001, 3.0]]), np.zeros(3, int)).tolist()
        [1, 0, 3]
        """
