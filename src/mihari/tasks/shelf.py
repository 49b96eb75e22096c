"""Tasks in the records: every turn in one transaction with its line of the watch log and its row of the audit."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import By, Unknown
from mihari.alerts.alert import Entry
from mihari.alerts.audit import hash_of
from mihari.alerts.body import dumped
from mihari.alerts.records import Records
from mihari.alerts.shelf import written
from mihari.core.asset import Place
from mihari.core.errors import BadInput
from mihari.core.task import NEXT, Task, TaskKind, TaskState
from mihari.tasks import book
from mihari.tasks.body import task_object, task_of
from mihari.tasks.charge import Charge

log = logging.getLogger("mihari.tasks")
OPEN_MAX = 1000  # tasks that are not over; more can neither be flown nor overseen
LISTED_MAX = 1000
ACCEPTED = f"task {TaskState.ACCEPTED}"  # what the audit calls an acceptance
OPEN = tuple(str(state) for state in NEXT)
T, C = tables.task.c, tables.charge.c
Decide = Callable[[Task, Charge | None, By, str], Task]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody proposes; as in `Task`."""

    asset: str
    kind: TaskKind
    places: tuple[Place, ...] = ()
    vessel: int = 0
    height: float = math.nan
    until: float = math.inf
    reason: str = ""
    alert: int = 0
    begin: float = -math.inf


# what people do


def propose(records: Records, by: By, wanted: Wanted) -> Task:
    """A new task; BadInput where it cannot be, Unknown where its alert is not there."""
    with records.write() as (connection, head):
        task = Task(
            _next(connection), wanted.asset, wanted.kind, by.who, by.now, wanted.places, wanted.vessel, wanted.height,
            wanted.until, wanted.reason, wanted.alert, wanted.begin,
        )  # fmt: skip
        task = book.propose(task, charge(connection, wanted.asset), by.now)
        if task.alert and not connection.execute(sa.select(tables.alert.c.number).filter_by(number=task.alert)).first():
            raise Unknown(f"there is no alert {task.alert}")
        if int(connection.execute(sa.select(sa.func.count()).where(T.state.in_(OPEN))).scalar_one()) >= OPEN_MAX:
            raise BadInput(f"{OPEN_MAX} tasks are open already: expected some of them to end first")
        _keep(connection, head, None, task, records.clock())
        return task


def decide(records: Records, by: By, number: int, decision: Decide, note: str = "") -> Task:
    """One person's decision about one task; whatever error comes, nothing has changed."""
    with records.write() as (connection, head):
        was = one(connection, number)
        if was is None:
            raise Unknown(f"there is no task {number}")
        after = decision(was, charge(connection, was.asset), by, note)
        _keep(connection, head, was, after, records.clock())
        return after


# what the node does


def change(records: Records, number: int, step: Callable[[Task], Task | None]) -> Task | None:
    """The task after a step that the node takes; None where there is none, or nothing is to be changed."""
    with records.write() as (connection, head):
        was = one(connection, number)
        after = None if was is None else step(was)
        if was is None or after is None or dumped(task_object(after)) == dumped(task_object(was)):
            return None
        _keep(connection, head, was, after, records.clock())
        return after


def keep_charges(records: Records, charges: Sequence[Charge]) -> None:
    """Who answers for what, as the node file says from now on."""
    rows = [
        {"asset": one.asset, "place": place, "operator": one.operator, "accepts": dumped(list(map(str, one.accepts)))}
        | {"kinds": dumped(list(map(str, one.kinds)))}
        for place, one in enumerate(charges)
    ]
    with records.write() as (connection, head):
        if list(charges) == charges_of(connection):
            return
        connection.execute(sa.delete(tables.charge))
        if rows:
            connection.execute(sa.insert(tables.charge), rows)
        connection.execute(sa.update(tables.head).values(sequence=head.sequence + 1))


# questions


def charges_of(connection: sa.Connection) -> list[Charge]:
    """Who answers for what, in the order of the node file."""
    return [_charge(row) for row in connection.execute(sa.select(tables.charge).order_by(C.place))]


def charge(connection: sa.Connection, asset: str) -> Charge | None:
    """Who answers for this asset; None where the node file does not have it."""
    row = connection.execute(sa.select(tables.charge).where(C.asset == asset)).one_or_none()
    return None if row is None else _charge(row)


def one(connection: sa.Connection, number: int) -> Task | None:
    """A task, None where there is none."""
    row = connection.execute(sa.select(tables.task).where(T.number == number)).one_or_none()
    return None if row is None else next(_tasks([row]), None)


def listed(
    connection: sa.Connection, states: Iterable[str] = (), asset: str = "", offset: int = 0, limit: int = LISTED_MAX
) -> list[Task]:
    """Tasks in these states (none: all) of this asset ("": all), the newest first."""
    query = sa.select(tables.task).order_by(T.number.desc()).offset(offset).limit(limit)
    wanted = tuple(states)
    query = query.where(T.state.in_(wanted)) if wanted else query
    query = query.where(T.asset == asset) if asset else query
    return list(_tasks(connection.execute(query)))


def changed(connection: sa.Connection, sequence: int, limit: int) -> list[Task]:
    """Tasks that have changed since that sequence number, the latest change last; of too many the newest."""
    query = sa.select(tables.task).where(T.sequence > sequence).order_by(T.sequence.desc()).limit(limit)
    return list(_tasks(connection.execute(query)))[::-1]


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many tasks there are in each state that any is in."""
    query = sa.select(T.state, sa.func.count()).group_by(T.state)
    return {str(state): int(count) for state, count in connection.execute(query)}


def audited(connection: sa.Connection, number: int) -> Task | None:
    """The task as it was accepted, by the row of the audit that tells it; None where no such row holds in its chain."""
    at = connection.execute(sa.select(T.accepted).where(T.number == number)).scalar()
    if not at:
        return None
    a = tables.audit.c
    near = connection.execute(sa.select(tables.audit).where(a.row.in_([at, at + 1]))).mappings().all()
    rows: dict[int, dict[str, Any]] = {int(row["row"]): dict(row) for row in near}
    row = rows.get(int(at))
    if row is None or row["what"] != ACCEPTED or hash_of(row) != row["hash"]:
        return None
    following = rows.get(int(at) + 1)
    head = connection.execute(sa.select(tables.head.c.hash)).scalar_one()
    if row["hash"] != (head if following is None else following["previous"]):
        return None
    try:
        task = task_of(orjson.loads(row["after"])["task"])
    except (ValueError, KeyError, TypeError):
        return None
    return task if task.number == number and task.turns and task.turns[-1].who == row["who"] else None


def _next(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(T.number))).scalar() or 0) + 1


def _keep(connection: sa.Connection, head: Any, was: Task | None, task: Task, clock: float) -> None:
    """Write a task; an entry where it took a turn, none for progress alone."""
    entries = [] if was is not None and was.turns == task.turns else [_entry(was, task)]
    sequence = int(head.sequence) + 1
    now = {"sequence": sequence} | written(connection, head, entries, clock)
    row: dict[str, Any] = {"sequence": sequence, "asset": task.asset, "state": str(task.state)}
    row["body"] = dumped(task_object(task))
    if entries and entries[0].what == ACCEPTED:
        row["accepted"] = now["audit"]
    if was is None:
        connection.execute(sa.insert(tables.task).values(number=task.number, **{"accepted": 0} | row))
    else:
        connection.execute(sa.update(tables.task).where(T.number == task.number).values(row))
    connection.execute(sa.update(tables.head).values(now))


def _entry(was: Task | None, task: Task) -> Entry:
    """The line of the watch log that tells a task's last turn."""
    turn = task.turns[-1] if task.turns else None
    who, time = (task.who, task.time) if turn is None else (turn.who, turn.time)
    about = f"task {task.number}: {task.asset} to {task.kind}"
    why = task.reason if turn is None else turn.why
    text = f"{about}: {why}" if why else about
    before = {} if was is None else {"task": task_object(was)}
    return Entry(f"task {task.state}", text, who, time, task.alert, before, {"task": task_object(task)})


def _tasks(rows: Iterable[Any]) -> Iterator[Task]:
    """Tasks from their rows; what somebody else wrote there and nobody can read is left out."""
    for row in rows:
        try:
            task = task_of(orjson.loads(row.body))
        except (ValueError, KeyError, TypeError):
            log.error("task %s of the records cannot be read", row.number)
            continue
        yield task if task.number == row.number else replace(task, number=row.number)


def _charge(row: Any) -> Charge:
    kinds = (tuple(TaskKind(word) for word in orjson.loads(text)) for text in (row.accepts, row.kinds))
    return Charge(row.asset, row.operator, *kinds)
