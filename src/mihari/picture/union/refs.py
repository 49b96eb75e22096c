"""Groups -> the name of each vessel that is the same at every node: author and number of its eldest member.

Who is eldest follows from what all nodes are told alike (born as its author tells it, whatever its clock, then key and
number), not from the order in which nodes met: two halves that meet come to the same names without asking each other.
A vessel keeps the name of a member that has left, for a while.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array
from mihari.picture.union.members import PER_AUTHOR, Authors, Members, place_of
from mihari.picture.union.rows import Groups, first_of


@dataclass(frozen=True, slots=True)
class Left:
    """A member that gave its vessel the name and is no longer there."""

    born: float
    time: float  # UTC s, when it was there last


class Refs:
    """Remembers under which name each member's vessel was told."""

    def __init__(self, kept: float) -> None:
        self._kept = kept
        self._keys, self._ref, self._born = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
        self._left: dict[int, Left] = {}

    def of(self, members: Members, groups: Groups, authors: Authors, time: float) -> Array:
        """(g,) the key of the member that names each group."""
        born = np.where(np.isfinite(members.born), members.born, np.inf)
        eldest, group = first_of(groups, born), groups.of
        ref = members.key[eldest].copy()
        before = place_of(self._keys, members.key)
        told = np.where(before >= 0, self._ref[before] if len(self._ref) else -1, -1)
        gone = np.flatnonzero((told >= 0) & (place_of(members.key, told) < 0))
        self._leave(told[gone], before[gone], time)
        self._keep(told[gone], group[gone], ref, born[eldest], authors, time)
        back = place_of(members.key, np.array(list(self._left), np.int64)) >= 0
        self._left = {
            key: left
            for (key, left), here in zip(self._left.items(), back.tolist(), strict=True)
            if time - left.time <= self._kept and not here
        }
        self._remember(members.key, ref[group], born)
        return ref

    def _remember(self, keys: Array, named: Array, born: Array) -> None:
        at = place_of(keys, named)
        self._keys, self._ref, self._born = keys, named, born[at]
        for k in np.flatnonzero(at < 0).tolist():
            self._born[k] = self._left[int(named[k])].born

    def _leave(self, told: Array, before: Array, time: float) -> None:
        """Those that gave a name and are gone now: since when."""
        for key, born in zip(told.tolist(), self._born[before].tolist(), strict=True):
            self._left.setdefault(key, Left(born, time))

    def _keep(self, told: Array, group: Array, ref: Array, born: Array, authors: Authors, time: float) -> None:
        """Groups whose namer has left keep its name, if it was the elder; of two groups the one with the eldest."""
        taken: dict[int, tuple[tuple[float, str, int], int]] = {}
        for key, g in sorted(set(zip(told.tolist(), group.tolist(), strict=True))):
            left, mine = self._left[key], elder(float(born[g]), int(ref[g]), authors)
            if time - left.time <= self._kept and elder(left.born, key, authors) < mine:
                taken[key] = min(taken.get(key, (mine, g)), (mine, g))
        best: dict[int, int] = {}
        for key, (_, g) in taken.items():
            best[g] = min(best.get(g, key), key, key=lambda k: elder(self._left[k].born, k, authors))
        for g, key in best.items():
            ref[g] = key


def elder(born: float, key: int, authors: Authors) -> tuple[float, str, int]:
    """What the order of members follows: the same at every node."""
    return born, authors.keys[key // PER_AUTHOR], key % PER_AUTHOR
