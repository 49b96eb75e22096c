"""Birth, confirmation, coasting and the end of tracks: what a slot's status is, and when it changes by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.core.tracks import TrackStatus
from mihari.tracks.bank import FREE, HIGH, NEXT_ID
from mihari.tracks.index import strike, unlist
from mihari.tracks.lasting import came_to_nothing, weigh

TENTATIVE, CONFIRMED = int(TrackStatus.TENTATIVE), int(TrackStatus.CONFIRMED)
COASTED, DROPPED = int(TrackStatus.COASTED), int(TrackStatus.DROPPED)
AT_REST_S = 180.0  # reporting interval of a vessel at rest (M.1371-5, annex 1, table 1)


@lean
def ais_fresh(t: Any, time: float, s: Any) -> bool:
    """Whether AIS spoke for track t within the silence allowed to it."""
    return bool(t.reports >= 1 and time - t.heard_ais <= s.ais_misses * t.interval)


@lean
def silences(t: Any, s: Any) -> tuple[float, float]:
    """When track t coasts and when it is dropped, if nothing more is heard of it."""
    coast_at, drop_at = -math.inf, -math.inf
    tentative = t.status == TENTATIVE
    if t.plots > 0:
        seen = t.heard_other if t.heard_other > t.heard_radar or math.isnan(t.heard_radar) else t.heard_radar
        coast_at = seen + s.radar_coast
        drop_at = seen + (s.tentative_drop if tentative else s.radar_drop)
    elif t.heard_other > -math.inf:
        coast_at = drop_at = t.heard_other + s.area_drop
    if t.reports > 0:
        coast_at = max(coast_at, t.heard_ais + s.ais_misses * t.interval)
        allowed = s.ais_drop_moored if t.interval >= AT_REST_S else s.ais_drop
        drop_at = max(drop_at, t.heard_ais + (s.ais_drop_tentative if tentative else allowed))
    return coast_at, drop_at


@lean
def unseen(t: Any, time: float, s: Any) -> bool:
    """Whether cameras look at where track t is and see no vessel there yet; what AIS tells of needs none."""
    young = time - t.born < s.camera_waits
    return bool(young and t.looked[1] > -math.inf and t.shown[1] < s.camera_least and t.reports == 0)


@lean
def judge(t: Any, time: float, s: Any) -> float:
    """Sets the status of track t at `time`; returns when it will change by itself (inf once dropped)."""
    r = t.existence
    supported = t.plots >= max(t.needed, s.plots) or t.reports >= 2
    if t.status == TENTATIVE and r > s.confirm and supported and not unseen(t, time, s):
        t.status = CONFIRMED
    coast_at, drop_at = silences(t, s)
    missed = r < (s.drop_once if t.plots == 1 else s.drop) and t.asked > t.born  # one plot is not enough: no reason
    if time >= drop_at or (missed and not ais_fresh(t, time, s)):
        t.status = DROPPED
        return math.inf
    held = r if ais_fresh(t, time, s) else r * t.visibility  # a vessel hidden from radar is coasted, not given up
    if t.status == CONFIRMED and (time >= coast_at or held < s.keep):
        t.status = COASTED
    elif t.status == COASTED and time < coast_at and held > s.confirm:
        t.status = CONFIRMED
    return coast_at if t.status == CONFIRMED else drop_at


@lean
def slot_for_one(free: Array, tally: Array) -> int:
    """A slot for a new track; the bank must have room."""
    if tally[FREE] > 0:
        tally[FREE] -= 1
        return int(free[tally[FREE]])
    tally[HIGH] += 1
    return int(tally[HIGH] - 1)


@lean
def bear(t: Any, p: Any, name: int, existence: float) -> None:
    """A new track on a plane of its own where p was measured, in record t; its modes and hits are the caller's."""
    frame, place, axes, x, P = t.frame, p.place, p.axes, t.x, t.P
    for k in range(3):
        frame[k] = place[k]
    for k in range(6):
        frame[3 + k] = axes[k]
    for a in range(4):
        x[a] = 0.0
        for b in range(4):
            P[a, b] = 0.0
    t.alive, t.id = 1, name
    t.time = t.asked = t.born = p.time
    t.existence, t.visibility, t.status = existence, 1.0, TENTATIVE
    t.plots, t.reports, t.mmsi, t.rival, t.streak = 0, 0, 0, 0, 0
    t.claim, t.needed, t.promised = 0.0, 0.0, 0
    t.heard_radar, t.heard_ais, t.interval, t.heard_other = math.nan, math.nan, math.nan, math.nan
    for k in range(2):
        t.shown[k], t.looked[k] = 1.0, -math.inf
    t.met, t.met_slot, t.met_last, t.doubted = 0, 0, 0.0, -math.inf


@lean
def put_into_bank(bank: Any, p: Any, existence: float) -> int:
    """A new track where p was measured; the bank must have room. Returns its slot."""
    i = slot_for_one(bank.free, bank.tally)
    bear(bank.tracks[i], p, bank.tally[NEXT_ID], existence)
    bank.tally[NEXT_ID] += 1
    for m in range(bank.hit.shape[1]):
        bank.hit[i, m] = -math.inf
    return int(i)


@kernel
def judge_all(bank: Any, time: float, constants: Any) -> Any:
    """Judges every track at `time`: (slots to tell, of those that were dropped, when the next one changes by itself).

    To tell are those whose status changed, if people may have heard of them.
    """
    s = constants[0]
    told, ended = np.empty(bank.tally[0], np.int64), np.empty(bank.tally[0], np.int64)
    n, m, due, tracks = 0, 0, math.inf, bank.tracks
    for i in range(bank.tally[0]):
        t = tracks[i]
        if t.alive:
            before = t.status
            due = min(due, judge(t, time, s))
            if t.status == DROPPED:
                ended[m] = i
                m += 1
            if t.status != before and heard_of(t, before):
                told[n] = i
                n += 1
    return told[:n], ended[:m], due


@lean
def heard_of(t: Any, before: int) -> bool:
    """Whether people may have heard of track t, whose status was `before`: it is not tentative, nor was till now."""
    return bool(t.status != TENTATIVE and (t.status != DROPPED or before != TENTATIVE))


@lean
def judge_some(
    bank: Any, radars: Array, sensor: int, slots: Array, time: float, constants: Any, ended: Array
) -> tuple[int, int, float]:
    """Judges the tracks in `slots`, at which radar `sensor` has looked (-1: none has).

    Those to tell come first in `slots`, those dropped in `ended`: (how many, how many, when the first of them changes
    by itself).
    """
    s, due, tracks = constants[0], math.inf, bank.tracks
    n = m = 0
    for i in slots:
        t = tracks[i]
        if sensor >= 0:
            weigh(radars[sensor], t, time, s)
        before = t.status
        due = min(due, judge(t, time, s))
        if t.status == DROPPED:
            ended[m] = i
            m += 1
        if heard_of(t, before):
            slots[n] = i
            n += 1
    return n, m, due


@lean
def release(bank: Any, radars: Array, slots: Array) -> None:
    """Gives back slots whose tracks were dropped; what became of them is counted."""
    tracks, links, cells, filed, free, tally = bank.tracks, bank.links, bank.cells, bank.filed, bank.free, bank.tally
    for i in slots:
        came_to_nothing(radars, tracks[i], bank.hit[i])
    for i in slots:
        if tracks[i].mmsi != 0 or links[i].name != 0:
            strike(bank, i)
        unlist(links, cells, i)
        filed[i].slack = -1.0
        tracks[i].alive = 0
        free[tally[FREE]] = i
        tally[FREE] += 1


@lean
def fade_radar(t: Any, time: float, s: Any) -> tuple[float, float]:
    """Existence and visibility to radar of track t at a time: (existence, visibility).

    Two states, seen and hidden, as in Hem, Brekke and Tokle's VIMMJIPDA, with rates instead of a matrix per scan.
    """
    dt, leave = max(time - t.asked, 0.0), 1.0 / s.hiding
    known = t.reports >= 1 or t.plots == 0  # by AIS, or by a person's word
    back = 1.0 / (s.showing_ais if known else s.showing)
    rest = back / (leave + back)
    v = rest + (t.visibility - rest) * math.exp(-(leave + back) * dt)
    return t.existence * math.exp(-dt / s.survival_s), v
