"""The seam of outlets: a picture in, pieces to send out. And what all of them need: whose turn it is, short numbers."""

from __future__ import annotations

from collections import deque
from typing import Protocol

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Picture, VesselStatus

EVERY_S = 5.0  # a vessel at 10 m/s has gone 50 m then; what other people's maps need


class PictureTeller(Protocol):
    """One outlet. Each piece it gives is whole: a datagram, or a part of a stream that may be cut behind it."""

    def offer(self, picture: Picture) -> list[bytes]:
        """What to send of this picture; nothing where nothing is due. Pictures come in order."""
        ...


class Due:
    """Which vessels are to be told: each at most every `every_s` s of picture time, one that is gone once more.

    >>> from mihari.core.picture import Vessels
    >>> due = Due(10.0)
    >>> [due.rows(Picture(t, 1, Vessels.of(1, id=7, lat_deg=1.0, lon_deg=1.0, status=0))).tolist() for t in (0.0, 5.0, 10.0)]
    [[0], [], [0]]
    """  # noqa: E501

    def __init__(self, every_s: float = EVERY_S) -> None:
        self.every_s = every_s
        self._told: dict[int, float] = {}

    def rows(self, picture: Picture) -> Array:
        """Rows of the vessels whose turn it is; from now on they count as told."""
        vessels, due = picture.vessels, []
        columns = (vessels.id, vessels.status, np.isfinite(vessels.lat_deg) & np.isfinite(vessels.lon_deg))
        for row, (vessel, status, placed) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
            before = self._told.get(vessel)
            if status == VesselStatus.GONE:
                if before is not None and placed:
                    due.append(row)
                self._told.pop(vessel, None)
            elif placed and (before is None or not 0 <= picture.time - before < self.every_s):
                self._told[vessel] = picture.time
                due.append(row)
        for vessel in picture.removed:
            self._told.pop(vessel, None)
        return np.array(due, np.int64)


class Numbers:
    """Vessel ids -> numbers from `first` to `last`, for formats with short ones. A freed number rests longest.

    >>> numbers = Numbers(1, 2)
    >>> numbers.of(70), numbers.of(71), numbers.of(72), numbers.of(70)
    (1, 2, None, 1)
    >>> numbers.free(70)
    >>> numbers.of(72)
    1
    """

    def __init__(self, first: int, last: int) -> None:
        self._rest = deque(range(first, last + 1))
        self._given: dict[int, int] = {}

    def of(self, vessel: int) -> int | None:
        """Its number, the same one as long as it is not freed; None where there are none left."""
        if vessel not in self._given:
            if not self._rest:
                return None
            self._given[vessel] = self._rest.popleft()
        return self._given[vessel]

    def free(self, vessel: int) -> None:
        """That vessel is gone."""
        if vessel in self._given:
            self._rest.append(self._given.pop(vessel))

    def keep(self, vessels: set[int]) -> None:
        """Free all but these."""
        for vessel in [one for one in self._given if one not in vessels]:
            self.free(vessel)
