"""Echoes of one turn -> which of them a plot extractor makes one plot of: those in one resolution cell."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mihari.simulate.ways import Floats

TURN = 2 * np.pi
Ints = NDArray[np.int64]


def merged(
    slant: Floats, bearing: Floats, amplitude: Floats, range_cell: float, beam_width: float
) -> tuple[Callable[[Floats], Floats], Ints, Ints]:
    """Plots of echoes at slant range m, bearing rad, level dBm: (mean, count, strongest).

    Echoes closer than `range_cell` m in range and `beam_width` rad in bearing are one plot, and so are chains of them.
    `mean(values)` is the power-weighted mean per plot, `count` how many echoes, `strongest` which echo is the
    loudest, (plots,) each, in the order of the strongest's row. With a cell of 0 nothing merges.

    >>> mean, count, strongest = merged(
    ...     np.array([1000.0, 1010.0, 1000.0]), np.array([0.5, 0.5, 0.9]), np.array([-80.0, -80.0, -80.0]), 15.0, 0.01)
    >>> mean(np.array([1000.0, 1010.0, 1000.0])).tolist(), count.tolist(), strongest.tolist()
    ([1005.0, 1000.0], [2, 1], [0, 2])
    """
    n = len(slant)
    a, b = _close(slant, bearing, range_cell, beam_width) if range_cell > 0 and beam_width > 0 else _none()
    if len(a) == 0:
        return lambda values: values, np.ones(n, np.int64), np.arange(n)
    _, label = connected_components(coo_array((np.ones(len(a)), (a, b)), shape=(n, n)), directed=False)
    power = 10.0 ** (amplitude / 10.0)
    total = np.bincount(label, power)
    order = np.lexsort((np.arange(n), -power, label))
    loudest = order[np.append(True, label[order][1:] != label[order][:-1])]
    shown = np.argsort(loudest)  # plots in the order of the echoes
    count = np.bincount(label)

    def mean(values: Floats) -> Floats:
        near = values[loudest][label]
        return np.asarray((values[loudest] + np.bincount(label, power * (values - near)) / total)[shown])

    return mean, count[shown], loudest[shown]


def _none() -> tuple[Ints, Ints]:
    return np.zeros(0, np.int64), np.zeros(0, np.int64)


def _close(slant: Floats, bearing: Floats, range_cell: float, beam_width: float) -> tuple[Ints, Ints]:
    """Pairs in one cell, found among neighbours in bearing; bearings that meet at north are left apart."""
    order = np.argsort(bearing, kind="stable")
    sorted_bearing = bearing[order]
    last = np.searchsorted(sorted_bearing, sorted_bearing + beam_width, side="left")
    count = last - np.arange(len(order)) - 1
    first = np.repeat(np.arange(len(order)), count)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    a, b = order[first], order[second]
    close = np.abs(slant[a] - slant[b]) < range_cell
    return a[close], b[close]
