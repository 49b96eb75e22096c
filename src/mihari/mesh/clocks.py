"""How far each author's clock is ahead of ours, from what neighbours measure of each other, added up along the links.

A clock is measured by asking a neighbour for its time and halving the way there and back (RFC 5905, 8); half of that
way bounds the error. Who is further away is reached through what nodes tell of their own neighbours.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from statistics import median

Offsets = Mapping[str, Mapping[str, float]]  # node -> its neighbour -> s by which the neighbour's clock is ahead of it


def offsets_from(start: str, measured: Offsets) -> dict[str, float]:
    """Seconds by which each node's clock is ahead of that of `start`, by the fewest links; absent: not reached.

    >>> offsets_from("a", {"a": {"b": 0.1}, "b": {"a": -0.1, "c": 30.0}, "c": {"b": -30.0}})
    {'a': 0.0, 'b': 0.1, 'c': 30.1}
    """
    ways: dict[str, dict[str, float]] = {}
    for one, theirs in measured.items():
        for other, offset in theirs.items():
            ways.setdefault(one, {})[other] = offset
            ways.setdefault(other, {}).setdefault(one, -offset)
    found, ahead = {start: 0.0}, deque([start])
    while ahead:
        here = ahead.popleft()
        for other in sorted(ways.get(here, {})):
            if other not in found and math.isfinite(ways[here][other]):
                found[other] = found[here] + ways[here][other]
                ahead.append(other)
    return found


def own_error(offsets: Mapping[str, float], limit: float) -> float:
    """Seconds by which our own clock seems to be ahead: where most of the others agree and we differ; else 0.

    `offsets`: of the others from us, ourselves not among them. Two are needed that agree.

    >>> own_error({"b": -30.0, "c": -30.1}, 2.0), own_error({"b": -30.0, "c": 0.0}, 2.0)
    (30.05, 0.0)
    """
    if len(offsets) < 2:
        return 0.0
    middle = median(offsets.values())
    agree = sum(abs(o - middle) <= limit for o in offsets.values())
    return -middle if abs(middle) > limit and 2 * agree > len(offsets) + 1 else 0.0
