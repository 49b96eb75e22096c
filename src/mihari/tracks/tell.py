"""Slots of the bank -> `Tracks` rows at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array, specs
from mihari.core.ellipsoid import E2
from mihari.core.geodesy_kernels import frame_at, lift_of, rebase_at, turn_state
from mihari.core.kernels import kernel, lean
from mihari.core.tracks import Tracks
from mihari.tracks.bank import Bank
from mihari.tracks.life import fade_radar
from mihari.tracks.modes import ROOM, advanced, merged, modes_of

SWITCHED_OFF = 0.02  # share of vessels that go silent on purpose or by a fault, before silence speaks
MISSED = 0.4  # probability that an expected AIS report is not received

# A row of `Tracks`, with the input it belongs to and room for the state
ROW = np.dtype(
    [(name, dtype) for name, dtype, _ in specs(Tracks)] + [("step", "i8"), ("x", "f8", (4,)), ("P", "f8", (4, 4))]
)


@lean
def visibility_ais(t: Any, time: float) -> float:
    """Probability that AIS still hears track t: falls with each expected report that did not come; 0.5 never heard."""
    if t.reports == 0:
        return 0.5
    overdue = max((time - t.heard_ais) / t.interval - 0.5, 0.0)
    silent = MISSED**overdue * (1.0 - SWITCHED_OFF)
    return float(silent / (silent + SWITCHED_OFF))


@lean
def supporting(hit: Array, i: int, interval: float, when: float, window: Array, s: Any) -> Any:
    """Bits of the sensors that support track i at `when`: heard within their window (NaN: AIS, by its interval), s."""
    bits, by_ais = np.uint64(0), s.ais_misses * interval
    for m in range(min(len(window), 64)):
        allowed = window[m]
        if when - hit[i, m] <= (by_ais if math.isnan(allowed) else allowed):
            bits |= np.uint64(1) << np.uint64(m)
    return bits


@lean
def put_row(row: Any, t: Any, hit: Array, i: int, time: float, window: Array, s: Any, room: Array) -> None:
    """Track t, in slot i, at `time` (NaN: its own), never before its last update, in its own east and north.

    hit: (slots, sensors), when each sensor last supported it; room: (2,) of `ROOM`.
    """
    x, P = row.x, row.P
    when = t.time if math.isnan(time) else max(time, t.time)
    dt = when - t.time
    if dt > 0.0:
        m = room[0]
        modes_of(t, m, s)
        advanced(m.mu, m.y, m.Y, dt, 0.0, s, room[1])
        merged(m.mu, m.y, m.Y, x, P)
    else:
        for a in range(4):
            x[a] = t.x[a]
            for b in range(4):
                P[a, b] = t.P[a, b]
    frame, place = t.frame, t.place
    px, py, pz = lift_of(frame, x[0], x[1]) if dt > 0.0 else (place[0], place[1], place[2])
    lat, lon = math.atan2(pz, (1 - E2) * math.sqrt(px * px + py * py)), math.atan2(py, px)
    _, _, j00, j01, j10, j11 = rebase_at(frame, frame_at(px, py, pz), px, py, pz)
    turn_state(x, P, j00, j01, j10, j11)
    row.time, row.id, row.status = when, t.id, t.status
    row.lat_deg, row.lon_deg = math.degrees(lat), math.degrees(lon)
    row.east_mps, row.north_mps = x[2], x[3]
    row.cov_ee, row.cov_en, row.cov_eu, row.cov_ev = P[0, 0], P[0, 1], P[0, 2], P[0, 3]
    row.cov_nn, row.cov_nu, row.cov_nv = P[1, 1], P[1, 2], P[1, 3]
    row.cov_uu, row.cov_uv, row.cov_vv = P[2, 2], P[2, 3], P[3, 3]
    row.existence, row.visibility_radar = fade_radar(t, when, s)
    row.visibility_ais = visibility_ais(t, when)
    row.sensors = supporting(hit, i, t.interval, when, window, s)
    row.born, row.heard_radar, row.heard_ais = t.born, t.heard_radar, t.heard_ais
    row.heard_other = t.heard_other


@kernel
def put_rows(rows: Array, first: int, step: int, bank: Any, slots: Array, time: float, window: Array, s: Any) -> None:
    """Fills `rows` from `first` with the tracks in `slots`, in the order of their ids."""
    ids, tracks, hit = np.empty(len(slots), np.int64), bank.tracks, bank.hit
    for k in range(len(slots)):
        ids[k] = tracks[slots[k]].id
    order, room = np.argsort(ids), np.empty(2, ROOM)
    for k in range(len(slots)):
        i = slots[order[k]]
        put_row(rows[first + k], tracks[i], hit, i, time, window, s, room)
        rows[first + k].step = step


@kernel
def rows_at(bank: Any, slots: Array, time: float, window: Array, constants: Any) -> Array:
    """(n,) of ROW: the tracks in `slots` at `time`."""
    rows = np.empty(len(slots), ROW)
    put_rows(rows, 0, 0, bank, slots, time, window, constants[0])
    return rows


def tracks_of(rows: Array) -> Tracks:
    """Rows as columns."""
    return Tracks(**{name: np.ascontiguousarray(rows[name]) for name, _, _ in specs(Tracks)}) if len(rows) else _NONE


_NONE = Tracks.empty()


def told(bank: Bank, slots: Array, time: float, window: Array, constants: Array) -> Tracks:
    """The tracks in `slots` at `time` (NaN: each at its own time), in the order of their ids."""
    return tracks_of(rows_at(bank, slots, time, window, constants)) if len(slots) else _NONE
