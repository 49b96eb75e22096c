"""Every operator against sets of seconds."""

from __future__ import annotations

import random

import behaviour_seconds as twin
import numpy as np
import pytest
from behaviour_seconds import over
from hypothesis import strategies as st

from mihari.behaviours import algebra
from mihari.behaviours.algebra import OPEN, Timelines

HORIZON, KEYS, LATEST = twin.HORIZON, twin.KEYS, twin.LATEST
seconds, maximal, sound, timelines, touching = twin.seconds, twin.maximal, twin.sound, twin.timelines, twin.touching


@over(timelines(), timelines(), timelines())
def test_union_holds_when_any_does(a, b, c):
    found = algebra.union(a, b, c)
    assert list(found) == maximal(seconds(a) | seconds(b) | seconds(c))


@over(touching(), touching())
def test_union_joins_what_touches(a, b):
    assert list(algebra.union(a, b)) == maximal(seconds(a) | seconds(b))


@over(timelines(), timelines(), timelines())
def test_intersection_holds_when_all_do(a, b, c):
    found = algebra.intersection(a, b, c)
    assert list(found) == maximal(seconds(a) & seconds(b) & seconds(c))


@over(touching(), touching())
def test_intersection_keeps_apart_what_touches(a, b):
    found = algebra.intersection(a, b)
    sound(found)
    both = [(k, max(s, s2), min(e, e2)) for k, s, e in a for k2, s2, e2 in b if k == k2]
    assert list(found) == sorted(row for row in both if row[1] < row[2])


@over(touching(), touching())
def test_without_keeps_apart_what_touches_in_the_first(a, b):
    found = algebra.without(a, b)
    sound(found)
    assert seconds(found) == seconds(a) - seconds(b)
    pieces = [row for k, s, e in a for row in maximal({(k, t) for t in range(s, min(e, HORIZON))} - seconds(b))]
    assert list(found) == pieces


@over(timelines(), st.integers(-3, HORIZON), st.integers(-3, HORIZON))
def test_clip_leaves_what_lies_between(a, start, end):
    held = {(k, t) for k, s, e in a for t in range(s, min(e, HORIZON)) if start <= t < end}
    assert seconds(algebra.clip(a, start, end)) == held


@over(timelines(), st.integers(0, 12), st.integers(LATEST, HORIZON))
def test_lasting_compares_each_interval_with_the_duration_to_the_second(a, n, now):
    def lasts(s, e):
        return (now if e == OPEN else e) - s

    rows = list(a)
    assert list(algebra.lasting_at_least(a, n, now)) == [r for r in rows if lasts(*r[1:]) >= n]
    assert list(algebra.lasting_more_than(a, n, now)) == [r for r in rows if lasts(*r[1:]) > n]
    assert list(algebra.lasting_less_than(a, n)) == [r for r in rows if r[2] != OPEN and lasts(*r[1:]) < n]


@over(timelines(), st.integers(0, 6))
def test_joined_fills_breaks_up_to_the_length(a, n):
    held = seconds(a)
    for (k, _, e), (k2, s, _) in zip(list(a)[:-1], list(a)[1:], strict=True):
        if k == k2 and s - e <= n:
            held |= {(k, t) for t in range(e, s)}
    assert list(algebra.joined(a, n)) == maximal(held)


@over(touching(), timelines())
def test_relations_choose_intervals_of_the_first(a, b):
    pairs = {row: [other for other in b if other[0] == row[0]] for row in a}

    def chosen(holds):
        return [row for row, others in pairs.items() if any(holds(row[1], row[2], s, e) for _, s, e in others)]

    assert list(algebra.during(a, b)) == chosen(lambda s, e, s2, e2: s2 <= s and e <= e2)
    assert list(algebra.containing(a, b)) == chosen(lambda s, e, s2, e2: s <= s2 and e2 <= e)
    assert list(algebra.overlapping(a, b)) == chosen(lambda s, e, s2, e2: max(s, s2) < min(e, e2))
    assert list(algebra.meeting(a, b)) == chosen(lambda s, e, s2, e2: e == s2)


@over(timelines(), timelines(), st.integers(0, 12))
def test_then_spans_every_pair_in_order_close_enough(a, b, n):
    held = set()
    for k, s, e in a:
        for k2, s2, e2 in b:
            if k == k2 and 0 <= s2 - e <= n:
                held |= {(k, t) for t in range(s, min(e2, HORIZON))}
    assert list(algebra.then(a, b, n)) == maximal(held)


@over(timelines(), timelines(), st.integers(1, 4), st.lists(st.integers(0, 1), min_size=KEYS, max_size=KEYS))
def test_at_least_counts_keys_of_a_group_second_by_second(a, b, n, groups):
    keys = np.concatenate([a.key, b.key + KEYS])
    both = Timelines(keys, np.concatenate([a.start, b.start]), np.concatenate([a.end, b.end]))
    group = groups + groups[::-1]
    held = seconds(both)
    crowd = {
        (g, t) for g in (0, 1) for t in range(HORIZON) if sum((k, t) in held for k in range(6) if group[k] == g) >= n
    }
    assert list(algebra.at_least(n, both, np.array(group))) == maximal(crowd)
    everywhere = {(0, t) for t in range(HORIZON) if sum((k, t) in held for k in range(6)) >= n}
    assert list(algebra.at_least(n, both)) == maximal(everywhere)


@over(touching())
def test_a_vessel_is_counted_once_where_its_intervals_touch(a):
    assert list(algebra.at_least(1, a, np.arange(KEYS))) == maximal(seconds(a))


@over(timelines(), st.lists(st.integers(0, KEYS + 1), max_size=6))
def test_carried_gives_each_key_the_intervals_of_another(a, source):
    expected = [(i, s, e) for i, k in enumerate(source) for k2, s, e in a if k == k2]
    assert list(algebra.carried(a, np.array(source, np.int64))) == expected


@over(timelines(), touching(), st.lists(st.integers(0, KEYS + 1), min_size=KEYS, max_size=KEYS))
def test_what_is_carried_near_windows_equals_all_of_it_within_them(a, windows, source):
    near, everything = algebra.carried_near(a, np.array(source), windows), algebra.carried(a, np.array(source))
    sound(near)
    assert set(near) <= set(everything)
    assert list(algebra.intersection(windows, near)) == list(algebra.intersection(windows, everything))
    assert list(algebra.without(windows, near)) == list(algebra.without(windows, everything))


@over(timelines(), st.lists(st.integers(0, 2), min_size=KEYS, max_size=KEYS))
def test_gathered_holds_when_any_of_its_keys_does(a, into):
    assert list(algebra.gathered(a, np.array(into))) == maximal({(into[k], t) for k, t in seconds(a)})


@over(timelines(), st.lists(st.booleans(), min_size=KEYS, max_size=KEYS))
def test_only_leaves_the_chosen_keys(a, wanted):
    assert list(algebra.only(a, np.array(wanted))) == [row for row in a if wanted[row[0]]]


@over(st.lists(st.tuples(st.integers(0, 2), st.integers(-5, 20), st.integers(-5, 25)), max_size=20), st.booleans())
def test_rows_in_any_order_make_sound_timelines(rows, join):
    found = Timelines.made(*([row[c] for row in rows] for c in range(3)), join=join)
    sound(found)
    assert seconds(found) == {(k, t) for k, s, e in rows for t in range(s, e)}
    if join:
        assert list(found) == maximal(seconds(found))


def test_many_rows_in_any_order_are_sorted_as_numpy_does():
    rng = np.random.default_rng(5)
    key, start = rng.integers(0, 3000, 20_000), rng.integers(-(10**9), 1 << 40, 20_000)
    found = Timelines.made(key, start, start + 1, join=True)
    order = np.lexsort((start, key))
    assert np.array_equal(found.key, key[order])
    assert np.array_equal(found.start, start[order])


def test_touching_intervals_stay_two_unless_joined():
    two = Timelines.made([0, 0], [0, 10], [10, 20])
    assert list(two) == [(0, 0, 10), (0, 10, 20)]
    assert list(Timelines.made([0, 0], [0, 10], [10, 20], join=True)) == [(0, 0, 20)]


def test_nothing_in_gives_nothing_out_and_what_is_given_stays_as_it_was():
    none = Timelines.empty()
    some = Timelines.made([0, 1], [3, 4], [9, OPEN])
    before = list(some)
    for operator in (algebra.union, algebra.intersection, algebra.without, algebra.during, algebra.overlapping):
        assert list(operator(none, none)) == []
        operator(some, none), operator(none, some)
    assert list(algebra.then(none, some, 5)) == list(algebra.at_least(1, none)) == list(algebra.joined(none, 3)) == []
    assert list(some) == before
    with pytest.raises(ValueError, match="read-only"):
        some.start[0] = 1


@pytest.mark.slow
def test_a_thousand_seeds_of_long_timelines_equal_the_twin():
    random.seed(4)
    for _ in range(1000):
        a, b = ([row for k in range(KEYS) for row in twin.runs_of(random.getrandbits(LATEST), k)] for _ in "ab")
        one, two = (Timelines(*(np.array([r[c] for r in rows], np.int64) for c in range(3))) for rows in (a, b))
        assert list(algebra.without(one, two)) == maximal(seconds(one) - seconds(two))
        assert list(algebra.union(one, two)) == maximal(seconds(one) | seconds(two))
