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
AHEAD_S = 5.0  # clocks of vehicles and the node's: a fix of a later time is none
SILENT_S = 900.0  # a vehicle that nobody has heard for so long counts as planned again
FLOWN_MAX = 20_000  # places of vehicles that wait to be looked through


class Seeing:
    """The last look at each cell. `since`: UTC s from which on somebody patrols; `to`: up to which looks are kept."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.looks: ages.Looks = {}
        self.since, self.to = math.nan, -math.inf
        self.vehicles: frozenset[str] = frozenset()  # of the patrol
        self._told: dict[str, float] = {}  # the time of the last place that was told of a vehicle
        self._heard: dict[str, float] = {}  # the same of those that could be
        self._flown: deque[tuple[str, float, float, float, float]] = deque(maxlen=FLOWN_MAX)
        self._written = -math.inf

    def heard(self, assets: Iterable[Asset]) -> None:
        """Where vehicles are; may be called from any thread."""
        for one in assets:
            if one.name in self.vehicles and one.placed and one.time != self._told.get(one.name):
                self._told[one.name] = one.time
                self._flown.append((one.name, one.time, one.lat_deg, one.lon_deg, one.height))

    def times(self) -> dict[str, float]:
        """Cell -> UTC s of the last look."""
        return {str(row): look.time for row, look in self.looks.items()}

    def turn(self, plan: Plan, child: Child, failed: Then, now: float) -> None:
        """Keep what came due, now and then; `child` judges the ways that were flown."""
        if 0 <= now - self._written < EVERY_S:  # a clock that was set back does not stop it
            return
        if self._flown and not child.busy:
            self._look_through(child, failed, now)
        heard = frozenset(name for name, at in self._heard.items() if at > now - SILENT_S)
        for row, look in ages.planned([plan], max(self.to, self.since), now, heard).items():
            ages.keep(self.looks, row, look)
        self._written = self.to = now
        told = {"looks": ages.told(self.looks), "since": self.since, "to": now, "heard": sorted(heard)}
        shelf.tell(self.records, "seen", told)

    def _look_through(self, child: Child, failed: Then, now: float) -> None:
        waiting = [self._flown.popleft() for _ in range(len(self._flown))]
        self._heard = {name: at for name, at in self._heard.items() if at <= now + AHEAD_S}  # the clock was set back
        fixes = [fix for fix in waiting if self._comes_next(fix[0], fix[1], now)]
        if not fixes:
            return

        def looked(answer: Answer) -> None:
            for row, at, vehicle in answer["looks"]:
                ages.keep(self.looks, int(row), ages.Look(float(at), str(vehicle), flown=True))

        told: list[list[Any]] = [[name, *(None if math.isnan(part) else part for part in at)] for name, *at in fixes]
        child.ask({"do": "flown", "fixes": told}, looked, failed)

    def _comes_next(self, name: str, time: float, now: float) -> bool:
        """Whether a place is later than the last one of its vehicle, and not of a time that is still to come."""
        if not self._heard.get(name, -math.inf) < time <= now + AHEAD_S:
            return False
        self._heard[name] = time
        return True
