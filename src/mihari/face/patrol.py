"""The patrol on the API: how it goes, the plan, cells with the age of their last look; what if, a look, what is lost.

Only the records are written here. What comes of it is the node's affair (`mihari.patrolling`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path
from starlette.responses import Response

from mihari.alerts.actions import By, Conflict
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.core.times import told_time
from mihari.face import models
from mihari.face import patrol_models as shapes
from mihari.face.alert_door import Door, answer
from mihari.face.patrol_heard import heard
from mihari.face.state import FaceState
from mihari.patrol.plan import to_json
from mihari.patrolling import ages, shelf
from mihari.patrolling.around import alert_to_patrol, area
from mihari.patrolling.demanding import complete, demanded
from mihari.patrolling.proposing import sortie_to_propose
from mihari.patrolling.shelf import Kept, Kind, State, Wish
from mihari.patrolling.wishes import told_of
from mihari.tasks.shelf import charge

Number = Annotated[int, Path(ge=1, lt=1 << 62, description="of what was asked", examples=[5])]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "the node has no patrol, or nobody asked under this number"},
    409: {"model": models.Problem, "description": "another plan is in force by now, or none yet"},
    422: {"model": models.Problem, "description": "what cannot be meant: no such vehicle or place, among others"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}
NO_PATROL = "this node has no patrol: its node file has no [patrol] with a file"
NO_PLAN = "the patrol has no plan yet: it is being made"


def add_patrol(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/patrol/...`; 404 where the node file has none."""
    door = Door(records, state)
    _add_questions(api, door)
    _add_orders(api, door)


def _add_questions(api: APIRouter, door: Door) -> None:
    @api.get("/patrol", response_model=shapes.Patrol, responses=PROBLEMS, summary="How the patrol goes")
    async def patrol() -> Response:
        now = _now(door)
        return answer(await door.ask(lambda connection: _patrol(connection, now)))

    @api.get("/patrol/plan", response_model=shapes.PlanAnswer, responses=PROBLEMS, summary="The plan in force")
    async def plan() -> Response:
        now = _now(door)

        def question(connection: sa.Connection) -> dict[str, Any]:
            kept, following = _plans(connection, now)
            told = [None if one is None else to_json(one.plan) for one in (kept, following)]
            flown = shelf.told(connection, "timeline").get("sorties", [])
            number = kept.number if kept else 0
            return {"time": now, "number": number, "plan": told[0], "next": told[1], "sorties": flown}

        return answer(await door.ask(question))

    @api.get("/patrol/cells", response_model=shapes.Cells, responses=PROBLEMS, summary="Ages of the last looks")
    async def cells() -> Response:
        now = _now(door)
        folder, sensors = str(door.state.node.get("context") or ""), list(door.state.sensors)

        def question(connection: sa.Connection) -> dict[str, Any]:
            told = _cells(connection, now)
            for cell, (share, known) in zip(told["cells"], heard(told["cells"], folder, sensors), strict=True):
                cell |= {"heard": share, "heard_by": known}
            return told

        return answer(await door.ask(question))

    @api.get("/patrol/asked/{number}", response_model=shapes.Asked, responses=PROBLEMS, summary="What came of it")
    async def asked(number: Number) -> Response:
        _now(door)
        return answer(await door.ask(lambda connection: asked_object(shelf.wish_of(connection, number))))


def _add_orders(api: APIRouter, door: Door) -> None:
    accepted: dict[str, Any] = {"status_code": 202, "response_model": shapes.Asked, "responses": PROBLEMS}

    @api.post("/patrol/what-if", **accepted, summary="A plan as it would be; nothing is put in force")
    async def what_if(told: shapes.WhatIf) -> Response:
        def body(connection: sa.Connection, now: float) -> dict[str, Any]:
            sheet = _sheet(connection)
            _known(sheet, told.lost, "vehicles")
            _known(sheet, told.places, "places")
            asked = told.model_dump(exclude={"who", "look"})
            return asked if told.look is None else asked | {"look": look_body(told.look, now)}

        return await _ask(door, told.who, Kind.WHAT_IF, body)

    @api.post("/patrol/look", **accepted, summary="A vessel is to be looked at")
    async def look(told: shapes.LookOrder) -> Response:
        def body(connection: sa.Connection, now: float) -> dict[str, Any]:
            _sheet(connection)
            return look_body(told, now) | {"reason": told.reason, "alert": told.alert}

        return await _ask(door, told.who, Kind.LOOK, body)

    @api.post("/patrol/lost", **accepted, summary="A vehicle or place is lost, or back")
    async def lost(told: shapes.LostOrder) -> Response:
        def body(connection: sa.Connection, now: float) -> dict[str, Any]:
            sheet = _sheet(connection)
            place = any(one["name"] == told.name for one in sheet["places"])
            if not place:
                _known(sheet, [told.name], "vehicles")
            return {"name": told.name, "place": place, "reason": told.reason}

        return await _ask(door, told.who, Kind.BACK if told.back else Kind.LOST, body)

    @api.post("/patrol/demand", **accepted, summary="A zone is to be patrolled, or no more")
    async def demand(told: shapes.DemandOrder) -> Response:
        def body(connection: sa.Connection, now: float) -> dict[str, Any]:
            sheet, (kept, _) = _sheet(connection), _plans(connection, now)
            if kept is None:
                raise Conflict(NO_PLAN)
            whole = told.model_dump(exclude={"who"})
            if told.alert and not told.back:
                whole |= area(connection, alert_to_patrol(connection, told.alert), told.around_km)
            whole = whole if told.back else complete(whole, sheet["cells"], kept.file)
            demanded(kept.file, shelf.told(connection, "state")["changes"], whole)
            return whole

        return await _ask(door, told.who, Kind.DEMAND, body)

    @api.post("/patrol/adopt", **accepted, summary="The plan of a what-if is put in force")
    async def adopt(told: shapes.Adopt) -> Response:
        def body(connection: sa.Connection, now: float) -> dict[str, Any]:
            asked, (kept, _) = shelf.wish_of(connection, told.number), _plans(connection, now)
            if asked.kind != Kind.WHAT_IF or asked.state != State.DONE or not asked.answer:
                raise Conflict(f"{told.number} is no what-if that has an answer: expected one")
            if kept is None or kept.number != told.plan or asked.answer["of"] != told.plan:
                raise Conflict(f"plan {kept.number if kept else 0} is in force by now: ask what if again, then decide")
            return {"number": told.number, "plan": told.plan, "reason": told.reason}

        return await _ask(door, told.who, Kind.ADOPT, body)

    @api.post("/patrol/propose", **accepted, summary="The tasks of a sortie are proposed to its operator")
    async def propose(told: shapes.ProposeOrder) -> Response:
        def body(connection: sa.Connection, now: float) -> dict[str, Any]:
            _known(_sheet(connection), [told.vehicle], "vehicles")
            kept, following = _plans(connection, now)
            if kept is None:
                raise Conflict(NO_PLAN)
            if following is not None and told.launch >= following.plan.begin:
                begins = told_time(following.plan.begin)
                raise Conflict(f"this sortie is of the next plan: expected one of the plan in force, until {begins}")
            sortie_to_propose(kept.plan, charge(connection, told.vehicle), told.vehicle, told.launch, now)
            return {"vehicle": told.vehicle, "launch": told.launch, "reason": told.reason}

        return await _ask(door, told.who, Kind.PROPOSE, body)


Body = Callable[[sa.Connection, float], dict[str, Any]]


async def _ask(door: Door, who: str, kind: Kind, body: Body) -> Response:
    """Something is asked of the node; 202 with its number, or 404, 409, 422, 503 with a sentence."""
    now, records = _now(door), door.watch.records

    def asked() -> dict[str, Any]:
        with records.read() as connection:
            told = body(connection, now)
        wish = Wish(0, now, who, kind, State.WAITING, told, {}, "")
        return asked_object(shelf.ask(records, By(who, now), kind, told, told_of(wish)))

    return answer(await door.told(asked), 202)


def _now(door: Door) -> float:
    """UTC s by the clock; 404 where the node has no patrol."""
    if not door.state.node.get("patrol"):
        raise HTTPException(404, NO_PATROL)
    return door.watch.records.clock()


def asked_object(wish: Wish) -> dict[str, Any]:
    """What somebody asked as the API tells it."""
    kept: dict[str, Any] = {
        key: wish.answer[key]
        for key in ("figures", "before", "shortfalls", "of", "plan", "tasks", "left_out")
        if key in wish.answer
    }
    return {
        "number": wish.number, "time": wish.time, "who": wish.who, "kind": str(wish.kind), "state": str(wish.state),
        "body": wish.body, "problem": wish.problem, **kept,
    }  # fmt: skip


def look_body(told: shapes.Vessel, now: float) -> dict[str, Any]:
    """A vessel to be looked at, with its times in UTC s."""
    kept = told.model_dump(include=set(shapes.Vessel.model_fields) - {"within_min"})
    return kept | {"time": now, "by": now + 60 * told.within_min}


def _sheet(connection: sa.Connection) -> dict[str, Any]:
    """What there is; Conflict where that is not known yet."""
    sheet = shelf.told(connection, "sheet")
    if not sheet:
        raise Conflict(NO_PLAN)
    return sheet


def _known(sheet: dict[str, Any], names: list[str], what: str) -> None:
    there = [one["name"] for one in sheet[what]]
    if strange := next((name for name in names if name not in there), None):
        raise BadInput(f"{strange!r}: expected one of {', '.join(there)}")


def _plans(connection: sa.Connection, now: float) -> tuple[Kept | None, Kept | None]:
    digest = shelf.told(connection, "state").get("digest", "")
    following = shelf.next_of(connection, now, digest) if digest else 0
    kept = shelf.in_force(connection, now, digest) if digest else None
    return kept, shelf.plan_of(connection, following) if following else None


def _patrol(connection: sa.Connection, now: float) -> dict[str, Any]:
    state = shelf.told(connection, "state")
    if not state:
        raise Conflict("the patrol has not begun yet: ask again in a second")
    kept, following = _plans(connection, now)
    sheet = {key: value for key, value in shelf.told(connection, "sheet").items() if key != "cells"}
    return {
        "time": now, "state": _word(state, kept, now), "problem": state["problem"], "said": state["said"],
        "progress": {"doing": state["doing"], **state["progress"]}, "improving": state["improving"],
        "changes": state["changes"], "plan": _kept(kept), "next": _kept(following),
        "figures": {} if kept is None else to_json(kept.plan)["figures"], "sheet": sheet,
        "plans": shelf.plans(connection), "asked": [asked_object(one) for one in shelf.recent(connection)],
    }  # fmt: skip


def _word(state: dict[str, Any], kept: Kept | None, now: float) -> str:
    if kept is None:
        return "failed" if state["problem"] else "planning"
    return "over" if kept.plan.end <= now else "in force"


def _kept(kept: Kept | None) -> dict[str, Any] | None:
    if kept is None:
        return None
    told = {"number": kept.number, "time": kept.time, "begin": kept.plan.begin, "end": kept.plan.end}
    return told | {"who": kept.who, "why": kept.why}


def _cells(connection: sa.Connection, now: float) -> dict[str, Any]:
    """Cells as they are now: looks that were kept, and those of the plan that have come due since."""
    sheet, seen = _sheet(connection), shelf.told(connection, "seen")
    kept, following = _plans(connection, now)
    plans = [one.plan for one in (kept, following) if one is not None]
    looks, since = ages.of_told(seen.get("looks", {})), float(seen.get("since", sheet["begin"]))
    heard = frozenset(seen.get("heard", ()))
    for row, look in ages.planned(plans, float(seen.get("to", since)), now, heard).items():
        ages.keep(looks, row, look)
    rows = ages.cell_rows(sheet["cells"], looks, ages.coming(plans, now), since, now)
    return {"time": now, "fresh": round(ages.fresh_now(rows), 4), "cells": rows}
