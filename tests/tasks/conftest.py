"""Records in SQLite and in a real PostgreSQL, as the tests of alerts have them; the helpers beside these tests."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
import postgres
from task_helpers import Bench, check

from mihari.alerts.records import Records

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
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Empty records, once of each kind of database."""
    if request.param == "sqlite":
        address = str(tmp_path / "records.sqlite")
    else:
        import psycopg

        url, name = request.getfixturevalue("server"), f"tasks{next(NUMBERS)}"
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        address = url.replace("/postgres", f"/{name}")
    one = Records(address).open()
    yield one
    check(one)
    one.close()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Open records in SQLite; what was written is checked in the end."""
    one = Records(tmp_path / "records.sqlite").open()
    yield one
    check(one)
    one.close()


@pytest.fixture
def bench(records: Records) -> Bench:
    """A vehicle that takes what it is told, whose operator is Mori."""
    return Bench(records)
