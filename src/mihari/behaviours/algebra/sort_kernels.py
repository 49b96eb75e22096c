"""Rows by (key, time): whether they are in order, the order they should be in, and rows that overlap made one."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import inlined, kernel

WIDE = 15  # bits sorted by in a single pass, where they are all there are
DIGIT = 11  # bits sorted by in one pass: 2,048 counters stay in the first-level cache


@kernel
def in_order(key: Array, time: Array) -> bool:
    """Whether the rows ascend by key, and by time within a key."""
    for j in range(1, len(key)):  # noqa: SIM110 (kernels know no generators)
        if key[j] < key[j - 1] or (key[j] == key[j - 1] and time[j] < time[j - 1]):
            return False
    return True


@inlined
def _by_digits(values: Array, lowest: int, span: int, order: Array) -> Array:
    """`order` sorted, stably, by values[order], which lie from `lowest` to `lowest + span`."""
    digit_bits = WIDE if span >> WIDE == 0 else DIGIT
    mask, shift = (1 << digit_bits) - 1, 0
    other = np.empty_like(order)
    while shift < 63 and (span >> shift) > 0:
        counts = np.zeros(mask + 2, np.int64)
        for j in range(len(values)):
            counts[(((values[j] - lowest) >> shift) & mask) + 1] += 1
        for d in range(mask):
            counts[d + 1] += counts[d]
        for j in range(len(order)):
            row = order[j]
            digit = ((values[row] - lowest) >> shift) & mask
            other[counts[digit]] = row
            counts[digit] += 1
        order, other = other, order
        shift += digit_bits
    return order


@kernel
def order_of(key: Array, time: Array) -> Array:
    """(n,) rows in the order of (key, time), those that are equal as they came; by counting, digit by digit."""
    n = len(key)
    order = np.arange(n)
    if n == 0:
        return order
    low_key, high_key, low, high = key[0], key[0], time[0], time[0]
    for j in range(n):
        low_key, high_key = min(low_key, key[j]), max(high_key, key[j])
        low, high = min(low, time[j]), max(high, time[j])
    ascending = True
    for j in range(1, n):
        ascending &= time[j - 1] <= time[j]
    if not ascending:
        order = _by_digits(time, low, high - low, order)
    return _by_digits(key, low_key, high_key - low_key, order)


@kernel
def merged(key: Array, start: Array, end: Array, join: bool) -> tuple[Array, Array, Array]:
    """Rows in the order of (key, start) -> rows that share no second; with `join` none that touch either."""
    keys, starts, ends, n = np.empty_like(key), np.empty_like(start), np.empty_like(end), 0
    for j in range(len(key)):
        if end[j] <= start[j]:
            continue
        reach = n > 0 and keys[n - 1] == key[j] and start[j] - join < ends[n - 1]
        if reach:
            ends[n - 1] = max(ends[n - 1], end[j])
            continue
        keys[n], starts[n], ends[n] = key[j], start[j], end[j]
        n += 1
    return keys[:n], starts[:n], ends[:n]


@inlined
def row_from(key: Array, time: Array, first: int, k: int, t: int) -> int:
    """The first row from `first` on that is not before the instant (k, t); by leaps, then by halving."""
    n, leap, low = len(key), 1, first
    while low + leap < n and (key[low + leap] < k or (key[low + leap] == k and time[low + leap] < t)):
        low += leap
        leap *= 2
    high = min(low + leap, n)
    while low < high:
        middle = (low + high) // 2
        if key[middle] < k or (key[middle] == k and time[middle] < t):
            low = middle + 1
        else:
            high = middle
    return low
