"""The patterns of the records -> those that a running node looks for, alerting or on trial; and what they told, back.

`look` runs in the thread that writes the records, now and then; the pipeline takes `now`, which is a new value
whenever it has changed, and gives what was found to `take`, which returns at once.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.records import Records
from mihari.behaviours.language import Definitions
from mihari.core.behaviour import Behaviour, Standing
from mihari.library.pattern import merged
from mihari.library.shelf import Shelved, Unread, changed_at, read

log = logging.getLogger("mihari.library")

HELD = 20_000  # findings that wait to be written
FIRED = 50_000  # that are kept: some years of a coast, or the last days of a pattern that tells too much
F = tables.pattern_fired.c


@dataclass(frozen=True, slots=True)
class Watching:
    """What is looked for: `definitions` None for those of the program alone; `silent`: names of those on trial."""

    patterns: tuple[Shelved, ...] = ()
    definitions: Definitions | None = None
    silent: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()  # a sentence for each that should be looked for and cannot be read

    @property
    def versions(self) -> dict[str, int]:
        """By name."""
        return {one.pattern.name: one.pattern.file.version for one in self.patterns}


class Watched:
    """Between the records and a look-out."""

    def __init__(self) -> None:
        self.now = Watching()
        self._at = -1
        self._found: deque[Behaviour] = deque(maxlen=HELD)
        self._lock = threading.Lock()

    def take(self, behaviours: Iterable[Behaviour]) -> None:
        """What was found: that of patterns is written at the next look."""
        mine = self.now.versions
        some = [b for b in behaviours if b.kind in mine]
        if some:
            with self._lock:
                self._found.extend(some)

    def look(self, records: Records) -> None:
        """What is to be looked for, and what has been found."""
        with records.read() as connection:
            changed = changed_at(connection)
            if changed != self._at:
                held, unread = read(connection, ("active", "trial"))
                self.now, self._at = watching(held, unread), changed
                for one in self.now.unread:
                    log.warning("the pattern %s", one)
        with self._lock:
            some, self._found = list(self._found), deque(maxlen=HELD)
        if some:
            try:
                written(records, some, self.now)
            except Exception:
                with self._lock:
                    self._found.extendleft(reversed(some))
                raise


def watching(held: Sequence[Shelved], unread: Sequence[Unread] = ()) -> Watching:
    """Of each name the active version; else the newest on trial. What cannot be read is left out, and told."""
    chosen: dict[str, Shelved] = {}
    for one in held:
        have = chosen.get(one.pattern.name)
        if have is None or (one.state == "active" and have.state != "active"):
            chosen[one.pattern.name] = one
    patterns = tuple(chosen[name] for name in sorted(chosen))
    told = tuple(one.told for one in unread)
    if not patterns:
        return Watching(unread=told)
    silent = frozenset(one.pattern.name for one in patterns if one.state == "trial")
    return Watching(patterns, merged(one.pattern for one in patterns), silent, told)


def written(records: Records, behaviours: Sequence[Behaviour], now: Watching) -> None:
    """Keep what patterns told; told again, a finding replaces what it was."""
    versions, rows = now.versions, {}
    for b in behaviours:
        if b.kind in versions:
            rows[b.id] = {
                "id": b.id, "name": b.kind, "version": versions[b.kind], "first": b.start, "last": b.end,
                "lat_deg": b.lat_deg, "lon_deg": b.lon_deg, "vessels": orjson.dumps(list(b.vessels)).decode(),
                "silent": b.kind in now.silent, "retracted": b.standing is Standing.RETRACTED, "because": b.because,
            }  # fmt: skip
    with records.write() as (connection, _):
        connection.execute(sa.delete(tables.pattern_fired).where(F.id.in_(list(rows))))
        connection.execute(sa.insert(tables.pattern_fired), list(rows.values()))
        old = sa.select(F.id).order_by(F.first.desc()).offset(FIRED)
        connection.execute(sa.delete(tables.pattern_fired).where(F.id.in_(old)))
