"""Which tracks a radar sector concerns, and which of its plots lie in their gates."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel
from mihari.tracks.motion import position_sd, predict, put


class Sweep(NamedTuple):
    """A radar's look over a sector, as kernels take it. `frame` is the plane of the radar; angles in rad."""

    sensor: int
    frame: Array
    time: float
    middle: float
    half: float  # pi and more: a whole turn
    range_min: float
    range_max: float
    period: float
    detection: float


class Plots(NamedTuple):
    """Plots of a sector: ECEF `place` (n, 3), own `axes` (n, 6), `covariance` there (n, 3: ee, en, nn), `time`.

    `x`, `y` are east and north of the radar, `lat`, `lon` in rad, `clutter` the density of false plots per m².
    """

    place: Array
    axes: Array
    covariance: Array
    time: Array
    x: Array
    y: Array
    lat: Array
    lon: Array
    clutter: Array


@kernel
def wrapped(angle: float) -> float:
    """An angle in (-pi, pi]."""
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))


@kernel
def in_view(bank: Any, sweep: Any, s: Any) -> Array:
    """Slots whose gate may reach into the sector: one pass over places and drifts, planes untouched."""
    found = np.empty(bank.tally[0], np.int64)
    n = 0
    limit = (sweep.range_max + s.reach) ** 2
    for i in range(bank.tally[0]):
        t = bank.tracks[i]
        if not t.alive:
            continue
        dt = sweep.time - t.time
        if dt < -s.late:
            continue
        dt = max(dt, 0.0)
        x, y, z = t.place[0] + dt * t.drift[0], t.place[1] + dt * t.drift[1], t.place[2] + dt * t.drift[2]
        dx, dy, dz = x - sweep.frame[0], y - sweep.frame[1], z - sweep.frame[2]
        if dx * dx + dy * dy + dz * dz > limit:
            continue
        east, north = to_plane(sweep.frame, x, y, z)
        distance = math.hypot(east, north)
        margin = min(s.reach, math.sqrt(s.gate) * (position_sd(t, dt, s.acceleration) + 0.01 * distance))
        off = abs(wrapped(math.atan2(east, north) - sweep.middle))
        if distance <= margin or off <= sweep.half + math.asin(margin / distance):
            found[n] = i
            n += 1
    return found[:n]


@kernel
def predicted(bank: Any, slots: Array, time: float, q: float) -> Any:
    """States (n, 4) and covariances (n, 4, 4) of `slots` at `time`, or at the track's own time where that is later."""
    X, C = np.empty((len(slots), 4)), np.empty((len(slots), 4, 4))
    for k in range(len(slots)):
        t = bank.tracks[slots[k]]
        put(X[k], C[k], t.x, t.P)
        predict(X[k], C[k], max(time - t.time, 0.0), q)
    return X, C


@kernel
def share_in_sector(frame: Array, x: Array, P: Array, sweep: Any) -> float:
    """The part of a track's predicted position distribution that the sector and the radar's range cover.

    Gauss in azimuth; in range the mean decides.
    """
    px = frame[0] + x[0] * frame[3] + x[1] * frame[6]
    py = frame[1] + x[0] * frame[4] + x[1] * frame[7]
    pz = frame[2] + x[0] * frame[5] + x[1] * frame[8]
    east, north = to_plane(sweep.frame, px, py, pz)
    distance = math.hypot(east, north)
    if distance < sweep.range_min or distance > sweep.range_max or distance == 0.0:
        return 0.0
    if sweep.half >= math.pi:
        return 1.0
    # the direction across the ray, (north, -east), in the track's plane
    ce, cn = 0.0, 0.0
    for k in range(3):
        across = (north * sweep.frame[3 + k] - east * sweep.frame[6 + k]) / distance
        ce += across * frame[3 + k]
        cn += across * frame[6 + k]
    sd = math.sqrt(ce * ce * P[0, 0] + 2 * ce * cn * P[0, 1] + cn * cn * P[1, 1]) / distance
    off = wrapped(math.atan2(east, north) - sweep.middle)
    scale = 1.0 / (math.sqrt(2.0) * sd)
    return 0.5 * (math.erf((sweep.half - off) * scale) + math.erf((sweep.half + off) * scale))


@kernel
def sorted_by_cell(x: Array, y: Array, cell: float) -> Any:
    """Plots in a grid over their own extent: (x0, y0, columns, rows, cell, order, start), by counting sort."""
    x0, y0, x1, y1 = x[0], y[0], x[0], y[0]
    for j in range(len(x)):
        x0, x1, y0, y1 = min(x0, x[j]), max(x1, x[j]), min(y0, y[j]), max(y1, y[j])
    wide, high = x1 - x0, y1 - y0
    while (wide / cell + 2) * (high / cell + 2) > 16 * len(x) + 256:
        cell *= 1.5
    columns, rows = int(wide / cell) + 1, int(high / cell) + 1
    place = np.empty(len(x), np.int64)
    start = np.zeros(columns * rows + 1, np.int64)
    for j in range(len(x)):
        place[j] = int((x[j] - x0) / cell) * rows + int((y[j] - y0) / cell)
        start[place[j] + 1] += 1
    for c in range(columns * rows):
        start[c + 1] += start[c]
    fill = start[:-1].copy()
    order = np.empty(len(x), np.int64)
    for j in range(len(x)):
        order[fill[place[j]]] = j
        fill[place[j]] += 1
    return x0, y0, columns, rows, cell, order, start


@kernel
def in_plane_of(frame: Array, plots: Any, j: int) -> Any:
    """Plot j in a track's plane: (east, north, cov_ee, cov_en, cov_nn)."""
    east, north = to_plane(frame, plots.place[j, 0], plots.place[j, 1], plots.place[j, 2])
    axes = plots.axes[j]
    a = frame[3] * axes[0] + frame[4] * axes[1] + frame[5] * axes[2]
    b = frame[3] * axes[3] + frame[4] * axes[4] + frame[5] * axes[5]
    c = frame[6] * axes[0] + frame[7] * axes[1] + frame[8] * axes[2]
    d = frame[6] * axes[3] + frame[7] * axes[4] + frame[8] * axes[5]
    ee, en, nn = plots.covariance[j]
    return (
        east,
        north,
        a * a * ee + 2 * a * b * en + b * b * nn,
        a * c * ee + (a * d + b * c) * en + b * d * nn,
        c * c * ee + 2 * c * d * en + d * d * nn,
    )


@kernel
def wider(pairs: Array, used: int) -> Array:
    """The same pairs with room for as many again."""
    larger = np.empty((2 * len(pairs), 8))
    for e in range(used):
        for c in range(8):
            larger[e, c] = pairs[e, c]
    return larger


@kernel
def gated(bank: Any, slots: Array, X: Array, C: Array, plots: Any, sweep: Any, s: Any) -> Any:
    """All pairs of a track and a plot in its gate: (begin (tracks + 1,), plot (pairs,), pair (pairs, 6)).

    A row of `pair` is density per m², innovation east and north, and the plot's covariance in the track's plane. The
    plot is moved along the track's velocity to the time of the state.
    """
    begin = np.zeros(len(slots) + 1, np.int64)
    pairs = np.empty((2 * (len(slots) + len(plots.x)) + 16, 8))
    n = 0
    if len(plots.x) == 0:
        return begin, np.empty(0, np.int64), pairs[:0, :6]
    broadest = 0.0
    for j in range(len(plots.x)):
        broadest = max(broadest, plots.covariance[j, 0] + plots.covariance[j, 2])
    x0, y0, columns, rows, cell, order, start = sorted_by_cell(plots.x, plots.y, 250.0)
    for k in range(len(slots)):
        begin[k] = n
        t = bank.tracks[slots[k]]
        x, P, frame = X[k], C[k], t.frame
        east, north = to_plane(
            sweep.frame,
            frame[0] + x[0] * frame[3] + x[1] * frame[6],
            frame[1] + x[0] * frame[4] + x[1] * frame[7],
            frame[2] + x[0] * frame[5] + x[1] * frame[8],
        )
        state_time = max(sweep.time, t.time)
        # plots of a sector are up to a turn apart, and late ones up to `late`
        slack = math.hypot(x[2], x[3]) * (sweep.period + s.late)
        radius = min(s.reach, math.sqrt(s.gate * (P[0, 0] + P[1, 1] + broadest))) + slack
        c0, c1 = max(int((east - radius - x0) / cell), 0), min(int((east + radius - x0) / cell), columns - 1)
        r0, r1 = max(int((north - radius - y0) / cell), 0), min(int((north + radius - y0) / cell), rows - 1)
        if east + radius < x0 or north + radius < y0 or r1 < r0:
            continue
        for c in range(c0, c1 + 1):
            for o in range(start[c * rows + r0], start[c * rows + r1 + 1]):
                j = order[o]
                pe, pn, ree, ren, rnn = in_plane_of(frame, plots, j)
                back = state_time - plots.time[j]
                dx, dy = pe + x[2] * back - x[0], pn + x[3] * back - x[1]
                if dx * dx + dy * dy > s.reach * s.reach:
                    continue
                a, b, d = P[0, 0] + ree, P[0, 1] + ren, P[1, 1] + rnn
                det = a * d - b * b
                q = (d * dx * dx - 2 * b * dx * dy + a * dy * dy) / det
                if q < s.gate:
                    if n == len(pairs):
                        pairs = wider(pairs, n)
                    row = pairs[n]
                    row[0], row[1], row[2] = math.exp(-0.5 * q) / (2 * math.pi * math.sqrt(det)), dx, dy
                    row[3], row[4], row[5], row[6] = ree, ren, rnn, j
                    n += 1
    begin[len(slots)] = n
    plot = np.empty(n, np.int64)
    for e in range(n):
        plot[e] = int(pairs[e, 6])
    return begin, plot, pairs[:n, :6]
