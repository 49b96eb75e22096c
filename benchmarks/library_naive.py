"""The peer of LIB-3: all patterns evaluated anew for each batch of updates, in plain NumPy.

It is given for nothing what would cost it much as well: the figures over the last minutes (here the matcher's ranks of
them, 16 bit each) and when what holds began. It compares whole columns, each comparison once however many patterns ask
for it, puts them together and finds whose verdict changed.
"""

from __future__ import annotations

import time

import numpy as np

from mihari.core.columns import Array
from mihari.library.live import Matcher, Programme
from mihari.library.live.layout import bits

BATCHES = 3


def naive_seconds(programme: Programme, matcher: Matcher, slots: Array) -> float:
    """CPU seconds for one batch of updates, the fewest of some; it must find what the matcher holds."""
    rules = programme.rules
    ranks = np.ascontiguousarray(matcher.arrays.ranks[slots].T)
    held = bits(matcher.arrays.held[slots], len(programme.names)).T
    before = np.ascontiguousarray(held)
    spent = []
    for _ in range(BATCHES):
        began = time.thread_time()
        found = _bodies(rules.literals, rules.literal_first, ranks)
        changed = np.flatnonzero(found ^ before)
        spent.append(time.thread_time() - began)
    follows = matcher.arrays.vessels["follows"][slots] == 2
    assert not (found ^ held)[:, follows].any(), "the matcher holds what plain evaluation does"
    assert len(changed) <= found.size, "rows that changed"
    return min(spent)


def _bodies(literals: Array, first: Array, ranks: Array) -> Array:
    """(patterns, vessels) whether each body holds."""
    made: dict[tuple[int, ...], Array] = {}
    found = np.empty((len(first) - 1, ranks.shape[1]), bool)
    for pattern in range(len(first) - 1):
        holds, clause = None, None
        for literal in literals[first[pattern] : first[pattern + 1]]:
            met = _met(literal, ranks, made)
            clause = met if clause is None else clause | met
            if literal["told"] & 2:
                holds, clause = clause if holds is None else holds & clause, None
        found[pattern] = holds
    return found


def _met(literal: Array, ranks: Array, made: dict[tuple[int, ...], Array]) -> Array:
    """One comparison for all vessels, kept for the other patterns that ask for it."""
    figure, low, high, told = literal.tolist()
    key = (figure, low, high, told & 1)
    if key not in made:
        values = ranks[figure]
        made[key] = ((low <= values) & (values <= high)) != bool(told & 1)
    return made[key]
