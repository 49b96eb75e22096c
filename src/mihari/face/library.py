"""The pattern library on the API: what the node holds, decisions about it, a text checked, tried and held on trial."""

from __future__ import annotations

import base64
import binascii
import threading
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mihari.alerts.actions import By, Conflict
from mihari.alerts.records import Records
from mihari.alerts.zones import listed as zones_listed
from mihari.core.zones import feature_of
from mihari.face import library_models as shapes
from mihari.face import library_told as told_as
from mihari.face import models
from mihari.face.alert_door import Door, answer
from mihari.face.preview import Order, Previews
from mihari.face.state import FaceState
from mihari.library import importing, offers, shelf
from mihari.library.pattern import Pattern

Name = Annotated[str, Path(min_length=3, max_length=60, description="of the pattern", examples=["dark_rendezvous"])]
Number = Annotated[int, Path(ge=1, lt=1 << 62, description="of the preview", examples=[3])]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "no such pattern or preview, or the node keeps none"},
    409: {"model": models.Problem, "description": "it is so already, cannot be made active, or one is tried already"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}


class Shelf(Door):
    """The records behind the API of patterns."""

    def __init__(self, records: Records | None, state: FaceState) -> None:
        super().__init__(records, state)
        self.reader, self.previews, self.adding = told_as.Reader(), Previews(), threading.Lock()

    @property
    def archive(self) -> str:
        """Its folder; "" where nothing is kept."""
        return str(self.state.node.get("archive") or "")

    def held(self, connection: sa.Connection) -> dict[str, Any]:
        """The list."""
        offered = [told_as.offered(one) for one in offers.listed(connection)]
        rows, unread = self.reader.rows(connection), [one.told for one in self.reader.unread]
        return {"patterns": rows, "unread": unread, "archive": bool(self.archive), "offered": offered}

    async def decided(self, name: str, told: shapes.Decision, state: str) -> Response:
        """One decision; the pattern as it is then."""
        records, now = self.watch.records, self.now

        def work() -> dict[str, Any]:
            done = shelf.set_state(records, By(told.who, now), name, state, told.version, told.why.strip())
            with records.read() as connection:
                return self.reader.detail(connection, name, done.version)

        return answer(await self.told(work))

    def add(self, by: By, pattern: Pattern, cases: bytes) -> dict[str, Any]:
        """Hold a pattern on trial, with what the last preview of this very text told; Conflict where it is held."""
        records, version = self.watch.records, pattern.file.version
        if not self.adding.acquire(blocking=False):
            raise Conflict("another pattern is being proved: expected to wait a minute at most")
        try:
            with records.read() as connection:
                held = told_as.versions(self.reader.held(connection), pattern.name)
            if held and version <= max(held):
                newest = f"{pattern.name} version {max(held)}"
                raise Conflict(f"the node holds {newest}: expected version = {max(held) + 1}, found {version}")
            found = self.previews.of(pattern.text)
            trial = None if found is None else lambda _: {pattern.name: found}
            importing.add(records, by, pattern, cases, trial)
            with records.read() as connection:
                return self.reader.detail(connection, pattern.name, version)
        finally:
            self.adding.release()


def add_library(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/patterns`."""
    door = Shelf(records, state)
    _add_texts(api, door)
    _add_held(api, door)


def _add_held(api: APIRouter, door: Shelf) -> None:
    @api.get(
        "/patterns", response_model=shapes.Patterns, responses=PROBLEMS, summary="The patterns that the node holds"
    )
    async def patterns() -> Response:
        return answer(await door.ask(door.held))

    @api.get("/patterns/{name}", response_model=shapes.Detail, responses=PROBLEMS, summary="One pattern")
    async def pattern(
        name: Name, version: Annotated[int | None, Query(ge=1, description="the active one, else the newest")] = None
    ) -> Response:
        return answer(await door.ask(lambda connection: door.reader.detail(connection, name, version)))

    @api.post("/patterns/{name}/activate", response_model=shapes.Detail, responses=PROBLEMS, summary="It may alert")
    async def activate(name: Name, told: shapes.Decision) -> Response:
        return await door.decided(name, told, "active")

    @api.post("/patterns/{name}/withdraw", response_model=shapes.Detail, responses=PROBLEMS, summary="Not looked for")
    async def withdraw(name: Name, told: shapes.Decision) -> Response:
        return await door.decided(name, told, "withdrawn")


def _add_texts(api: APIRouter, door: Shelf) -> None:
    @api.post("/patterns/check", response_model=shapes.Checked, responses=PROBLEMS, summary="Every mistake of a text")
    async def check(told: shapes.Check) -> Response:
        pattern, mistakes = await run_in_threadpool(told_as.checked, told.text)
        if pattern is None:
            return answer({"pattern": None, "mistakes": mistakes, "held": []})
        held = told_as.versions(await door.ask(door.reader.held), pattern.name)
        return answer({"pattern": told_as.file(pattern), "mistakes": [], "held": held})

    @api.post("/patterns/preview", status_code=202, response_model=shapes.Preview, responses=PROBLEMS,
              summary="Begin to try a text on the archive")  # fmt: skip
    async def begin(told: shapes.Try) -> Response:
        pattern = await _read(told.text)
        cases = _bytes(told.cases)
        if not door.archive and not cases:
            cases = await door.ask(lambda connection: shelf.cases_of(connection, pattern.name))
        zones = await door.ask(lambda connection: [feature_of(one.zone) for one in zones_listed(connection)])
        order = Order(pattern.name, pattern.text, door.archive, told.hours, cases, zones)
        return answer(await door.told(lambda: door.previews.begin(order)), 202)

    @api.get("/patterns/preview/{number}", response_model=shapes.Preview, responses=PROBLEMS, summary="How far it is")
    async def preview(number: Number) -> Response:
        return answer(await door.told(lambda: door.previews.one(number)))

    @api.delete(
        "/patterns/preview/{number}", response_model=shapes.Preview, responses=PROBLEMS, summary="Try it no longer"
    )
    async def cancel(number: Number) -> Response:
        return answer(await door.told(lambda: door.previews.cancel(number)))

    @api.post("/patterns", status_code=201, response_model=shapes.Detail, responses=PROBLEMS,
              summary="Hold a pattern of one's own, on trial")  # fmt: skip
    async def add(told: shapes.New) -> Response:
        by, pattern, cases = await door.told(lambda: By(told.who, door.now)), await _read(told.text), _bytes(told.cases)
        return answer(await door.told(lambda: door.add(by, pattern, cases)), 201)


async def _read(text: str) -> Pattern:
    """The pattern; 422 with its first mistake."""
    pattern, mistakes = await run_in_threadpool(told_as.checked, text)
    if pattern is None:
        first = mistakes[0]
        where = "" if first["line"] is None else f"line {first['line']}: "
        key = f"{first['key']}: " if first["key"] else ""
        more = "" if len(mistakes) == 1 else f" (and {len(mistakes) - 1} more)"
        raise HTTPException(422, f"{where}{key}{first['problem']}{more}")
    return pattern


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise HTTPException(422, "cases: expected base64 of a file of cases") from None
