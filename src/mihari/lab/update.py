"""Beliefs and the plots in their gates -> how well each fits, and the beliefs after them.

The same for every motion, since the first four states are place and velocity. Bar-Shalom and Tse, "Tracking in a
cluttered environment with probabilistic data association", Automatica 11, 1975: one Gaussian a mode with mean and
covariance of the mixture over all explanations.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.lab.parts import Belief


def fits(belief: Belief, pairs: Array, places: Array, covariances: Array) -> tuple[Array, Array]:
    """(k, m) squared Mahalanobis distance of each pair in each mode, and density of the plot in it, 1/m².

    One metre off where both know it to 1 m: 1² / (1 + 1); the density is exp(-1/4) / (2 pi · 2).

    >>> one = Belief(np.ones((1, 1)), np.zeros((1, 1, 4)), np.eye(4)[None, None])
    >>> distance2, density = fits(one, np.array([[0, 0]]), np.array([[1.0, 0.0]]), np.eye(2)[None])
    >>> float(distance2[0, 0]), round(float(density[0, 0]), 4)
    (0.5, 0.062)
    """
    innovation, S = innovations(belief, pairs, places, covariances)
    det = S[..., 0, 0] * S[..., 1, 1] - S[..., 0, 1] ** 2
    dx, dy = innovation[..., 0], innovation[..., 1]
    distance2 = (S[..., 1, 1] * dx * dx - 2 * S[..., 0, 1] * dx * dy + S[..., 0, 0] * dy * dy) / det
    return distance2, np.exp(-0.5 * distance2) / (2 * np.pi * np.sqrt(det))


def innovations(belief: Belief, pairs: Array, places: Array, covariances: Array) -> tuple[Array, Array]:
    """(k, m, 2) plot less predicted place, m, and its covariance (k, m, 2, 2), m²."""
    track, plot = pairs.T
    innovation = places[plot][:, None] - belief.mean[track][..., :2]
    return innovation, belief.covariance[track][..., :2, :2] + covariances[plot][:, None]


def updated(belief: Belief, pairs: Array, share: Array, places: Array, covariances: Array) -> Belief:
    """The beliefs after a scan.

    share: (k,) probability that the pair's plot is the track's, if the track is a vessel; what is left to one is that
    it has no plot.

    Two plots 4 m to either side, a quarter each, gain one half: the mean stays, the spread between them is kept.

    >>> one = Belief(np.ones((1, 1)), np.zeros((1, 1, 4)), np.eye(4)[None, None])
    >>> both, plots = np.array([[0, 0], [0, 1]]), np.array([[4.0, 0.0], [-4.0, 0.0]])
    >>> after = updated(one, both, np.array([0.25, 0.25]), plots, np.tile(np.eye(2), (2, 1, 1)))
    >>> after.mean[0, 0, 0].tolist(), after.covariance[0, 0, 0, 0].tolist()  # 1 - 0.5 · 0.5 + 0.5 · 2²
    (0.0, 2.75)
    """
    if len(pairs) == 0:
        return belief
    track = pairs[:, 0]
    innovation, S = innovations(belief, pairs, places, covariances)
    _, density = fits(belief, pairs, places, covariances)
    fit = belief.weight[track] * density
    fit *= (share / np.maximum(fit.sum(1), 1e-300))[:, None]  # (k, m) probability of pair and mode

    missed = 1.0 - _summed(track, share, len(belief))
    weight = belief.weight * np.clip(missed, 0.0, 1.0)[:, None]
    total = np.maximum(weight + _summed(track, fit, len(belief)), 1e-12)
    part = fit / total[track]  # of each pair in its mode

    crossed = belief.covariance[track][..., :, :2]  # (k, m, d, 2)
    gain = crossed @ np.linalg.inv(S)
    step = np.einsum("kmdi,kmi->kmd", gain, innovation)
    mean = _summed(track, part[..., None] * step, len(belief))
    change = step[..., :, None] * step[..., None, :] - gain @ np.swapaxes(crossed, -1, -2)
    spread = _summed(track, part[..., None, None] * change, len(belief)) - mean[..., :, None] * mean[..., None, :]
    after = belief.covariance + spread
    after = 0.5 * (after + np.swapaxes(after, -1, -2))  # else what rounding leaves grows from scan to scan
    return Belief(total / total.sum(1, keepdims=True), belief.mean + mean, after)


def _summed(track: Array, values: Array, tracks: int) -> Array:
    """Sums of (k, …) values by track."""
    total = np.zeros((tracks, *values.shape[1:]))
    np.add.at(total, track, values)
    return total
