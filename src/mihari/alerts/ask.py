"""The records -> what people ask: the list in its order, one alert with all that belongs to it, the watch log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.alert import Alert, Aside, Place
from mihari.alerts.body import behaviour_object
from mihari.alerts.passing import escalates
from mihari.alerts.shelf import alert_of, aside_of, member_of
from mihari.core.behaviour import Standing, Urgency, mmsi_of, picture_id

OPEN = (Place.UNACKNOWLEDGED, Place.ENDED, Place.SETTLED)
PLACES = {"open": OPEN, "aside": (Place.ASIDE,), "closed": (Place.CLOSED,), "all": tuple(Place)}
VESSELS_TOLD = 50  # of one alert in a list
RELATED_MAX = 20
LINES_MAX = 1000
TIMES = ("raised", "since", "first", "last", "escalated", "acknowledged", "closed")
WORDS = ("because", "acknowledged_by", "reason", "note", "assigned", "closed_by", "outcome", "outcome_note")


def alert_object(alert: Alert, sequence: int) -> dict[str, Any]:
    """An alert as the API tells it."""
    told: dict[str, Any] = {name: getattr(alert, name) for name in (*TIMES, *WORDS)}
    return told | {
        "number": alert.number,
        "version": alert.version,
        "sequence": sequence,
        "place": alert.place.name.lower(),
        "calls": alert.calls,
        "urgency": Urgency(alert.urgency).name.lower(),
        "found": Urgency(alert.found).name.lower(),
        "escalates": escalates(alert),
        "by_hand": bool(alert.by_hand),
        "kinds": list(alert.kinds),
        "vessels": [vessel_object(v, alert.run) for v in alert.vessels[:VESSELS_TOLD]],
        "vessels_total": len(alert.vessels),
        "fleet": alert.fleet or None,
        "lat_deg": alert.lat_deg,
        "lon_deg": alert.lon_deg,
        "going_on": alert.going_on,
        "retracted": alert.retracted,
    }


def vessel_object(key: int, run: float) -> dict[str, Any]:
    """A vessel by its key: an MMSI, or its number in the picture of one run of the node."""
    return {"mmsi": mmsi_of(key) or None, "vessel": picture_id(key) or None, "run": run if picture_id(key) else None}


def listed(
    connection: sa.Connection, places: Iterable[Place] = OPEN, vessel: int = 0, offset: int = 0, limit: int = 200
) -> list[dict[str, Any]]:
    """Alerts in their order. `vessel`: only those that concern this key."""
    a, c = tables.alert.c, tables.concerned.c
    query = sa.select(tables.alert).where(a.place.in_([int(p) for p in places]))
    if vessel:
        query = query.where(sa.exists().where(c.alert == a.number, c.vessel == vessel))
    query = query.order_by(a.place, a.urgency.desc(), a.since.desc(), a.number.desc()).offset(offset).limit(limit)
    return [alert_object(alert_of(row), row.sequence) for row in connection.execute(query)]


def changed(connection: sa.Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """Alerts that changed after this sequence number, oldest change first."""
    a = tables.alert.c
    query = sa.select(tables.alert).where(a.sequence > after).order_by(a.sequence, a.number).limit(limit)
    return [alert_object(alert_of(row), row.sequence) for row in connection.execute(query)]


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many alerts there are by place, and how many call for somebody."""
    a = tables.alert.c
    found = connection.execute(sa.select(a.place, sa.func.count()).where(a.closed.is_(None)).group_by(a.place))
    told = {place.name.lower(): 0 for place in Place if place is not Place.CLOSED}
    told |= {Place(place).name.lower(): count for place, count in found}
    calling = sa.and_(a.place <= int(Place.ENDED), a.urgency > int(Urgency.CAUTION))
    return told | {"calling": connection.execute(sa.select(sa.func.count()).where(calling)).scalar_one()}


def head_of(connection: sa.Connection) -> dict[str, Any]:
    """The newest sequence number, the newest time of data, the run of the node."""
    h = tables.head.c
    row = connection.execute(sa.select(h.sequence, h.data_time, h.run)).one()
    return {"sequence": row.sequence, "data_time": row.data_time, "run": row.run}


def one(connection: sa.Connection, number: int) -> dict[str, Any] | None:
    """An alert with its behaviours and their evidence, what is set aside, its log, other alerts of its vessels."""
    row = connection.execute(sa.select(tables.alert).where(tables.alert.c.number == number)).one_or_none()
    if row is None:
        return None
    b, s = tables.behaviour.c, tables.aside.c
    members = [member_of(r) for r in connection.execute(sa.select(tables.behaviour).where(b.alert == number))]
    asides = connection.execute(sa.select(tables.aside).where(s.alert == number).order_by(s.number))
    return alert_object(alert_of(row), row.sequence) | {
        "behaviours": [
            behaviour_object(m.behaviour)
            | {"standing": Standing(m.behaviour.standing).name.lower(), "followed": m.followed}
            | {"urgency": Urgency(m.behaviour.urgency).name.lower()}
            | {"vessels": [vessel_object(v, m.run) for v in m.behaviour.vessels]}
            for m in sorted(members, key=lambda m: (m.behaviour.start, m.behaviour.id))
        ],
        "asides": [aside_object(aside_of(r)) for r in asides],
        "log": log_lines(connection, alert=number),
        "related": related(connection, number),
    }


def aside_object(aside: Aside) -> dict[str, Any]:
    """What is set aside, as the API tells it."""
    names = ("number", "behaviour", "kind", "first", "last", "who", "time", "reason", "note", "withdrawn")
    return {name: getattr(aside, name) for name in names}


def related(connection: sa.Connection, number: int) -> list[dict[str, Any]]:
    """Other alerts that concern one of its vessels, those that are open first."""
    a, c = tables.alert.c, tables.concerned.c
    mine = sa.select(c.vessel).where(c.alert == number)
    query = (
        sa.select(tables.alert)
        .where(a.number != number, sa.exists().where(c.alert == a.number, c.vessel.in_(mine)))
        .order_by(a.place, a.since.desc(), a.number.desc())
        .limit(RELATED_MAX)
    )
    names = ("number", "place", "urgency", "kinds", "because", "since")
    found = (alert_object(alert_of(row), row.sequence) for row in connection.execute(query))
    return [{name: told[name] for name in names} for told in found]


def log_lines(
    connection: sa.Connection,
    alert: int = 0,
    begin: float | None = None,
    end: float | None = None,
    before: int | None = None,
    limit: int = LINES_MAX,
) -> list[dict[str, Any]]:
    """The newest lines of the watch log, oldest of them first. `begin`, `end`: by the clock; `before`: a line's id."""
    l = tables.log.c  # noqa: E741
    query = sa.select(tables.log)
    if alert:
        query = query.where(l.alert == alert)
    if begin is not None:
        query = query.where(l.time >= begin)
    if end is not None:
        query = query.where(l.time < end)
    if before is not None:
        query = query.where(l.id < before)
    found = connection.execute(query.order_by(l.id.desc()).limit(limit)).mappings()
    return [plain(row) for row in found][::-1]


def plain(row: sa.RowMapping) -> dict[str, Any]:
    """A row as a dictionary whose keys are plain text, as JSON wants them."""
    return {str(name): value for name, value in row.items()}


def fleets(connection: sa.Connection) -> list[dict[str, Any]]:
    """The fleets of this run of the node as they were told last."""
    f, h = tables.fleet.c, tables.head.c
    query = sa.select(f.body).join_from(tables.fleet, tables.head, f.run == h.run).order_by(f.id)
    return [_with_vessels(orjson.loads(row.body)) for row in connection.execute(query)]


def _with_vessels(fleet: dict[str, Any]) -> dict[str, Any]:
    keys = fleet.pop("members")
    return fleet | {"members": [{"mmsi": mmsi_of(k) or None, "vessel": picture_id(k) or None} for k in keys]}
