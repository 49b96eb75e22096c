"""What definitions mean: vessels, pairs, crowds, conditions, words, parameters."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.algebra import OPEN, Timelines
from mihari.behaviours.language import Field, MemoryFacts, Quantity, evaluate, parse
from mihari.behaviours.patterns import definitions, names


def rows(*told):
    return Timelines.made(*([row[c] for row in told] for c in range(3))) if told else Timelines.empty()


FACTS = MemoryFacts(
    4,
    np.array([[0, 1], [1, 2], [3, 0]]),
    {
        "slow": rows((0, 0, 100), (1, 50, 200), (2, 0, 30), (3, 20, OPEN)),
        "stopped": rows((0, 100, 150), (2, 40, 60)),
        "in_port": rows((1, 60, 80)),
        "in(port)": rows((1, 60, 80)),
        "in(open sea)": rows((3, 0, 500)),
        "near": rows((0, 10, 90), (1, 0, 300), (2, 30, 70)),
        "storm": rows((0, 0, 40), (0, 60, 90)),
    },
    known={
        "type": Field.of_words(["tug", "cargo", None, "tanker"]),
        "flag": Field.of_words(["PAN", "LBR", "PAN", None]),
        "home": Field.of_words(["LBR", "LBR", "PAN", None]),
        "length": Field(np.array([30.0, 200.0, np.nan, 0.25]), "m"),
    },
)


def when(expression, head="x(v)", facts=FACTS, before="", **how):
    return list(evaluate(parse(f"{before}\n{head} = {expression}"), facts, **how)["x"])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("slow(v) or stopped(v)", [(0, 0, 150), (1, 50, 200), (2, 0, 30), (2, 40, 60), (3, 20, OPEN)]),
        ("slow(v) and in_port(v)", [(1, 60, 80)]),
        ("slow(v) and not in_port(v)", [(0, 0, 100), (1, 50, 60), (1, 80, 200), (2, 0, 30), (3, 20, OPEN)]),
        ("slow(v) without in_port(v) lasting more than 100 s", [(1, 80, 200), (3, 20, OPEN)]),
        ("slow(v) lasting more than 100 s without in_port(v)", [(1, 50, 60), (1, 80, 200), (3, 20, OPEN)]),
        ("slow(v) lasting at least 100 s without in_port(v)", [(0, 0, 100), (1, 50, 60), (1, 80, 200), (3, 20, OPEN)]),
        ("slow(v) lasting less than 100 s", [(2, 0, 30)]),
        ("(slow(v) or stopped(v)) ignoring breaks up to 10 s", [(0, 0, 150), (1, 50, 200), (2, 0, 60), (3, 20, OPEN)]),
        ("(slow(v) or stopped(v)) ignoring breaks up to 9 s",
         [(0, 0, 150), (1, 50, 200), (2, 0, 30), (2, 40, 60), (3, 20, OPEN)]),
        ("slow(v) then stopped(v) within 10 s", [(0, 0, 150), (2, 0, 60)]),
        ("slow(v) then stopped(v) within 9 s", [(0, 0, 150)]),
        ("slow(v) ending as stopped(v) starts", [(0, 0, 100)]),
        ("in_port(v) during slow(v)", [(1, 60, 80)]),
        ("slow(v) containing in_port(v)", [(1, 50, 200)]),
        ("slow(v) overlapping in(v, \"open sea\")", [(3, 20, OPEN)]),
        ("slow(v) and in(v, port)", [(1, 60, 80)]),
        ("slow(v) and storm()", [(0, 0, 40), (0, 60, 90), (1, 60, 90), (2, 0, 30), (3, 20, 40), (3, 60, 90)]),
        ("slow(v) and type(v) is tug", [(0, 0, 100)]),
        ("slow(v) and type(v) is not tug", [(1, 50, 200), (3, 20, OPEN)]),
        ("slow(v) and type(v) is one of {tug, tanker}", [(0, 0, 100), (3, 20, OPEN)]),
        ("slow(v) and type(v) is not one of {tug, tanker}", [(1, 50, 200)]),
        ("slow(v) and type(v) is unknown", [(2, 0, 30)]),
        ("slow(v) and type(v) is known without in_port(v)", [(0, 0, 100), (1, 50, 60), (1, 80, 200), (3, 20, OPEN)]),
        ("slow(v) and length(v) >= 30 m", [(0, 0, 100), (1, 50, 200)]),
        ("slow(v) and length(v) > 0.03 km", [(1, 50, 200)]),
        ("slow(v) and 0.25 m < length(v) <= 200 m", [(0, 0, 100), (1, 50, 200)]),
        ("slow(v) and not length(v) >= 30 m", [(2, 0, 30), (3, 20, OPEN)]),
        ("slow(v) and flag(v) is home(v)", [(1, 50, 200), (2, 0, 30)]),
        ("slow(v) and (type(v) is tug or length(v) > 100 m)", [(0, 0, 100), (1, 50, 200)]),
        ("slow(v) without (type(v) is tug or type(v) is cargo)", [(2, 0, 30), (3, 20, OPEN)]),
    ],
)  # fmt: skip
def test_an_expression_of_one_vessel(expression, expected):
    assert when(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("near(a, b)", [(0, 10, 90), (1, 0, 300), (2, 30, 70)]),
        ("near(b, a)", [(0, 10, 90), (1, 0, 300), (2, 30, 70)]),
        ("near(a, b) and slow(a) and slow(b)", [(0, 50, 90), (2, 30, 70)]),
        ("near(a, b) and (slow(b) or stopped(b))", [(0, 50, 90), (1, 0, 30), (1, 40, 60), (2, 30, 70)]),
        ("near(a, b) without in_port(a)", [(0, 10, 90), (1, 0, 60), (1, 80, 300), (2, 30, 70)]),
        ("near(a, b) and storm()", [(0, 10, 40), (0, 60, 90), (1, 0, 40), (1, 60, 90), (2, 30, 40), (2, 60, 70)]),
        ("near(a, b) and type(a) is tug", [(0, 10, 90)]),
        ("near(a, b) and (type(a) is tug or type(b) is tug)", [(0, 10, 90), (2, 30, 70)]),
        ("near(a, b) and flag(a) is flag(b)", []),
        ("near(a, b) and flag(a) is not flag(b)", [(0, 10, 90), (1, 0, 300)]),
    ],
)
def test_an_expression_of_a_pair(expression, expected):
    assert when(expression, "x(a, b)") == expected


def test_a_definition_of_a_pair_can_be_asked_the_other_way_round():
    towed = "tows(a, b) = near(a, b) and type(a) is tug"
    assert when("tows(a, b)", "x(a, b)", before=towed) == [(0, 10, 90)]
    assert when("tows(b, a)", "x(a, b)", before=towed) == [(2, 30, 70)]
    assert when("tows(a, b) or tows(b, a)", "x(a, b)", before=towed) == [(0, 10, 90), (2, 30, 70)]


def test_facts_with_both_orders_of_a_pair_may_tell_different_things_of_them():
    facts = MemoryFacts(2, np.array([[0, 1], [1, 0]]), {"follows": rows((0, 0, 10), (1, 20, 30))})
    assert when("follows(b, a)", "x(a, b)", facts) == [(0, 20, 30), (1, 0, 10)]


def test_vessels_are_counted_second_by_second():
    assert when("at least 2 vessels v: slow(v)", "x()") == [(0, 0, 200)]
    assert when("at least 3 vessels v: slow(v)", "x()") == [(0, 20, 30), (0, 50, 100)]
    assert when("at least 3 vessels v: slow(v) lasting at least 50 s", "x()") == [(0, 50, 100)]
    assert when("at least 3 vessels v: (slow(v) and not type(v) is tug)", "x()") == []
    assert when("storm() and at least 2 vessels v: slow(v)", "x()") == [(0, 0, 40), (0, 60, 90)]


def test_company_of_a_vessel_is_counted_over_its_pairs_in_both_places():
    assert when("at least 1 vessel w: near(v, w)") == [(0, 10, 90), (1, 0, 300), (2, 0, 300), (3, 30, 70)]
    assert when("at least 2 vessels w: near(v, w)") == [(0, 30, 70), (1, 10, 90)]
    assert when("at least 1 vessel w: (near(v, w) and type(w) is tug)") == [(1, 10, 90), (3, 30, 70)]
    both = MemoryFacts(2, np.array([[0, 1], [1, 0]]), {"near": rows((0, 0, 10), (1, 0, 10))})
    assert when("at least 1 vessel w: near(v, w)", facts=both) == [(0, 0, 10), (1, 0, 10)]
    assert when("at least 2 vessels w: near(v, w)", facts=both) == []


def test_what_goes_on_has_lasted_until_now():
    assert when("slow(v) lasting at least 100 s", now=119)[-1] == (1, 50, 200)
    assert when("slow(v) lasting at least 100 s", now=120)[-1] == (3, 20, OPEN)
    assert when("slow(v) lasting more than 100 s", now=120)[-1] == (1, 50, 200)


@pytest.mark.parametrize("long", [2.0, "120 s", Quantity(2.0, "min")])
def test_parameters_are_changed_from_outside(long):
    before = "parameter long = 100 s  parameter wide = 30 m" if isinstance(long, str) else "parameter long = 1 min"
    found = when("slow(v) lasting more than long", before=before, parameters={"long": long})
    assert found == [(1, 50, 200), (3, 20, OPEN)]
    sized = when("slow(v) and length(v) >= wide", before="parameter wide = 30 m", parameters={"wide": "0.1 km"})
    assert sized == [(1, 50, 200)]


def test_sets_and_tables_stand_for_words_and_numbers():
    before = 'set service = {tug, "pilot boat"} table by type: most "a handbook" { tug: 25 m cargo: 0.3 km }'
    assert when("slow(v) and type(v) is one of service", before=before) == [(0, 0, 100)]
    assert when("slow(v) and length(v) > most(v)", before=before) == [(0, 0, 100)]
    assert when("slow(v) and length(v) < most(v)", before=before) == [(1, 50, 200)]


def test_only_the_asked_definitions_are_told_and_files_build_on_each_other():
    base = parse("parameter long = 100 s  idle(v) = slow(v) or stopped(v)")
    more = parse("waits(v) = idle(v) lasting more than long", using=base)
    assert list(evaluate(more, FACTS)) == ["idle", "waits"]
    assert list(evaluate(more, FACTS, only=["waits"])) == ["waits"]
    assert list(evaluate(more, FACTS, only=["waits"])["waits"]) == [(0, 0, 150), (1, 50, 200), (3, 20, OPEN)]


def test_definitions_may_stand_in_any_order():
    d = parse("c(v) = b(v) and slow(v)  b(v) = a(v) or stopped(v)  a(v) = in_port(v)")
    assert list(d.definitions) == ["a", "b", "c"]
    assert list(evaluate(d, FACTS)["c"]) == [(1, 60, 80)]


def test_nothing_known_gives_nothing_found():
    none = MemoryFacts(0, found={name: Timelines.empty() for name in FACTS.found})
    assert when("slow(v) and in_port(v) lasting at least 5 s", facts=none) == []
    assert when("near(a, b) and slow(a)", "x(a, b)", facts=none) == []
    assert when("at least 2 vessels w: near(v, w)", facts=none) == []
    assert when("at least 2 vessels v: slow(v)", "x()", facts=none) == []


def test_what_is_told_of_a_definition_is_kept():
    text = """x(v) = slow(v)
    title "Slow"
    source "a book"
    urgency warning
    innocent "waits", "fishes"
    because "slow for {hours} h"
y(v) = slow(v)"""
    d = parse(text).definitions["x"]
    told = (d.title, d.source, d.urgency, d.innocent, d.because)
    assert told == ("Slow", "a book", "warning", ("waits", "fishes"), "slow for {hours} h")
    assert d.text.startswith("x(v) = slow(v)\n    title")
    assert d.at == (1, 1)


@pytest.mark.parametrize("name", names())
def test_the_files_that_come_with_mihari_read_and_name_their_sources(name):
    d = definitions(name)
    assert d.definitions
    assert all(p.source for p in d.parameters.values())


def test_what_follows_a_start_or_an_end_shares_its_second():
    text = """
        after(v) starts when slow(v) starts ends when slow(v) ends
        behind(v) starts when slow(v) ends where in(v, port) ends when in(v, port) ends
    """
    facts = MemoryFacts(2, found={"slow": rows((0, 10, 20), (1, 0, 66)), "in(port)": rows((1, 60, 80))})
    found = evaluate(parse(text), facts)
    assert list(found["after"]) == [(0, 10, 20), (1, 0, 66)]
    assert list(found["behind"]) == [(1, 66, 80)]
