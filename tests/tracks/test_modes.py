"""Three modes of motion against the formulas written out with NumPy, and on vessels that hold on, turn and start."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.tracks import TrackerSettings
from mihari.tracks.bank import constants_of
from mihari.tracks.modes import (
    AGILE,
    MODES,
    ROOM,
    STATES,
    STEADY,
    TURNING,
    advanced,
    begun,
    copied,
    merged,
    mixed,
    mixture_of,
    switch,
    turn,
)
from mihari.tracks.motion import correct

S = constants_of(TrackerSettings(), 2.5)[0]


def some(seed):
    """Weights, states and covariances of one track."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(MODES, STATES, STATES)) * np.array([20, 20, 2, 2, 0.01])[:, None]
    mu = rng.dirichlet(np.ones(MODES))
    return mu, rng.normal(size=(MODES, STATES)) * [100, 100, 5, 5, 0.01], root @ root.transpose(0, 2, 1)


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
    mean, spread = moments(mu, y[:, :4], Y[:, :4, :4])
    np.testing.assert_allclose(x, mean, rtol=1e-12)
    np.testing.assert_allclose(P, spread, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dt", [0.1, 2.5, 60.0])
def test_modes_mix_as_a_markov_chain_would_have_it(dt):
    mu, y, Y = some(7)
    before = mu.copy(), y.copy(), Y.copy()
    mixed(mu, y, Y, dt, S, np.zeros(1, ROOM)[0])
    stays = np.exp(-dt / np.array([S["holds"], S["manoeuvres"], S["manoeuvres"]]))
    chain = np.array([[switch(i, j, stays[i]) for j in range(MODES)] for i in range(MODES)])
    np.testing.assert_allclose(chain.sum(axis=1), 1.0)
    np.testing.assert_allclose(mu, before[0] @ chain)
    weights = before[0] * chain[:, TURNING] / mu[TURNING]
    mean, spread = moments(weights, *before[1:])
    np.testing.assert_allclose(y[TURNING], mean, rtol=1e-10)
    np.testing.assert_allclose(Y[TURNING], spread, rtol=1e-8, atol=1e-9)
    assert y[STEADY, 4] == y[AGILE, 4] == 0.0
    assert Y[STEADY, 4, 4] == pytest.approx(S["turn_sd"] ** 2)


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
    x, P = state.copy(), spread.copy()
    turn(x, P, dt, 0.0, 0.0)
    np.testing.assert_allclose(x, sailed(state), atol=1e-6)
    np.testing.assert_allclose(P, derivative @ spread @ derivative.T, rtol=1e-5, atol=1e-5)


def test_two_sets_of_modes_become_one_by_their_chances():
    (mu, y, Y), theirs, p = some(1), some(2), 0.3
    other = np.zeros(1, ROOM)[0]
    copied(other, *theirs)
    before = mu.copy(), y.copy(), Y.copy()
    mixture_of(mu, y, Y, p, other)
    np.testing.assert_allclose(mu, (1 - p) * before[0] + p * theirs[0])
    for j in range(MODES):
        weights = np.array([(1 - p) * before[0][j], p * theirs[0][j]]) / mu[j]
        mean, spread = moments(weights, np.array([before[1][j], theirs[1][j]]), np.array([before[2][j], theirs[2][j]]))
        np.testing.assert_allclose(y[j], mean)
        np.testing.assert_allclose(Y[j], spread, rtol=1e-8, atol=1e-8)


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
            seen = Y[j, :2, :2] + sd**2 * np.eye(2)
            mu[j] *= math.exp(-0.5 * np.array([dx, dy]) @ np.linalg.solve(seen, [dx, dy])) / np.sqrt(
                np.linalg.det(seen)
            )
            correct(y[j], Y[j], 0, dx, dy, sd**2, 0.0, sd**2)
        mu /= mu.sum()
    return mu, y, Y


def test_the_likeliest_mode_is_the_one_that_the_vessel_is_in():
    rng, t = np.random.default_rng(5), 2.5 * np.arange(60)
    noise = rng.normal(0, 5.0, (60, 2))
    straight = np.column_stack([6.0 * t, 2.0 * t])
    circle = 300.0 * np.column_stack([np.sin(0.03 * t), 1 - np.cos(0.03 * t)])
    mu, _, _ = followed(straight + noise, 2.5, 5.0)
    assert int(np.argmax(mu)) == STEADY
    mu, y, Y = followed(circle + noise, 2.5, 5.0)
    assert int(np.argmax(mu)) == TURNING
    assert abs(y[TURNING, 4] - 0.03) < 3 * math.sqrt(Y[TURNING, 4, 4])
    assert y[TURNING, 4] == pytest.approx(0.03, abs=0.006)
