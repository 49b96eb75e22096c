"""How vessels move: nearly constant velocity, coordinated turn, several of them side by side.

Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, 6.2.2 and 11.7; Blom,
Bar-Shalom, "The interacting multiple model algorithm for systems with Markovian switching coefficients", IEEE TAC
33(8), 1988.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

from mihari.core.columns import Array
from mihari.lab.parts import Belief, Motion


def white_acceleration(dt: float, density: float) -> Array:
    """(4, 4) covariance that white-noise acceleration adds in dt s; density in m²/s³ per axis.

    >>> white_acceleration(3.0, 2.0)[[0, 0, 2], [0, 2, 2]].tolist()  # 2 · 27/3, 2 · 9/2, 2 · 3
    [18.0, 9.0, 6.0]
    """
    one = density * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    return np.kron(one, np.eye(2))


@dataclass(frozen=True, slots=True)
class ConstantVelocity:
    """Straight on; acceleration: density of white noise, m²/s³ per axis; speed_sd: m/s per axis of what begins."""

    acceleration: float = 5e-4
    speed_sd: float = 4.0

    def begin(self, places: Array, covariances: Array) -> Belief:
        """See `Motion`."""
        return begun(places, covariances, self.speed_sd, ())

    def predict(self, belief: Belief, dt: float) -> Belief:
        """See `Motion`."""
        F = np.eye(4)
        F[0, 2] = F[1, 3] = dt
        covariance = F @ belief.covariance @ F.T + white_acceleration(dt, self.acceleration)
        return Belief(belief.weight, belief.mean @ F.T, covariance)


@dataclass(frozen=True, slots=True)
class CoordinatedTurn:
    """Turning at a constant rate, the fifth state, rad/s anticlockwise from east to north; an extended Kalman filter.

    acceleration: m²/s³ of the velocity; jerk: rad²/s³ of the rate; rate_sd: rad/s of what begins to turn.

    A quarter of a turn in 10 s at 10 m/s: from eastwards to northwards, 2 · 10 · 10 / pi m aside and ahead.

    >>> turn = CoordinatedTurn()
    >>> one = turn.begin(np.zeros((1, 2)), np.eye(2)[None])
    >>> one.mean[0, 0] = [0.0, 0.0, 10.0, 0.0, np.pi / 20]
    >>> turn.predict(one, 10.0).mean[0, 0].round(2).tolist()
    [63.66, 63.66, 0.0, 10.0, 0.16]
    """

    acceleration: float = 5e-4
    jerk: float = 1e-5
    rate_sd: float = 0.02
    speed_sd: float = 4.0

    def begin(self, places: Array, covariances: Array) -> Belief:
        """See `Motion`."""
        return begun(places, covariances, self.speed_sd, (self.rate_sd,))

    def predict(self, belief: Belief, dt: float) -> Belief:
        """See `Motion`. The state goes exactly, the covariance by the derivative there."""
        mean, F = turned(belief.mean, dt)
        Q = np.zeros((5, 5))
        Q[:4, :4], Q[4, 4] = white_acceleration(dt, self.acceleration), self.jerk * dt
        return Belief(belief.weight, mean, F @ belief.covariance @ np.swapaxes(F, -1, -2) + Q)


def turned(mean: Array, dt: float) -> tuple[Array, Array]:
    """States (..., 5) dt s later on their circles, and the (..., 5, 5) derivative (2001, 11.7)."""
    u, v, rate = mean[..., 2], mean[..., 3], mean[..., 4]
    angle = rate * dt
    sin, cos = np.sin(angle), np.cos(angle)
    slow = np.abs(angle) < 1e-4
    safe = np.where(slow, 1.0, rate)
    a, b = np.where(slow, dt, sin / safe), np.where(slow, dt * angle / 2, (1 - cos) / safe)
    da = np.where(slow, -dt * dt * angle / 3, (dt * cos - a) / safe)
    db = np.where(slow, dt * dt / 2, (dt * sin - b) / safe)
    F = np.zeros((*mean.shape, 5))
    F[..., range(5), range(5)] = 1.0
    F[..., 0, 2], F[..., 0, 3], F[..., 1, 2], F[..., 1, 3] = a, -b, b, a
    F[..., 2, 2], F[..., 2, 3], F[..., 3, 2], F[..., 3, 3] = cos, -sin, sin, cos
    moved = np.einsum("...ij,...j->...i", F, mean)  # linear in all but the rate
    F[..., 0, 4], F[..., 1, 4] = da * u - db * v, db * u + da * v
    F[..., 2, 4], F[..., 3, 4] = -dt * (sin * u + cos * v), dt * (cos * u - sin * v)
    return moved, F


def begun(places: Array, covariances: Array, speed_sd: float, others: tuple[float, ...]) -> Belief:
    """Single-mode beliefs at plots, velocity and further states about zero with these deviations."""
    n, d = len(places), 4 + len(others)
    mean, covariance = np.zeros((n, 1, d)), np.zeros((n, 1, d, d))
    mean[:, 0, :2], covariance[:, 0, :2, :2] = places, covariances
    for a, sd in enumerate((speed_sd, speed_sd, *others), start=2):
        covariance[:, 0, a, a] = sd * sd
    return Belief(np.ones((n, 1)), mean, covariance)


@dataclass(frozen=True, slots=True)
class Modes:
    """Several motions side by side, each with its weight: interacting multiple models (Blom and Bar-Shalom 1988).

    motions: single-mode ones; share: (m,) weights of what begins; rates: (m, m) per s from a mode (row) to another
    (column), so that mixing does not depend on how often the sensor looks. The diagonal is not read.

    A vessel that holds on leaves that mode at 0.01 per s: after 1 s, one in a hundred has.

    >>> both = Modes((ConstantVelocity(), ConstantVelocity(2.0)), (1.0, 0.0), ((0.0, 0.01), (0.0, 0.0)))
    >>> one = both.begin(np.zeros((1, 2)), np.eye(2)[None])
    >>> both.predict(one, 1.0).weight.round(3).tolist()
    [[0.99, 0.01]]
    """

    motions: tuple[Motion, ...]
    share: tuple[float, ...]
    rates: tuple[tuple[float, ...], ...]

    def begin(self, places: Array, covariances: Array) -> Belief:
        """See `Motion`."""
        each = [motion.begin(places, covariances) for motion in self.motions]
        weight = np.tile(np.asarray(self.share) / np.sum(self.share), (len(places), 1))
        return _side_by_side(weight, each)

    def predict(self, belief: Belief, dt: float) -> Belief:
        """See `Motion`: mixing, then each motion by itself."""
        into, sizes = self._mixed(belief, dt), self._sizes()
        each = [m.predict(into.mode(j, sizes[j]), dt) for j, m in enumerate(self.motions)]
        return _side_by_side(into.weight, each)

    def transition(self, dt: float) -> Array:
        """(m, m) probability of being in the column's mode dt s after the row's: exp(rates dt)."""
        rates = np.array(self.rates, float)
        np.fill_diagonal(rates, 0.0)
        np.fill_diagonal(rates, -rates.sum(1))
        return np.asarray(expm(rates * dt))

    def _sizes(self) -> list[int]:
        none = np.zeros((1, 2)), np.zeros((1, 2, 2))
        return [motion.begin(*none).mean.shape[2] for motion in self.motions]

    def _mixed(self, belief: Belief, dt: float) -> Belief:
        joint = belief.weight[:, :, None] * self.transition(dt)  # (n, from, to)
        weight = np.maximum(joint.sum(1), 1e-12)
        given = joint / weight[:, None]
        mean, covariance = np.zeros_like(belief.mean), np.zeros_like(belief.covariance)
        for j, size in enumerate(self._sizes()):
            means, covariances = self._as_seen_by(j, belief)
            mean[:, j] = np.einsum("ni,nid->nd", given[:, :, j], means)
            off = means - mean[:, j : j + 1]
            spread = covariances + off[..., :, None] * off[..., None, :]
            covariance[:, j] = np.einsum("ni,nide->nde", given[:, :, j], spread)
            mean[:, j, size:] = covariance[:, j, size:] = covariance[:, j, :, size:] = 0.0
        return Belief(weight / weight.sum(1, keepdims=True), mean, covariance)

    def _as_seen_by(self, j: int, belief: Belief) -> tuple[Array, Array]:
        """All modes with the states of mode j: those that another does not have begin anew (its own are left)."""
        sizes = self._sizes()
        fresh = self.motions[j].begin(np.zeros((1, 2)), np.zeros((1, 2, 2)))
        mean, covariance = belief.mean.copy(), belief.covariance.copy()
        for i, size in enumerate(sizes):
            if size < sizes[j]:
                more = slice(size, sizes[j])
                mean[:, i, more] = fresh.mean[0, 0, more]
                covariance[:, i, more, more] = fresh.covariance[0, 0, more, more]
        return mean, covariance


def _side_by_side(weight: Array, each: list[Belief]) -> Belief:
    """Single-mode beliefs as the modes of one; the shorter states are filled with zeros."""
    n, m, d = len(weight), len(each), max(one.mean.shape[2] for one in each)
    mean, covariance = np.zeros((n, m, d)), np.zeros((n, m, d, d))
    for j, one in enumerate(each):
        size = one.mean.shape[2]
        mean[:, j, :size], covariance[:, j, :size, :size] = one.mean[:, 0], one.covariance[:, 0]
    return Belief(weight, mean, covariance)


def usual_modes() -> Modes:
    """Holds on, manoeuvres, turns, with the noise and the times of the product's tracker (`tracks.settings`)."""
    from mihari.tracks.settings import TrackerSettings

    s = TrackerSettings()
    holds, leaves, ends = s.acceleration, 0.5 / s.holds, 1.0 / s.manoeuvres
    return Modes(
        (
            ConstantVelocity(holds, s.speed_sd),
            ConstantVelocity(s.agility, s.speed_sd_agile),
            CoordinatedTurn(holds, s.turn_noise, s.turn_sd, s.speed_sd),
        ),
        (1.0 - s.agile - s.turning, s.agile, s.turning),
        ((0.0, leaves, leaves), (ends, 0.0, 0.0), (ends, 0.0, 0.0)),
    )
