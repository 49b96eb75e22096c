"""Bearings or ranges alone -> the tracks they support: one look of a camera, or of what measures distances.

Each report is one number: the direction, or the distance, from where the sensor was. It corrects a track by an extended
Kalman filter in one dimension (Bar-Shalom, Li, Kirubarajan 2001, 10.3): a bearing across the ray, by the range at which
the track is thought to be; what the second derivative adds (ibid., 10.3.2) widens the gate and the spread, so a near or
badly known track is not bent by a straight line. Association is that of plots: Bernoulli tracks, marginals by belief
propagation, false reports per rad (or m) learned by direction. No track is born of them: a bearing alone is nowhere.

A look that has the track in its field of view and tells nothing of it lowers its visibility to cameras and, with it,
its existence. What one picture misses the next misses too, and errs alike: so looks within `camera_errors` s count for
one together, in what they say of existence and in how exactly they measure.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel, lean
from mihari.core.reports import ReportKind
from mihari.core.sensor import SensorKind
from mihari.tracks.association import marginals
from mihari.tracks.bank import HIGH
from mihari.tracks.clutter import RINGS, SETTLE, density, ring_of
from mihari.tracks.gate import SEEN, reaches, share_in_sector, wider, wrapped
from mihari.tracks.index import file_all
from mihari.tracks.intake import Ignored
from mihari.tracks.life import ais_fresh, fade_radar
from mihari.tracks.modes import FIELDS, MODES, ROOM, advanced, copied, merged, modes_of, normalised
from mihari.tracks.motion import STATES, TRIANGLE, settle, shifted
from mihari.tracks.radar import GAIN, SURE
from mihari.tracks.visibility import detection_at, distance_to, show, visible_to

BEARING_KIND, RANGE_KIND = int(ReportKind.BEARING), int(ReportKind.RANGE)
RANGER = int(SensorKind.RANGER)
OTHER_KIND, NO_TIME, OUTSIDE = int(Ignored.NOT_ITS_KIND), int(Ignored.NO_TIME), int(Ignored.OUTSIDE)
NO_VALUE, NO_VARIANCE = int(Ignored.NO_VALUE), int(Ignored.NO_VARIANCE)

# A report: a bearing in rad or a range in m with its variance; `clutter` false ones per rad or m in its `ring`, which
# is a direction (of 24) or a ring of range; `row` in the reports of its input.
RAY = np.dtype([("value", "f8"), ("variance", "f8"), ("time", "f8"), ("clutter", "f8"), ("ring", "i8"), ("row", "i8")])
# A track that a look concerns, as `gate.SEEN`, with its modes and state at that time.
LOOKED = np.dtype([*((name, SEEN[name]) for name in SEEN.names or ()), *FIELDS, ("x", "f8", (4,)), ("P", "f8", (4, 4))])
# A ray in a track's gate: density per rad or m, and the part of each mode in it.
MET = np.dtype([("plot", "i8"), ("density", "f8"), ("fit", "f8", (MODES,)), ("share", "f8")])


@lean
def ray_refused(kind: int, wanted: int, time: float, value: float, variance: float, at: float, within: float) -> int:
    """Why a report is not used in a look at time `at`; 0 if it is. A variance that is absent (NaN) is the sensor's."""
    if kind != wanted:
        return OTHER_KIND
    if not math.isfinite(time):
        return NO_TIME
    if not math.isfinite(value) or (wanted == RANGE_KIND and value <= 0.0):
        return NO_VALUE
    if variance <= 0.0 or math.isinf(variance):
        return NO_VARIANCE
    return 0 if abs(time - at) <= within else OUTSIDE


@kernel
def rays_of(g: Any, first: int, last: int, radar: Any, time: float, ignored: Array, s: Any) -> Array:
    """(n,) of RAY: the usable rows of a look's reports; the others are counted."""
    rays, n, within = np.empty(last - first, RAY), 0, radar.period + s.late
    ranging = radar.kind == RANGER
    for j in range(first, last):
        value, variance = (g.range[j], g.range_var[j]) if ranging else (g.bearing[j], g.bearing_var[j])
        wanted = RANGE_KIND if ranging else BEARING_KIND
        told = g.time[j] - radar.latency
        reason = ray_refused(g.kind[j], wanted, told, value, variance, time, within)
        if reason:
            ignored[reason] += 1
            continue
        p = rays[n]
        p.value = value if ranging else value % (2 * math.pi)
        usual = radar.range_sd if ranging else radar.bearing_sd
        p.variance = usual * usual if math.isnan(variance) else variance
        p.time, p.row = told, j - first
        p.ring = ring_of(radar, p.value)
        p.clutter = density(radar, p.ring)
        n += 1
    return rays[:n]


@lean
def expected(y: Array, Y: Array, j: int, back: float, frame: Array, sweep: Any, ranging: bool) -> Any:
    """What mode j of a track leads to expect of it: (value, its derivative by east and by north, variance of these,
    what the second derivative adds). `frame` is the track's plane; it is moved `back` s along its velocity.
    """
    o = sweep.frame
    x0, x1 = y[j, 0] - back * y[j, 2], y[j, 1] - back * y[j, 3]
    px = frame[0] + x0 * frame[3] + x1 * frame[6]
    py = frame[1] + x0 * frame[4] + x1 * frame[7]
    pz = frame[2] + x0 * frame[5] + x1 * frame[8]
    east, north = to_plane(o, px, py, pz)
    away = max(math.sqrt(east * east + north * north), 1.0)
    ue, un, ce, cn = 0.0, 0.0, 0.0, 0.0  # along and across the ray, in the track's plane
    for k in range(3):
        along = (east * o[3 + k] + north * o[6 + k]) / away
        across = (north * o[3 + k] - east * o[6 + k]) / away
        ue, un = ue + along * frame[3 + k], un + along * frame[6 + k]
        ce, cn = ce + across * frame[3 + k], cn + across * frame[6 + k]
    ee, en, nn = Y[j, 0], Y[j, 1], Y[j, 2]
    aa = ue * ue * ee + 2 * ue * un * en + un * un * nn
    cc = ce * ce * ee + 2 * ce * cn * en + cn * cn * nn
    ac = ue * ce * ee + (ue * cn + un * ce) * en + un * cn * nn
    if ranging:
        return away + 0.5 * cc / away, ue, un, aa, 0.5 * (cc / away) ** 2
    return (
        math.atan2(east, north) - ac / (away * away),
        ce / away,
        cn / away,
        cc / (away * away),
        (aa * cc + ac * ac) / away**4,
    )


@lean
def met(
    row: Any, c: Any, frame: Array, p: Any, state_time: float, sweep: Any, ranging: bool, part: float, s: Any
) -> bool:
    """Whether ray p is in the gate of track c; fills the row. `part` is what a look counts for."""
    back, density, total = state_time - p.time, 0.0, 0.0
    mu, y, Y, fit = c.mu, c.y, c.Y, row.fit
    for j in range(MODES):
        value, _, _, spread, more = expected(y, Y, j, back, frame, sweep, ranging)
        off = p.value - value if ranging else wrapped(p.value - value)
        S = spread + more + p.variance
        fit[j] = 0.0
        if off * off < s.gate * S:
            density += mu[j] * math.exp(-0.5 * off * off / S) / math.sqrt(2 * math.pi * S)
            S += p.variance * (1.0 / part - 1.0)
            fit[j] = mu[j] * math.exp(-0.5 * off * off / S) / math.sqrt(S)
            total += fit[j]
    if density <= 0.0:
        return False
    for j in range(MODES):
        fit[j] /= total
    row.density = density
    return True


@lean
def blended(c: Any, pairs: Array, rays: Array, frame: Array, state_time: float, sweep: Any, ranging: bool, part: float,
            missed: float, gain: Any) -> None:  # fmt: skip
    """The mixture of the corrections by a track's rays with their shares and of none, in place: a Gaussian a mode."""
    mu, y, Y, mean, spread = c.mu, c.y, c.Y, gain.mean, gain.spread
    for j in range(MODES):
        total = mu[j] * missed
        for e in range(c.begin, c.end):
            total += pairs[e].share * pairs[e].fit[j]
        if total > 1e-9:
            for a in range(STATES):
                mean[a] = 0.0
            for a in range(TRIANGLE):
                spread[a] = 0.0
            for e in range(c.begin, c.end):
                share = pairs[e].share * pairs[e].fit[j]
                if share > 1e-9:
                    p = rays[pairs[e].plot]
                    value, he, hn, var, more = expected(y, Y, j, state_time - p.time, frame, sweep, ranging)
                    off = p.value - value if ranging else wrapped(p.value - value)
                    put_gain(Y, j, he, hn, off, var + more + p.variance / part, share / total, mean, spread)
            shifted(y, Y, j, mean, spread, STATES)
        mu[j] = max(total, 1e-9)
    normalised(mu)


@lean
def put_gain(
    Y: Array, j: int, he: float, hn: float, off: float, S: float, share: float, mean: Array, spread: Array
) -> None:
    """Adds what mode j gains by one number `off` from the expected, with variance S and a share."""
    c = (
        Y[j, 0] * he + Y[j, 1] * hn,
        Y[j, 1] * he + Y[j, 2] * hn,
        Y[j, 3] * he + Y[j, 4] * hn,
        Y[j, 6] * he + Y[j, 7] * hn,
        Y[j, 10] * he + Y[j, 11] * hn,
    )
    n = 0
    for a in range(STATES):
        more = c[a] / S * off
        mean[a] += share * more
        for b in range(a + 1):
            spread[n] += share * (more * c[b] / S * off - c[a] * c[b] / S)
            n += 1


@lean
def weighed(t: Any, c: Any, none: float, part: float, time: float, kind: int, s: Any) -> None:
    """Existence and visibility of track t after a look: `none` is the probability that it told nothing of it.

    The look's likelihood ratio of a visible vessel over one that is not, to the power of what it counts for.
    """
    miss, both = c.detection * c.look, c.r * c.v
    ratio = 1.0
    if both > 1e-9:
        ratio = max(1.0 + ((1.0 - both * miss) / none - 1.0) / both, 1e-6) ** part
    q = c.v * ratio + 1.0 - c.v
    exists = c.r * q / (c.r * q + 1.0 - c.r)
    show(t, kind, c.v * ratio / q, time, s)
    t.existence = min(max(exists, c.r) if ais_fresh(t, time, s) else exists, SURE)


@kernel
def within(bank: Any, sweep: Any, s: Any) -> Array:
    """Slots whose tracks the look may concern, in ascending order."""
    found, n, filed, tracks, frame = np.empty(bank.tally[HIGH], np.int64), 0, bank.filed, bank.tracks, sweep.frame
    for i in range(bank.tally[HIGH]):
        f = filed[i]
        dx, dy, dz = f.x - frame[0], f.y - frame[1], f.z - frame[2]
        far = sweep.range_max + f.slack + s.reach
        if f.slack >= 0.0 and dx * dx + dy * dy + dz * dz <= far * far and reaches(tracks[i], sweep, s.reach, s):
            found[n] = i
            n += 1
    return found[:n]


@kernel
def looked_along(bank: Any, rays: Array, sweep: Any, clock: float, s: Any, touched: Array) -> Any:
    """Updates the tracks that a look concerns; their slots come first in `touched`.

    Returns (how many, tracks looked at, pairs, their probabilities, unclaimed), as `radar.sweep_tracks`.
    """
    ranging = sweep.kind == RANGER
    part = 1.0 if ranging else min(1.0, sweep.period / s.camera_errors)
    slots, tracks, hit = within(bank, sweep, s), bank.tracks, bank.hit
    seen, room, gain = np.empty(len(slots), LOOKED), np.empty(1, ROOM), np.empty(1, GAIN)
    pairs, used = np.empty(2 * (len(slots) + len(rays)) + 16, MET), 0
    begin = np.empty(len(slots) + 1, np.int64)
    for k in range(len(slots)):
        t, c = tracks[slots[k]], seen[k]
        c.slot, c.alone, c.begin = slots[k], 0, used
        modes_of(t, c, s)
        advanced(c.mu, c.y, c.Y, max(sweep.time - t.time, 0.0), 0.0, s, room[0])
        merged(c.mu, c.y, c.Y, c.x, c.P)
        c.r, c.v = fade_radar(t, sweep.time, s)[0], visible_to(t, sweep.kind, sweep.time, s)
        x, P = c.x, c.P
        away = distance_to(t.frame, x[0], x[1], sweep.frame)
        c.detection = detection_at(sweep.detection, sweep.range_half, away)
        c.look = share_in_sector(t.frame, (x[0], x[1]), (P[0, 0], P[0, 1], P[1, 1]), sweep)
        begin[k] = used
        if c.detection * c.look > 1e-3:
            for j in range(len(rays)):
                if used == len(pairs):
                    pairs = wider(pairs)
                if met(pairs[used], c, t.frame, rays[j], max(sweep.time, t.time), sweep, ranging, part, s):
                    pairs[used].plot = j
                    used += 1
        c.end = used
    begin[len(slots)] = used
    ray, weight = np.empty(used, np.int64), np.empty(used)
    for k in range(len(seen)):
        c = seen[k]
        for e in range(c.begin, c.end):
            ray[e] = pairs[e].plot
            both = c.r * c.v * c.detection
            weight[e] = both * pairs[e].density / ((1.0 - both * c.look) * rays[ray[e]].clutter)
    probability, none, unclaimed = marginals(begin, ray, weight, len(rays), s.sweeps, s.settled)
    n = 0
    for k in range(len(seen)):
        c = seen[k]
        miss = c.detection * c.look
        if miss <= 1e-3:
            continue
        t = tracks[c.slot]
        left = c.r * (1.0 - c.v * miss) / (1.0 - c.r * c.v * miss)
        exists = none[k] * left + (1.0 - none[k])
        weighed(t, c, none[k], part, sweep.time, sweep.kind, s)
        if c.begin < c.end:
            for e in range(c.begin, c.end):
                pairs[e].share = probability[e] / exists
            state_time = max(sweep.time, t.time)
            blended(c, pairs, rays, t.frame, state_time, sweep, ranging, part, none[k] * left / exists, gain[0])
            copied(t, c.mu, c.y, c.Y)
            merged(t.mu, t.y, t.Y, t.x, t.P)
            t.time = state_time
            if 1.0 - none[k] > 0.5 * exists:
                hit[c.slot, sweep.sensor] = sweep.time
                known = s.known_m + s.known * distance_to(t.frame, t.x[0], t.x[1], sweep.frame)
                if t.P[0, 0] + t.P[1, 1] < known * known:  # else nobody can say where it is
                    t.heard_other = sweep.time
            settle(t, s.rebase)
        touched[n] = c.slot
        n += 1
    file_all(bank, touched[:n], max(sweep.time, clock), s)
    return n, seen, pairs[:used], probability, unclaimed


@kernel
def learn_rays(radar: Any, rays: Array, unclaimed: Array, middle: float, half: float, turns: float) -> None:
    """Takes a look in: `unclaimed` is the probability that a ray is no track's. Other directions are left alone."""
    radar.turns += 1.0
    if radar.turns <= SETTLE:
        return
    keep, fresh, seen, swept, area = math.exp(-1.0 / turns), radar.fresh, radar.plots, radar.area_seen, radar.area
    for k in range(RINGS):
        fresh[k] = 0.0
    for j in range(len(rays)):
        fresh[rays[j].ring] += unclaimed[j]
    for k in range(RINGS):
        centre = 2 * math.pi * (k + 0.5) / RINGS
        if radar.kind == RANGER or half >= math.pi or abs(wrapped(centre - middle)) <= half:
            seen[k] = keep * seen[k] + fresh[k]
            swept[k] = keep * swept[k] + area[k]
