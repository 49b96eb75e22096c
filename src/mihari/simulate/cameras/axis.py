"""One axis of a camera: commands at their times in, where it stands at a time out. Rates, limits, no inertia."""

from __future__ import annotations

import math
from dataclasses import dataclass

TURN = 2 * math.pi


@dataclass(slots=True)
class Axis:
    """An axis between `low` and `high`, at most `fastest` a second; `endless`: it goes round through its ends.

    Asked in the order of time. It starts and stops at once: a real one takes some tenths of a second to speed up.

    >>> pan = Axis(-math.pi, math.pi, fastest=0.5)
    >>> pan.go(10.0, 1.0); pan.at(11.0), pan.at(13.0), pan.moving(11.0), pan.moving(13.0)
    (0.5, 1.0, True, False)
    """

    low: float
    high: float
    fastest: float
    endless: bool = False
    _from: float = 0.0
    _since: float = -math.inf
    _rate: float = 0.0
    _until: float = -math.inf

    def at(self, time: float) -> float:
        """Where it stands."""
        if self._rate == 0.0:
            return self._from
        moved = self._from + self._rate * max(min(time, self._until) - self._since, 0.0)
        if self.endless:
            return (moved - self.low) % TURN + self.low
        return min(max(moved, self.low), self.high)

    def moving(self, time: float) -> bool:
        """Whether it turns at that time: not at its stop."""
        if self._rate == 0.0 or time >= self._until:
            return False
        return self.endless or self.at(time) != (self.high if self._rate > 0 else self.low)

    def go(self, time: float, to: float, rate: float = math.inf) -> None:
        """To a place, the shorter way round where it is endless, at a rate."""
        here, rate = self.at(time), min(rate, self.fastest)
        way = min(max(to, self.low), self.high) - here
        if self.endless:
            way = (way + TURN / 2) % TURN - TURN / 2
        self._set(here, time, math.copysign(rate, way) if way else 0.0, time + abs(way) / rate if rate else time)

    def turn(self, time: float, rate: float, until: float = math.inf) -> None:
        """At a rate until a time."""
        self._set(self.at(time), time, min(max(rate, -self.fastest), self.fastest), until)

    def stop(self, time: float) -> None:
        """Where it is."""
        self._set(self.at(time), time, 0.0, time)

    def _set(self, here: float, time: float, rate: float, until: float) -> None:
        self._from, self._since, self._rate, self._until = here, time, rate, until
