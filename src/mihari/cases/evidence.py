"""Which bytes of evidence edits name, which of them are here, and keeping those that come from another node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.records import Records
from mihari.cases.edit import Edit
from mihari.cases.files import QUOTA, Blob, Placing
from mihari.cases.values import read
from mihari.core.errors import BadInput

FIELD = "evidence"
OWN = 2 << 30  # bytes of the room for evidence that are for what is added here alone
E, F = tables.case_edit.c, tables.case_file.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Hashes that edits here name and whose bytes are not here, and those whose bytes are."""

    missing: set[str]
    here: set[str]


def named(edit: Edit) -> tuple[str, int] | None:
    """The SHA-256 and the size in bytes of what an edit adds as evidence; None where it adds none."""
    if edit.field != FIELD:
        return None
    try:
        told = read(FIELD, edit.told)
    except BadInput:
        return None
    return str(told["sha256"]), int(told["size"])


def wanted(records: Records, hashes: Iterable[str]) -> Wanted:
    """Of these hashes."""
    found = Wanted(set(), set())
    with records.read() as connection:
        for sha256 in set(hashes):
            if connection.execute(sa.select(F.sha256).where(F.sha256 == sha256)).first() is not None:
                found.here.add(sha256)
                continue
            says = sa.select(E.uuid).where(E.field == FIELD, E.value.contains(f'"sha256":"{sha256}"')).limit(1)
            if connection.execute(says).first() is not None:
                found.missing.add(sha256)
    return found


def hold(records: Records, blob: Blob) -> None:
    """Keep bytes that an edit here names, from another node; BadInput where there is no room."""
    with Placing(records, [blob], QUOTA - OWN) as placing, records.write() as (connection, head):
        placing.done(connection, records.clock())
        connection.execute(sa.update(tables.head).values(sequence=int(head.sequence) + 1))
