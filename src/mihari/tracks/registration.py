"""AIS places and raw plots -> how far each radar is off in range, azimuth and time; plots are set right on intake.

A bias of half a degree is 130 m at 15 km: it breaks gates, pairing and joining, so nothing here asks the tracks whose
plot is whose. Each AIS place, moved on by its told velocity for at most a few seconds, is held against every plot
within 400 m in range and 2° in azimuth (`compare`), and all these pairs together are a mixture: those of the same
vessel lie about the bias, the others anywhere. Its parameters (range bias, azimuth bias, time offset, share and spread
of the true pairs) come from expectation-maximisation begun at the peak of a histogram (`fit`): Dempster, Laird, Rubin,
J. Royal Statistical Society B 39(1), 1977; for AIS and radar as point sets Mange et al., EUSIPCO 2024. The biases enter
linearly, as in Bar-Shalom, Li, Kirubarajan 2001, 8.3, and shrink to zero by their priors. Where AIS is absent, plots
of a radar that is registered stand in for it, with the velocities of their tracks.

Robust against spoofers: however often a vessel is seen, it counts for three looks, since its antenna's place and its
receiver's error stay the same. Old pairs fade over 20 minutes. A correction is applied once it is sure (see `sure_of`)
and differs from nought by three standard deviations, so that an unbiased radar stays as it is; then it is kept up.

Takes what `intake` made of reports; all it knows lies in the fields `FIELDS` of a radar's record, so it is part of the
tracker's state. It fails where most vessels are off alike: a fleet of spoofers, or a radar whose own place is wrong.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean

REACH, TURNED = 400.0, math.radians(2.0)  # m and rad: no radar is farther off than that
NEAREST = 1500.0  # m: nearer, the vessel's size and the place of its antenna are degrees of azimuth
AGE_S = 5.0  # a place is moved on by its velocity for so long
FASTEST = 40.0  # m/s: what is faster flies
AGAIN_S = 20.0  # between two looks of one radar at one vessel
CROWD = 6  # plots within reach of one place, above which the look says nothing
PAIRS, PLACES, BUCKETS = 2048, 256, 1024  # room: pairs kept, places kept, vessels told apart
FADE_S = 1200.0
LOOKS = 3.0  # that one vessel counts for at most
PRIOR = (200.0, math.radians(1.0), 2.0)  # standard deviations: m, rad, s
STEPS, BINS, VESSELS, SHARE = 30, 41, 5.0, 0.3
SOON_S, LATER_S = 10.0, 60.0  # between two fits, before and after the radar is registered
NOTABLE = (20.0, math.radians(0.1), 0.5)  # m, rad, s: 0.1° is 40 m at 12 NM
LEFT = (1.0, 1e-4, 0.05)  # m, rad, s: no estimate is better than that

# Columns of `places` and of `pairs`
X, Y, Z, DX, DY, DZ, WHEN, NOISE, WHO = range(9)
NAME, TIME, FAR, BEARING, OFF, ASIDE, RUN, TURN, SPREAD = range(9)

# In a radar's record. `bias`: what plots are set right by, in m, rad, s; `left`: variance of what may be left over;
# `estimate`, `variance`: the newest fit; `vessels`: that agree in it; `registered` 0 or 1; `due`: of the next fit, s.
# `places`: where vessels said they were, newest at `told` modulo their number: ECEF m and m/s, s, m², name (MMSI; a
# track's id negative). `pairs`: a place and a plot, at `compared` modulo their number: name, s, range in m and bearing,
# plot less place in m and rad, rates of both in m/s and rad/s, variance of the place in m². `asked`: when the vessel of
# a bucket was last looked at.
FIELDS = [
    ("bias", "f8", (3,)),
    ("left", "f8", (3,)),
    ("estimate", "f8", (3,)),
    ("variance", "f8", (3,)),
    ("vessels", "f8"),
    ("registered", "i8"),
    ("due", "f8"),
    ("told", "i8"),
    ("compared", "i8"),
    ("fitted", "i8"),
    ("places", "f8", (PLACES, 9)),
    ("pairs", "f8", (PAIRS, 9)),
    ("asked", "f8", (BUCKETS,)),
]
LEARNED: tuple[str, ...] = tuple(str(field[0]) for field in FIELDS)


class Registered(NamedTuple):
    """A radar's registration for people: m, rad, s; `vessels` that agree; `corrected`: plots are set right by it."""

    range_bias: float
    bearing_bias: float
    clock_offset: float
    range_sd: float
    bearing_sd: float
    clock_sd: float
    vessels: float
    corrected: bool

    def told(self) -> str:
        """What is wrong with the radar, in words; empty where nothing is known to be.

        >>> Registered(60.0, -0.00873, 0.0, 1.0, 1e-4, 0.1, 80.0, True).told()
        'reads 60 m far and 0.50° left, corrected'
        """
        if not self.corrected:
            return ""
        words = []
        if abs(self.range_bias) >= 0.5:
            words.append(f"{abs(self.range_bias):.0f} m {'far' if self.range_bias > 0 else 'near'}")
        if abs(self.bearing_bias) >= math.radians(0.005):
            words.append(f"{abs(math.degrees(self.bearing_bias)):.2f}° {'right' if self.bearing_bias > 0 else 'left'}")
        read = f"reads {' and '.join(words)}" if words else ""
        late = "ahead" if self.clock_offset > 0 else "behind"
        clock = f"its clock is {abs(self.clock_offset):.1f} s {late}" if abs(self.clock_offset) >= 0.05 else ""
        return ", ".join(part for part in (read, clock, "corrected") if part)

    @property
    def notable(self) -> bool:
        """Whether somebody should look after the radar."""
        off = abs(self.range_bias) >= NOTABLE[0] or abs(self.bearing_bias) >= NOTABLE[1]
        return self.corrected and (off or abs(self.clock_offset) >= NOTABLE[2])


def registered_of(radar: Any) -> Registered:
    """What is known of one radar: the correction in use, with what may be left over; before there is one, the estimate.

    radar: a record with the fields `FIELDS`.
    """
    used = bool(np.any(radar["bias"] != 0.0))
    values, variances = (radar["bias"], radar["left"]) if used else (radar["estimate"], radar["variance"])
    (far, right, ahead), spread = values.tolist(), np.sqrt(variances).tolist()
    return Registered(far, right, ahead, spread[0], spread[1], spread[2], float(radar["vessels"]), used)


def start_anew(radar: Any) -> None:
    """Nothing is known of this radar."""
    radar["variance"] = np.square(PRIOR)
    radar["asked"] = -np.inf
    radar["due"] = -np.inf


@lean
def aside(angle: float) -> float:
    """An angle in (-pi, pi]."""
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))


@lean
def bucket(name: float) -> int:
    """Where a vessel is counted: two that share one are taken for one, which costs a little."""
    return int(((int(name) * 0x9E3779B97F4A7C1) >> 20) & (BUCKETS - 1))


@lean
def put_place(
    radar: Any, place: Array, drift: tuple[float, float, float], time: float, noise: float, name: float
) -> None:
    """A vessel is there: kept for the radar's next plots, if they may reach so far."""
    f = radar.frame
    dx, dy, dz = place[0] - f[0], place[1] - f[1], place[2] - f[2]
    if dx * dx + dy * dy + dz * dz > (radar.range_max + REACH) ** 2:
        return
    row = radar.places[radar.told % PLACES]
    row[X], row[Y], row[Z] = place[0], place[1], place[2]
    row[DX], row[DY], row[DZ] = drift
    row[WHEN], row[NOISE], row[WHO] = time, noise, name
    radar.told += 1


@lean
def hear(radars: Array, told: Array) -> None:
    """Keeps the AIS places of a batch for the radars that may see them; those without a velocity are of no use."""
    for k in range(len(radars)):
        radar = radars[k]
        if radar.kind != 1 or not radar.placed:
            continue
        for j in range(len(told)):
            r = told[j]
            if r.mmsi != 0 and r.east * r.east + r.north * r.north < FASTEST * FASTEST:  # not so for NaN
                a = r.axes
                drift = (
                    r.east * a[0] + r.north * a[3],
                    r.east * a[1] + r.north * a[4],
                    r.east * a[2] + r.north * a[5],
                )
                noise = 0.5 * (r.covariance[0] + r.covariance[2])
                put_place(radar, r.place, drift, r.time, noise, float(r.mmsi))


@lean
def wanting(radars: Array, sensor: int) -> bool:
    """Whether the plots of this radar, which is registered, are of use to another one that is not."""
    if radars[sensor].registered == 0:
        return False
    for k in range(len(radars)):
        if k != sensor and radars[k].kind == 1 and radars[k].placed and radars[k].registered == 0:
            return True
    return False


@lean
def lend(radars: Array, sensor: int, plot: Any, drift: Array, name: int) -> None:
    """A plot of a registered radar, of a track without AIS, stands in for an AIS place at the other radars."""
    noise = 0.5 * (plot.covariance[0] + plot.covariance[2])
    for k in range(len(radars)):
        if k != sensor and radars[k].kind == 1 and radars[k].placed and radars[k].registered == 0:
            put_place(radars[k], plot.place, (drift[0], drift[1], drift[2]), plot.time, noise, -float(name))


@lean
def compare(radar: Any, plots: Array, middle: float, half: float, now: float) -> None:
    """Pairs each fresh place inside the sector with every plot within reach; plots are as set right on intake."""
    f, places, asked, bias = radar.frame, radar.places, radar.asked, radar.bias
    for j in range(max(radar.told - PLACES, 0), radar.told):
        q = places[j % PLACES]
        age = now - q[WHEN]
        if not -1.0 <= age <= AGE_S:
            continue
        slot = bucket(q[WHO])
        if now - asked[slot] < AGAIN_S and now >= asked[slot]:
            continue
        x0, y0, z0 = q[X] - f[0], q[Y] - f[1], q[Z] - f[2]
        east, north = x0 * f[3] + y0 * f[4] + z0 * f[5], x0 * f[6] + y0 * f[7] + z0 * f[8]
        u, v = q[DX] * f[3] + q[DY] * f[4] + q[DZ] * f[5], q[DX] * f[6] + q[DY] * f[7] + q[DZ] * f[8]
        x, y = east + age * u, north + age * v
        away = math.sqrt(x * x + y * y)
        if away < max(NEAREST, radar.range_min + REACH) or away > radar.range_max - REACH:
            continue
        wide = max(TURNED, REACH / away)
        if half < math.pi and abs(aside(math.atan2(x, y) - middle)) > half - wide:
            continue
        asked[slot] = now
        paired(radar, plots, bias, (east, north, u, v), q, wide)


@lean
def paired(radar: Any, plots: Array, bias: Array, at: Any, q: Array, wide: float) -> None:
    """Adds the pairs of place q, which is `at` (east, north, their rates) of the radar; none where there is a crowd."""
    pairs, first, n = radar.pairs, radar.compared, 0
    east, north, u, v = at
    box = 1.5 * REACH + math.hypot(east, north) * wide
    for j in range(len(plots)):
        p = plots[j]
        dt = p.time + bias[2] - q[WHEN]
        x, y = east + dt * u, north + dt * v
        if abs(p.x - x) > box or abs(p.y - y) > box:
            continue
        away, bearing = math.sqrt(x * x + y * y), math.atan2(x, y)
        off = math.sqrt(p.x * p.x + p.y * p.y) + bias[0] - away
        side = aside(math.atan2(p.x, p.y) + bias[1] - bearing)
        if abs(off) > REACH or abs(side) > wide:
            continue
        if n == CROWD:
            for k in range(first, first + n):
                pairs[k % PAIRS, NAME] = 0.0
            return
        row = pairs[(first + n) % PAIRS]
        row[NAME], row[TIME], row[FAR], row[BEARING] = q[WHO], p.time, away, bearing
        row[OFF], row[ASIDE] = off, side
        row[RUN], row[TURN] = (x * u + y * v) / away, (y * u - x * v) / (away * away)
        row[SPREAD] = q[NOISE] + (0.5 * dt) ** 2
        n += 1
    radar.compared += n


@kernel
def peak(radar: Any, weight: Array, n: int, share: Array) -> tuple[float, float]:
    """The bias (m, rad) about which most vessels have a pair: the highest of a histogram, each vessel one vote a pair.

    share: (BUCKETS,) room.
    """
    pairs, votes = radar.pairs, np.zeros((BINS, BINS))
    share[:] = 0.0
    for i in range(n):
        share[bucket(pairs[i, NAME])] += weight[i]
    for i in range(n):
        a = int((pairs[i, OFF] / REACH + 1.0) * 0.5 * BINS)
        b = int((pairs[i, ASIDE] / TURNED + 1.0) * 0.5 * BINS)
        if weight[i] > 0.0 and 0 <= a < BINS and 0 <= b < BINS:
            votes[a, b] += weight[i] * min(1.0, LOOKS / share[bucket(pairs[i, NAME])])
    best, off, side = -1.0, 0.0, 0.0
    for a in range(1, BINS - 1):
        for b in range(1, BINS - 1):
            total, da, db = 0.0, 0.0, 0.0
            for c in range(-1, 2):
                for d in range(-1, 2):
                    found = votes[a + c, b + d]
                    total, da, db = total + found, da + c * found, db + d * found
            if total > best:
                best = total
                off = ((a + 0.5 + da / max(total, 1e-9)) * 2.0 / BINS - 1.0) * REACH
                side = ((b + 0.5 + db / max(total, 1e-9)) * 2.0 / BINS - 1.0) * TURNED
    return off, side


@kernel
def maximised(
    radar: Any, weight: Array, n: int, guess: Any, theta: Array, info: Array, share: Array, octants: Array
) -> Any:
    """Expectation-maximisation from a guess (m, rad, s): (log likelihood, vessels that agree, vessels compared).

    theta: (3,) and info: (3, 3) get the estimate and its information; octants: (8,) the vessels by eighth of a turn.
    """
    pairs, steps, b = radar.pairs, np.empty(n), np.empty(3)
    likelihood, part, scale = -math.inf, 0.5, 1.0
    for a in range(3):
        theta[a] = guess[a]
    for step in range(STEPS):
        wide = max(scale, 25.0 * 0.4**step)  # begins wide: the peak's place is good to a bin
        likelihood = 0.0
        share[:] = 0.0
        for a in range(3):
            likelihood -= 0.5 * (theta[a] / PRIOR[a]) ** 2
        for i in range(n):
            far, run, turn = pairs[i, FAR], pairs[i, RUN], pairs[i, TURN]
            along = radar.range_sd**2 + pairs[i, SPREAD]
            across = radar.bearing_sd**2 + pairs[i, SPREAD] / (far * far)
            e = pairs[i, OFF] - theta[0] + run * theta[2]
            d = pairs[i, ASIDE] - theta[1] + turn * theta[2]
            q = e * e / along + d * d / across
            inside = part * math.exp(-0.5 * q / wide) / (2 * math.pi * wide * math.sqrt(along * across))
            outside = (1.0 - part) / (4.0 * REACH * max(TURNED, REACH / far))
            steps[i] = inside / (inside + outside)
            share[bucket(pairs[i, NAME])] += weight[i] * steps[i]
            likelihood += weight[i] * math.log(inside + outside)
        info[:] = 0.0
        for a in range(3):
            info[a, a], b[a] = PRIOR[a] ** -2, 0.0
        inliers, total, squares = 0.0, 0.0, 0.0
        octants[:] = 0.0
        for i in range(n):
            far, run, turn = pairs[i, FAR], pairs[i, RUN], pairs[i, TURN]
            along = radar.range_sd**2 + pairs[i, SPREAD]
            across = radar.bearing_sd**2 + pairs[i, SPREAD] / (far * far)
            counted = share[bucket(pairs[i, NAME])]
            w = weight[i] * steps[i]
            inliers, total = inliers + w, total + weight[i]
            e = pairs[i, OFF] - theta[0] + run * theta[2]
            d = pairs[i, ASIDE] - theta[1] + turn * theta[2]
            limited = w * min(1.0, LOOKS / max(counted, 1e-9))
            squares += w * (e * e / along + d * d / across)
            octants[int((pairs[i, BEARING] + math.pi) / (0.25 * math.pi)) % 8] += w * min(1.0, 1.0 / max(counted, 1e-9))
            along, across = along * scale, across * scale
            info[0, 0] += limited / along
            info[1, 1] += limited / across
            info[2, 2] += limited * (run * run / along + turn * turn / across)
            info[0, 2] -= limited * run / along
            info[1, 2] -= limited * turn / across
            b[0] += limited * pairs[i, OFF] / along
            b[1] += limited * pairs[i, ASIDE] / across
            b[2] -= limited * (run * pairs[i, OFF] / along + turn * pairs[i, ASIDE] / across)
        info[2, 0], info[2, 1] = info[0, 2], info[1, 2]
        moved = 0.0
        if total <= 0.0:
            break
        # two of the three are diagonal: solved for the third
        schur = info[2, 2] - info[0, 2] ** 2 / info[0, 0] - info[1, 2] ** 2 / info[1, 1]
        c = (b[2] - info[0, 2] * b[0] / info[0, 0] - info[1, 2] * b[1] / info[1, 1]) / schur
        new = ((b[0] - info[0, 2] * c) / info[0, 0], (b[1] - info[1, 2] * c) / info[1, 1], c)
        for a in range(3):
            moved = max(moved, abs(new[a] - theta[a]) / PRIOR[a])
            theta[a] = new[a]
        part = min(max(inliers / total, 0.02), 0.98)
        scale = min(max(0.5 * squares / max(inliers, 1e-9), 0.5), 4.0)
        if step > 5 and moved < 1e-4:
            break
    agree, compared = 0.0, 0.0
    for k in range(BUCKETS):
        agree += min(share[k], 1.0)
    share[:] = 0.0
    for i in range(n):
        share[bucket(pairs[i, NAME])] += weight[i]
    for k in range(BUCKETS):
        compared += min(share[k], 1.0)
    return likelihood, agree, compared


@lean
def sure_of(radar: Any, variance: Array, agree: float, compared: float, octants: Array) -> bool:
    """Whether an estimate may be used: five vessels and a third of those compared agree, they lie in two directions,
    and it is better than a part of what a single plot is off.
    """
    directions = 0
    for k in range(8):
        directions += octants[k] >= 1.0
    good_range = math.sqrt(variance[0]) <= max(5.0, 0.3 * radar.range_sd)
    good_bearing = math.sqrt(variance[1]) <= max(5e-4, 0.2 * radar.bearing_sd)
    return bool(agree >= VESSELS and agree >= SHARE * compared and directions >= 2 and good_range and good_bearing)


@kernel
def fit(radar: Any, now: float) -> None:
    """Estimates anew from the pairs, once it is due; a significantly other correction replaces the one in use."""
    if now < radar.due and radar.due - now <= LATER_S:
        return
    radar.due = now + (LATER_S if radar.registered else SOON_S)
    n = min(radar.compared, PAIRS)
    if radar.compared - radar.fitted < 10:
        return
    radar.fitted = radar.compared
    pairs, weight = radar.pairs, np.zeros(n)
    for i in range(n):
        age = max(now - pairs[i, TIME], 0.0)
        weight[i] = math.exp(-age / FADE_S) if pairs[i, NAME] != 0.0 else 0.0
    share, octants, theta, info = np.empty(BUCKETS), np.empty(8), np.empty(3), np.empty((3, 3))
    other, more, eighths = np.empty(3), np.empty((3, 3)), np.empty(8)
    off, side = peak(radar, weight, n, share)
    likelihood, agree, compared = maximised(radar, weight, n, (off, side, 0.0), theta, info, share, octants)
    e = radar.estimate
    if abs(off - e[0]) > 3.0 * REACH / BINS or abs(side - e[1]) > 3.0 * TURNED / BINS:
        before = (e[0], e[1], e[2])
        fits, too, seen = maximised(radar, weight, n, before, other, more, share, eighths)
        if fits > likelihood:
            agree, compared = too, seen
            theta[:], info[:], octants[:] = other, more, eighths
    radar.estimate[:] = theta
    variance = radar.variance
    schur = info[2, 2] - info[0, 2] ** 2 / info[0, 0] - info[1, 2] ** 2 / info[1, 1]
    variance[2] = 1.0 / schur + LEFT[2] ** 2
    variance[0] = 1.0 / info[0, 0] + (info[0, 2] / info[0, 0]) ** 2 / schur + LEFT[0] ** 2
    variance[1] = 1.0 / info[1, 1] + (info[1, 2] / info[1, 1]) ** 2 / schur + LEFT[1] ** 2
    radar.vessels = agree
    if sure_of(radar, variance, agree, compared, octants):
        use(radar)


@lean
def use(radar: Any) -> None:
    """Takes from the estimate what differs from nought by three standard deviations, and what was corrected before.

    The clock is only set right where it is known to a quarter of a second.
    """
    bias, left, estimate, variance = radar.bias, radar.left, radar.estimate, radar.variance
    radar.registered = 1
    clock = math.sqrt(variance[2]) <= 0.25
    for a in range(3 if clock else 2):
        if bias[a] != 0.0 or estimate[a] ** 2 > 9.0 * variance[a]:
            bias[a] = estimate[a]
        left[a] = variance[a] + (estimate[a] - bias[a]) ** 2
