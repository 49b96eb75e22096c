"""Which track held which vessel over time -> switches, fragmentation, purity, time to the first track.

A vessel's track at a moment is the one that keeps it (see `judge.kept`). Switches as in Bernardin & Stiefelhagen,
"Evaluating multiple object tracking performance: the CLEAR MOT metrics", EURASIP J. Image and Video Processing 2008,
246309, section 2.1 (a hole between two tracks does not hide the switch).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Identity:
    """Of the vessels that were in cover at some moment. Shares are 0 to 1, NaN where nothing was there to judge."""

    vessels: int
    never: int  # vessels that no track ever held
    switches: int  # the vessel is held by another track than the one before
    breaks: int  # a vessel that was held is missed, and held again later
    fragmentation: float  # mean number of track ids that a vessel had, of those that were held
    most_ids: int  # of one vessel
    purity: float  # share of the held moments that belong to the vessel which their track held most
    longest: float  # mean share of a vessel's moments in cover that its best track held
    first_mean: float  # s from coming into cover to the first track
    first_median: float
    first_p95: float


def identity(time: Array, vessel: Array, track: Array) -> Identity:
    """One row for each vessel and moment in cover: time (UTC s), vessel, and the track that holds it, -1 for none.

    Vessel 1 is found after 10 s, then by another track; vessel 2 never.

    >>> found = identity(np.array([0.0, 10, 20, 30, 0]), np.array([1, 1, 1, 1, 2]), np.array([-1, 5, 5, 6, -1]))
    >>> found.never, found.switches, found.fragmentation, found.longest, found.first_mean
    (1, 1, 2.0, 0.25, 10.0)
    """
    order = np.lexsort((time, vessel))
    time, vessel, track = time[order], vessel[order], track[order]
    held = track != NOBODY
    first = _first_tracks(time, vessel, held)
    ids = _ids(vessel[held], track[held])
    vessels, moments = np.unique(vessel, return_counts=True)
    same = np.diff(vessel[held]) == 0
    apart = np.diff(np.flatnonzero(held)) > 1
    return Identity(
        vessels=len(vessels),
        never=len(vessels) - len(first),
        switches=int((same & (np.diff(track[held]) != 0)).sum()),
        breaks=int((same & apart).sum()),
        fragmentation=_mean(ids),
        most_ids=int(ids.max(initial=0)),
        purity=_purity(vessel[held], track[held]),
        longest=_mean(_most(vessel[held], track[held], vessels) / moments),
        first_mean=_mean(first),
        first_median=float(np.median(first)) if len(first) else np.nan,
        first_p95=float(np.quantile(first, 0.95)) if len(first) else np.nan,
    )


def switched(time: Array, vessel: Array, track: Array) -> Array:
    """Which rows are those at which another track than before took the vessel over; a mask in the order given.

    >>> switched(np.array([0.0, 1.0, 2.0]), np.array([1, 1, 1]), np.array([5, -1, 6])).tolist()
    [False, False, True]
    """
    order = np.lexsort((time, vessel))
    rows = order[track[order] != NOBODY]
    new = (np.diff(vessel[rows]) == 0) & (np.diff(track[rows]) != 0)
    mask = np.zeros(len(time), bool)
    mask[rows[1:][new]] = True
    return mask


def _mean(values: Array) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _first_tracks(time: Array, vessel: Array, held: Array) -> Array:
    """s from the first moment to the first that is held, of the vessels that were held; rows sorted by vessel, time."""
    vessels, begin = np.unique(vessel, return_index=True)
    found, first = np.unique(vessel[held], return_index=True)
    return np.asarray(time[held][first] - time[begin[np.searchsorted(vessels, found)]])


def _ids(vessel: Array, track: Array) -> Array:
    """How many tracks each held vessel had."""
    pairs = np.unique(np.column_stack([vessel, track]), axis=0)
    return np.asarray(np.unique(pairs[:, 0], return_counts=True)[1])


def _most(vessel: Array, track: Array, vessels: Array) -> Array:
    """Of each of `vessels` (sorted) the most moments that one track held it."""
    pairs, count = np.unique(np.column_stack([vessel, track]), axis=0, return_counts=True)
    most = np.zeros(len(vessels), np.int64)
    np.maximum.at(most, np.searchsorted(vessels, pairs[:, 0]), count)
    return most


def _purity(vessel: Array, track: Array) -> float:
    return float(_most(track, vessel, np.unique(track)).sum() / len(track)) if len(track) else float("nan")
