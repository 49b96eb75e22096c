"""Birth, confirmation, coasting and the end of tracks: what a slot's status is, and when it changes by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of
from mihari.core.kernels import kernel
from mihari.core.tracks import TrackStatus

TENTATIVE, CONFIRMED = int(TrackStatus.TENTATIVE), int(TrackStatus.CONFIRMED)
COASTED, DROPPED = int(TrackStatus.COASTED), int(TrackStatus.DROPPED)
AT_REST_S = 180.0  # reporting interval of a vessel at rest (M.1371-5, annex 1, table 1)


@kernel
def ais_fresh(bank: Any, i: int, time: float, s: Any) -> bool:
    """Whether AIS spoke for slot i within the silence allowed to it."""
    return bool(bank.reports[i] >= 2 and time - bank.heard_ais[i] <= s.ais_misses * bank.interval[i])


@kernel
def silences(bank: Any, i: int, s: Any) -> tuple[float, float]:
    """When slot i coasts and when it is dropped, if nothing more is heard of it."""
    coast_at, drop_at = -math.inf, -math.inf
    tentative = bank.status[i] == TENTATIVE
    if bank.plots[i] > 0:
        coast_at = bank.heard_radar[i] + s.radar_coast
        drop_at = bank.heard_radar[i] + (s.tentative_drop if tentative else s.radar_drop)
    if bank.reports[i] > 0:
        coast_at = max(coast_at, bank.heard_ais[i] + s.ais_misses * bank.interval[i])
        allowed = s.ais_drop_moored if bank.interval[i] >= AT_REST_S else s.ais_drop
        drop_at = max(drop_at, bank.heard_ais[i] + (s.ais_drop_tentative if tentative else allowed))
    return coast_at, drop_at


@kernel
def judge(bank: Any, i: int, time: float, s: Any) -> float:
    """Sets the status of slot i at `time`; returns when it will change by itself (inf once dropped)."""
    r = bank.existence[i]
    supported = bank.plots[i] >= s.plots or bank.reports[i] >= 2
    if bank.status[i] == TENTATIVE and r > s.confirm and supported:
        bank.status[i] = CONFIRMED
    coast_at, drop_at = silences(bank, i, s)
    if time >= drop_at or (r < s.drop and not ais_fresh(bank, i, time, s)):
        bank.status[i] = DROPPED
        return math.inf
    if bank.status[i] == CONFIRMED and (time >= coast_at or r < s.keep):
        bank.status[i] = COASTED
    elif bank.status[i] == COASTED and time < coast_at and r > s.confirm:
        bank.status[i] = CONFIRMED
    return coast_at if bank.status[i] == CONFIRMED else drop_at


@kernel
def release(bank: Any, i: int) -> None:
    """Gives slot i back."""
    bank.alive[i] = 0
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
    frame = frame_of(lat, lon)
    for k in range(9):
        bank.frame[i, k] = frame[k]
    bank.alive[i], bank.id[i] = 1, bank.tally[2]
    bank.tally[2] += 1
    bank.x[i], bank.P[i], bank.hit[i] = 0.0, 0.0, -math.inf
    bank.time[i] = bank.born[i] = time
    bank.existence[i], bank.visibility[i], bank.status[i] = existence, 1.0, TENTATIVE
    bank.plots[i] = bank.reports[i] = bank.mmsi[i] = bank.rival[i] = bank.streak[i] = 0
    bank.claim[i] = 0.0
    bank.heard_radar[i] = bank.heard_ais[i] = bank.interval[i] = math.nan
    return int(i)


@kernel
def judge_all(bank: Any, time: float, s: Any) -> Any:
    """Judges every track at `time`: (slots whose status changed, when the next one changes by itself)."""
    changed = np.empty(bank.tally[0], np.int64)
    n, due = 0, math.inf
    for i in range(bank.tally[0]):
        if bank.alive[i]:
            before = bank.status[i]
            due = min(due, judge(bank, i, time, s))
            if bank.status[i] != before:
                changed[n] = i
                n += 1
    return changed[:n], due


@kernel
def judge_some(bank: Any, slots: Array, time: float, s: Any) -> float:
    """Judges the tracks in `slots`; returns when the first of them changes by itself."""
    due = math.inf
    for i in slots:
        due = min(due, judge(bank, i, time, s))
    return due


@kernel
def release_dropped(bank: Any, slots: Array) -> None:
    """Gives back those of `slots` that were dropped."""
    for i in slots:
        if bank.status[i] == DROPPED and bank.alive[i]:
            release(bank, i)


@kernel
def fade_radar(bank: Any, i: int, dt: float, s: Any) -> tuple[float, float]:
    """Existence and visibility to radar of slot i after dt seconds: (existence, visibility).

    Two states, seen and hidden, as in Hem, Brekke and Tokle's VIMMJIPDA, with rates instead of a matrix per scan.
    """
    leave = 1.0 / s.hiding
    back = 1.0 / (s.showing_ais if bank.reports[i] >= 2 else s.showing)
    rest = back / (leave + back)
    v = rest + (bank.visibility[i] - rest) * math.exp(-(leave + back) * dt)
    return bank.existence[i] * math.exp(-dt / s.survival_s), v
