"""The free blocks of lists in parts: each thread fills the lists of its own vessels from blocks of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.behaviours.memory.layout import NONE
from mihari.behaviours.memory.lists import Lists
from mihari.core.columns import Array
from mihari.core.kernels import kernel


@kernel
def cut_off(links: Any, free: Any, count: int) -> Array:
    """Takes the first `count` free blocks away: [first, count] of a chain of their own; `count` is 1 or more."""
    part = np.array([free[0], count])
    block = free[0]
    for _ in range(count - 1):
        block = links[block].next
    free[0], free[1] = links[block].next, free[1] - count
    links[block].next = NONE
    return part


@kernel
def put_back(links: Any, free: Any, part: Any) -> None:
    """Gives the blocks back that are left of a part."""
    if part[1] == 0:
        return
    block = part[0]
    while links[block].next != NONE:
        block = links[block].next
    links[block].next = free[0]
    free[0], free[1] = part[0], free[1] + part[1]


def lent(lists: Lists, parts: int) -> list[Lists]:
    """The same rows and links for each part, with an equal share of the free blocks; `returned` ends it.

    >>> from mihari.behaviours.memory.lists import made
    >>> whole = made(np.dtype("i4"), 10)
    >>> some = lent(whole, 3)
    >>> [part.free.tolist() for part in some], whole.free.tolist()
    ([[0, 3], [3, 3], [6, 3]], [9, 1])
    >>> returned(whole, some)
    >>> int(whole.free[1])
    10
    """
    share = int(lists.free[1]) // max(parts, 1)
    return [lists._replace(free=cut_off(lists.links, lists.free, share)) for _ in range(parts)]


def returned(lists: Lists, parts: list[Lists]) -> None:
    """All free blocks are free for everybody again."""
    for part in parts:
        put_back(lists.links, lists.free, part.free)
