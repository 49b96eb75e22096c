"""Which tracks a radar sector concerns, and which of its plots lie in their gates."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel
from mihari.tracks.modes import FIELDS, MODES, ROOM, advanced, copied, merged
from mihari.tracks.motion import innovation, position_sd


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


# A track that a sector concerns: its slot, modes and state at the sector's time; rows `begin` to `end` of the pairs,
# existence r, visibility v, detection if it is visible, chance of being looked at.
SEEN = np.dtype(
    [
        *(("slot", "i8"), ("begin", "i8"), ("end", "i8"), ("x", "f8", (4,)), ("P", "f8", (4, 4)), *FIELDS),
        *(("r", "f8"), ("v", "f8"), ("detection", "f8"), ("look", "f8")),
    ]
)
# A plot in a track's gate: density per m² and the part of each mode in it; the plot's place, to be moved `back` s along
# the velocity, and its covariance in the track's plane.
PAIR = np.dtype(
    [
        *(("plot", "i8"), ("density", "f8"), ("fit", "f8", (MODES,)), ("east", "f8"), ("north", "f8")),
        *(("back", "f8"), ("ree", "f8"), ("ren", "f8"), ("rnn", "f8"), ("share", "f8")),
    ]
)


@kernel
def wrapped(angle: float) -> float:
    """An angle in (-pi, pi]."""
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))


@kernel
def reaches(t: Any, sweep: Any, s: Any) -> bool:
    """Whether the gate of track t may reach into the sector; its plane is not touched."""
    dt = sweep.time - t.time
    if dt < -s.late:
        return False
    dt = max(dt, 0.0)
    x, y, z = t.place[0] + dt * t.drift[0], t.place[1] + dt * t.drift[1], t.place[2] + dt * t.drift[2]
    dx, dy, dz = x - sweep.frame[0], y - sweep.frame[1], z - sweep.frame[2]
    if dx * dx + dy * dy + dz * dz > (sweep.range_max + s.reach) ** 2:
        return False
    east, north = to_plane(sweep.frame, x, y, z)
    distance = math.hypot(east, north)
    margin = min(s.reach, math.sqrt(s.gate) * (position_sd(t, dt, s.agility) + 0.01 * distance))
    if distance <= margin:
        return True
    off = abs(wrapped(math.atan2(east, north) - sweep.middle))
    return bool(off <= sweep.half + math.asin(margin / distance))


@kernel
def in_view(bank: Any, sweep: Any, s: Any) -> Array:
    """Slots whose gate may reach into the sector, in ascending order: one pass over where tracks are filed.

    A place farther than m from both sides of the wedge, and from the antenna, cannot have a track within m of it there.
    """
    found = np.empty(bank.tally[0], np.int64)
    n = 0
    frame = sweep.frame
    fx, fy, fz, ex, ey, ez = frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]
    nx, ny, nz = frame[6], frame[7], frame[8]
    narrow = sweep.half < 0.5 * math.pi
    left, right = sweep.middle - sweep.half, sweep.middle + sweep.half
    sin_left, cos_left, sin_right, cos_right = math.sin(left), math.cos(left), math.sin(right), math.cos(right)
    filed, tracks = bank.filed, bank.tracks
    for i in range(bank.tally[0]):
        f = filed[i]
        if f.slack < 0.0:
            continue
        m = f.slack + s.reach
        dx, dy, dz = f.x - fx, f.y - fy, f.z - fz
        d2 = dx * dx + dy * dy + dz * dz
        if d2 > (sweep.range_max + m) ** 2:
            continue
        if narrow and d2 > 4.0 * m * m:
            east, north = dx * ex + dy * ey + dz * ez, dx * nx + dy * ny + dz * nz
            if east * cos_left - north * sin_left < -m or north * sin_right - east * cos_right < -m:
                continue
        if reaches(tracks[i], sweep, s):
            found[n] = i
            n += 1
    return found[:n]


@kernel
def predicted(bank: Any, sweep: Any, s: Any) -> Array:
    """The tracks that the sector concerns, (n,) of SEEN, at its time or at the track's own where that is later."""
    slots = in_view(bank, sweep, s)
    seen, tracks, room = np.empty(len(slots), SEEN), bank.tracks, np.empty(1, ROOM)
    for k in range(len(slots)):
        t, c = tracks[slots[k]], seen[k]
        c.slot = slots[k]
        copied(c, t.mu, t.y, t.Y)
        advanced(c.mu, c.y, c.Y, max(sweep.time - t.time, 0.0), 0.0, s, room[0])
        merged(c.mu, c.y, c.Y, c.x, c.P)
    return seen


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
def sorted_by_cell(plots: Array, cell: float) -> Any:
    """Plots in a grid over their own extent: (x0, y0, columns, rows, cell, order, start), by counting sort."""
    x0, y0, x1, y1 = plots[0].x, plots[0].y, plots[0].x, plots[0].y
    for j in range(len(plots)):
        p = plots[j]
        x0, x1, y0, y1 = min(x0, p.x), max(x1, p.x), min(y0, p.y), max(y1, p.y)
    wide, high = x1 - x0, y1 - y0
    while (wide / cell + 2) * (high / cell + 2) > 16 * len(plots) + 256:
        cell *= 1.5
    columns, rows = int(wide / cell) + 1, int(high / cell) + 1
    place = np.empty(len(plots), np.int64)
    start = np.zeros(columns * rows + 1, np.int64)
    for j in range(len(plots)):
        place[j] = int((plots[j].x - x0) / cell) * rows + int((plots[j].y - y0) / cell)
        start[place[j] + 1] += 1
    for c in range(columns * rows):
        start[c + 1] += start[c]
    fill = start[:-1].copy()
    order = np.empty(len(plots), np.int64)
    for j in range(len(plots)):
        order[fill[place[j]]] = j
        fill[place[j]] += 1
    return x0, y0, columns, rows, cell, order, start


@kernel
def in_plane_of(frame: Array, p: Any) -> Any:
    """A measured record in a track's plane: (east, north, cov_ee, cov_en, cov_nn)."""
    east, north = to_plane(frame, p.place[0], p.place[1], p.place[2])
    axes = p.axes
    a = frame[3] * axes[0] + frame[4] * axes[1] + frame[5] * axes[2]
    b = frame[3] * axes[3] + frame[4] * axes[4] + frame[5] * axes[5]
    c = frame[6] * axes[0] + frame[7] * axes[1] + frame[8] * axes[2]
    d = frame[6] * axes[3] + frame[7] * axes[4] + frame[8] * axes[5]
    ee, en, nn = p.covariance[0], p.covariance[1], p.covariance[2]
    return (
        east,
        north,
        a * a * ee + 2 * a * b * en + b * b * nn,
        a * c * ee + (a * d + b * c) * en + b * d * nn,
        c * c * ee + 2 * c * d * en + d * d * nn,
    )


@kernel
def paired(row: Any, c: Any, frame: Array, p: Any, state_time: float, s: Any) -> bool:
    """Whether plot p is in the gate of track c, moved along its velocity to the time of its state; fills the pair.

    Each mode has a gate of its own.
    """
    pe, pn, ree, ren, rnn = in_plane_of(frame, p)
    back = state_time - p.time
    dx, dy = pe + c.x[2] * back - c.x[0], pn + c.x[3] * back - c.x[1]
    if dx * dx + dy * dy > s.reach * s.reach:
        return False
    mu, y, Y, fit, density = c.mu, c.y, c.Y, row.fit, 0.0
    for j in range(MODES):
        dx, dy = pe + y[j, 2] * back - y[j, 0], pn + y[j, 3] * back - y[j, 1]
        q, likelihood, _, _, _ = innovation(Y[j], 0, dx, dy, ree, ren, rnn)
        fit[j] = mu[j] * likelihood if q < s.gate else 0.0
        density += fit[j]
    if density <= 0.0:
        return False
    for j in range(MODES):
        fit[j] /= density
    row.density, row.east, row.north, row.back = density, pe, pn, back
    row.ree, row.ren, row.rnn = ree, ren, rnn
    return True


@kernel
def gated(bank: Any, seen: Array, plots: Array, sweep: Any, s: Any) -> Array:
    """All pairs of a track and a plot in its gate, (pairs,) of PAIR; `begin` and `end` of each track are set."""
    pairs = np.empty(2 * (len(seen) + len(plots)) + 16, PAIR)
    n = 0
    for k in range(len(seen)):
        seen[k].begin = seen[k].end = 0
    if len(plots) == 0:
        return pairs[:0]
    broadest = 0.0
    for j in range(len(plots)):
        broadest = max(broadest, plots[j].covariance[0] + plots[j].covariance[2])
    x0, y0, columns, rows, cell, order, start = sorted_by_cell(plots, 250.0)
    tracks = bank.tracks
    for k in range(len(seen)):
        seen[k].begin = seen[k].end = n
        c = seen[k]
        t = tracks[c.slot]
        x, Y, frame = c.x, c.Y, t.frame
        east, north = to_plane(
            sweep.frame,
            frame[0] + x[0] * frame[3] + x[1] * frame[6],
            frame[1] + x[0] * frame[4] + x[1] * frame[7],
            frame[2] + x[0] * frame[5] + x[1] * frame[8],
        )
        # plots of a sector are up to a turn apart, and late ones up to `late`
        slack = math.hypot(x[2], x[3]) * (sweep.period + s.late)
        wide = 0.0
        for j in range(MODES):
            wide = max(wide, Y[j, 0, 0] + Y[j, 1, 1])
        radius = min(s.reach, math.sqrt(s.gate * (wide + broadest))) + slack
        c0, c1 = max(int((east - radius - x0) / cell), 0), min(int((east + radius - x0) / cell), columns - 1)
        r0, r1 = max(int((north - radius - y0) / cell), 0), min(int((north + radius - y0) / cell), rows - 1)
        if east + radius < x0 or north + radius < y0 or r1 < r0:
            continue
        for column in range(c0, c1 + 1):
            for o in range(start[column * rows + r0], start[column * rows + r1 + 1]):
                if n == len(pairs):
                    pairs = wider(pairs)
                if paired(pairs[n], c, frame, plots[order[o]], max(sweep.time, t.time), s):
                    pairs[n].plot = order[o]
                    n += 1
        seen[k].end = n
    return pairs[:n]


@kernel
def wider(rows: Array) -> Array:
    """The same records with room for as many again."""
    larger = np.empty(2 * len(rows) + 16, rows.dtype)
    larger[: len(rows)] = rows
    return larger
