"""The audit: a chain of rows, each with the SHA-256 of itself and of the row before; `verify` walks it.

A row's hash is taken over its canonical JSON (keys in order, no spaces, UTF-8, as RFC 8785 for the values used here)
with the hash of the row before. A row that was changed, taken out or put in breaks the chain there; rows cut off at
the end are noticed by the head, which holds the number and hash of the last one. Who can write to the database can
forge all of it: the hash in a printed handover is what such a forgery cannot change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.alert import Entry

FIRST = "0" * 64  # what comes before the first row
AT_ONCE = 2000
FIELDS = ("row", "time", "who", "what", "alert", "text", "before", "after", "previous")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken`: the first row that does not fit, 0 for none; `hash`: of the last good row."""

    good: bool
    rows: int
    broken: int
    hash: str
    sentence: str


def canonical(value: Any) -> str:
    """JSON with its keys in order and no spaces.

    >>> canonical({"b": 1, "a": [None, 0.5]})
    '{"a":[null,0.5],"b":1}'
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def hash_of(row: Mapping[str, Any]) -> str:
    """The SHA-256 of a row, which names the hash of the row before it."""
    return hashlib.sha256(canonical({name: row[name] for name in FIELDS}).encode()).hexdigest()


def stamp(time: float) -> str:
    """ISO 8601 in UTC with microseconds.

    >>> stamp(1790000000.25)
    '2026-09-21T14:13:20.250000Z'
    """
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chained(entries: Iterable[Entry], row: int, previous: str, time: float) -> Iterator[dict[str, Any]]:
    """Rows for `entries` after row number `row` with hash `previous`; `time`: UTC s by the clock."""
    for entry in entries:
        row += 1
        told = {
            "row": row,
            "time": stamp(time),
            "who": entry.who,
            "what": entry.what,
            "alert": entry.alert,
            "text": entry.text,
            "before": canonical(entry.before),
            "after": canonical(entry.after),
            "previous": previous,
        }
        previous = hash_of(told)
        yield told | {"hash": previous}


def verify(connection: sa.Connection) -> Verdict:
    """Walk the whole chain; read in one transaction."""
    end = connection.execute(sa.select(tables.head.c.audit, tables.head.c.hash)).one()
    row, previous = 0, FIRST
    for found in _rows(connection):
        row += 1
        wrong = _wrong(found, row, previous)
        if wrong:
            return Verdict(False, row - 1, row, previous, f"The audit is broken at row {row}: {wrong}.")
        previous = found["hash"]
    if (row, previous) != (end.audit, end.hash):
        missing = f"rows up to {end.audit} were written" if row < end.audit else "the last row is another one"
        return Verdict(False, row, row + 1, previous, f"The audit is broken at row {row + 1}: {missing}.")
    return Verdict(True, row, 0, previous, f"The audit holds: {row} rows, the last with hash {previous}.")


def _wrong(found: Mapping[str, Any], row: int, previous: str) -> str:
    if found["row"] != row:
        return f"row {row} is missing"
    if found["previous"] != previous:
        return "it does not follow the row before it"
    return "" if found["hash"] == hash_of(found) else "what it says was changed"


def _rows(connection: sa.Connection) -> Iterator[Mapping[str, Any]]:
    last = -1
    while True:
        query = sa.select(tables.audit).where(tables.audit.c.row > last).order_by(tables.audit.c.row).limit(AT_ONCE)
        found = connection.execute(query).mappings().all()
        yield from found  # type: ignore[misc]
        if len(found) < AT_ONCE:
            return
        last = found[-1]["row"]
