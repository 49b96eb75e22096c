"""The patrol in the records: plans with the files that they were made for, what people ask, how it goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import By, Unknown
from mihari.alerts.alert import Entry
from mihari.alerts.records import Records
from mihari.alerts.shelf import written
from mihari.core.errors import BadInput
from mihari.patrol.file import PatrolFile
from mihari.patrol.plan import Plan, from_json, to_json

PLANS_KEPT = 50  # a week of rolling on and re-planning; what was in force stays in the audit by its figures
WISHES_KEPT = 500
ANSWERS_KEPT = 20  # each holds a whole plan
WAITING_MAX = 20
P, W = tables.plan.c, tables.wish.c


class Kind(StrEnum):
    """What people ask of the patrol."""

    WHAT_IF = "what if"
    LOOK = "look"
    LOST = "lost"
    BACK = "back"
    ADOPT = "adopt"
    PROPOSE = "propose"
    DEMAND = "demand"


class State(StrEnum):
    """How it goes with what somebody asked."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked at `time` (UTC s by the clock); `answer`: what came of it."""

    number: int
    time: float
    who: str
    kind: Kind
    state: State
    body: dict[str, Any]
    answer: dict[str, Any]
    problem: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan that was put in force at `time` (UTC s by the clock), by whom and why, with its patrol file."""

    number: int
    time: float
    who: str
    why: str
    file: PatrolFile
    plan: Plan


# what people ask


def ask(records: Records, by: By, kind: Kind, body: dict[str, Any], text: str) -> Wish:
    """Something is asked for, with a line of the watch log and its row of the audit."""
    with records.write() as (connection, head):
        waiting = sa.select(sa.func.count()).where(W.state.in_([State.WAITING, State.WORKING]))
        if int(connection.execute(waiting).scalar_one()) >= WAITING_MAX:
            raise BadInput(f"{WAITING_MAX} questions to the patrol wait already: expected some of them to be answered")
        number = _next(connection, W.number)
        wish = Wish(number, by.now, by.who, kind, State.WAITING, body, {}, "")
        row = {"number": number, "time": by.now, "who": by.who, "kind": str(kind), "state": str(wish.state)}
        connection.execute(sa.insert(tables.wish).values(**row, body=_text(body), answer="", problem=""))
        _tidy(connection)
        entry = Entry(f"patrol {kind}", text, by.who, by.now, int(body.get("alert", 0)), {}, {"asked": body})
        _note(connection, head, entry, records.clock())
        return wish


def turn(records: Records, number: int, state: State, answer: dict[str, Any] | None = None, problem: str = "") -> None:
    """The node has begun with it, or is through."""
    with records.write() as (connection, _):
        told: dict[str, Any] = {"state": str(state), "problem": problem}
        if answer is not None:
            told["answer"] = _text(answer)
        connection.execute(sa.update(tables.wish).where(W.number == number).values(told))


def wish_of(connection: sa.Connection, number: int) -> Wish:
    """One of them; Unknown where there is none."""
    row = connection.execute(sa.select(tables.wish).where(W.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"nobody asked the patrol anything under number {number}")
    return _wish(row)


def wishes(connection: sa.Connection, *states: State) -> list[Wish]:
    """Those in these states, the oldest first."""
    query = sa.select(tables.wish).where(W.state.in_(list(map(str, states)))).order_by(W.number)
    return [_wish(row) for row in connection.execute(query)]


def recent(connection: sa.Connection, limit: int = 20) -> list[Wish]:
    """The newest, without their answers, the newest first."""
    columns = [c for c in tables.wish.c if c.name != "answer"]
    query = sa.select(*columns, sa.literal("").label("answer")).order_by(W.number.desc()).limit(limit)
    return [_wish(row) for row in connection.execute(query)]


def _wish(row: Any) -> Wish:
    body, answer = orjson.loads(row.body), orjson.loads(row.answer) if row.answer else {}
    return Wish(row.number, row.time, row.who, Kind(row.kind), State(row.state), body, answer, row.problem)


# plans


def put(records: Records, digest: str, by: By, why: str, file: PatrolFile, plan: Plan) -> int:
    """A plan is in force from its beginning on; its number. The audit keeps its figures."""
    with records.write() as (connection, head):
        number = _next(connection, P.number)
        row = {"number": number, "time": by.now, "digest": digest, "begin": plan.begin, "end": plan.end}
        row |= {"who": by.who, "why": why, "file": file.model_dump_json(), "body": _text(to_json(plan))}
        connection.execute(sa.insert(tables.plan).values(row))
        connection.execute(sa.delete(tables.plan).where(P.number <= number - PLANS_KEPT))
        told = {"plan": number, "begin": plan.begin, "end": plan.end, "sorties": len(plan.sorties)}
        told["figures"] = to_json(plan)["figures"]
        entry = Entry("patrol plan", f"plan {number} of {plan.patrol}: {why}", by.who, by.now, 0, {}, told)
        _note(connection, head, entry, records.clock())
        return number


def in_force(connection: sa.Connection, now: float, digest: str = "") -> Kept | None:
    """The plan that holds at `now` (UTC s), else the first that will; `digest`: of this patrol only."""
    numbers = _order(connection, now, digest)
    return None if not numbers else plan_of(connection, numbers[0])


def next_of(connection: sa.Connection, now: float, digest: str = "") -> int:
    """The number of the plan that takes over from the one in force, 0 for none yet."""
    begun = _order(connection, now, digest)
    query = sa.select(P.number).where(P.begin > now).order_by(P.begin, P.number.desc())
    query = query.where(P.digest == digest) if digest else query
    found = connection.execute(query).scalar()
    return 0 if found is None or found in begun[:1] else int(found)


def plan_of(connection: sa.Connection, number: int) -> Kept:
    """A plan by its number; Unknown where there is none, or none that can be read."""
    row = connection.execute(sa.select(tables.plan).where(P.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no plan {number}")
    try:
        file, plan = PatrolFile.model_validate_json(row.file), from_json(orjson.loads(row.body))
    except (ValueError, KeyError, TypeError):
        raise Unknown(f"plan {number} of the records cannot be read") from None
    return Kept(row.number, row.time, row.who, row.why, file, plan)


def set_aside(records: Records, digest: str) -> None:
    """The plans of a patrol that begins anew stay with the others, but are of no patrol any more."""
    with records.write() as (connection, _):
        connection.execute(sa.update(tables.plan).where(P.digest == digest).values(digest=""))


def plans(connection: sa.Connection, limit: int = 20) -> list[dict[str, Any]]:
    """Number, time, who and why of the newest, the newest first."""
    query = sa.select(P.number, P.time, P.begin, P.end, P.who, P.why).order_by(P.number.desc()).limit(limit)
    return [{str(key): value for key, value in row.items()} for row in connection.execute(query).mappings()]


def _order(connection: sa.Connection, now: float, digest: str) -> list[int]:
    """Plans by how much they are in force: begun last, then made last; then what begins first."""
    query = sa.select(P.number, P.begin)
    query = query.where(P.digest == digest) if digest else query
    rows = [(int(row.number), float(row.begin)) for row in connection.execute(query)]
    rows.sort(key=lambda row: (row[1] > now, -row[1] if row[1] <= now else row[1], -row[0]))
    return [number for number, _ in rows]


# how it goes


def tell(records: Records, key: str, body: dict[str, Any]) -> None:
    """What the node says under this key from now on."""
    with records.write() as (connection, _):
        row = tables.patrol.c
        known = connection.execute(sa.select(row.version).where(row.key == key)).scalar()
        if known is None:
            connection.execute(sa.insert(tables.patrol).values(key=key, version=1, body=_text(body)))
        else:
            change = sa.update(tables.patrol).where(row.key == key).values(version=int(known) + 1, body=_text(body))
            connection.execute(change)


def told(connection: sa.Connection, key: str) -> dict[str, Any]:
    """What the node says under this key; empty: nothing yet."""
    body = connection.execute(sa.select(tables.patrol.c.body).where(tables.patrol.c.key == key)).scalar()
    return {} if body is None else dict(orjson.loads(body))


def _note(connection: sa.Connection, head: Any, entry: Entry, clock: float) -> None:
    now = {"sequence": int(head.sequence) + 1} | written(connection, head, [entry], clock)
    connection.execute(sa.update(tables.head).values(now))


def _tidy(connection: sa.Connection) -> None:
    newest = _next(connection, W.number)
    connection.execute(sa.delete(tables.wish).where(W.number < newest - WISHES_KEPT))
    old = sa.and_(W.number < newest - ANSWERS_KEPT, W.answer != "")
    connection.execute(sa.update(tables.wish).where(old).values(answer=""))


def _next(connection: sa.Connection, column: Any) -> int:
    return int(connection.execute(sa.select(sa.func.max(column))).scalar() or 0) + 1


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()
