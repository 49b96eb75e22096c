"""Instants with what they start and end, as bits -> the intervals and values of a fluent.

Bit v of `bits` starts value v, bit 16 + v ends it; the highest, `END`, ends all of them. Rows ascend by (key, time).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.algebra.sort_kernels import row_from
from mihari.core.columns import Array
from mihari.core.kernels import inlined, kernel

END = np.uint32(1 << 31)
STARTS = np.uint32(0xFFFF)
SIXTEEN = np.uint32(16)
ONE = np.uint32(1)
NOTHING = np.uint32(0)
OPEN = 1 << 62  # algebra.OPEN


@kernel
def joined_bits(ka: Array, ta: Array, ba: Array, kb: Array, tb: Array, bb: Array) -> tuple[Array, Array, Array]:
    """Two streams as one, those rows that start or end something."""
    most = len(ka) + len(kb)
    key, time, bits, n = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.uint32), 0
    i = j = 0
    while i < len(ka) or j < len(kb):
        if j == len(kb) or (i < len(ka) and (ka[i] < kb[j] or (ka[i] == kb[j] and ta[i] <= tb[j]))):
            k, t, b = ka[i], ta[i], ba[i]
            i += 1
        else:
            k, t, b = kb[j], tb[j], bb[j]
            j += 1
        if b != NOTHING:
            key[n], time[n], bits[n] = k, t, b
            n += 1
    return key[:n], time[:n], bits[:n]


@kernel
def put_bits(bits: Array, mask: Array, bit: np.uint32) -> None:
    """Set a bit where the mask says so."""
    for j in range(len(bits)):
        bits[j] |= bit if mask[j] else NOTHING


@kernel
def chosen(key: Array, start: Array, end: Array, value: Array, wanted: int) -> tuple[Array, Array, Array]:
    """The intervals of one value."""
    n = 0
    for j in range(len(value)):
        n += value[j] == wanted
    keys, starts, ends, n = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), 0
    for j in range(len(value)):
        if value[j] == wanted:
            keys[n], starts[n], ends[n] = key[j], start[j], end[j]
            n += 1
    return keys, starts, ends


@inlined
def _started(bits: np.uint32) -> np.uint32:
    """The one bit that an instant starts; nothing where it starts several values, or ends that one, too."""
    begins = bits & STARTS
    if begins & (begins - ONE) != NOTHING or bits & (END | begins << SIXTEEN) != NOTHING:
        return NOTHING
    return begins


@inlined
def _ends(bits: np.uint32, holds: np.uint32) -> Any:
    """Whether an instant ends the value that holds: by itself, with all values, or by starting another one."""
    return bits & (END | holds << SIXTEEN | (STARTS & ~holds)) != NOTHING


@kernel
def apart_of(key: Array, time: Array) -> Array:
    """(n,) bool: rows that may mean something new although they say what the row before said.

    They begin a key, or share their instant with the row before or after.
    """
    n = len(key)
    found = np.zeros(n, np.bool_)
    for j in range(n):
        found[j] |= j == 0 or key[j] != key[j - 1]
        if j > 0 and time[j] == time[j - 1] and key[j] == key[j - 1]:
            found[j - 1] = found[j] = True
            if j + 1 < n:
                found[j + 1] = True
    return found


@inlined
def _news(bits: Array, apart: Array, rows: Array) -> int:
    """Rows that do something which the row before did not, into `rows`; how many. Without a branch."""
    n, before = 0, NOTHING
    for j in range(len(bits)):
        rows[n] = j
        n += (bits[j] != NOTHING) & ((bits[j] != before) | apart[j])
        before = bits[j]
    return n


@kernel
def values_of(
    ka: Array, ta: Array, ba: Array, apart: Array, kb: Array, tb: Array, bb: Array
) -> tuple[Array, Array, Array, Array]:
    """(key, start, end, value): a value holds from the second after its start through the next instant that ends it.

    Another value's start ends it, too; what starts and ends at one instant does not start. An instant that does what
    the instant before did changes nothing and is passed over, but behind one of b. Quickest where b is short.
    """
    na, nb = len(ka), len(kb)
    news = np.empty(na + 1, np.int32)
    many = _news(ba, apart, news)
    room = many + 2 * nb + 1
    key, start, end = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    value, n, i, j, new, current = np.empty(room, np.int8), 0, 0, 0, 0, np.int64(-1)
    holds, behind = NOTHING, False
    limit = row_from(ka, ta, 0, kb[0], tb[0]) if nb else na  # a's rows up to here come before b's next
    while True:
        at = news[new] if new < many else na
        if behind and i < limit and ba[i] != NOTHING:
            at = i
        if at < limit:
            k, t, i = ka[at], ta[at], at
        elif j < nb:
            k, t, i = kb[j], tb[j], limit
        else:
            break
        bits, behind = NOTHING, False
        while i < na and ta[i] == t and ka[i] == k:
            bits |= ba[i]
            i += 1
        while j < nb and tb[j] == t and kb[j] == k:
            bits |= bb[j]
            j += 1
            behind = True
        while new < many and news[new] < i:
            new += 1
        if i >= limit:
            limit = row_from(ka, ta, i, kb[j], tb[j]) if j < nb else na
        if k != current:
            current, holds = k, NOTHING  # what held of the key before goes on: its end is OPEN already
        if holds != NOTHING:
            if not _ends(bits, holds):
                continue
            end[n - 1] = t + 1
        holds = _started(bits)
        if holds == NOTHING:
            continue
        v = 0
        while holds >> np.uint32(v) != ONE:
            v += 1
        key[n], start[n], end[n], value[n] = k, t + 1, OPEN, v
        n += 1
    return key[:n], start[:n], end[:n], value[:n]
