"""Bytes -> a file named by its SHA-256 in a folder, and back; a file that was changed is told, never given.

A file is written beside its place, made durable, and then put in it by its name alone: there is never half a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

import platformdirs
import sqlalchemy as sa

from mihari.alerts.actions import Conflict
from mihari.core.errors import BadInput

SUFFIX = ".attachments"
MEDIA = {"image/jpeg": ".jpg", "video/x-msvideo": ".avi"}


class Changed(Conflict):
    """A file is not what was kept."""


def folder_of(url: sa.URL) -> Path:
    """The folder beside these records; among the user's data for a server's.

    >>> from mihari.alerts.records import url_of
    >>> folder_of(url_of("/var/lib/mihari/naha.sqlite")).as_posix()
    '/var/lib/mihari/naha.attachments'
    """
    if url.drivername == "sqlite" and url.database:
        return Path(url.database).with_suffix(SUFFIX)
    name = "".join(c if c.isalnum() or c in "-_" else "_" for c in str(url.database or "records"))
    return Path(platformdirs.user_data_dir("mihari")) / "records" / (name + SUFFIX)


def hash_of(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def place_of(sha256: str, media: str) -> str:
    """The path of a file below its folder.

    >>> place_of("ab12cd", "image/jpeg")
    'ab/ab12cd.jpg'
    """
    return f"{sha256[:2]}/{sha256}{MEDIA[media]}"


def written(folder: Path, data: bytes) -> Path:
    """A durable file of these bytes that has no place yet; BadInput where the disk does not take it."""
    aside = folder / f"new-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        discard(aside)
        raise BadInput(f"{folder}: a picture cannot be kept: {(error.strerror or str(error)).lower()}") from None
    return aside


def placed(folder: Path, aside: Path, path: str) -> None:
    """Put a written file in its place; one that is there already is the same, or is put right by that."""
    try:
        (folder / path).parent.mkdir(exist_ok=True, mode=0o700)
        aside.replace(folder / path)
    except OSError as error:
        raise BadInput(f"{folder}: a picture cannot be kept: {(error.strerror or str(error)).lower()}") from None


def read(folder: Path, path: str, sha256: str) -> bytes:
    """The bytes that were kept; Changed where the file is gone or is another one."""
    try:
        data = (folder / path).read_bytes()
    except OSError:
        raise Changed("its file is gone from the folder") from None
    if hash_of(data) != sha256:
        raise Changed("its file was changed since it was kept: its hash is another one")
    return data


def discard(path: Path) -> None:
    """Take a file away, if it is there."""
    with contextlib.suppress(OSError):
        path.unlink()
