"""Vessels that moved -> when their places run round a circle while the vessels themselves do not turn.

So a receiver shows that is fed false satellites: in Shanghai on circles of 200 m across at 31 kn, off Point Reyes at
20 kn (Bergman, SkyTruth and Global Fishing Watch, 2019 and 2020). An hour is looked at each five minutes; what is found
follows from its samples. Hours that late reports still reach are looked at again, those begun more than six hours ago
are not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import Memory, Taken
from mihari.behaviours.memory.rings import EVERY_S, WINDOW_S, rings
from mihari.core.columns import Array


class Circles:
    """Windows in which vessels (slots) circle; a window is known by its end over `EVERY_S`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._upto = np.zeros(0, np.int64)  # the newest window looked at, by slot; 0 none
        self._of: dict[int, dict[int, int]] = {}  # slot -> window -> UTC s of its first sample
        self._out = np.empty((1024, 3), np.int64)

    def take(self, taken: Taken) -> None:
        """Look at the windows of vessels that moved that are complete now, and again at what late reports changed."""
        slots, again = taken.slots, taken.again
        newest = self._memory.heard(slots) // EVERY_S
        self._widen()
        due = (newest > self._upto[slots]) | again
        if not due.any():
            return
        slots, again, newest = slots[due], again[due], newest[due]
        low = np.where(again, self._oldest(slots), self._upto[slots] + 1)
        self._upto[slots] = newest
        n = rings(self._memory.arrays, slots, low, newest, self._out)
        if n > len(self._out):
            self._out = np.empty((2 * n, 3), np.int64)
            n = rings(self._memory.arrays, slots, low, newest, self._out)
        self._put(slots[again].tolist(), low[again].tolist(), self._out[:n].tolist())

    def timelines(self, slots: Array) -> Timelines:
        """When vessels circle, by row of slots; what holds in the newest window does until they were heard last."""
        rows = [
            (row, begun, heard if w == heard // EVERY_S else w * EVERY_S)
            for row, slot in enumerate(slots.tolist() if self._of else ())
            if slot in self._of
            for heard in (int(self._memory.heard(slots[row : row + 1])[0]),)
            for w, begun in self._of[slot].items()
        ]
        told = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(told[:, 0], told[:, 1], told[:, 2], join=True)

    def forget(self, before: int) -> None:
        """Let go of what ended before, UTC s."""
        left = {
            slot: {w: begun for w, begun in windows.items() if w * EVERY_S >= before}
            for slot, windows in self._of.items()
        }
        self._of = {slot: windows for slot, windows in left.items() if windows}

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        return {
            "upto": self._upto.copy(),
            "of": [[slot, sorted(windows.items())] for slot, windows in self._of.items()],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else."""
        self._upto = state["upto"].copy()
        self._of = {slot: dict(windows) for slot, windows in state["of"]}

    def _oldest(self, slots: Array) -> Array:
        """The first window of each vessel of which all samples are remembered."""
        settled = self._memory.arrays.heads["t"][0][slots].astype(np.int64)
        keep = self._memory.heard(slots) - self._memory.pace.revise_s - WINDOW_S
        return np.asarray(np.maximum(settled + WINDOW_S, keep) // EVERY_S + 1)

    def _put(self, again: list[int], low: list[int], found: list[list[int]]) -> None:
        for slot, first in zip(again, low, strict=True):
            if slot in self._of:
                self._of[slot] = {w: t for w, t in self._of[slot].items() if w < first}
        for slot, window, begun in found:
            self._of.setdefault(slot, {})[window] = begun
        for slot in again:
            if slot in self._of and not self._of[slot]:
                del self._of[slot]

    def _widen(self) -> None:
        more = len(self._memory.arrays.vessels) - len(self._upto)
        if more > 0:
            self._upto = np.concatenate([self._upto, np.zeros(more, np.int64)])
