"""Pairs of neighbours -> clusters: the kernels of `clusters` that join vessels. Imports Numba.

`groups` (n, 4): how many vessels a neighbourhood holds, the parent in the forest of cores, the nearest core, and who
comes first of two as near. Every pair of neighbours is met once in each of two sweeps: the first counts, the second
joins. `v` and `limits` as in `near`; `band`, `start`: number and first place of each occupied band, and the end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.fleets.near import LON, apart, window_deg
from mihari.core.columns import Array
from mihari.core.kernels import kernel

COUNT, PARENT, HOST, RANK = range(4)


@kernel
def root(groups: Array, i: int) -> int:
    """The representative of i's set; halves the path to it."""
    while groups[i, PARENT] != i:
        groups[i, PARENT] = groups[groups[i, PARENT], PARENT]
        i = groups[i, PARENT]
    return i


@kernel
def host_if_nearer(i: int, j: int, apart: float, groups: Array, nearest: Array) -> None:
    """Core i takes j into its cluster unless a nearer core has; of two at one distance that of the smaller rank."""
    host = groups[j, HOST]
    if apart < nearest[j] or (apart == nearest[j] and groups[i, RANK] < groups[host, RANK]):
        nearest[j], groups[j, HOST] = apart, i


@kernel
def settled(i: int, j: int, dense: int, joining: bool, groups: Array) -> bool:
    """Whether it makes no difference if two vessels meet: both are known to be cores, in one cluster if they join."""
    if groups[i, COUNT] < dense or groups[j, COUNT] < dense:
        return False
    return not joining or groups[i, PARENT] == groups[j, PARENT]


@kernel
def meet(i: int, j: int, distance: float, dense: int, joining: bool, groups: Array, nearest: Array) -> None:
    """Two neighbours are counted, or joined if there is a core among them."""
    if not joining:
        groups[i, COUNT] += 1
        groups[j, COUNT] += 1
        return
    core, other = groups[i, COUNT] >= dense, groups[j, COUNT] >= dense
    if core and other:
        one, two = root(groups, i), root(groups, j)
        groups[one, PARENT] = two
        groups[i, PARENT] = groups[j, PARENT] = two
    elif core:
        host_if_nearer(i, j, distance, groups, nearest)
    elif other:
        host_if_nearer(j, i, distance, groups, nearest)


@kernel
def sweep(
    v: Array, band: Array, start: Array, wide: Array, limits: Any, dense: int, joining: bool, groups: Array, near: Array
) -> None:
    """All pairs of neighbours meet, each vessel with those east of it in its band and with the next band."""
    for k in range(len(band)):
        first, end = start[k], start[k + 1]
        sides = 2 if k + 1 < len(band) and band[k + 1] - band[k] <= 1 else 1
        for side in range(sides):
            west, last = (first, end) if side == 0 else (end, start[k + 2])
            for i in range(first, end):
                while west < last and v[west, LON] < v[i, LON] - wide[k]:
                    west += 1
                j = i + 1 if side == 0 else west
                while j < last and v[j, LON] <= v[i, LON] + wide[k]:
                    if not settled(i, j, dense, joining, groups):
                        distance = apart(v, i, j, limits)
                        if distance >= 0.0:
                            meet(i, j, distance, dense, joining, groups, near)
                    j += 1
        seam(v, first, end, first, start[k + sides], wide[k], limits, dense, joining, groups, near)
        if sides == 2:
            seam(v, end, start[k + 2], first, end, wide[k], limits, dense, joining, groups, near)


@kernel
def seam(
    v: Array,
    first: int,
    end: int,
    low: int,
    high: int,
    wide: float,
    limits: Any,
    dense: int,
    joining: bool,
    groups: Array,
    near: Array,
) -> None:
    """Pairs across longitude 0, as in `sweep`: one among places first to end, and to its west one among low to high."""
    for i in range(first, end if wide < 180.0 else first):
        if v[i, LON] >= wide:
            break
        for j in range(low, high):
            if v[j, LON] < v[i, LON] - wide + 360.0:
                continue
            distance = apart(v, i, j, limits)
            if distance >= 0.0:
                meet(i, j, distance, dense, joining, groups, near)


@kernel
def grown(v: Array, rank: Array, band: Array, start: Array, height: float, dense: int, limits: Any) -> Array:
    """(n,) a representative place of each vessel's cluster, -1 for none; all in the order of bands.

    `band`, `start`: number and first place of each occupied band, and the end; `height`: of a band, rad.
    """
    n = len(v)
    groups, nearest = np.empty((n, 4), np.int64), np.full(n, np.inf)
    for i in range(n):
        groups[i, COUNT], groups[i, PARENT], groups[i, HOST], groups[i, RANK] = 1, i, -1, rank[i]
    wide = np.array([window_deg(b * height - math.pi / 2, height, limits[0]) for b in band])
    sweep(v, band, start, wide, limits, dense, False, groups, nearest)
    sweep(v, band, start, wide, limits, dense, True, groups, nearest)
    result = np.empty(n, np.int64)
    for i in range(n):
        core = i if groups[i, COUNT] >= dense else groups[i, HOST]
        result[i] = root(groups, core) if core >= 0 else -1
    return result
