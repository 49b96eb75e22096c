"""Comparisons of measures, which change with time, are findings: `2 kn < speed(v) < 5 kn`."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.algebra import Steps
from mihari.behaviours.language import Field, LanguageError, MemoryFacts, Vocabulary, evaluate, parse, written
from mihari.behaviours.language.facts import WORD

VOCABULARY = Vocabulary(
    timelines={"present": (1, 0)},
    attributes={"type": WORD, "usual": "kn"},
    measures={"speed": (1, 0, "kn"), "away_from": (1, 1, "NM"), "distance": (2, 0, "m")},
)


def facts() -> MemoryFacts:
    """Two vessels, a minute each step; they come within 400 m of each other in the third minute."""
    at = np.array([0, 60, 120, 180])
    speeds = [[1.0, 4.0, 5.0, np.nan], [9.0, 2.0, 2.0, 2.0]]
    speed = Steps(np.repeat([0, 1], 4), np.tile(at, 2), np.tile(at + 60, 2), np.ravel(speeds))
    port = Steps(np.zeros(4), at, at + 60, np.array([0.5, 1.0, 1.5, 2.0]))
    apart = Steps(np.zeros(4), at, at + 60, np.array([2000.0, 900.0, 400.0, 500.0]))
    return MemoryFacts(
        2, np.array([[0, 1]]),
        known={"usual": Field(np.array([4.0, np.nan]), "kn"), "type": Field.of_words(["tug", None])},
        measured={"speed": (speed, "kn"), "away_from(port)": (port, "NM"), "distance": (apart, "m")},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("speed(v) < 5 kn", {0: [(0, 120)], 1: [(60, 240)]}),
        ("speed(v) >= 5 kn", {0: [(120, 180)], 1: [(0, 60)]}),
        ("1 kn < speed(v) < 5 kn", {0: [(60, 120)], 1: [(60, 240)]}),
        ("9.26 km/h <= speed(v)", {0: [(120, 180)], 1: [(0, 60)]}),  # 5 kn
        ("speed(v) < quick", {0: [(0, 60)], 1: [(60, 240)]}),
        ("speed(v) >= usual(v)", {0: [(60, 180)]}),  # what is compared with something unknown is not met
        ("speed(v) < 5 kn and type(v) is tug", {0: [(0, 120)]}),
        ("speed(v) < 9 kn without speed(v) < 2 kn", {0: [(60, 180)], 1: [(60, 240)]}),
        ("not speed(v) < 2 kn and speed(v) < 9 kn", {0: [(60, 180)], 1: [(60, 240)]}),
        ("speed(v) < 5 kn lasting at least 3 min", {1: [(60, 240)]}),
        ("away_from(v, port) >= 1 NM", {0: [(60, 240)]}),
        ("speed(v) >= 5 kn or away_from(v, port) > 1852 m", {0: [(120, 240)], 1: [(0, 60)]}),
    ],
)
def test_of_a_vessel(body: str, held: dict[int, list[tuple[int, int]]]) -> None:
    told = parse(f"parameter quick = 3 kn x(v) = {body}", vocabulary=VOCABULARY)
    found = evaluate(told, facts())["x"]
    assert {k: found.intervals(k) for k in (0, 1) if found.intervals(k)} == held


@pytest.mark.parametrize("pair", ["a, b", "b, a"])
def test_of_a_pair(pair: str) -> None:
    told = parse(
        f"close(a, b) = distance({pair}) <= 500 m  "
        "slow_and_close(a, b) = speed(b) < 5 kn and distance(a, b) < 1 km and speed(a) < 5 kn",
        vocabulary=VOCABULARY,
    )
    found = evaluate(told, facts())
    assert found["close"].intervals(0) == [(120, 240)]
    assert found["slow_and_close"].intervals(0) == [(60, 120)]


def test_a_parameter_from_outside_counts() -> None:
    told = parse("parameter quick = 3 kn  x(v) = speed(v) < quick", vocabulary=VOCABULARY)
    assert evaluate(told, facts(), {"quick": "9.26 km/h"})["x"].intervals(0) == [(0, 120)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x(v) = sped(v) < 5 kn", "1:8: unknown attribute 'sped'; did you mean 'speed'?"),
        ("x(v) = speed(v) < 5 m", "1:8: length and speed cannot be compared"),
        ("x(v) = speed(v)", "1:8: unknown name 'speed'; an attribute is compared: 'is', '>='"),
        ("speed(v) = present(v)", "1:1: 'speed' is what vessels are compared by; expected another name"),
        ("type(v) = present(v)", "1:1: 'type' is what vessels are compared by; expected another name"),
        ("x(v) = speed(v) is tug", "1:8: a speed is compared with '>', '>=', '<' or '<='"),
        ("x(v) = speed(v, port) < 5 kn", "1:8: 'speed' takes one vessel (here: v); found 'v, port'"),
        ("x(v) = away_from(v) < 5 NM", "1:8: 'away_from' takes one vessel and a word (here: v); found 'v'"),
        ("x(a, b) = speed(a) < speed(b)", "'speed' changes with time; expected a number, a parameter or what is known"),
        ("x(a, b) = speed(a) < usual(b)", "'speed' changes with time; expected a number, a parameter or what is known"),
        ("x(a, b) = distance(a, a) < 5 m", "'distance' takes two different vessels (here: a, b); found 'a, a'"),
    ],
)
def test_mistakes_are_one_sentence_with_their_place(text: str, told: str) -> None:
    with pytest.raises(LanguageError) as mistake:
        parse(text, vocabulary=VOCABULARY)
    assert told in str(mistake.value)


def test_what_is_written_reads_back_the_same() -> None:
    text = "x(v) = 2 kn < speed(v) <= 5 kn and not away_from(v, port) > 3 NM lasting at least 1 h"
    told = parse(text, vocabulary=VOCABULARY)
    again = parse(written(told), vocabulary=VOCABULARY)
    assert again.definitions == told.definitions
    assert written(told.definitions["x"]) == text
