"""Where and who -> slots: tracks filed by cell and by MMSI, so that a report meets those near it and no others.

The index only proposes: every kernel that asks it still applies its own exact test, in the order of slots, so what it
finds is what a pass over all tracks would find. Cells are cubes of ECEF: no seam at the antimeridian or at a pole.
"""

from __future__ import annotations

import math
from typing import Any

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.tracks.bank import HEADS, ROAM
from mihari.tracks.motion import position_sd

SMALL = 1000.0  # m, edge of the cells of tracks with no more room than that: nearly all, heard seconds ago
LARGE = 5000.0  # m, edge of the others' cells: an AIS report's widest gate and the way tracks may roam
NARROW, WIDE = 0, 1  # kinds of cell
ROVERS = -1  # the key of the list of tracks too fast to be filed by place
OFFSET = 1 << 19  # makes cell numbers positive: 2^19 cells are 500,000 km


@lean
def packed(a: int, b: int, c: int, kind: int) -> int:
    """The key of a cell: its numbers along the axes, 20 bits each, and its kind."""
    return int((a + OFFSET) << 41 | (b + OFFSET) << 21 | (c + OFFSET) << 1 | kind)


@lean
def key_of(x: float, y: float, z: float, edge: float, kind: int) -> int:
    """The key of the cell of a place in ECEF, m."""
    return int(packed(math.floor(x / edge), math.floor(y / edge), math.floor(z / edge), kind))


@lean
def head_of(key: int) -> int:
    """The list in which a cell, or an MMSI, is kept."""
    mixed = key * 0x9E3779B97F4A7C1  # Fibonacci hashing: Knuth, TAOCP 3, 6.4
    return int((mixed >> 40) & (HEADS - 1))


@lean
def unlist(links: Array, cells: Array, i: int) -> None:
    """Takes slot i out of the list of its cell."""
    link = links[i]
    if link.head < 0:
        return
    if link.last >= 0:
        links[link.last].next = link.next
    else:
        cells[link.head] = link.next
    if link.next >= 0:
        links[link.next].last = link.last
    link.head = -1


@lean
def enlist(links: Array, cells: Array, i: int, key: int, head: int) -> None:
    """Puts slot i into the list of a cell."""
    link, first = links[i], cells[head]
    link.key, link.head, link.next, link.last = key, head, first, -1
    if first >= 0:
        links[first].last = i
    cells[head] = i


@lean
def filing(t: Any, filed: Any, clock: float, s: Any) -> int:
    """Where track t is at `clock`, and its room until `horizon` s later, into `filed`; returns the key of its list."""
    ahead = max(clock - t.time, 0.0)
    place, drift = t.place, t.drift
    filed.x = place[0] + ahead * drift[0]
    filed.y = place[1] + ahead * drift[1]
    filed.z = place[2] + ahead * drift[2]
    speed = math.sqrt(drift[0] * drift[0] + drift[1] * drift[1] + drift[2] * drift[2])
    if not speed < s.roving:
        filed.slack = filed.room = math.inf
        return ROVERS
    filed.slack = speed * s.span + 1.0  # a metre for rounding
    sd = position_sd(t, ahead + s.horizon, s.acceleration)
    filed.room = filed.slack + math.sqrt(s.gate) * (sd + s.late * 10.0)
    if filed.room > SMALL:
        return key_of(filed.x, filed.y, filed.z, LARGE, WIDE)
    return key_of(filed.x, filed.y, filed.z, SMALL, NARROW)


@lean
def file_away(bank: Any, i: int, clock: float, s: Any) -> None:
    """Files the track in slot i where it is at `clock`, for questions up to `horizon` s later."""
    t, link = bank.tracks[i], bank.links[i]
    key = filing(t, bank.filed[i], clock, s)
    link.until = max(clock, t.time) + s.horizon
    if link.key != key or link.head < 0:
        unlist(bank.links, bank.cells, i)
        enlist(bank.links, bank.cells, i, key, head_of(key))


@lean
def file_all(bank: Any, slots: Array, clock: float, s: Any) -> None:
    """As `file_away`, for many slots."""
    tracks, links, filed, cells = bank.tracks, bank.links, bank.filed, bank.cells
    for i in slots:
        t, link = tracks[i], links[i]
        key = filing(t, filed[i], clock, s)
        link.until = max(clock, t.time) + s.horizon
        if link.key != key or link.head < 0:
            unlist(links, cells, i)
            enlist(links, cells, i, key, head_of(key))


@lean
def rename(bank: Any, i: int) -> None:
    """Lists slot i under the MMSI that its track holds now."""
    link, mmsi = bank.links[i], bank.tracks[i].mmsi
    if link.name == mmsi:
        return
    if link.name != 0:
        if link.name_last >= 0:
            bank.links[link.name_last].name_next = link.name_next
        else:
            bank.names[head_of(link.name)] = link.name_next
        if link.name_next >= 0:
            bank.links[link.name_next].name_last = link.name_last
    link.name = mmsi
    if mmsi != 0:
        head = head_of(mmsi)
        first = bank.names[head]
        link.name_next, link.name_last = first, -1
        if first >= 0:
            bank.links[first].name_last = i
        bank.names[head] = i


@lean
def strike(bank: Any, i: int) -> None:
    """Takes slot i out of the index; its track holds no MMSI any more."""
    unlist(bank.links, bank.cells, i)
    bank.filed[i].slack = -1.0
    if bank.tracks[i].mmsi != 0 or bank.links[i].name != 0:
        bank.tracks[i].mmsi = 0
        rename(bank, i)


@kernel
def refile(bank: Any, clock: float, s: Any) -> float:
    """Files anew all tracks whose filing ends within a second after `clock`: until when all filings hold."""
    due, tracks, links = clock + s.horizon, bank.tracks, bank.links
    for i in range(bank.tally[0]):
        if tracks[i].alive:
            if not links[i].until >= clock + 1.0:
                file_away(bank, i, clock, s)
            due = min(due, links[i].until)
    return float(due)


@kernel
def reindex(bank: Any, clock: float, constants: Any) -> float:
    """Files all tracks of a bank that has no index yet; until when all filings hold."""
    s, due = constants[0], clock + constants[0].horizon
    for i in range(bank.tally[0]):
        if bank.tracks[i].alive:
            file_away(bank, i, clock, s)
            rename(bank, i)
            due = min(due, bank.links[i].until)
    return float(due)


@lean
def listed(
    links: Array, filed: Array, i: int, key: int, p: Any, most: float, extra: float, found: Array, n: int
) -> int:
    """Adds to `found` the slots of one cell, i the first of its list, that may lie within `most` m of place p or have
    it within their room and `extra`.
    """
    while i >= 0:
        link = links[i]
        if link.key == key:
            f = filed[i]
            d2 = (f.x - p[0]) ** 2 + (f.y - p[1]) ** 2 + (f.z - p[2]) ** 2
            near = min(most + f.slack, f.room + extra)
            if not d2 > near * near:
                found[n] = i
                n += 1
        i = link.next
    return n


@lean
def around(bank: Any, place: Array, most: float, extra: float, found: Array) -> int:
    """Slots that may lie within `most` m of a place (ECEF), and whose gate widened by `extra` m may hold it.

    They come first in `found`, in ascending order; returns how many.
    """
    links, filed, cells = bank.links, bank.filed, bank.cells
    p = (place[0], place[1], place[2])
    n = listed(links, filed, cells[head_of(ROVERS)], ROVERS, p, most, extra, found, 0)
    for kind in range(2):
        edge = SMALL if kind == NARROW else LARGE
        wide = most + ROAM + 1.0
        if kind == NARROW:
            wide = min(wide, SMALL + extra)
        a0, a1 = math.floor((p[0] - wide) / edge), math.floor((p[0] + wide) / edge)
        b0, b1 = math.floor((p[1] - wide) / edge), math.floor((p[1] + wide) / edge)
        c0, c1 = math.floor((p[2] - wide) / edge), math.floor((p[2] + wide) / edge)
        for a in range(a0, a1 + 1):
            for b in range(b0, b1 + 1):
                for c in range(c0, c1 + 1):
                    key = packed(a, b, c, kind)
                    i = cells[head_of(key)]
                    if i >= 0:
                        n = listed(links, filed, i, key, p, most, extra, found, n)
    ascending(found, n)
    return n


@kernel
def ascending(found: Array, n: int) -> None:
    """Sorts the first n numbers, in place; there are few of them."""
    if n > 32:
        found[:n].sort()
        return
    for k in range(1, n):
        one, at = found[k], k
        while at > 0 and found[at - 1] > one:
            found[at] = found[at - 1]
            at -= 1
        found[at] = one


@lean
def holders(bank: Any, mmsi: int, found: Array) -> int:
    """Slots whose track holds an MMSI, in ascending order; returns how many."""
    n = 0
    i = bank.names[head_of(mmsi)]
    while i >= 0:
        if bank.links[i].name == mmsi:
            found[n] = i
            n += 1
        i = bank.links[i].name_next
    ascending(found, n)
    return n
