"""Fluents with several values against a walk second by second; in streams of any shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.behaviours.algebra import OPEN
from mihari.behaviours.language import Events, Field, LanguageError, MemoryFacts, evaluate, parse

HORIZON = 60
SEVERAL = parse("""
    f(v)
        becomes red when a where kind is one of {r, b}
        becomes blue when b where kind is one of {b, r}
        becomes green when a where kind is g
        stops being red when c where kind is r
        ends when c where kind is x
        ends when b where kind is x
    only_red(v) = f(v) is red
    shown(v)
        starts when f(v) is red starts
        ends when f(v) starts where kind_of(v) is tug
        ends when f(v) is blue ends
""")
TURNING = parse("""
    m(v)
        starts when a where kind is r
        stops being true when b where kind is r
        becomes false 7 s after the last start
    n(v) starts when a ends when b becomes idle 5 s after the last start
""")
events = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.sampled_from("rbgx")), max_size=25)


def facts(**told):
    happened = {
        name: Events.made(
            [v for v, _, _ in rows], [t for _, t, _ in rows], {"kind": Field.of_words([k for *_, k in rows])}
        )
        for name, rows in told.items()
    }
    return MemoryFacts(3, happened=happened, known={"kind_of": Field.of_words(["tug", "tug", None])})


def walk(starts, stops, deadline=None):
    """{(value, vessel): [(start, end)]} from `starts(vessel, second)` -> values and `stops` -> values."""
    found = {}
    for v in range(3):
        holds, since, last = None, 0, None
        for t in range(HORIZON):
            begun, over = starts(v, t), stops(v, t)
            if deadline and last is not None and t == last + deadline[1] and "true" not in begun:
                begun = begun | {deadline[0]}
            if last is not None and "true" in over | ({"true"} if begun - {"true"} else set()):
                last = None
            if "true" in begun:
                last = t
            if holds and (holds in over or begun - {holds}):
                found.setdefault((holds, v), []).append((since, t + 1))
                holds = None
            if not holds and len(begun) == 1 and not begun & over:
                holds, since = next(iter(begun)), t + 1
        if holds:
            found.setdefault((holds, v), []).append((since, OPEN))
    return found


def told(result, name, values):
    return {
        (value, v): result[f"{name} is {value}"].intervals(v)
        for value in values
        for v in range(3)
        if result[f"{name} is {value}"].intervals(v)
    }


@settings(deadline=None, max_examples=300)
@given(events, events, events)
def test_values_exclude_each_other_as_the_walk_demands(a, b, c):
    def starts(v, t):
        red = {"red" for row in a if row in {(v, t, "r"), (v, t, "b")}}
        blue = {"blue" for row in b if row in {(v, t, "r"), (v, t, "b")}}
        return red | blue | {"green" for row in a if row == (v, t, "g")}

    def stops(v, t):
        everything = (v, t, "x") in c or (v, t, "x") in b
        return {"red", "blue", "green"} if everything else {"red"} if (v, t, "r") in c else set()

    found = evaluate(SEVERAL, facts(a=a, b=b, c=c))
    assert told(found, "f", ["red", "blue", "green"]) == walk(starts, stops)
    assert list(found["only_red"]) == list(found["f is red"])
    assert list(evaluate(SEVERAL, facts(a=a, b=b, c=c), only=["shown"])["shown"]) == list(found["shown"])


@settings(deadline=None, max_examples=300)
@given(events, events)
def test_a_value_that_expires_follows_the_last_start(a, b):
    def deadline_of(begun, over, after):
        return {
            (v, t + after)
            for v, t in begun
            if not any(w == v and t < u <= t + after for w, u in begun)
            and not any(w == v and t < u < t + after for w, u in over)
        }

    begun = {(v, t) for v, t, k in a if k == "r"}
    over = {(v, t) for v, t, k in b if k == "r"}
    expired = deadline_of(begun, over, 7)
    expected = walk(
        lambda v, t: {"true" for _ in [0] if (v, t) in begun} | {"false" for _ in [0] if (v, t) in expired},
        lambda v, t: {"true"} if (v, t) in over else set(),
    )
    found = evaluate(TURNING, facts(a=a, b=b, c=[]))
    assert told(found, "m", ["true", "false"]) == expected
    assert list(found["m"]) == list(found["m is true"])


def test_a_quiet_row_at_the_border_of_a_vessel_hides_nothing():
    # vessel 1's first event says nothing, its second says what vessel 0's last one said
    a = [(0, 5, "r"), (1, 3, "g"), (1, 4, "x"), (1, 8, "r")]
    d = parse("f(v) starts when a where kind is r ends when b")
    assert list(evaluate(d, facts(a=a, b=[]))["f"]) == [(0, 6, OPEN), (1, 9, OPEN)]


def test_asking_only_for_the_last_of_a_chain_gives_the_same():
    d = parse("""
        under_way(v) starts when a where kind is r ends when a where kind is x
        drifting(v) starts when a where kind is b and under_way(v) ends when a where kind is g
    """)
    rng = np.random.default_rng(3)
    vessels, times, kinds = rng.integers(0, 3, 80), rng.integers(0, 200, 80), rng.choice(list("rbgx"), 80)
    rows = [(int(v), int(t), str(k)) for v, t, k in zip(vessels, times, kinds, strict=True)]
    known = facts(a=rows)
    assert list(evaluate(d, known, only=["drifting"])["drifting"]) == list(evaluate(d, known)["drifting"])


def test_without_a_deadline_in_the_future():
    found = evaluate(TURNING, facts(a=[(0, 10, "r")], b=[]), now=15)
    assert list(found["m is true"]) == [(0, 11, OPEN)]
    assert list(found["n is idle"]) == [(0, 16, OPEN)]


@pytest.mark.parametrize("count", [15, 16])
def test_a_fluent_has_at_most_fifteen_values(count):
    text = "f(v) " + " ".join(f"becomes v{k} when a where kind is w{k}" for k in range(count))
    if count > 15:
        with pytest.raises(LanguageError, match="expected 15 at most"):
            parse(text)
        return
    rows = [(0, 10 * k, f"w{k}") for k in range(count)]
    found = evaluate(parse(text), facts(a=rows))
    assert [found[f"f is v{k}"].intervals(0) for k in (0, 14)] == [[(1, 11)], [(141, OPEN)]]
