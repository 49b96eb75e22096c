"""How intervals of one key stand to those of another: within, overlapping, meeting, one after the other; counts.

Columns of the first operand end in `a`, of the second in `b`: k key, s start, e end; rows in the order of (key, start).
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import inlined, kernel

DURING, CONTAINING, OVERLAPPING, MEETING = range(4)


@kernel
def related(ka: Array, sa: Array, ea: Array, kb: Array, sb: Array, eb: Array, how: int) -> Array:
    """(n,) whether each interval of the first stands so to one of the second."""
    found, nb, j = np.zeros(len(ka), np.bool_), len(kb), 0
    for i in range(len(ka)):
        k, s, e = ka[i], sa[i], ea[i]
        while j < nb and (kb[j] < k or (kb[j] == k and eb[j] <= s)):
            j += 1
        m = j
        while m < nb and kb[m] == k and sb[m] <= e:
            if how == DURING:
                found[i] |= sb[m] <= s and e <= eb[m]
            elif how == CONTAINING:
                found[i] |= s <= sb[m] and eb[m] <= e
            elif how == OVERLAPPING:
                found[i] |= sb[m] < e
            else:
                found[i] |= sb[m] == e
            if found[i]:
                break
            m += 1
    return found


@kernel
def sequences(
    ka: Array, sa: Array, ea: Array, kb: Array, sb: Array, eb: Array, within: int
) -> tuple[Array, Array, Array]:
    """From the start of the first interval of A that ended at most `within` s before B began, to B's end; each B."""
    nb = len(kb)
    key, start, end, n, i = np.empty(nb, np.int64), np.empty(nb, np.int64), np.empty(nb, np.int64), 0, 0
    for j in range(nb):
        while i < len(ka) and (ka[i] < kb[j] or (ka[i] == kb[j] and ea[i] < sb[j] - within)):
            i += 1
        if i < len(ka) and ka[i] == kb[j] and ea[i] <= sb[j]:
            key[n], start[n], end[n] = kb[j], sa[i], eb[j]
            n += 1
    return key[:n], start[:n], end[:n]


@kernel
def crowded(group_in: Array, start: Array, group_out: Array, end: Array, least: int) -> tuple[Array, Array, Array]:
    """When at least so many intervals of a group hold at once; starts by (group, start), ends by (group, end)."""
    n = len(start)
    key, starts, ends, m = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), 0
    i = j = count = 0
    holds = False
    while j < n:
        group, now = group_out[j], end[j]
        if i < n and (group_in[i] < group or (group_in[i] == group and start[i] <= now)):
            group, now = group_in[i], start[i]
        while j < n and group_out[j] == group and end[j] == now:
            count -= 1
            j += 1
        while i < n and group_in[i] == group and start[i] == now:
            count += 1
            i += 1
        if (count >= least) == holds:
            continue
        if holds:
            ends[m] = now
            m += 1
        else:
            key[m], starts[m] = group, now
        holds = not holds
    return key[:m], starts[:m], ends[:m]


@inlined
def firsts(k: Array) -> Array:
    """(keys + 1,) the row at which each key begins."""
    keys = k[len(k) - 1] + 1 if len(k) else 0
    first = np.zeros(keys + 1, np.int64)
    for j in range(len(k)):
        first[k[j] + 1] += 1
    for j in range(keys):
        first[j + 1] += first[j]
    return first


@inlined
def _below(times: Array, low: int, high: int, limit: int) -> int:
    """The first row from `low` on, before `high`, whose time is not below the limit; by halving."""
    while low < high:
        middle = (low + high) // 2
        if times[middle] < limit:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def near_of(k: Array, s: Array, e: Array, source: Array, kw: Array, sw: Array, ew: Array) -> tuple[Array, Array, Array]:
    """As `carried_of`, but only intervals that share a second with one of the windows of their key."""
    first = firsts(k)
    low, count, before, n = np.zeros(len(kw), np.int64), np.zeros(len(kw), np.int64), np.int64(-1), 0
    for w in range(len(kw)):
        of = source[kw[w]]
        if of < 0 or of >= len(first) - 1:
            continue
        begin = max(first[of], low[w - 1] + count[w - 1]) if kw[w] == before else first[of]
        before = kw[w]
        low[w] = _below(e, begin, first[of + 1], sw[w] + 1)
        count[w] = _below(s, low[w], first[of + 1], ew[w]) - low[w]
        n += count[w]
    key, start, end, n = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), 0
    for w in range(len(kw)):
        for row in range(low[w], low[w] + count[w]):
            key[n], start[n], end[n] = kw[w], s[row], e[row]
            n += 1
    return key, start, end


@kernel
def carried_of(k: Array, s: Array, e: Array, source: Array) -> tuple[Array, Array, Array]:
    """Intervals of other keys: key i has those of key source[i]."""
    first, keys, n = firsts(k), k[len(k) - 1] + 1 if len(k) else 0, 0
    for j in range(len(source)):
        if 0 <= source[j] < keys:
            n += first[source[j] + 1] - first[source[j]]
    key, start, end, n = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64), 0
    for j in range(len(source)):
        if 0 <= source[j] < keys:
            for m in range(first[source[j]], first[source[j] + 1]):
                key[n], start[n], end[n] = j, s[m], e[m]
                n += 1
    return key, start, end
