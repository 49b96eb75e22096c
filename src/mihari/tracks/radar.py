"""One radar sector -> the tracks it concerns: detections, misses, births. Poisson multi-Bernoulli, marginal form.

Williams, "Marginal multi-Bernoulli filters", IEEE TAES 51(3), 2015; García-Fernández et al., "Poisson
multi-Bernoulli mixture filter", IEEE TAES 54(4), 2018; visibility after Hem, Brekke and Tokle (VIMMJIPDA).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.tracks.association import marginals
from mihari.tracks.gate import Sweep, gated, in_plane_of, predicted, share_in_sector
from mihari.tracks.index import file_all, file_away
from mihari.tracks.life import ais_fresh, bear, fade_radar
from mihari.tracks.modes import MODES, STATES, begun, copied, merged, normalised
from mihari.tracks.motion import correct, settle

SURE = 0.9999999  # existence is never certain: what was never in doubt could not be given up

# Room for a state, a covariance, a mean and a spread
WORK = np.dtype(
    [
        ("z", "f8", (STATES,)),
        ("Q", "f8", (STATES, STATES)),
        ("mean", "f8", (STATES,)),
        ("spread", "f8", (STATES, STATES)),
    ]
)


@kernel
def half_of(start: float, end: float) -> float:
    """Half the width of a sector in rad; pi for a whole turn (start equals end)."""
    width = (end - start) % (2 * math.pi)
    return math.pi if width < 1e-9 else 0.5 * width


@kernel
def sweep_of(radars: Array, sensor: int, time: float, start: float, end: float) -> Sweep:
    """A radar's look from azimuth `start` to `end`, which it ended at `time`."""
    r, half = radars[sensor], half_of(start, end)
    return Sweep(sensor, r.frame, time, start + half, half, r.range_min, r.range_max, r.period, r.detection)


@kernel
def chances(bank: Any, seen: Array, sweep: Any, s: Any) -> None:
    """Sets existence, visibility, detection and look of each track, at the sweep's time.

    A track that this radar detected less than half a turn ago is not missed by looking past it; a second plot of the
    same hull is still its own.
    """
    tracks, hit = bank.tracks, bank.hit
    for k in range(len(seen)):
        c = seen[k]
        t = tracks[c.slot]
        c.r, c.v = fade_radar(t, max(sweep.time - t.time, 0.0), s)
        twice = sweep.time - hit[c.slot, sweep.sensor] < 0.5 * sweep.period
        c.detection = sweep.detection * (s.second_plot if twice else 1.0)
        c.look = 0.0 if twice else share_in_sector(t.frame, c.x, c.P, sweep)


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
            clutter = plots[plot[e]].clutter
            found = c.r * c.v * c.detection * pairs[e].density
            weight[e] = found / (unseen * clutter * (1.0 + s.birth * sweep.detection))
    probability, none, unclaimed = marginals(begin, plot, weight, len(plots), s.sweeps, s.settled)
    return probability, none, unclaimed


@kernel
def corrected(x: Array, P: Array, p: Any) -> None:
    """A mode's state corrected by a pair's plot, in place."""
    dx, dy = p.east + x[2] * p.back - x[0], p.north + x[3] * p.back - x[1]
    correct(x, P, 0, dx, dy, p.ree, p.ren, p.rnn)


@kernel
def blended(c: Any, pairs: Array, missed: float, work: Any) -> None:
    """The mixture of the corrections by a track's pairs with their shares and of no plot, in place.

    One Gaussian a mode. Shares sum to one with `missed`.
    """
    if c.begin == c.end:
        return
    z, Q, mean, spread = work.z, work.Q, work.mean, work.spread
    for j in range(MODES):
        x, P = c.y[j], c.Y[j]
        total = c.mu[j] * missed
        for a in range(STATES):  # relative to the prediction, where the mean of "no plot" is zero
            mean[a] = 0.0
            for b in range(STATES):
                spread[a, b] = total * P[a, b]
        for e in range(c.begin, c.end):
            p = pairs[e]
            share = p.share * p.fit[j]
            if share > 1e-9:
                for a in range(STATES):
                    z[a] = x[a]
                    for b in range(STATES):
                        Q[a, b] = P[a, b]
                corrected(z, Q, p)
                total += share
                for a in range(STATES):
                    mean[a] += share * (z[a] - x[a])
                    for b in range(STATES):
                        spread[a, b] += share * (Q[a, b] + (z[a] - x[a]) * (z[b] - x[b]))
        if total > 1e-9:
            for a in range(STATES):
                x[a] += mean[a] / total
                for b in range(STATES):
                    P[a, b] = spread[a, b] / total - mean[a] * mean[b] / (total * total)
        c.mu[j] = max(total, 1e-9)
    normalised(c.mu)


@kernel
def taken(t: Any, c: Any, pairs: Array, none: float, last: float, sweep: Any, s: Any, work: Any) -> bool:
    """Writes what the sector says into track t of c; `none` is the probability that no plot is the track's.

    A pair's share is its probability; `last` is when this radar last detected the track. Whether it did now.
    """
    miss = c.detection * c.look
    left = c.r * (1.0 - c.v * miss) / (1.0 - c.r * c.v * miss)
    exists = none * left + (1.0 - none)
    missed = none * left / exists
    for e in range(c.begin, c.end):
        pairs[e].share /= exists
    blended(c, pairs, missed, work)
    hidden = c.v * (1.0 - miss) / (1.0 - c.v * miss)
    fresh = ais_fresh(t, sweep.time, s)
    # radar that looks past a vessel which AIS holds says something of its visibility, nothing of its existence
    t.existence = min(max(exists, c.r) if fresh else exists, SURE)
    t.visibility = missed * hidden + 1.0 - missed
    copied(t, c.mu, c.y, c.Y)
    merged(t.mu, t.y, t.Y, t.x, t.P)
    t.time = max(t.time, sweep.time)
    detected = 1.0 - none > 0.5 * exists
    if detected:
        t.plots += 0 if sweep.time - last < 0.5 * sweep.period else 1
        t.heard_radar = sweep.time
    settle(t, s.rebase)
    return bool(detected)


@kernel
def sweep_tracks(bank: Any, plots: Array, sweep: Any, clock: float, s: Any, touched: Array) -> Any:
    """Updates the tracks that the sector concerns; their slots come first in `touched`.

    Returns (how many, tracks looked at, pairs, their probabilities, unclaimed): the last that a plot is no track's.
    """
    seen = predicted(bank, sweep, s)
    pairs = gated(bank, seen, plots, sweep, s)
    chances(bank, seen, sweep, s)
    probability, none, unclaimed = associated(seen, pairs, plots, sweep, s)
    for e in range(len(pairs)):
        pairs[e].share = probability[e]
    work, tracks, hit = np.empty(1, WORK), bank.tracks, bank.hit
    n = 0
    for k in range(len(seen)):
        c = seen[k]
        if c.begin == c.end and c.look < 1e-3:
            continue
        if taken(tracks[c.slot], c, pairs, none[k], hit[c.slot, sweep.sensor], sweep, s, work[0]):
            hit[c.slot, sweep.sensor] = sweep.time
        touched[n] = c.slot
        n += 1
    file_all(bank, touched[:n], max(sweep.time, clock), s)
    return n, seen, pairs, probability, unclaimed


@kernel
def births(bank: Any, plots: Array, unclaimed: Array, sweep: Any, clock: float, s: Any, slots: Array) -> int:
    """New tracks from plots that no track explains and that lie on water; the bank must have room.

    `slots` gets the slot of each plot's new track, -1 where it begins none. Returns how many there are.
    """
    n = 0
    share = s.birth * sweep.detection / (1.0 + s.birth * sweep.detection)
    for j in range(len(unclaimed)):
        p = plots[j]
        slots[j] = -1
        existence = unclaimed[j] * share
        if existence < s.drop or p.water == 0:
            continue
        i = bear(bank, p.lat, p.lon, p.time, existence)
        t = bank.tracks[i]
        _, _, ee, en, nn = in_plane_of(t.frame, p)
        P = t.P
        P[0, 0], P[1, 1], P[2, 2], P[3, 3] = ee, nn, s.speed_sd**2, s.speed_sd**2
        P[0, 1] = P[1, 0] = en
        begun(t.mu, t.y, t.Y, t.x, P, s.speed_sd_agile**2 - s.speed_sd**2, s)
        merged(t.mu, t.y, t.Y, t.x, P)
        t.plots = 1
        bank.hit[i, sweep.sensor], t.heard_radar = p.time, p.time
        settle(t, s.rebase)
        file_away(bank, i, max(p.time, clock), s)
        slots[j] = i
        n += 1
    return n
