"""A node's own vessels -> which of them a modem tells next: one a message, a few messages a minute, none acknowledged.

Told is whom the receiver, who reckons on from the last message, has wrong by more than `error`; those never told
first, then who was told longest ago. All are told again after `refresh`, since any message may be lost, and who has
faded or left is told once as gone: a lost one fades at the receiver by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.picture import VesselStatus
from mihari.core.shared import Shared
from mihari.mesh.heard import widened
from mihari.mesh.reckoning import away
from mihari.picture.union.members import place_of

STATE = ("time", "lat_deg", "lon_deg", "east_mps", "north_mps")


@dataclass(frozen=True, slots=True)
class Told(Columns):
    """What was told of each vessel, by `vessel`; `at`: UTC s of the telling."""

    vessel: Array = column("i8")
    time: Array = column("f8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
    mmsi: Array = column("i4", 0)
    at: Array = column("f8")


class Teller:
    """Keeps what was told. `error`: m; `refresh`: s.

    >>> two = Shared.of(2, vessel=[4, 7], time=100.0, lat_deg=26.0, lon_deg=127.0, east_mps=0.0, north_mps=0.0)
    >>> teller, said = Teller(500.0, 300.0), []
    >>> for now in (100.0, 110.0, 120.0, 405.0):
    ...     row = teller.next(two, now)
    ...     if row is not None:
    ...         teller.keep(row, now)
    ...         said.append((now, int(row.vessel[0])))
    >>> said
    [(100.0, 4), (110.0, 7), (405.0, 4)]
    """

    def __init__(self, error: float, refresh: float) -> None:
        self.error, self.refresh = error, refresh
        self._told = Told.empty()
        self.waiting = 0  # who was due when it was last asked, and has not been told since

    def next(self, own: Shared, now: float) -> Shared | None:
        """The row to tell, of `own`, all that there are; None where nobody is due. `now`: UTC s."""
        here = own.take(np.flatnonzero(own.status < VesselStatus.FADED))
        due, at = self._due(here, now)
        left = np.flatnonzero(~np.isin(self._told.vessel, here.vessel))
        self.waiting = len(due) + len(left)
        if not self.waiting:
            return None
        if len(left) and (not len(due) or self._told.at[left].min() < at.min()):
            return self._gone(left[np.argmin(self._told.at[left])], now)
        return widened(here.take(due[[np.argmin(at)]]), self.error)

    def keep(self, row: Shared, now: float) -> None:
        """A row, as `next` gave it, has been told."""
        self.waiting = max(0, self.waiting - 1)
        others = self._told.take(self._told.vessel != row.vessel[0])
        if row.status[0] == VesselStatus.GONE:
            self._told = others
            return
        told = Told(**{name: getattr(row, name) for name in ("vessel", *STATE, "mmsi")}, at=np.array([now]))
        both = Told.concatenate([others, told])
        self._told = both.take(np.argsort(both.vessel))

    def _due(self, here: Shared, now: float) -> tuple[Array, Array]:
        """Rows that are to be told, and when each was told last: -inf never."""
        place = place_of(self._told.vessel, here.vessel)
        known = np.flatnonzero(place >= 0)
        told, seen = self._told.take(place[known]), here.take(known)
        off = away({name: getattr(told, name) for name in STATE}, seen)
        late = (now - told.at >= self.refresh) | (now < told.at)  # also where our clock was set back
        at = np.full(len(here), -np.inf)
        at[known] = told.at
        wanted = np.ones(len(here), bool)
        wanted[known] = ~(off <= self.error) | (told.mmsi != seen.mmsi) | late
        due = np.flatnonzero(wanted)
        return due, at[due]

    def _gone(self, k: Any, now: float) -> Shared:
        told = self._told.take([int(k)])
        return Shared.of(1, **{n: getattr(told, n) for n in ("vessel", *STATE[1:], "mmsi")}, time=now,
                         status=int(VesselStatus.GONE))  # fmt: skip
