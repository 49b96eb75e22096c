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
from mihari.tracks.gate import gated, in_plane_of, in_view, predicted, share_in_sector
from mihari.tracks.life import ais_fresh, bear, fade_radar
from mihari.tracks.motion import correct, put, settle

SURE = 0.9999999  # existence is never certain: what was never in doubt could not be given up


@kernel
def chances(bank: Any, slots: Array, X: Array, C: Array, sweep: Any, s: Any) -> Any:
    """Per track (existence, visibility, detection if it is visible, chance of being looked at), at the sweep's time.

    A track that this radar detected less than half a turn ago is not missed by looking past it; a second plot of the
    same hull is still its own.
    """
    n = len(slots)
    r, v, pd, look = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    for k in range(n):
        i = slots[k]
        t = bank.tracks[i]
        r[k], v[k] = fade_radar(t, max(sweep.time - t.time, 0.0), s)
        seen = sweep.time - bank.hit[i, sweep.sensor] < 0.5 * sweep.period
        pd[k] = sweep.detection * (s.second_plot if seen else 1.0)
        look[k] = 0.0 if seen else share_in_sector(t.frame, X[k], C[k], sweep)
    return r, v, pd, look


@kernel
def blended(x: Array, P: Array, pair: Array, share: Array, missed: float, work: Any) -> None:
    """The mixture of the corrections by `pair` with weights `share` and of no plot, as one Gaussian, in place.

    Weights sum to one with `missed`; `work` is room for a state, a covariance, a mean and a spread.
    """
    if len(pair) == 0:
        return
    if len(pair) == 1 and missed < 1e-6:
        correct(x, P, 0, pair[0, 1], pair[0, 2], pair[0, 3], pair[0, 4], pair[0, 5])
        return
    y, Q, mean, spread = work
    for a in range(4):  # relative to the prediction, where the mean of "no plot" is zero
        mean[a] = 0.0
        for b in range(4):
            spread[a, b] = missed * P[a, b]
    total = missed
    for e in range(len(pair)):
        if share[e] > 1e-5:
            put(y, Q, x, P)
            correct(y, Q, 0, pair[e, 1], pair[e, 2], pair[e, 3], pair[e, 4], pair[e, 5])
            total += share[e]
            for a in range(4):
                mean[a] += share[e] * (y[a] - x[a])
                for b in range(4):
                    spread[a, b] += share[e] * (Q[a, b] + (y[a] - x[a]) * (y[b] - x[b]))
    for a in range(4):
        x[a] += mean[a] / total
        for b in range(4):
            P[a, b] = spread[a, b] / total - mean[a] * mean[b] / (total * total)


@kernel
def sweep_tracks(bank: Any, plots: Any, sweep: Any, constants: Any) -> Any:
    """Updates the tracks that the sector concerns.

    Returns (slots touched, begin, plot, probability, unclaimed): pairs by track as in `association`, with the
    probability that the plot is the track's; `unclaimed` (plots,) that it is no track's.
    """
    s = constants[0]
    slots = in_view(bank, sweep, s)
    X, C = predicted(bank, slots, sweep.time, s.acceleration)
    begin, plot, pair = gated(bank, slots, X, C, plots, sweep, s)
    r, v, pd, look = chances(bank, slots, X, C, sweep, s)
    weight = np.empty(len(plot))
    for k in range(len(slots)):
        unseen = 1.0 - r[k] * v[k] * pd[k] * look[k]
        for e in range(begin[k], begin[k + 1]):
            clutter = plots.clutter[plot[e]]
            weight[e] = r[k] * v[k] * pd[k] * pair[e, 0] / (unseen * clutter * (1.0 + s.birth * sweep.detection))
    probability, none, unclaimed = marginals(begin, plot, weight, len(plots.x), s.sweeps, s.settled)
    touched, share = np.empty(len(slots), np.int64), np.empty(len(plot))
    work = (np.empty(4), np.empty((4, 4)), np.empty(4), np.empty((4, 4)))
    n = 0
    for k in range(len(slots)):
        if begin[k] == begin[k + 1] and look[k] < 1e-3:
            continue
        i = slots[k]
        t = bank.tracks[i]
        touched[n] = i
        n += 1
        miss = pd[k] * look[k]
        left = r[k] * (1.0 - v[k] * miss) / (1.0 - r[k] * v[k] * miss)
        exists = none[k] * left + (1.0 - none[k])
        missed = none[k] * left / exists
        e0, e1 = begin[k], begin[k + 1]
        for e in range(e0, e1):
            share[e] = probability[e] / exists
        blended(X[k], C[k], pair[e0:e1], share[e0:e1], missed, work)
        hidden = v[k] * (1.0 - miss) / (1.0 - v[k] * miss)
        fresh = ais_fresh(t, sweep.time, s)
        # radar that looks past a vessel which AIS holds says something of its visibility, nothing of its existence
        t.existence = min(max(exists, r[k]) if fresh else exists, SURE)
        t.visibility = missed * hidden + 1.0 - missed
        put(t.x, t.P, X[k], C[k])
        t.time = max(t.time, sweep.time)
        if 1.0 - none[k] > 0.5 * exists:
            t.plots += 0 if sweep.time - bank.hit[i, sweep.sensor] < 0.5 * sweep.period else 1
            bank.hit[i, sweep.sensor], t.heard_radar = sweep.time, sweep.time
        settle(t, s.rebase)
    return touched[:n], begin, plot, probability, unclaimed, slots


@kernel
def births(bank: Any, plots: Any, unclaimed: Array, water: Array, sweep: Any, constants: Any) -> Any:
    """New tracks from plots that no track explains and that lie on water: (slots, plot). The bank must have room."""
    s = constants[0]
    slots, source = np.empty(len(unclaimed), np.int64), np.empty(len(unclaimed), np.int64)
    n = 0
    share = s.birth * sweep.detection / (1.0 + s.birth * sweep.detection)
    for j in range(len(unclaimed)):
        existence = unclaimed[j] * share
        if existence < s.drop or not water[j]:
            continue
        i = bear(bank, plots.lat[j], plots.lon[j], plots.time[j], existence)
        t = bank.tracks[i]
        _, _, ee, en, nn = in_plane_of(t.frame, plots, j)
        P = t.P
        P[0, 0], P[1, 1], P[2, 2], P[3, 3] = ee, nn, s.speed_sd**2, s.speed_sd**2
        P[0, 1] = P[1, 0] = en
        t.plots = 1
        bank.hit[i, sweep.sensor], t.heard_radar = plots.time[j], plots.time[j]
        settle(t, s.rebase)
        slots[n], source[n] = i, j
        n += 1
    return slots[:n], source[:n]


@kernel
def association_rows(begin: Array, plot: Array, probability: Array, slots: Array, bank: Any, least: float) -> Any:
    """(plot, track id, probability) of the pairs of at least `least`, one row each."""
    n = 0
    rows, tracks, chance = np.empty(len(plot), np.int64), np.empty(len(plot), np.int64), np.empty(len(plot))
    for k in range(len(slots)):
        for e in range(begin[k], begin[k + 1]):
            if probability[e] >= least:
                rows[n], tracks[n], chance[n] = plot[e], bank.tracks[slots[k]].id, probability[e]
                n += 1
    return rows[:n], tracks[:n], chance[:n]


@kernel
def half_of(start: float, end: float) -> float:
    """Half the width of a sector in rad; pi for a whole turn (start equals end)."""
    width = (end - start) % (2 * math.pi)
    return math.pi if width < 1e-9 else 0.5 * width
