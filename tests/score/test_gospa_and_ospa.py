"""GOSPA and OSPA against Stone Soup and against brute force, and what a metric must keep to."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.score.assignment import assigned
from mihari.score.gospa import gospa_of_points
from mihari.score.ospa import ospa
from stone_soup import scene, states

CUTOFF = 10.0


@pytest.mark.parametrize("order", [1.0, 1.5, 2.0, 3.0])
def test_gospa_and_its_parts_equal_stone_soup(order):
    from stonesoup.metricgenerator.ospametric import GOSPAMetric

    rng = np.random.default_rng(int(10 * order))
    oracle, each = GOSPAMetric(p=order, c=CUTOFF), CUTOFF**order / 2
    for _ in range(100):
        truth, estimate = scene(rng)
        if len(truth) + len(estimate) == 0:
            continue  # Stone Soup has no time to tell it for
        found = gospa_of_points(truth, estimate, CUTOFF, order)
        value = oracle.compute_gospa_metric(states(estimate), states(truth))[0].value
        assert found.value == pytest.approx(value["distance"], abs=1e-9)
        assert found.localisation == pytest.approx(value["localisation"], abs=1e-9)
        assert each * found.missed == pytest.approx(value["missed"], abs=1e-9)
        assert each * found.false == pytest.approx(value["false"], abs=1e-9)


def test_ospa_equals_stone_soup():
    from stonesoup.metricgenerator.ospametric import OSPAMetric

    rng = np.random.default_rng(4)
    for _ in range(200):
        truth, estimate = scene(rng)
        if len(truth) + len(estimate) == 0:
            continue
        told = OSPAMetric(p=1, c=CUTOFF).compute_OSPA_distance(states(estimate), states(truth)).value
        assert ospa(truth, estimate, CUTOFF, 1.0) == pytest.approx(told, abs=1e-9)
        # of a higher order Stone Soup assigns by distance, not by its power: never better than the definition
        told = OSPAMetric(p=2, c=CUTOFF).compute_OSPA_distance(states(estimate), states(truth)).value
        assert ospa(truth, estimate, CUTOFF, 2.0) <= told + 1e-9


def by_definition(truth, estimate, cutoff, order, alpha):
    """The minimum over all injections of the smaller set into the larger (GOSPA, definition 1)."""
    if len(truth) > len(estimate):
        truth, estimate = estimate, truth
    n, m = len(truth), len(estimate)
    cut = np.minimum(np.linalg.norm(truth[:, None] - estimate[None], axis=2), cutoff) ** order
    best = min(sum(cut[i, j] for i, j in enumerate(chosen)) for chosen in itertools.permutations(range(m), n))
    return (best + cutoff**order / alpha * (m - n)) ** (1 / order)


@pytest.mark.parametrize(("order", "alpha"), [(1.0, 2.0), (2.0, 2.0), (2.0, 1.0), (1.0, 0.5), (3.0, 1.7)])
def test_gospa_of_any_alpha_is_the_minimum_over_all_assignments(order, alpha):
    rng = np.random.default_rng(5)
    for _ in range(60):
        truth, estimate = scene(rng, rng.integers(0, 6), rng.integers(0, 6), 25.0)
        told = by_definition(truth, estimate, CUTOFF, order, alpha)
        assert gospa_of_points(truth, estimate, CUTOFF, order, alpha).value == pytest.approx(told, abs=1e-9)


def test_ospa_of_order_2_is_the_minimum_over_all_assignments():
    rng = np.random.default_rng(6)
    for _ in range(60):
        truth, estimate = scene(rng, rng.integers(1, 6), rng.integers(1, 6), 25.0)
        most = max(len(truth), len(estimate))
        told = by_definition(truth, estimate, CUTOFF, 2.0, 1.0) / most**0.5  # the same minimum, as a mean
        assert ospa(truth, estimate, CUTOFF, 2.0) == pytest.approx(told, abs=1e-9)


sets = st.lists(st.tuples(st.floats(0, 40), st.floats(0, 40)), max_size=5).map(lambda p: np.array(p).reshape(-1, 2))


@given(x=sets, y=sets, z=sets, order=st.sampled_from([1.0, 2.0, 3.0]), alpha=st.sampled_from([0.5, 1.0, 2.0]))
@settings(max_examples=100, deadline=None)
def test_gospa_and_ospa_are_metrics(x, y, z, order, alpha):
    for metric in (
        lambda a, b: gospa_of_points(a, b, CUTOFF, order, alpha).value,
        lambda a, b: ospa(a, b, CUTOFF, order),
    ):
        assert metric(x, x) == 0.0
        assert metric(x, y) == pytest.approx(metric(y, x), abs=1e-9)
        assert metric(x, z) <= metric(x, y) + metric(y, z) + 1e-6


@pytest.mark.parametrize("whole", [False, True])
def test_the_assignment_costs_the_least_in_crowds_with_equal_costs(whole):
    from scipy.optimize import linear_sum_assignment

    rng = np.random.default_rng(7)
    for trial in range(300):
        n, m = rng.integers(0, 30, 2) if trial % 10 == 0 else rng.integers(0, 8, 2)
        row, column = np.nonzero(rng.random((n, m)) < rng.random())
        cost = rng.integers(0, 12, len(row)) / 10 if whole else rng.uniform(0, 1.2, len(row))
        shuffled = rng.permutation(len(row))
        chosen = assigned(row[shuffled], column[shuffled], cost[shuffled], n, m, 1.0)
        assert len(set(row[shuffled][chosen])) == len(set(column[shuffled][chosen])) == len(chosen)
        full = np.ones((n, n + m))  # a column of its own for each row that stays alone
        full[row, column] = np.minimum(cost, 1.0)
        told = full[linear_sum_assignment(full)].sum()
        assert cost[shuffled][chosen].sum() + n - len(chosen) == pytest.approx(told, abs=1e-9)


def test_orders_and_cutoffs_that_make_no_metric_are_refused():
    for wrong in ({"cutoff": 0.0}, {"order": 0.5}, {"alpha": 2.5}, {"alpha": 0.0}):
        with pytest.raises(ValueError, match="expected above 0"):
            gospa_of_points(np.zeros((1, 2)), np.zeros((1, 2)), **wrong)
