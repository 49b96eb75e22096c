"""The records of alerts, tasks and cases -> the face's state, within a third of a second of any change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from mihari.alerts import ask
from mihari.alerts.alert import Place
from mihari.alerts.records import Records
from mihari.alerts.zones import changed_at
from mihari.cases.shelf import changed as changed_cases
from mihari.cases.shelf import listed as listed_cases
from mihari.core.errors import MihariError
from mihari.face.state import FaceState
from mihari.face.zones import listed_features
from mihari.tasks import shelf
from mihari.tasks.body import task_object

POLL_S = 0.3  # one small question to the records; a change is told within a second
AGAIN_S = 2.0  # after the records did not answer
TASKS_MAX = 200  # tasks that are over, told at the first look
CASES_MAX = 500  # cases told to a browser: those that are open, and what changes
OPEN_MAX = 1000  # alerts told to a browser; `counts` tells how many there are
log = logging.getLogger(__name__)


async def watch_records(records: Records, state: FaceState, news: Callable[[], float]) -> None:
    """Keep `state` up to date with the records until cancelled; `news` is called after each change."""
    look = Look(records)
    while True:
        wait = POLL_S
        try:
            told = await asyncio.to_thread(look)
        except MihariError as problem:
            wait, told = AGAIN_S, look.failed(str(problem))
        except Exception:
            log.exception("the records of alerts could not be read")
            wait, told = AGAIN_S, look.failed("the records of alerts cannot be read: see the log")
        if told is not None:
            state.take_alerts(told)
            news()
        await asyncio.sleep(wait)


class Look:
    """One look at the records after the other: None while nothing has changed."""

    def __init__(self, records: Records) -> None:
        self.records, self.sequence, self.problem = records, 0, ""
        self._zones_at = -1
        self._cases_at = 0  # the newest version of a case that was told
        self._open = False

    def __call__(self) -> dict[str, Any] | None:
        """What has changed since the last look; everything at the first."""
        if not self._open:
            self.records.open()
            self._open = True
        with self.records.read() as connection:
            sequence = ask.head_of(connection)["sequence"]
            if sequence == self.sequence and not self.problem:
                return None
            again = not self.sequence or sequence < self.sequence  # the first look, or other records than before
            changed = [] if again else ask.changed(connection, self.sequence, OPEN_MAX + 1)
            everything = again or len(changed) > OPEN_MAX
            if everything:
                places = (*ask.OPEN, Place.ASIDE)
                changed = ask.listed(connection, places, limit=OPEN_MAX)
            zones_at = changed_at(connection)
            told = {"counts": ask.counts(connection), "alerts": changed, "fleets": ask.fleets(connection)}
            told["tasks"] = _tasks(connection, 0 if again else self.sequence)
            told["cases"] = self._cases(connection, again)
            if zones_at != self._zones_at or again:
                told["zones"], self._zones_at = listed_features(connection), zones_at
        self.sequence, self.problem = max(sequence, 1), ""
        return told | {"sequence": self.sequence, "problem": "", "all": everything, "again": again}

    def _cases(self, connection: sa.Connection, again: bool) -> list[dict[str, Any]]:
        """Cases that changed since the last look, the latest last; at the first look those that are open."""
        if again:
            told = listed_cases(connection, "open", limit=CASES_MAX)[::-1]
            self._cases_at = max((case["version"] for case in listed_cases(connection, limit=1)), default=0)
            return told
        told = changed_cases(connection, self._cases_at, CASES_MAX)
        self._cases_at = max((case["version"] for case in told), default=self._cases_at)
        return told

    def failed(self, problem: str) -> dict[str, Any] | None:
        """The records do not answer: told once."""
        if problem == self.problem:
            return None
        self.problem = problem
        return {"sequence": self.sequence, "problem": problem}


def _tasks(connection: sa.Connection, sequence: int) -> list[dict[str, Any]]:
    """Tasks that changed since a sequence number, the latest last; at the first look all open ones and the newest."""
    if sequence:
        return [task_object(one) for one in shelf.changed(connection, sequence, shelf.LISTED_MAX)]
    there = {one.number: one for one in shelf.listed(connection, limit=TASKS_MAX)}
    there |= {one.number: one for one in shelf.listed(connection, shelf.OPEN)}
    return [task_object(there[number]) for number in sorted(there)]
