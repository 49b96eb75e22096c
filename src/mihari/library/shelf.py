"""The patterns that a node holds, in its records: on trial or active; each change in one transaction with its audit.

What is on trial is looked for and told to nobody: what it would have told is counted. A person makes it active. One
version of a pattern is active at most; the one before it is kept, as replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from mihari.alerts import shelf as alerts
from mihari.alerts import tables
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.alert import Entry
from mihari.alerts.body import dumped
from mihari.alerts.book import Book
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.library.pattern import Pattern, examined

STATES = ("trial", "active", "replaced", "withdrawn")
MOST = 20_000  # versions that are held
P = tables.pattern.c


class Version(NamedTuple):
    """What is held, without its text."""

    name: str
    version: int
    digest: str
    state: str
    maker: str

    @property
    def told(self) -> str:
        """Name and version."""
        return f"{self.name} version {self.version}"


@dataclass(frozen=True, slots=True)
class Shelved:
    """A version of a pattern as the records have it. `time`: UTC s by the clock of its last change.

    `cases`: b"" where they were not asked for, too: there may be 64 MiB of them.
    """

    pattern: Pattern
    state: str
    maker: str = ""
    signer: str = ""
    who: str = ""
    time: float = 0.0
    why: str = ""
    cases: bytes = b""
    proof: Mapping[str, Any] = field(default_factory=dict)
    trial: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
    provenance: Sequence[Any] = ()

    @property
    def which(self) -> Version:
        """Without its text."""
        return Version(self.pattern.name, self.pattern.file.version, self.pattern.digest, self.state, self.maker)

    @property
    def told(self) -> str:
        """Name and version."""
        return self.which.told


def changed_at(connection: sa.Connection) -> int:
    """The sequence of the last change of any pattern; 0 for none."""
    return int(connection.execute(sa.select(sa.func.max(P.changed))).scalar() or 0)


class Unread(NamedTuple):
    """What is held and cannot be read by this Mihari: it is neither looked for nor lost, and can be withdrawn."""

    name: str
    version: int
    state: str
    problem: str

    @property
    def told(self) -> str:
        """In a sentence."""
        return f"{self.name} version {self.version} cannot be read by this Mihari: {self.problem}"


def versions(connection: sa.Connection, name: str = "") -> list[Version]:
    """All that is held, or all of a name; by name, the newest version first. Reads no text: soon done for thousands."""
    query = sa.select(P.name, P.version, P.digest, P.state, P.maker).order_by(P.name, P.version.desc())
    return [Version(*row) for row in connection.execute(query.where(P.name == name) if name else query)]


def listed(connection: sa.Connection, states: Iterable[str] = STATES, name: str = "") -> list[Shelved]:
    """What is held and can be read, by name, the newest version first; or of one name. Without `cases`."""
    return read(connection, states, name)[0]


def read(
    connection: sa.Connection, states: Iterable[str] = STATES, name: str = ""
) -> tuple[list[Shelved], list[Unread]]:
    """The same, and what cannot be read."""
    query = sa.select(*(column for column in tables.pattern.c if column.name != "cases"))
    query = query.where(P.state.in_(list(states))).order_by(P.name, P.version.desc())
    found, unread = list[Shelved](), list[Unread]()
    for row in connection.execute(query.where(P.name == name) if name else query):
        try:
            found.append(_of(row))
        except BadInput as problem:
            unread.append(Unread(row.name, int(row.version), row.state, str(problem)))
    return found, unread


def one(connection: sa.Connection, name: str, version: int | None = None) -> Shelved:
    """A version with its cases; else the active one, else the newest. Unknown where there is none; BadInput where it
    cannot be read."""
    found = chosen(connection, name, version)
    row = connection.execute(sa.select(tables.pattern).where(_mine(found))).one()
    try:
        return replace(_of(row), cases=bytes(row.cases))
    except BadInput as problem:
        raise BadInput(Unread(row.name, int(row.version), row.state, str(problem)).told) from None


def chosen(connection: sa.Connection, name: str, version: int | None = None) -> Version:
    """Which version is meant: the one told, else the active one, else the newest. Unknown where there is none."""
    held = [v for v in versions(connection, name) if name and version in (None, v.version)]
    if not held:
        which = "" if version is None else f" version {version}"
        raise Unknown(f"the node holds no pattern {name}{which}")
    return next((v for v in held if v.state == "active"), held[0])


def cases_of(connection: sa.Connection, name: str) -> bytes:
    """The cases of the newest version that has some; b"" for none."""
    query = sa.select(P.cases).where((P.name == name) & (sa.func.length(P.cases) > 0)).order_by(P.version.desc())
    return bytes(connection.execute(query.limit(1)).scalar() or b"")


def take_over(
    records: Records, by: By, some: Sequence[Shelved], withdrawals: Sequence[Mapping[str, Any]] = ()
) -> list[Shelved]:
    """Hold patterns from now on, all in one transaction; withdrawals are kept, and what they hit is withdrawn.

    A withdrawal: `body` as it was signed (JSON values) and `hits`: (name, version) of those it concerns here. As they
    are held: what is active, to the letter, stays active. Conflict where one was withdrawn.
    """
    with records.write() as (connection, head):
        if connection.execute(sa.select(sa.func.count()).select_from(tables.pattern)).scalar_one() + len(some) > MOST:
            raise BadInput(f"the node holds {MOST} versions of patterns: expected fewer")
        some = [_as_it_stands(connection, s) for s in some]
        entries = [_entry(f"pattern {s.state}", f"{s.told}: {s.why or s.state}", by, s.which) for s in some]
        gone = [tuple(hit) for told in withdrawals for hit in told["hits"]]
        for name, version in gone:
            text = f"{name} version {version} was withdrawn by who made it"
            entries.append(Entry("pattern withdrawn", text, by.who, by.now, 0, {}, {"name": name, "version": version}))
        if not entries:
            return []
        sequence = _save(connection, head, entries, records.clock())
        for s in some:
            _put(connection, s, sequence)
        for told in withdrawals:
            _keep_withdrawal(connection, told["body"], records.clock())
        for name, version in gone:
            row = (P.name == name) & (P.version == version)
            connection.execute(sa.update(tables.pattern).where(row).values(state="withdrawn", changed=sequence))
        return some


def _as_it_stands(connection: sa.Connection, s: Shelved) -> Shelved:
    """In the state in which it may be held, by what the node holds of this version."""
    held = next((v for v in versions(connection, s.pattern.name) if v.version == s.pattern.file.version), None)
    if held is not None and held.state == "withdrawn":
        raise Conflict(f"{s.told} was withdrawn: expected another version")
    if held is None or held.state != "active":
        return s
    if held.digest != s.pattern.digest:
        raise Conflict(f"another text is active as {s.told}: expected it to be put on trial or withdrawn first")
    return replace(s, state="active")


def set_state(records: Records, by: By, name: str, state: str, version: int | None = None, why: str = "") -> Version:
    """Make a pattern active, put it on trial or withdraw it; Conflict where it is so already.

    BadInput where it shall be looked for and cannot be read.
    """
    if state not in ("trial", "active", "withdrawn"):
        raise BadInput(f"state: expected trial, active or withdrawn, found {state}")
    with records.write() as (connection, head):
        newest = version is None and state == "active"
        was = _newest(connection, name) if newest else chosen(connection, name, version)
        if was.state == state:
            raise Conflict(f"{was.told} is {'on trial' if state == 'trial' else state} already")
        if was.state == "withdrawn":
            reason = connection.execute(sa.select(P.why).where(_mine(was))).scalar_one()
            raise Conflict(f"{was.told} was withdrawn ({reason or 'no reason is told'}): expected another version")
        if state != "withdrawn":
            proof = one(connection, name, was.version).proof
            if state == "active" and not proof.get("holds", False):
                raise Conflict(f"{was.told}: its proof does not hold here: {proof.get('problem') or 'it was not run'}")
        text = f"{was.told}: {was.state}, now {state}{': ' + why if why else ''}"
        sequence = _save(connection, head, [_entry(f"pattern {state}", text, by, was)], records.clock())
        told = {"changed": sequence, "who": by.who, "time": records.clock(), "why": why}
        if state == "active":
            others = (P.name == name) & (P.state == "active")
            connection.execute(sa.update(tables.pattern).where(others).values(state="replaced", changed=sequence))
        connection.execute(sa.update(tables.pattern).where(_mine(was)).values(state=state, **told))
        return was._replace(state=state)


def withdrawals(connection: sa.Connection) -> list[dict[str, Any]]:
    """Those that bundles have brought, as they were kept."""
    rows = connection.execute(sa.select(tables.pattern_withdrawal.c.body)).all()
    return [orjson.loads(row.body) for row in rows]


def _newest(connection: sa.Connection, name: str) -> Version:
    held = versions(connection, name) if name else []
    if not held:
        raise Unknown(f"the node holds no pattern {name}")
    return next((v for v in held if v.state != "withdrawn"), held[0])


def _mine(which: Version) -> sa.ColumnElement[bool]:
    return (P.name == which.name) & (P.version == which.version)


def _save(connection: sa.Connection, head: Any, entries: list[Entry], clock: float) -> int:
    book = Book(head.run, next_alert=head.alert + 1, next_aside=head.aside + 1, entries=entries)
    return alerts.save(connection, head, book, clock)


def _entry(what: str, text: str, by: By, of: Version) -> Entry:
    after = {"name": of.name, "version": of.version, "digest": of.digest}
    return Entry(what, text, by.who, by.now, 0, {}, after)


def _put(connection: sa.Connection, s: Shelved, sequence: int) -> None:
    file = s.pattern.file
    mine = (P.name == file.name) & (P.version == file.version)
    if s.state == "active":
        others = (P.name == file.name) & (P.state == "active")
        connection.execute(sa.update(tables.pattern).where(others).values(state="replaced", changed=sequence))
    connection.execute(sa.delete(tables.pattern).where(mine))
    row = {n: getattr(s, n) for n in ("state", "maker", "signer", "who", "time", "why", "cases")}
    row |= {n: dumped(dict(getattr(s, n))) for n in ("proof", "trial", "record")}
    row |= {"name": file.name, "version": file.version, "digest": s.pattern.digest, "text": s.pattern.text}
    row |= {"provenance": dumped(list(s.provenance)), "changed": sequence}
    connection.execute(sa.insert(tables.pattern), [row])


def _keep_withdrawal(connection: sa.Connection, body: Any, clock: float) -> None:
    import hashlib

    text = dumped(body)
    digest = hashlib.sha256(text.encode()).hexdigest()
    w = tables.pattern_withdrawal
    if not connection.execute(sa.select(w.c.digest).where(w.c.digest == digest)).first():
        connection.execute(sa.insert(w), [{"digest": digest, "time": clock, "body": text}])


def _of(row: Any) -> Shelved:
    """Without its cases; BadInput where it cannot be read."""
    pattern, mistakes = examined(row.text, f"{row.name}.toml")
    if pattern is None:
        raise mistakes[0]
    told = {n: getattr(row, n) for n in ("state", "maker", "signer", "who", "time", "why")}
    made = {n: orjson.loads(getattr(row, n)) for n in ("proof", "trial", "record", "provenance")}
    return Shelved(pattern, **told, **made)
