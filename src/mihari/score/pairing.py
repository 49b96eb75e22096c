"""Which MMSI each track goes by, and which vessel it follows -> how often AIS and radar were put together rightly.

A pairing is a track that radar and AIS both support and that goes by an MMSI. It is right when the vessel that the
track holds sends that MMSI. Precision: right pairings of all pairings. Recall: of the vessels in radar cover whose
MMSI some track goes by at the moment, those held by a right pairing; a vessel whose AIS nobody heard is no loss of
the pairing. A vessel that another one's identity was put on counts against both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array


@dataclass(frozen=True, slots=True)
class Pairing:
    """Counted over moments; precision and recall are NaN where nothing was to be paired."""

    pairings: int
    right: int
    possible: int

    @property
    def precision(self) -> float:
        """Share of the pairings that are right."""
        return self.right / self.pairings if self.pairings else float("nan")

    @property
    def recall(self) -> float:
        """Share of the possible pairings that were made."""
        return self.right / self.possible if self.possible else float("nan")


def pairing(
    moment: Array, mmsi: Array, by_radar: Array, by_ais: Array, sent: Array, truth_moment: Array, truth_mmsi: Array
) -> Pairing:
    """One row for each track and moment: the MMSI it goes by (0 none), whether radar and AIS support it, and the MMSI
    `sent` by the vessel it holds (0: none, or it holds no vessel); one row for each vessel in cover and moment.

    Two vessels; one track has radar and the right MMSI, the other vessel's MMSI is on a track of AIS alone.

    >>> yes, one = np.array([True, True]), np.array([1, 1])
    >>> found = pairing(one, np.array([11, 22]), np.array([True, False]), yes, np.array([11, 22]), one,
    ...                 np.array([11, 22]))
    >>> found.precision, found.recall
    (1.0, 0.5)
    """
    named = mmsi > 0
    paired = named & by_radar & by_ais
    right = paired & (mmsi == sent)
    heard = _keys(moment[named], mmsi[named])
    sending = truth_mmsi > 0
    possible = np.isin(_keys(truth_moment[sending], truth_mmsi[sending]), heard)
    return Pairing(int(paired.sum()), int(right.sum()), int(possible.sum()))


def _keys(moment: Array, mmsi: Array) -> Array:
    """One number for each moment and MMSI (below 2^30)."""
    return np.asarray(moment.astype(np.int64) << 30 | mmsi.astype(np.int64))
