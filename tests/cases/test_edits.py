"""Edits from elsewhere: what is hostile, too long or not what its id says is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.cases.case import Case, drafted
from mihari.cases.edit import EDITS_MAX, VALUE_MAX, Edit, edit_object, edit_of, made
from mihari.cases.values import FIELDS, LONG, read
from mihari.core.errors import BadInput

CASE = "11111111-1111-4111-8111-111111111111"
GOOD = edit_object(made(CASE, "naha", "Sato", 1, 1.79e9, "note", {"text": "two men on deck"}))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(), st.text(max_size=9)),
    lambda some: st.one_of(st.lists(some, max_size=3), st.dictionaries(st.text(max_size=6), some, max_size=3)),
    max_leaves=6,
)


def test_an_edit_comes_back_from_json_as_it_was() -> None:
    assert edit_of(orjson.loads(orjson.dumps(GOOD))) == edit_of(GOOD)


@pytest.mark.parametrize("name", GOOD)
def test_one_changed_part_is_noticed(name: str) -> None:
    other = {
        "uuid": "11111111-1111-8111-8111-111111111111", "case": "22222222-2222-4222-8222-222222222222",
        "author": "kume", "who": "Mori", "lamport": 2, "time": 1.8e9, "field": "action", "value": {"text": "none"},
    }  # fmt: skip
    with pytest.raises(BadInput, match="changed on its way"):
        edit_of(GOOD | {name: other[name]})


@pytest.mark.parametrize(
    "changes",
    [
        {"uuid": "x"}, {"uuid": CASE.upper().replace("1", "A")}, {"case": "../../etc"}, {"author": "a b"},
        {"author": ""}, {"author": "a" * 81}, {"who": ""}, {"who": "a\nb"}, {"who": "x" * 81}, {"who": "\u202eotaS"},
        {"lamport": 0}, {"lamport": EDITS_MAX + 1}, {"lamport": True}, {"lamport": 1.0}, {"time": float("nan")},
        {"time": -1.0}, {"time": 1e12}, {"time": "now"}, {"field": "Title"}, {"field": "x" * 41}, {"field": "a;b"},
        {"value": "x" * VALUE_MAX}, {"who": 7}, {"more": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_edit_is_refused_in_one_sentence(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as said:
        edit_of(GOOD | changes)
    assert "\n" not in str(said.value)
    assert len(str(said.value)) < 300


@pytest.mark.parametrize("depth", [33, 200, 251, 254])
def test_what_is_nested_deeper_than_the_audit_can_tell_is_refused(depth: int) -> None:
    with pytest.raises(BadInput, match="expected at most 32 lists within each other"):
        made(CASE, "naha", "Sato", 1, 1.79e9, "newer", nested(depth))


def test_what_a_newer_version_nests_is_kept() -> None:
    one = made(CASE, "naha", "Sato", 1, 1.79e9, "newer", nested(32))
    assert one.told == nested(32)


def nested(depth: int) -> Any:
    """A number within so many lists."""
    return 1 if depth == 0 else [nested(depth - 1)]


@given(JSON)
def test_anything_at_all_is_an_edit_or_a_sentence(told: Any) -> None:
    with pytest.raises(BadInput, match="an edit of a case"):
        edit_of(told)


@given(st.sampled_from([*GOOD]), JSON)
def test_any_part_may_be_anything(name: str, value: Any) -> None:
    found, sentence = tried(lambda: edit_of(GOOD | {name: value}))
    assert found == edit_of(GOOD) or sentence.startswith("an edit of a case")


@given(st.sampled_from([*FIELDS]), JSON)
def test_any_value_of_any_field_is_read_or_refused(field: str, value: Any) -> None:
    found, sentence = tried(lambda: read(field, value))
    if sentence:
        assert sentence.startswith(field)
    else:
        assert read(field, found) == found  # what was read is read again as it is


def tried(work: Callable[[], Any]) -> tuple[Any, str]:
    """What comes of it, or the sentence that says why nothing does."""
    try:
        return work(), ""
    except BadInput as problem:
        return None, str(problem)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("analysis", "x" * (LONG + 1), f"analysis: expected at most {LONG} characters, found {LONG + 1}"),
        ("title", " ", "title: expected some words"),
        ("outcome", "sure", "outcome: expected one of confirmed, benign, false, unknown"),
        ("note", {}, "note: text: is missing"),
        ("note", {"text": "x", "html": "y"}, "note: html: is not known here"),
        ("vessel", {"mmsi": -1}, "vessel: mmsi: expected a whole number from 0 on"),
        ("evidence", {"kind": "file", "what": "x", "sha256": "../x", "size": 1, "media": ""}, "expected a SHA-256"),
    ],
)
def test_what_a_person_writes_wrongly_is_one_sentence(field: str, value: Any, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        drafted(Case(CASE), [(field, value)], "naha", "Sato", 1.0)


def test_what_would_act_on_a_screen_is_shown_as_a_mark() -> None:
    assert read("analysis", "one\x1b[31m\r\ntwo\u202e") == "one�[31m\ntwo�"


def test_a_case_that_is_full_takes_no_more() -> None:
    one = Edit("u", CASE, "naha", "Sato", 1, 1.0, "title", '"x"')
    with pytest.raises(BadInput, match="as many as one may have"):
        drafted(Case(CASE, (one,) * EDITS_MAX), [("note", {"text": "x"})], "naha", "Sato", 1.0)
