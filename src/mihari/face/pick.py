"""Kernels: the state's tables, a view and what a browser shows -> the slots to tell it of, and their payload.

With fifty browsers on ten thousand vessels this is most of what the face has to do. The loops over all slots have no
branches, so that they are vectorized; results go into arrays the caller brings, which compiles faster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import kernel
from mihari.face.rows import Halves, Octets, Words

Mask = NDArray[np.bool_]
Extent = tuple[int, int, int, int, int, int]

NO_VESSEL = np.uint32(0xFFFFFFFF)  # the id in an empty slot


@kernel
def inside(words: Words, octets: Octets, extent: Extent, mask: Mask) -> None:
    """Which of the first slots are in a view, into `mask`; empty ones never are. `extent`: `View.extent`.

    One unsigned comparison does for two signed ones: x - low wraps round below low. So the antimeridian needs no case
    of its own: a box across it is one interval modulo 2³², in the gap of which no longitude lies.
    """
    south, height, west, width, categories, sources = extent
    for slot in range(len(mask)):
        in_lat = np.uint32(words[1, slot] - np.uint32(south)) <= np.uint32(height)
        in_lon = np.uint32(words[2, slot] - np.uint32(west)) <= np.uint32(width)
        wanted = (categories >> min(octets[2, slot], 32)) & 1 != 0
        seen = (octets[1, slot] | 256) & sources != 0
        mask[slot] = (words[0, slot] != NO_VESSEL) & in_lat & in_lon & wanted & seen


@kernel
def compared(
    ids: Words,
    changed: NDArray[np.int64],
    mask: Mask,
    since: int,
    shown_ids: Words,
    shown: Mask,
    news: Mask,
    left: Mask,
) -> tuple[int, int]:
    """Slots of `mask` that came or changed after version `since`, into `news`; those whose vessel left, into `left`.

    ids, changed: per slot, as long as `mask`. shown, shown_ids: the slots shown before and the ids they held then, not
    longer than `mask`. How many of both; a vessel that only changed its slot is among both.
    """
    told = gone = 0
    for slot in range(len(shown)):
        kept = shown[slot] & (shown_ids[slot] == ids[slot])
        news[slot] = mask[slot] & ((changed[slot] > since) | (not kept))
        left[slot] = shown[slot] & (not (kept & mask[slot]))
        told += news[slot]
        gone += left[slot]
    for slot in range(len(shown), len(mask)):
        news[slot] = mask[slot]
        told += mask[slot]
    return told, gone


@kernel
def numbered(mask: Mask, numbers: Words) -> None:
    """The numbers of the slots in `mask`, into `numbers`, which is one longer than they are many."""
    n = np.uint32(0)
    for slot in range(len(mask)):
        numbers[n] = slot
        n += np.uint32(mask[slot])


@kernel
def packed(
    words: Words, halves: Halves, octets: Octets, slots: Words, as_words: Words, as_halves: Halves, as_octets: Octets
) -> None:
    """The rows of `slots` into a frame's payload, column after column, each filled with zeros to whole words.

    as_words, as_halves, as_octets: the payload three times, seen as numbers of each length.
    """
    n, at = len(slots), 0
    for column in range(len(words)):
        for k in range(n):
            as_words[at + k] = words[column, slots[k]]
        at += n
    at *= 2
    for column in range(len(halves)):
        for k in range(n):
            as_halves[at + k] = halves[column, slots[k]]
        at += n
        if n % 2:
            as_halves[at] = 0
            at += 1
    at *= 2
    for column in range(len(octets)):
        for k in range(n):
            as_octets[at + k] = octets[column, slots[k]]
        at += n
        while at % 4:
            as_octets[at] = 0
            at += 1
