"""The patrol as kernels see it: what is given (`World`), and routes of all vehicles with what follows (`Tours`).

Hours and km. Vehicles k < K, kinds of vehicle n < N, cells c < C, vessels to look at l < L, places p < P, spells of
weather s < S, bins of time b < B. A route is a row of tokens: c < C a cell, C + l a vessel, LAND a landing. Before a
token a vehicle is "at" a token, at a place (C + L + p) or where it was when planning began (ALOFT).

Few arrays with named columns, since a kernel is handed each array of a tuple in seven parts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

LAND = -1
ALOFT = -1
EARTH_KM = 6400.0  # above the largest radius of curvature of WGS-84 (6,399.6 km): no leg is planned too short

MULTIPLIER, INCREMENT = np.uint64(6364136223846793005), np.uint64(1442695040888963407)  # Knuth's MMIX generator
HIGH = np.uint64(33)  # bits of a number of it that are too regular

BEGIN, END, BIN, ORIGIN = 0, 1, 2, 3  # of World.span
TAU, LAST, X, Y, Z = 0, 1, 2, 3, 4  # of World.cell
RATE, CUM = 0, 1  # of World.weight
SPEED, EAST, NORTH, CALM = 0, 1, 2, 3  # of World.air
SLOT, SPOTS, SHIP = 0, 1, 2  # of World.port
KIND, ENDURANCE, TURN, ON_CALL, PLACE, FREE_AT, UP_AT, START_X, START_Y, START_Z = range(10)  # of World.craft
TOLD, BY, WORTH, STAY = 0, 1, 2, 3  # of World.look
TOKEN, AT, MOVES, STAYS = 0, 1, 2, 3  # of Tours.row; MOVES and STAYS of Tours.count, too
SIZE = 0  # of Tours.count
DONE, FREE, LAUNCHED = 0, 1, 2  # of Tours.when
HOUR, WHERE, UNTIL = 0, 1, 2  # of Tours.move and Tours.stay
CELL, PLACED, WHAT = 0, 1, 2  # of Undo.entry


class World(NamedTuple):
    """What a search is given.

    span: begin and end of what is planned, bin, first bin, h. cell (C, 5): demanded interval h, last look before
    `begin` h, unit vector on the mean sphere. edges (S + 1,): spells h. weight (C, S, 2): of an hour, and its sum from
    `begin` to the spell's start. legs (N, S, C + P, C + P): h between cells and places on land, inf where it may not
    go. dwell (N, S, C + L): h that a look takes after arrival, inf where nothing is seen. may (N, B, 1 + P + L, C + P +
    L): row 0, whether it may look at a cell or vessel: it is heard there; row 1 + m, whether it may go between what
    moves (ship p, vessel P + l) and a cell or place. way_at (P + L + 1,): offsets into way (m, 4), h and unit vector.
    air (N, S, 4): speed, wind to east and north, km/h; until when (h) the sea lets it be out. port (P, 3): slot h,
    spots (inf: enough), whether it sails. shut_at (N * P + 1,): offsets into shut (m, 2), h from and to: no movements.
    craft (K, 10): kind, endurance h, turnaround h, whether on call, place (ALOFT: none), free from h, launched at h,
    unit vector aloft. back (K, B, C): h that suffice to be home from a cell left then, inf where unknown. lands (K, P):
    whether it may. first (K, C + P + L): whether who is aloft at the beginning may go straight to a cell, place or
    vessel. look (L, 4): known of from h, reached by h, worth, stay h. near (C, m): cells by distance, the nearest
    first.
    """

    span: Any
    cell: Any
    edges: Any
    weight: Any
    legs: Any
    dwell: Any
    may: Any
    way_at: Any
    way: Any
    air: Any
    port: Any
    shut_at: Any
    shut: Any
    craft: Any
    back: Any
    lands: Any
    first: Any
    look: Any
    near: Any


class Tours(NamedTuple):
    """Routes, and what follows from them. Row K of movements and stays: those that are fixed.

    count (K + 1, 4): tokens, -, movements, stays. row (K, M + 1, 4): token; before it: at, movements, stays. when
    (K, M + 1, 3): h at which a token is done; before it: free from, launched at. move (K + 1, m, 2): h and place; stay
    (K + 1, m, 3): h, place, until h. Looks of cells, in order: seen (C,), seen_h (C, V); value (C,): weight times hours
    fresh. reached (K, L): h at which a vessel is reached, inf: not.
    """

    count: Any
    row: Any
    when: Any
    move: Any
    stay: Any
    seen: Any
    seen_h: Any
    value: Any
    reached: Any


class Undo(NamedTuple):
    """What a move has changed, so that it can be taken back: rows of at most two vehicles, entries in lists of looks.

    whose (2, 3): vehicle (-1: none), first token, how many tokens it was given. entry (E, 3): cell, place in its list,
    what was done there; entry_h (E,): h that was there before; entries (1,): how many. gain (1,): what the lists are
    worth more than before. The others: as in `Tours`.
    """

    whose: Any
    entry: Any
    entry_h: Any
    entries: Any
    gain: Any
    count: Any
    row: Any
    when: Any
    move: Any
    stay: Any
    reached: Any
