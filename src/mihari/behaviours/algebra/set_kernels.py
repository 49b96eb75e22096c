"""Union, intersection and difference of intervals in the order of (key, start), in one pass over both.

Columns of the first operand end in `a`, of the second in `b`: k key, s start, e end.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel

Rows = tuple[Array, Array, Array]


@kernel
def union_of(ka: Array, sa: Array, ea: Array, kb: Array, sb: Array, eb: Array) -> Rows:
    """Seconds of either; what touches becomes one."""
    na, nb = len(ka), len(kb)
    key, start, end, n = np.empty(na + nb, np.int64), np.empty(na + nb, np.int64), np.empty(na + nb, np.int64), 0
    i = j = 0
    last_key, last_start, last_end = np.int64(-1), np.int64(0), np.int64(0)
    while i < na or j < nb:
        if i < na and j < nb:  # which comes first is anybody's guess: computed, so that no branch is guessed wrong
            first = (ka[i] < kb[j]) | ((ka[i] == kb[j]) & (sa[i] <= sb[j]))
        else:
            first = i < na
        at = i if first else j
        k, s, e = (ka[at], sa[at], ea[at]) if first else (kb[at], sb[at], eb[at])
        i, j = i + first, j + 1 - first
        new = (n == 0) | (k != last_key) | (s > last_end)
        n += new
        last_key, last_start, last_end = k, (s if new else last_start), (e if new or e > last_end else last_end)
        key[n - 1], start[n - 1], end[n - 1] = last_key, last_start, last_end
    return key[:n], start[:n], end[:n]


@kernel
def intersection_of(ka: Array, sa: Array, ea: Array, kb: Array, sb: Array, eb: Array) -> Rows:
    """Seconds of both; what touches in one of them stays apart."""
    na, nb = len(ka), len(kb)
    most = na + nb + 1
    key, start, end, n = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), 0
    i = j = 0
    while i < na and j < nb:
        same = ka[i] == kb[j]
        s, e = max(sa[i], sb[j]), min(ea[i], eb[j])
        key[n], start[n], end[n] = ka[i], s, e  # kept where it is one, else written over
        n += same & (s < e)
        step = (ka[i] < kb[j]) | (same & (ea[i] < eb[j]))
        i, j = i + step, j + 1 - step
    return key[:n], start[:n], end[:n]


@kernel
def difference_of(ka: Array, sa: Array, ea: Array, kb: Array, sb: Array, eb: Array) -> Rows:
    """Seconds of the first that are none of the second."""
    na, nb = len(ka), len(kb)
    most = na + nb
    key, start, end, n = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64), 0
    j = 0
    for i in range(na):
        k, s, e = ka[i], sa[i], ea[i]
        while j < nb and (kb[j] < k or (kb[j] == k and eb[j] <= s)):
            j += 1
        while j < nb and kb[j] == k and sb[j] < e:
            if sb[j] > s:
                key[n], start[n], end[n] = k, s, sb[j]
                n += 1
            s = max(s, eb[j])
            if s >= e:
                break
            j += 1
        if s < e:
            key[n], start[n], end[n] = k, s, e
            n += 1
    return key[:n], start[:n], end[:n]


@kernel
def joined_of(k: Array, s: Array, e: Array, longest: int) -> Rows:
    """Intervals of a key with breaks of at most `longest` seconds between them made one."""
    key, start, end, n = np.empty(len(k), np.int64), np.empty(len(k), np.int64), np.empty(len(k), np.int64), 0
    for j in range(len(k)):
        if n > 0 and key[n - 1] == k[j] and s[j] - end[n - 1] <= longest:
            end[n - 1] = e[j]
        else:
            key[n], start[n], end[n] = k[j], s[j], e[j]
            n += 1
    return key[:n], start[:n], end[:n]
