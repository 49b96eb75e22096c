"""Fleets, minute by minute -> when a vessel was a member of one. What two of a crowd do side by side is no meeting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.core.behaviour import Fleet
from mihari.core.columns import Array

KEEP_S = 172_800
MATES_S = 7200  # a fleet that moves on is there in an hour or two, and lies near each other again
JOINED_S = 900  # a member that is lost from sight for a quarter of an hour has not left


class Rolls:
    """Intervals of membership by vessel key.

    >>> rolls = Rolls()
    >>> rolls.count([Fleet(1, 100.0, 0, (7, 8), 0.0, 0.0, (), 0.0, 0.0, 1.0)], 100)
    >>> rolls.count([Fleet(1, 160.0, 0, (7,), 0.0, 0.0, (), 0.0, 0.0, 1.0)], 160)
    >>> rolls.of(np.array([7, 8]))
    Timelines(0: 0 to 160; 1: 0 to 100)
    """

    def __init__(self) -> None:
        self._of: dict[int, list[list[int]]] = {}  # key -> since, until, fleet

    def count(self, fleets: Iterable[Fleet], time: int) -> None:
        """Who belongs to which fleet at `time`, UTC s. A new member has been one since the fleet began to form."""
        for fleet in fleets:
            for key in fleet.members:
                spans = self._of.setdefault(key, [])
                if spans and time - spans[-1][1] <= JOINED_S and spans[-1][2] == fleet.id:
                    spans[-1][1] = time
                else:
                    spans.append([fleet.began, time, fleet.id])

    def of(self, keys: Array) -> Timelines:
        """By row of `keys`."""
        rows = [(row, *span[:2]) for row, key in enumerate(keys.tolist()) for span in self._of.get(key, ())]
        found = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(found[:, 0], found[:, 1], found[:, 2], join=True)

    def mates(self, pairs: Array) -> Timelines:
        """By row of (n, 2) `pairs` of keys: while both are members of one fleet, or were within the last two hours."""
        rows = [
            (row, max(first[0], second[0]), min(first[1], second[1]) + MATES_S)
            for row, (a, b) in enumerate(pairs.tolist() if self._of else ())
            for first in self._of.get(a, ())
            for second in self._of.get(b, ())
            if first[2] == second[2]
        ]
        found = np.array([row for row in rows if row[1] < row[2]], np.int64).reshape(-1, 3)
        return Timelines.made(found[:, 0], found[:, 1], found[:, 2], join=True)

    def forget(self, now: float) -> None:
        """Let go of what is over for two days."""
        for key, spans in list(self._of.items()):
            left = [span for span in spans if span[1] >= now - KEEP_S]
            if left:
                self._of[key] = left
            else:
                del self._of[key]

    def copied(self) -> list[list[Any]]:
        """As `state`, of its own."""
        return [[key, [list(span) for span in spans]] for key, spans in self._of.items()]

    def differing(self, were: list[list[Any]]) -> set[int]:
        """The keys that were members at other times, in what was `copied` before."""
        before = dict(were)
        return {key for key in before.keys() | self._of.keys() if before.get(key) != self._of.get(key)}

    def state(self) -> list[list[Any]]:
        """As JSON values."""
        return [[key, spans] for key, spans in self._of.items()]

    def restore(self, state: list[list[Any]]) -> None:
        """Know this and nothing else."""
        self._of = {key: [list(span) for span in spans] for key, spans in state}
