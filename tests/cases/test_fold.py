"""Any order, any duplicates, any split over nodes: the same case, and nothing of what was said is lost."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.cases.body import case_object
from mihari.cases.case import Case, drafted, fold
from mihari.cases.edit import Edit, made
from mihari.cases.values import LISTS, WORDS
from mihari.core.errors import BadInput

CASE = "11111111-1111-4111-8111-111111111111"
NODES, PEOPLE = ("naha", "kume", "a1b2"), ("Sato", "Mori", "Kudo")
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
SAID = st.one_of(
    st.tuples(st.sampled_from(["title", "analysis", "done", "sooner"]), TEXT),
    st.tuples(st.just("outcome"), st.sampled_from(["confirmed", "benign", "perhaps"])),
    st.tuples(st.just("status"), st.sampled_from(["open", "closed"])),
    st.tuples(st.just("note"), st.fixed_dictionaries({"text": TEXT})),
    st.tuples(st.just("vessel"), st.fixed_dictionaries({"mmsi": st.integers(0, 999_999_999)})),
    st.tuples(st.sampled_from(["weather", "mood"]), st.one_of(TEXT, st.integers(-9, 9), st.none())),
)


@st.composite
def edits(draw: st.DrawFn) -> list[Edit]:
    """What some people said at some nodes, with withdrawals of what is there, and of what nobody knows."""
    found = [
        made(CASE, draw(st.sampled_from(NODES)), draw(st.sampled_from(PEOPLE)), draw(st.integers(1, 6)), 1.79e9, *said)
        for said in draw(st.lists(SAID, max_size=12))
    ]
    for item in draw(st.lists(st.sampled_from([*found, None]), max_size=3)) if found else []:
        told = {"item": CASE if item is None else item.uuid, "why": draw(TEXT)}
        node, lamport = draw(st.sampled_from(NODES)), draw(st.integers(1, 9))
        found.append(made(CASE, node, "Sato", lamport, 1.79e9, "withdraw", told))
    return found


@given(edits(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_order_and_duplicates_do_not_matter(said: list[Edit], chance: Any, twice: int) -> None:
    again = [*said, *said[:twice]]
    chance.shuffle(again)
    assert fold(again) == fold(said)


@given(edits(), st.data())
def test_any_split_over_nodes_joins_to_the_same(said: list[Edit], data: st.DataObject) -> None:
    held = [data.draw(st.sets(st.sampled_from([0, 1, 2]), min_size=1)) for _ in said]
    parts = [fold([e for e, nodes in zip(said, held, strict=True) if k in nodes]) for k in range(3)]
    left = fold([*fold([*parts[0].edits, *parts[1].edits]).edits, *parts[2].edits])
    right = fold([*parts[0].edits, *fold([*parts[2].edits, *parts[1].edits]).edits])
    assert left == right == fold(said)


@given(edits())
def test_nothing_that_was_said_is_lost(said: list[Edit]) -> None:
    case = fold(said)
    words = [one.edit for name in WORDS for one in case.words.get(name, ())]
    items = [one for name in LISTS for one in case.lists.get(name, ())]
    seen = {e.uuid for e in [*words, *(one.said.edit for one in items), *case.strange]}
    assert {e.uuid for e in said if e.field != "withdraw"} <= seen
    assert {e.uuid for e in case.edits} == {e.uuid for e in said}


@given(edits())
def test_the_later_word_counts_and_every_case_can_be_shown(said: list[Edit]) -> None:
    case = fold(said)
    for words in case.words.values():
        assert all(one.edit.order > other.edit.order for one, other in pairwise(words))
    if said:
        told = case_object(case, 1, 1, "naha")
        assert len(told["log"]) == len({e.uuid for e in said})


def test_a_word_is_the_later_ones_and_the_earlier_one_is_shown_with_who_wrote_it() -> None:
    one = made(CASE, "naha", "Sato", 1, 10.0, "analysis", "a drill")
    two = made(CASE, "kume", "Mori", 2, 5.0, "analysis", "no drill")  # its clock is behind: what was seen counts
    word = case_object(fold([two, one]), 1, 2, "naha")["words"]["analysis"]
    assert (word["value"], word["who"]) == ("no drill", "Mori")
    assert [(e["value"], e["who"], e["time"]) for e in word["earlier"]] == [("a drill", "Sato", 10.0)]


def test_words_said_at_once_at_two_nodes_count_alike_everywhere() -> None:
    one = made(CASE, "naha", "Sato", 3, 10.0, "outcome", "benign")
    two = made(CASE, "kume", "Mori", 3, 11.0, "outcome", "confirmed")
    assert {fold(order).word("outcome") for order in ([one, two], [two, one])} == {"benign"}  # naha after kume


def test_what_is_withdrawn_stays_with_its_trace() -> None:
    note = made(CASE, "naha", "Sato", 1, 10.0, "note", {"text": "two men"})
    gone = made(CASE, "kume", "Mori", 2, 20.0, "withdraw", {"item": note.uuid, "why": "another boat"})
    case = fold([gone, note])
    assert case.held("note") == []
    shown = case_object(case, 1, 2, "naha")["lists"]["note"][0]
    assert (shown["text"], shown["withdrawn"]["who"], shown["withdrawn"]["why"]) == ("two men", "Mori", "another boat")


def test_a_withdrawal_that_comes_before_its_item_holds_when_the_item_comes() -> None:
    note = made(CASE, "naha", "Sato", 1, 10.0, "note", {"text": "two men"})
    gone = made(CASE, "kume", "Mori", 2, 20.0, "withdraw", {"item": note.uuid})
    assert fold([gone]).lists == {}
    assert fold([*fold([gone]).edits, note]).lists["note"][0].withdrawn[0].edit == gone


@pytest.mark.parametrize(
    ("field", "value"),
    [("weather", "fog"), ("outcome", "likely"), ("note", {"text": "x", "mood": 3}), ("title", 7), ("status", ["open"])],
)
def test_what_a_newer_version_wrote_is_kept_and_shown_as_not_understood(field: str, value: Any) -> None:
    case = fold([made(CASE, "naha", "Sato", 1, 1.0, "title", "Boat"), made(CASE, "kume", "Mori", 2, 2.0, field, value)])
    told = case_object(case, 1, 2, "naha")
    assert [(one["field"], one["who"]) for one in told["not_understood"]] == [(field, "Mori")]
    assert told["title"] == "Boat"
    assert told["log"][-1]["what"] == f"{field}: not understood here"


def test_what_is_drafted_comes_after_all_that_was_seen() -> None:
    first = fold([made(CASE, "kume", "Mori", 7, 1.0, "title", "Boat")])
    said = drafted(first, [("title", "Ship"), ("note", {"text": "x"})], "naha", "Sato", 2.0)
    assert [one.lamport for one in said] == [8, 9]
    assert fold([*first.edits, *said]).word("title") == "Ship"


def test_saying_what_counts_already_says_nothing() -> None:
    case = fold([made(CASE, "kume", "Mori", 1, 1.0, "title", "Boat")])
    assert drafted(case, [("title", "Boat")], "naha", "Sato", 2.0) == []


def test_edits_of_two_cases_are_no_case() -> None:
    other = "22222222-2222-4222-8222-222222222222"
    with pytest.raises(BadInput, match="of one case"):
        fold([made(CASE, "a", "Sato", 1, 1.0, "title", "x"), made(other, "a", "Sato", 1, 1.0, "title", "y")])


def test_an_empty_case_has_nothing() -> None:
    assert fold([]) == Case("")
