"""Vessels and tracks over a window of time -> OSPA(2), which sees broken and swapped tracks where OSPA does not.

Beard, Vo & Vo, "A solution for large-scale multi-object tracking", IEEE Trans. Signal Processing 68 (2020) 2754-2769,
section V: OSPA between two sets of tracks, whose base distance is the mean, over the times at which at least one of
the two exists, of the distance between them, cut off; the cutoff where only one exists. Times may carry weights.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.score.near import ClosePairs
from mihari.score.ospa import ospa_of_pairs


@dataclass(frozen=True, slots=True)
class Instant:
    """Who was where at one time: ids, points (n, d) of vessels and of tracks, and which are closer than the cutoff."""

    time: float
    vessel: Array
    vessel_point: Array
    track: Array
    track_point: Array
    near: ClosePairs


def ospa2(
    window: Sequence[Instant],
    cutoff: float = 100.0,
    order: float = 1.0,
    base_order: float = 1.0,
    weights: Array | None = None,
) -> float:
    """OSPA(2) over the instants of a window, m; `weights` (one for each instant) are equal if not given.

    A vessel held for two instants by one track, 10 m off, then by another: 10 m one half of the time, nobody the other,
    and a track too many: ((10 + 100) / 2 + 100) / 2.

    >>> from mihari.score.near import close_pairs
    >>> ship, seen = np.array([[0.0]]), np.array([[10.0]])
    >>> first = Instant(0.0, np.array([7]), ship, np.array([1]), seen, close_pairs(ship, seen, 100.0))
    >>> second = Instant(1.0, np.array([7]), ship, np.array([2]), seen, close_pairs(ship, seen, 100.0))
    >>> ospa2([first, second]), ospa2([first, first])
    (77.5, 10.0)
    """
    share = np.ones(len(window)) if weights is None else np.asarray(weights, float)
    if len(share) != len(window) or (share <= 0).any():
        raise ValueError(f"weights: expected {len(window)} numbers above 0")
    vessels, tracks = (np.unique(np.concatenate([getattr(i, k) for i in window])) for k in ("vessel", "track"))
    row, column = _ever_near(window, vessels, tracks)
    summed, weight = np.zeros(len(row)), np.zeros(len(row))
    for instant, w in zip(window, share, strict=True):
        distance, either = _apart(instant, vessels[row], tracks[column], cutoff)
        summed += w * either * distance**base_order
        weight += w * either
    base = (summed / weight) ** (1 / base_order)
    kept = base < cutoff
    near = ClosePairs(row[kept], column[kept], base[kept], len(vessels), len(tracks))
    return ospa_of_pairs(near, cutoff, order)


def _ever_near(window: Sequence[Instant], vessels: Array, tracks: Array) -> tuple[Array, Array]:
    """Rows and columns of the pairs that are closer than the cutoff at one instant at least."""
    found = [
        np.searchsorted(vessels, i.vessel[i.near.row]) * len(tracks) + np.searchsorted(tracks, i.track[i.near.column])
        for i in window
    ]
    pairs = np.unique(np.concatenate(found))
    return pairs // max(len(tracks), 1), pairs % max(len(tracks), 1)


def _apart(instant: Instant, vessel: Array, track: Array, cutoff: float) -> tuple[Array, Array]:
    """(distance, whether at least one exists) of pairs at an instant; the cutoff where one of them is missing."""
    i, there = _found(instant.vessel, vessel)
    j, seen = _found(instant.track, track)
    distance, both = np.full(len(vessel), cutoff), there & seen
    steps = instant.vessel_point[i[both]] - instant.track_point[j[both]]
    distance[both] = np.minimum(np.linalg.norm(steps, axis=1), cutoff)
    return distance, there | seen


def _found(known: Array, asked: Array) -> tuple[Array, Array]:
    """Where the asked stand among the known, and whether they do."""
    if len(known) == 0:
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), bool)
    order = np.argsort(known, kind="stable")
    place = order[np.minimum(np.searchsorted(known, asked, sorter=order), len(known) - 1)]
    return place, known[place] == asked


class SlidingOspa2:
    """OSPA(2) at each instant over the `length` seconds that end with it."""

    def __init__(self, length: float, cutoff: float = 100.0, order: float = 1.0, base_order: float = 1.0) -> None:
        self.length, self.cutoff, self.order, self.base_order = length, cutoff, order, base_order
        self.window: deque[Instant] = deque()

    def take(self, instant: Instant) -> float:
        """The next instant in; OSPA(2) of the window that it ends."""
        self.window.append(instant)
        while self.window[0].time <= instant.time - self.length:
            self.window.popleft()
        return ospa2(self.window, self.cutoff, self.order, self.base_order)
