"""What the face knows of alerts, fleets, zones, tasks and cases: the newest of each, by the state's version."""

from __future__ import annotations

from collections import deque
from typing import Any

from mihari.face.changing import Changing

CLOSED_KEPT = 200  # closed ones that are still told to browsers which have not heard of it
STEPS_KEPT = 500
CASES_KEPT = 700  # cases that browsers are told: all open ones, and those that changed last
TASKS_KEPT = 1200  # tasks that browsers are told: all open ones, and those that ended last


class Watched:
    """Taken from the records by `mihari.face.alert_news`, told to browsers by `mihari.face.stream`."""

    def __init__(self) -> None:
        self.sequence = 0  # of the records
        self.version = self.fleets_version = self.zones_version = 0
        self.counts: dict[str, int] = {}
        self.problem = ""
        self.alerts = Changing()
        self.tasks, self.cases = Changing(), Changing()
        self.fleets: list[dict[str, Any]] = []
        self.zones: list[dict[str, Any]] = []
        self._steps: deque[tuple[int, int]] = deque(maxlen=STEPS_KEPT)  # version, sequence

    def take(self, told: dict[str, Any], version: int) -> None:
        """`told`: sequence, counts, problem, alerts (those that changed; all open ones where `all`), fleets, zones.

        `again`: tasks are all there are as well, because this is a first look, at other records perhaps.
        """
        if told.get("all"):
            self.alerts = Changing()
            self._steps.clear()
        if told.get("again"):
            self.tasks = Changing()
            if told["sequence"] < self.sequence:  # other records than before
                self.cases = Changing()
        self.sequence, self.problem, self.version = told["sequence"], told["problem"], version
        self.counts = told.get("counts", self.counts)
        self.alerts.put(((a["number"], a) for a in told.get("alerts", ())), version)
        self._forget_closed()
        if "fleets" in told and told["fleets"] != self.fleets:
            self.fleets, self.fleets_version = told["fleets"], version
        self.tasks.put(((task["number"], task) for task in told.get("tasks", ())), version)
        self.tasks.keep_newest(TASKS_KEPT)
        self.cases.put(((case["number"], case) for case in told.get("cases", ())), version)
        self.cases.keep_newest(CASES_KEPT)
        if "zones" in told:
            self.zones, self.zones_version = told["zones"], version
        self._steps.append((version, self.sequence))

    def _forget_closed(self) -> None:
        closed = [a["number"] for a in self.alerts.values() if a["place"] == "closed"]
        self.alerts.remove(closed[: max(0, len(closed) - CLOSED_KEPT)])

    def news(self, told: int) -> list[dict[str, Any]]:
        """Messages for a browser that has been told everything up to version `told`.

        >>> watched = Watched()
        >>> watched.take({"sequence": 7, "problem": "", "all": True, "alerts": [{"number": 1, "place": "ended"}]}, 3)
        >>> [(m["after"], m["sequence"], len(m["alerts"])) for m in watched.news(0)], watched.news(3)
        ([(0, 7, 1)], [])
        """
        out = []
        if self.version and self.version > told:
            after = self._sequence_at(told)
            changed = self.alerts.since(told) if after else self.alerts.values()
            alerts = [a for a in changed if after or a["place"] != "closed"]
            out.append({"type": "alerts", "after": after, "sequence": self.sequence, "counts": self.counts}
                       | {"problem": self.problem, "alerts": alerts})  # fmt: skip
        if self.fleets_version and self.fleets_version > told:
            out.append({"type": "fleets", "fleets": self.fleets})
        if self.tasks.version > max(told, 0):
            out.append({"type": "tasks", "tasks": self.tasks.since(told)})
        if self.cases.version > max(told, 0):
            out.append({"type": "cases", "cases": self.cases.since(told)})
        if self.zones_version and self.zones_version > told:
            out.append({"type": "zones", "zones": self.zones})
        return out

    def _sequence_at(self, told: int) -> int:
        """The records' sequence that a browser knows; 0: it must be told everything."""
        return next((sequence for version, sequence in reversed(self._steps) if version <= told), 0)
