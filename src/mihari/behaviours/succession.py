"""A name that falls silent and another that speaks up in its place -> who took whose name.

A vessel that is heard for the first time, under way, where another one with the same course and speed was just about to
be, is taken for that one with another name, as long as the first stays silent. Vessels that are there when listening
begins are nobody's successors.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.layout import UNKNOWN
from mihari.core.columns import Array

WARM_UP_S = 1800  # after the first sighting of all: vessels that are there anyway have been heard by then
BEFORE_S, AFTER_S = 600, 60  # of the newcomer's first sample, in which the other was heard last
NEAR_M = 500.0  # from where the other would be; a mile in ten minutes is 6 kn, so place alone says little
SPEED_MPS = 1.5  # 3 kn
COURSE_DEG = 30.0
LEAST_MPS = 1.03  # 2 kn: who lies still beside another one is another one
NAMES = 10**9  # keys below are MMSI
METRES = 111_195.0e-7  # of 1e-7 degrees of latitude, on the mean sphere


class Succession:
    """Newcomers and those whose places they took."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._began = 0  # UTC s of the first sample of all
        # slot -> (slot of the other, UTC s of the first sample): past revising, and as found last
        self._final: dict[int, tuple[int, int]] = {}
        self._lately: dict[int, tuple[int, int]] = {}

    def timelines(self, slots: Array) -> Timelines:
        """By row of slots: from a successor's first sample until its newest."""
        rows = []
        for row, slot in enumerate(slots.tolist()):
            found = self.of(slot)
            if found is not None:
                rows.append((row, found[1], int(self._memory.arrays.heads["t"][1, slot])))
        told = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(told[:, 0], told[:, 1], told[:, 2])

    def of(self, slot: int) -> tuple[int, int] | None:
        """(slot of the one whose place a vessel took, UTC s of its first sample); None where it took nobody's."""
        if slot in self._final:
            return self._final[slot]
        memory = self._memory
        key = int(memory.arrays.vessels["key"][slot])
        if key >= NAMES or memory.arrays.heads["rows"][0, slot] > 0:
            return None
        ways = memory.samples(key)
        if len(ways) == 0:
            return None
        first = ways[0]
        began = self._begin()
        if int(first["t"]) < began + WARM_UP_S:
            return None
        other = self._before(slot, first)
        self._lately.pop(slot, None)
        if other is None:
            return None
        self._lately[slot] = (other, int(first["t"]))
        return self._lately[slot]

    def settle(self, now: int) -> None:
        """Keep what late sightings cannot change any more; to be called before the memory settles."""
        horizon = now - self._memory.pace.revise_s
        for slot, found in list(self._lately.items()):
            if found[1] < horizon:
                self._final[slot] = self._lately.pop(slot)

    def state(self) -> dict[str, Any]:
        """As JSON values."""
        return {"began": self._began, "final": [[slot, *found] for slot, found in self._final.items()]}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._began = state["began"]
        self._final = {slot: (other, first) for slot, other, first in state["final"]}

    def _begin(self) -> int:
        if not self._began:
            n = len(self._memory)
            firsts = self._memory.arrays.voices["begun"][1][:n]
            self._began = int(firsts[firsts > 0].min(initial=2**32 - 1))
        return self._began

    def _before(self, slot: int, first: Any) -> int | None:
        """The slot of the nearest vessel that was about to be where the newcomer is first heard, silent since."""
        memory, n = self._memory, len(self._memory)
        head = memory.arrays.heads[1][:n]
        passed = int(first["t"]) - head["t"].astype(np.int64)
        rows = np.flatnonzero((passed <= BEFORE_S) & (passed >= -AFTER_S) & (memory.keys < NAMES) & (head["rows"] > 1))
        rows = rows[rows != slot]
        if len(rows) == 0 or first["speed"] == UNKNOWN or first["course"] == UNKNOWN:
            return None
        voice = memory.arrays.voices[1][rows, head["voice"][rows]]
        told = (voice["speed"] != UNKNOWN) & (voice["course"] != UNKNOWN)
        speed, course = voice["speed"] * 0.01, np.radians(voice["course"] * 0.01)
        north = (float(first["lat"]) - voice["lat"]) * METRES - passed[rows] * speed * np.cos(course)
        turn = (float(first["lon"]) - voice["lon"] + 1.8e9) % 3.6e9 - 1.8e9
        east = turn * METRES * math.cos(math.radians(float(first["lat"]) * 1e-7)) - passed[rows] * speed * np.sin(
            course
        )
        away = np.hypot(east, north)
        apart = np.abs((voice["course"] * 0.01 - float(first["course"]) * 0.01 + 180.0) % 360.0 - 180.0)
        alike = told & (away <= NEAR_M) & (apart <= COURSE_DEG) & (speed >= LEAST_MPS)
        alike &= (np.abs(speed - float(first["speed"]) * 0.01) <= SPEED_MPS) & (first["speed"] * 0.01 >= LEAST_MPS)
        if not alike.any():
            return None
        away[~alike] = np.inf
        return int(rows[np.argmin(away)])
