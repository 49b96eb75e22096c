"""Asking one vehicle to start one plan, from the first word to the end: a state machine without socket or clock."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from mihari.formats.imc import plans

AGAIN_S = 3.0  # between two askings: an acoustic or radio round trip is below it
ASKINGS = 5  # unanswered ones before the vehicle counts as lost
SILENT_S = 30.0  # DUNE tells the state of its plan every second


class Stage(StrEnum):
    """Where a plan is."""

    IDLE = "idle"
    SENT = "sent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # the vehicle began and did not end it, or someone stopped it
    LOST = "lost"  # no answer, or silence while it ran; a state told later finds it again


ENDED = (Stage.REFUSED, Stage.DONE, Stage.FAILED)


class PlanStart:
    """One plan for the vehicle with address `vehicle`, asked for by `source`. `because` has the vehicle's own words.

    `start`, `stop`, `take` and `tick` give the messages to send; times are UTC s.

    >>> asked = PlanStart(plans.plan("p", [plans.goto(35.0, 139.0, speed=1.5)]), vehicle=30, source=16, request_id=7)
    >>> [m["op"] for m in asked.start(0.0)], asked.stage.value
    (['START'], 'sent')
    >>> head = {"source": 30, "destination": 16}
    >>> asked.take(head | {"message": "PlanControl", "type": "SUCCESS", "op": "START", "request_id": 7}, 0.5)
    []
    >>> state = head | {"message": "PlanControlState", "plan_id": "p", "state": "EXECUTING", "last_outcome": "NONE"}
    >>> asked.take(state | {"plan_progress_percent": 12.5}, 1.0), asked.stage.value, asked.percent
    ([], 'running', 12.5)
    """

    def __init__(self, plan: Mapping[str, Any], *, vehicle: int, source: int, request_id: int) -> None:
        self.plan, self.vehicle, self.source, self.request_id = dict(plan), vehicle, source, request_id
        self.stage = Stage.IDLE
        self.percent: float | None = None
        self.because = ""
        self._asked = self._heard = 0.0
        self._askings = 0
        self._stopping = False
        self._ran = False

    @property
    def plan_id(self) -> str:
        """Of the plan."""
        return str(self.plan["plan_id"])

    def start(self, now: float) -> list[dict[str, Any]]:
        """Ask; once."""
        if self.stage != Stage.IDLE:
            return []
        self.stage, self._askings, self._heard = Stage.SENT, 0, now
        return self._ask(now)

    def stop(self, now: float) -> list[dict[str, Any]]:
        """Ask the vehicle to stop, whatever is believed of it, unless the plan has ended."""
        if self.stage in (*ENDED, Stage.IDLE):
            return []
        self._stopping, self._askings = True, 0
        return self._ask(now)

    def tick(self, now: float) -> list[dict[str, Any]]:
        """What the passing of time brings: the question again, or the loss of the vehicle."""
        if self.stage in (*ENDED, Stage.IDLE, Stage.LOST):
            return []
        if (self.stage == Stage.SENT or self._stopping) and now - self._asked >= AGAIN_S:
            if self._askings < ASKINGS:
                return self._ask(now)
            self._lose(f"no answer to {ASKINGS} requests")
        elif self.stage in (Stage.ACCEPTED, Stage.RUNNING) and now - self._heard > SILENT_S:
            self._lose(f"silent for {now - self._heard:.0f} s")
        return []

    def take(self, message: Mapping[str, Any], now: float) -> list[dict[str, Any]]:
        """A message that came in; those of other vehicles and plans change nothing."""
        if message.get("source") != self.vehicle or self.stage in (*ENDED, Stage.IDLE):
            return []
        if message["message"] == "PlanControl":
            self._answer(message, now)
        elif message["message"] == "PlanControlState":
            self._state(message, now)
        return []

    def _answer(self, message: Mapping[str, Any], now: float) -> None:
        if message.get("request_id") != self._number or message.get("destination", self.source) != self.source:
            return
        told = message.get("type")
        if message.get("op") == "STOP" and self._stopping:
            if told == "SUCCESS":
                self._stopping = False
                self.stage, self.because = Stage.FAILED, "stopped on request"
            return
        if message.get("op") != "START" or self.stage not in (Stage.SENT, Stage.LOST):
            return
        self._heard = now
        if told == "FAILURE":
            self.stage, self.because = Stage.REFUSED, str(message.get("info", ""))
        elif told == "SUCCESS":
            self.stage, self.because = Stage.ACCEPTED, str(message.get("info", ""))
        elif told == "IN_PROGRESS":
            self._asked = now  # it is at it: no need to ask again at once

    def _state(self, message: Mapping[str, Any], now: float) -> None:
        doing, own = message.get("state"), message.get("plan_id") == self.plan_id
        if doing in ("EXECUTING", "INITIALIZING"):
            if own and (doing == "EXECUTING" or self.stage != Stage.SENT):
                self._heard, self._ran = now, self._ran or doing == "EXECUTING"
                self.stage = Stage.RUNNING if doing == "EXECUTING" else self.stage
                told = message.get("plan_progress_percent", -1.0)
                self.percent = told if told >= 0 else self.percent
                self.because = plans.progress(message)
            elif self._ran:
                self.stage, self.because = Stage.FAILED, f"the vehicle runs {message.get('plan_id')} instead"
        elif self._ran:
            done = own and message.get("last_outcome") == "SUCCESS"
            self.stage, self.percent = (Stage.DONE, 100.0) if done else (Stage.FAILED, self.percent)
            self.because = plans.progress(message)
        elif self.stage == Stage.ACCEPTED:
            self._heard = now

    def _lose(self, because: str) -> None:
        self.stage, self.because, self._stopping = Stage.LOST, because, False

    @property
    def _number(self) -> int:
        """Of the open request: stopping has the next one."""
        return (self.request_id + self._stopping) & 0xFFFF

    def _ask(self, now: float) -> list[dict[str, Any]]:
        self._asked = now
        self._askings += 1
        asked = plans.stop(self.plan_id, self._number) if self._stopping else plans.start(self.plan, self._number)
        return [asked | {"time": now, "source": self.source, "destination": self.vehicle}]
