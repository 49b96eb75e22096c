"""A bundle: patterns in one signed file for other coasts, NAME.mihari-library (`making` writes it, `reading` reads it).

    manifest.json                 what is in it, who made it, for whom; SHA-256 of all the other members
    manifest.sig                  Ed25519 over the bytes of the manifest, 64 bytes
    signer.pem                    the certificate of who signed, and that of the authority which issued it
    patterns/NAME/pattern.toml    the pattern, to the letter
    patterns/NAME/cases.parquet   its proof, where it has one
    patterns/NAME/record.json     how often it fired and what came of it, by area and season, where that is known

What is read is as it was signed; whether the signer is to be believed is asked of a trust list (`verifying`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mihari.library.exchange.manifest import Link, Manifest
from mihari.library.exchange.signing import Author
from mihari.library.pattern import Pattern

SUFFIX = ".mihari-library"
PATTERN, CASES, RECORD = "pattern.toml", "cases.parquet", "record.json"


@dataclass(frozen=True, slots=True)
class Content:
    """A pattern with what goes with it. `provenance`: how it came here; empty: it was made here."""

    pattern: Pattern
    cases: bytes = b""  # a Parquet file of proof cases; b"": none
    record: Mapping[str, Any] = field(default_factory=dict)  # what came of it so far; {}: nothing is known
    provenance: Sequence[Link] = ()


@dataclass(frozen=True)
class Bundle:
    """A bundle as it was signed. `members`: path -> content, without the manifest and its signature."""

    file: str
    manifest: Manifest
    members: Mapping[str, bytes]
    signer: Author

    def text(self, name: str) -> str:
        """A pattern's file."""
        return self.members[path_of(name, PATTERN)].decode()

    def cases(self, name: str) -> bytes:
        """A pattern's proof cases (Parquet), b"" where it has none."""
        return self.members.get(path_of(name, CASES), b"")

    def record(self, name: str) -> dict[str, Any]:
        """What came of a pattern so far, {} where nothing is known."""
        found: dict[str, Any] = json.loads(self.members.get(path_of(name, RECORD), b"{}"))
        return found

    def certificates(self) -> dict[str, Author]:
        """Author id -> certificate, of all that are named in it and came with theirs."""
        known = {key: Author.of(text.encode()) for key, text in self.manifest.certificates.items()}
        return known | {self.signer.id: self.signer}


def path_of(name: str, file: str) -> str:
    """Where a file of a pattern lies in a bundle.

    >>> path_of("dark_rendezvous", PATTERN)
    'patterns/dark_rendezvous/pattern.toml'
    """
    return f"patterns/{name}/{file}"


def sha256(data: bytes) -> str:
    """64 hexadecimal digits; "" of nothing.

    >>> sha256(b"it")[:8], sha256(b"")
    ('2ad8a704', '')
    """
    return hashlib.sha256(data).hexdigest() if data else ""
