"""One AIS position report after another -> the tracks it speaks for. The MMSI is a likelihood, never a key."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import to_plane
from mihari.core.kernels import kernel
from mihari.tracks.gate import in_plane_of
from mihari.tracks.life import CONFIRMED, DROPPED, bear, fade_radar
from mihari.tracks.motion import correct, innovation, position_sd, predict, put, settle
from mihari.tracks.radar import SURE

MOST = 64  # tracks that one report is weighed against, the nearest ones


class Told(NamedTuple):
    """AIS position reports as kernels take them, in the order of time.

    `place`, `axes`, `covariance`, `time`, `lat`, `lon` as in `gate.Plots`; `east`, `north` the velocity told in m/s
    (NaN absent) in the report's own axes, `sensor` the receiving station (-1 unknown), `mmsi` 0 unknown, `interval`
    the expected time between reports in s, `fastest` in m/s.
    """

    place: Array
    axes: Array
    covariance: Array
    time: Array
    lat: Array
    lon: Array
    east: Array
    north: Array
    sensor: Array
    mmsi: Array
    interval: Array
    fastest: Array


@kernel
def velocity_sd(speed: float, s: Any) -> float:
    """Standard deviation per axis of a velocity told, m/s."""
    return float(s.told_speed_sd + s.told_speed_share * speed)


@kernel
def fitted(x: Array, P: Array, frame: Array, told: Any, j: int, back: float, s: Any) -> tuple[float, float]:
    """Corrects a state by report j, in place: (squared distance of the position, likelihood of position and velocity).

    The velocity is part of it only where one is told.
    """
    pe, pn, ree, ren, rnn = in_plane_of(frame, told, j)
    lag = (s.ais_latency * math.hypot(x[2], x[3])) ** 2
    dx, dy = pe + x[2] * back - x[0], pn + x[3] * back - x[1]
    q, likelihood, _, _, _ = innovation(P, 0, dx, dy, ree + lag, ren, rnn + lag)
    correct(x, P, 0, dx, dy, ree + lag, ren, rnn + lag)
    if math.isfinite(told.east[j]):
        axes = told.axes[j]
        u, v = 0.0, 0.0
        for k in range(3):
            along = told.east[j] * axes[k] + told.north[j] * axes[3 + k]
            u += along * frame[3 + k]
            v += along * frame[6 + k]
        var = velocity_sd(math.hypot(u, v), s) ** 2
        _, fit, _, _, _ = innovation(P, 2, u - x[2], v - x[3], var, 0.0, var)
        likelihood *= fit
        correct(x, P, 2, u - x[2], v - x[3], var, 0.0, var)
    return q, likelihood


@kernel
def new_likelihood(told: Any, j: int, s: Any) -> float:
    """Density of report j coming from a vessel not yet tracked."""
    density = s.birth_ais
    if math.isfinite(told.east[j]):
        var = s.speed_sd**2
        speed2 = told.east[j] ** 2 + told.north[j] ** 2
        density *= math.exp(-0.5 * speed2 / var) / (2 * math.pi * var) + 1e-6
    return float(density)


@kernel
def manoeuvre_room(t: Any, told: Any, j: int, dt: float, s: Any) -> float:
    """Acceleration density, m²/s³, of a vessel that may have turned and changed speed since its last report.

    A vessel's displacement differs from the predicted by no more than its speeds allow: q is bounded so that the
    position's deviation stays below half the speeds, then and now, over the time between.
    """
    x = t.x
    speeds = math.hypot(x[2], x[3])
    speeds += math.hypot(told.east[j], told.north[j]) if math.isfinite(told.east[j]) else 10.0
    if dt <= 0.0:
        return float(s.acceleration)
    return float(max(s.acceleration, min(s.agility, 3.0 * (0.5 * speeds + 1.0) ** 2 / dt)))


@kernel
def explained(t: Any, told: Any, j: int, X: Array, C: Array, s: Any) -> float:
    """How well track t explains report j: prior times likelihood; X (4,), C (4, 4) become the corrected state."""
    same = told.mmsi[j] != 0 and t.mmsi == told.mmsi[j]
    dt = max(told.time[j] - t.time, 0.0)
    back = max(t.time - told.time[j], 0.0)
    put(X, C, t.x, t.P)
    predict(X, C, dt, s.acceleration)
    q, likelihood = fitted(X, C, t.frame, told, j, back, s)
    if same:
        silence = max(told.time[j] - t.heard_ais, 0.0)
        y, Q = np.empty(4), np.empty((4, 4))
        put(y, Q, t.x, t.P)
        predict(y, Q, dt, manoeuvre_room(t, told, j, dt, s))
        _, agile = fitted(y, Q, t.frame, told, j, back, s)
        east, north = to_plane(t.frame, told.place[j, 0], told.place[j, 1], told.place[j, 2])
        jump = math.hypot(east - t.x[0], north - t.x[1])
        if jump > told.fastest[j] * max(dt, silence if t.plots == 0 else dt) + 500.0:
            return 0.0
        if s.manoeuvre * agile > (1.0 - s.manoeuvre) * likelihood:
            put(X, C, y, Q)
        likelihood = (1.0 - s.manoeuvre) * likelihood + s.manoeuvre * agile
        factor = s.same_identity
    elif q > s.gate:
        return 0.0
    elif t.mmsi != 0 and told.mmsi[j] != 0:
        factor = s.other_identity
    else:
        factor = s.no_identity
    return float(t.existence * factor * likelihood)


@kernel
def nearby(bank: Any, told: Any, j: int, s: Any) -> Array:
    """Slots that may explain report j: within their gate, or holding its MMSI within a vessel's reach."""
    found = np.empty(MOST, np.int64)
    n = 0
    for i in range(bank.tally[0]):
        t = bank.tracks[i]
        if not t.alive or t.status == DROPPED:
            continue
        dt = told.time[j] - t.time
        if dt < -s.late:
            continue
        dt = max(dt, 0.0)
        dx = t.place[0] + dt * t.drift[0] - told.place[j, 0]
        dy = t.place[1] + dt * t.drift[1] - told.place[j, 1]
        dz = t.place[2] + dt * t.drift[2] - told.place[j, 2]
        d2 = dx * dx + dy * dy + dz * dz
        same = told.mmsi[j] != 0 and t.mmsi == told.mmsi[j]
        widest = 50e3 if same else 5.0 * s.reach
        if d2 > widest * widest:
            continue
        if not same:
            sd = position_sd(t, dt, s.acceleration) + math.sqrt(told.covariance[j, 0] + told.covariance[j, 2])
            if d2 > s.gate * (sd + s.late * 10.0) ** 2:
                continue
        if n == MOST:
            break
        found[n] = i
        n += 1
    return found[:n]


@kernel
def claim(t: Any, mmsi: int, probability: float) -> None:
    """Counts a report's MMSI for or against the one that track t holds; the one with more support is held."""
    if mmsi == 0:
        return
    if t.mmsi == mmsi:
        t.claim = min(t.claim + probability, 10.0)
    else:
        t.claim -= probability
        if (t.claim <= 0.0 or t.mmsi == 0) and probability > 0.5:
            t.mmsi, t.claim = mmsi, probability


@kernel
def support(bank: Any, i: int, told: Any, j: int, p: float, X: Array, C: Array, s: Any) -> None:
    """Takes report j into track i with probability p; X, C are its state corrected by it."""
    t = bank.tracks[i]
    dt = max(told.time[j] - t.time, 0.0)
    r, v = fade_radar(t, dt, s)
    x, P = t.x, t.P
    predict(x, P, dt, s.acceleration)
    shift = (X[0] - x[0], X[1] - x[1], X[2] - x[2], X[3] - x[3])
    for a in range(4):
        x[a] += p * shift[a]
        for b in range(4):
            P[a, b] = p * C[a, b] + (1.0 - p) * P[a, b] + p * (1.0 - p) * shift[a] * shift[b]
    t.time = max(t.time, told.time[j])
    t.existence, t.visibility = min(p + (1.0 - p) * r, SURE), v
    claim(t, told.mmsi[j], p)
    if p > 0.5:
        t.reports += 1
        t.heard_ais, t.interval = told.time[j], told.interval[j]
        if told.sensor[j] >= 0:
            bank.hit[i, told.sensor[j]] = told.time[j]
    settle(t, s.rebase)


@kernel
def start(bank: Any, told: Any, j: int, probability: float, s: Any) -> int:
    """A new track from report j; the bank must have room. Returns its slot."""
    i = bear(bank, told.lat[j], told.lon[j], told.time[j], 0.9 * probability)
    t = bank.tracks[i]
    X, C = t.x, t.P
    C[0, 0], C[1, 1] = 1e6, 1e6  # before the report itself: anywhere, at any speed of a vessel
    C[2, 2] = C[3, 3] = s.speed_sd**2 + told.fastest[j] ** 2 / 16.0
    fitted(X, C, t.frame, told, j, 0.0, s)
    claim(t, told.mmsi[j], 1.0)
    t.reports = 1
    t.heard_ais, t.interval = told.time[j], told.interval[j]
    if told.sensor[j] >= 0:
        bank.hit[i, told.sensor[j]] = told.time[j]
    settle(t, s.rebase)
    return int(i)


@kernel
def repeated(t: Any, told: Any, j: int) -> bool:
    """Whether report j is what track t was told already: one message heard by two stations."""
    return bool(told.mmsi[j] != 0 and t.mmsi == told.mmsi[j] and abs(told.time[j] - t.heard_ais) < 1.0)


@kernel
def witness(bank: Any, mmsi: Array, sensor: Array) -> Array:
    """Notes which sensors hear the tracks that hold these MMSI, of two the one heard last; the slots noted."""
    noted, n = np.empty(len(mmsi), np.int64), 0
    for j in range(len(mmsi)):
        best = -1
        for i in range(bank.tally[0]):
            t = bank.tracks[i]
            holds = t.mmsi == mmsi[j] and t.alive and t.status != DROPPED and t.reports > 0
            if holds and (best < 0 or t.heard_ais > bank.tracks[best].heard_ais):
                best = i
        if best >= 0:
            bank.hit[best, sensor[j]] = max(bank.hit[best, sensor[j]], bank.tracks[best].heard_ais)
            noted[n] = best
            n += 1
    return noted[:n]


@kernel
def in_time(bank: Any, slots: Array, told: Any, j: int) -> Array:
    """Those of `slots` that an old report may still speak to: the tracks of its own MMSI that are not further on."""
    kept = np.empty(len(slots), np.int64)
    n = 0
    for i in slots:
        t = bank.tracks[i]
        if told.mmsi[j] != 0 and t.mmsi == told.mmsi[j]:
            kept[n] = i
            n += 1
    return kept[:n]


@kernel
def take_in(bank: Any, told: Any, j: int, old: bool, s: Any) -> Any:
    """Weighs one report and updates the tracks it speaks for: (slots, probabilities), at least 0.25; the start of a new
    track is among them. An old report starts none.
    """
    slots = nearby(bank, told, j, s)
    if old:
        slots = in_time(bank, slots, told, j)
    weight = np.zeros(len(slots) + 1)
    X, C = np.empty((len(slots), 4)), np.empty((len(slots), 4, 4))
    for k in range(len(slots)):
        fit = explained(bank.tracks[slots[k]], told, j, X[k], C[k], s)
        weight[k] = fit if math.isfinite(fit) else 0.0
    weight[len(slots)] = new_likelihood(told, j, s)
    total = 0.0
    for w in weight:
        total += w
    for k in range(len(weight)):
        weight[k] /= total
    found, chance = np.empty(5, np.int64), np.empty(5)
    n = 0
    for k in range(len(slots)):
        if weight[k] >= 0.25 and n < 4:
            if repeated(bank.tracks[slots[k]], told, j):
                if told.sensor[j] >= 0:
                    bank.hit[slots[k], told.sensor[j]] = told.time[j]
            else:
                support(bank, slots[k], told, j, weight[k], X[k], C[k], s)
            found[n], chance[n] = slots[k], weight[k]
            n += 1
    if weight[len(slots)] > 0.5 and not old:
        found[n], chance[n] = start(bank, told, j, weight[len(slots)], s), weight[len(slots)]
        n += 1
    return found[:n], chance[:n]


@kernel
def in_step(bank: Any, i: int, s: Any) -> int:
    """The confirmed radar track without a claim in step with AIS track i, which radar itself does not see; or -1."""
    t = bank.tracks[i]
    best, least = -1, s.pair_distance
    if t.plots > 0 and t.time - t.heard_radar < s.radar_coast:
        return best
    for k in range(bank.tally[0]):
        o = bank.tracks[k]
        if not o.alive or k == i or o.mmsi != 0 or o.plots < s.plots or o.status != CONFIRMED:
            continue
        dt = t.time - o.time
        if abs(dt) > s.radar_coast:
            continue
        d2, v2 = 0.0, 0.0
        for c in range(3):
            d2 += (o.place[c] + dt * o.drift[c] - t.place[c]) ** 2
            v2 += (o.drift[c] - t.drift[c]) ** 2
        if d2 < least * least and v2 < s.pair_speed**2:
            best, least = k, math.sqrt(d2)
    return best


@kernel
def joined(bank: Any, i: int, s: Any) -> int:
    """Makes one of AIS track i and the radar track in step with it, after enough reports: its slot, or -1.

    Antenna, registration and clock put the two up to `pair_distance` apart. The radar's state goes on under the older
    id, with the AIS track's claim; slot i is dropped.
    """
    t, k = bank.tracks[i], in_step(bank, i, s)
    same = k >= 0 and bank.tracks[k].id == t.rival
    t.streak = t.streak + 1 if same else 1
    t.rival = bank.tracks[k].id if k >= 0 else 0
    if k < 0 or t.streak < s.pair_reports:
        return -1
    o = bank.tracks[k]
    o.id, t.id = min(o.id, t.id), max(o.id, t.id)
    o.mmsi, o.claim, o.reports, o.interval = t.mmsi, t.claim, t.reports, t.interval
    o.heard_ais, o.born = t.heard_ais, min(o.born, t.born)
    o.existence = max(o.existence, t.existence)
    for m in range(bank.hit.shape[1]):
        bank.hit[k, m] = max(bank.hit[k, m], bank.hit[i, m])
    t.status = DROPPED
    return int(k)


@kernel
def hear(bank: Any, told: Any, clock: float, constants: Any) -> Any:
    """Takes all reports in, one by one: (slots touched, report, track id, probability, late reports).

    One report is one measurement, so the sum over its explanations is exact and needs no belief propagation. A report
    more than `late` older than the clock counts only for the track of its own MMSI, if that is not further on.
    """
    s = constants[0]
    n = len(told.time)
    touched, used, late = np.empty(7 * n, np.int64), 0, 0
    rows, tracks, chance, pairs = np.empty(5 * n, np.int64), np.empty(5 * n, np.int64), np.empty(5 * n), 0
    for j in range(n):
        old = told.time[j] < clock - s.late
        slots, probability = take_in(bank, told, j, old, s)
        clock = max(clock, told.time[j])
        late += len(slots) == 0
        for k in range(len(slots)):
            i = slots[k]
            touched[used] = i
            used += 1
            if probability[k] > 0.5:
                o = joined(bank, i, s)
                if o >= 0:
                    touched[used] = o
                    used += 1
                    i = o
            rows[pairs], tracks[pairs], chance[pairs] = j, bank.tracks[i].id, probability[k]
            pairs += 1
    return touched[:used], rows[:pairs], tracks[:pairs], chance[:pairs], late
