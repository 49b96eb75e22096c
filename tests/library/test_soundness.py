"""A definition that can never hold, or always holds, is explained with its place and what was likely meant."""

from __future__ import annotations

import pytest

from mihari.library import starting
from mihari.library.pattern import examined

FILE = '''
format = 1
name = "odd"
version = 1
title = "Oddly"
status = "draft"
description = "Something."
because = "BECAUSE"
innocent = ["waiting"]
references = ["nobody"]
definition = """
DEFINITION
"""

[[parameter]]
name = "low"
value = "3 kn"
least = "1 kn"
most = "5 kn"
source = "made up"

[look]
sensor = ["camera"]
place = "from anywhere"
checklist = ["who it is"]
'''
FIRST = 12  # the line of the file at which the definition begins


def told(definition: str) -> tuple[int | None, str]:
    """The line of the definition (from 1) and the sentence of its one mistake; (None, "") where there is none."""
    because = "{a} and {b}" if "odd(a, b)" in definition else "{v} does it"
    text = FILE.replace("BECAUSE", because).replace("DEFINITION", definition)
    _, found = examined(text, "it.toml")
    assert len(found) <= 1
    return (None, "") if not found else ((found[0].line or 0) - FIRST + 1, found[0].problem)


@pytest.mark.parametrize(
    ("definition", "line", "sentence"),
    [
        (
            "odd(v) = speed(v) > 5 kn and speed(v) < 3 kn",
            1,
            "column 30: can never hold: speed(v) > 5 kn and speed(v) < 3 kn; did you mean 'or'?",
        ),
        (
            "odd(v) = hour(v) >= 22 h and hour(v) < 5 h",
            1,
            "column 30: can never hold: hour(v) >= 22 h and hour(v) < 5 h; did you mean 'or'?",
        ),
        (
            "odd(v) = speed(v) < low and speed(v) > 4 kn",
            1,
            "column 29: can never hold: speed(v) < 3 kn and speed(v) > 4 kn; did you mean 'or'?",
        ),
        (
            "odd(v) = 8 kn < speed(v) < 2 kn",
            1,
            "column 10: can never hold: 8 kn < speed(v) < 2 kn; expected the smaller figure first",
        ),
        (
            "odd(v) = distance(v, cable) > 40 NM",
            1,
            "column 10: can never hold: distance(v, cable) > 40 NM; expected a figure from 0 to 30 NM",
        ),
        (
            "odd(v) = straightness(v) > 2",
            1,
            "column 10: can never hold: straightness(v) > 2; expected a figure from 0 to 1",
        ),
        (
            "odd(v) = slow(v) and not slow(v)",
            1,
            "column 10: can never hold: slow(v) and not slow(v); expected one of the two",
        ),
        (
            "odd(v) = slow(v) without (slow(v) or silent(v))",
            1,
            "column 10: can never hold: slow(v) and not slow(v); expected one of the two",
        ),
        (
            "odd(v) = waits(v) and speed(v) > 9 kn\nwaits(x) = speed(x) < 2 kn",
            1,
            "column 23: can never hold: speed(x) < 2 kn and speed(v) > 9 kn; did you mean 'or'?",
        ),
        (
            "odd(a, b) = near_50m(a, b) and rests(b)\nrests(v) = speed(v) < 2 kn and speed(v) > 9 kn",
            2,
            "column 32: can never hold: speed(v) < 2 kn and speed(v) > 9 kn; did you mean 'or'?",
        ),
        (
            "odd(v) = slow(v) then (speed(v) > 9 kn and speed(v) < 3 kn) within 1 h",
            1,
            "column 44: can never hold: speed(v) > 9 kn and speed(v) < 3 kn; did you mean 'or'?",
        ),
        (
            "odd(v) = (slow(v) and not slow(v)) or (speed(v) > 5 kn and speed(v) < 3 kn)",
            1,
            "column 11: can never hold: slow(v) and not slow(v); expected one of the two",
        ),
        (
            "odd(v) = slow(v) and category(v) is tanker and category(v) is cargo",
            1,
            "column 48: can never hold: one vessel has one category; did you mean 'is one of {cargo, tanker}'?",
        ),
    ],
)
def test_what_can_never_hold(definition: str, line: int, sentence: str) -> None:
    assert told(definition) == (line, sentence)


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        ("odd(v) = slow(v) lasting at least 3 day", "nothing is remembered for 72 h; expected less than 48 h"),
        ("odd(v) = speed(v) < 3 kn lasting at least 8 h", "speed(…) is remembered for 6 h and not for 8 h"),
        ("odd(v) = w(v) lasting at least 8 h\nw(v) = slow(v) and speed(v) < 3 kn", "speed(…) is remembered for 6 h"),
        ("odd(v) = (slow(v) lasting at least 2 h) lasting less than 1 h", "what lasts at least 2 h does not last less"),
    ],
)
def test_what_nothing_can_last(definition: str, sentence: str) -> None:
    line, found = told(definition)
    assert line == 1
    assert f"can never hold: {sentence}" in found
    assert "; expected" in found


@pytest.mark.parametrize(
    ("definition", "sentence"),
    [
        (
            "odd(v) = slow(v) and category(v) is tnaker",
            "column 37: no vessel has the category 'tnaker'; did you mean 'tanker'?",
        ),
        ("odd(v) = slow(v) and device(v) is C", "column 35: no vessel has the device 'C'; expected 'A' or 'B'"),
        ("odd(v) = inside(v, anchorge)", "column 10: no kind of zone 'anchorge'; did you mean 'anchorage'?"),
        ("odd(v) = distance(v, prt) > 5 NM", "column 10: no kind of zone 'prt'; did you mean 'port'?"),
    ],
)
def test_words_that_no_vessel_has(definition: str, sentence: str) -> None:
    assert told(definition) == (1, sentence)


@pytest.mark.parametrize(
    "definition",
    [
        "odd(v) = speed(v) >= 0 kn",
        "odd(v) = speed(v) >= 0 kn lasting at least 1 h",
        "odd(v) = slow(v) or crab(v) <= 180 deg",
        "odd(v) = any(v)\nany(v) = 0 kn <= speed(v) <= 102.2 kn",
        "odd(v) = (speed(v) >= 0 kn) without (slow(v) and not slow(v))",
    ],
)
def test_what_always_holds(definition: str) -> None:
    line, sentence = told(definition)
    assert line is not None
    assert "it holds for every vessel at all times; expected something that some vessels do not do" in sentence
    assert sentence.startswith("column ")


@pytest.mark.parametrize(
    "definition",
    [
        "odd(v) = speed(v) > 5 kn or speed(v) < 3 kn",
        "odd(v) = speed(v) > 5 kn then speed(v) < 3 kn within 1 h",
        "odd(v) = (speed(v) > 5 kn lasting at least 1 h) without speed(v) > 9 kn",
        "odd(a, b) = near_50m(a, b) and speed(a) > 5 kn and speed(b) < 3 kn",
        "odd(v) = (slow(v) and not slow(v)) or speed(v) < 3 kn",
        "odd(v) = 3 kn <= speed(v) and speed(v) <= 3 kn",
        "odd(v) = slow(v) lasting at least 8 h",
        "odd(v) = (slow(v) lasting at least 1 h) and (silent(v) lasting less than 1 h)",
        "odd(v) = slow(v) and category(v) is one of {tanker, cargo} and category(v) is tanker",
        "odd(v) = slow(v) and not (slow(v) lasting at least 3 h)",
        "odd(v) = offshore(v) > -5 km",
    ],
)
def test_what_may_hold_and_may_not_is_left_alone(definition: str) -> None:
    assert told(definition) == (None, "")


def test_none_of_those_that_come_with_the_program_is_called_unsound() -> None:
    assert len(starting()) >= 25


def test_what_is_nested_too_deeply_is_told_in_a_sentence() -> None:
    for text in ("it = " + "[" * 20_000, FILE.replace("DEFINITION", "odd(v) = " + "not " * 1_500 + "slow(v)")):
        pattern, found = examined(text, "it.toml")
        assert pattern is None
        assert any("nested too deeply" in str(mistake) for mistake in found)


def test_what_holds_or_does_not_is_told_with_the_way_to_write_it() -> None:
    _, sentence = told("odd(v) = slow(v) or not slow(v)")
    assert sentence == "column 10: 'or' here would hold at all times; write 'x and condition' instead"
