"""Echoes of one scan -> plots: what lies in one resolution cell becomes one plot, at the centre of power."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
TURN = 2 * np.pi


@dataclass(frozen=True)
class Merged:
    """Plots of one scan, the strongest echo's first: m, rad in [0, 2π), power; `strongest`: row of that echo.

    `plot`: of each echo, the plot that it went into.
    """

    range: Floats
    bearing: Floats
    power: Floats
    strongest: NDArray[np.int64]
    plot: NDArray[np.int64]


def merged(range_: ArrayLike, bearing: ArrayLike, power: ArrayLike, cell: tuple[float, float]) -> Merged:
    """Echoes that a radar cannot tell apart, as one plot each: power-weighted range and bearing, powers added.

    range_: m; bearing: rad; power: any linear unit; cell: (down range m, beam width rad). The extractor picks peaks:
    the strongest echo takes all that lie less than a cell from it in both, then the strongest of the rest, so a long
    row of vessels is several plots. Echoes of the same power: the earlier row first.

    >>> m = merged([1000.0, 1008.0, 1100.0], [6.283, 0.001, 0.0], [1.0, 3.0, 1.0], (12.0, 0.008))
    >>> m.range.tolist(), m.bearing.round(4).tolist(), m.power.tolist(), m.plot.tolist()
    ([1006.0, 1100.0], [0.0007, 0.0], [4.0, 1.0], [0, 0, 1])
    """
    from mihari.sensors.echo_kernels import merge  # Numba, half a second

    r, p = np.asarray(range_, dtype=np.float64), np.asarray(power, dtype=np.float64)
    b = np.mod(np.asarray(bearing, dtype=np.float64), TURN)
    plot = np.full(len(r), -1, dtype=np.int64)
    order, by_bearing = np.argsort(-p, kind="stable"), np.argsort(b, kind="stable")
    n = merge(r, b, p, order, by_bearing, float(cell[0]), float(cell[1]), plot)
    strongest = order[np.unique(plot[order], return_index=True)[1]]
    total = np.bincount(plot, p, n).astype(np.float64)
    turned = np.mod(b - b[strongest][plot] + np.pi, TURN) - np.pi  # near the peak, across north too
    return Merged(
        range=np.bincount(plot, p * r, n) / total,
        bearing=np.mod(b[strongest] + np.bincount(plot, p * turned, n) / total, TURN),
        power=total,
        strongest=strongest,
        plot=plot,
    )
