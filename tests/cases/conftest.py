"""Records in SQLite and in a real PostgreSQL, as the tests of alerts have them; a coast's evening beside them."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
import postgres
from alert_helpers import check
from case_helpers import evening, written_archive

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
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty records database, once of each kind; its files go into the test's folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    if request.param == "sqlite":
        return str(tmp_path / "records.sqlite")
    import psycopg

    url, name = request.getfixturevalue("server"), f"cases{next(NUMBERS)}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return str(url.replace("/postgres", f"/{name}"))


@pytest.fixture
def either(address: str) -> Iterator[Records]:
    """Records with an evening's alerts, once of each kind of database; what was written is checked in the end."""
    one = Records(address).open()
    evening(one)
    yield one
    check(one)
    one.close()


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """The same in SQLite alone."""
    one = Records(tmp_path / "records.sqlite").open()
    evening(one)
    yield one
    check(one)
    one.close()


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the node's archive holds of that evening."""
    return written_archive(tmp_path_factory.mktemp("evening") / "archive")
