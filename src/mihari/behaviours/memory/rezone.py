"""Other zones -> the remembered samples in them, and the vessels whose findings that changes, run again.

Samples of the last hours are put into the zones as they are now, so a zone that is drawn now counts for the hours that
sightings may still revise. What is older keeps the zones of its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import AREA_BITS, NONE
from mihari.core.columns import Array
from mihari.core.kernels import kernel

FORGOTTEN = 31  # the flag of findings about a zone that is watched no more: nobody asks for it
AT_ONCE = 4096  # blocks of samples looked at together: 131,072 places
Zoned = Callable[[Array, Array, int], Array]  # (latitudes, longitudes in degrees, bits) -> u4 bits of zones there


def forget(arrays: Any, bits: int) -> None:
    """Let go of all findings under `bits` of the area mask."""
    flags = [AREA_BITS + k for k in range(32) if bits >> k & 1]
    founds, voices = arrays.founds.rows, arrays.voices
    founds["flag"][np.isin(founds["flag"], flags)] = FORGOTTEN
    voices["mask"] &= ~np.uint64(bits << AREA_BITS)


def put_into(arrays: Any, zoned: Zoned, bits: int) -> tuple[Array, Array]:
    """Put samples and voices into zones anew; whether something changed, by block of samples and by vessel."""
    rows = arrays.samples.rows
    blocks = np.zeros(len(rows), np.bool_)
    for first in range(0, len(rows) if bits else 0, AT_ONCE):
        some = rows[first : first + AT_ONCE]
        blocks[first : first + AT_ONCE] = _put(some, zoned, bits).any(axis=1)
    voices = _put(arrays.voices, zoned, bits) if bits else np.zeros(arrays.voices.shape, np.bool_)
    return blocks, np.asarray(voices.any(axis=(0, 2)))


def _put(rows: Array, zoned: Zoned, bits: int) -> Array:
    """Rows with a place and `areas`: which of them changed."""
    now = zoned(rows["lat"].ravel() * 1e-7, rows["lon"].ravel() * 1e-7, bits).reshape(rows.shape)
    now |= rows["areas"] & np.uint32(~bits & 0xFFFFFFFF)
    changed: Array = now != rows["areas"]
    rows["areas"] = now
    return changed


@kernel
def concerned(memory: Any, count: int, blocks: Any, bits: int) -> Any:
    """(count,) u1 by slot: 1 where a block of the vessel's samples is among `blocks`, 2 where `bits` were found."""
    out = np.zeros(count, np.uint8)
    for k in range(count):
        block = memory.vessels[k].first
        while block != NONE:
            if blocks[block]:
                out[k] |= 1
            block = memory.samples.links[block].next
        for j in range(memory.voices.shape[2]):
            if np.int64(memory.voices[1, k, j].areas) & bits:
                out[k] |= 2
        block = memory.vessels[k].found_first
        while block != NONE:
            link = memory.founds.links[block]
            for row in range(link.begin, link.begin + link.count):
                flag = np.int64(memory.founds.rows[block, row].flag)
                if flag >= AREA_BITS and bits >> (flag - AREA_BITS) & 1:
                    out[k] |= 2
            block = link.next
    return out
