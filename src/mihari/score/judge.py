"""Moments of truth and tracks, one after the other -> tables of what each vessel and each track came to.

Only vessels in cover are judged. A track that belongs to a vessel out of cover (it is the best for it, or that vessel
is the nearest) counts neither way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.score.gospa import Gospa, gospa_of_pairs
from mihari.score.moments import Moment
from mihari.score.near import ClosePairs, close_pairs, points
from mihari.score.ospa import ospa_of_pairs
from mihari.score.ospa2 import Instant, SlidingOspa2
from mihari.score.tables import Followed, Held, followed, held

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Settings:
    """Of the metrics: `cutoff` m, `order` and `alpha` of GOSPA and OSPA, `window` s of OSPA(2)."""

    cutoff: float = 100.0
    order: float = 2.0
    alpha: float = 2.0
    window: float = 60.0
    everyone: bool = False  # judge vessels out of cover too


@dataclass(frozen=True, slots=True)
class Instantly:
    """The metrics of one moment; `out` of cover are vessels that were not judged."""

    time: float
    vessels: int
    out: int
    tracks: int
    gospa: Gospa
    ospa: float
    ospa2: float


class Judge:
    """Takes moments in order of time; what it has found is in `instants`, `held()` and `followed()`."""

    def __init__(self, settings: Settings, radars: Sequence[tuple[float, float]] = ()) -> None:
        """`radars`: (lat_deg, lon_deg) of each, where known."""
        self.settings, self.radars = settings, tuple(radars)
        self.instants: list[Instantly] = []
        self._held: list[Held] = []
        self._followed: list[Followed] = []
        self._keepers: Array = np.empty((0, 2), np.int64)  # vessels and the tracks that keep them
        self._sliding = SlidingOspa2(settings.window, settings.cutoff, settings.order)

    def held(self) -> Held:
        """All vessels in cover, moment after moment."""
        return Held.concatenate(self._held)

    def followed(self) -> Followed:
        """All judged tracks, moment after moment."""
        return Followed.concatenate(self._followed)

    def take(self, moment: Moment) -> Instantly:
        """Judge the next moment."""
        s, number = self.settings, len(self.instants)
        truth_points = points(moment.truth.lat_deg, moment.truth.lon_deg)
        track_points = points(moment.tracks.lat_deg, moment.tracks.lon_deg)
        near = close_pairs(truth_points, track_points, s.cutoff)
        covered = moment.covered | s.everyone
        judged = judged_tracks(near, covered, s.cutoff, s.order)
        truth, tracks = moment.truth.take(covered), moment.tracks.take(judged)
        near = near.among(covered, judged)
        found = gospa_of_pairs(near, s.cutoff, s.order, s.alpha)
        self._keepers = kept(near, truth.vessel, tracks.id, self._keepers, s.cutoff, s.order)
        instant = Instant(moment.time, truth.vessel, truth_points[covered], tracks.id, track_points[judged], near)
        self._held.append(held(number, truth, tracks, found.pairs, self._keepers))
        self._followed.append(followed(number, truth, tracks, found.pairs, near, self.radars))
        self.instants.append(
            Instantly(
                moment.time, len(truth), int((~covered).sum()), len(tracks), found,
                ospa_of_pairs(near, s.cutoff, s.order), self._sliding.take(instant),
            )
        )  # fmt: skip
        return self.instants[-1]


def kept(near: ClosePairs, vessel: Array, track: Array, before: Array, cutoff: float, order: float = 2.0) -> Array:
    """(k, 2) vessels and the tracks that keep them: that of the moment `before` while it is near, else the best.

    Bernardin & Stiefelhagen 2008, section 2.1: two vessels side by side do not exchange their tracks with each error.

    >>> pairs = close_pairs(np.array([[0.0], [4.0]]), np.array([[3.0], [2.0]]), 9.0)
    >>> ships, tracks, none = np.array([7, 8]), np.array([1, 2]), np.empty((0, 2), np.int64)
    >>> kept(pairs, ships, tracks, none, 9.0).tolist(), kept(pairs, ships, tracks, np.array([[7, 1]]), 9.0).tolist()
    ([[7, 2], [8, 1]], [[7, 1], [8, 2]])
    """
    pairs = np.column_stack([vessel[near.row], track[near.column]])
    was = np.isin(_numbers(pairs), _numbers(before))
    rows, columns = np.ones(near.rows, bool), np.ones(near.columns, bool)
    rows[near.row[was]] = columns[near.column[was]] = False
    rest = gospa_of_pairs(near.among(rows, columns), cutoff, order).pairs
    new = np.column_stack([vessel[rows][rest[:, 0]], track[columns][rest[:, 1]]])
    together = np.concatenate([pairs[was], new])
    return np.asarray(together[np.argsort(together[:, 0], kind="stable")])


def _numbers(pairs: Array) -> Array:
    """One complex number for each pair of whole numbers below 2^53: what can be looked for among others."""
    return np.asarray(pairs[:, 0] + 1j * pairs[:, 1])


def judged_tracks(near: ClosePairs, covered: Array, cutoff: float, order: float = 2.0) -> Array:
    """Which tracks (columns) count: not those of a vessel (row) out of cover. A mask.

    >>> pairs = close_pairs(np.array([[0.0], [50.0]]), np.array([[2.0], [51.0], [58.0], [900.0]]), 20.0)
    >>> judged_tracks(pairs, np.array([True, False]), 20.0, 2.0).tolist()
    [True, False, False, True]
    """
    if covered.all():
        return np.ones(near.columns, bool)
    pairs = gospa_of_pairs(near, cutoff, order).pairs
    mine, _ = near.nearest_row()
    mine[pairs[:, 1]] = pairs[:, 0]
    return np.asarray((mine == NOBODY) | covered[mine])
