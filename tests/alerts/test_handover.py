"""What one watch hands over to the next."""

from __future__ import annotations

import pytest
from alert_helpers import A, Standing, T, Urgency, again, by, found

from mihari.alerts import actions, ask
from mihari.alerts.handover import as_markdown, handover
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch


@pytest.fixture
def told(address):
    clock = iter(range(T, T + 1000))
    records = Records(address, lambda: float(next(clock))).open()
    watch = Watch(records)
    watch.begin(T - 100.0)  # T
    watch.take([([found(urgency=Urgency.ALARM), found("gap", (A + 1,))], (), T + 60.0)])  # T + 1
    watch.take([([found("dark", (A + 2,)), found("loitering", (A + 3,))], (), T + 70.0)])  # T + 2
    number = {a["vessels"][0]["mmsi"]: a["number"] for a in _listed(records)}
    watch.act(number[A], lambda b: actions.acknowledge(b, number[A], by("Sato"), "unit sent"))  # T + 3
    watch.act(number[A], lambda b: actions.assign(b, number[A], by("Sato"), "boat 7"))
    watch.act(number[A + 1], lambda b: actions.set_aside(b, number[A + 1], by("Kudo"), "permitted"))
    watch.act(number[A + 2], lambda b: actions.close(b, number[A + 2], by("Kudo"), "equipment failure"))
    gone = again(found("loitering", (A + 3,)), standing=Standing.RETRACTED, because="late data")
    watch.take([([gone], (), T + 80.0)])  # T + 7
    watch.note(by("Kudo"), "radar kume in service again")  # T + 8
    with records.read() as connection:
        yield lambda begin, end: handover(connection, begin, end)
    records.close()


def _listed(records):
    with records.read() as connection:
        return ask.listed(connection)


def test_it_tells_what_was_raised_what_is_open_and_who_did_what(told):
    watch = told(T, T + 100)
    assert [a["because"] for a in watch["waiting"]] == [f"loitering of {A + 3}"] or watch["waiting"][0]["retracted"]
    assert [a["assigned"] for a in watch["open"]] == ["boat 7"]
    assert [a["vessels"][0]["mmsi"] for a in watch["aside"]] == [A + 1]
    assert {name: watch["counts"][name] for name in ("raised", "acknowledged", "retracted", "set_aside", "closed")} == {
        "raised": 4, "acknowledged": 1, "retracted": 1, "set_aside": 1, "closed": 1,
    }  # fmt: skip
    assert watch["by_person"]["Kudo"] == {"closed": 1, "note": 1, "set aside": 1}


def test_it_tells_only_of_its_own_span(told):
    watch = told(T + 3, T + 5)
    assert {name: watch["counts"][name] for name in ("raised", "acknowledged", "set_aside", "notes")} == {
        "raised": 0, "acknowledged": 1, "set_aside": 0, "notes": 1,
    }  # fmt: skip
    assert len(watch["open"]) == 1  # as things stand now, whatever the span


def test_as_markdown_it_can_be_printed(told):
    document = as_markdown(told(T, T + 100), "naha")
    assert "# Handover of naha" in document
    assert "## Acknowledged, still on the list: 1" in document
    assert "ALARM, since 2026-09-21T14:14:20Z, going on, with boat 7: gap of 431000001" in document
    assert "Kudo: retracted" not in document
    assert "mihari: retracted: late data" in document
    assert "Kudo: radar kume in service again" in document
    assert "the last with SHA-256 `" in document
