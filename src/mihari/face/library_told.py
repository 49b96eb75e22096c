"""What a node holds of the library, and the mistakes of a text -> the API's answers in the form of `library_models`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mihari.core.errors import ConfigError
from mihari.library import handing_on
from mihari.library.offers import Offer
from mihari.library.pattern import Pattern, examined
from mihari.library.record import record, that_fired, together
from mihari.library.shelf import Shelved, Unread, changed_at, one, read

COLUMN = re.compile(r"^column (\d+): ")
MEANT = re.compile(r"did you mean '?([^'?]+)'?\?")
HELD = ("state", "maker", "signer", "who", "time", "why")


class Reader:
    """Reads what is held; patterns are parsed again only when one has changed."""

    def __init__(self) -> None:
        self._at, self._held = -1, list[Shelved]()
        self.unread: list[Unread] = []  # of what was read last

    def held(self, connection: sa.Connection) -> list[Shelved]:
        """By name, the newest version first."""
        at = changed_at(connection)
        if at != self._at:
            (self._held, self.unread), self._at = read(connection), at
        return self._held

    def rows(self, connection: sa.Connection) -> list[dict[str, Any]]:
        """For a list."""
        held = self.held(connection)
        here = {name: record(connection, name) for name in that_fired(connection)}
        return [row(s, here.get(s.pattern.name) or together([])) for s in held]

    def detail(self, connection: sa.Connection, name: str, version: int | None) -> dict[str, Any]:
        """All of one; Unknown where there is none."""
        s = one(connection, name, version)
        told = row(s, record(connection, name))
        told |= {
            "file": file(s.pattern),
            "text": s.pattern.text,
            "proof": dict(s.proof),
            "trial": dict(s.trial) or None,
        }
        same = [t for t in self.held(connection) if t.pattern.name == name]
        versions = [{"version": t.pattern.file.version, "state": t.state} for t in same]
        return told | {"provenance": handing_on.told(s.provenance), "versions": versions}


def row(s: Shelved, here: Mapping[str, Any]) -> dict[str, Any]:
    """One for a list."""
    f = s.pattern.file
    plain = {name: getattr(f, name) for name in ("name", "version", "title", "urgency")}
    told = plain | {name: getattr(s, name) for name in HELD} | {"digest": s.pattern.digest}
    told |= {
        "proven": bool(s.proof.get("holds")),
        "shipped": "where" in s.proof,
        "sentence": str(s.trial.get("sentence", "")),
    }
    return told | {"here": here, "elsewhere": elsewhere(s.record), "look": f.look.model_dump(mode="json")}


def offered(one: Offer) -> dict[str, Any]:
    """A bundle of another node."""
    about = one.about
    plain = {name: getattr(one, name) for name in ("id", "by", "time", "state", "told", "size", "problem")}
    plain |= {name: str(about.get(name, "")) for name in ("name", "version", "note", "believed")}
    refused = {(r["name"], r["version"]): r["why"] for r in about.get("refused", ())}
    patterns = [dict(p) | {"refused": refused.get((p["name"], p["version"]), "")} for p in about.get("patterns", ())]
    signer = str((about.get("signer") or {}).get("name", ""))
    return plain | {"signer": signer, "patterns": patterns, "withdrawn": list(about.get("withdrawn", ()))}


def elsewhere(told: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a bundle says of a pattern's record; None where that is nothing that can be added up."""
    try:
        return together([told]) if told else None
    except (TypeError, ValueError, AttributeError, KeyError):
        return None


def file(pattern: Pattern) -> dict[str, Any]:
    """A pattern's file, part by part."""
    return pattern.file.model_dump(mode="json")


def checked(text: str) -> tuple[Pattern | None, list[dict[str, Any]]]:
    """The pattern of a text, and its mistakes."""
    try:
        pattern, mistakes = examined(text, "pattern")
    except RecursionError:
        return None, [mistake(ConfigError("pattern", "", "nested too deeply"))]
    return pattern, [mistake(one) for one in mistakes]


def mistake(told: ConfigError) -> dict[str, Any]:
    """A mistake with its place and what was likely meant.

    >>> mistake(ConfigError("x", "definition", "column 25: unknown name 'crawll'; did you mean 'crawl'?", 13))["column"]
    25
    """
    at, meant = COLUMN.match(told.problem), MEANT.search(told.problem)
    problem = told.problem[at.end() :] if at else told.problem
    return {
        "line": told.line, "column": int(at[1]) if at else None, "key": told.key, "problem": problem,
        "suggestion": meant[1] if meant else "",
    }  # fmt: skip


def versions(held: Sequence[Shelved], name: str) -> list[int]:
    """Those of a name that are held."""
    return [s.pattern.file.version for s in held if s.pattern.name == name]
