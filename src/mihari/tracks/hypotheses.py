"""Small clusters: every joint hypothesis, of those that differ by a permutation alone only the best.

Vessels side by side pull each other's tracks together where the hypotheses "1 has plot a, 2 has b" and "1 has b, 2 has
a" are averaged; which of them is a plot's own says nothing of where vessels are, only what they are called. Blom and
Bloem, "Probabilistic data association avoiding track coalescence", IEEE TAC 45(2), 2000: of the hypotheses with the
same tracks detected and the same plots used, the most likely one stands for all (JPDA*).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean


@lean
def numbered(members: Array, begin: Array, plot: Array, local: Array, most: int) -> int:
    """How many plots the cluster's tracks have in their gates; their numbers 0, 1, … into `local`, by plot.

    -1 where tracks and plots together are more than `most`. `local` is to hold -1 for the cluster's plots.
    """
    m = 0
    for i in members:
        for e in range(begin[i], begin[i + 1]):
            if local[plot[e]] < 0:
                local[plot[e]] = m
                m += 1
    return m if len(members) + m <= most else -1


@kernel
def enumerated(members: Array, begin: Array, plot: Array, weight: Array, local: Array, m: int, out: Any) -> None:
    """Marginal probabilities of one cluster by its hypotheses, into `out`: (probability (pairs,), none (tracks,)).

    A hypothesis is known by the sets of its tracks (bits of d) and plots (bits of u). A set of tracks is reached by
    adding one of a higher number, so each way to pair two sets is tried once and the best is kept.
    """
    probability, none = out
    n = len(members)
    best = np.zeros((1 << n, 1 << m))
    last = np.empty((1 << n, 1 << m), np.int64)  # the pair by which the highest track of d came in
    best[0, 0] = 1.0
    for d in range(1 << n):
        first = 0
        while d >> first:
            first += 1
        for u in range(1 << m):
            so_far = best[d, u]
            if so_far == 0.0:
                continue
            for k in range(first, n):
                i = members[k]
                for e in range(begin[i], begin[i + 1]):
                    bit = 1 << local[plot[e]]
                    if u & bit == 0 and so_far * weight[e] > best[d | 1 << k, u | bit]:
                        best[d | 1 << k, u | bit] = so_far * weight[e]
                        last[d | 1 << k, u | bit] = e
    total = 0.0
    for i in members:
        none[i] = 0.0
        for e in range(begin[i], begin[i + 1]):
            probability[e] = 0.0
    for d in range(1 << n):
        for u in range(1 << m):
            w = best[d, u]
            if w == 0.0:
                continue
            total += w
            v = u
            left = d
            for k in range(n - 1, -1, -1):
                if d >> k & 1:
                    e = last[left, v]
                    probability[e] += w
                    v ^= 1 << local[plot[e]]
                    left ^= 1 << k
                else:
                    none[members[k]] += w
    for i in members:
        none[i] /= total
        for e in range(begin[i], begin[i + 1]):
            probability[e] /= total
