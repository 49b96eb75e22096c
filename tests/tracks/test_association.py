"""Belief propagation against brute force over all joint associations."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.tracks.association import clusters, marginals


def sparse(odds):
    """(begin, plot, weight) of a dense matrix of odds; zero is no pair."""
    begin, plot, weight = [0], [], []
    for row in odds:
        for j, w in enumerate(row):
            if w > 0:
                plot.append(j)
                weight.append(w)
        begin.append(len(plot))
    return np.array(begin), np.array(plot, np.int64), np.array(weight, float)


def by_enumeration(odds):
    """(probability (n, m), none (n,)) by summing over every way to give each track at most one plot."""
    n, m = odds.shape
    pairs, total = np.zeros((n, m)), 0.0
    for chosen in itertools.product(range(-1, m), repeat=n):
        used = [j for j in chosen if j >= 0]
        if len(set(used)) == len(used):
            w = np.prod([odds[i, j] for i, j in enumerate(chosen) if j >= 0])
            total += w
            for i, j in enumerate(chosen):
                if j >= 0:
                    pairs[i, j] += w
    return pairs / total, 1 - pairs.sum(axis=1) / total


def by_propagation(odds):
    begin, plot, weight = sparse(odds)
    probability, none, free = marginals(begin, plot, weight, odds.shape[1], 500, 1e-12)
    dense = np.zeros(odds.shape)
    for i in range(len(odds)):
        dense[i, plot[begin[i] : begin[i + 1]]] = probability[begin[i] : begin[i + 1]]
    return dense, none, free


@given(w=st.lists(st.floats(0.01, 100), min_size=5, max_size=5))
@settings(max_examples=60, deadline=None)
def test_on_a_tree_the_marginals_are_exact(w):
    odds = np.array([[w[0], w[1], 0], [0, w[2], w[3]], [0, 0, w[4]]])
    exact, none = by_enumeration(odds)
    found, found_none, free = by_propagation(odds)
    assert found == pytest.approx(exact, abs=1e-8)
    assert found_none == pytest.approx(none, abs=1e-8)
    assert free == pytest.approx(1 - exact.sum(axis=0), abs=1e-8)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_with_loops_the_marginals_stay_close_and_are_probabilities(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5, 2)
    odds = np.exp(rng.uniform(-3, 3, (n, m))) * (rng.random((n, m)) < 0.8)
    exact, _ = by_enumeration(odds)
    found, none, _ = by_propagation(odds)
    assert (
        np.abs(found - exact).max() < 0.25
    )  # Williams and Lau 2014: errors of this size in the worst, all-alike, case
    assert np.abs(found - exact).mean() < 0.06
    assert found.sum(axis=1) + none == pytest.approx(np.ones(n))
    assert (found.sum(axis=0) <= 1 + 1e-6).all()


def test_tracks_without_a_plot_in_common_are_clusters_of_their_own():
    begin, plot, _ = sparse(np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 1]]))
    order, start = clusters(begin, plot, 3)
    groups = [order[a:b].tolist() for a, b in itertools.pairwise(start)]
    assert groups == [[0], [1, 3], [2]]


def test_a_cluster_does_not_feel_another():
    one = np.array([[3.0, 1.0], [2.0, 5.0]])
    two = np.zeros((4, 4))
    two[:2, :2] = two[2:, 2:] = one
    two[2:, 2:] *= 7
    assert np.array_equal(by_propagation(two)[0][:2, :2], by_propagation(one)[0])
