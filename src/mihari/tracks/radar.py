"""One radar sector -> the tracks it concerns: detections, misses, births. Poisson multi-Bernoulli, marginal form.

Williams, "Marginal multi-Bernoulli filters", IEEE TAES 51(3), 2015; García-Fernández et al., "Poisson
multi-Bernoulli mixture filter", IEEE TAES 54(4), 2018; visibility after Hem, Brekke and Tokle (VIMMJIPDA).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.tracks.association import marginals
from mihari.tracks.bank import NEXT_ID
from mihari.tracks.doubles import made_one, sharing
from mihari.tracks.encounters import encounters
from mihari.tracks.gate import Sweep, sorted_by_cell, surveyed
from mihari.tracks.index import file_all
from mihari.tracks.life import ais_fresh, bear, slot_for_one
from mihari.tracks.modes import MODES, STEADY, TURNING, merged, normalised, speed_var
from mihari.tracks.motion import STATES, TRIANGLE, columns_of, gain_of, settle, shifted, spread_of
from mihari.tracks.visibility import RADAR, show

CELL = 250.0  # m, edge of the cells in which plots are looked up
SURE = 0.9999999  # existence is never certain: what was never in doubt could not be given up

# Room for what a mode gains by its plots: mean and covariance, less those of the prediction
GAIN = np.dtype([("mean", "f8", (STATES,)), ("spread", "f8", (TRIANGLE,))])


@lean
def half_of(start: float, end: float) -> float:
    """Half the width of a sector in rad; pi for a whole turn (start equals end)."""
    width = (end - start) % (2 * math.pi)
    return math.pi if width < 1e-9 else 0.5 * width


@kernel
def sweep_of(radars: Array, sensor: int, time: float, start: float, end: float, near: float, far: float) -> Sweep:
    """A look from azimuth `start` to `end`, from `near` to `far` m (NaN: all its range), which it ended at `time`."""
    r, half = radars[sensor], half_of(start, end)
    f = r.frame
    frame = (f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8])
    least = r.range_min if math.isnan(near) else max(near, r.range_min)
    most = r.range_max if math.isnan(far) else min(far, r.range_max)
    other = (r.period, r.detection, r.kind, r.range_half)
    return Sweep(sensor, frame, time, start + half, half, least, most, other[0], other[1], other[2], other[3])


@kernel
def associated(seen: Array, pairs: Array, plots: Array, sweep: Any, s: Any) -> Any:
    """(plot (pairs,), probability (pairs,), none (tracks,), unclaimed (plots,)): see `association.marginals`."""
    begin, plot, weight = np.empty(len(seen) + 1, np.int64), np.empty(len(pairs), np.int64), np.empty(len(pairs))
    begin[len(seen)] = len(pairs)
    for k in range(len(seen)):
        c = seen[k]
        begin[k] = c.begin
        unseen = 1.0 - c.r * c.v * c.detection * c.look
        for e in range(c.begin, c.end):
            plot[e] = pairs[e].plot
            p = plots[plot[e]]
            found = c.r * c.v * c.detection * pairs[e].density
            weight[e] = found / (unseen * (p.clutter + p.unknown * sweep.detection))
    probability, none, unclaimed = marginals(begin, plot, weight, len(plots), s.sweeps, s.settled)
    return probability, none, unclaimed


@lean
def gains(y: Array, Y: Array, j: int, p: Any, share: float, gain: Any, states: int) -> None:
    """Adds to `gain` what mode j gains by plot p with a share: the correction, its square, less the spread it takes.

    `states`: all, or those without the rate of turn.
    """
    dx, dy = p.east + y[j, 2] * p.back - y[j, 0], p.north + y[j, 3] * p.back - y[j, 1]
    a, b, d = spread_of(Y, j, 0, p.ree, p.ren, p.rnn)
    c0, c1 = columns_of(Y, j, 0)
    k0, k1 = gain_of(c0, c1, a, b, d)
    mean, spread = gain.mean, gain.spread
    n = 0
    for i in range(states):
        more = k0[i] * dx + k1[i] * dy
        mean[i] += share * more
        for k in range(i + 1):
            spread[n] += share * (more * (k0[k] * dx + k1[k] * dy) - k0[i] * c0[k] - k1[i] * c1[k])
            n += 1


@lean
def blended(t: Any, c: Any, pairs: Array, missed: float, gain: Any) -> None:
    """The mixture of the corrections by the pairs of track t with their shares and of no plot, in place.

    One Gaussian a mode. Shares sum to one with `missed`.
    """
    mu, y, Y, mean, spread = t.mu, t.y, t.Y, gain.mean, gain.spread
    for j in range(MODES):
        states = STATES if j == TURNING else STATES - 1
        for a in range(STATES):
            mean[a] = 0.0
        for a in range(TRIANGLE):
            spread[a] = 0.0
        total = mu[j] * missed
        for e in range(c.begin, c.end):
            total += pairs[e].share * pairs[e].fit[j]
        if total > 1e-9:
            for e in range(c.begin, c.end):
                share = pairs[e].share * pairs[e].fit[j]
                if share > 1e-9:
                    gains(y, Y, j, pairs[e], share / total, gain, states)
            shifted(y, Y, j, mean, spread, states)
        mu[j] = max(total, 1e-9)
    normalised(mu)


@lean
def taken(t: Any, c: Any, pairs: Array, none: float, last: float, sweep: Any, s: Any, gain: Any) -> bool:
    """Writes what the sector says into track t of c; `none` is the probability that no plot is the track's.

    A pair's share is its probability; `last` is when this radar last detected the track. Whether it did now.
    """
    miss = c.detection * c.look
    left = c.r * (1.0 - c.v * miss) / (1.0 - c.r * c.v * miss)
    exists = none * left + (1.0 - none)
    missed = none * left / exists
    for e in range(c.begin, c.end):
        pairs[e].share /= exists
    hidden = c.v * (1.0 - miss) / (1.0 - c.v * miss)
    fresh = ais_fresh(t, sweep.time, s)
    # radar that looks past a vessel which AIS holds says something of its visibility, nothing of its existence
    t.existence = min(max(exists, c.r) if fresh else exists, SURE)
    show(t, sweep.kind, missed * hidden + 1.0 - missed, sweep.time, s)
    if c.alone == 1:
        return False
    if c.begin < c.end:
        blended(t, c, pairs, missed, gain)
        merged(t.mu, t.y, t.Y, t.x, t.P)
    detected = 1.0 - none > 0.5 * exists
    if detected:
        t.plots += 0 if sweep.time - last < 0.5 * sweep.period else 1
        if sweep.kind == RADAR:
            t.heard_radar = sweep.time
        else:
            t.heard_other = sweep.time
    settle(t, s.rebase)
    return bool(detected)


@kernel
def sweep_tracks(bank: Any, plots: Array, sweep: Any, clock: float, s: Any, touched: Array) -> Any:
    """Updates the tracks that the sector concerns; their slots come first in `touched`.

    Returns (how many, tracks looked at, pairs, their probabilities, unclaimed): the last that a plot is no track's.
    """
    seen, pairs = surveyed(bank, plots, sorted_by_cell(plots, CELL), sweep, s)
    probability, none, unclaimed = associated(seen, pairs, plots, sweep, s)
    for e in range(len(pairs)):
        pairs[e].share = probability[e]
    gain, tracks, hit, moved = np.empty(1, GAIN), bank.tracks, bank.hit, np.empty(len(seen), np.int64)
    n = m = 0
    for k in range(len(seen)):
        c = seen[k]
        if c.begin == c.end and c.look < 1e-3:
            if not c.alone:
                settle(tracks[c.slot], s.rebase)
            continue
        if taken(tracks[c.slot], c, pairs, none[k], hit[c.slot, sweep.sensor], sweep, s, gain[0]):
            hit[c.slot, sweep.sensor] = sweep.time
        touched[n] = c.slot
        n += 1
        if not c.alone:
            moved[m] = c.slot
            m += 1
    common = sharing(seen, pairs, len(plots))
    made_one(bank, common, len(plots), s)
    encounters(bank, seen, pairs, common, sweep.time, s)
    file_all(bank, moved[:m], max(sweep.time, clock), s)
    return n, seen, pairs, probability, unclaimed


@kernel
def births(bank: Any, plots: Array, unclaimed: Array, sweep: Any, clock: float, s: Any, slots: Array) -> int:
    """New tracks from plots that no track explains and that lie on water; the bank must have room.

    `slots` gets the slot of each plot's new track, -1 where it begins none. Returns how many there are.
    """
    n, tracks, hit, free, tally = 0, bank.tracks, bank.hit, bank.free, bank.tally
    born, speed = np.empty(len(unclaimed), np.int64), speed_var(s)
    for j in range(len(unclaimed)):
        p = plots[j]
        slots[j] = -1
        found = p.unknown * sweep.detection
        existence = unclaimed[j] * found / (p.clutter + found)
        if existence < s.begin or p.water == 0:
            continue
        i = slot_for_one(free, tally)
        t, covariance = tracks[i], p.covariance
        bear(t, p, tally[NEXT_ID], existence)
        tally[NEXT_ID] += 1
        for m in range(hit.shape[1]):
            hit[i, m] = -math.inf
        P, place, drift = t.P, t.place, t.drift  # the plane is the plot's own
        P[0, 0], P[1, 1], P[2, 2], P[3, 3] = covariance[0], covariance[2], speed, speed
        P[0, 1] = P[1, 0] = covariance[1]
        t.mu[STEADY] = -1.0  # its modes are not begun
        for k in range(3):
            place[k], drift[k] = p.place[k], 0.0
        t.plots = 1
        hit[i, sweep.sensor] = p.time
        if sweep.kind == RADAR:
            t.heard_radar = p.time
        else:
            t.heard_other = p.time
        slots[j] = born[n] = i
        n += 1
    file_all(bank, born[:n], max(sweep.time, clock), s)
    return n
