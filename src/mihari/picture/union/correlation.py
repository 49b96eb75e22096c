"""Members at a tick -> which of them are one vessel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import VesselStatus
from mihari.core.shared import Decision
from mihari.picture.union.decisions import Words
from mihari.picture.union.evidence import Pairs, linked, resting, weighed
from mihari.picture.union.grouping import groups_of
from mihari.picture.union.members import Authors, Members, place_of
from mihari.picture.union.names import Claims, named
from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.states import states_at


class Correlation:
    """What is known of pairs, and the groups that follow from it: `step` at ticks, `labels` whenever asked."""

    def __init__(self, settings: UnionSettings) -> None:
        self.settings = settings
        self.pairs = Pairs.empty()
        self._words = Words()
        self._keys, self._label = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def hear(self, decisions: Sequence[Decision]) -> bool:
        """What people have decided; whether it is news."""
        return self._words.take(decisions)

    def labels(self, members: Members) -> Array:
        """(n,) the group of each member: one key of it. Who came since the last step, or is doubted, stands alone."""
        at = place_of(self._keys, members.key)
        label = np.where(at >= 0, self._label[at] if len(self._label) else -1, members.key)
        return np.where(members.doubted, members.key, label)

    def step(self, members: Members, claims: Mapping[int, Claims], authors: Authors, time: float) -> None:
        """One comparison at `time`, UTC s; claims: by key, of members that have told more than one MMSI."""
        pairs = self._weighed(members, claims, time)
        at = place_of(members.key, np.concatenate([pairs.one, pairs.other])).reshape(2, -1).T
        before = self.labels(members)
        forced = {
            pair: same
            for pair, same in self._words.forced(members, authors).items()
            if not members.doubted[list(pair)].any()
        }
        together = before[at[:, 0]] == before[at[:, 1]]
        order = np.argsort(np.lexsort((members.vessel, members.rank)))
        groups = groups_of(members.author, order, at, pairs.score, pairs.linked, together, forced, self.settings)
        self.pairs, self._keys, self._label = pairs, members.key, members.key[groups]

    def _weighed(self, members: Members, claims: Mapping[int, Claims], time: float) -> Pairs:
        settings, old = self.settings, self.pairs
        can = members.sound & ~members.doubted & (members.status < VesselStatus.FADED)
        fit = np.flatnonzero(can & (time - members.time <= settings.oldest))
        rest = resting(members, fit, old)
        at = np.where(members.sound, time, members.time)
        pairs, distance = weighed(members, states_at(members, at, settings), fit, old, settings, time)
        rows = place_of(members.key, np.concatenate([pairs.one, pairs.other])).reshape(2, -1).T
        pairs = pairs.replace(named=named(members, rows, claims, settings))
        pairs = linked(pairs, distance, settings)
        return Pairs.concatenate([pairs, rest]) if len(rest) else pairs
