"""The vessels of the picture as growable columns: one row per vessel, in the order of ids."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Vessels, VesselStatus

SPECS = {f.name: (f.metadata["dtype"], f.metadata["absent"]) for f in fields(Vessels)}
# what the compiler remembers of a vessel beside what it tells
OWN: dict[str, tuple[Any, Any]] = {
    "faded_at": (np.dtype("f8"), np.nan),  # UTC s at which the tracker gave its track up
    "interval": (np.dtype("f8"), 10.0),  # s, the vessel's own AIS reporting interval
    "heard_other": (np.dtype("f8"), np.nan),  # UTC s, by what is neither radar nor AIS
    "coasted": (np.dtype("b"), False),  # the tracker predicts it without support
}


class VesselRows:
    """Columns by name with room to grow; rows leave by `compact`, so the order of ids is kept."""

    def __init__(self, room: int = 256) -> None:
        self._columns = {k: np.full(room, a, d) for k, (d, a) in (SPECS | OWN).items()}
        self.count = 0

    def __getitem__(self, name: str) -> Array:
        """The column's rows in use, writable."""
        return self._columns[name][: self.count]

    def add(self) -> int:
        """A new row of absent values; its index."""
        if self.count == len(self._columns["id"]):
            for name, column in self._columns.items():
                absent = (SPECS | OWN)[name][1]
                self._columns[name] = np.concatenate([column, np.full(len(column), absent, column.dtype)])
        row = self.count
        for name, (_, absent) in (SPECS | OWN).items():
            self._columns[name][row] = absent
        self.count += 1
        return row

    def compact(self) -> Array:
        """Let go of rows that are GONE; the new index of each old row (-1: gone)."""
        keep = self["status"] != VesselStatus.GONE
        moved = np.where(keep, np.cumsum(keep) - 1, -1)
        for column in self._columns.values():
            kept = column[: self.count][keep]
            column[: len(kept)] = kept
        self.count = int(keep.sum())
        return moved

    def state(self) -> dict[str, Array]:
        """A copy of all rows."""
        return {name: self[name].copy() for name in self._columns}

    @classmethod
    def of(cls, state: dict[str, Array]) -> VesselRows:
        """Rows with the contents of a `state`; of one from before vessels had numbers, the ids."""
        made = cls(max(256, len(state["id"])))
        made.count = len(state["id"])
        for name, values in ({"number": state["id"]} | state).items():
            made[name][:] = values
        return made

    def vessels(self) -> Vessels:
        """A frozen copy of all rows."""
        return Vessels(**{name: self[name].copy() for name in SPECS})
