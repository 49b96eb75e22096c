"""What one watch hands over to the next: what was raised, what is open, who did what; as JSON and as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from mihari.alerts import ask, tables
from mihari.alerts.alert import Place
from mihari.alerts.text import markdown
from mihari.core.times import told_time

LISTED_MAX = 500  # alerts of one kind in a handover; how many more there are is told
CHAPTERS = {
    "raised": ("raised",),
    "acknowledged": ("acknowledged",),
    "escalated": ("escalated", "escalated by hand"),
    "retracted": ("retracted",),
    "set_aside": ("set aside", "brought back", "comes back"),
    "closed": ("closed",),
    "notes": ("note", "comment", "assigned"),
}
TITLES = {
    "raised": "Raised",
    "acknowledged": "Acknowledged",
    "escalated": "Escalated",
    "retracted": "Retracted: later data showed that it was not so",
    "set_aside": "Set aside and brought back",
    "closed": "Closed",
    "notes": "Notes and assignments",
}
STANDING = {
    "waiting": ("Nobody has acknowledged", (Place.UNACKNOWLEDGED, Place.ENDED)),
    "open": ("Acknowledged, still on the list", (Place.SETTLED,)),
    "aside": ("Set aside now", (Place.ASIDE,)),
}


def handover(connection: sa.Connection, begin: float, end: float) -> dict[str, Any]:
    """The watch from `begin` to `end` (UTC s by the clock), and how things stand now."""
    head = connection.execute(sa.select(tables.head.c.audit, tables.head.c.hash)).one()
    told: dict[str, Any] = {"begin": begin, "end": end, "audit": {"rows": head.audit, "hash": head.hash}}
    told["counts"] = ask.counts(connection)
    for name, (_, places) in STANDING.items():
        told[name] = ask.listed(connection, places, limit=LISTED_MAX)
    for name, whats in CHAPTERS.items():
        told[name], told["counts"][name] = _lines(connection, whats, begin, end)
    told["by_person"] = _people(connection, begin, end)
    return told


def _span(begin: float, end: float) -> sa.ColumnElement[bool]:
    return sa.and_(tables.log.c.time >= begin, tables.log.c.time < end)


def _lines(
    connection: sa.Connection, whats: Iterable[str], begin: float, end: float
) -> tuple[list[dict[str, Any]], int]:
    l = tables.log.c  # noqa: E741
    mine = sa.and_(_span(begin, end), l.what.in_(list(whats)))
    count = connection.execute(sa.select(sa.func.count()).select_from(tables.log).where(mine)).scalar_one()
    rows = connection.execute(sa.select(tables.log).where(mine).order_by(l.id).limit(LISTED_MAX)).mappings()
    return [ask.plain(row) for row in rows], int(count)


def _people(connection: sa.Connection, begin: float, end: float) -> dict[str, dict[str, int]]:
    l = tables.log.c  # noqa: E741
    query = sa.select(l.who, l.what, sa.func.count()).where(_span(begin, end)).group_by(l.who, l.what)
    people: dict[str, Counter[str]] = {}
    for who, what, count in connection.execute(query.order_by(l.who, l.what)):
        people.setdefault(who, Counter())[what] = count
    return {who: dict(counted) for who, counted in people.items()}


def as_markdown(told: dict[str, Any], node: str = "") -> str:
    """A handover as Markdown; nothing in it that came from outside is markup."""
    return "\n".join(_document(told, node)) + "\n"


def _document(told: dict[str, Any], node: str) -> Iterator[str]:
    yield f"# Handover{f' of {markdown(node)}' if node else ''}"
    yield ""
    yield f"{told_time(told['begin'])} to {told_time(told['end'])}, UTC"
    for name, (title, _) in STANDING.items():
        yield from _alerts(title, told[name], sum(told["counts"][p.name.lower()] for p in STANDING[name][1]))
    for name, title in TITLES.items():
        yield from _chapter(title, told[name], told["counts"][name])
    yield ""
    yield "## Who did what"
    yield ""
    for who, counted in told["by_person"].items():
        yield f"- {markdown(who)}: {', '.join(f'{what} {count}' for what, count in counted.items())}"
    yield ""
    yield f"Audit: {told['audit']['rows']} rows, the last with SHA-256 `{told['audit']['hash']}`"


def _alerts(title: str, alerts: list[dict[str, Any]], count: int) -> Iterator[str]:
    yield from ("", f"## {title}: {count}", "")
    for a in alerts:
        state = "going on" if a["going_on"] else "retracted" if a["retracted"] else f"over since {_time(a['last'])}"
        who = f", with {markdown(a['assigned'])}" if a["assigned"] else ""
        what = f"{a['urgency'].upper()}, since {_time(a['since'])}, {state}{who}"
        yield f"- **{a['number']}** {what}: {markdown(a['because'])}"
    yield from _more(len(alerts), count)


def _chapter(title: str, lines: list[dict[str, Any]], count: int) -> Iterator[str]:
    if not count:
        return
    yield from ("", f"## {title}: {count}", "")
    for line in lines:
        about = f"alert {line['alert']}, " if line["alert"] else ""
        yield f"- {_time(line['time'])} {about}{markdown(line['who'])}: {markdown(line['text'])}"
    yield from _more(len(lines), count)


def _more(shown: int, count: int) -> Iterator[str]:
    if count > shown:
        yield f"- and {count - shown} more"


def _time(time: float | None) -> str:
    return "" if time is None else told_time(float(time))
