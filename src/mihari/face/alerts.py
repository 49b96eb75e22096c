"""Alerts on the API: the list, one alert, what people decide, the watch log, the handover, the audit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from mihari.alerts import actions, ask
from mihari.alerts.actions import By
from mihari.alerts.alert import Alert
from mihari.alerts.audit import verify
from mihari.alerts.book import Book
from mihari.alerts.handover import as_markdown, handover
from mihari.alerts.pairs import Pairing, pairs_about
from mihari.alerts.records import Records
from mihari.alerts.text import clean
from mihari.core.behaviour import UNNAMED, Urgency
from mihari.core.errors import BadInput
from mihari.core.times import parse_time
from mihari.face import alert_models as shapes
from mihari.face import models
from mihari.face.alert_door import NEWEST, Door, answer, one_alert
from mihari.face.state import FaceState

Decider = TypeVar("Decider", bound=Callable[..., Any])
WATCH_S = 8 * 3600.0  # a handover tells of the last eight hours
DEEP_MAX = 100_000  # alerts that a list may pass over
TIME = "2026-11-20T17:05:30Z, 17:05 or -8h, UTC, by the clock"
Begin = Annotated[str | None, Query(alias="from", max_length=40, description=TIME, examples=["-8h"])]
End = Annotated[str | None, Query(alias="to", max_length=40, description=TIME, examples=["17:30"])]
Key = Annotated[int, Query(ge=0, lt=2 * UNNAMED, description="MMSI, or 2^40 + number in the picture; 0: all")]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "no such alert, or the node keeps none"},
    409: {"model": models.Problem, "description": "it has changed since, or it cannot be decided now"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}


def add_alerts(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/alerts`, `/watch-log`, `/handover`, `/audit`, `/fleets`."""
    door = Door(records, state)
    _add_questions(api, door)
    _add_decisions(api, door)
    _add_log(api, door)


def _add_questions(api: APIRouter, door: Door) -> None:
    @api.get("/alerts", response_model=shapes.Alerts, responses=PROBLEMS, summary="Alerts in their order")
    async def alerts(
        place: Annotated[str, Query(pattern="^(open|aside|closed|all)$", examples=["open"])] = "open",
        vessel: Key = 0,
        offset: Annotated[int, Query(ge=0, le=DEEP_MAX, examples=[0])] = 0,
        limit: Annotated[int, Query(ge=1, le=1000, examples=[200])] = 200,
    ) -> Response:
        def question(connection: sa.Connection) -> dict[str, Any]:
            head = ask.head_of(connection)
            found = ask.listed(connection, ask.PLACES[place], vessel, offset, limit)
            told = {"sequence": head["sequence"], "data_time": head["data_time"], "alerts": found}
            return told | {"counts": ask.counts(connection)} | _words()

        return answer(await door.ask(question))

    @api.get("/alerts/{number}", response_model=shapes.AlertDetail, responses=PROBLEMS, summary="One alert")
    async def alert(number: int) -> Response:
        return answer(await door.ask(lambda connection: one_alert(connection, number)))

    @api.get("/fleets", response_model=shapes.Fleets, responses=PROBLEMS, summary="Fleets as they are now")
    async def fleets() -> Response:
        return answer({"fleets": await door.ask(ask.fleets)})


def _add_decisions(api: APIRouter, door: Door) -> None:
    def post(name: str, summary: str) -> Callable[[Decider], Decider]:
        return api.post(
            f"/alerts/{{number}}/{name}", response_model=shapes.AlertDetail, responses=PROBLEMS, summary=summary
        )

    @post("acknowledge", "Seen, and taken on")
    async def acknowledge(number: int, told: shapes.Acknowledge) -> Response:
        return await door.decide(
            number,
            told.who,
            told.version,
            lambda book, by: actions.acknowledge(book, number, by, told.reason, told.note),
        )

    @post("assign", "Give it to somebody")
    async def assign(number: int, told: shapes.Assign) -> Response:
        return await door.decide(
            number, told.who, told.version, lambda book, by: actions.assign(book, number, by, told.to)
        )

    @post("comment", "A note in its log")
    async def comment(number: int, told: shapes.Comment) -> Response:
        return await door.decide(number, told.who, None, lambda book, by: actions.comment(book, number, by, told.text))

    @post("set-aside", "Off the list for the time of its behaviours")
    async def set_aside(number: int, told: shapes.SetAside) -> Response:
        def action(book: Book, by: By) -> Alert:
            return actions.set_aside(book, number, by, told.reason, told.note, told.until)

        return await door.decide(number, told.who, told.version, action)

    @post("bring-back", "Take back what was set aside")
    async def bring_back(number: int, told: shapes.Decision) -> Response:
        return await door.decide(number, told.who, told.version, lambda book, by: actions.bring_back(book, number, by))

    @post("escalate", "Make it more urgent")
    async def escalate(number: int, told: shapes.Escalate) -> Response:
        def action(book: Book, by: By) -> Alert:
            wanted = actions.chosen(told.urgency, ("warning", "alarm", "emergency"), "urgency")
            return actions.escalate(book, number, by, Urgency[wanted.upper()], told.note)

        return await door.decide(number, told.who, told.version, action)

    @post("close", "Say what it was")
    async def close(number: int, told: shapes.Close) -> Response:
        return await door.decide(
            number, told.who, told.version, lambda book, by: actions.close(book, number, by, told.outcome, told.note)
        )


def _add_log(api: APIRouter, door: Door) -> None:
    @api.get("/watch-log", response_model=shapes.WatchLog, responses=PROBLEMS, summary="The watch log")
    async def watch_log(
        begin: Begin = None,
        end: End = None,
        alert: Annotated[int, Query(ge=0, description="0: all")] = 0,
        before: Annotated[int | None, Query(description="lines before this id", examples=[500])] = None,
        limit: Annotated[int, Query(ge=1, le=ask.LINES_MAX, examples=[200])] = 200,
    ) -> Response:
        span = _time(begin), _time(end)
        return answer({"lines": await door.ask(lambda c: ask.log_lines(c, alert, *span, before, limit))})

    @api.post("/watch-log", status_code=204, responses=PROBLEMS, summary="A note about no alert")
    async def note(told: shapes.Comment) -> Response:
        await door.note(told.who, told.text)
        return Response(status_code=204)

    @api.post(
        "/vessels/{id}/pair", response_model=shapes.Paired, responses=PROBLEMS, summary="It and another are one, or two"
    )
    async def paired(id: int, told: shapes.Pair) -> Response:
        return answer(_paired(await door.pair(id, told.who, told.other, told.same, told.note)))

    @api.post(
        "/vessels/{id}/split", response_model=shapes.Paired, responses=PROBLEMS, summary="What a node holds is another"
    )
    async def parted(id: int, told: shapes.Split) -> Response:
        return answer(_paired(await door.split(id, told.who, told.node, told.note)))

    @api.get("/vessels/{id}/pair", response_model=shapes.Words, responses=PROBLEMS, summary="What people said of it")
    async def words(id: Annotated[int, Path(ge=0, lt=1 << 62)]) -> Response:
        return answer({"words": [_paired(one) for one in await door.ask(lambda c: pairs_about(c, id))]})

    @api.get("/handover", responses=PROBLEMS, summary="What this watch hands over, as JSON or Markdown")
    async def hand_over(
        begin: Begin = None,
        end: End = None,
        format: Annotated[str, Query(pattern="^(json|markdown)$", examples=["markdown"])] = "json",
    ) -> Response:
        last = _time(end) or time.time()
        first = _time(begin)
        told = await door.ask(lambda c: handover(c, last - WATCH_S if first is None else first, last))
        if format == "json":
            return answer(told)
        document = as_markdown(told, str(door.state.node.get("name") or ""))
        return Response(document, headers=NEWEST, media_type="text/markdown; charset=utf-8")

    @api.get("/audit", response_model=shapes.Audit, responses=PROBLEMS, summary="Does the chain of the audit hold?")
    async def audit() -> Response:
        verdict = await door.ask(verify)
        return answer({name: getattr(verdict, name) for name in shapes.Audit.model_fields})


async def one_sentence(_: Request, problem: Exception) -> Response:
    """What is wrong with a request, as one sentence; what was sent is not repeated."""
    errors = problem.errors() if isinstance(problem, RequestValidationError) else []
    said = [f"{'.'.join(str(p) for p in e['loc'][1:]) or e['loc'][0]}: {_lower(e['msg'])}" for e in errors[:5]]
    return answer({"detail": clean("; ".join(said) or "the request cannot be understood")}, 422)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _paired(said: Pairing) -> dict[str, Any]:
    return {name: getattr(said, name) for name in shapes.Paired.model_fields}


def _words() -> dict[str, list[str]]:
    return {
        "reasons": list(actions.REASONS),
        "aside_reasons": list(actions.ASIDE_REASONS),
        "outcomes": list(actions.OUTCOMES),
    }


def _time(text: str | None) -> float | None:
    try:
        return None if text is None else parse_time(text, time.time())
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from None
