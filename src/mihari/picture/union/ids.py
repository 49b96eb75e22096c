"""Groups -> the id of each row: our own vessel's, else a local one that stays with the vessel."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.picture.union.members import PER_AUTHOR, Members, place_of

FIRST = 0x40000000  # ids from here are of vessels that only others hold; they fit 4 bytes


class Ids:
    """Remembers under which id each member was shown."""

    def __init__(self) -> None:
        self._keys, self._shown, self._own = np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
        self._next = FIRST

    def of(self, members: Members, group: Array, count: int) -> Array:
        """(g,) ids of the groups; group: (n,) number of each member's, 0 to g - 1.

        Without a vessel of ours it is the id that it was shown under, else the first member's local one, else a new
        one. An id that two would have goes to the first member's group; members are in the order of authors.
        """
        at = place_of(self._keys, members.key)
        shown = np.where(at >= 0, self._shown[at] if len(self._shown) else 0, 0)
        local = np.where(at >= 0, self._own[at] if len(self._own) else 0, 0)
        ids = np.zeros(count, np.int64)
        own = members.author == 0
        ids[group[own]] = members.vessel[own]
        for wanted in (shown, local):
            self._claim(ids, wanted, group)
        bare = np.flatnonzero(ids == 0)
        ids[bare] = self._next + np.arange(len(bare))
        self._next += len(bare)
        self._keys, self._shown = members.key, ids[group]
        self._own = np.where((local == 0) & (self._shown >= FIRST), self._shown, local)
        return ids

    def shown(self, author: int, vessel: int) -> int:
        """The id under which an author's vessel was shown last; 0 for none."""
        at = int(np.searchsorted(self._keys, key := vessel + author * PER_AUTHOR))
        return int(self._shown[at]) if at < len(self._keys) and self._keys[at] == key else 0

    def members(self, shown: int) -> list[tuple[int, int]]:
        """(author, vessel) of those that were last shown under an id; may be asked by any thread."""
        keys, ids = self._keys, self._shown
        if len(keys) != len(ids):
            return []  # they are just being exchanged
        return [divmod(key, PER_AUTHOR) for key in keys[ids == shown].tolist()]

    def _claim(self, ids: Array, wanted: Array, group: Array) -> None:
        """Groups without an id get the wanted one of their first member, where nobody has it."""
        free = np.flatnonzero((ids[group] == 0) & (wanted > 0))
        if len(free) == 0:
            return
        free = free[~np.isin(wanted[free], ids)]
        free = free[np.unique(group[free], return_index=True)[1]]  # one wish per group
        free = np.sort(free)
        free = free[np.unique(wanted[free], return_index=True)[1]]  # one group per id
        ids[group[free]] = wanted[free]
