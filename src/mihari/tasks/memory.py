"""A vehicle in memory and its driver, for tests and for whoever writes another driver: JSON there, messages back."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import orjson

from mihari.core.asset import Asset
from mihari.core.picture import Picture
from mihari.core.task import CARRIED, Task, TaskState
from mihari.tasks.driver import Told

AGAIN_S = 1.0  # asked again after so long without an answer
GIVEN_UP_S = 10.0
ANSWERS = {"accepted": TaskState.UNDER_WAY, "declined": TaskState.DECLINED, "done": TaskState.DONE,
           "failed": TaskState.FAILED, "unknown": TaskState.LOST, "stopped": TaskState.WITHDRAWN}  # fmt: skip


class MemoryDriver:
    """Asks, asks again, gives up."""

    def __init__(self) -> None:
        self._task = 0
        self._ask: dict[str, Any] | None = None
        self._asked = self._began = -math.inf
        self._told: list[Told] = []

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """Ask for it, or how it goes."""
        self._task, self._began = task.number, now
        about = {"task": task.number, "kind": str(task.kind), "places": task.places, "vessel": task.vessel}
        self._ask = {"ask": "status" if task.state in CARRIED else "begin"} | about

    def hear(self, message: dict[str, Any], now: float) -> None:
        """An answer."""
        name = str(message.get("name"))
        if message.get("task") != self._task or name not in (*ANSWERS, "progress"):
            return
        self._ask = None
        state = ANSWERS.get(name, TaskState.UNDER_WAY)
        self._told.append(Told(state, float(message.get("share", math.nan)), str(message.get("why", ""))))

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """The question, until it is answered."""
        if self._ask is None or 0 <= now - self._asked < AGAIN_S:
            return []
        if now - self._began >= GIVEN_UP_S:
            self._ask = None
            self._told.append(Told(TaskState.LOST, why="it does not answer"))
            return []
        self._asked = now
        return [orjson.dumps(self._ask)]

    def told(self) -> list[Told]:
        """What was answered."""
        told, self._told = self._told, []
        return told

    def stop(self, now: float) -> None:
        """Ask it to stop."""
        self._ask, self._asked, self._began = {"ask": "stop", "task": self._task}, -math.inf, now


class MemoryVehicle:
    """Understands `MemoryDriver`. `heard(feed, message)` takes its answers; `answer`: accepted, declined or silent."""

    def __init__(self, heard: Callable[[str, dict[str, Any]], None], answer: str = "accepted", why: str = "") -> None:
        self.heard, self.answer, self.why = heard, answer, why
        self.task = 0  # that it is about, 0 none
        self.asked: list[dict[str, Any]] = []
        self.reachable = True
        self._feed = ""

    def send(self, feed: str, data: bytes) -> bool:
        """What is sent to it; whether it could be."""
        if not self.reachable:
            return False
        asked, self._feed = orjson.loads(data), feed
        self.asked.append(asked)
        if self.answer != "silent":
            self._answered(asked)
        return True

    def _answered(self, asked: dict[str, Any]) -> None:
        what, number = asked["ask"], int(asked["task"])
        if what == "begin":
            self.task = number if self.answer == "accepted" else 0
            self.tell(self.answer, number, why=self.why)
        elif what == "stop":
            self.task = 0
            self.tell("stopped", number)
        else:
            self.tell("progress" if self.task == number else "unknown", number)

    def tell(self, name: str, task: int = 0, **more: Any) -> None:
        """Say something of its own accord."""
        self.heard(self._feed, {"name": name, "task": task or self.task} | more)
