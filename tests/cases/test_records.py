"""Cases in SQLite and PostgreSQL: each save is one transaction with its line of the log and its row of the audit."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alert_helpers import T, whats
from case_helpers import BOAT, RUN, SHADY, TANKER, by, case_of, opened

from mihari.alerts import ask, layout, tables
from mihari.alerts.actions import Conflict, Unknown
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.cases import decide, shelf
from mihari.core.behaviour import picture_id
from mihari.core.errors import BadInput


def listed(records: Records, **more: str) -> list[int]:
    with records.read() as connection:
        return [one["number"] for one in shelf.listed(connection, **more)]


def test_an_alert_becomes_a_case_with_its_vessels_and_evidence(either):
    opened(either)
    told = case_of(either)
    assert (told["number"], told["status"], told["alerts"], told["opened_by"]) == (1, "open", [1], "Sato")
    assert told["title"] == "gap, rendezvous: 431000001, 636012345"
    assert {one["mmsi"] for one in told["vessels"]} == {TANKER, SHADY}
    kinds = sorted(one["kind"] for one in told["lists"]["evidence"])
    assert kinds == ["alert", "dossier", "dossier", "picture", "track", "track"]
    assert all(one["here"] for one in told["lists"]["evidence"])


def test_a_vessel_without_ais_keeps_its_number_and_the_run_in_which_it_meant_something(either):
    opened(either, 2)
    vessel = case_of(either)["vessels"][0]
    assert (vessel["mmsi"], vessel["vessel"], vessel["run"]) == (0, picture_id(BOAT), RUN)


def test_every_change_is_in_the_log_of_the_alert_and_in_the_audit(either):
    opened(either)
    decide.add(either, by("Mori"), 1, "note", {"text": "two men on deck"})
    decide.edit(either, by("Mori"), 1, {"analysis": "x", "title": "Boat"})
    decide.close(either, by(), 1, "confirmed", {"done": "boarded"})
    decide.reopen(either, by(), 1)
    assert whats(either)[-5:] == ["case opened", "case note", "case changed", "case closed", "case opened again"]
    with either.read() as connection:
        assert verify(connection).good
        rows = [r.after for r in connection.execute(sa.select(tables.audit.c.after).order_by(tables.audit.c.row))]
    assert "two men on deck" in rows[-4]


def test_the_outcome_with_what_was_done_by_whom_and_what_ended_it(either):
    opened(either)
    words = {"outcome_kind": "transfer at sea", "done": "boarded", "done_by": "patrol 7", "ended_by": "they parted"}
    decide.close(either, by("Mori"), 1, "confirmed", words | {"sooner": "radar alone, 40 min before"})
    told = case_of(either)
    assert (told["status"], told["outcome"], told["outcome_kind"]) == ("closed", "confirmed", "transfer at sea")
    assert {name: told["words"][name]["value"] for name in words} == words


def test_both_words_of_two_people_are_kept_and_whose_changed_meanwhile_is_told(either):
    seen = opened(either).version
    decide.edit(either, by("Sato"), 1, {"analysis": "a drill"})
    kept = decide.edit(either, by("Mori"), 1, {"analysis": "no drill"})
    with either.read() as connection:
        changed = shelf.changed_since(connection, kept, seen, "Mori")
    assert [(one["field"], one["who"], one["value"]) for one in changed] == [("analysis", "Sato", "a drill")]
    word = case_of(either)["words"]["analysis"]
    assert (word["value"], word["earlier"][0]["value"]) == ("no drill", "a drill")


def test_two_people_at_once_lose_nothing(either):
    opened(either)
    threads = [
        threading.Thread(target=lambda who=who: [
            decide.add(either, by(who), 1, "note", {"text": f"{who} {k}"}) for k in range(8)
        ])
        for who in ("Sato", "Mori", "Kudo")
    ]  # fmt: skip
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    notes = [one["text"] for one in case_of(either)["lists"]["note"]]
    assert sorted(notes) == sorted(f"{who} {k}" for who in ("Sato", "Mori", "Kudo") for k in range(8))


def test_an_alert_has_one_open_case(either):
    opened(either)
    with pytest.raises(Conflict, match="alert 1 has an open case already: case 1"):
        opened(either)
    decide.close(either, by(), 1, "benign", {})
    assert opened(either).number == 2


def test_lists_by_status_outcome_and_vessel(either):
    opened(either)
    opened(either, 2)
    decide.close(either, by(), 1, "benign", {"pattern": "dark-rendezvous"})
    assert listed(either) == [1, 2]  # the last changed first
    assert listed(either, status="open") == [2]
    assert listed(either, outcome="benign") == [1]
    assert listed(either, subject=f"mmsi:{SHADY}") == [1]
    assert listed(either, pattern="dark-rendezvous") == [1]
    assert listed(either, status="open", outcome="benign") == []


def test_an_item_is_withdrawn_by_the_beginning_of_its_id_once(either):
    opened(either)
    decide.add(either, by("Mori"), 1, "note", {"text": "two men"})
    item = case_of(either)["lists"]["note"][0]["id"]
    decide.withdraw(either, by(), 1, item[:12], "another boat")
    note = case_of(either)["lists"]["note"][0]
    assert (note["text"], note["withdrawn"]["who"], note["withdrawn"]["why"]) == ("two men", "Sato", "another boat")
    with pytest.raises(BadInput, match="was withdrawn already, by Sato"):
        decide.withdraw(either, by(), 1, item, "")


@pytest.mark.parametrize(
    ("change", "problem", "sentence"),
    [
        (lambda r: decide.edit(r, by(), 9, {"title": "x"}), Unknown, "there is no case 9"),
        (lambda r: opened(r, 9), Unknown, "there is no alert 9"),
        (lambda r: opened(r, 0), Unknown, "there is no alert 0"),
        (lambda r: decide.edit(r, by(), 1, {"wether": "x"}), BadInput, "wether: expected one of title, status"),
        (lambda r: decide.edit(r, by(), 1, {}), BadInput, "expected one of title"),
        (lambda r: decide.close(r, by(), 1, "sure", {}), BadInput, "expected one of confirmed"),
        (lambda r: decide.reopen(r, by(), 1), Conflict, "case 1 is open"),
        (lambda r: decide.withdraw(r, by(), 1, "nobody", ""), BadInput, "the case has no item nobody"),
        (lambda r: decide.add(r, by(), 1, "note", {"text": "x" * 10_001}), BadInput, "expected at most 10000"),
        (lambda r: decide.add(r, by(), 1, "mood", {"text": "x"}), BadInput, "mood: expected one of"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_has_changed(records, change, problem, sentence):
    opened(records)
    before = case_of(records)
    with pytest.raises(problem, match=sentence):
        change(records)
    assert case_of(records) == before


def test_a_case_closed_twice_is_a_conflict(records):
    opened(records)
    decide.close(records, by(), 1, "benign", {})
    with pytest.raises(Conflict, match="case 1 is closed already"):
        decide.close(records, by(), 1, "false", {})


def test_a_word_that_says_nothing_new_leaves_no_line(records):
    opened(records)
    decide.edit(records, by(), 1, {"title": "Boat"})
    before = whats(records)
    decide.edit(records, by("Mori"), 1, {"title": "Boat"})
    assert whats(records) == before


def test_records_of_the_layout_before_are_brought_forward(either):
    names = ("case_about", "casebook", "case_edit", "case_file", "case_author")
    with either.write() as (connection, _):
        for name in names:
            tables.metadata.tables[name].drop(connection)
        connection.execute(sa.update(tables.head).values(layout=7))
    layout.prepare(either.engine)
    assert opened(either).number == 1
    with either.read() as connection:
        assert ask.head_of(connection)["data_time"] == T + 5400.0
