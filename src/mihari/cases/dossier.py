"""One vessel -> all that this node knows of it: its claims over time, alerts, behaviours, meetings, pictures, cases.

Every claim is what the vessel said of itself: evidence, never fact. What cannot be told, and why, is told as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from mihari.alerts import ask, tables
from mihari.alerts.shelf import member_of
from mihari.alerts.text import clean
from mihari.archive.catalogue import Catalogue
from mihari.cameras import attachments
from mihari.cases import shelf
from mihari.core.behaviour import Behaviour, Standing, mmsi_of, picture_id, unnamed
from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.flags import flag_of

ALERTS_MAX, BEHAVIOURS_MAX, PICTURES_MAX, VALUES_MAX = 100, 300, 50, 100
TEXTS = ("name", "call_sign", "destination")
NUMBERS = {"imo": 0, "ship_type": -1}  # field -> what stands for none
MEASURES = ("bow", "stern", "port", "starboard")


@dataclass(frozen=True, slots=True)
class Vessel:
    """Who is meant: an MMSI, or (`mmsi` 0) a number in the picture of the run of the node that began at `run`."""

    mmsi: int = 0
    vessel: int = 0
    run: float = 0.0

    @property
    def key(self) -> int:
        """As behaviours name it."""
        return self.mmsi or unnamed(self.vessel)


def dossier(connection: sa.Connection, who: Vessel, archive: Path | None) -> dict[str, Any]:
    """All of it. Lists are the newest first, claims the oldest first."""
    claims, missing = claims_over_time(archive, who.mmsi)
    told = _behaviours(connection, who)
    subject = f"mmsi:{who.mmsi}" if who.mmsi else f"vessel:%:{who.vessel}:{who.run}"
    return {
        "mmsi": who.mmsi,
        "vessel": who.vessel,
        "flag": flag_of(who.mmsi) if who.mmsi else "",
        "claims": claims,
        "alerts": _alerts(connection, who),
        "behaviours": [_behaviour(b, number) for b, number in told],
        "meetings": [_meeting(b, number, who.key) for b, number in told if len(b.vessels) == 2 and not b.fleet],
        "pictures": _pictures(connection, who),
        "cases": shelf.listed(connection, subject=subject, limit=ALERTS_MAX),
        "missing": missing,
    }


# claims


def claims_over_time(archive: Path | None, mmsi: int) -> tuple[list[dict[str, Any]], list[str]]:
    """Each value that was told of each field, with when it was told first and last (UTC s) and how often."""
    if not mmsi:
        return [], ["claims: it tells no MMSI"]
    if archive is None:
        return [], ["claims over time: no archive is kept here"]
    try:
        from mihari.archive.said import claims_of

        columns = claims_of(Catalogue(archive), mmsi)
    except BadInput as problem:
        return [], [f"claims over time: {problem}"]
    if not len(columns.get("time", ())):
        return [], ["claims over time: the archive holds none of it"]
    return changes(columns), []


def changes(columns: Mapping[str, Array]) -> list[dict[str, Any]]:
    """Values in the order in which they were first told, at most some of each field.

    >>> found = changes({"time": np.array([1.0, 2.0, 3.0]), "name": np.array(["KAI", "KAI", "URA"])})
    >>> [(c["field"], c["value"], c["first"], c["last"], c["count"]) for c in found]
    [('name', 'KAI', 1.0, 2.0, 2), ('name', 'URA', 3.0, 3.0, 1)]
    """
    time, found = np.asarray(columns["time"], float), []
    for name, values in _fields(columns).items():
        spans: dict[Any, list[float]] = {}
        for when, value in zip(time.tolist(), values, strict=True):
            if value is not None and math.isfinite(when):
                span = spans.setdefault(value, [when, when, 0])
                span[0], span[1], span[2] = min(span[0], when), max(span[1], when), span[2] + 1
        told = sorted(spans.items(), key=lambda one: (one[1][0], str(one[0])))[:VALUES_MAX]
        found += [{"field": name, "value": v, "first": s[0], "last": s[1], "count": int(s[2])} for v, s in told]
    return found


def _fields(columns: Mapping[str, Array]) -> dict[str, list[Any]]:
    """Field -> a value or None for each row."""
    found: dict[str, list[Any]] = {}
    for name in TEXTS:
        if name in columns:
            found[name] = [clean(str(v), 80) or None if v else None for v in columns[name].tolist()]
    for name, none in NUMBERS.items():
        if name in columns:
            found[name] = [int(v) if v is not None and v == v and v not in (none, 0) else None for v in columns[name]]
    if all(name in columns for name in MEASURES):
        found["length and beam, m"] = [_size(*row) for row in zip(*(columns[n] for n in MEASURES), strict=True)]
    if "draught" in columns:
        found["draught, m"] = [round(float(v), 1) if v is not None and v > 0 else None for v in columns["draught"]]
    return found


def _size(bow: float, stern: float, port: float, starboard: float) -> str | None:
    length, beam = float(bow) + float(stern), float(port) + float(starboard)
    return f"{length:g} x {beam:g}" if length > 0 and math.isfinite(beam) else None


# the records


def _alerts(connection: sa.Connection, who: Vessel) -> list[dict[str, Any]]:
    names = ("number", "raised", "first", "last", "kinds", "because", "urgency", "place", "outcome", "retracted")
    found = ask.listed(connection, ask.PLACES["all"], who.key, limit=ALERTS_MAX)
    mine = [one for one in found if who.mmsi or _same_run(one, who)]
    return [{name: one[name] for name in names} for one in sorted(mine, key=lambda one: -one["number"])]


def _same_run(alert: dict[str, Any], who: Vessel) -> bool:
    return any(v["vessel"] == who.vessel and v["run"] == who.run for v in alert["vessels"])


def _behaviours(connection: sa.Connection, who: Vessel) -> list[tuple[Behaviour, int]]:
    """Its behaviours with the numbers of their alerts, the newest first."""
    b, c = tables.behaviour.c, tables.concerned.c
    mine = sa.exists().where(c.alert == b.alert, c.vessel == who.key)
    members = (member_of(row) for row in connection.execute(sa.select(tables.behaviour).where(mine)))
    held = [m for m in members if who.key in m.behaviour.vessels and (who.mmsi or m.run == who.run)]
    held.sort(key=lambda m: (-m.behaviour.start, m.behaviour.id))
    return [(m.behaviour, m.alert) for m in held[:BEHAVIOURS_MAX]]


def _behaviour(b: Behaviour, alert: int) -> dict[str, Any]:
    return {
        "alert": alert,
        "kind": b.kind,
        "start": b.start,
        "end": b.end,
        "because": b.because,
        "standing": Standing(b.standing).name.lower(),
    }


def _meeting(b: Behaviour, alert: int, key: int) -> dict[str, Any]:
    """A behaviour of two vessels, as one of them has it."""
    other = next((v for v in b.vessels if v != key), key)
    place = {"lat_deg": b.lat_deg, "lon_deg": b.lon_deg}
    return _behaviour(b, alert) | {"mmsi": mmsi_of(other), "vessel": picture_id(other)} | place


def _pictures(connection: sa.Connection, who: Vessel) -> list[dict[str, Any]]:
    a = tables.attachment.c
    mine = a.mmsi == who.mmsi if who.mmsi else sa.and_(a.vessel == who.vessel, a.run == who.run)
    query = sa.select(a.number).where(mine, a.dropped.is_(None)).order_by(a.number.desc()).limit(PICTURES_MAX)
    names = ("number", "time", "asset", "kind", "sha256")
    found = [attachments.one_of(connection, row.number) for row in connection.execute(query)]
    return [{name: getattr(one, name) for name in names} for one in found]
