"""Each mistake is one sentence with line and column, what was expected or what was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.language import LanguageError, MemoryFacts, Vocabulary, evaluate, parse

WORDS = Vocabulary(
    timelines={"slow": (1, 0), "stopped": (1, 0), "near": (2, 0), "inside": (1, 1), "storm": (0, 0)},
    events={"velocity": {"speed": "kn", "course": "deg", "heading": "deg"}, "enters": {"area_type": "word"}},
    attributes={"type": "word", "length": "m", "flag": "word"},
)
LINES = Path(__file__).with_name("mistakes.txt").read_text("utf-8").splitlines()[1:]
CASES = [(text.replace("\\n", "\n"), told.strip()) for text, told in zip(LINES[::2], LINES[1::2], strict=True)]


@pytest.mark.parametrize(("text", "told"), CASES)
def test_a_mistake_is_told_where_it_is_with_what_was_expected(text, told):
    with pytest.raises(LanguageError) as error:
        parse(text, vocabulary=WORDS)
    assert str(error.value) == told


def test_a_file_is_named_before_line_and_column():
    with pytest.raises(LanguageError, match=r"^tugs\.behaviours:2:8: unknown name"):
        parse("\na(v) = slwo(v)", "tugs.behaviours", WORDS)


def test_without_a_vocabulary_findings_must_be_used_alike():
    with pytest.raises(LanguageError, match="'near' takes two different vessels"):
        parse("a(v, w) = near(v, w)  b(v) = near(v)")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a(v) = gone(v)", "1:8: nothing is told of 'gone'"),
        ("a(v) = gone(v, port)", "1:8: nothing is told of 'gone(port)'"),
        ("a(v) starts when bang", "1:18: no event is called 'bang'"),
        ("a(v) = here(v) and size(v) > 3", "1:20: nothing is known of a vessel's 'size'"),
    ],
)
def test_what_the_facts_do_not_know_is_told_when_evaluated(text, told):
    with pytest.raises(LanguageError) as error:
        evaluate(parse(text), MemoryFacts(1, found={"here": Timelines.always(1)}))
    assert str(error.value) == told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"lng": 5}, "unknown parameter 'lng'; did you mean 'long'?"),
        ({"long": "5 kn"}, "'long' is a time, such as 30 min; found 5 kn"),
        ({"long": "soon"}, "'long': expected a number and its unit, such as 30 min; found 'soon'"),
        ({"long": 0.001}, "'long': expected a duration of whole seconds, such as 30 min, found 0.001 min"),
    ],
)
def test_parameters_from_outside_are_checked(changed, told):
    d = parse("parameter long = 30 min  a(v) = slow(v) lasting at least long")
    with pytest.raises(LanguageError) as error:
        evaluate(d, MemoryFacts(1, found={"slow": Timelines.always(1)}), changed)
    assert told in str(error.value)


def test_an_unknown_definition_is_told():
    with pytest.raises(LanguageError, match="unknown definition 'b'; expected 'a'"):
        evaluate(parse("a(v) = slow(v)"), MemoryFacts(1), only=["b"])


def test_a_hostile_file_is_refused_in_one_sentence():
    with pytest.raises(LanguageError, match="nested too deeply"):
        parse("a(v) = slow(v) and " + "not " * 20_000 + "slow(v)")
    with pytest.raises(LanguageError, match="expected 500000 at most"):
        parse("#" * 500_001)
