"""Two nodes edit one case apart, exchange, and hold the same; nothing is lost, nothing is taken twice."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from alert_helpers import check
from case_helpers import by, case_of, evening, opened

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.cases import decide, exchange, shelf
from mihari.cases.edit import EDITS_MAX, Edit, edit_object, made
from mihari.cases.sections import edits_hash


@pytest.fixture
def other(tmp_path: Path):
    """Another node's records, which saw another evening."""
    (tmp_path / "kume").mkdir()
    one = Records(tmp_path / "kume" / "records.sqlite").open()
    evening(one)
    yield one
    check(one)
    one.close()


def edits_in(records: Records, since: int = 0) -> list[Edit]:
    with records.read() as connection:
        return exchange.edits_since(connection, since)[0]


def told(records: Records, number: int = 1) -> dict:
    """A case without what is each node's own: its number, its count, its alerts, where files are."""
    found = case_of(records, number)
    own = ("number", "version", "alerts")
    found = {name: value for name, value in found.items() if name not in own}
    for item in found["lists"]["evidence"]:
        del item["here"]
    return found


def test_edited_apart_and_exchanged_both_hold_the_same_and_nothing_is_lost(either, other):
    opened(either)
    exchange.take(other, edits_in(either), 1.0, "naha")
    decide.edit(either, by("Sato"), 1, {"analysis": "a drill", "title": "Boat"})
    decide.add(either, by("Sato"), 1, "note", {"text": "of naha"})
    decide.edit(other, by("Mori"), 1, {"analysis": "no drill"})
    decide.add(other, by("Mori"), 1, "note", {"text": "of kume"})
    decide.close(other, by("Mori"), 1, "confirmed", {})
    here, there = edits_in(either), edits_in(other)
    exchange.take(other, here, 2.0, "naha")
    exchange.take(either, there, 2.0, "kume")
    assert told(either) == told(other)
    assert {note["text"] for note in told(either)["lists"]["note"]} == {"of naha", "of kume"}
    word = told(either)["words"]["analysis"]
    assert {word["value"], word["earlier"][0]["value"]} == {"a drill", "no drill"}
    assert set(edits_in(either)) == set(edits_in(other)) == {*here, *there}


def test_in_any_order_and_in_pieces_and_twice(records, other):
    opened(records)
    for k in range(20):
        decide.add(records, by("Sato"), 1, "note", {"text": str(k)})
        decide.edit(records, by("Mori"), 1, {"title": f"Boat {k}"})
    mine, chance = edits_in(records), random.Random(4)
    pieces = [chance.sample(mine, 17) for _ in range(12)] + [mine[::-1]]
    for piece in pieces:
        exchange.take(other, piece, 1.0, "naha")
    assert told(records) == told(other)
    assert exchange.take(other, mine, 1.0).known == len(mine)


def test_what_came_since_is_told_in_pieces(records):
    opened(records)
    with records.read() as connection:
        first, at = exchange.edits_since(connection, 0, 3)
        rest, end = exchange.edits_since(connection, at, 1000)
        assert exchange.edits_since(connection, end) == ([], end)
    assert len(first) == 3
    assert [*first, *rest] == edits_in(records)


def test_a_third_node_hears_of_it_through_the_second(records, other, tmp_path):
    third = Records(tmp_path / "third.sqlite").open()
    opened(records)
    exchange.take(other, edits_in(records), 1.0, "naha")
    decide.add(other, by("Mori"), 1, "note", {"text": "of kume"})
    exchange.take(third, edits_in(other), 2.0, "kume")
    assert told(third) == told(other)
    check(third)
    third.close()


def test_an_alert_of_another_node_is_not_taken_for_one_of_this(records, other):
    opened(records)
    exchange.take(other, edits_in(records), 1.0, "naha")
    assert case_of(other)["alerts"] == []
    assert opened(other).number == 2  # this node's own alert 1 has no case yet


def test_evidence_of_another_node_is_its_hash_alone_until_the_bytes_come(records, other):
    opened(records)
    exchange.take(other, edits_in(records), 1.0, "naha")
    assert {one["here"] for one in case_of(other)["lists"]["evidence"]} == {False}


def test_what_is_not_understood_here_is_kept_and_passed_on(records, other):
    kept = opened(records)
    strange = made(kept.case.uuid, "nansei", "Kudo", 40, 1.79e9, "weather", {"fog": True})
    exchange.take(records, [strange], 1.0, "nansei")
    exchange.take(other, edits_in(records), 2.0, "naha")
    assert strange in edits_in(other)
    assert [one["field"] for one in case_of(other)["not_understood"]] == ["weather"]
    later = decide.edit(other, by("Mori"), 1, {"title": "Boat"})
    assert later.case.lamport == 41  # a person's word comes after what the newer version said


def test_a_neighbour_that_tells_the_highest_lamport_does_not_end_a_case(records, other):
    kept = opened(records)
    last = made(kept.case.uuid, "nansei", "Kudo", EDITS_MAX, 1.79e9, "analysis", "no more")
    exchange.take(records, [last], 1.0, "nansei")
    for k, told in enumerate(("Boat", "Boat without lights", "Boat with lights")):
        decide.edit(records, By("Mori", 1.79e9 + 60 * (k + 1)), 1, {"title": told, "analysis": told})
    exchange.take(other, edits_in(records), 2.0, "naha")
    for one in (case_of(records), case_of(other)):
        assert {one["words"][name]["value"] for name in ("title", "analysis")} == {"Boat with lights"}


def test_hostile_edits_are_refused_by_the_sentence_and_the_good_ones_taken(records, other):
    opened(records)
    good = edits_in(records)
    forged = [replace(good[0], who="Mori"), replace(good[1], value='"x"'), replace(good[2], lamport=10**9)]
    taken = exchange.take(other, [*good[3:], *forged], 1.0, "naha")
    assert (taken.new, taken.known, len(taken.refused)) == (len(good) - 3, 0, 3)
    assert all("an edit of a case" in sentence for sentence in taken.refused)
    read, refused = exchange.read([edit_object(good[0]), {"uuid": 1}, None])
    assert (read, len(refused)) == ([good[0]], 2)


def test_what_comes_is_one_line_of_the_log_under_the_name_of_its_node(records, other):
    opened(records)
    taken = exchange.take(other, edits_in(records), 1.0, "naha")
    assert taken.cases == (1,)
    with other.read() as connection:
        from mihari.alerts import ask

        lines = [(line["who"], line["what"]) for line in ask.log_lines(connection)]
    assert lines[-1] == ("naha", "case edits of another node")
    assert lines.count(lines[-1]) == 1


def test_two_nodes_see_by_one_hash_that_they_hold_the_same(records, other):
    kept = opened(records)
    exchange.take(other, edits_in(records)[::-1], 1.0)
    with other.read() as connection:
        assert edits_hash(shelf.one(connection, 1).case.edits) == edits_hash(kept.case.edits)
    decide.add(other, by(), 1, "note", {"text": "x"})
    with other.read() as connection:
        assert edits_hash(shelf.one(connection, 1).case.edits) != edits_hash(kept.case.edits)


def test_many_edits_are_taken_in_parts_and_no_more_than_a_case_may_have(other, monkeypatch):
    monkeypatch.setattr(exchange, "EDITS_MAX", 40)
    monkeypatch.setattr(exchange, "AT_ONCE", 7)
    case = "11111111-1111-4111-8111-111111111111"
    many = [made(case, "naha", "Sato", k + 1, 1.79e9, "note", {"text": str(k)}) for k in range(60)]
    taken = exchange.take(other, many, 1.0, "naha")
    assert (taken.new, taken.known, taken.cases) == (40, 0, (1,))
    assert set(taken.refused) == {f"case {case} has 40 edits, as many as one may have"}
    assert exchange.take(other, many[:40], 1.0).known == 40
