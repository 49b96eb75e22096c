"""How a vessel may move: it holds on, it manoeuvres, it turns, or it lies still. Four filters side by side, weighed.

Interacting multiple models: Blom and Bar-Shalom, IEEE TAC 33(8), 1988; the turn with its rate as a state: Bar-Shalom,
Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, 11.7. Modes of one track are three
arrays: `mu` (4,) weights, `y` (4, 5) states, `Y` (4, 15) covariances, kept as `tracks.motion` says. The rate of turn
is used by the turning mode alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import lean
from mihari.tracks.motion import STATES, STRAIGHT, TRIANGLE, predict, turn

MODES = 4
STEADY, AGILE, TURNING, RESTING = range(MODES)
FIELDS = [("mu", "f8", (MODES,)), ("y", "f8", (MODES, STATES)), ("Y", "f8", (MODES, TRIANGLE))]
ROOM = np.dtype(FIELDS)  # of one track's modes
LEAST = 1e-9  # a weight below is none


@lean
def copied(to: Any, mu: Array, y: Array, Y: Array) -> None:
    """The modes into a record with room for them."""
    n, z, Z = to.mu, to.y, to.Y
    for j in range(MODES):
        n[j] = mu[j]
        for a in range(STATES):
            z[j, a] = y[j, a]
        for a in range(TRIANGLE):
            Z[j, a] = Y[j, a]


@lean
def begun(mu: Array, y: Array, Y: Array, x: Array, P: Array, agile_var: float, s: Any) -> None:
    """All modes with state x (4,) and covariance P (4, 4); the agile one with `agile_var` (m/s)² more of speed.

    What lies still is where x is, whatever its speed.
    """
    mu[STEADY], mu[AGILE], mu[TURNING], mu[RESTING] = (
        1.0 - s.agile - s.turning - s.resting,
        s.agile,
        s.turning,
        s.resting,
    )
    for j in range(MODES):
        n = 0
        for a in range(4):
            y[j, a] = x[a]
            for b in range(a + 1):
                Y[j, n] = P[a, b]
                n += 1
        straight(y, Y, j, s)
    Y[AGILE, 5] += agile_var
    Y[AGILE, 9] += agile_var
    still(y, Y, RESTING, s)


@lean
def speed_var(s: Any) -> float:
    """(m/s)² per axis of a vessel of which only a position is known, all modes together."""
    still, quick = s.resting * s.rest_sd**2, s.agile * s.speed_sd_agile**2
    return float((1.0 - s.agile - s.resting) * s.speed_sd**2 + quick + still)


@lean
def unbegun(t: Any) -> bool:
    """Whether of track t one plot is known and no more: its modes follow from that, and are begun when they are needed.

    Most false plots begin a track that no second one is ever near.
    """
    return bool(t.mu[STEADY] < 0.0)


@lean
def modes_of(t: Any, to: Any, s: Any) -> None:
    """The modes of track t into a record with room for them (t itself, too), begun if they are not."""
    if t.mu[STEADY] >= 0.0:
        copied(to, t.mu, t.y, t.Y)
        return
    Y = to.Y
    begun(to.mu, to.y, Y, t.x, t.P, 0.0, s)
    for j in (STEADY, AGILE, TURNING):
        Y[j, 5] = Y[j, 9] = (s.speed_sd_agile if j == AGILE else s.speed_sd) ** 2


@lean
def straight(y: Array, Y: Array, j: int, s: Any) -> None:
    """Of row j's rate of turn only the spread among all vessels is known."""
    y[j, 4] = Y[j, 10] = Y[j, 11] = Y[j, 12] = Y[j, 13] = 0.0
    Y[j, 14] = s.turn_sd * s.turn_sd


@lean
def still(y: Array, Y: Array, j: int, s: Any) -> None:
    """Of row j's velocity only what vessels at rest drift is known."""
    y[j, 2] = y[j, 3] = 0.0
    Y[j, 3] = Y[j, 4] = Y[j, 6] = Y[j, 7] = Y[j, 8] = 0.0
    Y[j, 5] = Y[j, 9] = s.rest_sd * s.rest_sd


@lean
def blend(z: Array, Z: Array, k: int, y: Array, Y: Array, i: int, p: float, size: int) -> None:
    """With probability p row i of y, Y, else row k of z, Z: one Gaussian, in place there.

    `size` is `STRAIGHT` where the rate of turn stays as it is, else `TRIANGLE`.
    """
    rest, both = 1.0 - p, p * (1.0 - p)
    d0, d1, d2, d3 = y[i, 0] - z[k, 0], y[i, 1] - z[k, 1], y[i, 2] - z[k, 2], y[i, 3] - z[k, 3]
    d = (d0, d1, d2, d3, y[i, 4] - z[k, 4])
    n = 0
    for a in range(4):
        z[k, a] += p * d[a]
        for b in range(a + 1):
            Z[k, n] = rest * Z[k, n] + p * Y[i, n] + both * d[a] * d[b]
            n += 1
    if size == TRIANGLE:
        z[k, 4] += p * d[4]
        for b in range(5):
            Z[k, n + b] = rest * Z[k, n + b] + p * Y[i, n + b] + both * d[4] * d[b]


@lean
def rates(dt: float, speed2: float, s: Any) -> Any:
    """Probabilities of another mode after dt s: steady to agile and to turning each, steady to resting; agile or
    turning to steady; resting to steady. `speed2` is the square of the steady one's speed, m²/s²:
    only what is slow already stops.

    >>> from mihari.tracks.bank import constants_of
    >>> from mihari.tracks.settings import TrackerSettings
    >>> constants = constants_of(TrackerSettings(holds=100.0, stops=1000.0, manoeuvres=50.0, rests=1000.0), 2.5)
    >>> [round(p, 4) for p in rates(1.0, 0.0, constants[0])]
    [0.005, 0.001, 0.0198, 0.001]
    """
    moves = 0.5 * (1.0 - math.exp(-dt / s.holds))
    stops = (1.0 - math.exp(-dt / s.stops)) * math.exp(-0.5 * speed2 / (s.stopping * s.stopping))
    ends = 1.0 - math.exp(-dt / s.manoeuvres)
    leaves = 1.0 - math.exp(-dt / s.rests)
    return min(moves, 0.33), min(stops, 0.33), ends, leaves


@lean
def mixed(mu: Array, y: Array, Y: Array, dt: float, s: Any, w: Any) -> None:
    """What each mode knows after dt s in which the vessel may have changed to it, in place; w is a record of `ROOM`."""
    moves, stops, ends, leaves = rates(dt, y[STEADY, 2] * y[STEADY, 2] + y[STEADY, 3] * y[STEADY, 3], s)
    kept = 1.0 - 2.0 * moves - stops
    steady, agile, turning, resting = mu[STEADY], mu[AGILE], mu[TURNING], mu[RESTING]
    z, Z = w.y, w.Y
    for a in range(STATES):
        z[0, a] = y[STEADY, a]
    for a in range(STRAIGHT):
        Z[0, a] = Y[STEADY, a]
    # into the steady one
    total = max(kept * steady, LEAST)
    for j in (AGILE, TURNING, RESTING):
        more = (leaves if j == RESTING else ends) * mu[j]
        total += more
        if more > LEAST:
            blend(z, Z, 0, y, Y, j, more / total, STRAIGHT)
    mu[STEADY] = total
    # into the agile one
    more = moves * steady
    total = max((1.0 - ends) * agile, LEAST) + more
    blend(y, Y, AGILE, y, Y, STEADY, more / total, STRAIGHT)
    mu[AGILE] = total
    # into the turning one, whose rate begins anew
    straight(y, Y, STEADY, s)
    more = moves * steady
    total = max((1.0 - ends) * turning, LEAST) + more
    blend(y, Y, TURNING, y, Y, STEADY, more / total, TRIANGLE)
    mu[TURNING] = total
    # into the resting one, whose velocity begins anew
    still(y, Y, STEADY, s)
    more = stops * steady
    total = max((1.0 - leaves) * resting, LEAST) + more
    blend(y, Y, RESTING, y, Y, STEADY, more / total, STRAIGHT)
    mu[RESTING] = total
    for a in range(4):
        y[STEADY, a] = z[0, a]
    for a in range(STRAIGHT):
        Y[STEADY, a] = Z[0, a]
    normalised(mu)


@lean
def agile_noise(speed: float, dt: float, s: Any) -> float:
    """Acceleration density, m²/s³, of a vessel that manoeuvres for dt s.

    What it makes good differs from the predicted by no more than it sails: the position's deviation stays below its
    speed over the time. A vessel that hardly moves may still start.
    """
    if dt <= 0.0:
        return float(s.agility)
    return float(max(s.acceleration, min(s.agility, 3.0 * (0.5 * speed + 1.0) ** 2 / dt)))


@lean
def advanced(mu: Array, y: Array, Y: Array, dt: float, room: float, s: Any, w: Any) -> None:
    """All modes dt s later, in place; `room` m/s is added to the speed that bounds a manoeuvre."""
    if dt <= 0.0:
        return
    mixed(mu, y, Y, dt, s, w)
    speed = math.sqrt(y[AGILE, 2] * y[AGILE, 2] + y[AGILE, 3] * y[AGILE, 3]) + room
    steady = s.acceleration + s.swerves * (y[STEADY, 2] * y[STEADY, 2] + y[STEADY, 3] * y[STEADY, 3])
    predict(y, Y, STEADY, dt, steady)
    predict(y, Y, AGILE, dt, agile_noise(speed, dt, s))
    turn(y, Y, TURNING, dt, steady, s.turn_noise)
    predict(y, Y, RESTING, dt, s.rest_noise)


@lean
def merged(mu: Array, y: Array, Y: Array, x: Array, P: Array) -> None:
    """One Gaussian with the mean and covariance of all modes, into x (4,) and P (4, 4)."""
    for a in range(4):
        x[a] = mu[0] * y[0, a] + mu[1] * y[1, a] + mu[2] * y[2, a] + mu[3] * y[3, a]
        for b in range(a + 1):
            P[a, b] = 0.0
    for j in range(MODES):
        d = (y[j, 0] - x[0], y[j, 1] - x[1], y[j, 2] - x[2], y[j, 3] - x[3])
        n = 0
        for a in range(4):
            for b in range(a + 1):
                P[a, b] += mu[j] * (Y[j, n] + d[a] * d[b])
                n += 1
    for a in range(4):
        for b in range(a):
            P[b, a] = P[a, b]


@lean
def mixture_of(mu: Array, y: Array, Y: Array, p: float, other: Any) -> None:
    """With probability p the modes of `other`, else those given: mode by mode one Gaussian, in place."""
    n, z, Z = other.mu, other.y, other.Y
    for j in range(MODES):
        mine, theirs = (1.0 - p) * mu[j], p * n[j]
        total = max(mine + theirs, LEAST)
        blend(y, Y, j, z, Z, j, theirs / total, TRIANGLE)
        mu[j] = total
    normalised(mu)


@lean
def normalised(mu: Array) -> None:
    """Weights that sum to one, in place."""
    total = mu[0] + mu[1] + mu[2] + mu[3]
    for j in range(MODES):
        mu[j] /= total
