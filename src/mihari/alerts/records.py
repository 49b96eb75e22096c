"""The records database: an address -> transactions. SQLite in a file, or PostgreSQL by its URL.

SQLite: write-ahead log, synchronous=FULL (what is answered survives a power cut), foreign keys, five seconds' patience
with another writer. A writing transaction takes the one row of `head` first, in either database: one writer at a time.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from mihari.alerts import tables
from mihari.core.errors import BadInput, MihariError

BUSY_MS = 5000
WRITES = {"mihari_writes": True}
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON")
EXPECTED = "a path, or postgresql+psycopg://user:password@host/database"


class Unavailable(MihariError):
    """The records cannot be reached, or are busy, or full, for now: it is worth trying again."""


class Records:
    """One process's way to the records. `clock`: UTC s. Threads may share it."""

    def __init__(self, address: str | Path, clock: Callable[[], float] = time.time) -> None:
        self.url, self.clock = url_of(str(address)), clock
        self.engine = _engine(self.url)
        self.where = self.url.render_as_string(hide_password=True)

    def open(self) -> Records:
        """Make the tables where there are none, bring older ones to today's layout; BadInput for newer ones."""
        from mihari.alerts.layout import prepare

        if self.url.database and self.engine.dialect.name == "sqlite":
            _make_file(Path(self.url.database))
        try:
            with self._told():
                prepare(self.engine)
        except sa.exc.DatabaseError as error:
            self.close()
            raise BadInput(f"records: {self.where}: {reason(error)}") from None
        except MihariError:
            self.close()
            raise
        return self

    @contextlib.contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that sees one moment."""
        level = {} if self.engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        with self._told(), self.engine.connect().execution_options(**level) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[tuple[sa.Connection, Any]]:
        """The only writing transaction at a time, and the row of `head`. An error undoes all of it."""
        with self._told(), self.engine.connect().execution_options(**WRITES) as connection, connection.begin():
            yield connection, connection.execute(sa.select(tables.head).with_for_update()).one()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            raise Unavailable(f"{self.where}: {reason(error)}") from error


def url_of(address: str) -> sa.URL:
    """The URL of a path or a URL; BadInput where it is neither, or of another database.

    >>> str(url_of("/srv/mihari/records.sqlite")), url_of("postgresql+psycopg://mihari@db/mihari").host
    ('sqlite:////srv/mihari/records.sqlite', 'db')
    """
    if "://" not in address:
        return sa.URL.create("sqlite", database=str(Path(address).expanduser().absolute()))
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise BadInput(f"records: expected {EXPECTED}") from None
    if url.get_backend_name() == "postgresql" and url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise BadInput(f"records: {url.drivername} is no database that is supported; expected {EXPECTED}")
    return url


def redacted(address: str) -> str:
    """The address as it may be shown: without a password.

    >>> redacted("postgresql+psycopg://mihari:secret@db/mihari"), redacted("")
    ('postgresql+psycopg://mihari:***@db/mihari', '')
    """
    return url_of(address).render_as_string(hide_password=True) if "://" in address else address


def reason(error: Exception) -> str:
    """What the database says, in one line."""
    said = str(error.orig) if isinstance(error, DBAPIError) and error.orig is not None else str(error)
    return " ".join(said.split())[:300]


def _engine(url: sa.URL) -> sa.Engine:
    if url.drivername != "sqlite":
        try:
            return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 5})
        except ModuleNotFoundError:
            raise BadInput("records in PostgreSQL need the package psycopg: install mihari[postgres]") from None
    engine = sa.create_engine(url, poolclass=sa.pool.QueuePool, connect_args={"timeout": BUSY_MS / 1000})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see `_begin_sqlite`
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("mihari_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _make_file(path: Path) -> None:
    """The folder, and an empty file that nobody else may read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise BadInput(f"records: {path}: {(error.strerror or str(error)).lower()}") from None
