"""Sightings -> samples -> findings, kernels: in order a step forward, late a run over what is remembered."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import BLOCK, NONE
from mihari.behaviours.memory.lists import closed, given_back, opened, taken
from mihari.behaviours.memory.steps import step
from mihari.core.kernels import inlined, kernel

MOST = 80  # findings that one sample can end: all flags of a voice that leaves, of one that rests, and a silence
TOO_LATE, SAME = 0, 1  # rows of `counts`


@inlined
def before(a: Any, b: Any) -> bool:
    """The order of samples: time, then place."""
    if a.t != b.t:
        return bool(a.t < b.t)
    if a.lat != b.lat:
        return bool(a.lat < b.lat)
    if a.lon != b.lon:
        return bool(a.lon < b.lon)
    return bool(a.station < b.station)


@inlined
def rival(a: Any, b: Any, p: Any) -> bool:
    """Whether two sightings are of one bin and one cell: then only the first of them is a sample."""
    if np.int64(a.t) // p.sample_s != np.int64(b.t) // p.sample_s:
        return False
    width = np.int64(p.cell_deg * 1e7)
    return bool(
        np.int64(a.lat) // width == np.int64(b.lat) // width and np.int64(a.lon) // width == np.int64(b.lon) // width
    )


@inlined
def stepped_back(samples: Any, block: int, at: int) -> tuple[int, int]:
    """The same place behind a row of a list, in the block that holds that row; `at` 0: there is none before it."""
    while at == 0 and samples.links[block].last != NONE:
        block = samples.links[block].last
        at = samples.links[block].count
    return block, at


@kernel
def in_order(keys: Any, rows: Any) -> bool:
    """Whether rows come by key, then as samples do."""
    for i in range(1, len(rows)):
        if keys[i] < keys[i - 1] or (keys[i] == keys[i - 1] and before(rows[i], rows[i - 1])):
            return False
    return True


@kernel
def put(v: Any, samples: Any, s: Any, p: Any) -> int:
    """File a sighting of vessel v among its samples: 0 it is none, 1 behind all others, 2 among them."""
    if v.first == NONE:
        v.first = v.last = taken(samples, NONE)
    block, at = v.last, samples.links[v.last].count
    behind = 0  # samples later than s
    while True:  # backwards to the first place that is not later than s
        block, at = stepped_back(samples, block, at)
        if at == 0 or not before(s, samples.rows[block, samples.links[block].begin + at - 1]):
            break
        behind += 1
        at -= 1
    back, k = block, at
    while True:  # an earlier rival: s is no sample
        back, k = stepped_back(samples, back, k)
        if k == 0:
            break
        other = samples.rows[back, samples.links[back].begin + k - 1]
        if np.int64(other.t) // p.sample_s != np.int64(s.t) // p.sample_s:
            break
        if rival(other, s, p):
            return 0
        k -= 1
    if behind > 0:
        remove_rival(v, samples, block, at, s, p)
    block, row = opened(samples, block, at)
    samples.rows[block, row] = s
    while samples.links[v.last].next != NONE:
        v.last = samples.links[v.last].next
    v.samples += 1
    return 1 if behind == 0 else 2


@inlined
def remove_rival(v: Any, samples: Any, block: int, at: int, s: Any, p: Any) -> None:
    """Take a later rival of s out; it stands at row `at` of `block` or behind."""
    while block != NONE:
        link = samples.links[block]
        while at < link.count:
            other = samples.rows[block, link.begin + at]
            if np.int64(other.t) // p.sample_s != np.int64(s.t) // p.sample_s:
                return
            if rival(other, s, p):
                closed(samples, block, at)
                v.samples -= 1
                return
            at += 1
        block, at = link.next, 0


@kernel
def note(v: Any, founds: Any, out: Any, n: int) -> None:
    """Append n findings to those of vessel v."""
    for k in range(n):
        if v.found_first == NONE:
            v.found_first = v.found_last = taken(founds, NONE)
        link = founds.links[v.found_last]
        if link.begin + link.count == BLOCK:
            v.found_last = taken(founds, v.found_last)
            link = founds.links[v.found_last]
        founds.rows[v.found_last, link.begin + link.count] = out[k]
        link.count += 1
        v.founds += 1


@inlined
def cut(v: Any, founds: Any) -> None:
    """Forget the findings that are not settled."""
    left, block = v.settled, v.found_first
    while block != NONE:
        link = founds.links[block]
        following = link.next
        if left > 0 or block == v.found_first:
            link.count = min(link.count, left)
            left -= link.count
            v.found_last = block
        else:
            given_back(founds, block)
        block = following
    v.founds = v.settled


@kernel
def rerun(v: Any, k: int, memory: Any, out: Any) -> None:
    """Vessel v, slot k, anew from its settled state through all its samples."""
    cut(v, memory.founds)
    memory.heads[1, k] = memory.heads[0, k]
    for j in range(memory.voices.shape[2]):
        memory.voices[1, k, j] = memory.voices[0, k, j]
    memory.runs[1, k] = memory.runs[0, k]
    block = v.first
    while block != NONE:
        link = memory.samples.links[block]
        for row in range(link.begin, link.begin + link.count):
            s = memory.samples.rows[block, row]
            n = step(memory.heads[1, k], memory.voices[1, k], memory.runs[1, k], s, memory.pace[0], out)
            s.kind = s.kind & 15 | memory.heads[1, k].voice << 4
            note(v, memory.founds, out, n)
        block = link.next


@kernel
def take(memory: Any, slots: Any, rows: Any, at: int, counts: Any, out: Any) -> int:
    """File rows from `at` on (slots: whose they are); returns the row that found no room, or how many there are.

    Vessels whose findings may have changed are marked `touched`: 1 in order, 2 to be run again.
    """
    p = memory.pace[0]
    for i in range(at, len(rows)):
        if memory.samples.free[1] < 4 or memory.founds.free[1] < 8:
            return i
        k = slots[i]
        v, s = memory.vessels[k], rows[i]
        if memory.heads[0, k].rows > 0 and s.t <= memory.heads[0, k].t:
            counts[TOO_LATE] += 1
            continue
        had = v.samples
        how = put(v, memory.samples, s, p)
        if how == 0:
            counts[SAME] += 1
        elif how == 1 and v.touched < 2 and v.samples == had + 1:
            v.touched = 1
            n = step(memory.heads[1, k], memory.voices[1, k], memory.runs[1, k], s, p, out)
            link = memory.samples.links[v.last]
            mine = memory.samples.rows[v.last, link.begin + link.count - 1]
            mine.kind = s.kind & 15 | memory.heads[1, k].voice << 4
            note(v, memory.founds, out, n)
        else:
            v.touched = 2
    return len(rows)


@kernel
def erase(memory: Any, k: int, begin: int, end: int) -> int:
    """Take the samples of vessel k from `begin` to `end` (UTC s, both included) out, but for those that are settled.

    Returns how many went; the vessel is marked to be run again.
    """
    v = memory.vessels[k]
    gone, block = 0, v.first
    while block != NONE:
        link = memory.samples.links[block]
        row = 0
        while row < link.count:
            t = memory.samples.rows[block, link.begin + row].t
            if begin <= t <= end:
                closed(memory.samples, block, row)
                gone += 1
            else:
                row += 1
        block = link.next
    v.samples -= gone
    if gone > 0:
        v.touched = 2
    return gone


@inlined
def rival_of(rows: Any, first: int, last: int, s: Any, p: Any) -> bool:
    """Whether one of rows[first:last] leaves s no sample."""
    found = False
    for i in range(first, last):
        found = found or rival(rows[i], s, p)
    return found


@inlined
def append(v: Any, samples: Any, s: Any, voice: int) -> None:
    """A sample behind all others of vessel v."""
    if v.first == NONE:
        v.first = v.last = taken(samples, NONE)
    elif samples.links[v.last].count == BLOCK:
        v.last = taken(samples, v.last)
    link = samples.links[v.last]
    samples.rows[v.last, link.count] = s
    samples.rows[v.last, link.count].kind = s.kind & 15 | voice << 4
    link.count += 1
    v.samples += 1


@kernel
def fill(memory: Any, slots: Any, rows: Any, bounds: Any, start: int, out: Any) -> int:
    """Vessels of which nothing is remembered, `slots` from `start` on: rows[bounds[i]:bounds[i + 1]], in order.

    The samples move together at the begin of each vessel's rows. Returns the vessel that found no room, or how many
    there are.
    """
    p = memory.pace[0]
    for i in range(start, len(slots)):
        first, last, k = bounds[i], bounds[i + 1], slots[i]
        if memory.samples.free[1] < (last - first) // BLOCK + 2 or memory.founds.free[1] < last - first + 8:
            return i
        v, head, voices, runs = memory.vessels[k], memory.heads[1, k], memory.voices[1, k], memory.runs[1, k]
        kept = begun = first  # rows[begun:kept] are the samples of this bin
        for r in range(first, last):
            s = rows[r]
            if kept > begun and np.int64(rows[begun].t) // p.sample_s != np.int64(s.t) // p.sample_s:
                begun = kept
            if rival_of(rows, begun, kept, s, p):
                continue
            if kept < r:
                rows[kept] = s
            n = step(head, voices, runs, rows[kept], p, out)
            append(v, memory.samples, rows[kept], head.voice)
            if n > 0:
                note(v, memory.founds, out, n)
            kept += 1
    return len(slots)


@kernel
def redo(memory: Any, slots: Any, at: int, out: Any) -> int:
    """Run the vessels `slots` from `at` on again that need it; returns the one that found no room, or their number."""
    for i in range(at, len(slots)):
        v = memory.vessels[slots[i]]
        if v.touched == 2:
            if memory.founds.free[1] < 8 + v.samples:
                return i
            rerun(v, slots[i], memory, out)
            v.touched = 3
    return len(slots)


@kernel
def settle(memory: Any, slots: Any, horizon: int, forget: int, out: Any) -> None:
    """Fold samples older than `horizon` into the settled state; forget findings that ended before `forget`.

    The two newest samples stay, however old.
    """
    for i in range(len(slots)):
        k = slots[i]
        v = memory.vessels[k]
        while v.samples > 2:
            block = v.first
            link = memory.samples.links[block]
            if link.count == 0:
                v.first = link.next
                given_back(memory.samples, block)
                continue
            s = memory.samples.rows[block, link.begin]
            if s.t >= horizon:
                break
            v.settled += step(memory.heads[0, k], memory.voices[0, k], memory.runs[0, k], s, memory.pace[0], out)
            closed(memory.samples, block, 0)
            v.samples -= 1
        while v.settled > 0 and v.found_first != v.found_last:
            link = memory.founds.links[v.found_first]
            if link.count == 0 or (
                v.settled >= link.count and memory.founds.rows[v.found_first, link.begin + link.count - 1].end < forget
            ):
                v.settled -= link.count
                v.founds -= link.count
                following = link.next
                given_back(memory.founds, v.found_first)
                v.found_first = following
            else:
                break


@kernel
def count(memory: Any, slots: Any) -> Any:
    """(n,) findings and open runs of each vessel, at most."""
    found = np.zeros(len(slots), np.int64)
    for i in range(len(slots)):
        k = slots[i]
        found[i] = memory.vessels[k].founds
        for j in range(memory.voices.shape[2]):
            mask = np.int64(memory.voices[1, k, j].mask)
            for flag in range(64):
                found[i] += mask >> flag & 1
    return found


@kernel
def recall(memory: Any, slots: Any, first: Any, out: Any, going: Any) -> None:
    """Findings of each vessel into `out` from row first[i] on; `going` 1 where the flag still held when last heard."""
    for i in range(len(slots)):
        k, n = slots[i], first[i]
        block = memory.vessels[k].found_first
        while block != NONE:
            link = memory.founds.links[block]
            for row in range(link.begin, link.begin + link.count):
                out[n] = memory.founds.rows[block, row]
                n += 1
            block = link.next
        for j in range(memory.voices.shape[2]):
            v = memory.voices[1, k, j]
            mask = np.int64(v.mask)
            for flag in range(64):
                if mask >> flag & 1:
                    f = out[n]
                    f.start, f.end, f.flag, f.voice, f.rows = (
                        memory.runs[1, k, j, flag],
                        v.t,
                        flag,
                        j,
                        min(v.rows, 65535),
                    )
                    f.lat0, f.lon0, f.lat1, f.lon1 = v.lat0, v.lon0, v.lat, v.lon
                    going[n] = 1
                    n += 1


@kernel
def samples_of(memory: Any, k: int, out: Any) -> int:
    """The samples of vessel k that are remembered, oldest first; how many."""
    n, block = 0, memory.vessels[k].first
    while block != NONE and n < len(out):
        link = memory.samples.links[block]
        for row in range(link.begin, link.begin + link.count):
            if n < len(out):
                out[n] = memory.samples.rows[block, row]
                n += 1
        block = link.next
    return n
