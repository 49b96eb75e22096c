"""Whose plot is whose: the single best answer, all answers, or nearly all answers at the price of one.

All three take the same odds (`tracks.radar.associated`: of "the plot is this track's" over "the track has no plot and
the plot is clutter or new"), so a joint event is as likely as the product of the odds of its pairs.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mihari.core.columns import Array
from mihari.tracks.association import marginals


@dataclass(frozen=True, slots=True)
class NearestNeighbour:
    """The most probable joint event alone: global nearest neighbour, by SciPy's assignment.

    A chosen pair gets the probability that it would have if there was no other, odds / (1 + odds), so that existence
    stays a probability; every other pair gets none.

    Both tracks like plot 0 best; together they do better apart.

    >>> both = np.array([[0, 0], [0, 1], [1, 0]])
    >>> NearestNeighbour().probabilities(both, np.array([9.0, 3.0, 4.0]), 2, 2).tolist()
    [0.0, 0.75, 0.8]
    """

    def probabilities(self, pairs: Array, odds: Array, tracks: int, plots: int) -> Array:
        """See `Association`."""
        chosen = np.zeros(len(pairs))
        worth = np.log(np.maximum(odds, 1e-300))
        for rows in clusters(pairs, tracks, plots):
            track, i = np.unique(pairs[rows, 0], return_inverse=True)
            plot, j = np.unique(pairs[rows, 1], return_inverse=True)
            gain, pair = np.zeros((len(track), len(plot))), np.full((len(track), len(plot)), -1)
            gain[i, j], pair[i, j] = np.maximum(worth[rows], 0.0), rows  # no pair is better than an unlikely one
            best = pair[linear_sum_assignment(gain, maximize=True)]
            best = best[best >= 0]
            best = best[worth[best] > 0.0]
            chosen[best] = odds[best] / (1.0 + odds[best])
        return chosen


@dataclass(frozen=True, slots=True)
class ExactJoint:
    """All joint events: joint probabilistic data association, exact.

    Fortmann, Bar-Shalom, Scheffe, "Sonar tracking of multiple targets using joint probabilistic data association", IEEE
    J. Oceanic Engineering 8(3), 1983. Events are enumerated track by track; those that leave the same plots to the
    tracks still to come are added up at once. A cluster that needs more than `most` such sums at a time is left to
    belief propagation.

    Two tracks want one plot, odds 1 each: nobody's, the first's, the second's are equally likely.

    >>> ExactJoint().probabilities(np.array([[0, 0], [1, 0]]), np.ones(2), 2, 1).round(4).tolist()
    [0.3333, 0.3333]
    """

    most: int = 20_000

    def probabilities(self, pairs: Array, odds: Array, tracks: int, plots: int) -> Array:
        """See `Association`."""
        probability = np.zeros(len(pairs))
        for rows in clusters(pairs, tracks, plots):
            found = enumerated(pairs[rows], odds[rows], self.most)
            if found is None:
                found = BeliefPropagation().probabilities(pairs[rows], odds[rows], tracks, plots)
            probability[rows] = found
        return probability


@dataclass(frozen=True, slots=True)
class BeliefPropagation:
    """Loopy belief propagation, by the product's own kernel: exact where the pairs form a tree, nearly so elsewhere.

    Williams and Lau, "Approximate evaluation of marginal association probabilities with belief propagation", IEEE TAES
    50(4), 2014.

    The two tracks that want one plot form a tree:

    >>> BeliefPropagation().probabilities(np.array([[0, 0], [1, 0]]), np.ones(2), 2, 1).round(4).tolist()
    [0.3333, 0.3333]
    """

    sweeps: int = 1000
    settled: float = 1e-9

    def probabilities(self, pairs: Array, odds: Array, tracks: int, plots: int) -> Array:
        """See `Association`."""
        begin = np.searchsorted(pairs[:, 0], np.arange(tracks + 1)).astype(np.int64)
        plot = np.ascontiguousarray(pairs[:, 1], np.int64)
        weight = np.ascontiguousarray(odds, float)
        return np.asarray(marginals(begin, plot, weight, plots, self.sweeps, self.settled)[0])


def clusters(pairs: Array, tracks: int, plots: int) -> list[Array]:
    """Rows of the pairs that hang together by common tracks or plots.

    >>> [rows.tolist() for rows in clusters(np.array([[0, 0], [1, 2], [2, 0]]), 3, 3)]
    [[0, 2], [1]]
    """
    if len(pairs) == 0:
        return []
    size = tracks + plots
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], tracks + pairs[:, 1])), (size, size))
    label = connected_components(links, directed=False)[1][pairs[:, 0]]
    order = np.argsort(label, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(label[order])) + 1))


def enumerated(pairs: Array, odds: Array, most: int) -> Array | None:
    """(k,) exact marginals of one cluster; None if more than `most` sets of plots must be told apart at a time.

    Sums over the events of the tracks before (forward) and after (backward), by the set of plots taken.
    """
    tracks = [np.flatnonzero(pairs[:, 0] == i).tolist() for i in np.unique(pairs[:, 0])]
    number = {plot: n for n, plot in enumerate(np.unique(pairs[:, 1]).tolist())}
    bit = [1 << number[plot] for plot in pairs[:, 1].tolist()]
    later = [0] * (len(tracks) + 1)  # plots that the tracks from here on may want
    for t in range(len(tracks) - 1, -1, -1):
        later[t] = later[t + 1] | sum({bit[e] for e in tracks[t]})
    forward: list[dict[int, float]] = [{0: 1.0}]
    for t, edges in enumerate(tracks):
        after: dict[int, float] = defaultdict(float)
        for taken, sum_ in forward[t].items():
            after[taken & later[t + 1]] += sum_
            for e in edges:
                if not taken & bit[e]:
                    after[(taken | bit[e]) & later[t + 1]] += sum_ * float(odds[e])
        if len(after) > most:
            return None
        forward.append(after)
    probability, backward = np.zeros(len(pairs)), {0: 1.0}
    for t in range(len(tracks) - 1, -1, -1):
        before: dict[int, float] = {}
        for taken, sum_ in forward[t].items():
            rest = backward[taken & later[t + 1]]
            for e in tracks[t]:
                if not taken & bit[e]:
                    more = float(odds[e]) * backward[(taken | bit[e]) & later[t + 1]]
                    probability[e] += sum_ * more
                    rest += more
            before[taken] = rest
        backward = before
    return probability / backward[0]
