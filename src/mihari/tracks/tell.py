"""Slots of the bank -> `Tracks` rows at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of, plane_to_lat_lon
from mihari.core.kernels import kernel
from mihari.core.tracks import Tracks
from mihari.tracks.bank import Bank
from mihari.tracks.life import fade_radar
from mihari.tracks.motion import moved_to, predict, put

SWITCHED_OFF = 0.02  # share of vessels that go silent on purpose or by a fault, before silence speaks
MISSED = 0.4  # probability that an expected AIS report is not received


@kernel
def visibility_ais(t: Any, time: float) -> float:
    """Probability that AIS still hears track t: falls with each expected report that did not come; 0.5 never heard."""
    if t.reports == 0:
        return 0.5
    overdue = max((time - t.heard_ais) / t.interval - 0.5, 0.0)
    silent = MISSED**overdue * (1.0 - SWITCHED_OFF)
    return float(silent / (silent + SWITCHED_OFF))


@kernel
def states(bank: Any, slots: Array, time: float, window: Array, constants: Any) -> Any:
    """(values (n, 14), beliefs (n, 3), sensors (n,), time (n,)), each row in its own east and north.

    Rows are predicted to `time` (NaN: each to its own); a row's time is never before its last update. Beliefs are
    existence and the two visibilities. window: (sensors,) s for which a sensor counts as
    supporting after its last report (NaN: AIS, by the reporting interval).
    """
    s = constants[0]
    n = len(slots)
    values, beliefs = np.empty((n, 14)), np.empty((n, 3))
    x, P = np.empty(4), np.empty((4, 4))
    sensors, times = np.zeros(n, np.uint64), np.empty(n)
    for k in range(n):
        i = slots[k]
        t = bank.tracks[i]
        when = t.time if math.isnan(time) else max(time, t.time)
        put(x, P, t.x, t.P)
        dt = when - t.time
        predict(x, P, dt, s.acceleration)
        lat, lon = plane_to_lat_lon(t.frame, x[0], x[1])
        moved_to(t.frame, frame_of(lat, lon), x, P)
        values[k, 0], values[k, 1] = math.degrees(lat), math.degrees(lon)
        values[k, 2], values[k, 3] = x[2], x[3]
        c = 4
        for a in range(4):
            for b in range(a, 4):
                values[k, c] = P[a, b]
                c += 1
        beliefs[k, 0], beliefs[k, 1] = fade_radar(t, dt, s)
        beliefs[k, 2] = visibility_ais(t, when)
        times[k] = when
        for m in range(min(len(window), 64)):
            allowed = s.ais_misses * t.interval if math.isnan(window[m]) else window[m]
            if when - bank.hit[i, m] <= allowed:
                sensors[k] |= np.uint64(1) << np.uint64(m)
    return values, beliefs, sensors, times


_VALUES = (
    *("lat_deg", "lon_deg", "east_mps", "north_mps", "cov_ee", "cov_en", "cov_eu", "cov_ev"),
    *("cov_nn", "cov_nu", "cov_nv", "cov_uu", "cov_uv", "cov_vv"),
)


def told(bank: Bank, slots: Array, time: float, window: Array, constants: Array) -> Tracks:
    """The tracks in `slots` at `time` (NaN: each at its own time), in the order of their ids."""
    if len(slots) == 0:
        return Tracks.empty()
    slots = slots[np.argsort(bank.tracks["id"][slots], kind="stable")]
    chosen = bank.tracks[slots]
    values, beliefs, sensors, times = states(bank, slots, time, window, constants)
    return Tracks(
        time=times,
        id=chosen["id"],
        **{name: np.ascontiguousarray(values[:, k]) for k, name in enumerate(_VALUES)},
        existence=beliefs[:, 0],
        status=chosen["status"],
        visibility_radar=beliefs[:, 1],
        visibility_ais=beliefs[:, 2],
        sensors=sensors,
        born=chosen["born"],
        heard_radar=chosen["heard_radar"],
        heard_ais=chosen["heard_ais"],
    )
