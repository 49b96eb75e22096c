"""The patterns that come with Mihari -> what a node holds of them from its start on.

Their proofs are tests of the version of Mihari that they come with, so they are not run again here: a node begins
within a second or two, and `mihari library add --starting` proves them on its own machine.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from mihari import __version__
from mihari.alerts import tables
from mihari.alerts.actions import By
from mihari.alerts.alert import SYSTEM
from mihari.alerts.records import Records
from mihari.core.toml_text import read_text
from mihari.library import shelf
from mihari.library.cases import beside, counted, load_cases
from mihari.library.exchange import Held
from mihari.library.importing import counting
from mihari.library.pattern import FOLDER, Pattern, load
from mihari.library.shelf import Shelved

WHERE = f"in the tests of Mihari {__version__}, not here"


class Outset:
    """Brings them into the records once, as soon as those answer. `state`: "trial", "active", or "none" for nothing."""

    def __init__(self, state: str) -> None:
        self._state, self._done = state, state == "none"

    def look(self, records: Records) -> None:
        """To be called before the records are asked what to look for; soon done, later at once."""
        if not self._done:
            hold(records, By(SYSTEM, records.clock()), self._state)
            self._done = True


def hold(records: Records, by: By, state: str) -> list[Shelved]:
    """Hold those of which the node has neither this version nor a later one; who has withdrawn one gets it no more."""
    with records.read() as connection:
        names, gone = missing(connection), counting(connection)
    chosen = [load(name) for name in names]
    chosen = [p for p in chosen if not any(w.hits(Held(p.name, p.file.version, p.digest, "")) for w in gone)]
    made = [shipped(pattern, state, by.who, records.clock()) for pattern in chosen]
    shelf.take_over(records, by, made)
    return made


def missing(connection: sa.Connection) -> list[str]:
    """Names of those that come with this Mihari, are not held in this version or a later one, and not withdrawn."""
    P = tables.pattern.c
    rows = connection.execute(sa.select(P.name, P.version, P.state)).all()
    gone = {row.name for row in rows if row.state == "withdrawn"}
    return [name for name, version in versions() if name not in gone and not _there(rows, name, version)]


def versions() -> list[tuple[str, int]]:
    """(name, version) of those that come with Mihari, without reading what they say."""
    told = (tomllib.loads(read_text(path)) for path in sorted(FOLDER.glob("*.toml")))
    return [(str(one["name"]), int(one["version"])) for one in told]


def shipped(pattern: Pattern, state: str, who: str, time: float) -> Shelved:
    """One of them as a node holds it; `time`: UTC s by the clock."""
    assert pattern.path is not None
    file = beside(pattern.path)
    positive, negative = counted(load_cases(file))
    proof = {"holds": True, "problem": "", "found": positive, "quiet": negative, "missed": 0, "false": 0}
    proof |= {"seconds": 0.0, "where": WHERE}
    return Shelved(pattern, state, "", "", who, time, f"comes with Mihari {__version__}", file.read_bytes(), proof)


def _there(rows: Iterable[Any], name: str, version: int) -> bool:
    return any(row.name == name and row.version >= version for row in rows)
