"""Cases in the records: each save is one transaction with its line of the watch log and its row of the audit."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.alert import Entry
from mihari.alerts.body import dumped
from mihari.alerts.records import Records
from mihari.alerts.shelf import written
from mihari.alerts.text import clean
from mihari.cases.body import TITLES, about, case_object, items_of, listed_object, sentence
from mihari.cases.case import Case, Draft, drafted, fold
from mihari.cases.edit import Edit, edit_object, new_case
from mihari.cases.files import Blob, Placing, here

LISTED_MAX = 1000
AT_ONCE = 400  # values in one question
E, K, A = tables.case_edit.c, tables.casebook.c, tables.case_about.c


@dataclass(frozen=True, slots=True)
class Kept:
    """A case by its number here. `version`: the newest `arrived` of its edits."""

    number: int
    version: int
    case: Case


# what people do


def open_case(records: Records, by: By, drafts: Sequence[Draft], blobs: Sequence[Blob] = (), alert: int = 0) -> Kept:
    """A new case that says this; Conflict where this alert has an open one, BadInput where it cannot be meant."""
    with Placing(records, blobs) as placing, records.write() as (connection, head):
        no_open_case(connection, alert)
        case = Case(new_case())
        edits = drafted(case, [("status", "open"), *drafts], author_of(connection), by.who, records.clock())
        return keep(connection, head, records.clock(), edits, by, "case opened", placing)[0]


def change(records: Records, by: By, number: int, drafts: Sequence[Draft], blobs: Sequence[Blob] = ()) -> Kept:
    """More is said of a case; whatever error comes, nothing has changed."""
    with Placing(records, blobs) as placing, records.write() as (connection, head):
        was = one(connection, number)
        edits = drafted(was.case, drafts, author_of(connection), by.who, records.clock())
        if not edits:
            return was
        return keep(connection, head, records.clock(), edits, by, _what(drafts), placing)[0]


def _what(drafts: Sequence[Draft]) -> str:
    """What the watch log calls a change."""
    told = dict(drafts)
    if "status" in told:
        return "case closed" if told["status"] == "closed" else "case opened again"
    names = list(dict.fromkeys(name for name, _ in drafts))
    return f"case {names[0]}" if len(names) == 1 else "case changed"


# questions


def one(connection: sa.Connection, number: int) -> Kept:
    """A case by its number; Unknown where there is none."""
    row = connection.execute(sa.select(tables.casebook).where(K.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no case {number}")
    return Kept(int(row.number), int(row.version), fold(edits_of(connection, row.uuid)))


def told(connection: sa.Connection, number: int) -> dict[str, Any]:
    """All of a case, as it is shown; Unknown where there is none. Evidence is `here` where its bytes are."""
    kept = one(connection, number)
    found = case_object(kept.case, kept.number, kept.version, author_there(connection))
    there = here(connection)
    for item in found["lists"]["evidence"]:
        item["here"] = item["sha256"] in there
    return found


def changed_since(connection: sa.Connection, kept: Kept, seen: int, who: str) -> list[dict[str, Any]]:
    """Words of other people that came after the version `seen` and before what `kept` added, the oldest first."""
    query = sa.select(tables.case_edit).where(E.case == kept.case.uuid, E.arrived > seen, E.arrived <= kept.version)
    rows = connection.execute(query.where(E.field.in_(list(TITLES)), E.who != who).order_by(E.arrived))
    found = [(edit_in(row), TITLES[row.field]) for row in rows]
    return [{"field": name, "who": e.who, "time": e.time, "value": clean(str(e.told))} for e, name in found]


def edits_of(connection: sa.Connection, case: str) -> Iterator[Edit]:
    """All edits of a case, as they came in."""
    query = sa.select(tables.case_edit).where(E.case == case).order_by(E.arrived)
    return (edit_in(row) for row in connection.execute(query))


def edit_in(row: Any) -> Edit:
    """An edit from its row."""
    return Edit(row.uuid, row.case, row.author, row.who, int(row.lamport), float(row.time), row.field, row.value)


def listed(
    connection: sa.Connection, status: str = "", outcome: str = "", subject: str = "", pattern: str = "",
    offset: int = 0, limit: int = LISTED_MAX,
) -> list[dict[str, Any]]:  # fmt: skip
    """Cases as lists tell them, the newest change first. `subject`: as `about` tells it, or a beginning of it and %."""
    query = sa.select(K.body).order_by(K.version.desc()).offset(offset).limit(limit)
    for column, word in ((K.status, status), (K.outcome, outcome), (K.pattern, pattern)):
        query = query.where(column == word) if word else query
    if subject:
        query = query.where(sa.exists().where(A.number == K.number, A.about.like(subject)))
    return [orjson.loads(row.body) for row in connection.execute(query)]


def changed(connection: sa.Connection, version: int, limit: int = LISTED_MAX) -> list[dict[str, Any]]:
    """Cases that changed after this version, the latest change last; of too many the newest."""
    query = sa.select(K.body).where(K.version > version).order_by(K.version.desc()).limit(limit)
    return [orjson.loads(row.body) for row in connection.execute(query)][::-1]


def no_open_case(connection: sa.Connection, alert: int) -> None:
    """Conflict where an alert of this node has an open case."""
    held = listed(connection, "open", subject=f"alert:{author_there(connection)}:{alert}", limit=1)
    if held:
        raise Conflict(f"alert {alert} has an open case already: case {held[0]['number']}")


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many cases there are by status."""
    found = connection.execute(sa.select(K.status, sa.func.count()).group_by(K.status))
    return {"open": 0, "closed": 0} | {str(status): int(count) for status, count in found}


def author_of(connection: sa.Connection) -> str:
    """By which name these records sign what is said of cases; drawn when it is first asked for in a write."""
    found = author_there(connection)
    if not found:
        found = secrets.token_hex(16)
        connection.execute(sa.insert(tables.case_author).values(author=found))
    return found


def author_there(connection: sa.Connection) -> str:
    """The name by which these records sign; '' where nothing has been said here yet."""
    return str(connection.execute(sa.select(tables.case_author.c.author)).scalar() or "")


# writing


def keep(
    connection: sa.Connection, head: Any, clock: float, edits: Sequence[Edit], by: By, what: str, placing: Placing
) -> list[Kept]:
    """Write new edits of any cases: rows, books, log, audit and files. An error undoes all of it."""
    _insert(connection, edits)
    cases = dict.fromkeys(edit.case for edit in edits)
    me = author_of(connection)
    kept = [_booked(connection, case, me) for case in cases]
    entries = [_entry(each, [e for e in edits if e.case == each.case.uuid], by, what, me) for each in kept]
    now = {"sequence": int(head.sequence) + 1} | written(connection, head, entries, clock)
    connection.execute(sa.update(tables.head).values(now))
    placing.done(connection, clock)
    return kept


def _insert(connection: sa.Connection, edits: Sequence[Edit]) -> None:
    last = int(connection.execute(sa.select(sa.func.max(E.arrived))).scalar() or 0)
    names = ("uuid", "case", "author", "who", "lamport", "time", "field", "value")
    rows = [{"arrived": last + k} | {n: getattr(e, n) for n in names} for k, e in enumerate(edits, 1)]
    connection.execute(sa.insert(tables.case_edit), rows)


def _booked(connection: sa.Connection, uuid: str, me: str) -> Kept:
    """The case as it is now, in the list of cases and in what they are about."""
    case = fold(edits_of(connection, uuid))
    version = int(connection.execute(sa.select(sa.func.max(E.arrived)).where(E.case == uuid)).scalar_one())
    found = connection.execute(sa.select(K.number).where(K.uuid == uuid)).scalar()
    number = int(found or (connection.execute(sa.select(sa.func.max(K.number))).scalar() or 0) + 1)
    told = listed_object(case, number, version, me)
    row = {"version": version, "body": dumped(told)} | {n: told[n] for n in ("status", "outcome", "pattern")}
    if found:
        connection.execute(sa.update(tables.casebook).where(K.number == number).values(row))
        connection.execute(sa.delete(tables.case_about).where(A.number == number))
    else:
        connection.execute(sa.insert(tables.casebook).values(number=number, uuid=uuid, **row))
    subjects = [{"number": number, "about": subject} for subject in sorted(about(case))]
    if subjects:
        connection.execute(sa.insert(tables.case_about), subjects)
    return Kept(number, version, case)


def _entry(kept: Kept, edits: Sequence[Edit], by: By, what: str, me: str) -> Entry:
    """The line of the watch log, and the row of the audit with all that was said."""
    told = listed_object(kept.case, kept.number, kept.version, me)
    items = items_of(kept.case)
    said = "; ".join(sentence(items, edit) for edit in edits[:8])
    text = clean(f"case {kept.number}, {told['title']}: {said}" + (f"; and {len(edits) - 8} more" * (len(edits) > 8)))
    alert = told["alerts"][0] if told["alerts"] else 0
    after = {"case": kept.number, "uuid": kept.case.uuid, "edits": [edit_object(edit) for edit in edits]}
    return Entry(what, text, by.who, by.now, alert, {}, {"case": after})
