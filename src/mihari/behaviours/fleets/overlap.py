"""Clusters now and members so far -> which cluster carries a fleet on, and which fleet a cluster belongs to.

A moving cluster keeps its identity while it keeps its members (Kalnis, Mamoulis and Bakiras, SSTD 2005), and splits and
merges are read off the overlap of members (MONIC: Spiliopoulou et al., KDD 2006).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array


@dataclass(frozen=True, slots=True)
class Overlap:
    """`main`, `held`: per fleet the cluster with most of its members (-1: none) and how many; `owner`: per cluster the
    fleet with most members in it (-1: none).
    """

    main: Array
    held: Array
    owner: Array


def overlap(label: Array, fleet: Array, counts: Array, formed: Array, clusters: int) -> Overlap:
    """`label`, `fleet`: per member its cluster (-1: none) and the place of its fleet in the order of seniority;
    `counts`: whether it counts; `formed`: per fleet. Formed ones own before candidates; of equals the first cluster and
    the senior fleet win.

    >>> member, of = np.array([0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 1])
    >>> found = overlap(member, of, np.ones(5, bool), np.array([True, False]), 2)
    >>> found.main.tolist(), found.held.tolist(), found.owner.tolist()
    ([0, 1], [2, 2], [0, 0])
    """
    fleets = len(formed)
    use = (label >= 0) & (fleet >= 0) & counts
    pair, number = np.unique(fleet[use] * max(clusters, 1) + label[use], return_counts=True)
    of, at = np.divmod(pair, max(clusters, 1))
    main, owner, held = np.full(fleets, -1), np.full(clusters, -1), np.zeros(fleets, np.int64)
    order = np.lexsort((-at, number))  # the last one written wins: most members, then the first cluster
    main[of[order]], held[of[order]] = at[order], number[order]
    order = np.lexsort((-of, number, formed[of]))
    owner[at[order]] = of[order]
    return Overlap(main, held, owner)
