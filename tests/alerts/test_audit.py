"""The chain of the audit: any change is found at its row; two processes that write keep one chain."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alert_helpers import T, by, check, found, listed

from mihari.alerts import actions, tables
from mihari.alerts.audit import verify
from mihari.alerts.watch import Watch

WRITER = """
import sys
sys.path.insert(0, sys.argv[3])
from alert_helpers import by
from mihari.alerts import actions
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
watch = Watch(Records(sys.argv[1]).open())
for k in range(40):
    watch.act(1, lambda book: actions.comment(book, 1, by(sys.argv[2]), f"line {k}"))
"""


@pytest.fixture
def watch(records):
    one = Watch(records)
    one.begin(T - 100.0)
    one.take([([found()], (), T + 60.0)])
    for k in range(5):
        one.act(1, lambda book, k=k: actions.comment(book, 1, by(), f"line {k}"))
    return one


def verdict(watch):
    with watch.records.read() as connection:
        return verify(connection)


def tampered(watch, statement):
    with watch.records.engine.begin() as connection:
        connection.execute(statement)
    return verdict(watch)


def test_a_whole_chain_holds_and_names_its_last_hash(watch):
    told = verdict(watch)
    assert (told.good, told.rows, told.broken) == (True, 7, 0)
    assert told.hash in told.sentence
    check(watch.records)


@pytest.mark.parametrize("column", ["time", "who", "what", "text", "before", "after", "previous", "hash"])
def test_a_row_that_was_changed_is_named(watch, column):
    change = sa.update(tables.audit).where(tables.audit.c.row == 4).values({column: "another"})
    told = tampered(watch, change)
    assert not told.good
    assert told.broken == (5 if column == "hash" else 4) or told.broken == 4
    assert f"broken at row {told.broken}" in told.sentence


def test_a_row_that_was_changed_with_its_hash_is_noticed_at_the_next(watch):
    from mihari.alerts.audit import hash_of

    with watch.records.read() as connection:
        row = dict(connection.execute(sa.select(tables.audit).where(tables.audit.c.row == 4)).mappings().one())
    row["who"] = "somebody else"
    change = sa.update(tables.audit).where(tables.audit.c.row == 4).values(who=row["who"], hash=hash_of(row))
    assert tampered(watch, change).broken == 5


def test_a_row_that_was_taken_out_is_named(watch):
    assert tampered(watch, sa.delete(tables.audit).where(tables.audit.c.row == 3)).broken == 3


def test_rows_cut_off_at_the_end_are_noticed(watch):
    told = tampered(watch, sa.delete(tables.audit).where(tables.audit.c.row >= 6))
    assert (told.good, told.broken) == (False, 6)
    assert "rows up to 7 were written" in told.sentence


def test_two_processes_that_write_at_once_keep_one_chain(watch, address):
    from pathlib import Path

    here = str(Path(__file__).parent)
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, address, who, here]) for who in ("Sato", "Kudo", "Mori")]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert verdict(watch).rows == 7 + 120
    assert listed(watch.records)[0]["version"] == 6 + 120
    check(watch.records)
