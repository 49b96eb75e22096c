"""Pairs of states at one time -> how much likelier they are one vessel than two, from place and velocity.

Log-likelihood ratio of one comparison: ln N(d; 0, S) - ln(others per m² · density of their velocities), d the
difference of the states (Bar-Shalom, "On the track-to-track correlation problem", IEEE TAC 26, 1981; the ratio as in
Kaplan, Bar-Shalom, Blair, "Assignment costs for multiple sensor track-to-track association", IEEE TAES 44, 2008).
S is the sum of both covariances: common process noise and common reports make the true one smaller, so the
comparison is forgiving. It fails where errors are correlated negatively, which nothing we know makes them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import rebase_at
from mihari.core.kernels import kernel
from mihari.picture.union.matrices import added, inverse, plus, square, ten, turned
from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.states import States


class Allowed(NamedTuple):
    """What two nodes may differ by beside their covariances, and the gate: see `UnionSettings`."""

    bias: float
    bias_speed: float
    lag: float
    swerve: float
    gate: float


@kernel
def _compare(pairs: Array, held: Array, frame: Array, velocity: Array, covariance: Array, s: Any) -> Array:
    """(m, 2) squared distance in four dimensions and ln sqrt det 2πS; NaN beyond the gate, where not held."""
    out = np.full((len(pairs), 2), np.nan)
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        e, n, a, b, c, d = rebase_at(frame[j], frame[i], frame[j, 0], frame[j, 1], frame[j, 2])
        way = velocity[i, 0] ** 2 + velocity[i, 1] ** 2
        both = added(turned(ten(covariance, j), a, b, c, d), ten(covariance, i))
        spread = plus(both, s.bias**2 + s.lag**2 * way, 0.0, s.bias_speed**2 + s.swerve**2 * way)
        ee, en, nn = spread[0], spread[1], spread[4]
        near = (nn * e * e - 2.0 * en * e * n + ee * n * n) / (ee * nn - en * en)
        if near > s.gate and not held[k]:
            continue
        u = a * velocity[j, 0] + b * velocity[j, 1] - velocity[i, 0]
        v = c * velocity[j, 0] + d * velocity[j, 1] - velocity[i, 1]
        turned_back, determinant = inverse(spread)
        out[k, 0] = square(turned_back, e, n, u, v)
        out[k, 1] = 0.5 * math.log(determinant) + 2.0 * math.log(2.0 * math.pi)
    return out


def compare(states: States, pairs: Array, held: Array, settings: UnionSettings) -> Array:
    """(m, 2) squared distance and ln sqrt det 2πS of pairs (m, 2) of rows; NaN beyond the gate, where not held (m,)."""
    constants = Allowed(settings.bias, settings.bias_speed, settings.lag, settings.swerve, settings.gate)
    return np.asarray(_compare(pairs, held, states.frame, states.velocity, states.covariance, constants))


def likelihood(compared: Array, density: Array, settings: UnionSettings) -> Array:
    """(m,) log-likelihood ratio of one comparison, bounded; density: others per m² where each pair is.

    >>> s = UnionSettings()
    >>> sharp = np.log(2000.0)  # 20 m and 0.4 m/s
    >>> likelihood(np.array([[4.0, sharp], [30.0, sharp], [900.0, sharp]]), np.zeros(3), s).tolist()
    [3.0, -2.0, -5.0]
    """
    others = np.log(np.maximum(density, settings.traffic)) - math.log(2.0 * math.pi * settings.others_speed**2)
    keen = np.clip(-2.0 * (others + compared[:, 1]), 0.0, settings.keenest)
    told = np.clip(0.5 * (keen - compared[:, 0]), -settings.most_against, settings.most_for)
    return np.where(compared[:, 0] > settings.absurd, -settings.absurd_against, told)
