"""The records -> how often a pattern fired here and what came of it, by area and month; with others, added up."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.core.errors import BadInput

# what people say an alert was, `mihari.alerts.actions.OUTCOMES` -> what it says of the pattern
CONFIRMED = ("fishing", "transfer at sea", "smuggling", "illegal fishing", "distress", "interference")
FALSE = ("innocent", "false alert", "equipment failure")
COUNTS = ("fired", "silent", "retracted", "confirmed", "false", "open")
PARTS_MOST = 10_000  # areas and months of one record: the Pacific has as many
COUNT_MOST = 1 << 50
F, B, A = tables.pattern_fired.c, tables.behaviour.c, tables.alert.c


def record(connection: sa.Connection, name: str) -> dict[str, Any]:
    """counts, and the same `by_area` (a degree square, of its south-west corner) and `by_month` (1 to 12)."""
    outcome = _outcomes(connection, name)
    rows = connection.execute(sa.select(tables.pattern_fired).where(F.name == name)).all()
    counted = [(row, _counted(row, outcome.get(row.id, ""))) for row in rows]
    areas, months = defaultdict[str, list[Any]](list), defaultdict[int, list[Any]](list)
    for row, counts in counted:
        areas[area(row.lat_deg, row.lon_deg)].append(counts)
        months[month(row.first)].append(counts)
    by_area = {a: _sum(areas[a]) for a in sorted(areas)}
    by_month = {str(m): _sum(months[m]) for m in sorted(months)}
    return {**_sum(c for _, c in counted), "by_area": by_area, "by_month": by_month}


def that_fired(connection: sa.Connection) -> list[str]:
    """Names of the patterns that fired here."""
    return list(connection.execute(sa.select(F.name).distinct()).scalars())


def area(lat_deg: float, lon_deg: float) -> str:
    """A degree square: coarse enough to tell nobody's places.

    >>> area(26.3, 127.9), area(-0.2, -71.5)
    ('26N 127E', '1S 72W')
    """
    south, west = math.floor(lat_deg), math.floor(lon_deg)
    return f"{abs(south)}{'N' if south >= 0 else 'S'} {abs(west)}{'E' if west >= 0 else 'W'}"


def month(time: float) -> int:
    """1 to 12, of UTC s."""
    return datetime.fromtimestamp(time, UTC).month


def together(some: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Records of several nodes, added up.

    >>> together([{"fired": 2, "by_month": {"3": {"fired": 2}}}, {"fired": 1, "false": 1}])["fired"]
    3
    """
    listed = [dict(one) for one in some]
    found: dict[str, Any] = _sum(listed)
    for key in ("by_area", "by_month"):
        names = sorted({name for one in listed for name in one.get(key, {})})
        found[key] = {name: _sum(one[key][name] for one in listed if name in one.get(key, {})) for name in names}
    return found


def told_elsewhere(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a bundle tells of a pattern's record, as records are; BadInput where it is none that could be added up."""
    try:
        found = together([told]) if told else {}
    except (TypeError, ValueError, AttributeError, OverflowError):
        raise BadInput("its record: expected counts, by_area and by_month") from None
    parts = [found, *found.get("by_area", {}).values(), *found.get("by_month", {}).values()]
    if len(parts) > PARTS_MOST or not all(0 <= part[key] < COUNT_MOST for part in parts if part for key in COUNTS):
        raise BadInput(f"its record: expected {PARTS_MOST} areas and counts of {COUNT_MOST} at most")
    return found


def _outcomes(connection: sa.Connection, name: str) -> dict[str, str]:
    """What people said of the alerts that its findings are part of, by finding; "" where nobody has said."""
    joined = sa.select(B.id, A.outcome).join_from(tables.behaviour, tables.alert, B.alert == A.number)
    mine = sa.select(F.id).where(F.name == name)
    return {row.id: row.outcome for row in connection.execute(joined.where(B.id.in_(mine)))}


def _counted(row: Any, outcome: str) -> dict[str, int]:
    if row.retracted:
        return {"retracted": 1}
    what = "confirmed" if outcome in CONFIRMED else "false" if outcome in FALSE else "open"
    return {"fired": 1, "silent": int(row.silent)} | ({} if row.silent else {what: 1})


def _sum(some: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in some:
        total.update({key: int(one.get(key, 0)) for key in COUNTS})
    return {key: total[key] for key in COUNTS}
