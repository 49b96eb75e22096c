"""Instants and intervals: what holds at an instant, what begins and ends at instants. Rows by (key, time)."""

from __future__ import annotations

import numpy as np

from mihari.behaviours.algebra.sort_kernels import row_from
from mihari.behaviours.algebra.timelines import OPEN
from mihari.core.columns import Array
from mihari.core.kernels import kernel


@kernel
def held_at(k: Array, s: Array, e: Array, key: Array, time: Array) -> Array:
    """(n,) whether an interval of the key holds at each instant: start <= time < end."""
    found, first = np.zeros(len(key), np.bool_), 0
    for i in range(len(k)):
        first = row_from(key, time, first, k[i], s[i])
        while first < len(key) and key[first] == k[i] and time[first] < e[i]:
            found[first] = True
            first += 1
    return found


@kernel
def both(ka: Array, ta: Array, kb: Array, tb: Array) -> tuple[Array, Array]:
    """Instants of either, each once."""
    na, nb = len(ka), len(kb)
    key, time, n = np.empty(na + nb, np.int64), np.empty(na + nb, np.int64), 0
    i = j = 0
    while i < na or j < nb:
        if j == nb or (i < na and (ka[i] < kb[j] or (ka[i] == kb[j] and ta[i] <= tb[j]))):
            k, t = ka[i], ta[i]
            i += 1
        else:
            k, t = kb[j], tb[j]
            j += 1
        if n == 0 or key[n - 1] != k or time[n - 1] != t:
            key[n], time[n] = k, t
            n += 1
    return key[:n], time[:n]


@kernel
def fluent_of(ki: Array, ti: Array, kt: Array, tt: Array) -> tuple[Array, Array, Array]:
    """What holds from the second after an instant of the first up to and with the next instant of the second."""
    n = len(ki)
    key, start, end, m, j = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), 0, 0
    for i in range(n):
        k, t = ki[i], ti[i]
        if m > 0 and key[m - 1] == k and t < end[m - 1]:  # it holds already, or ends at this very instant
            continue
        while j < len(kt) and (kt[j] < k or (kt[j] == k and tt[j] < t)):
            j += 1
        ended = j < len(kt) and kt[j] == k
        if ended and tt[j] == t:
            continue
        key[m], start[m], end[m] = k, t + 1, tt[j] + 1 if ended else OPEN
        m += 1
    return key[:m], start[:m], end[:m]


@kernel
def deadlines_of(ki: Array, ti: Array, kt: Array, tt: Array, after: int) -> tuple[Array, Array]:
    """`after` s after each instant of the first: not where another comes by then, or one of the second before then."""
    n = len(ki)
    key, time, m, j = np.empty(n, np.int64), np.empty(n, np.int64), 0, 0
    for i in range(n):
        k, t = ki[i], ti[i]
        if i + 1 < n and ki[i + 1] == k and ti[i + 1] <= t + after:
            continue
        while j < len(kt) and (kt[j] < k or (kt[j] == k and tt[j] <= t)):
            j += 1
        if j < len(kt) and kt[j] == k and tt[j] < t + after:
            continue
        key[m], time[m] = k, t + after
        m += 1
    return key[:m], time[:m]
