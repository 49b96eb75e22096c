"""Vessels, tracks and which vessel each track follows -> the SIAP attributes of a picture.

Votruba et al., "Single Integrated Air Picture (SIAP) metrics implementation", 2001, as Stone Soup writes them down. A
track follows the nearest vessel within the cutoff, so one vessel may have several (ambiguity).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mihari.core.columns import Array

NOBODY = -1


@dataclass(frozen=True, slots=True)
class Siap:
    """Best: completeness 1, ambiguity 1, spuriousness 0, errors 0, changes 0, longest segment 1."""

    completeness: float  # share of vessels that some track follows
    ambiguity: float  # tracks for each vessel that is followed
    spuriousness: float  # share of tracks that follow no vessel
    position: float  # mean error, m
    velocity: float  # mean error, m/s
    changes: float  # of track number, for each second that a vessel is followed
    longest: float  # share of the vessels' time that their best track follows them


@dataclass(frozen=True, slots=True)
class Runs:
    """Unbroken stretches in which a track followed a vessel, `begin` to `end` (UTC s), by vessel and begin."""

    vessel: Array
    track: Array
    begin: Array
    end: Array


def siap(
    truth_time: Array,
    truth_vessel: Array,
    time: Array,
    track: Array,
    follows: Array,
    position_error: Array,
    velocity_error: Array,
) -> Siap:
    """One row for each vessel and moment, and one for each track and moment with the vessel it `follows`, -1 for none.

    One vessel for two moments, followed 10 m off at both by one track, at the second by another too.

    >>> zeros = np.zeros(3)
    >>> found = siap(np.array([0.0, 1.0]), np.array([4, 4]), np.array([0.0, 1.0, 1.0]), np.array([1, 1, 2]),
    ...              np.array([4, 4, 4]), zeros + 10, zeros)
    >>> found.completeness, found.ambiguity, found.spuriousness, found.position, found.longest
    (1.0, 1.5, 0.0, 10.0, 1.0)
    """
    following = follows != NOBODY
    followed = len(np.unique(np.column_stack([time[following], follows[following]]), axis=0))
    number = int(following.sum())
    vessels, life = _lifetimes(truth_time, truth_vessel)
    found = runs(time, track, follows)
    return Siap(
        completeness=followed / len(truth_time) if len(truth_time) else 0.0,
        ambiguity=number / followed if followed else 1.0,
        spuriousness=(len(time) - number) / len(time) if len(time) else 0.0,
        position=float(position_error[following].sum() / number) if number else 0.0,
        velocity=float(velocity_error[following].sum() / number) if number else 0.0,
        changes=_changes(found, truth_time),
        longest=float(_longest(found, vessels).sum() / life.sum()) if life.sum() > 0 else 0.0,
    )


def runs(time: Array, track: Array, follows: Array) -> Runs:
    """The unbroken stretches: the track exists at each moment between, and follows the same vessel.

    >>> found = runs(np.array([0.0, 1, 2, 3]), np.array([1, 1, 1, 1]), np.array([4, 4, -1, 4]))
    >>> found.begin.tolist(), found.end.tolist()
    ([0.0, 3.0], [1.0, 3.0])
    """
    moments, number = np.unique(time, return_inverse=True)
    order = np.lexsort((number, track))
    order = order[follows[order] != NOBODY]
    v, t, k = follows[order], track[order], number[order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(v) != 0) | (np.diff(t) != 0) | (np.diff(k) != 1)
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(order)) - 1 if len(first) else first
    by = np.lexsort((moments[k[first]], v[first]))
    first, last = first[by], last[by]
    return Runs(v[first], t[first], moments[k[first]], moments[k[last]])


def _lifetimes(time: Array, vessel: Array) -> tuple[Array, Array]:
    """Vessels, and from their first moment to their last, s."""
    order = np.lexsort((time, vessel))
    vessels, first = np.unique(vessel[order], return_index=True)
    last = np.append(first[1:], len(order)) - 1 if len(first) else first
    return vessels, np.asarray(time[order][last] - time[order][first])


def _longest(found: Runs, vessels: Array) -> Array:
    """Of each vessel the longest time, in all its stretches together, that one track follows it, s."""
    pairs, which = np.unique(np.column_stack([found.vessel, found.track]), axis=0, return_inverse=True)
    total = np.bincount(which.ravel(), found.end - found.begin, len(pairs))
    longest = np.zeros(len(vessels))
    np.maximum.at(longest, np.searchsorted(vessels, pairs[:, 0]), total)
    return longest


def _changes(found: Runs, truth_time: Array) -> float:
    """(fewest stretches that follow a vessel through all its followed moments, less one) for each second followed."""
    moments = np.unique(truth_time)
    bounds = [*np.flatnonzero(np.diff(found.vessel, prepend=NOBODY - 1)).tolist(), len(found.vessel)]
    changes, total = 0, 0.0
    for a, b in pairwise(bounds):
        begin, end = found.begin[a:b], found.end[a:b]
        needed, seconds = _needed(begin.tolist(), end.tolist(), moments)
        changes += needed - 1
        total += seconds
    return changes / total if total else 0.0


def _needed(begin: list[float], end: list[float], moments: Array) -> tuple[int, float]:
    """Fewest stretches (sorted by begin) that hold every moment any of them holds, and the time they cover, s."""
    needed, seconds, reached, k = 0, 0.0, -np.inf, 0
    covered = -np.inf
    for first, last in zip(begin, end, strict=True):
        seconds += max(last - max(first, covered), 0.0)
        covered = max(covered, last)
    while k < len(begin):
        if end[k] <= reached:
            k += 1
            continue
        best = end[k]
        at = _after(moments, reached, begin[k])
        while k < len(begin) and begin[k] <= at:
            best = max(best, end[k])
            k += 1
        needed, reached = needed + 1, best
    return needed, seconds


def _after(moments: Array, reached: float, begin: float) -> float:
    """The first moment after `reached` that a stretch from `begin` on holds."""
    following = np.searchsorted(moments, reached, side="right")
    return max(float(moments[following]), begin) if following < len(moments) else begin
