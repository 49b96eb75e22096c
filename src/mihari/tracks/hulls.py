"""Several plots of one hull -> one. A lidar, or a radar close by, sees bow, side and wheelhouse as plots of their own.

Two measurements of one vessel in one look would break what association rests on: at most one each. So plots nearer to
each other than a hull is long are made one before it: the mean of their places, with the covariance of one of them
(they share its errors, and none is known to be the vessel's middle) and what they scatter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.tracks.clutter import density, ring_of


@kernel
def joined_hulls(plots: Array, radar: Any) -> Array:
    """(n,) of PLOT: those within `radar.hull` m of the middle of a hull are taken into it.

    Nearest first, so what comes out does not depend on the order in which they came. A hull's row, time and water are
    those of its nearest plot.
    """
    hull2 = radar.hull * radar.hull
    away = np.empty(len(plots))
    for j in range(len(plots)):
        away[j] = plots[j].x * plots[j].x + plots[j].y * plots[j].y
    order, n = np.argsort(away, kind="mergesort"), 0
    hulls, members = np.empty_like(plots), np.empty(len(plots), np.int64)
    scatter = np.zeros((len(plots), 3))
    for o in order:
        p = plots[o]
        best, least = -1, hull2
        for k in range(n):
            dx, dy = p.x - hulls[k].x, p.y - hulls[k].y
            if dx * dx + dy * dy < least:
                best, least = k, dx * dx + dy * dy
        if best < 0:
            hulls[n] = p
            members[n] = 1
            n += 1
        else:
            members[best] += 1
            put_into(hulls[best], scatter[best], p, 1.0 / members[best])
    for k in range(n):
        if members[k] > 1:
            h, covariance = hulls[k], hulls[k].covariance
            for a in range(3):
                covariance[a] += scatter[k, a] / members[k]
            h.ring = ring_of(radar, np.sqrt(h.x * h.x + h.y * h.y))
            h.clutter = density(radar, h.ring)
            h.sd = np.sqrt(covariance[0] + covariance[2])
    return hulls[:n]


@kernel
def put_into(h: Any, scatter: Array, p: Any, share: float) -> None:
    """Takes plot p into hull h: means by `share`, sums of squares about them (Welford, Technometrics 4(3), 1962)."""
    place, covariance = h.place, h.covariance
    dx, dy = p.x - h.x, p.y - h.y
    h.x, h.y = h.x + share * dx, h.y + share * dy
    for k in range(3):
        place[k] += share * (p.place[k] - place[k])
        covariance[k] += share * (p.covariance[k] - covariance[k])
    scatter[0] += (1.0 - share) * dx * dx
    scatter[1] += (1.0 - share) * dx * dy
    scatter[2] += (1.0 - share) * dy * dy
