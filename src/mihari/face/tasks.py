"""Assets and tasks on the API: what there is, what is under way; propose, accept, refuse, withdraw.

Only the records are written here. What is sent to a vehicle, and whether, is the node's affair (`mihari.tasks`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query
from starlette.responses import Response

from mihari.alerts import ask
from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.core.task import Task, TaskKind, TaskState
from mihari.face import models
from mihari.face import task_models as shapes
from mihari.face.alert_door import Door, answer
from mihari.face.alerts import DEEP_MAX
from mihari.face.state import FaceState
from mihari.tasks import book, shelf
from mihari.tasks.body import task_object
from mihari.tasks.charge import Charge

STATE = f"^(open|{'|'.join(map(str, TaskState))})$"
Number = Annotated[int, Path(ge=1, lt=1 << 62, description="of the task", examples=[12])]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    403: {"model": models.Problem, "description": "it is not for this person to decide"},
    404: {"model": models.Problem, "description": "no such task, vessel or alert, or the node keeps none"},
    409: {"model": models.Problem, "description": "it has changed since, or it cannot be decided now"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}


def add_tasks(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/assets`, `/tasks`."""
    door = Door(records, state)
    _add_questions(api, door)
    _add_decisions(api, door)


def _add_questions(api: APIRouter, door: Door) -> None:
    @api.get("/assets", response_model=shapes.Assets, summary="Vehicles, cameras and crews of this node")
    async def assets() -> Response:
        return answer({"time": door.state.time, "assets": door.state.assets.all})

    @api.get("/tasks", response_model=shapes.Tasks, responses=PROBLEMS, summary="What they were asked to do")
    async def tasks(
        state: Annotated[list[Annotated[str, Query(pattern=STATE)]] | None, Query(examples=[["open"]])] = None,
        asset: Annotated[str, Query(max_length=40, description="'': all", examples=["tb3"])] = "",
        offset: Annotated[int, Query(ge=0, le=DEEP_MAX, examples=[0])] = 0,
        limit: Annotated[int, Query(ge=1, le=shelf.LISTED_MAX, examples=[200])] = 200,
    ) -> Response:
        states = [one for told in state or () for one in (shelf.OPEN if told == "open" else (told,))]

        def question(connection: sa.Connection) -> dict[str, Any]:
            found = shelf.listed(connection, states, asset, offset, limit)
            told = {"sequence": ask.head_of(connection)["sequence"], "tasks": [task_object(one) for one in found]}
            takes = [taking(one) for one in shelf.charges_of(connection)]
            return told | {"counts": shelf.counts(connection), "takes": takes}

        words = {"kinds": list(map(str, TaskKind)), "states": list(map(str, TaskState))}
        return answer(await door.ask(question) | words | {"time": door.state.time})

    @api.get("/tasks/{number}", response_model=shapes.Task, responses=PROBLEMS, summary="One task")
    async def task(number: Number) -> Response:
        found = await door.ask(lambda connection: shelf.one(connection, number))
        if found is None:
            raise HTTPException(404, f"there is no task {number}")
        return answer(task_object(found))


def _add_decisions(api: APIRouter, door: Door) -> None:
    @api.post("/tasks", status_code=201, response_model=shapes.Task, responses=PROBLEMS, summary="Propose a task")
    async def propose(told: shapes.Proposal) -> Response:
        if told.vessel and door.state.slots_of([told.vessel])[0] < 0:
            raise HTTPException(404, f"no vessel {told.vessel}")
        wanted = shelf.Wanted(
            told.asset, told.kind, tuple(told.places), told.vessel,
            math.nan if told.height_m is None else told.height_m, math.inf if told.until is None else told.until,
            told.reason, told.alert, -math.inf if told.begin is None else told.begin,
        )  # fmt: skip
        return await _told(door, lambda records, now: shelf.propose(records, By(told.who, now), wanted), 201)

    async def decide(told: shapes.TaskDecision, number: int, decision: shelf.Decide) -> Response:
        def decided(records: Records, now: float) -> Task:
            return shelf.decide(records, By(told.who, now, told.version), number, decision, told.note)

        return await _told(door, decided)

    @api.post("/tasks/{number}/accept", response_model=shapes.Task, responses=PROBLEMS, summary="Its operator says yes")
    async def accept(number: Number, told: shapes.TaskDecision) -> Response:
        return await decide(told, number, book.accept)

    @api.post("/tasks/{number}/refuse", response_model=shapes.Task, responses=PROBLEMS, summary="Its operator says no")
    async def refuse(number: Number, told: shapes.TaskDecision) -> Response:
        return await decide(told, number, book.refuse)

    @api.post("/tasks/{number}/withdraw", response_model=shapes.Task, responses=PROBLEMS, summary="It is called off")
    async def withdraw(number: Number, told: shapes.TaskDecision) -> Response:
        return await decide(told, number, book.withdraw)


async def _told(door: Door, work: Callable[[Records, float], Task], status: int = 200) -> Response:
    """One decision, by the clock; the task as it is then, or 403, 404, 409, 422, 503 with a sentence."""
    records = door.watch.records

    def decided() -> dict[str, Any]:
        try:
            return task_object(work(records, records.clock()))
        except book.Forbidden as problem:
            raise HTTPException(403, str(problem)) from None

    return answer(await door.told(decided), status)


def taking(charge: Charge) -> dict[str, Any]:
    """Who answers for an asset, and what it takes: nothing without an operator."""
    kinds = [] if charge.takes_none else list(map(str, charge.kinds))
    return {"asset": charge.asset, "operator": charge.operator, "kinds": kinds} | {
        "accepts": [str(kind) for kind in charge.accepts if str(kind) in kinds]
    }
