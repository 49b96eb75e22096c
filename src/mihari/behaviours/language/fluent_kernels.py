"""Instants with what they start and end, as bits -> the intervals and values of a fluent.

Bit v of `bits` starts value v, bit 16 + v ends it; the highest, `END`, ends all of them. Rows ascend by (key, time).
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel

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
def values_of(ka: Array, ta: Array, ba: Array, kb: Array, tb: Array, bb: Array) -> tuple[Array, Array, Array, Array]:
    """(key, start, end, value): a value holds from the second after its start through the next instant that ends it.

    Another value's start ends it, too; what starts and ends at one instant does not start.
    """
    na, nb, room = len(ka), len(kb), 0
    for i in range(na):
        room += ba[i] & STARTS != NOTHING
    for j in range(nb):
        room += bb[j] & STARTS != NOTHING
    key, start, end = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    value, n, i, j, current, holds = np.empty(room, np.int8), 0, 0, 0, np.int64(-1), NOTHING
    while True:
        while i < na and ba[i] == NOTHING:
            i += 1
        if i == na and j == nb:
            break
        if j == nb or (i < na and (ka[i] < kb[j] or (ka[i] == kb[j] and ta[i] <= tb[j]))):
            k, t = ka[i], ta[i]
        else:
            k, t = kb[j], tb[j]
        bits = NOTHING
        while i < na and ta[i] == t and ka[i] == k:
            bits |= ba[i]
            i += 1
        while j < nb and tb[j] == t and kb[j] == k:
            bits |= bb[j]
            j += 1
        if k != current:
            current, holds = k, NOTHING  # what held of the key before goes on: its end is OPEN already
        if holds != NOTHING:
            if bits & (END | holds << SIXTEEN | (STARTS & ~holds)) == NOTHING:
                continue
            end[n - 1], holds = t + 1, NOTHING
        begins = bits & STARTS
        if begins == NOTHING or begins & (begins - ONE) != NOTHING or bits & (END | begins << SIXTEEN) != NOTHING:
            continue
        v = 0
        while begins >> np.uint32(v) != ONE:
            v += 1
        key[n], start[n], end[n], value[n], holds = k, t + 1, OPEN, v, begins
        n += 1
    return key[:n], start[:n], end[:n], value[:n]
