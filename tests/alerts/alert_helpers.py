"""Made-up behaviours, and what must hold of any records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import ask, tables
from mihari.alerts.actions import By
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.core.behaviour import Behaviour, Evidence, Fleet, Standing, Urgency

T = 1_790_000_000
A, B, C, D = 431000001, 431000002, 431000003, 431000004
DECIDED = (
    "acknowledged", "acknowledged_by", "reason", "note", "assigned", "aside", "closed", "closed_by", "outcome",
    "outcome_note", "urgency", "by_hand", "escalated", "since",
)  # fmt: skip


def found(
    kind: str = "gap", vessels: tuple[int, ...] = (A,), start: int = T, end: int | None = None, **more: Any
) -> Behaviour:
    """A behaviour; its id names kind, vessels and start unless told."""
    name = f"{kind}:{'+'.join(map(str, vessels))}:{start}"
    standing = Standing.GOING_ON if end is None else Standing.ENDED
    told: dict[str, Any] = {
        "id": name,
        "urgency": Urgency.WARNING,
        "standing": standing,
        "decided": start + 60.0,
        "told": start + 60.0,
    }
    told["because"] = f"{kind} of {vessels[0] if vessels else 'nobody'}"
    place = {"lat_deg": 26.0, "lon_deg": 127.0}
    return Behaviour(kind=kind, vessels=vessels, start=start, end=end, **place | told | more)


def again(b: Behaviour, **changes: Any) -> Behaviour:
    """Its next revision."""
    return replace(b, revision=b.revision + 1, **changes)


def fleet(number: int, members: tuple[int, ...], parents: tuple[int, ...] = (), time: float = T) -> Fleet:
    """A fleet around 26 N 127 E."""
    outline = ((25.9, 126.9), (25.9, 127.1), (26.1, 127.1), (26.1, 126.9))
    return Fleet(number, time, T, members, 26.0, 127.0, outline, 0.0, 0.0, 0.9, (), parents)


def by(who: str = "Sato", now: float = T + 600.0, version: int | None = None) -> By:
    """Somebody who decides."""
    return By(who, now, version)


def listed(records: Records, which: str = "open", limit: int = 100_000) -> list[dict[str, Any]]:
    """Alerts in their order."""
    with records.read() as connection:
        return ask.listed(connection, ask.PLACES[which], limit=limit)


def one(records: Records, number: int = 1) -> dict[str, Any]:
    """An alert with all that belongs to it."""
    with records.read() as connection:
        told = ask.one(connection, number)
    assert told is not None
    return told


def whats(records: Records, number: int = 1) -> list[str]:
    """What happened to an alert, in order."""
    return [line["what"] for line in one(records, number)["log"]]


def check(records: Records) -> None:
    """The audit verifies, log and audit tell the same, and played again it leads to the alerts as they are."""
    with records.read() as connection:
        verdict = verify(connection)
        assert verdict.good, verdict.sentence
        rows = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.row)).mappings().all()
        lines = connection.execute(sa.select(tables.log).order_by(tables.log.c.id)).mappings().all()
        alerts = connection.execute(sa.select(tables.alert)).mappings().all()
    told = [(r["who"], r["what"], r["alert"], r["text"]) for r in rows]
    assert told == [(line["who"], line["what"], line["alert"] or 0, line["text"]) for line in lines]
    played: dict[int, dict[str, Any]] = {}
    for row in rows:
        played.setdefault(row["alert"], {}).update(orjson.loads(row["after"]))
    for alert in alerts:
        kept = played[alert["number"]]
        assert {name: kept[name] for name in DECIDED} == {name: alert[name] for name in DECIDED}


__all__ = ["A", "B", "C", "D", "Evidence", "Standing", "T", "Urgency", "again", "by", "check", "fleet", "found",
           "listed", "one", "whats"]  # fmt: skip


def tell(watch, now, *behaviours):
    """A look-out tells behaviours."""
    return watch.take([(behaviours, (), float(now))])
