"""An AIS track and a radar track in step with it -> one track: antenna, registration and clock hold them apart."""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.tracks.index import around, rename
from mihari.tracks.life import CONFIRMED, DROPPED

LONG_AGO_S = 60.0  # before the clock: the index would propose nearly all, so all are looked at


@lean
def in_question(bank: Any, t: Any, clock: float, s: Any, found: Array) -> int:
    """Slots whose track may be within `pair_distance` of track t at its time come first in `found`; how many.

    Filings hold for the clock and `late` before it; a track whose time is older than that may be off by what others
    have moved since.
    """
    before = max(clock - s.late - t.time, 0.0)
    if before < LONG_AGO_S:
        return int(around(bank, t.place, s.pair_distance + s.roving * before, math.inf, found))
    for k in range(bank.tally[0]):
        found[k] = k
    return int(bank.tally[0])


@lean
def in_step(bank: Any, i: int, clock: float, s: Any, found: Array) -> int:
    """The confirmed radar track without a claim in step with AIS track i, which radar itself does not see; or -1."""
    t = bank.tracks[i]
    best, least = -1, s.pair_distance
    if t.plots > 0 and t.time - t.heard_radar < s.radar_coast:
        return best
    for c in range(in_question(bank, t, clock, s, found)):
        k = found[c]
        o = bank.tracks[k]
        if not o.alive or k == i or o.mmsi != 0 or o.plots < s.plots or o.status != CONFIRMED:
            continue
        dt = t.time - o.time
        if abs(dt) > s.radar_coast:
            continue
        d2, v2 = 0.0, 0.0
        for a in range(3):
            d2 += (o.place[a] + dt * o.drift[a] - t.place[a]) ** 2
            v2 += (o.drift[a] - t.drift[a]) ** 2
        if d2 < least * least and v2 < s.pair_speed**2:
            best, least = k, math.sqrt(d2)
    return best


@kernel
def joined(bank: Any, i: int, clock: float, s: Any, found: Array) -> int:
    """Makes one of AIS track i and the radar track in step with it, after enough reports: its slot, or -1.

    Antenna, registration and clock put the two up to `pair_distance` apart. The radar's state goes on under the older
    id, with the AIS track's claim; slot i is dropped.
    """
    t, k = bank.tracks[i], in_step(bank, i, clock, s, found)
    same = k >= 0 and bank.tracks[k].id == t.rival
    t.streak = t.streak + 1 if same else 1
    t.rival = bank.tracks[k].id if k >= 0 else 0
    if k < 0 or t.streak < s.pair_reports:
        return -1
    o = bank.tracks[k]
    o.id, t.id = min(o.id, t.id), max(o.id, t.id)
    o.mmsi, o.claim, o.reports, o.interval = t.mmsi, t.claim, t.reports, t.interval
    rename(bank, k)
    o.heard_ais, o.born = t.heard_ais, min(o.born, t.born)
    o.existence = max(o.existence, t.existence)
    for m in range(bank.hit.shape[1]):
        bank.hit[k, m] = max(bank.hit[k, m], bank.hit[i, m])
    t.status = DROPPED
    return int(k)
