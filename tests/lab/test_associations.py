"""Exact marginals beside brute force, belief propagation beside both; the nearest neighbour is the best joint event."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.lab import BeliefPropagation, ExactJoint, NearestNeighbour

TRACKS, PLOTS = 4, 4


def events(pairs, odds, tracks):
    """Every joint event, as rows of the pairs, with its weight."""
    options = [[None, *np.flatnonzero(pairs[:, 0] == i).tolist()] for i in range(tracks)]
    for choice in product(*options):
        chosen = [e for e in choice if e is not None]
        plots = pairs[chosen, 1].tolist()
        if len(set(plots)) == len(plots):
            yield chosen, float(np.prod(odds[chosen])) if chosen else 1.0


def brute_force(pairs, odds, tracks):
    probability, total = np.zeros(len(pairs)), 0.0
    for chosen, weight in events(pairs, odds, tracks):
        total += weight
        probability[chosen] += weight
    return probability / total


@st.composite
def graphs(draw):
    edges = [(i, j) for i in range(TRACKS) for j in range(PLOTS)]
    chosen = sorted(draw(st.lists(st.sampled_from(edges), unique=True, min_size=1, max_size=10)))
    odds = draw(st.lists(st.floats(0.01, 100.0), min_size=len(chosen), max_size=len(chosen)))
    return np.array(chosen), np.array(odds)


@given(graphs())
def test_exact_marginals_are_those_of_all_joint_events(graph):
    pairs, odds = graph
    found = ExactJoint().probabilities(pairs, odds, TRACKS, PLOTS)
    assert np.allclose(found, brute_force(pairs, odds, TRACKS), atol=1e-9)


def tree(rng, tracks=6, plots=7):
    """Pairs of a random tree over tracks and plots."""
    nodes = [("track", 0)]
    left = [("track", i) for i in range(1, tracks)] + [("plot", j) for j in range(plots)]
    rng.shuffle(left)
    pairs = []
    while left:
        kind, number = left.pop()
        others = [other for other in nodes if other[0] != kind]
        if not others:
            left.insert(0, (kind, number))
            continue
        other = others[rng.integers(len(others))]
        pairs.append((int(number), int(other[1])) if kind == "track" else (int(other[1]), int(number)))
        nodes.append((kind, number))
    return np.array(sorted(pairs))


@pytest.mark.parametrize("seed", range(10))
def test_belief_propagation_is_exact_on_a_tree(seed):
    rng = np.random.default_rng(seed)
    pairs = tree(rng)
    odds = np.exp(rng.normal(0.0, 2.0, len(pairs)))
    exact, passed = (part.probabilities(pairs, odds, 6, 7) for part in (ExactJoint(), BeliefPropagation()))
    assert np.allclose(exact, passed, atol=1e-6)


def test_belief_propagation_is_near_on_a_loop():
    pairs, odds = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([5.0, 1.0, 2.0, 4.0])
    exact, passed = (part.probabilities(pairs, odds, 2, 2) for part in (ExactJoint(), BeliefPropagation()))
    assert not np.allclose(exact, passed, atol=1e-6)
    assert np.allclose(exact, passed, atol=0.1)


@given(graphs())
def test_the_nearest_neighbour_is_the_most_probable_joint_event(graph):
    pairs, odds = graph
    chosen = np.flatnonzero(NearestNeighbour().probabilities(pairs, odds, TRACKS, PLOTS)).tolist()
    best = max(weight for _, weight in events(pairs, odds, TRACKS))
    assert np.isclose(np.prod(odds[chosen]), best)


@pytest.mark.parametrize("part", [NearestNeighbour(), ExactJoint(), BeliefPropagation()])
def test_no_track_and_no_plot_is_used_more_than_once(part):
    rng = np.random.default_rng(3)
    pairs = np.argwhere(rng.random((30, 30)) < 0.1)
    probability = part.probabilities(pairs, np.exp(rng.normal(1, 2, len(pairs))), 30, 30)
    assert np.bincount(pairs[:, 0], probability).max() <= 1 + 1e-6
    assert np.bincount(pairs[:, 1], probability).max() <= 1 + 1e-6


def test_a_crowd_is_left_to_belief_propagation():
    pairs = np.argwhere(np.ones((12, 12)))
    few, passed = (part.probabilities(pairs, np.ones(144), 12, 12) for part in (ExactJoint(100), BeliefPropagation()))
    assert np.allclose(few, passed)


@pytest.mark.parametrize("part", [NearestNeighbour(), ExactJoint(), BeliefPropagation()])
def test_without_pairs_there_is_nothing(part):
    assert len(part.probabilities(np.empty((0, 2), np.int64), np.empty(0), 3, 0)) == 0
