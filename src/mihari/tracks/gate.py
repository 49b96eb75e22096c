"""Which tracks a radar sector concerns, with what chance, and which of its plots lie in their gates."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel, lean
from mihari.tracks.life import fade_radar
from mihari.tracks.modes import MODES, ROOM, advanced, merged, modes_of, unbegun
from mihari.tracks.motion import fit_of, position_sd, spread_of
from mihari.tracks.visibility import RADAR, detection_at, distance_to, visible_to


class Sweep(NamedTuple):
    """A radar's look over a sector, as kernels take it. `frame`, nine numbers, is the radar's plane; angles in rad."""

    sensor: int
    frame: Any
    time: float
    middle: float
    half: float  # pi and more: a whole turn
    range_min: float
    range_max: float
    period: float
    detection: float
    kind: int  # SensorKind
    range_half: float


# A track that a sector concerns: its slot; rows `begin` to `end` of the pairs; existence r, visibility v, detection if
# it is visible, chance of being looked at, all at the sector's time. One that no plot is near is `alone`: its state is
# left as it is, while those of the others are moved on.
SEEN = np.dtype(
    [
        *(("slot", "i8"), ("begin", "i8"), ("end", "i8"), ("alone", "i8")),
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


@lean
def wrapped(angle: float) -> float:
    """An angle in (-pi, pi]."""
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))


@lean
def reaches(t: Any, sweep: Any, reach: float, s: Any) -> bool:
    """Whether the gate of track t, no wider than `reach` m, may reach into the sector; its plane is not touched."""
    dt = sweep.time - t.time
    if dt < -s.late:
        return False
    dt, place, drift, frame = max(dt, 0.0), t.place, t.drift, sweep.frame
    x, y, z = place[0] + dt * drift[0], place[1] + dt * drift[1], place[2] + dt * drift[2]
    dx, dy, dz = x - frame[0], y - frame[1], z - frame[2]
    if dx * dx + dy * dy + dz * dz > (sweep.range_max + reach) ** 2:
        return False
    if sweep.half >= math.pi:
        return True
    east, north = to_plane(frame, x, y, z)
    distance = math.sqrt(east * east + north * north)
    margin = min(reach, math.sqrt(s.gate) * (position_sd(t, dt, s.agility) + 0.01 * distance))
    if distance <= margin:
        return True
    off = abs(wrapped(math.atan2(east, north) - sweep.middle))
    return bool(off <= sweep.half + math.asin(margin / distance))


@lean
def share_in_sector(frame: Array, x: Any, P: Any, sweep: Any) -> float:
    """The part of a track's predicted position distribution that the sector and the radar's range cover.

    x: (east, north) in the track's plane, m; P: (ee, en, nn), m². Gauss in azimuth; in range the mean decides.
    """
    radar = sweep.frame
    px = frame[0] + x[0] * frame[3] + x[1] * frame[6]
    py = frame[1] + x[0] * frame[4] + x[1] * frame[7]
    pz = frame[2] + x[0] * frame[5] + x[1] * frame[8]
    east, north = to_plane(radar, px, py, pz)
    distance = math.sqrt(east * east + north * north)
    if distance < sweep.range_min or distance > sweep.range_max or distance == 0.0:
        return 0.0
    if sweep.half >= math.pi:
        return 1.0
    # the direction across the ray, (north, -east), in the track's plane
    ce, cn = 0.0, 0.0
    for k in range(3):
        across = (north * radar[3 + k] - east * radar[6 + k]) / distance
        ce += across * frame[3 + k]
        cn += across * frame[6 + k]
    sd = math.sqrt(ce * ce * P[0] + 2 * ce * cn * P[1] + cn * cn * P[2]) / distance
    off = wrapped(math.atan2(east, north) - sweep.middle)
    if sweep.half - abs(off) > 6.0 * sd:
        return 1.0
    scale = 1.0 / (math.sqrt(2.0) * sd)
    return 0.5 * (math.erf((sweep.half - off) * scale) + math.erf((sweep.half + off) * scale))


class Grid(NamedTuple):
    """Plots by cell: those of cell (column, row) are `order[start[c]:start[c + 1]]`, c being column * rows + row.

    `extent`: m east and north of the radar at the corner of the first, columns, rows, their edge in m.
    """

    extent: Any
    order: Array
    start: Array


@kernel
def sorted_by_cell(plots: Array, cell: float) -> Grid:
    """Plots in a grid over their own extent, by counting sort."""
    if len(plots) == 0:
        return Grid((0.0, 0.0, 0, 0, cell), np.empty(0, np.int64), np.zeros(1, np.int64))
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
    return Grid((x0, y0, columns, rows, cell), order, start)


@lean
def cells_within(extent: Any, east: float, north: float, radius: float) -> Any:
    """(first, last column, first, last row) of the cells that a square about a place may touch; none: last < first."""
    x0, y0, columns, rows, cell = extent
    if east + radius < x0 or north + radius < y0:
        return 1, 0, 1, 0
    c0, c1 = max(int((east - radius - x0) / cell), 0), int((east + radius - x0) / cell)
    r0, r1 = max(int((north - radius - y0) / cell), 0), int((north + radius - y0) / cell)
    c1, r1 = min(c1, columns - 1), min(r1, rows - 1)
    return (c0, c1, r0, r1) if c0 <= c1 and r0 <= r1 else (1, 0, 1, 0)


@lean
def in_plane_of(frame: Array, p: Any) -> Any:
    """A measured record in a track's plane: (east, north, cov_ee, cov_en, cov_nn)."""
    place, axes, covariance = p.place, p.axes, p.covariance
    east, north = to_plane(frame, place[0], place[1], place[2])
    a = frame[3] * axes[0] + frame[4] * axes[1] + frame[5] * axes[2]
    b = frame[3] * axes[3] + frame[4] * axes[4] + frame[5] * axes[5]
    c = frame[6] * axes[0] + frame[7] * axes[1] + frame[8] * axes[2]
    d = frame[6] * axes[3] + frame[7] * axes[4] + frame[8] * axes[5]
    ee, en, nn = covariance[0], covariance[1], covariance[2]
    return (
        east,
        north,
        a * a * ee + 2 * a * b * en + b * b * nn,
        a * c * ee + (a * d + b * c) * en + b * d * nn,
        c * c * ee + 2 * c * d * en + d * d * nn,
    )


@lean
def widest(t: Any, dt: float, s: Any) -> float:
    """No gate of a mode of track t is wider after dt s, m about its place moved on; the plot's errors come on top."""
    x, y, Y, P = t.x, t.y, t.Y, t.P
    off2, place, speed = 0.0, P[0, 0] + P[1, 1], 2.0 * s.speed_sd_agile * s.speed_sd_agile
    if not unbegun(t):
        place = speed = 0.0
    for j in range(0 if unbegun(t) else MODES):
        de, dn = y[j, 0] - x[0] + dt * (y[j, 2] - x[2]), y[j, 1] - x[1] + dt * (y[j, 3] - x[3])
        off2 = max(off2, de * de + dn * dn)
        place, speed = max(place, Y[j, 0] + Y[j, 2]), max(speed, Y[j, 5] + Y[j, 9])
    turned = dt * dt * s.turn_sd * math.sqrt(x[2] * x[2] + x[3] * x[3])
    spread = math.sqrt(place) + dt * math.sqrt(speed) + math.sqrt(2 * s.agility * dt * dt * dt / 3) + turned
    return float(min(s.reach, math.sqrt(off2) + math.sqrt(s.gate) * spread))


@lean
def widest_gate(sd: float, s: Any) -> float:
    """No gate for plots of this standard deviation is wider, m: what a vessel may move, or what the plots err."""
    return float(max(s.reach, math.sqrt(s.gate) * sd))


@lean
def too_far(t: Any, p: Any, dt: float, s: Any) -> bool:
    """Whether plot p is outside all gates of track t, of which one plot is known: the agile mode's is the widest."""
    pe, pn, ree, ren, rnn = in_plane_of(t.frame, p)
    P, moved = (
        t.P,
        dt * dt * (s.speed_sd_agile * s.speed_sd_agile + s.turn_sd * s.turn_sd) + s.agility * dt * dt * dt / 3,
    )
    a, b, d = P[0, 0] + moved + ree, P[0, 1] + ren, P[1, 1] + moved + rnn
    return bool(d * pe * pe - 2.0 * b * pe * pn + a * pn * pn >= s.gate * (a * d - b * b))


@lean
def alone(t: Any, plots: Array, grid: Grid, sweep: Any, broadest: float, s: Any) -> bool:
    """Whether no plot can be in a gate of track t: a quick test that never errs on that side."""
    if len(plots) == 0:
        return True
    dt, place, drift, frame = max(sweep.time - t.time, 0.0), t.place, t.drift, sweep.frame
    x, y, z = place[0] + dt * drift[0], place[1] + dt * drift[1], place[2] + dt * drift[2]
    east, north = to_plane(frame, x, y, z)
    speed = math.sqrt(drift[0] * drift[0] + drift[1] * drift[1] + drift[2] * drift[2])
    # plots of a sector are up to a turn apart, and late ones up to `late`
    wide, far = widest(t, dt, s) + speed * (sweep.period + s.late) + 1.0, math.sqrt(s.gate)
    c0, c1, r0, r1 = cells_within(grid.extent, east, north, wide + far * broadest)
    fresh = unbegun(t)
    start, order, rows = grid.start, grid.order, grid.extent[3]
    for column in range(c0, c1 + 1):
        for o in range(start[column * rows + r0], start[column * rows + r1 + 1]):
            p = plots[order[o]]
            reach = wide + far * p.sd
            near = (p.x - east) * (p.x - east) + (p.y - north) * (p.y - north) <= reach * reach
            if near and not (fresh and too_far(t, p, dt, s)):
                return False
    return True


@lean
def broadest_of(plots: Array) -> float:
    """The largest standard deviation of a plot, m."""
    most = 0.0
    for j in range(len(plots)):
        most = max(most, plots[j].sd)
    return most


@lean
def paired(row: Any, t: Any, p: Any, s: Any) -> bool:
    """Whether plot p is in the gate of track t, moved along its velocity to the time of its state; fills the pair.

    Each mode has a gate of its own.
    """
    back = t.time - p.time
    x, place, frame = t.x, p.place, t.frame
    pe, pn = to_plane(frame, place[0], place[1], place[2])
    dx, dy = pe + x[2] * back - x[0], pn + x[3] * back - x[1]
    reach = widest_gate(p.sd, s)
    if dx * dx + dy * dy > reach * reach:
        return False
    mu, y, Y, fit, density = t.mu, t.y, t.Y, row.fit, 0.0
    pe, pn, ree, ren, rnn = in_plane_of(frame, p)
    for j in range(MODES):
        dx, dy = pe + y[j, 2] * back - y[j, 0], pn + y[j, 3] * back - y[j, 1]
        a, b, d = spread_of(Y, j, 0, ree, ren, rnn)
        fit[j] = 0.0
        if dx * dx + dy * dy <= s.gate * (a + d):
            q, likelihood = fit_of(a, b, d, dx, dy)
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
def gated(t: Any, plots: Array, grid: Grid, sweep: Any, broadest: float, pairs: Array, n: int, s: Any) -> Any:
    """Adds the plots in the gate of track t, which is at the sector's time, to `pairs` from row n: (pairs, rows)."""
    x, Y, frame = t.x, t.Y, t.frame
    east, north = to_plane(
        sweep.frame,
        frame[0] + x[0] * frame[3] + x[1] * frame[6],
        frame[1] + x[0] * frame[4] + x[1] * frame[7],
        frame[2] + x[0] * frame[5] + x[1] * frame[8],
    )
    slack = math.sqrt(x[2] * x[2] + x[3] * x[3]) * (sweep.period + s.late)
    wide = 0.0
    for j in range(MODES):
        wide = max(wide, Y[j, 0] + Y[j, 2])
    radius = min(widest_gate(broadest, s), math.sqrt(s.gate) * math.sqrt(wide + broadest * broadest)) + slack
    c0, c1, r0, r1 = cells_within(grid.extent, east, north, radius)
    start, order, rows = grid.start, grid.order, grid.extent[3]
    for column in range(c0, c1 + 1):
        for o in range(start[column * rows + r0], start[column * rows + r1 + 1]):
            if n == len(pairs):
                pairs = wider(pairs)
            j = order[o]
            if paired(pairs[n], t, plots[j], s):
                pairs[n].plot = j
                n += 1
    return pairs, n


@lean
def share_ahead(t: Any, sweep: Any, dt: float) -> float:
    """`share_in_sector` of track t dt s on, were it to hold on."""
    x, P = t.x, t.P
    ee = P[0, 0] + dt * (2.0 * P[0, 2] + dt * P[2, 2])
    en = P[0, 1] + dt * (P[0, 3] + P[1, 2] + dt * P[2, 3])
    nn = P[1, 1] + dt * (2.0 * P[1, 3] + dt * P[3, 3])
    return share_in_sector(t.frame, (x[0] + dt * x[2], x[1] + dt * x[3]), (ee, en, nn), sweep)


@lean
def chances(c: Any, t: Any, last: float, sweep: Any, s: Any) -> None:
    """Existence, visibility, detection and look of track t at the sweep's time; `last` is when this radar detected it.

    What it detected less than half a turn ago is not missed by looking past it; a second plot of the same hull is still
    its own.
    """
    c.r, c.v = fade_radar(t, sweep.time, s)
    twice = sweep.time - last < 0.5 * sweep.period
    c.detection = sweep.detection * (s.second_plot if twice else 1.0)
    ahead = max(sweep.time - t.time, 0.0)
    c.look = 0.0 if twice else share_ahead(t, sweep, ahead)
    if sweep.kind != RADAR:
        c.v = visible_to(t, sweep.kind, sweep.time, s)
    if sweep.range_half > 0.0:
        x = t.x
        away = distance_to(t.frame, x[0] + ahead * x[2], x[1] + ahead * x[3], sweep.frame)
        c.detection *= detection_at(1.0, sweep.range_half, away)


@kernel
def surveyed(bank: Any, plots: Array, grid: Grid, sweep: Any, s: Any) -> Any:
    """The tracks that the sector concerns, in the order of slots, and the plots in their gates: (SEEN, PAIR).

    Those near a plot are moved on to the sector's time, if they are not later. One pass over where tracks are filed: a
    place farther than m from both sides of the wedge, and from the antenna, cannot have a track within m of it there.
    """
    seen, pairs = np.empty(bank.tally[0], SEEN), np.empty(2 * len(plots) + 256, PAIR)
    n, used, broadest, room = 0, 0, broadest_of(plots), np.empty(1, ROOM)
    frame = sweep.frame
    fx, fy, fz, ex, ey, ez = frame[0], frame[1], frame[2], frame[3], frame[4], frame[5]
    nx, ny, nz = frame[6], frame[7], frame[8]
    narrow = sweep.half < 0.5 * math.pi
    left, right = sweep.middle - sweep.half, sweep.middle + sweep.half
    sin_left, cos_left, sin_right, cos_right = math.sin(left), math.cos(left), math.sin(right), math.cos(right)
    filed, tracks, hit, reach = bank.filed, bank.tracks, bank.hit, widest_gate(broadest, s)
    for i in range(bank.tally[0]):
        f = filed[i]
        if f.slack < 0.0:
            continue
        m = f.slack + reach
        dx, dy, dz = f.x - fx, f.y - fy, f.z - fz
        d2 = dx * dx + dy * dy + dz * dz
        if d2 > (sweep.range_max + m) ** 2:
            continue
        if narrow and d2 > 4.0 * m * m:
            east, north = dx * ex + dy * ey + dz * ez, dx * nx + dy * ny + dz * nz
            if east * cos_left - north * sin_left < -m or north * sin_right - east * cos_right < -m:
                continue
        t = tracks[i]
        if not reaches(t, sweep, reach, s):
            continue
        c = seen[n]
        c.slot, c.begin, c.alone = i, used, alone(t, plots, grid, sweep, broadest, s)
        if not c.alone:
            if unbegun(t):
                modes_of(t, t, s)
            advanced(t.mu, t.y, t.Y, max(sweep.time - t.time, 0.0), 0.0, s, room[0])
            merged(t.mu, t.y, t.Y, t.x, t.P)
            t.time = max(t.time, sweep.time)
            pairs, used = gated(t, plots, grid, sweep, broadest, pairs, used, s)
        c.end = used
        chances(c, t, hit[i, sweep.sensor], sweep, s)
        n += 1
    return seen[:n], pairs[:used]


@kernel
def wider(rows: Array, least: int = 0) -> Array:
    """The same records with room for as many again, and for `least` in all."""
    larger = np.empty(max(2 * len(rows) + 16, least), rows.dtype)
    larger[: len(rows)] = rows
    return larger
