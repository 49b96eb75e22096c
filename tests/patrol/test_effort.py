"""Search effort: the printed cases of the SORAL library are met, and no optimiser finds a better distribution."""

import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from mihari.core.errors import BadInput
from mihari.patrol.effort import SETTLED, beatable_by, found, one_resource, several_resources, sweep_rate
from recordings import recording

# half a unit of the last place that each case is printed to
PRINTED = {0: 1e-12, 1: 5e-7, 2: 5e-6, 3: 1e-13, 4: 5e-5, 5: 5e-7, 6: 1e-12, 7: 5e-6, 8: 5e-6}
MISPRINTED = 2  # its first value is printed 0.92980, ten times the effort there is to spend


def printed(case):
    """weight (n,), rate (n, k), effort (k,), answer (n, k) of a case."""
    with recording("patrol/soral/cases.json").open() as file:
        one = json.load(file)["cases"][case]
    assert one["case"].startswith(f"Case {case}:")
    return np.array(one["p"][0]), np.array(one["w"]), np.array(one["T"][0]), np.array(one["answer"])


@pytest.mark.parametrize("case", PRINTED)
def test_a_printed_case_is_met(case):
    weight, rate, effort, answer = printed(case)
    if case == MISPRINTED:
        assert answer.sum() > 9 * effort.sum()
        answer[0] /= 10
    time = several_resources(weight, rate, effort)
    np.testing.assert_allclose(time, answer, rtol=0, atol=PRINTED[case])
    assert found(weight, rate, time) >= found(weight, rate, answer) - rate.max() * weight.max() * PRINTED[case]
    if len(effort) == 1:
        np.testing.assert_array_equal(one_resource(weight, rate[:, 0], effort[0]), time[:, 0])


def test_the_file_has_no_case_that_is_left_out():
    with recording("patrol/soral/cases.json").open() as file:
        assert len(json.load(file)["cases"]) == len(PRINTED)


def test_effort_that_is_worth_nothing_anywhere_is_not_spent():
    assert several_resources([0.0, 7.0], [[8.0], [0.0]], [0.5]).tolist() == [[0.0], [0.0]]
    assert one_resource([0.0, 0.0], [1.0, 1.0], 1.0).tolist() == [0.0, 0.0]
    assert several_resources([1.0], [[0.0, 2.0]], [3.0, 4.0]).tolist() == [[0.0, 4.0]]
    assert several_resources([0.5, 0.5], [[1.0, 1.0], [1.0, 1.0]], [0.0, 0.0]).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert one_resource([], [], 1.0).tolist() == []


def test_two_areas_with_one_resource_by_hand():
    # 0.6 e^-2t = 0.2 e^-2(1 - t)  ->  t = (ln 3 + 2) / 4
    time = one_resource([0.3, 0.1], [2.0, 2.0], 1.0)
    assert time.tolist() == pytest.approx([(np.log(3) + 2) / 4, 1 - (np.log(3) + 2) / 4])


areas = st.integers(1, 6)
resources = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


def case_of(n, k, seed):
    """Weights, rates with some zeros, efforts, of very different sizes."""
    rng = np.random.default_rng(seed)
    rate = 10 ** rng.uniform(-1.5, 0.5, (n, k)) * (rng.random((n, k)) < 0.85)
    return rng.dirichlet(np.full(n, 0.7)), rate, 10 ** rng.uniform(-1, 1.5, k)


def climbed(weight, rate, effort):
    """What SciPy's SLSQP finds, moved to where the efforts are kept exactly."""
    n, k = rate.shape

    def lost(x):
        return -found(weight, rate, x.reshape(n, k))

    def slope(x):
        return -(rate * (weight * np.exp(-(rate * x.reshape(n, k)).sum(axis=1)))[:, None]).ravel()

    spent = [{"type": "eq", "fun": lambda x, j=j: x.reshape(n, k)[:, j].sum() - effort[j]} for j in range(k)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        result = minimize(lost, np.tile(effort / n, (n, 1)).ravel(), jac=slope, bounds=[(0, None)] * (n * k),
                          constraints=spent, method="SLSQP", options={"maxiter": 300, "ftol": 1e-12})  # fmt: skip
    x = np.maximum(result.x.reshape(n, k), 0)
    return x * (effort / np.maximum(x.sum(axis=0), 1e-300))


@settings(max_examples=60, deadline=None)
@given(areas, resources, seeds)
def test_no_optimiser_finds_more(n, k, seed):
    weight, rate, effort = case_of(n, k, seed)
    time = several_resources(weight, rate, effort)
    assert found(weight, rate, time) >= found(weight, rate, climbed(weight, rate, effort)) - SETTLED


@settings(max_examples=60, deadline=None)
@given(areas, resources, seeds)
def test_no_distribution_drawn_at_random_finds_more(n, k, seed):
    weight, rate, effort = case_of(n, k, seed)
    best = found(weight, rate, several_resources(weight, rate, effort))
    drawn = np.random.default_rng(seed + 1).dirichlet(np.full(n, 0.3), (50, k)).transpose(0, 2, 1) * effort
    assert best >= max(found(weight, rate, one) for one in drawn) - SETTLED


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 40), st.integers(1, 6), seeds, st.sampled_from(["any", "alike", "in proportion", "wild"]))
def test_all_effort_is_spent_and_nothing_better_is_left(n, k, seed, kind):
    weight, rate, effort = case_of(n, k, seed)
    if kind == "alike":
        rate = np.ones((n, k))
    elif kind == "in proportion":
        rate = np.outer(np.linspace(0.5, 2, n), np.linspace(0.1, 5, k))
    elif kind == "wild":
        rate = rate**3
    time = several_resources(weight, rate, effort)
    useful = (weight[:, None] * rate).max(axis=0) > 0
    assert (time >= 0).all()
    np.testing.assert_allclose(time.sum(axis=0), np.where(useful, effort, 0), rtol=1e-9)
    assert beatable_by(weight, rate, time) <= SETTLED


def test_five_hundred_areas_and_eight_resources_settle():
    rng = np.random.default_rng(3)
    weight, rate, effort = rng.dirichlet(np.ones(500)), rng.uniform(0.05, 2, (500, 8)), rng.uniform(50, 500, 8)
    assert beatable_by(weight, rate, several_resources(weight, rate, effort)) <= SETTLED


@settings(max_examples=50, deadline=None)
@given(areas, seeds, st.floats(0.01, 100))
def test_weights_and_the_unit_of_time_do_not_matter(n, seed, scale):
    weight, rate, effort = case_of(n, 2, seed)
    first = several_resources(weight, rate, effort)
    np.testing.assert_allclose(
        found(weight, rate, several_resources(scale * weight, rate, effort)), found(weight, rate, first), atol=SETTLED
    )
    other = several_resources(weight, rate / scale, effort * scale)
    np.testing.assert_allclose(found(weight, rate / scale, other), found(weight, rate, first), atol=2 * SETTLED)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 12), seeds)
def test_areas_searched_by_one_resource_are_worth_the_same_in_the_end(n, seed):
    weight, rate, effort = case_of(n, 1, seed)
    time = one_resource(weight, rate[:, 0], effort[0])
    left = weight * rate[:, 0] * np.exp(-rate[:, 0] * time)
    if (searched := time > 0).any():
        np.testing.assert_allclose(left[searched], left[searched].max(), rtol=1e-6)
        assert left.max() <= left[searched].max() * (1 + 1e-6)


def test_one_resource_is_several_that_are_one():
    weight, rate, effort = case_of(7, 1, 11)
    assert (
        several_resources(weight, rate, effort)[:, 0].tolist() == one_resource(weight, rate[:, 0], effort[0]).tolist()
    )


def test_what_was_handed_in_is_left_alone():
    weight, rate, effort = case_of(5, 3, 2)
    kept = weight.copy(), rate.copy(), effort.copy()
    several_resources(weight, rate, effort)
    assert all((a == b).all() for a, b in zip(kept, (weight, rate, effort), strict=True))


@pytest.mark.parametrize(
    ("weight", "rate", "effort", "words"),
    [
        ([0.5, 0.5], [[1.0]], [1.0], "one weight for each area"),
        ([[0.5]], [[1.0]], [1.0], "one weight for each area"),
        ([0.5], [[1.0, 2.0]], [1.0], "a column for each"),
        ([0.5], [1.0], [1.0], "a column for each"),
        ([-0.5], [[1.0]], [1.0], "weights must"),
        ([0.5], [[np.nan]], [1.0], "rates must"),
        ([0.5], [[1.0]], [np.inf], "efforts must"),
    ],
)
def test_what_makes_no_sense_is_refused(weight, rate, effort, words):
    with pytest.raises(BadInput, match=words):
        several_resources(weight, rate, effort)


def test_one_resource_has_one_rate_for_each_area():
    with pytest.raises(BadInput, match="one rate for each area"):
        one_resource([0.5], [[1.0]], 1.0)


def test_rates_of_sweep_widths():
    assert sweep_rate([1000.0, 2000.0], 50.0, 1e8).tolist() == [5e-4, 1e-3]
