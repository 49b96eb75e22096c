"""The records behind the API of alerts and zones: questions and decisions in a thread, problems as one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from fastapi import HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mihari.alerts import ask
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.alert import Alert
from mihari.alerts.book import Book
from mihari.alerts.pairs import Pairing, pair, pairs_about, split
from mihari.alerts.records import Records, Unavailable
from mihari.alerts.watch import Watch
from mihari.core.errors import BadInput
from mihari.face.answers import nodes_of
from mihari.face.state import FaceState

T = TypeVar("T")
NEWEST = {"cache-control": "no-store"}


class Door:
    """The records behind the API: questions and decisions in a thread, problems as one sentence."""

    def __init__(self, records: Records | None, state: FaceState) -> None:
        self.records, self.state = records, state
        self._watch = None if records is None else Watch(records)

    @property
    def watch(self) -> Watch:
        """What decides; 404 where the node keeps no alerts."""
        if self._watch is None:
            raise HTTPException(404, "this node keeps no alerts: [alerts] of its node file says enabled = false")
        return self._watch

    async def ask(self, question: Callable[[sa.Connection], T]) -> T:
        """The answer of the records as they are at one moment."""
        records = self.watch.records

        def asked() -> T:
            with records.read() as connection:
                return question(connection)

        return await self.told(asked)

    async def decide(self, number: int, who: str, version: int | None, action: Callable[[Book, By], Alert]) -> Response:
        """Carry out one decision about one alert; the alert as it is then."""
        watch, now = self.watch, self.now

        def decided() -> Any:
            by = By(who, now, version)
            watch.act(number, lambda book: action(book, by))
            with watch.records.read() as connection:
                return one_alert(connection, number)

        return answer(await self.told(decided))

    async def note(self, who: str, text: str) -> None:
        """A line of the watch log about no alert."""
        watch, now = self.watch, self.now
        await self.told(lambda: watch.note(By(who, now), text))

    async def pair(self, one: int, who: str, other: int, same: bool, note: str) -> Pairing:
        """A person's word that two vessels of the picture are one, or two.

        404 for a vessel that is not there, unless somebody has spoken of the two before: of two that became one, one is
        gone, and that word can be taken back.
        """
        records, now = self.watch.records, self.now
        there = zip((one, other), self.state.slots_of([one & 0xFFFFFFFF, other]).tolist(), strict=True)
        gone = [vessel for vessel, slot in there if slot < 0 or vessel != vessel & 0xFFFFFFFF]

        def said() -> Pairing:
            with records.read() as connection:
                spoken = any({p.one, p.other} == {one, other} for p in pairs_about(connection, one)) if gone else True
            if not spoken:
                raise Unknown(f"no vessel {gone[0]}")
            return pair(records, By(who, now), one, other, same, note)

        return await self.told(said)

    async def split(self, one: int, who: str, node: str, note: str) -> Pairing:
        """A person's word that what `node` holds of a vessel is another one; 404, 422 where it holds none of it."""
        if not 0 < one <= 0xFFFFFFFF or self.state.slots_of([one])[0] < 0:
            raise HTTPException(404, f"no vessel {one}")
        holders = nodes_of(self.state, one)["held_by"]
        if node not in holders or len(holders) < 2:
            held = ", ".join(holders) or "this node alone"
            raise HTTPException(422, f"vessel {one} is held by {held}: expected one of several nodes that hold it")
        records, now = self.watch.records, self.now
        return await self.told(lambda: split(records, By(who, now), one, node, note))

    @property
    def now(self) -> float:
        """UTC s of data: the picture's time, else the clock's."""
        return self.state.time or time.time()

    @staticmethod
    async def told(work: Callable[[], T]) -> T:
        """What work in a thread brings; 404, 409, 422 or 503 with its sentence where it cannot."""
        try:
            return await run_in_threadpool(work)
        except Unknown as problem:
            raise HTTPException(404, str(problem)) from None
        except Conflict as problem:
            raise HTTPException(409, str(problem)) from None
        except BadInput as problem:
            raise HTTPException(422, str(problem)) from None
        except Unavailable as problem:
            raise HTTPException(503, f"the records do not answer: {problem}") from None


def one_alert(connection: sa.Connection, number: int) -> dict[str, Any]:
    """An alert with all that belongs to it and the fleet it is about; Unknown where there is none."""
    told = ask.one(connection, number) if 0 < number < 1 << 62 else None
    if told is None:
        raise Unknown(f"there is no alert {number}")
    fleets = [f for f in ask.fleets(connection) if f["id"] == told["fleet"]] if told["fleet"] else []
    return told | {"fleets": fleets}


def answer(value: Any, status: int = 200) -> Response:
    """JSON that nobody keeps."""
    return Response(orjson.dumps(value), status, headers=NEWEST, media_type="application/json")
