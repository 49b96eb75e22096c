"""Reports of vessels whose names are told -> a Kalman filter per vessel, vessel after vessel, in one kernel.

Near-constant velocity, Bar-Shalom, Li & Kirubarajan 2001, 6.2.2; state (4,): east, north, m, and their rates, m/s.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import ecef_of, frame_of, plane_to_lat_lon, rebase_of, to_plane, turn_state
from mihari.core.kernels import kernel

STATE = 2  # in a row: lat_rad, lon_rad, from here velocity and the upper triangle of the covariance, then who and when
WHO, WHEN, WIDTH = 14, 15, 16


@kernel
def moved(x: Array, P: Array, dt: float, q: float) -> None:
    """Predicted by dt s with acceleration noise of density q m²/s³, in place."""
    for a in range(2):
        x[a] += dt * x[a + 2]
    for j in range(4):
        for a in range(2):
            P[a, j] += dt * P[a + 2, j]
    for j in range(4):
        for a in range(2):
            P[j, a] += dt * P[j, a + 2]
    for a in range(2):
        P[a, a] += q * dt**3 / 3
        P[a, a + 2] += q * dt**2 / 2
        P[a + 2, a] += q * dt**2 / 2
        P[a + 2, a + 2] += q * dt


@kernel
def updated(x: Array, P: Array, first: int, dx: float, dy: float, ree: float, ren: float, rnn: float) -> None:
    """Corrected by a measured pair (position: first 0, velocity: first 2); (dx, dy): measured less predicted."""
    f = first
    a, b, d = P[f, f] + ree, P[f, f + 1] + ren, P[f + 1, f + 1] + rnn
    det = a * d - b * b
    row = np.empty((2, 4))
    for j in range(4):
        row[0, j], row[1, j] = P[f, j], P[f + 1, j]
    for i in range(4):
        k0, k1 = (row[0, i] * d - row[1, i] * b) / det, (row[1, i] * a - row[0, i] * b) / det
        x[i] += k0 * dx + k1 * dy
        for j in range(4):
            P[i, j] -= k0 * row[0, j] + k1 * row[1, j]
    for i in range(4):
        for j in range(i):
            P[i, j] = P[j, i] = 0.5 * (P[i, j] + P[j, i])


@kernel
def centred(frame: Any, x: Array, P: Array) -> Any:
    """(lat_rad, lon_rad, frame) of the plane at the state's own place; x and P go there, in place."""
    lat, lon = plane_to_lat_lon(frame, x[0], x[1])
    new = frame_of(lat, lon)
    _, _, j00, j01, j10, j11 = rebase_of(frame, new, x[0], x[1])
    turn_state(x, P, j00, j01, j10, j11)
    x[0], x[1] = 0.0, 0.0
    return lat, lon, new


@kernel
def put_row(row: Array, frame: Any, x: Array, P: Array, dt: float, q: float, who: int, when: int) -> float:
    """The state dt s later into a row; the trace of its position's covariance, m²."""
    y, Q = x.copy(), P.copy()
    moved(y, Q, dt, q)
    row[0], row[1], _ = centred(frame, y, Q)
    row[STATE], row[STATE + 1] = y[2], y[3]
    row[WHO], row[WHEN] = who, when
    place = STATE + 2
    for i in range(4):
        for j in range(i, 4):
            row[place] = Q[i, j]
            place += 1
    return float(Q[0, 0] + Q[1, 1])


@kernel
def filtered(starts: Array, told: Any, q: Array, asked: Array, speed_sd: float, silent: float, spread: float) -> Array:
    """(rows, WIDTH): every vessel at each `asked` time from its first report on.

    Vessel k has the reports `starts[k]:starts[k + 1]`, in order of time; `told`: time, lat_rad, lon_rad, covariance
    (n, 3), velocity (n, 2) with its variance (NaN: not told). A vessel unheard for `silent` s is told only while the
    trace of its position's covariance is below `spread`, m².
    """
    time, lat, lon, covariance, velocity, variance = told
    rows, used = np.empty((1024, WIDTH)), 0
    x, P = np.zeros(4), np.zeros((4, 4))
    for k in range(len(starts) - 1):
        first, last = starts[k], starts[k + 1]
        if first == last:
            continue
        when = np.searchsorted(asked, time[first])
        frame = frame_of(lat[first], lon[first])
        x[:] = 0.0
        P[:] = 0.0
        P[0, 0], P[0, 1], P[1, 0], P[1, 1] = (
            covariance[first, 0],
            covariance[first, 1],
            covariance[first, 1],
            covariance[first, 2],
        )
        P[2, 2] = P[3, 3] = speed_sd**2
        for r in range(first, last):
            if r > first:
                moved(x, P, time[r] - time[r - 1], q[k])
                px, py, pz = ecef_of(lat[r], lon[r])
                east, north = to_plane(frame, px, py, pz)
                updated(x, P, 0, east - x[0], north - x[1], covariance[r, 0], covariance[r, 1], covariance[r, 2])
            if not math.isnan(variance[r]):
                updated(x, P, 2, velocity[r, 0] - x[2], velocity[r, 1] - x[3], variance[r], 0.0, variance[r])
            _, _, frame = centred(frame, x, P)
            until = time[r + 1] if r + 1 < last else math.inf
            while when < len(asked) and asked[when] < until:
                if used == len(rows):
                    wider = np.empty((2 * used, WIDTH))
                    wider[:used] = rows
                    rows = wider
                dt = asked[when] - time[r]
                trace = put_row(rows[used], frame, x, P, dt, q[k], k, when)
                if dt > silent and trace > spread:
                    if until == math.inf:
                        when = len(asked)
                        break
                else:
                    used += 1
                when += 1
    return rows[:used]
