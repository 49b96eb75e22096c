"""OSPA(2) by hand, against its definition by brute force, and what a metric must keep to."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.score.near import close_pairs
from mihari.score.ospa import ospa
from mihari.score.ospa2 import Instant, SlidingOspa2, ospa2

CUTOFF = 10.0


def window(truth, estimate):
    """Instants of two sets of tracks: {id: {time: point}} each."""
    found = []
    for time in sorted({t for path in [*truth.values(), *estimate.values()] for t in path}):
        ids, places = [], []
        for side in (truth, estimate):
            here = [(k, path[time]) for k, path in side.items() if time in path]
            ids.append(np.array([k for k, _ in here], np.int64))
            places.append(np.array([p for _, p in here], float).reshape(-1, 2))
        found.append(Instant(time, ids[0], places[0], ids[1], places[1], close_pairs(*places, CUTOFF)))
    return found


def base(one, other, weights, order):
    """The distance of two tracks over the times at which one of them exists at least."""
    times = sorted(set(one) | set(other))
    apart = [
        min(float(np.linalg.norm(np.subtract(one[t], other[t]))), CUTOFF) if t in one and t in other else CUTOFF
        for t in times
    ]
    share = [weights[t] for t in times]
    return (sum(w * d**order for w, d in zip(share, apart, strict=True)) / sum(share)) ** (1 / order)


def by_definition(truth, estimate, order, base_order, weights):
    few, many = sorted((list(truth.values()), list(estimate.values())), key=len)
    if not many:
        return 0.0
    best = min(
        sum(base(a, b, weights, base_order) ** order for a, b in zip(few, chosen, strict=True))
        for chosen in itertools.permutations(many, len(few))
    )
    return ((best + CUTOFF**order * (len(many) - len(few))) / len(many)) ** (1 / order)


def paths(rng, first, most=4, instants=5):
    """Tracks with holes, near one another."""
    found = {}
    for k in range(first, first + rng.integers(0, most + 1)):
        times = np.flatnonzero(rng.random(instants) < 0.7).tolist() or [0]
        place = rng.uniform(0, 12, 2)
        found[k] = {float(t): tuple(place + rng.normal(0, 3, 2)) for t in times}
    return found


@pytest.mark.parametrize(("order", "base_order"), [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 3.0)])
def test_it_is_the_minimum_over_all_assignments(order, base_order):
    rng = np.random.default_rng(3)
    for _ in range(60):
        truth, estimate = paths(rng, 0), paths(rng, 100)
        instants = window(truth, estimate)
        if not instants:
            continue
        weights = {i.time: rng.uniform(0.2, 2.0) for i in instants}
        found = ospa2(instants, CUTOFF, order, base_order, np.array([weights[i.time] for i in instants]))
        assert found == pytest.approx(by_definition(truth, estimate, order, base_order, weights), abs=1e-9)


def test_over_one_instant_it_is_ospa():
    rng = np.random.default_rng(4)
    for _ in range(40):
        truth, estimate = paths(rng, 0, instants=1), paths(rng, 100, instants=1)
        for instant in window(truth, estimate):
            for order in (1.0, 2.0):
                plain = ospa(instant.vessel_point, instant.track_point, CUTOFF, order)
                assert ospa2([instant], CUTOFF, order) == pytest.approx(plain, abs=1e-9)


path = st.dictionaries(
    st.sampled_from([0.0, 1.0, 2.0]), st.tuples(st.floats(0, 20), st.floats(0, 20)), min_size=1, max_size=3
)
picture = st.lists(path, max_size=3).map(lambda found: dict(enumerate(found)))


@given(x=picture, y=picture, z=picture, order=st.sampled_from([1.0, 2.0]))
@settings(max_examples=80, deadline=None)
def test_it_is_a_metric(x, y, z, order):
    def apart(a, b):
        instants = window(a, b)
        return ospa2(instants, CUTOFF, order) if instants else 0.0

    assert apart(x, x) == pytest.approx(0.0, abs=1e-9)
    assert apart(x, y) == pytest.approx(apart(y, x), abs=1e-9)
    assert apart(x, z) <= apart(x, y) + apart(y, z) + 1e-6


def test_a_broken_track_costs_although_every_moment_is_perfect():
    whole = {7: {float(t): (0.0, 0.0) for t in range(10)}}
    broken = {1: {float(t): (0.0, 0.0) for t in range(5)}, 2: {float(t): (0.0, 0.0) for t in range(5, 10)}}
    instants = window(whole, broken)
    assert all(ospa(i.vessel_point, i.track_point, CUTOFF) == 0.0 for i in instants)
    # one half of the time nobody, and a track too many: (0.5 · 10 + 10) / 2
    assert ospa2(instants, CUTOFF) == pytest.approx(7.5)


def test_the_window_slides_and_forgets():
    whole = {7: {float(t): (0.0, 0.0) for t in range(10)}}
    broken = {1: {float(t): (0.0, 0.0) for t in range(5)}, 2: {float(t): (0.0, 0.0) for t in range(5, 10)}}
    sliding = SlidingOspa2(3.0, CUTOFF)
    found = [sliding.take(instant) for instant in window(whole, broken)]
    assert found[:5] == [0.0] * 5
    assert found[7:] == [0.0] * 3  # three instants of the second track alone
    assert all(value > 5.0 for value in found[5:7])


def test_weights_that_make_no_mean_are_refused():
    (instant,) = window({1: {0.0: (0.0, 0.0)}}, {2: {0.0: (0.0, 0.0)}})
    with pytest.raises(ValueError, match="weights"):
        ospa2([instant], weights=np.array([0.0]))
