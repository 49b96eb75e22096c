"""Four modes of motion against the formulas written out with NumPy, and on vessels that hold on, turn and rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.core.geodesy_kernels import frame_of
from mihari.tracks import TrackerSettings
from mihari.tracks.bank import constants_of
from mihari.tracks.modes import (
    AGILE,
    MODES,
    RESTING,
    ROOM,
    STEADY,
    TURNING,
    advanced,
    begun,
    copied,
    merged,
    mixed,
    mixture_of,
    rates,
)
from mihari.tracks.motion import STATES, TRIANGLE, correct, fit_of, moved_to, predict, row_moved_to, spread_of, turn

S = constants_of(TrackerSettings(), 2.5)[0]


LOWER = np.tril_indices(STATES)


def packed(full):
    """(n, 5, 5) to (n, 15)."""
    return np.ascontiguousarray(full[:, LOWER[0], LOWER[1]])


def whole(triangles):
    """(n, 15) to (n, 5, 5)."""
    full = np.zeros((len(triangles), STATES, STATES))
    full[:, LOWER[0], LOWER[1]] = triangles
    full[:, LOWER[1], LOWER[0]] = triangles
    return full


def some(seed):
    """Weights, states and covariances of one track."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(MODES, STATES, STATES)) * np.array([20, 20, 2, 2, 0.01])[:, None]
    mu = rng.dirichlet(np.ones(MODES))
    return mu, rng.normal(size=(MODES, STATES)) * [100, 100, 5, 5, 0.01], packed(root @ root.transpose(0, 2, 1))


def moments(weights, y, Y):
    """Mean and covariance of a mixture."""
    mean = weights @ y
    apart = y - mean
    return mean, np.einsum("j,jab->ab", weights, Y + apart[:, :, None] * apart[:, None, :])


@pytest.mark.parametrize("seed", range(5))
def test_one_gaussian_has_the_moments_of_all(seed):
    mu, y, Y = some(seed)
    x, P = np.zeros(4), np.zeros((4, 4))
    merged(mu, y, Y, x, P)
    mean, spread = moments(mu, y[:, :4], whole(Y)[:, :4, :4])
    np.testing.assert_allclose(x, mean, rtol=1e-12)
    np.testing.assert_allclose(P, spread, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dt", [0.1, 2.5, 60.0])
@pytest.mark.parametrize("speed", [0.1, 6.0])
def test_modes_mix_as_a_markov_chain_would_have_it(dt, speed):
    mu, y, Y = some(7)
    y[STEADY, 2:4] = speed, 0.0
    before = mu.copy(), y.copy(), whole(Y)
    mixed(mu, y, Y, dt, S, np.zeros(1, ROOM)[0])
    moves, stops, ends, leaves = rates(dt, speed**2, S)
    chain = np.zeros((MODES, MODES))
    chain[STEADY] = 1 - 2 * moves - stops, moves, moves, stops
    chain[AGILE, [STEADY, AGILE]] = chain[TURNING, [STEADY, TURNING]] = ends, 1 - ends
    chain[RESTING, [STEADY, RESTING]] = leaves, 1 - leaves
    np.testing.assert_allclose(chain.sum(axis=1), 1.0)
    np.testing.assert_allclose(mu, before[0] @ chain)
    for j, known in ((STEADY, 4), (AGILE, 4), (TURNING, 5)):
        states, spreads = before[1].copy(), before[2].copy()
        if j == TURNING:  # what comes from a straight way knows nothing of a rate
            states[STEADY, 4] = spreads[STEADY, 4] = spreads[STEADY, :, 4] = 0.0
            spreads[STEADY, 4, 4] = S["turn_sd"] ** 2
        mean, spread = moments(before[0] * chain[:, j] / mu[j], states, spreads)
        np.testing.assert_allclose(y[j, :known], mean[:known], rtol=1e-9)
        np.testing.assert_allclose(whole(Y)[j, :known, :known], spread[:known, :known], rtol=1e-7, atol=1e-9)
    states, spreads = before[1].copy(), before[2].copy()  # what stops is where it was, its velocity begins anew
    states[STEADY, 2:4] = spreads[STEADY, 2:4] = spreads[STEADY, :, 2:4] = 0.0
    spreads[STEADY, 2, 2] = spreads[STEADY, 3, 3] = S["rest_sd"] ** 2
    mean, spread = moments(before[0] * chain[:, RESTING] / mu[RESTING], states, spreads)
    np.testing.assert_allclose(y[RESTING, :4], mean[:4], rtol=1e-9)
    np.testing.assert_allclose(whole(Y)[RESTING, :4, :4], spread[:4, :4], rtol=1e-7, atol=1e-9)


def test_who_sails_does_not_stop_at_once():
    assert rates(2.5, 6.0**2, S)[1] < 1e-6 * rates(2.5, 0.0, S)[1]


def test_a_straight_way_is_the_linear_filter_of_the_book():
    _, y, Y = some(4)
    dt, q = 2.5, 0.3
    F = np.eye(4) + dt * np.eye(4, k=2)
    Q = q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(2))
    state, spread = F @ y[1, :4], F @ whole(Y)[1, :4, :4] @ F.T + Q
    predict(y, Y, 1, dt, q)
    np.testing.assert_allclose(y[1, :4], state)
    np.testing.assert_allclose(whole(Y)[1, :4, :4], spread)


@pytest.mark.parametrize("first", [0, 2])
def test_a_correction_is_that_of_kalman(first):
    _, y, Y = some(6)
    H = np.eye(5)[first : first + 2]
    P, R, off = whole(Y)[2], np.array([[9.0, 2.0], [2.0, 4.0]]), np.array([3.0, -1.0])
    seen = H @ P @ H.T + R
    gain = P @ H.T @ np.linalg.inv(seen)
    state = y[2] + gain @ off
    q, density = fit_of(*spread_of(Y, 2, first, 9.0, 2.0, 4.0), *off)
    assert q == pytest.approx(off @ np.linalg.solve(seen, off))
    assert density == pytest.approx(math.exp(-0.5 * q) / (2 * math.pi * math.sqrt(np.linalg.det(seen))))
    correct(y, Y, 2, first, *off, 9.0, 2.0, 4.0)
    np.testing.assert_allclose(y[2], state)
    np.testing.assert_allclose(whole(Y)[2], P - gain @ H @ P, rtol=1e-7, atol=1e-8)


def test_a_row_is_turned_into_another_plane_as_a_state_is():
    old, new = (np.array(frame_of(math.radians(60.0), math.radians(lon))) for lon in (5.0, 5.3))
    _, y, Y = some(9)
    x, P = y[1, :4].copy(), whole(Y)[1, :4, :4]
    moved_to(old, new, x, P)
    row_moved_to(old, new, y, Y, 1)
    np.testing.assert_allclose(y[1, :4], x)
    np.testing.assert_allclose(whole(Y)[1, :4, :4], P, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("rate", [0.0, 1e-6, 0.01, -0.05])
def test_a_turn_is_a_circle_and_its_covariance_the_derivative(rate):
    rng, dt = np.random.default_rng(3), 7.0
    state = np.array([100.0, -50.0, 6.0, 2.0, rate])
    root = rng.normal(size=(5, 5)) * np.array([20, 20, 1, 1, 0.01])[:, None]
    spread = root @ root.T

    def sailed(x, steps=20_000):
        """By small steps."""
        place, course, speed = x[:2].copy(), math.atan2(x[3], x[2]), math.hypot(x[2], x[3])
        h = dt / steps
        angles = course + x[4] * h * (np.arange(steps) + 0.5)
        place += h * speed * np.array([np.cos(angles).sum(), np.sin(angles).sum()])
        end = course + x[4] * dt
        return np.array([*place, speed * math.cos(end), speed * math.sin(end), x[4]])

    small = np.array([1e-3, 1e-3, 1e-4, 1e-4, 1e-6])
    slopes = [(sailed(state + d) - sailed(state - d)) / (2 * h) for d, h in zip(np.diag(small), small, strict=True)]
    derivative = np.array(slopes).T
    y, Y = state[None].copy(), packed(spread[None])
    turn(y, Y, 0, dt, 0.0, 0.0)
    np.testing.assert_allclose(y[0], sailed(state), atol=1e-6)
    np.testing.assert_allclose(whole(Y)[0], derivative @ spread @ derivative.T, rtol=1e-5, atol=1e-5)


def test_two_sets_of_modes_become_one_by_their_chances():
    (mu, y, Y), theirs, p = some(1), some(2), 0.3
    other = np.zeros(1, ROOM)[0]
    copied(other, *theirs)
    before = mu.copy(), y.copy(), Y.copy()
    mixture_of(mu, y, Y, p, other)
    np.testing.assert_allclose(mu, (1 - p) * before[0] + p * theirs[0])
    for j in range(MODES):
        weights = np.array([(1 - p) * before[0][j], p * theirs[0][j]]) / mu[j]
        both = np.array([whole(before[2])[j], whole(theirs[2])[j]])
        mean, spread = moments(weights, np.array([before[1][j], theirs[1][j]]), both)
        np.testing.assert_allclose(y[j], mean)
        np.testing.assert_allclose(whole(Y)[j], spread, rtol=1e-8, atol=1e-8)


def followed(places, dt, sd):
    """Weights and states of the modes after plots at `places`, (n, 2), every dt s."""
    m, room = np.zeros(1, ROOM)[0], np.zeros(1, ROOM)[0]
    x, P = np.array([*places[0], 0.0, 0.0]), np.diag([sd**2, sd**2, 25.0, 25.0])
    mu, y, Y = m["mu"], m["y"], m["Y"]
    begun(mu, y, Y, x, P, 100.0, S)
    for east, north in places[1:]:
        advanced(mu, y, Y, dt, 0.0, S, room)
        for j in range(MODES):
            dx, dy = east - y[j, 0], north - y[j, 1]
            mu[j] *= fit_of(*spread_of(Y, j, 0, sd**2, 0.0, sd**2), dx, dy)[1]
            correct(y, Y, j, 0, dx, dy, sd**2, 0.0, sd**2)
        mu /= mu.sum()
    return mu, y, Y


@pytest.mark.slow
def test_the_likeliest_mode_is_the_one_that_the_vessel_is_in():
    rng, t = np.random.default_rng(5), 2.5 * np.arange(60)
    noise = rng.normal(0, 5.0, (60, 2))
    straight = np.column_stack([6.0 * t, 2.0 * t])
    circle = 300.0 * np.column_stack([np.sin(0.03 * t), 1 - np.cos(0.03 * t)])
    mu, _, _ = followed(straight + noise, 2.5, 5.0)
    assert int(np.argmax(mu)) == STEADY
    mu, y, Y = followed(circle + noise, 2.5, 5.0)
    assert int(np.argmax(mu)) == TURNING
    assert abs(y[TURNING, 4] - 0.03) < 3 * math.sqrt(Y[TURNING, TRIANGLE - 1])
    assert y[TURNING, 4] == pytest.approx(0.03, abs=0.006)


def test_a_vessel_at_anchor_is_known_to_rest_and_better_than_one_under_way():
    rng, t = np.random.default_rng(8), 2.5 * np.arange(60)
    noise = rng.normal(0, 15.0, (60, 2))
    sd = []
    for speed in (0.0, 5.0):
        mu, y, Y = followed(np.column_stack([speed * t, 0.0 * t]) + noise, 2.5, 15.0)
        x, P = np.zeros(4), np.zeros((4, 4))
        merged(mu, y, Y, x, P)
        assert (mu[RESTING] > 0.9) == (speed == 0.0)
        sd.append(math.hypot(P[0, 0], P[1, 1]))
    assert sd[0] < 0.7 * sd[1]
