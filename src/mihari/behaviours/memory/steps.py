"""A vessel's next sample -> its voices moved on, and the findings that end there: the heart of remembering, a kernel.

`step` is a function of the state and the sample alone. Run over all samples of a vessel in the order of their times it
gives the same findings whenever the samples came.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import (
    BIT,
    NONE,
    SHORE_UNIT,
    SILENT,
    UNKNOWN,
    UNKNOWN_SHORE,
    VOICES,
)
from mihari.core import reports
from mihari.core.kernels import inlined, kernel

METRES = math.radians(1e-7) * 6371008.8  # of 1e-7 degrees on the mean sphere
DEGREE = 10_000_000
CENTI = math.radians(0.01)

AID_OFF = reports.AID | reports.OFF_POSITION
PRESENT, STOPPED, SLOW, TRAWLING = BIT["present"], BIT["stopped"], BIT["slow"], BIT["trawling_speed"]
DRIFTING, FAST, CROSSWISE, TURNING = BIT["drifting_speed"], BIT["fast"], BIT["crosswise"], BIT["turning"]
ANCHORED, MOORED, FISHING = BIT["says_anchored"], BIT["says_moored"], BIT["says_fishing"]
RESTRICTED, HELPLESS, DISTRESS = BIT["says_restricted"], BIT["says_not_under_command"], BIT["says_distress"]
ON_LAND, OFF_1, OFF_20, OFF_50 = BIT["on_land"], BIT["off_shore_1nm"], BIT["off_shore_20nm"], BIT["off_shore_50nm"]
OFF_3, OFF_10KM = BIT["off_shore_3nm"], BIT["off_shore_10km"]
OFF_POSITION = BIT["says_off_position"]
TWO, DISPLACED, HELD, SHOREWARD = BIT["two_places"], BIT["displaced"], BIT["held"], BIT["shoreward"]
DEEP_INLAND_M = 1000.0  # coastlines are good to some 100 m, and quays are land on many
NM = 1852.0
PACE_WEIGHT = 0.125  # of a new interval in the average: eight samples are remembered


@inlined
def metres(lat0: Any, lon0: Any, lat1: Any, lon1: Any) -> float:
    """Between two places in 1e-7 degrees, on the mean sphere; good to 0.5 % below 1,000 km.

    The short way round: across the antimeridian as well.
    """
    dlat, dlon = float(lat1 - lat0), float(lon1 - lon0)
    if dlon > 180.0 * DEGREE:
        dlon -= 360.0 * DEGREE
    elif dlon < -180.0 * DEGREE:
        dlon += 360.0 * DEGREE
    if abs(dlat) < 0.2 * DEGREE and abs(dlon) < 0.2 * DEGREE:
        middle = math.radians((float(lat0) + float(lat1)) * 0.5e-7)
        return math.hypot(dlat, dlon * math.cos(middle)) * METRES
    a, b = math.radians(lat0 * 1e-7), math.radians(lat1 * 1e-7)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(dlon * 1e-7) / 2) ** 2
    return 2 * 6371008.8 * math.asin(min(1.0, math.sqrt(h)))


@inlined
def angle(first: Any, second: Any) -> float:
    """Between two directions in 0.01 degrees: rad, 0 to π."""
    d = abs(int(first) - int(second)) % 36000
    return min(d, 36000 - d) * CENTI


@inlined
def status_flags(status: int) -> int:
    """Flags of a navigation status, M.1371-5 table 47, or of what an aid to navigation tells."""
    if status == 1:
        return 1 << ANCHORED
    if status == 5:
        return 1 << MOORED
    if status == 7:
        return 1 << FISHING
    if status == 3:
        return 1 << RESTRICTED
    if status == 2:
        return 1 << HELPLESS
    if status & AID_OFF == AID_OFF and status > 0:
        return 1 << OFF_POSITION
    return 1 << DISTRESS if status == 14 else 0


@inlined
def shore_flags(shore: int) -> int:
    """Flags of a distance to the shore."""
    if shore == UNKNOWN_SHORE:  # no coastline: a quay in a river would be open sea
        return 0
    away, flags = shore * SHORE_UNIT, 0
    if away < -DEEP_INLAND_M:
        flags |= 1 << ON_LAND
    if away > NM:
        flags |= 1 << OFF_1
    if away > 3 * NM:
        flags |= 1 << OFF_3
    if away > 10_000.0:
        flags |= 1 << OFF_10KM
    if away > 20 * NM:
        flags |= 1 << OFF_20
    if away > 50 * NM:
        flags |= 1 << OFF_50
    return flags


@inlined
def motion_flags(v: Any, s: Any, p: Any, away: float, seconds: float) -> int:
    """Flags of the way from the voice's last sample to the next, `away` m and `seconds` on."""
    speed = v.speed * 0.01 if v.speed != UNKNOWN else away / seconds
    flags, known = 0, seconds < p.unknown_s
    if speed < p.stopped_mps:
        flags |= 1 << STOPPED
    if speed < p.slow_mps and known:
        flags |= 1 << SLOW
    if p.trawl_low_mps <= speed <= p.trawl_high_mps and known:
        flags |= 1 << TRAWLING
    if speed > p.fast_mps:
        flags |= 1 << FAST
    if p.drift_low_mps <= speed <= p.drift_high_mps and known:
        flags |= 1 << DRIFTING
    if v.heading != UNKNOWN and v.course != UNKNOWN and angle(v.heading, v.course) > p.crosswise_rad:
        flags |= 1 << CROSSWISE
    told = v.course != UNKNOWN and s.course != UNKNOWN and speed > p.slow_mps
    if told and angle(v.course, s.course) > p.turning_rad_s * seconds:
        flags |= 1 << TURNING
    shores = v.shore != UNKNOWN_SHORE and s.shore != UNKNOWN_SHORE and away > 2 * SHORE_UNIT
    if shores and (np.int64(v.shore) - np.int64(s.shore)) * SHORE_UNIT > p.shoreward * away:
        flags |= 1 << SHOREWARD
    return flags


@inlined
def together_since(v: Any, w: Any, p: Any) -> Any:
    """From when on a voice that has just been believed took turns with another: from its first sample on."""
    later = max(v.begun, w.begun)
    new = v.rows == p.confirm_rows or w.rows == p.confirm_rows
    return later if new and later < v.t and np.int64(v.t) - np.int64(later) <= p.voice_s else v.t


@inlined
def found(out: Any, n: int, flag: int, voice: int, start: int, v: Any) -> int:
    """A finding that ends at the voice's last sample, into row n of `out`; how many there are then."""
    if start >= v.t or n >= len(out):
        return n
    f = out[n]
    f.start, f.end, f.flag, f.voice, f.rows = start, v.t, flag, voice, min(v.rows, 65535)
    f.station, f.other, f.speed, f.course = 0, 0, UNKNOWN, UNKNOWN
    f.lat0, f.lon0, f.lat1, f.lon1 = v.lat0, v.lon0, v.lat, v.lon
    return n + 1


@inlined
def close(v: Any, runs: Any, voice: int, kept: int, out: Any, n: int) -> int:
    """End all flags of a voice at its last sample but those in `kept`."""
    ended = np.int64(v.mask) & ~kept
    for flag in range(64 if ended != 0 else 0):
        if ended >> flag & 1:
            n = found(out, n, flag, voice, runs[voice, flag], v)
    v.mask = np.uint64(np.int64(v.mask) & kept)
    return n


@inlined
def other_of(head: Any, p: Any) -> Any:
    """The other station that heard a vessel within an hour of its last sample; the last one itself where none did."""
    heard = head.other_t > 0 and np.int64(head.t) - np.int64(head.other_t) <= p.step_s
    return head.other if heard else head.station


@inlined
def was_slow(v: Any, p: Any) -> bool:
    """Whether a voice was below 2 kn when last heard: as told, else on its last way."""
    if v.speed != UNKNOWN:
        return bool(v.speed * 0.01 < p.slow_mps)
    return bool(np.int64(v.mask) >> SLOW & 1)


@kernel
def step(head: Any, voices: Any, runs: Any, s: Any, p: Any, out: Any) -> int:
    """One sample s of a vessel: moves its head, voices (VOICES,) and runs (VOICES, 64) on; findings into `out`.

    Returns how many findings ended.
    """
    n = 0
    t = np.int64(s.t)
    if head.rows > 0:
        silence = t - np.int64(head.t)
        if silence >= p.silent_s:
            f = out[n]
            f.start, f.end, f.flag, f.rows = head.t, s.t, SILENT, min(int(head.pace), 65535)
            f.voice = 1 if was_slow(voices[head.voice], p) else 0
            f.lat0, f.lon0, f.lat1, f.lon1 = head.lat, head.lon, s.lat, s.lon
            f.station = head.station
            f.other = other_of(head, p)
            f.speed, f.course = voices[head.voice].speed, voices[head.voice].course
            n += 1
        head.pace += (silence - head.pace) * max(PACE_WEIGHT, 1.0 / head.rows)
    chosen, nearest, newest, oldest = NONE, math.inf, NONE, 0
    for k in range(VOICES):
        v = voices[k]
        if v.t < voices[oldest].t:
            oldest = k
        if v.t == 0:
            continue
        if newest == NONE or v.t > voices[newest].t:
            newest = k
        away = metres(v.lat, v.lon, s.lat, s.lon)
        if away <= p.reach_mps * (t - np.int64(v.t)) + p.slack_m and away < nearest:
            chosen, nearest = k, away
    if chosen == NONE:  # nobody can have come here: a new voice in the place of none, or of the longest unheard
        chosen = oldest
        v = voices[chosen]
        if v.t > 0:
            n = close(v, runs, chosen, 0, out, n)
        v.rows, v.mask = 0, np.uint64(0)
        v.displaced = 0
        if newest != NONE and t - np.int64(voices[newest].t) <= p.step_s:
            w = voices[newest]
            v.displaced = 1 if metres(w.lat, w.lon, s.lat, s.lon) > p.apart_m else 0
        v.begun, v.lat0, v.lon0 = s.t, s.lat, s.lon
    v = voices[chosen]
    if v.rows > 0:
        seconds = float(t - np.int64(v.t))
        if seconds > (p.step_s if v.kind & 15 == 0 else p.seen_s):
            n = close(v, runs, chosen, 0, out, n)
            v.rows, v.begun, v.lat0, v.lon0, v.displaced = 0, s.t, s.lat, s.lon, 0
        elif seconds > 0:
            flags = 1 << PRESENT | np.int64(v.areas) << 32
            flags |= motion_flags(v, s, p, nearest, seconds) | status_flags(v.status) | shore_flags(v.shore)
            if v.kind & 15 == 1:
                flags |= 1 << HELD
            if v.displaced and v.rows >= p.confirm_rows:
                flags |= 1 << DISPLACED
            both = v.t
            if v.rows >= p.confirm_rows and seconds <= p.voice_s:
                for k in range(VOICES):  # heard since this voice was: the two take turns
                    w = voices[k]
                    there = k != chosen and w.rows >= p.confirm_rows and w.t >= v.t
                    if there and metres(w.lat, w.lon, s.lat, s.lon) > p.apart_m:
                        flags |= 1 << TWO
                        both = min(both, together_since(v, w, p))
            n = close(v, runs, chosen, int(flags), out, n)
            begun = flags & ~np.int64(v.mask)
            for flag in range(64 if begun != 0 else 0):
                if begun >> flag & 1:
                    runs[chosen, flag] = v.begun if flag == DISPLACED else (both if flag == TWO else v.t)
            v.mask = np.uint64(flags)
    v.t, v.lat, v.lon, v.areas = s.t, s.lat, s.lon, s.areas
    v.speed, v.course, v.heading, v.shore, v.status, v.kind = s.speed, s.course, s.heading, s.shore, s.status, s.kind
    v.rows += 1
    if head.rows > 0 and s.station != head.station:
        head.other, head.other_t = head.station, head.t
    head.t, head.lat, head.lon, head.station = s.t, s.lat, s.lon, s.station
    head.rows += 1
    head.voice = chosen
    return n
