"""Stills and clips attached to a vessel's record: the file by its hash, a row, and an entry in log and audit.

One writer at a time (the records' own rule), so that what makes room and what comes in never meet. The oldest that
nobody protects make room; a row stays and tells that its file is gone, and when.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import shelf, tables
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.alert import SYSTEM, Entry
from mihari.alerts.body import dumped
from mihari.alerts.book import Book
from mihari.alerts.records import Records
from mihari.alerts.text import NAME_MAX, clean
from mihari.cameras import files
from mihari.core.errors import BadInput

QUOTA = 10 << 30  # bytes: 30,000 stills of 300 kB
LISTED_MAX = 500
KINDS = {"still": "image/jpeg", "clip": "video/x-msvideo"}
A = tables.attachment.c


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of a still or clip when it is taken. `time`: UTC s of data; `vessel` 0: of a place.

    `aim`: pan, tilt and zoom, the true bearing and the width of the picture, rad; where the vessel was believed to be.
    """

    kind: str
    asset: str
    time: float
    vessel: int = 0
    mmsi: int = 0
    task: int = 0
    aim: dict[str, float] = field(default_factory=dict)
    lat_deg: float | None = None
    lon_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Attachment(Taken):
    """One that is kept, or was until it made room (`dropped`: UTC s by the clock)."""

    number: int = 0
    run: float = 0.0
    media: str = ""
    sha256: str = ""
    size: int = 0
    path: str = ""
    who: str = ""
    protected: bool = False
    dropped: float | None = None

    def told(self) -> dict[str, Any]:
        """As the API and the audit tell it."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def attach(records: Records, by: By, taken: Taken, data: bytes, quota: int = QUOTA) -> Attachment:
    """Keep these bytes. BadInput where they are no kind that is kept, or where there is no room for them."""
    if taken.kind not in KINDS or not data:
        raise BadInput(f"kind: expected one of {', '.join(KINDS)}, and some bytes")
    media, sha256, folder = KINDS[taken.kind], files.hash_of(data), files.folder_of(records.url)
    aside = files.written(folder, data)
    try:
        with records.write() as (connection, head):
            told = {f.name: getattr(taken, f.name) for f in fields(taken)} | {"asset": clean(taken.asset, NAME_MAX)}
            one = Attachment(
                **told, number=_next(connection), run=float(head.run), media=media, sha256=sha256, size=len(data),
                path=files.place_of(sha256, media), who=by.who,
            )  # fmt: skip
            gone = _make_room(connection, folder, one, quota, records.clock())
            files.placed(folder, aside, one.path)
            connection.execute(sa.insert(tables.attachment).values(_row(one)))
            entries = [_entry_dropped(old, by.now) for old in gone]
            entries.append(Entry(f"{one.kind} kept", _sentence(one), by.who, by.now, 0, {}, one.told()))
            _write(connection, head, entries, records.clock())
    finally:
        files.discard(aside)
    return one


def of_vessel(connection: sa.Connection, vessel: int, run: float | None = None) -> list[Attachment]:
    """Those of a vessel of the picture, the newest first; `run`: of the node, None: as it runs now."""
    if run is None:
        run = float(connection.execute(sa.select(tables.head.c.run)).scalar_one())
    asked = sa.select(tables.attachment).where(A.vessel == vessel, A.run == run)
    return [_of(row) for row in connection.execute(asked.order_by(A.number.desc()).limit(LISTED_MAX))]


def one_of(connection: sa.Connection, number: int) -> Attachment:
    """The one of that number; Unknown where there is none."""
    row = connection.execute(sa.select(tables.attachment).where(A.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no attachment {number}")
    return _of(row)


def bytes_of(records: Records, number: int) -> tuple[Attachment, bytes]:
    """One with its bytes; Unknown, or Conflict where it made room or its file is not what was kept."""
    with records.read() as connection:
        one = one_of(connection, number)
    if one.dropped is not None:
        raise Conflict(f"attachment {number} was dropped to make room for newer ones")
    try:
        return one, files.read(files.folder_of(records.url), one.path, one.sha256)
    except files.Changed as problem:
        raise files.Changed(f"attachment {number}: {problem}") from None


def protect(records: Records, by: By, number: int, protected: bool = True) -> Attachment:
    """From now on it is not dropped to make room, or is again."""
    with records.write() as (connection, head):
        was = one_of(connection, number)
        if was.dropped is not None:
            raise Conflict(f"attachment {number} was dropped to make room for newer ones")
        if was.protected == protected:
            return was
        one = replace(was, protected=protected)
        connection.execute(sa.update(tables.attachment).where(A.number == number).values(protected=protected))
        what = "protected" if protected else "no longer protected"
        text = f"attachment {number}, a {one.kind} of {_whom(one)}, is {what}"
        _write(connection, head, [Entry(what, text, by.who, by.now, 0, was.told(), one.told())], records.clock())
    return one


def _make_room(connection: sa.Connection, folder: Path, one: Attachment, quota: int, clock: float) -> list[Attachment]:
    """Drop the oldest that nobody protects until it fits; BadInput where that is not enough. Each file counts once."""
    there = sa.select(A.sha256, A.size).where(A.dropped.is_(None)).distinct()
    sizes = {row.sha256: int(row.size) for row in connection.execute(there)} | {one.sha256: one.size}
    room = quota - sum(sizes.values())
    if room >= 0:
        return []
    asked = sa.select(tables.attachment).where(A.dropped.is_(None)).order_by(A.number)
    rows = [_of(row) for row in connection.execute(asked)]
    holders = Counter([row.sha256 for row in rows] + [one.sha256])
    gone: list[Attachment] = []
    for old in (row for row in rows if not row.protected):
        if room >= 0:
            break
        holders[old.sha256] -= 1
        room += old.size if holders[old.sha256] == 0 else 0
        gone.append(replace(old, dropped=clock))
    if room < 0:
        raise BadInput(f"no room for a {one.kind} of {one.size} bytes: {quota} are allowed, the others are protected")
    for old in gone:
        connection.execute(sa.update(tables.attachment).where(A.number == old.number).values(dropped=clock))
        if holders[old.sha256] == 0:
            files.discard(folder / old.path)
    return gone


def _next(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(A.number))).scalar() or 0) + 1


def _row(one: Attachment) -> dict[str, Any]:
    return one.told() | {"aim": dumped(one.aim)}


def _of(row: Any) -> Attachment:
    told = {f.name: getattr(row, f.name) for f in fields(Attachment)}
    return Attachment(**told | {"aim": orjson.loads(told["aim"])})


def _whom(one: Attachment) -> str:
    return f"#{one.vessel}" if one.vessel else "a place"


def _sentence(one: Attachment) -> str:
    return f"{one.kind} of {_whom(one)} by camera {one.asset} kept: {one.size} bytes, SHA-256 {one.sha256}"


def _entry_dropped(old: Attachment, now: float) -> Entry:
    text = f"{old.kind} {old.number} of {_whom(old)} was dropped to make room for newer ones"
    return Entry("attachment dropped", text, SYSTEM, now, 0, replace(old, dropped=None).told(), old.told())


def _write(connection: sa.Connection, head: Any, entries: list[Entry], clock: float) -> None:
    book = Book(head.run, next_alert=head.alert + 1, next_aside=head.aside + 1, entries=entries)
    shelf.save(connection, head, book, clock)
