"""Looks at cells, kept: those that vehicles really flew, and of vehicles that nobody hears those that were planned."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import Any

from mihari.alerts.records import Records
from mihari.core.asset import Asset
from mihari.patrol.plan import Plan
from mihari.patrolling import ages, shelf
from mihari.patrolling.child import Answer, Child, Then

EVERY_S = 20.0  # between two writings
FLOWN_MAX = 20_000  # places of vehicles that wait to be looked through


class Seeing:
    """The last look at each cell. `since`: UTC s from which on somebody patrols; `to`: up to which looks are kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.looks: ages.Looks = {}
        self.since, self.to = math.nan, -math.inf
        self.vehicles: frozenset[str] = frozenset()  # of the patrol
        self._heard: dict[str, float] = {}  # vehicles whose places are heard, and when those were
        self._flown: deque[tuple[str, float, float, float, float]] = deque(maxlen=FLOWN_MAX)
        self._written = -math.inf

    def heard(self, assets: Iterable[Asset]) -> None:
        """Where vehicles are; may be called from any thread."""
        for one in assets:
            if one.name in self.vehicles and one.placed and one.time > self._heard.get(one.name, -math.inf):
                self._heard[one.name] = one.time
                self._flown.append((one.name, one.time, one.lat_deg, one.lon_deg, one.height))

    def times(self) -> dict[str, float]:
        """Cell -> UTC s of the last look."""
        return {str(row): look.time for row, look in self.looks.items()}

    def turn(self, plan: Plan, child: Child, failed: Then, now: float) -> None:
        """Keep what came due, now and then; `child` judges the ways that were flown."""
        if now - self._written < EVERY_S:
            return
        if self._flown and not child.busy:
            self._look_through(child, failed)
        heard = frozenset(self._heard)
        for row, look in ages.planned([plan], max(self.to, self.since), now, heard).items():
            ages.keep(self.looks, row, look)
        self._written = self.to = now
        told = {"looks": ages.told(self.looks), "since": self.since, "to": now, "heard": sorted(heard)}
        shelf.tell(self.records, "seen", told)

    def _look_through(self, child: Child, failed: Then) -> None:
        fixes = [self._flown.popleft() for _ in range(len(self._flown))]

        def looked(answer: Answer) -> None:
            for row, at, vehicle in answer["looks"]:
                ages.keep(self.looks, int(row), ages.Look(float(at), str(vehicle), flown=True))

        told: list[list[Any]] = [[name, *(None if math.isnan(part) else part for part in at)] for name, *at in fixes]
        child.ask({"do": "flown", "fixes": told}, looked, failed)
