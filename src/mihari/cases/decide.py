"""What people do with a case, as drafts of edits: words, a note, an action, a vessel, a file, closing it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from mihari.alerts.actions import By, Conflict
from mihari.alerts.records import Records
from mihari.alerts.text import clean
from mihari.cases import shelf
from mihari.cases.case import Draft
from mihari.cases.files import Blob
from mihari.cases.values import WORDS
from mihari.core.errors import BadInput

SIGNATURES = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))
SHORTEST = 4  # digits that name an item
UNKNOWN_MEDIA = "application/octet-stream"


def edit(records: Records, by: By, number: int, words: Mapping[str, str]) -> shelf.Kept:
    """New words for fields of a case; '' takes a word back where it may be empty."""
    if not words:
        raise BadInput(f"expected one of {', '.join(WORDS)}")
    strange = [name for name in words if name not in WORDS]
    if strange:
        raise BadInput(f"{clean(strange[0], 40)}: expected one of {', '.join(WORDS)}")
    return shelf.change(records, by, number, list(words.items()))


def close(records: Records, by: By, number: int, outcome: str, words: Mapping[str, str]) -> shelf.Kept:
    """Say what it was, and close it; Conflict where it is closed."""
    with records.read() as connection:
        if shelf.one(connection, number).case.word("status") == "closed":
            raise Conflict(f"case {number} is closed already; reopen it first")
    drafts: list[Draft] = [("outcome", outcome), *((name, text) for name, text in words.items() if text)]
    return shelf.change(records, by, number, [*drafts, ("status", "closed")])


def reopen(records: Records, by: By, number: int) -> shelf.Kept:
    """It is not over after all; Conflict where it is open."""
    with records.read() as connection:
        if shelf.one(connection, number).case.word("status") == "open":
            raise Conflict(f"case {number} is open")
    return shelf.change(records, by, number, [("status", "open")])


def add(records: Records, by: By, number: int, name: str, item: Any) -> shelf.Kept:
    """One more note, action, vessel."""
    return shelf.change(records, by, number, [(name, item)])


def withdraw(records: Records, by: By, number: int, item: str, why: str) -> shelf.Kept:
    """Withdraw an item, named by its id or the beginning of it; it stays, marked."""
    with records.read() as connection:
        case = shelf.one(connection, number).case
    ids = [one.said.edit.uuid for items in case.lists.values() for one in items]
    mine = [one for one in ids if one == item] or [one for one in ids if len(item) >= SHORTEST and one.startswith(item)]
    if len(mine) > 1:
        raise BadInput(f"item {clean(item, 40)}: {len(mine)} items begin so; expected more of the id")
    return shelf.change(records, by, number, [("withdraw", {"item": mine[0] if mine else item, "why": why})])


def add_file(records: Records, by: By, number: int, name: str, data: bytes, what: str = "") -> shelf.Kept:
    """Keep a file with a case. Its name is shown without folders; what it is, its first bytes say."""
    shown = clean(PurePath(name.replace("\\", "/")).name, 120) or "file"
    blob = Blob(data, media_of(data))
    item = blob.told("file", clean(what) or shown, name=shown)
    return shelf.change(records, by, number, [("evidence", item)], [blob])


def media_of(data: bytes) -> str:
    """What bytes are, as far as their beginning tells: never what somebody says they are.

    >>> media_of(b"plain words"), media_of(b"%PDF-1.7"), media_of(b"MZ\\x00")
    ('text/plain', 'application/pdf', 'application/octet-stream')
    """
    told = next((media for begin, media in SIGNATURES if data.startswith(begin)), "")
    if told:
        return told
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return UNKNOWN_MEDIA
    return UNKNOWN_MEDIA if "\0" in text else "text/plain"
