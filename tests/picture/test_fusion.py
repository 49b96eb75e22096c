"""Covariance intersection: consistent whatever was counted twice, never worse than the best, the same in any order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.core.geodesy_kernels import frame_of
from mihari.picture.union import UnionSettings
from mihari.picture.union.fusion import fused
from mihari.picture.union.states import States

UPPER = np.triu_indices(4)
SCALE = np.array([20.0, 20.0, 0.5, 0.5])  # m, m/s


def square(tens):
    """(n, 10) as (n, 4, 4)."""
    P = np.zeros((len(tens), 4, 4))
    P[:, UPPER[0], UPPER[1]] = P[:, UPPER[1], UPPER[0]] = tens
    return P


def random_covariance(rng):
    root = rng.normal(size=(4, 4)) + 0.3 * np.eye(4)
    return SCALE[:, None] * (root @ root.T + 0.05 * np.eye(4)) * SCALE


def states(x, P, lat_deg=26.0, lon_deg=127.0):
    """Errors x (n, 4) about a place, with covariances P (n, 4, 4)."""
    from mihari.core.geodesy_kernels import frame_at, lift_of

    base = frame_of(np.radians(lat_deg), np.radians(lon_deg))
    frames = [frame_at(*lift_of(base, e, n)) for e, n in x[:, :2]]
    return States(np.array(frames), x[:, 2:].copy(), P[:, UPPER[0], UPPER[1]])


def fuse(x, P, **where):
    """(state error (4,), covariance (4, 4)) of one group."""
    out = fused(states(x, P, **where), np.array([0, len(x)]), np.arange(len(x)), UnionSettings(agree=np.inf))
    base = np.array(frame_of(np.radians(where.get("lat_deg", 26.0)), np.radians(where.get("lon_deg", 127.0))))
    off = out[0, :3] - base[:3]
    return np.array([off @ base[3:6], off @ base[6:9], *out[0, 3:5]]), square(out[:, 5:])[0]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5))
def test_whatever_the_correlation_the_covariance_bounds_the_true_one(seed, n):
    rng = np.random.default_rng(seed)
    P = np.array([random_covariance(rng) for _ in range(n)])
    mix = rng.normal(size=(4 * n, 4 * n))  # any joint distribution with these covariances of its parts
    mix = mix @ mix.T + 1e-3 * np.eye(4 * n)
    if seed % 3 == 0:  # or one error in all
        mix = np.tile(np.eye(4), (n, n)) + 1e-9 * np.eye(4 * n)
    blocks = np.zeros_like(mix)
    for k in range(n):
        here = slice(4 * k, 4 * k + 4)
        blocks[here, here] = np.linalg.cholesky(P[k]) @ np.linalg.inv(np.linalg.cholesky(mix[here, here]))
    joint = blocks @ mix @ blocks.T
    fine = np.eye(4) * np.array([1e-3, 1e-3, 1e-4, 1e-4])
    _, bound = fuse(np.zeros((n, 4)), P)
    gains = [np.column_stack([fuse(np.eye(n)[k][:, None] * d, P)[0] for d in fine]) / np.diag(fine) for k in range(n)]
    true = np.hstack(gains) @ joint @ np.hstack(gains).T  # fusion is linear in the states
    left = (bound - true) / np.outer(SCALE, SCALE)
    assert np.linalg.eigvalsh(left).min() > -1e-3 * np.trace(bound / np.outer(SCALE, SCALE))


def test_drawn_errors_with_a_shared_part_are_bounded_too():
    rng = np.random.default_rng(4)
    shared, alone = random_covariance(rng), [random_covariance(rng) for _ in range(3)]
    P = np.array([shared + a for a in alone])
    common = rng.multivariate_normal(np.zeros(4), shared, 4000)
    x = np.stack([common + rng.multivariate_normal(np.zeros(4), a, 4000) for a in alone], 1)
    start, member = np.arange(0, 12001, 3), np.arange(12000)
    out = fused(states(x.reshape(-1, 4), np.tile(P, (4000, 1, 1))), start, member, UnionSettings(agree=np.inf))
    base = np.array(frame_of(np.radians(26.0), np.radians(127.0)))
    off = out[:, :3] - base[:3]
    error = np.column_stack([off @ base[3:6], off @ base[6:9], out[:, 3:5]])
    bound = square(out[:1, 5:])[0] / np.outer(SCALE, SCALE)
    left = bound - np.cov(error.T) / np.outer(SCALE, SCALE)
    assert np.linalg.eigvalsh(left).min() > -0.04 * np.linalg.eigvalsh(bound).max()  # 4000 draws: 2.2 % of a variance


@pytest.mark.parametrize("copies", [2, 3, 7])
def test_copies_of_one_track_give_its_covariance(copies):
    P = random_covariance(np.random.default_rng(1))
    _, found = fuse(np.zeros((copies, 4)), np.array([P] * copies))
    np.testing.assert_allclose(found, P, rtol=1e-6, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_it_is_never_worse_than_the_best_and_the_order_does_not_matter(seed, n):
    rng = np.random.default_rng(seed)
    P = np.array([random_covariance(rng) for _ in range(n)])
    x = rng.normal(size=(n, 4)) * SCALE
    found, covariance = fuse(x, P)
    assert np.linalg.det(covariance) <= np.linalg.det(P).min() * (1 + 1e-6)
    again, other = fuse(x[::-1].copy(), P[::-1].copy())
    np.testing.assert_allclose(found, again, atol=1e-3)
    np.testing.assert_allclose(covariance, other, rtol=1e-3, atol=1e-3)


def test_the_weights_of_two_are_as_a_search_finds_them():
    rng = np.random.default_rng(11)
    for _ in range(50):
        P = np.array([random_covariance(rng) for _ in range(2)])
        told = np.linalg.inv(P)
        least = min(1 / np.linalg.det(w * told[0] + (1 - w) * told[1]) for w in np.linspace(0, 1, 2001))
        assert np.linalg.det(fuse(np.zeros((2, 4)), P)[1]) <= least * np.exp(UnionSettings().settled)


def test_a_member_that_disagrees_with_the_best_is_left_out():
    P = np.array([np.diag([100.0, 100.0, 0.1, 0.1]), np.diag([400.0, 50.0, 0.1, 0.1])])
    x = np.array([[0.0, 0, 0, 0], [500.0, 0, 0, 0]])
    out = fused(states(x, P), np.array([0, 2]), np.arange(2), UnionSettings())
    np.testing.assert_allclose(square(out[:, 5:])[0], P[0], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("lat_deg", "lon_deg"), [(0.0, 180.0), (89.9995, 40.0), (-70.0, -179.9999)])
def test_the_date_line_and_the_pole_are_ordinary_places(lat_deg, lon_deg):
    x = np.array([[-100.0, 60.0, 5.0, 1.0], [100.0, 60.0, 5.0, 1.0]])
    P = np.array([np.diag([100.0, 100.0, 0.1, 0.1])] * 2)
    base = frame_of(np.radians(lat_deg), np.radians(lon_deg))
    s = states(x, P, lat_deg, lon_deg)
    axes = np.array([base[3:6], base[6:9]])
    for k in range(2):  # one velocity in space
        s.velocity[k] = [x[k, 2:] @ axes @ s.frame[k, 3:6], x[k, 2:] @ axes @ s.frame[k, 6:9]]
    out = fused(s, np.array([0, 2]), np.arange(2), UnionSettings(agree=np.inf))
    off = out[0, :3] - np.array(base[:3])
    np.testing.assert_allclose([off @ axes[0], off @ axes[1]], [0.0, 60.0], atol=0.1)
    assert np.hypot(*out[0, 3:5]) == pytest.approx(np.hypot(5.0, 1.0), rel=1e-4)
