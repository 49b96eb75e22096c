"""Records in SQLite and in a real PostgreSQL; behaviours made by hand."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import postgres
from alert_helpers import T, check

from mihari.alerts.records import Records
from mihari.alerts.watch import Watch

NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server's URL; skipped by name where there is none."""
    pytest.importorskip("psycopg")
    if absent := postgres.missing():
        pytest.skip(f"PostgreSQL cannot be started here: {absent} missing")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty records database, once of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "records.sqlite")
    import psycopg

    url, name = request.getfixturevalue("server"), f"t{next(NUMBERS)}"
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return str(url.replace("/postgres", f"/{name}"))


@pytest.fixture
def records(address: str) -> Iterator[Records]:
    """Open records."""
    one = Records(address).open()
    yield one
    one.close()


@pytest.fixture
def watch(records: Records) -> Iterator[Watch]:
    """Begun before anything happens; what it wrote is checked in the end."""
    one = Watch(records)
    one.begin(T - 100.0)
    yield one
    check(records)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Records]:
    """Open records in SQLite."""
    one = Records(tmp_path / "one.sqlite").open()
    yield one
    one.close()
