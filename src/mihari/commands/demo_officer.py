"""A demo's officer: opens a case of an alert, as a person at the map does, and says in it that nobody looked.

So the board of cases has something on it, made in the way in which all cases are made. Of the alerts there are he takes
one that a pattern of the library raised, and where none comes within two minutes the first of all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from mihari.commands.demo_asking import Asking
from mihari.library.outset import versions

OFFICER = "demo officer"
NOTE = "Opened by the demo, as an officer at the map would. Nobody has looked: what it was is for you to say."
PATIENCE_S = 120.0  # for an alert of a pattern
CASES = 2


class Officer(Asking):
    """`steady`: s, for how long he has waited."""

    def __init__(self, address: str, steady: Callable[[], float] = time.monotonic) -> None:
        super().__init__(address)
        self.opened: set[int] = set()
        self._steady, self._began = steady, steady()
        self._patterns = {name for name, _ in versions()}

    def step(self) -> None:
        """Open at most one case."""
        if len(self.opened) >= CASES:
            return
        alerts = [one for one in self.get("/alerts?limit=50")["alerts"] if one["number"] not in self.opened]
        ours = [one for one in alerts if self._patterns & set(one["kinds"])]
        waited = self._steady() - self._began >= PATIENCE_S
        for one in [*ours, *(alerts if waited and not self.opened else ())][:1]:
            self._open(one)

    def _open(self, alert: Mapping[str, Any]) -> None:
        case = self.post("/cases", {"who": OFFICER, "alert": alert["number"]})
        self.opened.add(alert["number"])
        self.post(f"/cases/{case['number']}/note", {"who": OFFICER, "text": NOTE})
