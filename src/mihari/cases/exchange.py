"""Edits of cases between nodes: what has come in here since, and taking what another node tells. Knows no network.

A node passes on all that it holds, what it does not understand and what others wrote among it. Nothing is asked for
twice: `arrived` counts edits as they came in here. Bytes of evidence do not travel with edits, their hashes do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import By
from mihari.alerts.alert import SYSTEM
from mihari.alerts.records import Records
from mihari.cases import shelf, tellers
from mihari.cases.edit import EDITS_MAX, Edit, checked, edit_of
from mihari.cases.files import Placing
from mihari.core.errors import BadInput

AT_ONCE = 500  # edits in one message
IN_QUESTION = 400  # values in one question
E = tables.case_edit.c


@dataclass(frozen=True, slots=True)
class Taken:
    """How many edits were new, how many were here before, and in a sentence each why others were refused."""

    new: int = 0
    known: int = 0
    refused: tuple[str, ...] = ()
    cases: tuple[int, ...] = field(default=())  # numbers, here, of the cases that changed


def edits_since(connection: sa.Connection, arrived: int = 0, limit: int = AT_ONCE) -> tuple[list[Edit], int]:
    """Edits that came in after this one, the oldest first, and up to which one they go."""
    query = sa.select(tables.case_edit).where(E.arrived > arrived).order_by(E.arrived).limit(limit)
    rows = connection.execute(query).all()
    return [shelf.edit_in(row) for row in rows], int(rows[-1].arrived) if rows else arrived


def read(told: Iterable[Any]) -> tuple[list[Edit], list[str]]:
    """Edits as `edit_object` told them; and a sentence for each that is none."""
    found, refused = [], []
    for one in told:
        try:
            found.append(edit_of(one))
        except BadInput as problem:
            refused.append(str(problem))
    return found, refused


def take(records: Records, edits: Sequence[Edit], now: float, sender: str = "", node: str = "") -> Taken:
    """Keep what is new of these, some hundreds in one transaction with its line of the log each.

    `now`: UTC s; `sender`: a node's name. In any order and as often as one likes: the cases are the same. `node`: the
    author id of who signed them, where they came over the mesh: such edits must have been made there.
    """
    good, refused = _checked(edits)
    parts = [_taken(records, good[k : k + AT_ONCE], now, sender, node) for k in range(0, len(good), AT_ONCE)]
    cases = dict.fromkeys(number for part in parts for number in part.cases)
    refused += [sentence for part in parts for sentence in part.refused]
    return Taken(sum(p.new for p in parts), sum(p.known for p in parts), tuple(refused), tuple(cases))


def _taken(records: Records, good: Sequence[Edit], now: float, sender: str, node: str) -> Taken:
    """One transaction."""
    refused: list[str] = []
    with Placing(records, ()) as placing, records.write() as (connection, head):
        if node:
            good, refused = tellers.fitting(connection, good, node)
        here = _known(connection, [edit.uuid for edit in good])
        new, full = _with_room(connection, [edit for edit in good if edit.uuid not in here])
        refused += full
        kept: list[shelf.Kept] = []
        if new:
            by = By(sender or SYSTEM, now)
            kept = shelf.keep(connection, head, records.clock(), new, by, "case edits of another node", placing)
    return Taken(len(new), len(good) - len(new) - len(full), tuple(refused), tuple(one.number for one in kept))


def _checked(edits: Sequence[Edit]) -> tuple[list[Edit], list[str]]:
    good: dict[str, Edit] = {}
    refused = []
    for edit in edits:
        try:
            good[edit.uuid] = checked(edit)
        except BadInput as problem:
            refused.append(str(problem))
    return sorted(good.values(), key=lambda edit: edit.order), refused


def _known(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    """Which of these edits are here."""
    found = set[str]()
    for k in range(0, len(ids), IN_QUESTION):
        query = sa.select(E.uuid).where(E.uuid.in_(ids[k : k + IN_QUESTION]))
        found |= {str(row.uuid) for row in connection.execute(query)}
    return found


def _with_room(connection: sa.Connection, edits: Sequence[Edit]) -> tuple[list[Edit], list[str]]:
    """The edits whose cases have room for them; a sentence for each of the others."""
    counts: Counter[str] = Counter()
    for case in {edit.case for edit in edits}:
        query = sa.select(sa.func.count()).where(E.case == case)
        counts[case] = int(connection.execute(query).scalar_one())
    taken, refused = [], []
    for edit in edits:
        if counts[edit.case] >= EDITS_MAX:
            refused.append(f"case {edit.case} has {EDITS_MAX} edits, as many as one may have")
            continue
        counts[edit.case] += 1
        taken.append(edit)
    return taken, refused
