"""Changes of who is near whom at single times -> runs of times. Kernels over bits, one bit a time of the ring."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import kernel


@kernel
def marked(changes: Any, pairs: Any, bits: Any) -> None:
    """Set and clear: bits (pairs, radii, words), change k concerns pair pairs[k]; radii are nested."""
    for k in range(len(changes)):
        c = changes[k]
        word, bit = c.at >> 6, np.uint64(1) << np.uint64(c.at & 63)
        for radius in range(bits.shape[1]):
            if 0 <= c.ring <= radius:
                bits[pairs[k], radius, word] |= bit
            else:
                bits[pairs[k], radius, word] &= ~bit


@kernel
def let_go(at: int, time: int, following: int, bits: Any, carried: Any, used: Any) -> None:
    """A time leaves the ring: runs that go on beyond it remember when they began (`carried`, UTC s; 0: none)."""
    word, bit = at >> 6, np.uint64(1) << np.uint64(at & 63)
    next_word, next_bit = following >> 6, np.uint64(1) << np.uint64(following & 63)
    for pair in range(len(used)):
        if not used[pair]:
            continue
        for radius in range(bits.shape[1]):
            if bits[pair, radius, word] & bit:
                if carried[pair, radius] == 0:
                    carried[pair, radius] = time
                bits[pair, radius, word] &= ~bit
            if not bits[pair, radius, next_word] & next_bit:
                carried[pair, radius] = 0


@kernel
def empty(bits: Any, carried: Any, used: Any) -> Any:
    """(pairs,) used pairs that nothing is remembered of."""
    found = np.zeros(len(used), np.bool_)
    for pair in range(len(used)):
        if used[pair]:
            last = bits.shape[1] - 1
            found[pair] = not bits[pair, last].any() and carried[pair, last] == 0
    return found


@kernel
def runs(pairs: Any, radius: int, times: Any, oldest: int, every: int, bits: Any, carried: Any, out: Any) -> int:
    """Runs of near times of each pair in `pairs`: rows (row in pairs, first time, last time) into `out`; how many.

    `oldest`: place in the ring of the oldest time.
    """
    n, size = 0, len(times)
    for i in range(len(pairs)):
        pair = pairs[i]
        begun = np.int64(carried[pair, radius])
        last = begun
        for k in range(size):
            at = (oldest + k) % size
            near = times[at] > 0 and bits[pair, radius, at >> 6] >> np.uint64(at & 63) & np.uint64(1)
            if near:
                if begun == 0:
                    begun = times[at]
                last = times[at]
            elif begun > 0 and times[at] > 0:
                if n < len(out):
                    out[n, 0], out[n, 1], out[n, 2] = i, begun, last
                    n += 1
                begun = np.int64(0)
        if begun > 0 and n < len(out):
            out[n, 0], out[n, 1], out[n, 2] = i, begun, last
            n += 1
    return n
