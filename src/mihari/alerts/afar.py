"""Behaviours and decisions between nodes: each node raises its own alerts from what all have found, and all decide.

A behaviour that another node found keeps its author in its id, so two nodes' findings about a vessel are two behaviours
in one alert. A decision is about behaviours, not about a number that only one node knows. Two people who acknowledge
the same alert at the same time are both in the log everywhere: the second as "acknowledged as well".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import actions, tables
from mihari.alerts.actions import By, Conflict
from mihari.alerts.alert import SYSTEM, Alert
from mihari.alerts.body import behaviour_object, behaviour_of, dumped, thinned
from mihari.alerts.book import Book
from mihari.alerts.text import NAME_MAX, clean
from mihari.alerts.watch import Watch
from mihari.core.behaviour import Behaviour, Urgency, picture_id, unnamed
from mihari.core.errors import BadInput

PLACES = 12  # of a vessel's path that travel
VESSELS = 30  # of one behaviour, likewise
AT_ONCE = 200  # decisions read at once
DAY_S = 86400.0
DECISIONS = ("acknowledged", "assigned", "comment", "set aside", "brought back", "escalated by hand", "closed")


def to_tell(behaviour: Behaviour) -> dict[str, Any]:
    """A behaviour as it travels: its path in few places, without the numbers that reports have in this node."""
    e = behaviour.evidence
    step = max(1, max((len(p) for p in e.path.values()), default=0) // PLACES)
    path = {v: thinned(p)[::step] for v, p in list(e.path.items())[:VESSELS]}
    short = replace(
        behaviour,
        vessels=behaviour.vessels[:VESSELS],
        evidence=replace(e, reports=(), path={v: tuple(p) for v, p in path.items()}),
    )
    return behaviour_object(short)


def heard(
    told: Mapping[str, Any], author: str, number_of: Callable[[int], int], fleet_of: Callable[[int], int] = lambda _: 0
) -> Behaviour:
    """A behaviour that another node told. `number_of`: its vessel's id there -> its id in the picture here, 0 unknown.

    `fleet_of`: likewise of fleets. BadInput where it is none.
    """
    try:
        found = behaviour_of(dumped(dict(told)))
    except (KeyError, TypeError, ValueError, AttributeError, orjson.JSONDecodeError) as error:
        raise BadInput(f"a behaviour of another node: {error}") from None
    fleet = fleet_of(found.fleet) if found.fleet else 0
    keys = {v: _key(v, number_of) for v in found.vessels}
    vessels = tuple(k for k in keys.values() if k)
    path = {keys[v]: p for v, p in found.evidence.path.items() if keys.get(v)}
    evidence = replace(found.evidence, path=path)
    return replace(found, id=f"{author}:{found.id}", vessels=vessels, fleet=fleet, evidence=evidence)


def _key(vessel: int, number_of: Callable[[int], int]) -> int:
    number = picture_id(vessel)
    if not number:
        return vessel
    here = number_of(number)
    return unnamed(here) if here else 0


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided at some node. `behaviours`: ids with their author; `values`: what it came with."""

    author: str
    line: int  # of the author's log
    who: str
    what: str
    time: float  # UTC s of data
    behaviours: tuple[str, ...]
    values: Mapping[str, Any]

    def told(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "line": self.line, "who": self.who, "what": self.what, "time": self.time,
            "behaviours": list(self.behaviours), "values": dict(self.values),
        }  # fmt: skip


def decided_of(told: Mapping[str, Any], author: str) -> Decided:
    """A decision that another node told; BadInput where it is none."""
    try:
        found = Decided(
            author, int(told["line"]), clean(str(told["who"]), NAME_MAX), str(told["what"]), float(told["time"]),
            tuple(str(b)[:300] for b in told["behaviours"][:200]), dict(told["values"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"a decision of another node: {error}") from None
    if found.what not in DECISIONS or not math.isfinite(found.time) or not found.who:
        raise BadInput(f"a decision of another node: {found.what[:40]!r} is none")
    return found


def decisions_after(connection: sa.Connection, line: int, since: float, author: str) -> Iterator[Decided]:
    """What people at this node decided after a line of the log, and after `since` (UTC s by the clock), in order."""
    log, audit, b = tables.log.c, tables.audit.c, tables.behaviour.c
    mine = sa.and_(log.id > line, log.time >= since, log.who != SYSTEM, log.what.in_(DECISIONS), log.alert.is_not(None))
    rows = connection.execute(sa.select(tables.log).where(mine).order_by(log.id).limit(AT_ONCE)).all()
    for row in rows:
        if row.who.endswith(")") and " (" in row.who:
            continue  # another node's
        ids = [r[0] for r in connection.execute(sa.select(b.id).where(b.alert == row.alert))]
        same = sa.and_(audit.alert == row.alert, audit.who == row.who, audit.what == row.what)
        after = connection.execute(sa.select(audit.after, audit.text).where(same).order_by(audit.row.desc())).first()
        values = orjson.loads(after.after) if after is not None else {}
        values["text"] = row.text
        behaviours = tuple(i if ":" in i[:17] else f"{author}:{i}" for i in ids)
        yield Decided(author, row.id, row.who, row.what, row.data_time, behaviours, values)


class Afar:
    """Applies what people at other nodes decided to this node's records."""

    def __init__(self, watch: Watch, author: str) -> None:
        self.watch, self.author = watch, author

    def apply(self, decided: Decided, node: str) -> bool:
        """Whether it is done, now or before; False where its alert is not here yet. `node`: where it was decided."""
        own = f"{self.author}:"
        ids = [i.removeprefix(own) for i in decided.behaviours]
        who = f"{decided.who} ({node})"
        with self.watch.records.read() as connection:
            b, log = tables.behaviour.c, tables.log.c
            numbers = sorted({r[0] for r in connection.execute(sa.select(b.alert).where(b.id.in_(ids)))})
            before = sa.and_(log.who == who, log.data_time == decided.time, log.alert.in_(numbers))
            done = connection.execute(sa.select(log.id).where(before)).first() is not None
        if done:
            return True
        for number in numbers:
            self.watch.act(number, lambda book, n=number: self._act(book, n, decided, who))  # type: ignore[misc]
        return bool(numbers)

    def _act(self, book: Book, number: int, decided: Decided, who: str) -> Alert:
        by = By(who, decided.time)
        try:
            return _do(book, number, by, decided)
        except (Conflict, BadInput):
            as_well = f"{decided.what} as well: {clean(str(decided.values.get('text', '')))}"
            return book.tell(book.alerts[number], f"{decided.what} as well", as_well, decided.time, who)


def _do(book: Book, number: int, by: By, decided: Decided) -> Alert:
    values, what = decided.values, decided.what
    text = clean(str(values.get("text", "")))
    if what == "acknowledged":
        return actions.acknowledge(book, number, by, str(values.get("reason")), str(values.get("note", "")))
    if what == "assigned":
        return actions.assign(book, number, by, str(values.get("assigned", "")))
    if what == "closed":
        return actions.close(book, number, by, str(values.get("outcome")), str(values.get("outcome_note", "")))
    if what == "brought back":
        return actions.bring_back(book, number, by)
    if what == "escalated by hand":
        return actions.escalate(book, number, by, Urgency(int(values.get("by_hand", 0) or Urgency.ALARM)), text)
    if what == "set aside":
        return actions.set_aside(book, number, by, "other", text)
    return actions.comment(book, number, by, text)
