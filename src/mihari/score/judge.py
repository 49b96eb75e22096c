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
        instant = Instant(moment.time, truth.vessel, truth_points[covered], tracks.id, track_points[judged], near)
        self._held.append(held(number, truth, tracks, found.pairs))
        self._followed.append(followed(number, truth, tracks, found.pairs, near, self.radars))
        self.instants.append(
            Instantly(
                moment.time, len(truth), int((~covered).sum()), len(tracks), found,
                ospa_of_pairs(near, s.cutoff, s.order), self._sliding.take(instant),
            )
        )  # fmt: skip
        return self.instants[-1]


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
