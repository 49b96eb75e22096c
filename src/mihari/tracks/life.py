"""Birth, confirmation, coasting and the end of tracks: what a slot's status is, and when it changes by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of
from mihari.core.kernels import kernel
from mihari.core.tracks import TrackStatus
from mihari.tracks.index import strike

TENTATIVE, CONFIRMED = int(TrackStatus.TENTATIVE), int(TrackStatus.CONFIRMED)
COASTED, DROPPED = int(TrackStatus.COASTED), int(TrackStatus.DROPPED)
AT_REST_S = 180.0  # reporting interval of a vessel at rest (M.1371-5, annex 1, table 1)


@kernel
def ais_fresh(t: Any, time: float, s: Any) -> bool:
    """Whether AIS spoke for track t within the silence allowed to it."""
    return bool(t.reports >= 1 and time - t.heard_ais <= s.ais_misses * t.interval)


@kernel
def silences(t: Any, s: Any) -> tuple[float, float]:
    """When track t coasts and when it is dropped, if nothing more is heard of it."""
    coast_at, drop_at = -math.inf, -math.inf
    tentative = t.status == TENTATIVE
    if t.plots > 0:
        coast_at = t.heard_radar + s.radar_coast
        drop_at = t.heard_radar + (s.tentative_drop if tentative else s.radar_drop)
    if t.reports > 0:
        coast_at = max(coast_at, t.heard_ais + s.ais_misses * t.interval)
        allowed = s.ais_drop_moored if t.interval >= AT_REST_S else s.ais_drop
        drop_at = max(drop_at, t.heard_ais + (s.ais_drop_tentative if tentative else allowed))
    return coast_at, drop_at


@kernel
def judge(t: Any, time: float, s: Any) -> float:
    """Sets the status of track t at `time`; returns when it will change by itself (inf once dropped)."""
    r = t.existence
    supported = t.plots >= s.plots or t.reports >= 2
    if t.status == TENTATIVE and r > s.confirm and supported:
        t.status = CONFIRMED
    coast_at, drop_at = silences(t, s)
    if time >= drop_at or (r < s.drop and not ais_fresh(t, time, s)):
        t.status = DROPPED
        return math.inf
    if t.status == CONFIRMED and (time >= coast_at or r < s.keep):
        t.status = COASTED
    elif t.status == COASTED and time < coast_at and r > s.confirm:
        t.status = CONFIRMED
    return coast_at if t.status == CONFIRMED else drop_at


@kernel
def release(bank: Any, i: int) -> None:
    """Gives slot i back."""
    strike(bank, i)
    bank.tracks[i].alive = 0
    bank.free[bank.tally[1]] = i
    bank.tally[1] += 1


@kernel
def bear(bank: Any, lat: float, lon: float, time: float, existence: float) -> int:
    """A new track on a plane of its own; position in rad, variances are the caller's. Returns its slot."""
    if bank.tally[1] > 0:
        bank.tally[1] -= 1
        i = bank.free[bank.tally[1]]
    else:
        i = bank.tally[0]
        bank.tally[0] += 1
    t = bank.tracks[i]
    frame = frame_of(lat, lon)
    for k in range(9):
        t.frame[k] = frame[k]
    t.alive, t.id = 1, bank.tally[2]
    bank.tally[2] += 1
    for a in range(4):  # the modes are the caller's
        t.x[a] = 0.0
        for b in range(4):
            t.P[a, b] = 0.0
    for m in range(bank.hit.shape[1]):
        bank.hit[i, m] = -math.inf
    t.time, t.born = time, time
    t.existence, t.visibility, t.status = existence, 1.0, TENTATIVE
    t.plots, t.reports, t.mmsi, t.rival, t.streak = 0, 0, 0, 0, 0
    t.claim = 0.0
    t.heard_radar, t.heard_ais, t.interval = math.nan, math.nan, math.nan
    return int(i)


@kernel
def judge_all(bank: Any, time: float, constants: Any) -> Any:
    """Judges every track at `time`: (slots whose status changed, when the next one changes by itself)."""
    s = constants[0]
    changed = np.empty(bank.tally[0], np.int64)
    n, due, tracks = 0, math.inf, bank.tracks
    for i in range(bank.tally[0]):
        t = tracks[i]
        if t.alive:
            before = t.status
            due = min(due, judge(t, time, s))
            if t.status != before:
                changed[n] = i
                n += 1
    return changed[:n], due


@kernel
def judge_some(bank: Any, slots: Array, time: float, constants: Any) -> float:
    """Judges the tracks in `slots`; returns when the first of them changes by itself."""
    s, due, tracks = constants[0], math.inf, bank.tracks
    for i in slots:
        t = tracks[i]
        due = min(due, judge(t, time, s))
    return due


@kernel
def release_dropped(bank: Any, slots: Array) -> None:
    """Gives back those of `slots` that were dropped."""
    tracks = bank.tracks
    for i in slots:
        if tracks[i].status == DROPPED and tracks[i].alive:
            release(bank, i)


@kernel
def fade_radar(t: Any, dt: float, s: Any) -> tuple[float, float]:
    """Existence and visibility to radar of track t after dt seconds: (existence, visibility).

    Two states, seen and hidden, as in Hem, Brekke and Tokle's VIMMJIPDA, with rates instead of a matrix per scan.
    """
    leave = 1.0 / s.hiding
    back = 1.0 / (s.showing_ais if t.reports >= 1 else s.showing)
    rest = back / (leave + back)
    v = rest + (t.visibility - rest) * math.exp(-(leave + back) * dt)
    return t.existence * math.exp(-dt / s.survival_s), v
