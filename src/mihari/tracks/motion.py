"""A state and its covariance moved through time, corrected by a measurement, and turned into another plane.

Of a covariance the lower triangle is kept, row by row: (a, b) with a >= b is number a (a + 1) / 2 + b. States are rows
of an array (n, 5): east, north in m, their rates in m/s, rate of turn in rad/s; covariances rows of (n, 15), of which
the last five belong to the rate of turn. Kernels take the arrays and a row, since a view costs more than the sum.
"""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of, lift_of, plane_to_lat_lon, rebase_of, turn_state
from mihari.core.kernels import lean

STATES, STRAIGHT, TRIANGLE = 5, 10, 15  # numbers of a covariance: without and with the rate of turn


@lean
def at(a: int, b: int) -> int:
    """The number of a covariance's element, a >= b.

    >>> at(0, 0), at(1, 0), at(3, 3), at(4, 4)
    (0, 1, 9, 14)
    """
    return a * (a + 1) // 2 + b


@lean
def predict(y: Array, Y: Array, j: int, dt: float, q: float) -> None:
    """Row j goes straight on, with white-noise acceleration of density q m²/s³, in place (Bar-Shalom 2001, 6.2.2)."""
    y[j, 0] += dt * y[j, 2]
    y[j, 1] += dt * y[j, 3]
    uu, uv, vv = Y[j, 5], Y[j, 8], Y[j, 9]
    Y[j, 0] += dt * (2.0 * Y[j, 3] + dt * uu)
    Y[j, 1] += dt * (Y[j, 4] + Y[j, 6] + dt * uv)
    Y[j, 2] += dt * (2.0 * Y[j, 7] + dt * vv)
    Y[j, 3] += dt * uu
    Y[j, 4] += dt * uv
    Y[j, 6] += dt * uv
    Y[j, 7] += dt * vv
    stir(Y, j, dt, q)


@lean
def stir(Y: Array, j: int, dt: float, q: float) -> None:
    """Adds white-noise acceleration of density q m²/s³ over dt s to a predicted covariance, in place."""
    place, both, speed = q * dt * dt * dt / 3, q * dt * dt / 2, q * dt
    Y[j, 0] += place
    Y[j, 2] += place
    Y[j, 3] += both
    Y[j, 7] += both
    Y[j, 5] += speed
    Y[j, 9] += speed


@lean
def moved(p: Any, q: Any, r: Any, o: Any, a: float, b: float, c: float, d: float) -> Any:
    """The sum of four rows of five, with their factors: a row of the derivative of a motion times a covariance."""
    return (
        a * p[0] + b * q[0] + c * r[0] + d * o[0],
        a * p[1] + b * q[1] + c * r[1] + d * o[1],
        a * p[2] + b * q[2] + c * r[2] + d * o[2],
        a * p[3] + b * q[3] + c * r[3] + d * o[3],
        a * p[4] + b * q[4] + c * r[4] + d * o[4],
    )


@lean
def turn(y: Array, Y: Array, j: int, dt: float, q: float, more: float) -> None:
    """Row j turns at a constant rate, in place; `q` m²/s³ stirs the velocity, `more` rad²/s³ the rate.

    The state goes exactly, the covariance by the derivative there (Bar-Shalom, Li, Kirubarajan 2001, 11.7).
    """
    u, v, rate = y[j, 2], y[j, 3], y[j, 4]
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
    y[j, 0] += a * u - b * v
    y[j, 1] += b * u + a * v
    y[j, 2], y[j, 3] = cos * u - sin * v, sin * u + cos * v
    p0 = (Y[j, 0], Y[j, 1], Y[j, 3], Y[j, 6], Y[j, 10])
    p1 = (Y[j, 1], Y[j, 2], Y[j, 4], Y[j, 7], Y[j, 11])
    p2 = (Y[j, 3], Y[j, 4], Y[j, 5], Y[j, 8], Y[j, 12])
    p3 = (Y[j, 6], Y[j, 7], Y[j, 8], Y[j, 9], Y[j, 13])
    p4 = (Y[j, 10], Y[j, 11], Y[j, 12], Y[j, 13], Y[j, 14])
    m0, m1 = moved(p0, p2, p3, p4, 1.0, a, -b, j0), moved(p1, p2, p3, p4, 1.0, b, a, j1)
    m2, m3 = moved(p2, p3, p4, p4, cos, -sin, j2, 0.0), moved(p2, p3, p4, p4, sin, cos, j3, 0.0)
    Y[j, 0] = m0[0] + a * m0[2] - b * m0[3] + j0 * m0[4]
    Y[j, 1] = m1[0] + a * m1[2] - b * m1[3] + j0 * m1[4]
    Y[j, 2] = m1[1] + b * m1[2] + a * m1[3] + j1 * m1[4]
    Y[j, 3] = m2[0] + a * m2[2] - b * m2[3] + j0 * m2[4]
    Y[j, 4] = m2[1] + b * m2[2] + a * m2[3] + j1 * m2[4]
    Y[j, 5] = cos * m2[2] - sin * m2[3] + j2 * m2[4]
    Y[j, 6] = m3[0] + a * m3[2] - b * m3[3] + j0 * m3[4]
    Y[j, 7] = m3[1] + b * m3[2] + a * m3[3] + j1 * m3[4]
    Y[j, 8] = cos * m3[2] - sin * m3[3] + j2 * m3[4]
    Y[j, 9] = sin * m3[2] + cos * m3[3] + j3 * m3[4]
    Y[j, 10] = p4[0] + a * p4[2] - b * p4[3] + j0 * p4[4]
    Y[j, 11] = p4[1] + b * p4[2] + a * p4[3] + j1 * p4[4]
    Y[j, 12] = cos * p4[2] - sin * p4[3] + j2 * p4[4]
    Y[j, 13] = sin * p4[2] + cos * p4[3] + j3 * p4[4]
    stir(Y, j, dt, q)
    Y[j, 14] += more * dt


@lean
def spread_of(Y: Array, j: int, first: int, ree: float, ren: float, rnn: float) -> Any:
    """(ee, en, nn) of the innovation of a pair measured from place `first` (0: position, 2: velocity) of row j."""
    if first == 0:
        return Y[j, 0] + ree, Y[j, 1] + ren, Y[j, 2] + rnn
    return Y[j, 5] + ree, Y[j, 8] + ren, Y[j, 9] + rnn


@lean
def fit_of(a: float, b: float, d: float, dx: float, dy: float) -> tuple[float, float]:
    """(squared Mahalanobis distance, density) of an innovation (dx, dy) with covariance a, b, d (ee, en, nn)."""
    det = a * d - b * b
    q = (d * dx * dx - 2 * b * dx * dy + a * dy * dy) / det
    return q, math.exp(-0.5 * q) / (2 * math.pi * math.sqrt(det))


@lean
def columns_of(Y: Array, j: int, first: int) -> Any:
    """The two columns of row j's covariance that belong to a pair measured from place `first` (0 or 2)."""
    if first == 0:
        return (
            (Y[j, 0], Y[j, 1], Y[j, 3], Y[j, 6], Y[j, 10]),
            (Y[j, 1], Y[j, 2], Y[j, 4], Y[j, 7], Y[j, 11]),
        )
    return (
        (Y[j, 3], Y[j, 4], Y[j, 5], Y[j, 8], Y[j, 12]),
        (Y[j, 6], Y[j, 7], Y[j, 8], Y[j, 9], Y[j, 13]),
    )


@lean
def gain_of(c0: Any, c1: Any, a: float, b: float, d: float) -> Any:
    """The two columns of the Kalman gain: (c0, c1) times the inverse of the innovation's covariance a, b, d."""
    det = a * d - b * b
    d, b, a = d / det, b / det, a / det
    k0 = (
        c0[0] * d - c1[0] * b,
        c0[1] * d - c1[1] * b,
        c0[2] * d - c1[2] * b,
        c0[3] * d - c1[3] * b,
        c0[4] * d - c1[4] * b,
    )
    k1 = (
        c1[0] * a - c0[0] * b,
        c1[1] * a - c0[1] * b,
        c1[2] * a - c0[2] * b,
        c1[3] * a - c0[3] * b,
        c1[4] * a - c0[4] * b,
    )
    return k0, k1


@lean
def correct(y: Array, Y: Array, j: int, first: int, dx: float, dy: float, ree: float, ren: float, rnn: float) -> None:
    """Kalman update of row j, in place, with the pair (place `first`, `first` + 1) measured.

    (dx, dy) is the innovation. Joseph's form is not needed: the pair's 2 x 2 inverse is exact, only a triangle is kept.
    """
    a, b, d = spread_of(Y, j, first, ree, ren, rnn)
    c0, c1 = columns_of(Y, j, first)
    k0, k1 = gain_of(c0, c1, a, b, d)
    n = 0
    for i in range(5):
        y[j, i] += k0[i] * dx + k1[i] * dy
        for k in range(i + 1):
            Y[j, n] -= k0[i] * c0[k] + k1[i] * c1[k]
            n += 1


@lean
def shifted(y: Array, Y: Array, j: int, mean: Array, spread: Array, states: int) -> None:
    """Takes into row j a mixture of corrections: `mean` (5,) of them, `spread` (15,) their second moment and what they
    take from the covariance; in place, matched in the first two moments. With 4 `states` the rate of turn stays."""
    n = 0
    for a in range(states):
        y[j, a] += mean[a]
        for b in range(a + 1):
            Y[j, n] += spread[n] - mean[a] * mean[b]
            n += 1


@lean
def moved_to(frame: Array, new: Any, x: Array, P: Array) -> None:
    """State (4,) and covariance (4, 4) from plane `frame` into plane `new`, in place; `frame` stays as it is."""
    east, north, j00, j01, j10, j11 = rebase_of(frame, new, x[0], x[1])
    turn_state(x, P, j00, j01, j10, j11)
    x[0] = east
    x[1] = north


@lean
def row_moved_to(frame: Array, new: Any, y: Array, Y: Array, j: int) -> None:
    """The same for row j of states and covariances."""
    east, north, j00, j01, j10, j11 = rebase_of(frame, new, y[j, 0], y[j, 1])
    y[j, 0], y[j, 1] = east, north
    y[j, 2], y[j, 3] = j00 * y[j, 2] + j01 * y[j, 3], j10 * y[j, 2] + j11 * y[j, 3]
    for k in (0, 5):  # position and velocity with themselves
        ee, nn = Y[j, k], Y[j, 2 if k == 0 else 9]
        en = Y[j, 1 if k == 0 else 8]
        Y[j, k] = j00 * (j00 * ee + j01 * en) + j01 * (j00 * en + j01 * nn)
        Y[j, 1 if k == 0 else 8] = j10 * (j00 * ee + j01 * en) + j11 * (j00 * en + j01 * nn)
        Y[j, 2 if k == 0 else 9] = j10 * (j10 * ee + j11 * en) + j11 * (j10 * en + j11 * nn)
    ue, un, ve, vn = Y[j, 3], Y[j, 4], Y[j, 6], Y[j, 7]  # velocity with position
    a, b, c, d = j00 * ue + j01 * ve, j00 * un + j01 * vn, j10 * ue + j11 * ve, j10 * un + j11 * vn
    Y[j, 3], Y[j, 4] = j00 * a + j01 * b, j10 * a + j11 * b
    Y[j, 6], Y[j, 7] = j00 * c + j01 * d, j10 * c + j11 * d
    for k in (10, 12):  # the rate of turn with both
        p, r = Y[j, k], Y[j, k + 1]
        Y[j, k], Y[j, k + 1] = j00 * p + j01 * r, j10 * p + j11 * r


@lean
def settle(t: Any, rebase: float) -> None:
    """Re-bases the plane of track t where it has left the middle, and renews its place and drift in ECEF.

    Its state `x`, `P` is up to date with its modes.
    """
    x, frame = t.x, t.frame
    if x[0] * x[0] + x[1] * x[1] > rebase * rebase:
        lat, lon = plane_to_lat_lon(frame, x[0], x[1])
        new = frame_of(lat, lon)
        y, Y = t.y, t.Y
        for j in range(len(y)):
            row_moved_to(frame, new, y, Y, j)
        moved_to(frame, new, x, t.P)
        for k in range(9):
            frame[k] = new[k]
    px, py, pz = lift_of(frame, x[0], x[1])
    t.place[0], t.place[1], t.place[2] = px, py, pz
    for k in range(3):
        t.drift[k] = x[2] * frame[3 + k] + x[3] * frame[6 + k]


@lean
def position_sd(t: Any, dt: float, q: float) -> float:
    """An upper bound of the position's standard deviation after dt seconds, m, without predicting the state."""
    P = t.P
    now = P[0, 0] + P[1, 1]
    rate = P[2, 2] + P[3, 3]
    return math.sqrt(now) + dt * math.sqrt(rate) + math.sqrt(2 * q * dt * dt * dt / 3)
