"""Fluents, deadlines and instants against a walk second by second."""

from __future__ import annotations

import behaviour_seconds as twin
from behaviour_seconds import over
from hypothesis import strategies as st

from mihari.behaviours import algebra
from mihari.behaviours.algebra import OPEN, Instants, Timelines

instants, timelines, KEYS, HORIZON = twin.instants, twin.timelines, twin.KEYS, twin.HORIZON


def told(some):
    return set(zip(some.key.tolist(), some.time.tolist(), strict=True))


def at(*times):
    return Instants.made([0] * len(times), list(times))


@over(instants(), instants())
def test_a_fluent_holds_as_inertia_demands(begins, stops):
    begun, over, held = told(begins), told(stops), set()
    for k in range(KEYS):
        holds = False
        for t in range(HORIZON):
            if holds:
                held.add((k, t))
            if (k, t) in over:
                holds = False
            elif (k, t) in begun:
                holds = True
    assert list(algebra.fluent(begins, stops)) == twin.maximal(held)


@over(instants(), instants(), st.integers(1, 10))
def test_a_deadline_comes_after_the_last_start(begins, stops, n):
    begun, over = told(begins), told(stops)
    expected = {
        (k, t + n)
        for k, t in begun
        if not any((k, u) in begun for u in range(t + 1, t + n + 1))
        and not any((k, u) in over for u in range(t + 1, t + n))
    }
    assert told(algebra.deadlines(begins, stops, n)) == expected
    assert told(algebra.deadlines(begins, stops, n, now=15)) == {(k, t) for k, t in expected if t <= 15}


@over(timelines(), instants())
def test_holds_at_asks_whether_the_second_is_held(a, points):
    held = twin.seconds(a)
    asked = list(zip(points.key.tolist(), points.time.tolist(), strict=True))
    assert algebra.holds_at(a, points).tolist() == [point in held for point in asked]


@over(instants(), instants(), instants())
def test_either_has_all_instants_once_in_order(a, b, c):
    found = algebra.either(a, b, c)
    assert list(zip(found.key.tolist(), found.time.tolist(), strict=True)) == sorted(told(a) | told(b) | told(c))


def test_started_at_t_it_holds_from_the_next_second_and_ended_at_t_through_it():
    assert list(algebra.fluent(at(5), at(10))) == [(0, 6, 11)]


def test_what_starts_and_ends_at_one_instant_does_not_start():
    assert list(algebra.fluent(at(5), at(5))) == []
    assert list(algebra.fluent(at(5, 10), at(10))) == [(0, 6, 11)]


def test_a_start_while_it_holds_changes_nothing():
    assert list(algebra.fluent(at(5, 7, 9), at(20))) == [(0, 6, 21)]


def test_without_an_end_it_goes_on():
    assert list(algebra.fluent(at(5), at())) == [(0, 6, OPEN)]


def test_a_start_at_the_deadline_itself_puts_it_off():
    assert told(algebra.deadlines(at(0, 1800), at(), 1800)) == {(0, 3600)}
    assert told(algebra.deadlines(at(0, 1801), at(), 1800)) == {(0, 1800), (0, 3601)}


def test_an_end_at_the_deadline_itself_does_not_prevent_it():
    assert told(algebra.deadlines(at(0), at(1800), 1800)) == {(0, 1800)}
    assert told(algebra.deadlines(at(0), at(1799), 1800)) == set()


def test_starts_and_ends_are_the_first_second_and_the_first_after():
    a = Timelines.made([0, 0], [5, 30], [10, OPEN])
    assert algebra.starts(a).time.tolist() == [5, 30]
    assert algebra.ends(a).time.tolist() == [10]
