"""Ids of vessels -> rows from 0 on, and events put in the order of name, vessel and time: one pass each."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import inlined, kernel

SPREAD = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hash: 2^64 over the golden ratio
EMPTY = -1
ROW = np.dtype([("time", "i8"), ("area", "i8"), ("a", "f8"), ("b", "f8"), ("c", "f8")], align=True)


@inlined
def place_of(slots: Array, ids: Array, id: int) -> Any:
    """The slot of an id, or the empty one where it belongs; slots hold rows of `ids`, their number is a power of 2."""
    mask = len(slots) - 1
    at = np.int64((np.uint64(id) * SPREAD) >> np.uint64(32)) & mask
    while slots[at] != EMPTY and ids[slots[at]] != id:
        at = (at + 1) & mask
    return at


@inlined
def grown(slots: Array, ids: Array, known: int) -> Array:
    """Twice as many slots, for the ids known."""
    more = np.full(2 * len(slots), EMPTY, np.int64)
    for row in range(known):
        more[place_of(more, ids, ids[row])] = row
    return more


@inlined
def number(id: Array, first: int, slots: Array, ids: Array, known: int, rows: Array) -> tuple[int, int]:
    """(how far it came, how many ids are known): rows of ids from `first` on, until there is no room for a new one."""
    for j in range(first, len(id)):
        at = place_of(slots, ids, id[j])
        if slots[at] == EMPTY:
            if known == len(ids):
                return j, known
            slots[at], ids[known] = known, id[j]
            known += 1
        rows[j] = slots[at]
    return len(id), known


@kernel
def numbered(id: Array) -> tuple[Array, Array, Array]:
    """(rows of `id`, ids by row, slots for `looked_up`): rows in the order in which ids first come."""
    rows = np.empty(len(id), np.int64)
    slots, ids = np.full(1024, EMPTY, np.int64), np.empty(512, np.int64)
    j, known = number(id, 0, slots, ids, 0, rows)
    while j < len(id):
        slots, ids = grown(slots, ids, known), np.concatenate((ids, ids))
        j, known = number(id, j, slots, ids, known, rows)
    return rows, ids[:known].copy(), slots


@kernel
def looked_up(id: Array, slots: Array, ids: Array) -> Array:
    """(n,) the row of each id, -1 where it has none."""
    rows = np.empty(len(id), np.int64)
    for j in range(len(id)):
        rows[j] = slots[place_of(slots, ids, id[j])]
    return rows


@kernel
def begins(event: Array, row: Array, events: int, rows: int) -> tuple[Array, Array, Array]:
    """Where each name's events of each vessel begin, (events * rows + 1,), when they are put in that order.

    Beside it the vessel of each place, and (events + 1,) where each name begins.
    """
    counts = np.zeros(events * rows + 1, np.int64)
    for j in range(len(event)):
        counts[event[j] * rows + row[j] + 1] += 1
    for k in range(events * rows):
        counts[k + 1] += counts[k]
    vessel, first = np.empty(len(event), np.int64), np.empty(events + 1, np.int64)
    for k in range(events):
        first[k] = counts[k * rows]
        for v in range(rows):
            for at in range(counts[k * rows + v], counts[k * rows + v + 1]):
                vessel[at] = v
    first[events] = len(event)
    return counts, vessel, first


@kernel
def in_groups(
    event: Array, row: Array, rows: int, counts: Array, whole: Array, parts: Array,
    time: Array, area: Array, a: Array, b: Array, c: Array, times: Array, areas: Array,
) -> None:  # fmt: skip
    """Five columns in the order of name and vessel, those of a vessel as they came; uses `begins` up.

    They come into times, areas (n,) and parts (3, n), by way of whole (n,) ROW: each vessel's rows are written one
    behind the other, and what is far apart in memory is touched once a row.
    """
    n = len(event)
    for j in range(n):
        k = event[j] * rows + row[j]
        r = whole[np.uint32(counts[k])]  # unsigned: no question whether it counts from the end
        counts[k] += 1
        r.time, r.area, r.a, r.b, r.c = time[j], area[j], a[j], b[j], c[j]
    for j in range(n):
        r = whole[j]
        times[j], areas[j] = r.time, r.area
        parts[0, j], parts[1, j], parts[2, j] = r.a, r.b, r.c
