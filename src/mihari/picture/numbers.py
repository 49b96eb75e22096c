"""Track ids as the tracker gives them -> the numbers under which people have seen the tracks, which never change.

Late reports may give ids anew, since ids follow the order of reports. A vessel keeps the number it was told under; a
number is never given to another.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

from mihari.core.columns import Array
from mihari.core.tracks import Associations, Tracks, TrackStatus
from mihari.tracks.retold import Turned

T = TypeVar("T", bound=Tracks)


class Numbers:
    """Belongs to one tracker. As long as ids have never been given anew, numbers are ids.

    >>> numbers = Numbers()
    >>> numbers.of(np.array([4, 5])).tolist()
    [4, 5]
    >>> gone = numbers.turn(Turned(Tracks.empty(), np.array([[5, 4], [6, 5]]), 4))
    >>> numbers.of(np.array([3, 4, 5, 6, 7])).tolist()
    [3, 6, 4, 5, 7]
    """

    def __init__(self) -> None:
        self._number: dict[int, int] = {}
        self._same = math.inf  # ids below are numbers, where they are not in the table
        self._next = 1

    def of(self, ids: Array) -> Array:
        """The numbers of ids; those told for the first time get theirs."""
        if self._same == math.inf:
            self._next = max(self._next, int(ids.max(initial=0)) + 1)
            return ids
        return np.array([self._of(i) for i in ids.tolist()], np.int64)

    def _of(self, one: int) -> int:
        found = self._number.get(one)
        if found is None:
            found = one
            if one >= self._same:
                found = self._number[one] = self._next
                self._next += 1
        return found

    def known(self, ids: Array) -> Array:
        """The numbers of ids as people know them; -1 for those that were never told. Nothing is noted."""
        if self._same == math.inf:
            return ids
        return np.array([self._number.get(i, i if i < self._same else -1) for i in ids.tolist()], np.int64)

    def tracks(self, tracks: T) -> T:
        """Tracks under their numbers, in the order of these; the number of one that is DROPPED is forgotten."""
        if self._same == math.inf:
            self.of(tracks.id)
            return tracks
        found = tracks.replace(id=self.of(tracks.id))
        for one in tracks.id[tracks.status == TrackStatus.DROPPED].tolist():
            self._number.pop(one, None)
        return found.take(np.argsort(found.id, kind="stable"))

    def asked(self, tracks: T) -> T:
        """The same, and nothing is noted: who asks changes nothing."""
        before = dict(self._number), self._next
        found = self.tracks(tracks)
        self._number, self._next = before
        return found

    def pairs(self, pairs: Associations) -> Associations:
        """Associations with numbers."""
        return pairs if self._same == math.inf else pairs.replace(track=self.of(pairs.track))

    def turn(self, turned: Turned) -> Tracks:
        """Ids have been given anew: the tracks that are gone, under their numbers."""
        gone = turned.gone.replace(id=self.of(turned.gone.id))
        kept = [(int(now), self._of(int(before))) for now, before in turned.renamed]
        self._number = {i: n for i, n in self._number.items() if i < turned.young} | dict(kept)
        self._same = min(self._same, turned.young)
        # a tentative track's id is its number before anybody was told of it: no later track may be given that
        self._next = max(self._next, int(self._same), *(n + 1 for n in self._number.values()))
        return gone

    def __len__(self) -> int:
        return len(self._number)

    def keep(self, ids: Array) -> None:
        """Forgets the numbers of all but these tracks: tentative ones end without being told.

        >>> numbers = Numbers()
        >>> _ = numbers.turn(Turned(Tracks.empty(), np.array([[5, 4], [6, 5]]), 4))
        >>> numbers.keep(np.array([6]))
        >>> len(numbers), numbers.of(np.array([6])).tolist()
        (1, [5])
        """
        alive = set(ids.tolist())
        self._number = {i: n for i, n in self._number.items() if i in alive}

    def state(self) -> dict[str, Any]:
        """All that the next track meets, as arrays and JSON values."""
        table = np.array(sorted(self._number.items()), np.int64).reshape(-1, 2)
        return {"table": table, "same": None if self._same == math.inf else int(self._same), "next": self._next}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._number = {int(one): int(number) for one, number in state["table"]}
        self._same = math.inf if state["same"] is None else state["same"]
        self._next = state["next"]
