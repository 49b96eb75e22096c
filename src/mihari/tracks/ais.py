"""One AIS position report after another -> the tracks it speaks for. The MMSI is a likelihood, never a key."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel, lean
from mihari.tracks.gate import in_plane_of
from mihari.tracks.index import around, ascending, file_away, holders, rename
from mihari.tracks.intake import REPEAT_KIND
from mihari.tracks.life import DROPPED, fade_radar, put_into_bank
from mihari.tracks.modes import (
    AGILE,
    FIELDS,
    MODES,
    ROOM,
    advanced,
    begun,
    merged,
    mixture_of,
    modes_of,
    normalised,
    unbegun,
)
from mihari.tracks.motion import correct, fit_of, position_sd, settle, spread_of
from mihari.tracks.radar import SURE

MOST = 64  # tracks that one report is weighed against, those in the lowest slots
SPOKEN = 5  # tracks at most that one report speaks for: four that explain it by a quarter each, and a new one

# A track that may explain a report: its slot, modes corrected by the report, prior times likelihood.
EXPLAINED = np.dtype([("slot", "i8"), *FIELDS, ("weight", "f8")])


@lean
def velocity_sd(speed: float, s: Any) -> float:
    """Standard deviation per axis of a velocity told, m/s."""
    return float(s.told_speed_sd + s.told_speed_share * speed)


@lean
def fitted(y: Array, Y: Array, j: int, frame: Array, r: Any, back: float, s: Any) -> tuple[float, float]:
    """Corrects mode j by report r, in place: (squared distance of the position, likelihood of position and velocity).

    The velocity is part of it only where one is told.
    """
    pe, pn, ree, ren, rnn = in_plane_of(frame, r)
    lag = s.ais_latency * s.ais_latency * (y[j, 2] * y[j, 2] + y[j, 3] * y[j, 3])
    ree, rnn = ree + lag, rnn + lag
    dx, dy = pe + y[j, 2] * back - y[j, 0], pn + y[j, 3] * back - y[j, 1]
    a, b, d = spread_of(Y, j, 0, ree, ren, rnn)
    q, likelihood = fit_of(a, b, d, dx, dy)
    correct(y, Y, j, 0, dx, dy, ree, ren, rnn)
    if math.isfinite(r.east):
        axes = r.axes
        u, v = 0.0, 0.0
        for k in range(3):
            along = r.east * axes[k] + r.north * axes[3 + k]
            u += along * frame[3 + k]
            v += along * frame[6 + k]
        var = velocity_sd(math.hypot(u, v), s) ** 2
        a, b, d = spread_of(Y, j, 2, var, 0.0, var)
        likelihood *= fit_of(a, b, d, u - y[j, 2], v - y[j, 3])[1]
        correct(y, Y, j, 2, u - y[j, 2], v - y[j, 3], var, 0.0, var)
    return q, likelihood


@lean
def new_likelihood(r: Any, s: Any) -> float:
    """Density of report r coming from a vessel not yet tracked."""
    density = s.birth_ais
    if math.isfinite(r.east):
        var = s.speed_sd**2
        speed2 = r.east**2 + r.north**2
        density *= math.exp(-0.5 * speed2 / var) / (2 * math.pi * var) + 1e-6
    return float(density)


@lean
def explained(t: Any, r: Any, c: Any, room: Any, s: Any) -> float:
    """How well track t explains report r: prior times likelihood; c gets its modes corrected by the report."""
    same = r.mmsi != 0 and t.mmsi == r.mmsi
    dt, back = max(r.time - t.time, 0.0), max(t.time - r.time, 0.0)
    if same:
        silence = max(r.time - t.heard_ais, 0.0)
        east, north = to_plane(t.frame, r.place[0], r.place[1], r.place[2])
        jump = math.hypot(east - t.x[0], north - t.x[1])
        if jump > r.fastest * max(dt, silence if t.plots == 0 else dt) + 500.0:
            return 0.0
    modes_of(t, c, s)
    mu, y, Y = c.mu, c.y, c.Y
    advanced(mu, y, Y, dt, room_to_turn(t, r), s, room)
    least, likelihood = math.inf, 0.0
    for j in range(MODES):
        q, fit = fitted(y, Y, j, t.frame, r, back, s)
        least = min(least, q) if j != AGILE else least  # nobody is taken for another by a manoeuvre
        mu[j] *= fit
        likelihood += mu[j]
    if not likelihood > 0.0 or (not same and least > s.gate):
        return 0.0
    normalised(mu)
    if same:
        factor = s.same_identity
    elif t.mmsi != 0 and r.mmsi != 0:
        factor = s.other_identity
    else:
        factor = s.no_identity
    return float(t.existence * factor * likelihood)


@lean
def room_to_turn(t: Any, r: Any) -> float:
    """m/s that bound a manoeuvre of track t beside its own speed: half of what its own report tells, else 5."""
    if r.mmsi == 0 or t.mmsi != r.mmsi:
        return 0.0
    return 0.5 * math.hypot(r.east, r.north) if math.isfinite(r.east) else 5.0


@lean
def may_explain(t: Any, r: Any, sd_report: float, s: Any) -> bool:
    """Whether report r is in the gate of track t, or tells its MMSI within a vessel's reach."""
    if not t.alive or t.status == DROPPED:
        return False
    dt = r.time - t.time
    if dt < -s.late:
        return False
    dt = max(dt, 0.0)
    dx = t.place[0] + dt * t.drift[0] - r.place[0]
    dy = t.place[1] + dt * t.drift[1] - r.place[1]
    dz = t.place[2] + dt * t.drift[2] - r.place[2]
    d2 = dx * dx + dy * dy + dz * dz
    if r.mmsi != 0 and t.mmsi == r.mmsi:
        return bool(d2 <= 50e3**2)
    if d2 > (5.0 * s.reach) ** 2:
        return False
    sd = position_sd(t, dt, s.acceleration) + sd_report
    return bool(d2 <= s.gate * (sd + s.late * 10.0) ** 2)


@kernel
def nearby(bank: Any, r: Any, old: bool, s: Any, found: Array) -> int:
    """Slots that may explain report r come first in `found`, in ascending order; how many. An old report may speak only
    for the tracks of its own MMSI.
    """
    sd_report = math.sqrt(r.covariance[0] + r.covariance[2])
    n = 0 if old else around(bank, r.place, 5.0 * s.reach, math.sqrt(s.gate) * sd_report, found)
    kept = 0
    for k in range(n):
        t = bank.tracks[found[k]]
        if (r.mmsi == 0 or t.mmsi != r.mmsi) and may_explain(t, r, sd_report, s):
            found[kept] = found[k]
            kept += 1
    if r.mmsi != 0:
        own = found[kept:]
        n = holders(bank, r.mmsi, own)
        for k in range(n):
            if may_explain(bank.tracks[own[k]], r, sd_report, s):
                found[kept] = own[k]
                kept += 1
        ascending(found, kept)
    return min(kept, MOST)


@lean
def claim(bank: Any, i: int, mmsi: int, probability: float) -> None:
    """Counts a report's MMSI for or against the one that track i holds; the one with more support is held."""
    t = bank.tracks[i]
    if mmsi == 0:
        return
    if t.mmsi == mmsi:
        t.claim = min(t.claim + probability, 10.0)
    else:
        t.claim -= probability
        if (t.claim <= 0.0 or t.mmsi == 0) and probability > 0.5:
            t.mmsi, t.claim = mmsi, probability
            rename(bank, i)


@lean
def heard(bank: Any, i: int, r: Any) -> None:
    """Notes that report r supports track i."""
    t = bank.tracks[i]
    t.heard_ais, t.interval = r.time, r.interval
    if r.sensor >= 0:
        bank.hit[i, r.sensor] = r.time


@lean
def support(bank: Any, r: Any, p: float, c: Any, clock: float, s: Any, room: Any) -> None:
    """Takes report r with probability p into the track of c, which holds its modes corrected by the report."""
    t = bank.tracks[c.slot]
    dt = max(r.time - t.time, 0.0)
    existence, visibility = fade_radar(t, r.time, s)
    if unbegun(t):
        modes_of(t, t, s)
    advanced(t.mu, t.y, t.Y, dt, room_to_turn(t, r), s, room)
    mixture_of(t.mu, t.y, t.Y, p, c)
    merged(t.mu, t.y, t.Y, t.x, t.P)
    t.time = max(t.time, r.time)
    t.asked = max(t.asked, r.time)
    t.existence, t.visibility = min(p + (1.0 - p) * existence, SURE), visibility
    claim(bank, c.slot, r.mmsi, p)
    if p > 0.5:
        t.reports += 1
        heard(bank, c.slot, r)
    settle(t, s.rebase)
    file_away(bank, c.slot, clock, s)


@lean
def start(bank: Any, r: Any, probability: float, clock: float, s: Any) -> int:
    """A new track from report r; the bank must have room. Returns its slot."""
    i = put_into_bank(bank, r, 0.9 * probability)
    t = bank.tracks[i]
    P = t.P
    P[0, 0], P[1, 1] = 1e6, 1e6  # before the report itself: anywhere, at any speed of a vessel
    P[2, 2] = P[3, 3] = s.speed_sd**2 + r.fastest**2 / 16.0
    begun(t.mu, t.y, t.Y, t.x, P, 0.0, s)
    for j in range(MODES):
        fitted(t.y, t.Y, j, t.frame, r, 0.0, s)
    merged(t.mu, t.y, t.Y, t.x, P)
    claim(bank, i, r.mmsi, 1.0)
    t.reports = 1
    heard(bank, i, r)
    settle(t, s.rebase)
    file_away(bank, i, clock, s)
    return int(i)


@lean
def repeated(t: Any, r: Any) -> bool:
    """Whether report r is what track t was told already: one message heard by two stations."""
    return bool(r.mmsi != 0 and t.mmsi == r.mmsi and abs(r.time - t.heard_ais) < 1.0)


@kernel
def witness(bank: Any, g: Any, first: int, last: int, n: int, touched: Array, found: Array) -> int:
    """A second station has brought these messages, too: notes who hears the tracks that hold their MMSI, no more.

    Of two tracks the one heard last. Slots noted come after the first n of `touched`; returns how many there are then.
    """
    for j in range(first, last):
        claim, sensor = g.claim[j], g.sensor[j]
        if g.kind[j] != REPEAT_KIND or not (0 <= sensor < bank.hit.shape[1] and 0 <= claim < len(g.mmsi)):
            continue
        best = -1
        for k in range(holders(bank, int(g.mmsi[claim]), found) if g.mmsi[claim] != 0 else 0):
            t = bank.tracks[found[k]]
            holds = t.alive and t.status != DROPPED and t.reports > 0
            if holds and (best < 0 or t.heard_ais > bank.tracks[best].heard_ais):
                best = found[k]
        if best >= 0:
            bank.hit[best, sensor] = max(bank.hit[best, sensor], bank.tracks[best].heard_ais)
            touched[n] = best
            n += 1
    return n


@kernel
def take_in(bank: Any, r: Any, old: bool, clock: float, s: Any, found: Array, slots: Array, chance: Array) -> int:
    """Weighs one report and updates the tracks it speaks for: their `slots` and `chance`, at least 0.25; how many.

    The start of a new track is among them. An old report starts none. One report is one measurement, so the sum over
    its explanations is exact and needs no belief propagation.
    """
    n = nearby(bank, r, old, s, found)
    options, room = np.empty(n, EXPLAINED), np.empty(1, ROOM)
    new = new_likelihood(r, s)
    total = 0.0
    for k in range(n):
        c = options[k]
        c.slot = found[k]
        fit = explained(bank.tracks[c.slot], r, c, room[0], s)
        c.weight = fit if math.isfinite(fit) else 0.0
        total += c.weight
    total += new
    spoken = 0
    for k in range(n):
        c = options[k]
        p = c.weight / total
        if p >= 0.25 and spoken < SPOKEN - 1:
            if not repeated(bank.tracks[c.slot], r):
                support(bank, r, p, c, clock, s, room[0])
            elif r.sensor >= 0:
                bank.hit[c.slot, r.sensor] = r.time
            slots[spoken], chance[spoken] = c.slot, p
            spoken += 1
    if new / total > 0.5 and not old:
        slots[spoken], chance[spoken] = start(bank, r, new / total, clock, s), new / total
        spoken += 1
    return spoken
