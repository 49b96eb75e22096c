"""A look that saw nothing -> less belief that what it should have seen is there (Bayes' rule).

Whatever was believed with probability P, and would have been seen with the chance p, is believed with
P (1 - p) / (1 - P p) once nothing was seen (Koopman, Search and Screening, 1946). For tracks: `doubted`. For what is
searched for and surely somewhere: weights of the places where it may be (`drift`), each times 1 - p; `unseen` makes
them sum to one again.

This is for looks whose word comes from people: "we have searched there and saw nothing". What an aircraft's processor
tells with its pictures (MISB VMTI) says so by itself, look by look, and the tracker takes it so (docs/vehicles.md):
such looks do not count here once more. A vehicle of which nobody says what it saw says nothing of what is not there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from mihari.core.errors import BadInput
from mihari.core.units import wrap_lon_deg
from mihari.patrol.file import VESSELS_M
from mihari.patrol.flown import Looked
from mihari.patrol.ground import Ground

Floats = NDArray[np.float64]

METRES_A_DEGREE = 111_195.0
LEAST_SD = 1.0  # m


@dataclass(frozen=True)
class Believed:
    """n tracks as believed when looks were over. Each (n,): existence; lat_deg, lon_deg; sd m of its place, one axis.

    heard: UTC s, when anything was heard of it last; length: m, NaN: not known.
    """

    existence: Floats
    lat_deg: Floats
    lon_deg: Floats
    sd: Floats
    heard: Floats
    length: Floats


def after_empty(probability: ArrayLike, chance: ArrayLike) -> Floats:
    """What is left of a probability after a look that would have seen with `chance` saw nothing.

    >>> after_empty([0.9, 0.5, 1.0], [0.5, 0.8, 0.8]).round(3).tolist()  # 0.45/0.55, 0.1/0.6; the certain stays so
    [0.818, 0.167, 1.0]
    """
    p, c = np.asarray(probability, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    if ((p < 0) | (p > 1) | (c < 0) | (c > 1)).any():
        raise BadInput("probabilities and chances lie between 0 and 1")
    seen = p * c
    return np.asarray(np.where(seen < 1, p * (1 - c) / np.where(seen < 1, 1 - seen, 1.0), p))


def unseen(weight: ArrayLike, chance: ArrayLike) -> tuple[Floats, float]:
    """(weights (n,) that sum to 1, chance with which the look would have found): places after a look saw nothing.

    weight: (n,), not all 0; chance: (n,), of seeing what is at each. BadInput where nothing is left: what is seen for
    sure wherever it may be, and was not seen, is somewhere else.

    >>> left, found = unseen([0.5, 0.25, 0.25], [0.8, 0.0, 0.0])
    >>> left.round(3).tolist(), round(found, 3)
    ([0.167, 0.417, 0.417], 0.4)
    """
    w, c = np.asarray(weight, dtype=np.float64), np.asarray(chance, dtype=np.float64)
    left = w * (1 - c)
    whole, rest = float(w.sum()), float(left.sum())
    if not rest > 0:
        raise BadInput("nothing saw it where it must have been: place, time, drift or a chance of seeing is wrong")
    return left / rest, 1 - rest / whole


def doubted(tracks: Believed, looks: Iterable[Looked], ground: Ground) -> Floats:
    """Existence (n,) of tracks after looks at cells of a ground that saw nothing.

    A look concerns a track by the share of its place's distribution that lies in the cell. None that was heard of since
    the look began (it was seen), and none shorter than the class that the look's chance is for.
    """
    existence = np.array(tracks.existence, dtype=np.float64)
    for look in looks:
        length = VESSELS_M[str(ground.vessel[look.cell])]
        missed = (tracks.heard < look.begin) & ~(tracks.length < length)
        share = share_in_cell(tracks, ground.cells.corners[look.cell])
        existence = after_empty(existence, np.where(missed, look.chance * share, 0.0))
    return existence


def share_in_cell(tracks: Believed, corners: Floats) -> Floats:
    """(n,): probability that each track is in a cell, a rectangle of corners (4, 2) in turn, by normal distributions.

    >>> cell = np.array([[0.0, 0.0], [0.0, 0.2], [0.2, 0.2], [0.2, 0.0]])
    >>> one = np.ones(3)
    >>> places = Believed(one, np.array([0.1, 0.2, 0.2]), np.array([0.1, 0.1, 0.2]), 100 * one, one, one)
    >>> share_in_cell(places, cell).round(3).tolist()  # inside, on an edge, on a corner
    [1.0, 0.5, 0.25]
    """
    cos = math.cos(math.radians(float(corners[:, 0].mean())))

    def metres(lat_deg: Floats, lon_deg: Floats) -> Floats:
        east = wrap_lon_deg(lon_deg - corners[0, 1]) * cos
        return METRES_A_DEGREE * np.stack([east, lat_deg - corners[0, 0]], axis=-1)

    at, ends = metres(tracks.lat_deg, tracks.lon_deg), metres(corners[:, 0], corners[:, 1])
    sd = np.maximum(tracks.sd, LEAST_SD)
    share = np.ones(len(at))
    for other in (1, 3):
        side = float(np.linalg.norm(ends[other]))
        way = at @ ends[other] / side
        share *= ndtr(way / sd) - ndtr((way - side) / sd)
    return np.asarray(share)
