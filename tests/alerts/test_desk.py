"""The desk between pipeline and records: it never makes the pipeline wait and loses nothing without saying so."""

from __future__ import annotations

import sqlite3
import time

import numpy as np
import pytest
from alert_helpers import A, T, Urgency, again, check, fleet, found, listed, one, whats

from mihari.alerts import ask
from mihari.alerts.desk import Desk
from mihari.alerts.records import Records
from mihari.core.errors import BadInput


@pytest.fixture
def desk(address):
    made = Desk(address, T - 100.0)
    made.start()
    yield made
    made.stop()


def test_what_is_taken_is_in_the_records_at_once(desk):
    began = time.monotonic()
    desk.take([found()], [], T + 60.0)
    assert desk.settled()
    assert time.monotonic() - began < 5.0
    assert whats(desk.records) == ["raised"]
    assert desk.health() | {"records": ""} == {
        "state": "writing", "problem": "", "records": "", "waiting": 0, "lost": 0, "written": 1, "refused": 0,
        "passed_over": {}, "calling": 1,
    }  # fmt: skip


def test_time_that_passes_without_behaviours_escalates(desk):
    desk.take([found()], [], T + 60.0)
    for k in range(400):
        desk.take([], [], T + 61.0 + k)
    assert desk.settled()
    assert listed(desk.records)[0]["urgency"] == "alarm"


def test_while_the_database_is_busy_nothing_waits_and_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.alerts.records.BUSY_MS", 100)
    monkeypatch.setattr("mihari.alerts.records.PRAGMAS", ("journal_mode=WAL", "busy_timeout=100"))
    path = tmp_path / "records.sqlite"
    desk = Desk(path, T - 100.0)
    desk.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    took = []
    for k in range(200):
        began = time.perf_counter()
        desk.take([found(vessels=(A + k,))], [], T + 60.0 + k)
        took.append(time.perf_counter() - began)
    for _ in range(50):
        if desk.health()["state"] == "waiting":
            break
        time.sleep(0.1)
    told = desk.health()
    assert (told["state"], told["waiting"], told["lost"]) == ("waiting", 200, 0)
    assert "locked" in told["problem"]
    other.execute("ROLLBACK")
    other.close()
    assert desk.settled(20.0)
    assert np.median(took) < 0.1  # not the longest: the machine may be busy with something else
    assert desk.health()["state"] == "writing"
    assert [a["raised"] for a in reversed(listed(desk.records))] == [T + 60.0 + k for k in range(200)]  # its own time
    desk.stop()


def test_what_does_not_fit_into_memory_is_counted_and_told_in_the_log(tmp_path):
    desk = Desk(tmp_path / "records.sqlite", T - 100.0, held_max=50)
    for k in range(60):  # not started: nobody takes it away
        desk.take([found(vessels=(A + k,))], [], T + 60.0 + k)
    assert (desk.health()["waiting"], desk.health()["lost"]) == (50, 10)
    desk.start()
    assert desk.settled()
    desk.stop()
    records = Records(tmp_path / "records.sqlite").open()
    with records.read() as connection:
        told = [line["text"] for line in ask.log_lines(connection) if line["what"] == "lost"]
    assert told == ["10 behaviours were lost while the records did not answer"]
    assert len(listed(records)) == 50
    check(records)
    records.close()


def test_a_behaviour_that_cannot_be_kept_does_not_hold_up_the_others(desk):
    bad = found("bad", vessels=(1 << 70,))
    desk.take([found(), bad, found("dark")], [], T + 60.0)
    assert desk.settled()
    assert desk.health()["refused"] == 1
    assert listed(desk.records)[0]["kinds"] == ["dark", "gap"]


def test_a_database_that_is_away_at_the_start_is_waited_for(server):
    url = server.replace("/postgres", "/comes_later")
    desk = Desk(url, T - 100.0)
    desk.start()
    desk.take([found()], [], T + 60.0)
    assert desk.health()["state"] == "waiting"
    import psycopg

    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE comes_later")
    assert desk.settled(20.0)
    assert len(listed(desk.records)) == 1
    desk.stop()


def test_an_address_that_cannot_be_is_told_at_the_start(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"file/records\.sqlite"):
        Desk(tmp_path / "file" / "records.sqlite", 0.0).start()


def test_fleets_are_kept_as_they_are_and_forgotten_when_they_are_gone(desk):
    boats = tuple(range(A, A + 5))
    for k in range(30):
        desk.take([], [fleet(3, boats, time=T + k), fleet(4, boats, (3,), time=T + k)], T + float(k))
    assert desk.settled()
    with desk.records.read() as connection:
        told = ask.fleets(connection)
    assert [(f["id"], f["time"], f["parents"]) for f in told] == [(3, T + 20, []), (4, T + 20, [3])]
    assert told[0]["members"][0] == {"mmsi": A, "vessel": None}
    desk.take([], [fleet(5, boats, time=T + 90000)], T + 90000.0)
    assert desk.settled()
    with desk.records.read() as connection:
        assert [f["id"] for f in ask.fleets(connection)] == [5]


def test_stop_writes_what_waits(tmp_path):
    desk = Desk(tmp_path / "records.sqlite", T - 100.0)
    desk.start()
    for k in range(500):
        desk.take([found(vessels=(A + k,), urgency=Urgency.ALARM)], [], T + 60.0 + k)
    desk.take([again(found(), because="the last word")], [], T + 900.0)
    desk.stop()
    assert desk.health()["state"] == "stopped"
    records = Records(tmp_path / "records.sqlite").open()
    assert one(records)["because"] == "the last word"
    records.close()


def test_time_alone_writes_nothing(tmp_path):
    desk = Desk(tmp_path / "records.sqlite", T - 100.0)
    desk.start()
    desk.take([found(urgency=Urgency.ALARM)], [], T + 60.0)
    assert desk.settled()
    with desk.records.read() as connection:
        before = connection.exec_driver_sql("SELECT * FROM head").one()
    for k in range(100):
        desk.take([], [], T + 61.0 + k)
        desk.settled()
    with desk.records.read() as connection:
        assert connection.exec_driver_sql("SELECT * FROM head").one() == before
    desk.stop()
