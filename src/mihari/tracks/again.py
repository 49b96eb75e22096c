"""A run from an archived state on, what had come too late being in its place: inputs -> a footing to go on from.

The live `RewindingTracker` stands on what comes of it: see `hold` and `stand_on` there.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.steps import Stretch
from mihari.tracks.entries import Entries
from mihari.tracks.older import Older, too_late
from mihari.tracks.past import Past
from mihari.tracks.rewind import Footing, RewindingTracker
from mihari.tracks.tracker import Tracker


class AgainTracker(RewindingTracker):
    """A tracker that is told beforehand what will come too late. First `restore`, then `expect`, then `run`, `footing`.

    One that only `late_in` is asked of finds out what came too late; it follows no tracks.
    """

    _older: Older | None = None  # what is known to come too late
    past: Past | None = None  # where tracks were, if that is wanted

    def late_in(self, stretch: Stretch) -> Entries:
        """Lets inputs in and takes none: those of them that come too late for the ring."""
        entries = self._door.admit(stretch, self._tracker.water(stretch), self._tracker.radars)
        return entries.take(too_late(entries))

    def expect(self, older: Older, order: float) -> None:
        """In what is run from now on `older` comes where it belongs; the state at `order` is kept: see `footing`."""
        self._older, self._held = older, order

    def footing(self, order: float, young: int) -> Footing:
        """The tracker after all entries before `order`, which was told to `expect`. BadInput if it was not reached."""
        kept = [s for s in self._ring.states if s.order == order]
        if not kept or self._older is None:
            raise BadInput("the archive does not reach to where the live tracks begin; nothing is changed")
        scratch = Tracker((), self._tracker.given)
        scratch.put_back(kept[0].moment)
        return Footing(order, self._older.begin, young, scratch.state())

    def _looks(self, orders: Array) -> list[tuple[int, float]]:
        if self.past is None or len(orders) == 0:
            return []
        due = self.past.due(self._top[0], float(orders[-1]))
        return list(zip(np.searchsorted(orders, due, "left").tolist(), due, strict=True))

    def _look(self, order: float) -> None:
        if self.past is not None:
            self.past.look(order, self._tracker.bank, self._tracker.told)

    def _go_back(self) -> Entries:
        found = super()._go_back()
        if self.past is not None:
            self.past.back(self._top[0])
        return found

    def _admitted(self, stretch: Stretch) -> Entries:
        entries = super()._admitted(stretch)
        return entries if self._older is None else self._older.among(entries, self._door.newest).in_order()
