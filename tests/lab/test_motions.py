"""Motions beside derivatives by difference, simulation and each other; the lab knows how wrong it is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.core.tracks import TrackStatus
from mihari.lab import ConstantVelocity, CoordinatedTurn, LabTracker, Modes, Scan, everywhere, polar_covariances
from mihari.lab.motions import turned, white_acceleration
from mihari.lab.parts import Belief
from mihari.lab.recordings import joyride
from mihari.lab.update import updated
from mihari.score.consistency import nees
from recordings import ROOT, recording


@pytest.mark.parametrize("rate", [0.0, 1e-7, 0.03, -0.2])
def test_the_derivative_of_a_turn_is_that_by_difference(rate):
    state, dt, step = np.array([3.0, -2.0, 7.0, 4.0, rate]), 2.5, 1e-6
    _, F = turned(state, dt)
    for a in range(5):
        more = np.zeros(5)
        more[a] = step
        by_difference = (turned(state + more, dt)[0] - turned(state - more, dt)[0]) / (2 * step)
        assert np.allclose(F[:, a], by_difference, atol=1e-5)


@pytest.mark.parametrize("motion", [ConstantVelocity(0.3), CoordinatedTurn(0.3, 1e-9, 1e-9)])
def test_two_short_steps_are_one_long_one(motion):
    one = motion.begin(np.array([[10.0, 20.0]]), np.eye(2)[None] * 64.0)
    one.mean[0, 0, 2:4] = [5.0, -3.0]
    long, short = motion.predict(one, 4.0), motion.predict(motion.predict(one, 1.5), 2.5)
    assert np.allclose(long.mean, short.mean, atol=1e-3)
    assert np.allclose(long.covariance, short.covariance, rtol=1e-3, atol=1e-3)


def test_a_turn_without_a_rate_goes_straight():
    place, R = np.zeros((1, 2)), np.eye(2)[None]
    straight, turning = ConstantVelocity(0.1), CoordinatedTurn(0.1, 0.0, 0.0)
    a, b = (motion.predict(motion.begin(place, R), 3.0) for motion in (straight, turning))
    assert np.allclose(a.covariance, b.covariance[..., :4, :4])


def test_modes_of_one_motion_are_that_motion():
    motion = ConstantVelocity(0.2)
    twice = Modes((motion, motion), (0.3, 0.7), ((0.0, 0.1), (0.2, 0.0)))
    place, R = np.array([[5.0, 6.0]]), np.eye(2)[None] * 9.0
    one, both = motion.predict(motion.begin(place, R), 2.0), twice.predict(twice.begin(place, R), 2.0)
    assert np.allclose(one.merged()[1], both.merged()[1])


def test_mixing_does_not_depend_on_how_often_one_looks():
    modes = Modes((ConstantVelocity(), ConstantVelocity(1.0)), (0.9, 0.1), ((0.0, 0.01), (0.05, 0.0)))
    assert np.allclose(modes.transition(3.0), np.linalg.matrix_power(modes.transition(1.0), 3))


def test_one_certain_plot_is_the_kalman_filter():
    rng = np.random.default_rng(4)
    A = rng.normal(size=(4, 4))
    P, x, z, R = A @ A.T, rng.normal(size=4), np.array([1.0, -2.0]), np.diag([2.0, 3.0])
    after = updated(
        Belief(np.ones((1, 1)), x[None, None], P[None, None]), np.array([[0, 0]]), np.ones(1), z[None], R[None]
    )
    K = P[:, :2] @ np.linalg.inv(P[:2, :2] + R)
    assert np.allclose(after.mean[0, 0], x + K @ (z - x[:2]))
    assert np.allclose(after.covariance[0, 0], P - K @ P[:2])


def test_the_lab_knows_how_wrong_it_is():
    """Forty boats that move as the motion says, a mile apart, without clutter: NEES per dimension is 1."""
    rng, dt, q, sd, boats = np.random.default_rng(5), 2.5, 0.05, 8.0, 40
    x = np.column_stack([2000.0 * np.arange(boats), np.zeros(boats), *rng.normal(0, 4.0, (2, boats))])
    F, noise = np.eye(4), np.linalg.cholesky(white_acceleration(dt, q))
    F[0, 2] = F[1, 3] = dt
    tracker, values = LabTracker(ConstantVelocity(q)), []
    for k in range(40):
        plots = (x[:, :2] + rng.normal(0, sd, (boats, 2)))[rng.random(boats) < 0.9]
        R = np.tile(np.eye(2) * sd**2, (len(plots), 1, 1))
        held = tracker.step(Scan(k * dt, plots, R, everywhere(0.9), 1e-10)).confirmed
        if k > 10:
            mean, covariance = held.belief.merged()
            nearest = np.linalg.norm(mean[:, None, :2] - x[None, :, :2], axis=2).argmin(1)
            values.append(nees(mean - x[nearest], covariance))
        x = x @ F.T + rng.normal(size=(boats, 4)) @ noise.T
    assert 0.85 < np.mean(np.concatenate(values)) < 1.15


def test_two_radars_in_turn_are_better_than_one():
    rng, errors = np.random.default_rng(6), []
    for covariances in ([np.diag([400.0, 4.0])], [np.diag([400.0, 4.0]), np.diag([4.0, 400.0])]):
        tracker, off = LabTracker(ConstantVelocity(0.01)), []
        for k in range(40):
            R, place = covariances[k % len(covariances)], np.array([8.0 * k, 3.0 * k])
            plot = place + rng.multivariate_normal(np.zeros(2), R)
            held = tracker.step(Scan(float(k), plot[None], R[None], everywhere(0.95), 1e-8))
            off.append(np.linalg.norm(held.places[0] - place))
        errors.append(np.mean(off[20:]))
    assert errors[1] < 0.6 * errors[0]


def test_the_boat_of_the_joyride_is_held_as_closely_as_by_the_product():
    """30.0 m; 29.2 m by the product, which does not lose its id either (two here)."""
    recording(joyride.NAME)
    ride, tracker, ids, off = joyride.load(ROOT), LabTracker(), set(), []
    boat = np.column_stack([ride.truth.east, ride.truth.north])
    for look, time in enumerate(ride.looks.time):
        plots, radar = ride.seen(look), (ride.looks.east[look], ride.looks.north[look])
        R = polar_covariances(plots - radar, 8.0, math.radians(1.0), 6.6)
        held = tracker.step(Scan(time, plots, R, everywhere(0.85), 5e-7))
        held = held.take(np.isin(held.status, (TrackStatus.CONFIRMED, TrackStatus.COASTED)))
        away = np.hypot(*(held.places - boat[look]).T)
        ids |= set(held.id[(away < 60.0) & (held.status == TrackStatus.CONFIRMED)].tolist())
        if ids:
            off.append(away[np.isin(held.id, list(ids))].min(initial=np.inf))
    assert len(ids) <= 2
    assert np.sqrt(np.mean(np.square(off))) < 33.0
