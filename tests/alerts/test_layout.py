"""The layout of the records: made once, brought forward in steps, never backward."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alert_helpers import T, found, listed

from mihari.alerts import layout, tables
from mihari.alerts.records import Records, Unavailable, redacted, url_of
from mihari.alerts.watch import Watch
from mihari.core.errors import BadInput


def test_records_are_there_again_when_they_are_opened_again(address):
    first = Records(address).open()
    watch = Watch(first)
    watch.begin(T - 100.0)
    watch.take([([found()], (), T + 60.0)])
    first.close()
    second = Records(address).open()
    assert len(listed(second)) == 1
    second.close()


def test_two_processes_make_the_tables_at_once(address):
    program = "import sys; from mihari.alerts.records import Records; Records(sys.argv[1]).open().close()"
    makers = [subprocess.Popen([sys.executable, "-c", program, address]) for _ in range(4)]
    assert [one.wait(60) for one in makers] == [0] * 4
    records = Records(address).open()
    assert listed(records) == []
    records.close()


def test_records_of_a_newer_mihari_are_refused_in_one_sentence(records, address):
    with records.engine.begin() as connection:
        connection.execute(sa.update(tables.head).values(layout=99))
    with pytest.raises(BadInput, match=f"layout 99, this Mihari knows up to {tables.LAYOUT}: expected a newer Mihari"):
        Records(address).open()


def test_older_records_are_brought_forward_step_by_step(records):
    taken = []
    now = tables.LAYOUT
    steps = {now: lambda connection: taken.append(1), now + 1: lambda connection: taken.append(2)}
    with records.write() as (connection, _):
        layout.bring_forward(connection, steps, now + 2)
        assert (taken, connection.execute(sa.select(tables.head.c.layout)).scalar_one()) == ([1, 2], now + 2)
        with pytest.raises(BadInput, match=f"no way to {now + 3}"):
            layout.bring_forward(connection, steps, now + 3)


def test_records_of_layout_8_learn_whose_edits_nodes_tell_and_what_they_offer(records, address):
    with records.write() as (connection, _):
        for table in (tables.case_teller, tables.bundle):
            table.drop(connection)
        connection.execute(sa.update(tables.head).values(layout=8))
    again = Records(address).open()
    with again.read() as connection:
        assert connection.execute(sa.select(tables.bundle)).all() == []
        assert connection.execute(sa.select(tables.case_teller)).all() == []
    again.close()


def test_the_file_is_for_its_owner_only_and_its_folder_is_made(tmp_path):
    path = tmp_path / "a" / "b" / "records.sqlite"
    records = Records(path).open()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with records.read() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar_one() for p in ("journal_mode", "synchronous")}
        assert found | {"keys": connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()} == {
            "journal_mode": "wal", "synchronous": 2, "keys": 1,
        }  # fmt: skip
    records.close()


@pytest.mark.parametrize("bad", ["mysql://x/y", "postgresql+asyncpg://x/y", "://", "sqlite+foo:///x"])
def test_an_address_that_is_none_is_one_sentence(bad):
    with pytest.raises(BadInput, match="expected a path, or postgresql"):
        url_of(bad)


def test_a_password_is_never_shown():
    url = "postgresql+psycopg://mihari:secret@db.example/mihari"
    assert "secret" not in redacted(url)
    assert "secret" not in Records(url).where


def test_a_database_that_is_not_there_is_unavailable_and_not_a_bug():
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
        Records("postgresql+psycopg://mihari:secret@127.0.0.1:9/none").open()


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path):
    path = tmp_path / "x.sqlite"
    path.write_text("this is no database " * 100)
    with pytest.raises((BadInput, Unavailable), match="not a database"):
        Records(path).open()
