"""What people say of two vessels of the picture: that they are one, or two. Kept as said; the node turns it into
a `Decision` that outlives the ids and travels to the other nodes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import By, noted
from mihari.alerts.alert import Entry
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.core.errors import BadInput

PICTURE_IDS = 1 << 32
WORDS_MAX = 100  # told about one vessel


@dataclass(frozen=True, slots=True)
class Pairing:
    """Vessels `one` and `other`, ids in the picture of the node's `run`; `same`: they are one.

    `node`: what that node holds under `one`, fused with what others hold, is another vessel; `other` is `one` then.
    """

    number: int
    time: float  # UTC s
    run: float
    one: int
    other: int
    same: bool
    who: str
    note: str = ""
    node: str = ""


def pair(records: Records, by: By, one: int, other: int, same: bool, note: str = "") -> Pairing:
    """Keep a person's word, and a line in the watch log. BadInput for a vessel and itself."""
    if one == other or not (0 < one < PICTURE_IDS and 0 < other < PICTURE_IDS):
        raise BadInput("expected two vessels of the picture, each by its number")
    told = f"#{one} and #{other} are {'one vessel' if same else 'two vessels'}"
    return _kept(records, Pairing(0, by.now, 0.0, one, other, same, by.who, noted(note)), told)


def split(records: Records, by: By, one: int, node: str, note: str = "") -> Pairing:
    """Keep a person's word that what `node` holds under a vessel's number is another vessel, and a line in the log."""
    if not (0 < one < PICTURE_IDS and node):
        raise BadInput("expected a vessel of the picture and one of the nodes that hold it")
    told = f"what {node} holds as #{one} is another vessel"
    return _kept(records, Pairing(0, by.now, 0.0, one, one, False, by.who, noted(note), node), told)


def _kept(records: Records, word: Pairing, told: str) -> Pairing:
    with records.write() as (connection, head):
        last = connection.execute(sa.select(sa.func.max(tables.pairing.c.number))).scalar() or 0
        made = replace(word, number=int(last) + 1, run=float(head.run))
        row: dict[str, Any] = {c.name: getattr(made, c.name) for c in tables.pairing.columns}
        connection.execute(sa.insert(tables.pairing).values(row))
    told += f": {word.note}" if word.note else ""
    Watch(records).tell([Entry("same" if word.same else "not the same", told, word.who, word.time)])
    return made


def pairs_after(connection: sa.Connection, number: int) -> list[Pairing]:
    """What people have said since, in order."""
    rows = connection.execute(
        sa.select(tables.pairing).where(tables.pairing.c.number > number).order_by(tables.pairing.c.number).limit(1000)
    ).mappings()
    return [Pairing(**row) for row in rows]


def pairs_about(connection: sa.Connection, vessel: int, most: int = WORDS_MAX) -> list[Pairing]:
    """What people have said of a vessel of the picture in this run of the node, the newest first."""
    p = tables.pairing.c
    rows = connection.execute(
        sa.select(tables.pairing)
        .where(p.run == sa.select(tables.head.c.run).scalar_subquery(), sa.or_(p.one == vessel, p.other == vessel))
        .order_by(p.number.desc())
        .limit(most)
    ).mappings()
    return [Pairing(**row) for row in rows]
