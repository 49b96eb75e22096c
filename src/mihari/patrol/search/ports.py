"""Starts and landings: free slots, closed hours, room on deck, and the place where a vehicle is home first."""

from __future__ import annotations

import math

from mihari.core.kernels import inner, spliced
from mihari.patrol.search.motion import leg, meet, spell, where
from mihari.patrol.search.world import (
    ALOFT,
    BIN,
    EAST,
    HOUR,
    KIND,
    MOVES,
    NORTH,
    ORIGIN,
    SHIP,
    SLOT,
    SPEED,
    SPOTS,
    STAYS,
    UNTIL,
    WHERE,
    Tours,
    World,
)

ROUNDING_H = 1e-7  # by which two movements may be nearer than a slot
CHASES = 8  # tries to be where a ship will be when there is room for a landing
TRIES = 200  # times that a movement is put off before its place counts as closed for good


@spliced
def slot_at(w: World, t: Tours, k: int, place: int, time: float) -> float:
    """The first time from `time` on at which vehicle k may start or land at a place; inf: never."""
    pair = int(w.craft[k, KIND]) * len(w.port) + place
    slot = w.port[place, SLOT] - ROUNDING_H
    for _ in range(TRIES):
        put_off = time
        for i in range(w.shut_at[pair], w.shut_at[pair + 1]):
            if w.shut[i, 0] <= put_off < w.shut[i, 1]:
                put_off = w.shut[i, 1]
        if slot > 0.0:
            for v in range(len(t.count)):
                for i in range(t.count[v, MOVES]):
                    if t.move[v, i, WHERE] == place and abs(t.move[v, i, HOUR] - put_off) < slot:
                        put_off = t.move[v, i, HOUR] + slot + ROUNDING_H
        if put_off == time:
            return time
        time = put_off
    return math.inf


@spliced
def moved(t: Tours, k: int, place: int, time: float) -> bool:
    """Take a movement down; False where there is no room for more."""
    i = t.count[k, MOVES]
    room = i < t.move.shape[1]
    if room:
        t.move[k, i, HOUR] = time
        t.move[k, i, WHERE] = place
        t.count[k, MOVES] = i + 1
    return bool(room)


@inner
def has_room(w: World, t: Tours, k: int, place: int, start: float, stop: float) -> bool:
    """Whether one more vehicle has room at a place all the time; taken down as a stay of k where it has."""
    spots = w.port[place, SPOTS]
    if spots == math.inf:
        return True
    if crowd(t, k, place, start) >= spots:
        return False
    for other in range(len(t.count)):
        if other != k:
            for i in range(t.count[other, STAYS]):
                when = t.stay[other, i, HOUR]
                if t.stay[other, i, WHERE] == place and start < when < stop and crowd(t, k, place, when) >= spots:
                    return False
    i = t.count[k, STAYS]
    if i == t.stay.shape[1]:
        return False
    t.stay[k, i, HOUR] = start
    t.stay[k, i, WHERE] = place
    t.stay[k, i, UNTIL] = stop
    t.count[k, STAYS] = i + 1
    return True


@inner
def crowd(t: Tours, k: int, place: int, time: float) -> int:
    """How many others stay at a place at a time."""
    count = 0
    for other in range(len(t.count)):
        if other != k:
            for i in range(t.count[other, STAYS]):
                if t.stay[other, i, WHERE] == place and t.stay[other, i, HOUR] <= time < t.stay[other, i, UNTIL]:
                    count += 1
    return count


@spliced
def bin_of(w: World, time: float) -> int:
    """The bin of `may` that a time lies in; the last ever after."""
    last = w.may.shape[1] - 1
    b = (time - w.span[ORIGIN]) / w.span[BIN]
    return 0 if b < 0.0 else last if b >= last else int(b)


@spliced
def home_at(w: World, t: Tours, k: int, place: int, at: int, x: float, y: float, z: float, time: float) -> float:
    """When vehicle k, left from a cell, a vessel or aloft (`at`) at a point at `time`, is down; inf: never."""
    n, cells = int(w.craft[k, KIND]), len(w.cell)
    if 0 <= at < cells and w.port[place, SHIP] == 0.0:
        takes = float(w.legs[n, spell(w.edges, time), at, cells + place])
    else:
        if 0 <= at < cells and not w.may[n, bin_of(w, time), 1 + place, at]:
            return math.inf
        if at >= cells and not w.may[n, bin_of(w, time), 1 + len(w.port) + at - cells, cells + place]:
            return math.inf
        if at == ALOFT and not w.first[k, cells + place]:
            return math.inf
        takes = meet(w, n, x, y, z, time, place)
    if not takes < math.inf:
        return math.inf
    down = slot_at(w, t, k, place, time + takes)
    if w.port[place, SHIP] == 0.0 or down <= time + takes + ROUNDING_H:
        return down
    s = spell(w.edges, time)
    for _ in range(CHASES):  # the ship sails on while it waits
        if not down < math.inf:
            break
        px, py, pz = where(w.way_at, w.way, place, down)
        takes = leg(x, y, z, px, py, pz, w.air[n, s, SPEED], w.air[n, s, EAST], w.air[n, s, NORTH])
        if time + takes <= down + ROUNDING_H:
            return down
        down = slot_at(w, t, k, place, time + takes)
    return math.inf


@inner
def soonest_home(w: World, t: Tours, k: int, at: int, x: float, y: float, z: float, time: float) -> tuple[int, float]:
    """The place where vehicle k can be down first, and when; (-1, inf): nowhere."""
    best, best_h = -1, math.inf
    for place in range(len(w.port)):
        if w.lands[k, place]:
            down = home_at(w, t, k, place, at, x, y, z, time)
            if down < best_h:
                best, best_h = place, down
    return best, best_h
