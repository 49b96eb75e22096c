"""Remembered samples in a zone -> when a vessel goes faster there than a limit. A kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.memory import Memory
from mihari.behaviours.memory.layout import NONE, UNKNOWN, VOICES
from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.units import KNOT


@kernel
def _spans(memory: Any, slots: Any, bit: int, limit: int, step_s: int, out: Any) -> int:
    """Rows (place in slots, start, end) into `out`; how many. A sample tells the way to the voice's next one."""
    n = 0
    since, when = np.zeros(VOICES, np.int64), np.zeros(VOICES, np.int64)
    for i in range(len(slots)):
        since[:], when[:] = 0, 0
        block = memory.vessels[slots[i]].first
        while block != NONE:
            link = memory.samples.links[block]
            for row in range(link.begin, link.begin + link.count):
                s = memory.samples.rows[block, row]
                voice, t = s.kind >> 4, np.int64(s.t)
                if since[voice] > 0 and t - when[voice] <= step_s and t > since[voice]:
                    out[n, 0], out[n, 1], out[n, 2] = i, since[voice], t
                    n += 1
                here = s.areas >> bit & 1 and s.speed != UNKNOWN and s.speed > limit
                since[voice] = t if here else 0
                when[voice] = t
            block = link.next
    return n


def speeding(memory: Memory, slots: Array, bit: int, limit_kn: float) -> Timelines:
    """By row of `slots`: inside the area `bit` and faster than a limit; to 1 cm/s, the grain of samples."""
    slots = np.ascontiguousarray(slots, np.int64)
    out = np.zeros((int(memory.arrays.vessels["samples"][slots].sum()) + 1, 3), np.int64)
    limit = round(limit_kn * KNOT * 100)
    n = _spans(memory.arrays, slots, bit, limit, memory.pace.step_s, out)
    return Timelines.made(out[:n, 0], out[:n, 1], out[:n, 2], join=True)
