"""How a vessel may move: it holds on, it manoeuvres, or it turns. Three filters side by side, and their weights.

Interacting multiple models: Blom and Bar-Shalom, IEEE TAC 33(8), 1988; the turn with its rate as a state: Bar-Shalom,
Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, 11.7. Modes of one track are three
arrays: `mu` (3,) weights, `y` (3, 5) states, `Y` (3, 5, 5) covariances. A state is east, north in m, their rates in
m/s, and the rate of turn in rad/s from east towards north, which only the turning mode uses.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.tracks.motion import predict, stir

MODES, STATES = 3, 5
STEADY, AGILE, TURNING = range(MODES)
FIELDS = [("mu", "f8", (MODES,)), ("y", "f8", (MODES, STATES)), ("Y", "f8", (MODES, STATES, STATES))]
ROOM = np.dtype(FIELDS)  # of one track's modes
LEAST = 1e-9  # a weight below is none


@kernel
def copied(to: Any, mu: Array, y: Array, Y: Array) -> None:
    """The modes into a record with room for them."""
    n, z, Z = to.mu, to.y, to.Y
    for j in range(MODES):
        n[j] = mu[j]
        for a in range(STATES):
            z[j, a] = y[j, a]
            for b in range(STATES):
                Z[j, a, b] = Y[j, a, b]


@kernel
def straightened(y: Array, Y: Array, j: int, s: Any) -> None:
    """Mode j goes straight on: of its rate of turn only the spread among all vessels is known."""
    y[j, 4] = 0.0
    for a in range(STATES):
        Y[j, a, 4] = Y[j, 4, a] = 0.0
    Y[j, 4, 4] = s.turn_sd * s.turn_sd


@kernel
def begun(mu: Array, y: Array, Y: Array, x: Array, P: Array, agile_var: float, s: Any) -> None:
    """All modes with state x (4,) and covariance P (4, 4); the agile one with `agile_var` (m/s)² more of speed."""
    mu[STEADY], mu[AGILE], mu[TURNING] = 1.0 - s.agile - s.turning, s.agile, s.turning
    for j in range(MODES):
        for a in range(4):
            y[j, a] = x[a]
            for b in range(4):
                Y[j, a, b] = P[a, b]
        straightened(y, Y, j, s)
    Y[AGILE, 2, 2] += agile_var
    Y[AGILE, 3, 3] += agile_var


@kernel
def switch(i: int, j: int, stay: float) -> float:
    """Probability of going from mode i to mode j, where that of staying is `stay`: who leaves holds on, mostly.

    >>> switch(AGILE, AGILE, 0.9), round(switch(AGILE, STEADY, 0.9), 3), round(switch(STEADY, TURNING, 0.9), 3)
    (0.9, 0.08, 0.05)
    """
    if i == j:
        return stay
    if i == STEADY:
        return 0.5 * (1.0 - stay)
    return (0.8 if j == STEADY else 0.2) * (1.0 - stay)


@kernel
def mixed(mu: Array, y: Array, Y: Array, dt: float, s: Any, w: Any) -> None:
    """What each mode knows after dt s in which the vessel may have changed to it, in place; w is a record of `ROOM`."""
    steady, other = math.exp(-dt / s.holds), math.exp(-dt / s.manoeuvres)
    n, z, Z = w.mu, w.y, w.Y
    for j in range(MODES):
        share = (switch(STEADY, j, steady), switch(AGILE, j, other), switch(TURNING, j, other))
        n[j] = max(share[0] * mu[0] + share[1] * mu[1] + share[2] * mu[2], LEAST)
        for a in range(STATES):
            z[j, a] = 0.0
            for b in range(STATES):
                Z[j, a, b] = 0.0
        for i in range(MODES):
            p = share[i] * mu[i] / n[j]
            for a in range(STATES):
                z[j, a] += p * y[i, a]
        for i in range(MODES):
            p = share[i] * mu[i] / n[j]
            for a in range(STATES):
                for b in range(a + 1):
                    Z[j, a, b] += p * (Y[i, a, b] + (y[i, a] - z[j, a]) * (y[i, b] - z[j, b]))
    for j in range(MODES):
        mu[j] = n[j]
        for a in range(STATES):
            y[j, a] = z[j, a]
            for b in range(a + 1):
                Y[j, a, b] = Y[j, b, a] = Z[j, a, b]
    straightened(y, Y, STEADY, s)
    straightened(y, Y, AGILE, s)


@kernel
def turn(x: Array, P: Array, dt: float, q: float, more: float) -> None:
    """A turn of constant rate, in place; `q` m²/s³ stirs the velocity, `more` rad²/s³ the rate.

    x: (5,); P: (5, 5). The state goes exactly, the covariance by the derivative at x.
    """
    u, v, rate = x[2], x[3], x[4]
    angle = rate * dt
    sin, cos = math.sin(angle), math.cos(angle)
    if abs(angle) > 1e-4:
        a, b = sin / rate, (1.0 - cos) / rate
        da, db = (dt * cos - a) / rate, (dt * sin - b) / rate
    else:
        a, b = dt, 0.5 * dt * angle
        da, db = -dt * dt * angle / 3, 0.5 * dt * dt
    j0, j1 = da * u - db * v, db * u + da * v
    j2, j3 = -dt * (sin * u + cos * v), dt * (cos * u - sin * v)
    x[0] += a * u - b * v
    x[1] += b * u + a * v
    x[2], x[3] = cos * u - sin * v, sin * u + cos * v
    for k in range(STATES):
        p2, p3, p4 = P[2, k], P[3, k], P[4, k]
        P[0, k] += a * p2 - b * p3 + j0 * p4
        P[1, k] += b * p2 + a * p3 + j1 * p4
        P[2, k], P[3, k] = cos * p2 - sin * p3 + j2 * p4, sin * p2 + cos * p3 + j3 * p4
    for k in range(STATES):
        p2, p3, p4 = P[k, 2], P[k, 3], P[k, 4]
        P[k, 0] += a * p2 - b * p3 + j0 * p4
        P[k, 1] += b * p2 + a * p3 + j1 * p4
        P[k, 2], P[k, 3] = cos * p2 - sin * p3 + j2 * p4, sin * p2 + cos * p3 + j3 * p4
    stir(P, dt, q)
    P[4, 4] += more * dt


@kernel
def agile_noise(speed: float, dt: float, s: Any) -> float:
    """Acceleration density, m²/s³, of a vessel that manoeuvres for dt s.

    What it makes good differs from the predicted by no more than it sails: the position's deviation stays below its
    speed over the time. A vessel that hardly moves may still start.
    """
    if dt <= 0.0:
        return float(s.agility)
    return float(max(s.acceleration, min(s.agility, 3.0 * (0.5 * speed + 1.0) ** 2 / dt)))


@kernel
def advanced(mu: Array, y: Array, Y: Array, dt: float, room: float, s: Any, w: Any) -> None:
    """All modes dt s later, in place; `room` m/s is added to the speed that bounds a manoeuvre."""
    if dt <= 0.0:
        return
    mixed(mu, y, Y, dt, s, w)
    speed = math.hypot(y[AGILE, 2], y[AGILE, 3]) + room
    predict(y[STEADY], Y[STEADY], dt, s.acceleration)
    predict(y[AGILE], Y[AGILE], dt, agile_noise(speed, dt, s))
    turn(y[TURNING], Y[TURNING], dt, s.acceleration, s.turn_noise)


@kernel
def merged(mu: Array, y: Array, Y: Array, x: Array, P: Array) -> None:
    """One Gaussian with the mean and covariance of all modes, into x (4,) and P (4, 4)."""
    for a in range(4):
        x[a] = 0.0
        for b in range(4):
            P[a, b] = 0.0
    for j in range(MODES):
        for a in range(4):
            x[a] += mu[j] * y[j, a]
    for j in range(MODES):
        for a in range(4):
            for b in range(a + 1):
                P[a, b] += mu[j] * (Y[j, a, b] + (y[j, a] - x[a]) * (y[j, b] - x[b]))
    for a in range(4):
        for b in range(a):
            P[b, a] = P[a, b]


@kernel
def mixture_of(mu: Array, y: Array, Y: Array, p: float, other: Any) -> None:
    """With probability p the modes of `other`, else those given: mode by mode one Gaussian, in place."""
    n, z, Z = other.mu, other.y, other.Y
    for j in range(MODES):
        mine, theirs = (1.0 - p) * mu[j], p * n[j]
        total = max(mine + theirs, LEAST)
        mine, theirs = mine / total, theirs / total
        mu[j] = total
        for a in range(STATES):
            for b in range(STATES):
                apart = (z[j, a] - y[j, a]) * (z[j, b] - y[j, b])
                Y[j, a, b] = mine * Y[j, a, b] + theirs * Z[j, a, b] + mine * theirs * apart
        for a in range(STATES):
            y[j, a] = mine * y[j, a] + theirs * z[j, a]
    normalised(mu)


@kernel
def normalised(mu: Array) -> None:
    """Weights that sum to one, in place."""
    total = 0.0
    for j in range(MODES):
        total += mu[j]
    for j in range(MODES):
        mu[j] /= total
