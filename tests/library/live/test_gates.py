"""What cannot be matched exactly is gated: wherever the language tells it, the gate was told before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.live.ways import KNOWN, STEP_S, VOCABULARY, bodies, clauses, columns_of, told, updates, ways

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.language import evaluate, parse
from mihari.core.columns import Array
from mihari.library.live import Matcher, Programme, compile
from mihari.library.live.matcher import ENDED
from mihari.library.live.twin import Ways

timed = st.builds("({} {})".format, bodies, clauses)
relations = st.sampled_from(["during", "containing", "overlapping", "without"])
gated = st.one_of(
    st.builds("{} {} {} {}".format, timed, relations, timed, clauses),
    st.builds("{} then {} within 200 s".format, timed, timed),
    st.builds("({} then {} within 200 s) and {}".format, timed, timed, timed),
    st.builds("{} and {} and not {}".format, timed, bodies, timed),
    st.builds("({} or {}) {}".format, timed, timed, clauses),
    st.builds("({} or dark(v)) and {}".format, bodies, timed),
    st.builds("({} lasting at least 50 s) ignoring breaks up to 60 s {}".format, bodies, clauses),
)


class Known(Ways):
    """With two findings that no figure tells: `near` of the first two vessels, `dark` of all."""

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        if name == "near":
            return Timelines.made([0], [1000], [2000])
        return Timelines.always(self.vessels, 1200, 1900) if name == "dark" else super().timelines(name, words)


def gates(programme: Programme, of: list[tuple[Array, Array]]) -> set[tuple[int, int, int, int]]:
    matcher = Matcher(programme, len(of), STEP_S)
    slots, times, rows = updates(of)
    first = told(matcher.take(slots, times, columns_of(matcher, rows)), ENDED)
    return first | told(matcher.advance(1 << 40), ENDED)


@settings(max_examples=60, deadline=None)
@given(gated, st.lists(ways, min_size=1, max_size=3))
def test_whatever_the_language_tells_of_a_vessel_lies_in_its_gate(text: str, of: list[tuple[Array, Array]]) -> None:
    definitions = parse(f"p(v) = {text}", vocabulary=VOCABULARY)
    programme = compile(definitions, KNOWN)
    if "p" not in programme.matched:
        return
    found = evaluate(definitions, Known(KNOWN, tuple(KNOWN.bases), of, STEP_S))["p"]
    held, loose = gates(programme, of), programme.matched["p"].loose
    for vessel, start, end in found:
        assert any(v == vessel and (loose or (s <= start and end <= e)) for _, v, s, e in held)


@settings(max_examples=50, deadline=None)
@given(timed, bodies, ways, ways)
def test_a_pair_is_looked_at_when_one_of_it_passes_the_gate(
    first: str, second: str, one: tuple[Array, Array], other: tuple[Array, Array]
) -> None:
    other_first = second.replace("(v)", "(w)")
    definitions = parse(f"p(v, w) = near(v, w) and {first} and {other_first}", vocabulary=VOCABULARY)
    programme = compile(definitions, KNOWN)
    if "p" not in programme.matched:
        return
    facts = Known(KNOWN, tuple(KNOWN.bases), [one, other], STEP_S, np.array([[0, 1]]))
    found = evaluate(definitions, facts)["p"]
    assert not len(found) or gates(programme, [one, other])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("p(v) = slow(v) and dark(v)", "'dark' is not told by figures of one vessel"),
        ("p(v) = slow(v) then speed(v) > 3 kn within 1 h", "one thing follows another"),
        ("p(v) = slow(v) during (speed(v) < 3 kn)", "intervals are held against others ('during')"),
        ("p(v) = slow(v) and (speed(v) < 1 kn lasting at least 1 min)",
         "what lasts and what changes are asked together"),
        ("p(v) = (slow(v) lasting at least 1 min) ignoring breaks up to 1 min",
         "breaks are ignored between what has lasted"),
        ("p(v) = slow(v) and at least 2 vessels w: near(v, w)", "'near' is not told by figures of one vessel"),
        ("p(a, b) = near(a, b) and slow(a)", "'near' is not told by figures of one vessel"),
    ],
)  # fmt: skip
def test_why_a_pattern_is_gated_is_told(text: str, why: str) -> None:
    assert compile(parse(text, vocabulary=VOCABULARY), KNOWN).gated == {"p": why}


@pytest.mark.parametrize(
    "text",
    [
        "p(v) = dark(v)",
        "p(a, b) = near(a, b)",
        "p(v) = dark(v) then dark(v) within 1 h",
        "p() = at least 3 vessels v: dark(v)",
    ],
)
def test_what_asks_nothing_of_figures_is_looked_at_always(text: str) -> None:
    assert list(compile(parse(text, vocabulary=VOCABULARY), KNOWN).always) == ["p"]


def test_a_definition_within_another_is_matched_as_if_it_stood_there() -> None:
    text = "calm(w) = slow(w) without speed(w) > 3 kn  p(v) = calm(v) and length(v) > 5 m lasting at least 1 h"
    programme = compile(parse(text, vocabulary=VOCABULARY), KNOWN, only=["p"])
    assert programme.exact == ("p",)


def test_a_word_that_no_vessel_has_is_never_matched() -> None:
    programme = compile(parse("p(v) = slow(v) and trade(v) is smuggler", vocabulary=VOCABULARY), KNOWN)
    assert programme.never == ("p",)


def test_brackets_that_multiply_are_looked_at_always_and_say_why() -> None:
    pairs = [f"(speed(v) > {k} kn and made_good(v) > {k} kn)" for k in range(1, 13)]
    programme = compile(parse(f"p(v) = {' or '.join(pairs)}", vocabulary=VOCABULARY), KNOWN)
    assert programme.always == {"p": "it has more alternatives than are matched"}
