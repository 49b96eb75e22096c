"""A node's own picture and those that other nodes tell -> one Picture in which every vessel is one row.

All nodes run this on what each is told, and come to the same groups and the same name of each vessel. Members of a
group are fused by covariance intersection, so that nothing counts twice. A node that is alone pays nothing: its own
picture comes back as it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Picture, Vessels
from mihari.core.shared import Decision, Foreign
from mihari.picture.union.claims import Identities
from mihari.picture.union.correlation import Correlation
from mihari.picture.union.fused import Fused
from mihari.picture.union.ids import Ids
from mihari.picture.union.members import Authors, Members, chosen, own_rows, place_of, told_rows
from mihari.picture.union.refs import Refs
from mihari.picture.union.rows import assembled, grouped, holders, stamps, told
from mihari.picture.union.settings import UnionSettings

SET_BACK_S = 60.0  # a picture so much older than the last comparison tells that the clock was set back


class Union:
    """Keeps what is known of who is who: `take` each picture of our own with what others have told by then.

    author: this node's key, 16 hexadecimal digits, by which decisions and other nodes name its vessels.
    """

    def __init__(self, author: str, name: str = "", settings: UnionSettings | None = None) -> None:
        self.settings = settings or UnionSettings()
        self.authors = Authors(author, name)
        self.refused: Mapping[str, int] = {}  # rows not used in the last picture, by author
        self.sequence = 0
        self._alone = True
        self._correlation = Correlation(self.settings)
        self._fused, self._refs, self._ids = Fused(self.settings), Refs(self.settings.ref_kept), Ids()
        self._identities = Identities()
        self._compared = -math.inf
        self._vessels, self._stamps = Vessels.empty(), np.zeros(0, np.uint64)

    def take(self, own: Picture, foreign: Sequence[Foreign], decisions: Sequence[Decision], time: float) -> Picture:
        """The one picture at `time`, UTC s by our clock. `own` itself as long as nobody else has told anything."""
        if self._alone and not foreign:
            self.sequence, self._vessels = own.sequence, own.vessels
            return own
        if self._alone:
            self._begin()
        self.sequence = max(self.sequence + 1, own.sequence)
        others = chosen(foreign, self.authors.keys[0])
        members = self._members(own, others, time)
        if self._correlation.hear(decisions) or self._due(time):
            self._identities.hear(own, [(self.authors.index(f), f) for f in others])
            self._correlation.step(members, self._identities.several, self.authors, time)
            self._compared = time
        return self._picture(own, members, time)

    def member_of(self, vessel: int) -> tuple[str, int] | None:
        """(author's key, its id of the vessel) that names a row of the last picture; None for no such row."""
        at = int(np.searchsorted(self._vessels.id, vessel))
        if at >= len(self._vessels) or self._vessels.id[at] != vessel:
            return None
        if self._alone:
            return self.authors.keys[0], vessel
        return self.authors.keys[int(self._vessels.owner[at])], int(self._vessels.number[at])

    def members_of(self, vessel: int) -> list[tuple[str, int]]:
        """(author's key, its id of the vessel) of all that were fused in a row of the last picture."""
        return [(self.authors.keys[author], number) for author, number in self._ids.members(vessel)]

    def id_of(self, author: str, vessel: int) -> int:
        """The id in the last picture of a vessel that an author told; 0 where it is in none."""
        return 0 if author not in self.authors.keys else self._ids.shown(self.authors.keys.index(author), vessel)

    def _begin(self) -> None:
        """Somebody tells something for the first time."""
        self._alone = False
        self._stamps = row_stamps(self._vessels)

    def _due(self, time: float) -> bool:
        return time >= self._compared + self.settings.every or time < self._compared - SET_BACK_S

    def _members(self, own: Picture, others: Sequence[Foreign], time: float) -> Members:
        parts, refused = [own_rows(own.vessels)], Counter[str]()
        for one in sorted(others, key=self.authors.index):
            at = self.authors.index(one)
            clock = self.authors.clock(at, one.clock_offset, self.settings)
            rows, left = told_rows(one, at, clock, time, self.settings)
            parts.append(rows)
            refused[one.author] += left
        self.refused = +refused
        members = Members.concatenate(parts)
        return members.replace(rank=self.authors.ranks()[members.author])

    def _picture(self, own: Picture, members: Members, time: float) -> Picture:
        groups = grouped(members, self._correlation.labels(members))
        columns = told(members, groups) if len(members) else {}
        ref = self._refs.of(members, groups, self.authors, time)
        ids = self._ids.of(members, groups.of, len(ref))
        columns |= self._fused.of(members, groups, ids, columns)
        if self._compared == time:
            self._identities.tell(members, groups, ids, self.sequence)
        before = self._vessels.id
        vessels = self._marked(assembled(self._identities.settle(columns, ids), ids, ref))
        if self._compared == time:
            names = zip(vessels.id.tolist(), vessels.owner.tolist(), vessels.number.tolist(), strict=True)
            called = {v: f"{self.authors.names[o]} {n}" for v, o, n in names}
            self._identities.call(called, holders(members, groups, ids, ref, self.authors.names), self.sequence)
        removed = before[place_of(vessels.id, before) < 0]
        return replace(
            own,
            time=time,
            sequence=self.sequence,
            vessels=vessels,
            identities=self._identities.mapping(),
            removed=tuple(removed.tolist()),
            authors=tuple(self.authors.names),
            keys=tuple(self.authors.keys),
        )

    def _marked(self, vessels: Vessels) -> Vessels:
        """With the picture's number in `changed` of each row that is not as it was."""
        now = row_stamps(vessels)
        at = place_of(self._vessels.id, vessels.id)
        same = at >= 0
        same[same] = self._stamps[at[same]] == now[same]
        changed = np.where(same, self._vessels.changed[at] if len(self._vessels) else 0, self.sequence)
        self._vessels, self._stamps = vessels.replace(changed=changed), now
        return self._vessels


def row_stamps(vessels: Vessels) -> Array:
    """(n,) what tells a row from what it was before, whatever its `changed`."""
    return stamps({name: values for name, values in vessels.columns().items() if name != "changed"})
