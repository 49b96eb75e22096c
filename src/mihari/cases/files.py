"""Bytes of evidence beside the records: each file named by its SHA-256, put in its place in the same save as its edit.

A file comes before its row: after a power cut there may be a file that no case names, never a case without its file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import Unknown
from mihari.alerts.records import Records
from mihari.cameras import files
from mihari.core.errors import BadInput

SUFFIX = ".cases"
FILE_MAX = 32 << 20  # bytes of one file: a minute's clip, a scanned document
QUOTA = 10 << 30  # bytes of all cases
F = tables.case_file.c


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes of evidence, with what an edit says of them. `media` is shown, nobody acts on it."""

    data: bytes
    media: str

    @property
    def sha256(self) -> str:
        """Of the bytes, hexadecimal."""
        return files.hash_of(self.data)

    def told(self, kind: str, what: str, **more: Any) -> dict[str, Any]:
        """The item of evidence that names these bytes."""
        return {"kind": kind, "what": what, "sha256": self.sha256, "size": len(self.data), "media": self.media} | more


class Placing:
    """Files written beside their places before a transaction, put into them within it, cleared away after an error."""

    def __init__(self, records: Records, blobs: Sequence[Blob], quota: int = QUOTA) -> None:
        self._folder, self._quota = folder_of(records), quota
        self._blobs = {blob.sha256: blob for blob in blobs}
        self._aside: dict[str, Path] = {}

    def __enter__(self) -> Placing:
        for sha256, blob in self._blobs.items():
            if not 0 < len(blob.data) <= FILE_MAX:
                raise BadInput(f"a file of {len(blob.data)} bytes: expected 1 to {FILE_MAX}")
            self._aside[sha256] = files.written(self._folder, blob.data)
        return self

    def done(self, connection: sa.Connection, clock: float) -> None:
        """Put all in their places; `clock`: UTC s. BadInput where there is no room."""
        if not self._blobs:
            return
        there = {str(row[0]) for row in connection.execute(sa.select(F.sha256).where(F.sha256.in_(list(self._blobs))))}
        new = {sha256: blob for sha256, blob in self._blobs.items() if sha256 not in there}
        held = int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(F.size), 0))).scalar_one())
        if held + sum(len(blob.data) for blob in new.values()) > self._quota:
            raise BadInput(f"no room for evidence: {self._quota} bytes are allowed, {held} are kept")
        for sha256, aside in self._aside.items():
            files.placed(self._folder, aside, place_of(sha256))
        if new:
            rows = [{"sha256": sha256, "size": len(blob.data), "time": clock} for sha256, blob in new.items()]
            connection.execute(sa.insert(tables.case_file), rows)

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        for aside in self._aside.values():
            files.discard(aside)


def folder_of(records: Records) -> Path:
    """The folder of these records' evidence."""
    return files.folder_of(records.url).with_suffix(SUFFIX)


def place_of(sha256: str) -> str:
    """The path of a file below its folder: no suffix that a program would act on.

    >>> place_of("ab12cd")
    'ab/ab12cd'
    """
    return f"{sha256[:2]}/{sha256}"


def bytes_of(records: Records, sha256: str) -> bytes:
    """The bytes of that hash, verified; Unknown where they are not here, Conflict where the file was changed."""
    with records.read() as connection:
        if connection.execute(sa.select(F.sha256).where(F.sha256 == sha256)).scalar() is None:
            raise Unknown("that file is not at this node")
    return files.read(folder_of(records), place_of(sha256), sha256)


def here(connection: sa.Connection) -> set[str]:
    """The hashes of all files that are at this node."""
    return {str(row.sha256) for row in connection.execute(sa.select(F.sha256))}
