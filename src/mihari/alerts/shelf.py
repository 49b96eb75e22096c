"""The records -> a Book of what is needed now, and back: alerts, behaviours, log and audit in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.alert import Alert, Aside, Entry, Member, Settings
from mihari.alerts.audit import chained
from mihari.alerts.body import behaviour_object, behaviour_of, dumped
from mihari.alerts.book import Book
from mihari.core.behaviour import Behaviour, Urgency

AT_ONCE = 400  # values in one question; SQLite takes a few tens of thousands
LISTS = ("subject", "vessels", "kinds")
ALERT_FIELDS = tuple(f.name for f in fields(Alert))
ASIDE_FIELDS = tuple(f.name for f in fields(Aside))


def numbers_for(connection: sa.Connection, behaviours: Sequence[Behaviour], fleets: Iterable[int]) -> set[int]:
    """The alerts that these behaviours are in already, or may join."""
    c, b, a = tables.concerned.c, tables.behaviour.c, tables.alert.c
    vessels = {v for told in behaviours for v in told.vessels if not told.fleet}
    held = _each(connection, sa.select(b.alert), b.id, {told.id for told in behaviours})
    shared = _each(
        connection, sa.select(c.alert).join(tables.alert).where(a.closed.is_(None), c.subject), c.vessel, vessels
    )
    led = _each(connection, sa.select(a.number).where(a.closed.is_(None)), a.fleet, set(fleets))
    return {row[0] for rows in (held, shared, led) for row in rows}


def numbers_due(connection: sa.Connection, settings: Settings, now: float) -> set[int]:
    """The alerts for which time that has passed may mean something."""
    a, s = tables.alert.c, tables.aside.c
    late = sa.and_(
        a.acknowledged.is_(None), a.urgency == int(Urgency.WARNING), a.going_on, sa.not_(a.aside),
        a.since <= now - settings.escalate,
    )  # fmt: skip
    settled = sa.or_(a.acknowledged.is_not(None), a.urgency == int(Urgency.CAUTION), a.aside)
    over = sa.and_(sa.not_(a.going_on), settled, a.last <= now - settings.tidy)
    expired = sa.and_(a.aside, a.going_on, sa.exists().where(s.alert == a.number, s.last <= now, sa.not_(s.withdrawn)))
    found = connection.execute(sa.select(a.number).where(a.closed.is_(None), sa.or_(late, over, expired)))
    return {row[0] for row in found}


def book_of(connection: sa.Connection, head: Any, numbers: Iterable[int], settings: Settings) -> Book:
    """These alerts with all their behaviours and what is set aside of them. Those there are not are left out."""
    wanted, book = set(numbers), Book(head.run, settings, head.alert + 1, head.aside + 1)
    for row in _each(connection, sa.select(tables.alert), tables.alert.c.number, wanted):
        book.shelve(alert_of(row))
    for row in _each(connection, sa.select(tables.behaviour), tables.behaviour.c.alert, wanted):
        book.shelve_member(member_of(row))
    for row in _each(connection, sa.select(tables.aside), tables.aside.c.alert, wanted):
        book.asides[row.number] = aside_of(row)
    return book


def save(connection: sa.Connection, head: Any, book: Book, clock: float, data_time: float | None = None) -> int:
    """Write what has changed, its entries in log and audit, and the head. The sequence number of the change."""
    changed = bool(book.touched or book.touched_members or book.entries)
    sequence = int(head.sequence) + changed
    _save_alerts(connection, book, sequence)
    _save_members(connection, book)
    _save_asides(connection, book)
    now = {"sequence": sequence, "alert": book.next_alert - 1, "aside": book.next_aside - 1, "run": book.run}
    now |= written(connection, head, book.entries, clock)
    now["data_time"] = head.data_time if data_time is None else data_time
    connection.execute(sa.update(tables.head).values(now))
    return sequence


def written(connection: sa.Connection, head: Any, entries: Sequence[Entry], clock: float) -> dict[str, Any]:
    """Write entries to log and audit; the columns of `head` as they are then."""
    if not entries:
        return {}
    lines = [
        {"id": head.log + k, "time": clock, "data_time": e.data_time, "alert": e.alert or None, "who": e.who}
        | {"what": e.what, "text": e.text}
        for k, e in enumerate(entries, 1)
    ]
    rows = list(chained(entries, head.audit, head.hash, clock))
    connection.execute(sa.insert(tables.log), lines)
    connection.execute(sa.insert(tables.audit), rows)
    return {"log": lines[-1]["id"], "audit": rows[-1]["row"], "hash": rows[-1]["hash"]}


def _save_alerts(connection: sa.Connection, book: Book, sequence: int) -> None:
    numbers = sorted(book.touched)
    there = _there(connection, tables.alert.c.number, numbers)
    rows = [alert_row(book.alerts[n]) | {"sequence": sequence} for n in numbers]
    _upsert(connection, tables.alert, "number", rows, there)
    _replace(connection, tables.concerned.c.alert, numbers)
    concerned = [
        {"alert": n, "vessel": v, "subject": v in book.alerts[n].subject}
        for n in numbers
        for v in book.alerts[n].vessels
    ]
    if concerned:
        connection.execute(sa.insert(tables.concerned), concerned)


def _save_members(connection: sa.Connection, book: Book) -> None:
    ids = sorted(book.touched_members)
    there = _there(connection, tables.behaviour.c.id, ids)
    _upsert(connection, tables.behaviour, "id", [member_row(book.members[i]) for i in ids], there)


def _save_asides(connection: sa.Connection, book: Book) -> None:
    numbers = sorted(book.touched_asides)
    there = _there(connection, tables.aside.c.number, numbers)
    _upsert(connection, tables.aside, "number", [aside_row(book.asides[n]) for n in numbers], there)


def _upsert(connection: sa.Connection, table: sa.Table, key: str, rows: list[dict[str, Any]], there: set[Any]) -> None:
    new = [row for row in rows if row[key] not in there]
    old = [row | {"_key": row[key]} for row in rows if row[key] in there]
    if new:
        connection.execute(sa.insert(table), new)
    if old:
        change = sa.update(table).where(table.c[key] == sa.bindparam("_key"))
        connection.execute(change.values({name: sa.bindparam(name) for name in rows[0] if name != key}), old)


def _replace(connection: sa.Connection, column: sa.Column[Any], values: Sequence[Any]) -> None:
    for some in _pieces(values):
        connection.execute(sa.delete(column.table).where(column.in_(some)))


def _there(connection: sa.Connection, column: sa.Column[Any], values: Iterable[Any]) -> set[Any]:
    return {row[0] for row in _each(connection, sa.select(column), column, set(values))}


def _each(
    connection: sa.Connection, query: sa.Select[Any], column: sa.Column[Any], values: set[Any]
) -> Iterator[sa.Row[Any]]:
    for some in _pieces(sorted(values)):
        yield from connection.execute(query.where(column.in_(some)))


def _pieces(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[k : k + AT_ONCE] for k in range(0, len(values), AT_ONCE))


def alert_of(row: Any) -> Alert:
    """An alert from its row."""
    told = {name: getattr(row, name) for name in ALERT_FIELDS}
    return Alert(**told | {name: tuple(orjson.loads(told[name])) for name in LISTS})


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert as its row."""
    row = {name: getattr(alert, name) for name in ALERT_FIELDS}
    row |= {name: dumped(list(row[name])) for name in LISTS}
    return row | {name: int(row[name]) for name in ("urgency", "found", "by_hand")} | {"place": int(alert.place)}


def member_of(row: Any) -> Member:
    """A behaviour in its alert, from its row."""
    return Member(behaviour_of(row.body), row.alert, row.run, row.followed)


def member_row(member: Member) -> dict[str, Any]:
    """A behaviour in its alert, as its row."""
    b = member.behaviour
    return {
        "id": b.id,
        "alert": member.alert,
        "run": member.run,
        "followed": member.followed,
        "standing": int(b.standing),
        "body": dumped(behaviour_object(b)),
    }


def aside_of(row: Any) -> Aside:
    """What is set aside, from its row."""
    told = {name: getattr(row, name) for name in ASIDE_FIELDS}
    return Aside(**told | {"vessels": tuple(orjson.loads(told["vessels"]))})


def aside_row(aside: Aside) -> dict[str, Any]:
    """What is set aside, as its row."""
    return {name: getattr(aside, name) for name in ASIDE_FIELDS} | {
        "vessels": dumped(list(aside.vessels)),
        "urgency": int(aside.urgency),
    }
