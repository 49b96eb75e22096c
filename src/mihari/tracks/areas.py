"""What a person tells of about where a vessel is -> the track it supports, or a new one with that spread.

An area is a position with a large covariance. One report is one measurement, so the sum over its explanations (each
track whose spread meets it, a vessel not yet known, a mistake) is exact, as with AIS; silence of a person says nothing.
A track begun by a person is tentative until a sensor's plots confirm it, and kept for `area_drop` s.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.reports import ReportKind
from mihari.tracks.ais import EXPLAINED, MOST
from mihari.tracks.bank import HIGH
from mihari.tracks.clutter import density
from mihari.tracks.gate import in_plane_of
from mihari.tracks.index import file_away
from mihari.tracks.intake import PLOT, Ignored, placed, put_covariance, put_measured
from mihari.tracks.life import DROPPED, fade_radar, put_into_bank
from mihari.tracks.modes import MODES, ROOM, advanced, begun, merged, mixture_of, modes_of, normalised, unbegun
from mihari.tracks.motion import correct, fit_of, position_sd, settle, spread_of
from mihari.tracks.radar import SURE

AREA_KIND = int(ReportKind.AREA)
OTHER_KIND, NO_TIME, NO_POSITION = int(Ignored.NOT_ITS_KIND), int(Ignored.NO_TIME), int(Ignored.NO_POSITION)
NO_VARIANCE, OUTSIDE = int(Ignored.NO_VARIANCE), int(Ignored.OUTSIDE)


@kernel
def area_refused(g: Any, j: int, time: float, within: float) -> int:
    """Why row j is not used in what a person told at `time`; 0 if it is. A covariance not told is the sensor's."""
    if g.kind[j] != AREA_KIND:
        return OTHER_KIND
    if not math.isfinite(g.time[j]):
        return NO_TIME
    if not placed(g.lat_deg[j], g.lon_deg[j]):
        return NO_POSITION
    if g.cov_ee[j] <= 0.0 or g.cov_nn[j] <= 0.0 or g.cov_ee[j] * g.cov_nn[j] <= g.cov_en[j] ** 2:
        return NO_VARIANCE
    return 0 if abs(g.time[j] - time) <= within else OUTSIDE


@kernel
def areas_of(g: Any, first: int, last: int, radar: Any, time: float, ignored: Array, s: Any) -> Array:
    """(n,) of PLOT: the usable rows; the others are counted."""
    areas, n = np.empty(last - first, PLOT), 0
    for j in range(first, last):
        reason = area_refused(g, j, time + radar.latency, radar.period + s.late)
        if reason:
            ignored[reason] += 1
            continue
        p = areas[n]
        put_measured(p, j - first, g.time[j] - radar.latency, g.lat_deg[j], g.lon_deg[j])
        usual = radar.range_sd * radar.range_sd
        put_covariance(p, (g.cov_ee[j], g.cov_en[j], g.cov_nn[j]), usual, 0.0, usual, 1.0)
        p.clutter, p.unknown, p.water = density(radar, 0), radar.unknown, 1
        p.sd = math.sqrt(p.covariance[0] + p.covariance[2])
        n += 1
    return areas[:n]


@kernel
def explained(t: Any, p: Any, c: Any, room: Any, s: Any) -> float:
    """How well track t explains area p: existence times likelihood; c gets its modes corrected by it."""
    dt, back = max(p.time - t.time, 0.0), max(t.time - p.time, 0.0)
    modes_of(t, c, s)
    mu, y, Y = c.mu, c.y, c.Y
    advanced(mu, y, Y, dt, 0.0, s, room)
    pe, pn, ree, ren, rnn = in_plane_of(t.frame, p)
    least, likelihood = math.inf, 0.0
    for j in range(MODES):
        dx, dy = pe + y[j, 2] * back - y[j, 0], pn + y[j, 3] * back - y[j, 1]
        a, b, d = spread_of(Y, j, 0, ree, ren, rnn)
        q, fit = fit_of(a, b, d, dx, dy)
        correct(y, Y, j, 0, dx, dy, ree, ren, rnn)
        least = min(least, q)
        mu[j] *= fit
        likelihood += mu[j]
    if not likelihood > 0.0 or least > s.gate:
        return 0.0
    normalised(mu)
    return float(t.existence * likelihood)


@kernel
def near(t: Any, p: Any, s: Any) -> bool:
    """Whether area p may be in the gate of track t."""
    if not t.alive or t.status == DROPPED or p.time - t.time < -s.late:
        return False
    dt = max(p.time - t.time, 0.0)
    d2 = 0.0
    for k in range(3):
        d2 += (t.place[k] + dt * t.drift[k] - p.place[k]) ** 2
    return bool(d2 <= s.gate * (position_sd(t, dt, s.agility) + p.sd) ** 2)


@kernel
def supported(bank: Any, p: Any, chance: float, c: Any, sensor: int, clock: float, s: Any, room: Any) -> None:
    """Takes area p with a chance into the track of c, which holds its modes corrected by it."""
    t = bank.tracks[c.slot]
    existence, visibility = fade_radar(t, p.time, s)
    if unbegun(t):
        modes_of(t, t, s)
    advanced(t.mu, t.y, t.Y, max(p.time - t.time, 0.0), 0.0, s, room)
    mixture_of(t.mu, t.y, t.Y, chance, c)
    merged(t.mu, t.y, t.Y, t.x, t.P)
    t.existence, t.visibility = min(chance + (1.0 - chance) * existence, SURE), visibility
    t.time, t.asked = max(t.time, p.time), max(t.asked, p.time)
    if chance > 0.5:
        t.heard_other = max(p.time, t.asked)
        bank.hit[c.slot, sensor] = p.time
    settle(t, s.rebase)
    file_away(bank, c.slot, clock, s)


@kernel
def started(bank: Any, p: Any, chance: float, sensor: int, clock: float, s: Any) -> int:
    """A new track with the spread of area p; the bank must have room. Returns its slot."""
    i = put_into_bank(bank, p, chance)
    t, covariance = bank.tracks[i], p.covariance
    P = t.P
    P[0, 0], P[1, 1], P[2, 2], P[3, 3] = covariance[0], covariance[2], s.speed_sd**2, s.speed_sd**2
    P[0, 1] = P[1, 0] = covariance[1]
    begun(t.mu, t.y, t.Y, t.x, P, s.speed_sd_agile**2 - s.speed_sd**2, s)
    merged(t.mu, t.y, t.Y, t.x, P)
    t.visibility, t.heard_other = 0.5, p.time  # radar has not told of it
    bank.hit[i, sensor] = p.time
    settle(t, s.rebase)
    file_away(bank, i, clock, s)
    return int(i)


@kernel
def took(bank: Any, p: Any, sensor: int, clock: float, s: Any, slots: Array, chance: Array) -> int:
    """Weighs one area and updates the tracks it supports, or begins one: their `slots` and `chance`; how many."""
    found, n = np.empty(MOST, np.int64), 0
    for i in range(bank.tally[HIGH]):
        if n < MOST and near(bank.tracks[i], p, s):
            found[n] = i
            n += 1
    options, room, total = np.empty(n, EXPLAINED), np.empty(1, ROOM), p.clutter + p.unknown
    for k in range(n):
        c = options[k]
        c.slot = found[k]
        c.weight = explained(bank.tracks[c.slot], p, c, room[0], s)
        total += c.weight
    spoken = 0
    for k in range(n):
        c = options[k]
        if c.weight >= 0.25 * total and spoken < 4:
            supported(bank, p, c.weight / total, c, sensor, clock, s, room[0])
            slots[spoken], chance[spoken] = c.slot, c.weight / total
            spoken += 1
    if p.unknown > 0.5 * total:
        slots[spoken], chance[spoken] = started(bank, p, p.unknown / total, sensor, clock, s), p.unknown / total
        spoken += 1
    return spoken
