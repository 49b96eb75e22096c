"""Lists of blocks in flat arrays, for kernels: samples of a vessel in the order of their times, findings as they end.

A list is a chain of blocks of `BLOCK` rows. Blocks come from and return to one free chain, so memory follows what is
remembered. The arrays of a list are held in a `Lists`; kernels never grow them: `room` is asked before.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.memory.layout import BLOCK, NONE
from mihari.core.kernels import inlined

LINK = np.dtype([("next", "i4"), ("last", "i4"), ("begin", "i4"), ("count", "i4")], align=True)


class Lists(NamedTuple):
    """Rows (blocks, BLOCK), links (blocks,), and counts [first free block, number of free blocks]."""

    rows: Any
    links: Any
    free: Any


def made(dtype: Any, blocks: int) -> Lists:
    """All blocks free."""
    links = np.zeros(blocks, LINK)
    links["next"] = np.arange(1, blocks + 1)
    links["next"][-1] = NONE
    return Lists(np.zeros((blocks, BLOCK), dtype), links, np.array([0, blocks], np.int64))


def grown(old: Lists, blocks: int) -> Lists:
    """The same lists with room for at least `blocks` more."""
    had = len(old.links)
    new = made(old.rows.dtype, max(2 * had, had + blocks))
    new.rows[:had], new.links[:had] = old.rows, old.links
    new.links["next"][-1] = old.free[0]  # the old free chain follows the new blocks
    new.free[:] = (had, len(new.links) - had + old.free[1])
    return new


@inlined
def taken(lists: Any, after: int) -> int:
    """A free block, linked behind block `after` (NONE: behind nothing)."""
    block = lists.free[0]
    link = lists.links[block]
    lists.free[0], lists.free[1] = link.next, lists.free[1] - 1
    link.begin, link.count, link.last, link.next = 0, 0, after, NONE
    if after != NONE:
        link.next = lists.links[after].next
        lists.links[after].next = block
        if link.next != NONE:
            lists.links[link.next].last = block
    return int(block)


@inlined
def given_back(lists: Any, block: int) -> None:
    """Take a block out of its chain and free it; whoever holds first and last of the list sets them."""
    link = lists.links[block]
    if link.last != NONE:
        lists.links[link.last].next = link.next
    if link.next != NONE:
        lists.links[link.next].last = link.last
    link.next, link.last, link.count = lists.free[0], NONE, 0
    lists.free[0], lists.free[1] = block, lists.free[1] + 1


@inlined
def opened(lists: Any, block: int, at: int) -> tuple[int, int]:
    """Room for one row before row `at` (0 to count) of a block; where it is now: (block, row in `rows`).

    A full block is split; the new block follows it.
    """
    link = lists.links[block]
    if link.count == BLOCK:
        half = BLOCK // 2
        other = taken(lists, block)
        new = lists.links[other]
        for k in range(half, BLOCK):
            lists.rows[other, k - half] = lists.rows[block, k]
        new.count, link.count = BLOCK - half, half
        if at > half:
            return opened_here(lists, other, at - half)
    return opened_here(lists, block, at)


@inlined
def opened_here(lists: Any, block: int, at: int) -> tuple[int, int]:
    """As `opened`, of a block that is not full."""
    link = lists.links[block]
    if link.begin + link.count < BLOCK:
        for k in range(link.begin + link.count, link.begin + at, -1):
            lists.rows[block, k] = lists.rows[block, k - 1]
    else:
        link.begin -= 1
        for k in range(link.begin, link.begin + at):
            lists.rows[block, k] = lists.rows[block, k + 1]
    link.count += 1
    return block, link.begin + at


@inlined
def closed(lists: Any, block: int, at: int) -> None:
    """Take row `at` (0 to count - 1) out of a block."""
    link = lists.links[block]
    if at == 0:
        link.begin += 1
    else:
        for k in range(link.begin + at, link.begin + link.count - 1):
            lists.rows[block, k] = lists.rows[block, k + 1]
    link.count -= 1
