"""Where tracks were that AIS does not support, looked at again and again in a run of the past: a bank -> `Was`.

Who is looked at is what the look-out is told of in a live picture (`mihari.behaviours.sightings.held`): confirmed, seen
by radar within `RADAR_FRESH_S` or by another sensor within `SEEN_S`, and without an AIS report that is not overdue.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.tracks import Tracks, TrackStatus
from mihari.tracks.bank import HIGH, Bank

EVERY_S = 10.0  # between two looks: a third of what the memory of behaviours keeps
RADAR_FRESH_S, SEEN_S = 10.0, 60.0  # as the picture has them
AIS_MISSES, AIS_LEAST_S = 6.0, 60.0
MOST = 2_000_000  # rows: 100 MB. 300 vessels of six hours are 650,000; of more every second look is left out
OF_TRACKS = ("id", "time", "lat_deg", "lon_deg", "east_mps", "north_mps", "cov_ee", "cov_en", "cov_nn")


@dataclass(frozen=True, slots=True)
class Was(Columns):
    """Where a track was at `time` (UTC s), in degrees and m/s, with the covariance of its place in m²."""

    id: Array = column("i8")
    time: Array = column("f8")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f4")
    north_mps: Array = column("f4")
    cov_ee: Array = column("f4")
    cov_en: Array = column("f4")
    cov_nn: Array = column("f4")


def unsupported(bank: Bank, time: float) -> Array:
    """Slots of the tracks that live at `time` (UTC s) without AIS."""
    t = bank.tracks[: bank.tally[HIGH]]
    held = (t["alive"] == 1) & (t["status"] == TrackStatus.CONFIRMED)
    ais = time < t["heard_ais"] + np.fmax(AIS_MISSES * t["interval"], AIS_LEAST_S)  # NaN, never heard: False
    seen = (time - t["heard_radar"] <= RADAR_FRESH_S) | (time < t["heard_other"] + SEEN_S)
    found: Array = np.flatnonzero(held & seen & ~ais)
    return found


class Past:
    """Looks from `begin` on (UTC s), each with what it found. `most`: rows; of more it looks half as often."""

    def __init__(self, begin: float, most: int = MOST) -> None:
        self.begin, self.most, self.every = begin, most, EVERY_S
        self._looks: list[tuple[float, Was]] = []
        self._rows = 0

    def due(self, start: float, end: float) -> list[float]:
        """When to look after `start` up to `end`.

        >>> Past(100.0).due(85.0, 121.0)
        [100.0, 110.0, 120.0]
        """
        low = max(start, math.nextafter(self.begin, -math.inf))
        if not (math.isfinite(low) and low < end):
            return []
        first, last = math.floor(low / self.every) + 1, math.floor(end / self.every)
        return [k * self.every for k in range(first, last + 1)]

    def look(self, time: float, bank: Bank, told: Callable[[Bank, Array, float], Tracks]) -> None:
        """What there is now; a later look is taken anew once `back` was called."""
        found = told(bank, unsupported(bank, time), math.nan)
        if len(found):
            self._looks.append((time, Was.of(len(found), **{name: getattr(found, name) for name in OF_TRACKS})))
            self._rows += len(found)
            if self._rows > self.most:
                self._thin()

    def back(self, order: float) -> None:
        """The tracker goes back to before `order`: later looks count no more."""
        while self._looks and self._looks[-1][0] > order:
            self._rows -= len(self._looks.pop()[1])

    def _thin(self) -> None:
        self.every *= 2.0
        self._looks = [(time, was) for time, was in self._looks if time % self.every == 0]
        self._rows = sum(len(was) for _, was in self._looks)

    def was(self) -> Was:
        """All of it by track and time; a track that nothing has told of between two looks is there once."""
        every = Was.concatenate([was for _, was in self._looks])
        every = every.take(np.lexsort((every.time, every.id)))
        fresh = np.ones(len(every), np.bool_)
        fresh[1:] = (every.id[1:] != every.id[:-1]) | (every.time[1:] != every.time[:-1])
        return every.take(fresh)
