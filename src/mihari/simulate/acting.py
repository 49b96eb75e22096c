"""Acts of AIS devices -> what each device tells at a time: whose place, whose identity, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.simulate.motion import Rows
from mihari.simulate.traffic import Traffic
from mihari.simulate.ways import Floats


@dataclass(frozen=True, slots=True)
class Told:
    """(n,) each: the device's own row, whether it is silent, whose place and identity it tells, status (-1 usual)."""

    row: Rows
    silent: NDArray[np.bool_]
    place: Rows
    identity: Rows
    status: NDArray[np.int64]
    heading: Floats  # rad, NaN: the course


class Acting:
    """The acts of all devices, by vessel."""

    def __init__(self, traffic: Traffic) -> None:
        self.traffic, self.acts = traffic, traffic.acts
        acts = traffic.acts
        self.has: NDArray[np.bool_] = np.zeros(len(traffic.vessels), dtype=bool)
        self.has[acts.vessel] = True
        self.of: dict[int, list[int]] = {}
        for number, vessel in enumerate(acts.vessel.tolist()):
            self.of.setdefault(vessel, []).append(number)

    def told(self, rows: Rows, elapsed: Floats) -> Told:
        """What the devices `rows` tell at their times, s after the start; of acts that overlap the later counts."""
        n = len(rows)
        gone = ~self.traffic.there(elapsed, rows)
        told = Told(rows, gone, rows.copy(), rows.copy(), np.full(n, -1, dtype=np.int64), np.full(n, np.nan))
        for k in np.flatnonzero(self.has[rows]).tolist():
            for number in self.of[int(rows[k])]:
                if self.acts.start[number] <= elapsed[k] < self.acts.end[number]:
                    self._do(told, k, number)
        return told

    def _do(self, told: Told, k: int, number: int) -> None:
        a = self.acts
        told.silent[k] |= a.silent[number]
        if a.place[number] >= 0:
            told.place[k] = a.place[number]
        if a.identity[number] >= 0:
            told.identity[k] = a.identity[number]
        if a.status[number] >= 0:
            told.status[k] = a.status[number]
        if not np.isnan(a.heading[number]):
            told.heading[k] = a.heading[number]
