"""A vehicle goes by points of the sea -> the chance that what lies there was seen: passes, each counted at its nearest.

A pass begins as the vehicle comes nearer and ends once it is clearly farther off again; another one begins when it
turns back. Passes miss independently; within one nothing is counted twice: what one look misses the next misses too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Chance = Callable[[NDArray[np.int64], Floats], Floats]  # of rows (k,) at distances (k, m) in m, as (k, m)

EARTH_M = 6_371_009.0  # mean radius
PASSED_M = 200.0  # by which the nearest is behind
AWAY_M, AWAY = 1000.0, 0.5  # a pass ends so far from its nearest, and by that share of it
AGAIN_S = 600.0  # who stays about a place sees it anew so often


class Swept:
    """Passes of one vehicle by points: unit vectors (n, m, 3), n rows of m points each."""

    def __init__(self, points: Floats) -> None:
        shape = points.shape[:2]
        self._points = points
        self._near = np.full(shape, np.inf)  # nearest of the pass that goes on; inf: none does
        self._far = np.full(shape, np.inf)  # farthest since the last pass
        self._since = np.full(shape, np.nan)
        self._miss = np.ones(shape)  # chance that all passes before missed
        self._spent = np.zeros(shape, bool)  # the pass that goes on has been counted
        self._live = np.zeros(shape[0], bool)

    def go(self, rows: NDArray[np.int64], start: Floats, end: Floats, time: float, chance: Chance) -> Floats:
        """On from unit vector `start` to `end`, reached at `time` s: chance (k, m) that what is at rows (k,) was seen.

        rows: all that it may see from there. A point counts once its nearest is behind, or after `AGAIN_S` in reach.
        """
        self._leave(rows, chance)
        points, way = self._points[rows], end - start
        part = np.clip((points - start) @ way / max(float(way @ way), 1e-18), 0.0, 1.0)
        nearest = EARTH_M * np.linalg.norm(points - start - part[..., None] * way, axis=-1)
        now = EARTH_M * np.linalg.norm(points - end, axis=-1)
        near, far, since = self._near[rows], self._far[rows], self._since[rows]
        on = np.isfinite(near)
        begins = ~on & (far - nearest > _away(nearest))
        on |= begins
        anew = self._spent[rows] & (time - since > AGAIN_S)
        since = np.where(begins | anew, time, since)
        near = np.where(anew, nearest, np.where(on, np.minimum(near, nearest), near))
        spent = self._spent[rows] & ~anew
        counts = on & ~spent
        seen = np.where(counts, chance(rows, near), 0.0)
        ends = on & (now > near + _away(near))
        behind = counts & ((now > near + PASSED_M) | (time - since > AGAIN_S))
        told = 1 - self._miss[rows] * np.where(behind, 1 - seen, 1.0)
        self._miss[rows] *= np.where(ends, 1 - seen, 1.0)
        self._near[rows] = np.where(ends, np.inf, near)
        self._far[rows] = np.where(ends, now, np.where(on, far, np.maximum(far, now)))
        self._since[rows], self._spent[rows], self._live[rows] = since, spent & ~ends, True
        return np.asarray(told)

    def _leave(self, rows: NDArray[np.int64], chance: Chance) -> None:
        """Passes by what is out of reach now are over."""
        gone = self._live.copy()
        gone[rows] = False
        left = np.flatnonzero(gone)
        if not len(left):
            return
        near = self._near[left]
        counts = np.isfinite(near) & ~self._spent[left]
        self._miss[left] *= np.where(counts, 1 - chance(left, near), 1.0)
        self._near[left], self._far[left], self._spent[left], self._live[left] = np.inf, np.inf, False, False

    def forget(self, rows: NDArray[np.int64]) -> None:
        """What was seen at rows in earlier passes counts no more."""
        self._miss[rows] = 1.0

    def spend(self, rows: NDArray[np.int64], time: float) -> None:
        """What was seen at rows is told of: neither earlier passes nor those that go on count again."""
        self._miss[rows] = 1.0
        self._spent[rows] = np.isfinite(self._near[rows])
        self._since[rows] = time


def _away(near: Floats) -> Floats:
    return np.maximum(AWAY_M, AWAY * near)
