"""A track's state and covariance moved through time, corrected by a measurement, and written back to its slot."""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of, lift_of, plane_to_lat_lon, rebase_of, turn_state
from mihari.core.kernels import kernel


@kernel
def stir(P: Array, dt: float, q: float) -> None:
    """Adds white-noise acceleration of density q m²/s³ over dt s to a predicted covariance, in place."""
    for a in range(2):
        P[a, a] += q * dt * dt * dt / 3
        P[a, a + 2] += q * dt * dt / 2
        P[a + 2, a] += q * dt * dt / 2
        P[a + 2, a + 2] += q * dt


@kernel
def predict(x: Array, P: Array, dt: float, q: float) -> None:
    """Constant velocity with white-noise acceleration of density q m²/s³, in place (Bar-Shalom 2001, 6.2.2).

    x: (4,) east, north, m, and their rates, m/s; P: (4, 4).
    """
    x[0] += dt * x[2]
    x[1] += dt * x[3]
    for j in range(4):
        P[0, j] += dt * P[2, j]
        P[1, j] += dt * P[3, j]
    for j in range(4):
        P[j, 0] += dt * P[j, 2]
        P[j, 1] += dt * P[j, 3]
    stir(P, dt, q)


@kernel
def put(x: Array, P: Array, y: Array, Q: Array) -> None:
    """Writes state y and covariance Q into x and P. Loops, because each array expression costs a second to compile."""
    for a in range(4):
        x[a] = y[a]
        for b in range(4):
            P[a, b] = Q[a, b]


@kernel
def innovation(P: Array, first: int, dx: float, dy: float, ree: float, ren: float, rnn: float) -> Any:
    """(squared Mahalanobis distance, density, S_ee, S_en, S_nn) of a pair measured from place `first` of the state."""
    a = P[first, first] + ree
    b = P[first, first + 1] + ren
    d = P[first + 1, first + 1] + rnn
    det = a * d - b * b
    q = (d * dx * dx - 2 * b * dx * dy + a * dy * dy) / det
    return q, math.exp(-0.5 * q) / (2 * math.pi * math.sqrt(det)), a, b, d


@kernel
def correct(x: Array, P: Array, first: int, dx: float, dy: float, ree: float, ren: float, rnn: float) -> None:
    """Kalman update of x (5,) and P (5, 5), in place, with the pair (place `first`, `first` + 1) measured.

    (dx, dy) is the innovation. Joseph's form is not needed: the pair's 2 x 2 inverse is exact and P is made symmetric.
    """
    _, _, a, b, d = innovation(P, first, dx, dy, ree, ren, rnn)
    det = a * d - b * b
    f = first
    row0 = (P[f, 0], P[f, 1], P[f, 2], P[f, 3], P[f, 4])  # tuples: no memory to ask for in the innermost loop
    row1 = (P[f + 1, 0], P[f + 1, 1], P[f + 1, 2], P[f + 1, 3], P[f + 1, 4])
    for i in range(5):
        k0 = (row0[i] * d - row1[i] * b) / det
        k1 = (row1[i] * a - row0[i] * b) / det
        x[i] += k0 * dx + k1 * dy
        for j in range(i + 1):
            P[i, j] -= k0 * row0[j] + k1 * row1[j]
    for i in range(5):
        for j in range(i):
            P[j, i] = P[i, j]


@kernel
def moved_to(frame: Array, new: Any, x: Array, P: Array) -> None:
    """State and covariance from the plane `frame` into the plane `new`, in place (`frame` stays as it is)."""
    east, north, j00, j01, j10, j11 = rebase_of(frame, new, x[0], x[1])
    turn_state(x, P, j00, j01, j10, j11)
    x[0] = east
    x[1] = north


@kernel
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
            moved_to(frame, new, y[j], Y[j])
        moved_to(frame, new, x, t.P)
        for k in range(9):
            frame[k] = new[k]
    px, py, pz = lift_of(frame, x[0], x[1])
    t.place[0], t.place[1], t.place[2] = px, py, pz
    for k in range(3):
        t.drift[k] = x[2] * frame[3 + k] + x[3] * frame[6 + k]


@kernel
def position_sd(t: Any, dt: float, q: float) -> float:
    """An upper bound of the position's standard deviation after dt seconds, m, without predicting the state."""
    P = t.P
    now = P[0, 0] + P[1, 1]
    rate = P[2, 2] + P[3, 3]
    return math.sqrt(now) + dt * math.sqrt(rate) + math.sqrt(2 * q * dt * dt * dt / 3)
