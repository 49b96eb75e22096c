"""What is written of a tree reads back as the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.behaviours.language import parse, written
from mihari.behaviours.language import syntax as s
from mihari.behaviours.language.reading import read
from mihari.behaviours.language.units import Quantity
from mihari.behaviours.patterns import definitions, names


@pytest.mark.parametrize("name", names())
def test_files_that_come_with_mihari_read_back_the_same(name):
    d = definitions(name)
    again = parse(written(d))
    assert again.definitions == d.definitions
    assert (again.parameters, again.sets, again.tables) == (d.parameters, d.sets, d.tables)


duration = st.one_of(
    st.builds(
        s.Number, st.builds(Quantity, st.integers(0, 5000).map(float), st.sampled_from(["s", "min", "h", "day"]))
    ),
    st.builds(s.Name, st.sampled_from(["long", "short"])),
)
number = st.builds(
    s.Number, st.builds(Quantity, st.floats(-99, 99).map(lambda x: round(x, 2)), st.sampled_from(["", "kn"]))
)
words = st.sampled_from(["tug", "pilot vessel", "cargo-hazarda(major)", "known"]).map(s.Word)
attribute = st.builds(s.Call, st.sampled_from(["type", "length"]), st.just(("v",)))
signs = st.sampled_from([">", ">=", "<", "<="])
condition = st.one_of(
    st.builds(s.Compared, st.tuples(attribute, number), st.tuples(signs)),
    st.builds(s.Compared, st.tuples(number, attribute, st.builds(s.Name, st.just("most"))), st.tuples(signs, signs)),
    st.builds(s.Is, attribute, st.lists(words, max_size=3).map(tuple), st.booleans()),
    st.builds(s.Is, attribute, st.tuples(attribute), st.booleans()),
)
call = st.builds(
    s.Call, st.sampled_from(["slow", "inside"]), st.sampled_from([("v",), ("v", "port"), ("v", "open sea")])
)


relations = st.sampled_from(["without", "during", "containing", "overlapping", "ending as"])


def grown(inner):
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(s.AllOf, several), st.builds(s.AnyOf, several), st.builds(s.Not, inner),
        st.builds(s.Related, inner, relations, inner),
        st.builds(s.Then, inner, inner, duration), st.builds(s.Joined, inner, duration),
        st.builds(s.Lasting, inner, st.sampled_from(["at least", "more than", "less than"]), duration),
        st.builds(s.Crowd, st.integers(1, 9), st.just("w"), inner),
    )  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.recursive(st.one_of(call, condition), grown, max_leaves=8))
def test_any_expression_reads_back_the_same(expression):
    (again,) = read(f"x(v) = {written(expression)}")
    assert again.body == expression


def test_parameters_can_be_shown_by_their_values():
    d = parse("parameter long = 30 min  x(v) = slow(v) lasting at least long")
    shown = written(d.definitions["x"], {name: p.quantity for name, p in d.parameters.items()})
    assert shown == "x(v) = slow(v) lasting at least 30 min"
