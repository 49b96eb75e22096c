"""Samples and a moment -> where vessels were last heard by then, and a minute or more before. Kernel.

What is found follows from the samples up to that moment alone: the same live, when it is done again, and in an archive.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import NONE
from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.zones import KINDS

UNSEEN = 2  # SightingKind: a vessel's own shadow
MOORED = 5  # navigation status, M.1371-5 table 47
PORT = 1 << KINDS.index("port")
# where a vessel was last heard and before that; places in 1e-7 degrees
LATEST = np.dtype(
    [
        *(("slot", "i8"), ("t", "i8"), ("lat", "i8"), ("lon", "i8"), ("t0", "i8"), ("lat0", "i8"), ("lon0", "i8")),
        *(("shore", "i2"), ("status", "i1")),
    ],
    align=True,
)


@kernel
def latest(memory: Any, count: int, moment: int, old: int, apart: int, gap: int) -> Array:
    """(n,) of LATEST: the vessels in the first `count` slots that were heard up to `old` s before `moment`, UTC s.

    The earlier place is of the same voice, at least `apart` and at most `gap` s before. Who lies in a berth is left
    out, and who was heard but once.
    """
    out = np.empty(count, LATEST)
    n = 0
    for slot in range(count):
        block = memory.vessels[slot].last
        voice, row = -1, out[n]
        while block != NONE:
            link = memory.samples.links[block]
            i = link.begin + link.count - 1
            while i >= link.begin:
                s = memory.samples.rows[block, i]
                i -= 1
                t = np.int64(s.t)
                if t > moment or s.kind & 15 == UNSEEN:
                    continue
                if voice < 0:
                    if moment - t > old or s.status == MOORED or s.areas & PORT:
                        block = NONE
                        break
                    voice = s.kind >> 4
                    row.slot, row.t, row.lat, row.lon = slot, t, s.lat, s.lon
                    row.shore, row.status = s.shore, s.status
                elif row.t - t > gap:
                    block = NONE
                    break
                elif s.kind >> 4 == voice and row.t - t >= apart:
                    row.t0, row.lat0, row.lon0 = t, s.lat, s.lon
                    n += 1
                    block = NONE
                    break
            if block != NONE:
                block = link.last
    return out[:n]
