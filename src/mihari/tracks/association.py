"""Which plot belongs to which track: clusters of gated pairs and loopy belief propagation in each.

Williams and Lau, "Approximate evaluation of marginal association probabilities with belief propagation", IEEE TAES
50(4), 2014. Pairs are rows of a sparse matrix: the plots of track k are `plot[begin[k]:begin[k + 1]]`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean


@lean
def root(parent: Array, i: int) -> int:
    """The representative of i's set, shortening the way."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@kernel
def clusters(begin: Array, plot: Array, plots: int) -> Any:
    """Tracks that share plots, by union-find: (order, start): cluster c is order[start[c]:start[c + 1]].

    Clusters come in the order of their first track, tracks in ascending order.
    """
    n = len(begin) - 1
    parent = np.arange(n)
    first = np.full(plots, -1)
    for i in range(n):
        for e in range(begin[i], begin[i + 1]):
            j = plot[e]
            if first[j] < 0:
                first[j] = i
            else:
                a, b = root(parent, i), root(parent, first[j])
                parent[max(a, b)] = min(a, b)
    number = np.empty(n, np.int64)
    k = 0
    for i in range(n):
        a = root(parent, i)
        if a == i:
            number[i] = k
            k += 1
        else:
            number[i] = number[a]
    start = np.zeros(k + 1, np.int64)
    for i in range(n):
        start[number[i] + 1] += 1
    for c in range(k):
        start[c + 1] += start[c]
    fill = start[:-1].copy()
    order = np.empty(n, np.int64)
    for i in range(n):
        order[fill[number[i]]] = i
        fill[number[i]] += 1
    return order, start


@kernel
def marginals(begin: Array, plot: Array, weight: Array, plots: int, sweeps: int, settled: float) -> Any:
    """Marginal association probabilities of all clusters, by belief propagation.

    weight: (pairs,) odds of "track's plot is j" over "track has no plot and j is clutter or new". Returns
    (probability (pairs,), none (tracks,), unclaimed (plots,)): of the pair, of the track having no plot, of the plot
    coming from no track. Exact where the graph of pairs is a tree. Each cluster stops on its own, so its result does
    not depend on what else is in the picture.

    One track, one plot, odds 3: three in four.

    >>> p, none, free = marginals(np.array([0, 1]), np.array([0]), np.array([3.0]), 1, 100, 1e-9)
    >>> float(p[0]), float(none[0]), float(free[0])
    (0.75, 0.25, 0.25)
    """
    order, start = clusters(begin, plot, plots)
    to_plot = np.zeros(len(weight))
    to_track = np.ones(len(weight))
    total = np.zeros(plots)
    for c in range(len(start) - 1):
        members = order[start[c] : start[c + 1]]
        for _ in range(sweeps):
            change = 0.0
            for i in members:
                for e in range(begin[i], begin[i + 1]):
                    total[plot[e]] = 0.0
            for i in members:
                s = 1.0
                for e in range(begin[i], begin[i + 1]):
                    s += weight[e] * to_track[e]
                for e in range(begin[i], begin[i + 1]):
                    message = weight[e] / (s - weight[e] * to_track[e])
                    change = max(change, abs(message - to_plot[e]) / (1.0 + message))
                    to_plot[e] = message
                    total[plot[e]] += message
            for i in members:
                for e in range(begin[i], begin[i + 1]):
                    to_track[e] = 1.0 / (1.0 + max(total[plot[e]] - to_plot[e], 0.0))
            if change < settled or len(members) == 1:
                break
    none = np.ones(len(begin) - 1)
    probability = np.empty(len(weight))
    for i in range(len(none)):
        s = 1.0
        for e in range(begin[i], begin[i + 1]):
            s += weight[e] * to_track[e]
        none[i] = 1.0 / s
        for e in range(begin[i], begin[i + 1]):
            probability[e] = weight[e] * to_track[e] / s
    unclaimed = np.empty(plots)
    for j in range(plots):
        unclaimed[j] = 1.0 / (1.0 + total[j])
    return probability, none, unclaimed
