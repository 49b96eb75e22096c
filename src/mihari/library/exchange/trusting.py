"""A trust list is added to: what people wrote in it stays as it is, and it is never half-written."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.toml_text import read_text
from mihari.library.exchange.signing import author_of
from mihari.library.exchange.trust import FORMAT, Trust

BEGINNING = f"""\
# Whose patterns are taken over: `mihari library trust add|revoke` add to this file, and people may write in it.
format = {FORMAT}
"""


def add_signer(
    path: str | Path, name: str, since: date, *, key: bytes = b"", author: str = "", authority: str = "",
    groups: Sequence[str] = (), may_revoke: bool = False, note: str = "",
) -> Trust:  # fmt: skip
    """Believe one author: by its raw public `key` (32 bytes), or by its `author` id and who certified it. Makes the
    file where there is none; returns the list. BadInput where it is on the list or revoked already.
    """
    author = author_of(key) if key else author
    if path_exists(path):
        known = Trust.load(path)
        known.refuse_revoked(author, name)
        if any(one.author == author for one in known.told.signer):
            raise BadInput(f"{path}: {name} ({author}) is on the list already")
    told = {"author": author, "name": name, "key": key.hex(), "authority": authority, "since": since}
    return _add(path, "signer", told | {"groups": list(groups), "may_revoke": may_revoke, "note": note})


def add_authority(
    path: str | Path, name: str, authority: str, since: date,
    groups: Sequence[str] = (), may_revoke: bool = False, note: str = "",
) -> Trust:  # fmt: skip
    """Believe everybody whom an authority has certified: its ca.pem (a path, taken from the list's folder) or its
    fingerprint. BadInput where it is on the list already.
    """
    if path_exists(path) and any(one.authority == authority for one in Trust.load(path).told.authority):
        raise BadInput(f"{path}: {authority} is on the list already")
    told = {"authority": authority, "name": name, "since": since}
    return _add(path, "authority", told | {"groups": list(groups), "may_revoke": may_revoke, "note": note})


def revoke(path: str | Path, author: str, when: date, reason: str) -> Trust:
    """Believe an author no longer, whoever vouches for it. BadInput where that is so already."""
    if path_exists(path) and any(one.author == author for one in Trust.load(path).told.revoked):
        raise BadInput(f"{path}: {author} is revoked already")
    return _add(path, "revoked", {"author": author, "since": when, "reason": reason})


def path_exists(path: str | Path) -> bool:
    """Whether there is a list yet."""
    return Path(path).exists()


def _add(path: str | Path, table: str, told: Mapping[str, Any]) -> Trust:
    """One more table at the end. Nothing is written unless the list with it can be read."""
    text = read_text(path) if path_exists(path) else BEGINNING
    lines = [f"[[{table}]]", *(f"{key} = {_value(value)}" for key, value in told.items() if value)]
    text = f"{text.rstrip()}\n\n" + "\n".join(lines) + "\n"
    trust = Trust.of(text, path)
    write_whole(Path(path), text.encode())
    return trust


def _value(value: Any) -> str:
    """A value in TOML; texts and lists of texts are written as in JSON, but for the one letter that differs.

    >>> _value("a\\x7f"), _value(True), _value(["a", "b"])
    ('"a\\\\u007f"', 'true', '["a", "b"]')
    """
    plain = value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
    return plain.replace("\x7f", "\\u007f")


def write_whole(path: Path, content: bytes, over: bool = True) -> None:
    """Write a file so that there is the old one or the new one, never a part. BadInput where it cannot be written, or
    is there and not to be written `over`.
    """
    if not over and path.exists():
        raise BadInput(f"{path}: is there already")
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise BadInput(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None
