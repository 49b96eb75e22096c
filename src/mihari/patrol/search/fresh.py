"""How long cells are fresh: lists of looks per cell, kept in order, and the weight of the hours they cover."""

from __future__ import annotations

import math
from typing import Any

from mihari.core.kernels import inner, spliced
from mihari.patrol.search.world import BEGIN, BY, CUM, END, LAST, RATE, TAU, TOLD, WORTH, Tours, World

EARLY_WORTH = 0.1  # of what a vessel is worth goes to reaching it sooner


@inner
def fresh_hours(span: Any, cell: Any, edges: Any, weight: Any, c: int, seen: int, seen_h: Any) -> float:
    """Weight times hours in which the last look at a cell is at most its interval old."""
    total = 0.0
    before, tau = cell[c, LAST], cell[c, TAU]
    begin, end, spells = span[BEGIN], span[END], weight.shape[1]
    for i in range(seen + 1):
        then = seen_h[c, i] if i < seen else end
        start, stop = max(before, begin), min(before + tau, min(then, end))
        if stop > start:
            if spells == 1:
                total += weight[c, 0, RATE] * (stop - start)
            else:
                s = 0
                while s + 1 < spells and start >= edges[s + 1]:
                    s += 1
                low = weight[c, s, CUM] + weight[c, s, RATE] * (start - max(edges[s], begin))
                while s + 1 < spells and stop >= edges[s + 1]:
                    s += 1
                total += weight[c, s, CUM] + weight[c, s, RATE] * (stop - max(edges[s], begin)) - low
        before = then
    return total


@inner
def add(seen: Any, seen_h: Any, c: int, time: float) -> bool:
    """A look; False where the list is full."""
    count = seen[c]
    if count == seen_h.shape[1]:
        return False
    i = count
    while i > 0 and seen_h[c, i - 1] > time:
        seen_h[c, i] = seen_h[c, i - 1]
        i -= 1
    seen_h[c, i] = time
    seen[c] = count + 1
    return True


@spliced
def look_worth(w: World, t: Tours, c: int, hour: float) -> float:
    """About what one look at a cell is worth at an hour, between the looks before and after it; per mean weight.

    The same for a look that is in the list at that hour: what would be lost without it.
    """
    before, i, count = w.cell[c, LAST], 0, t.seen[c]
    while i < count and t.seen_h[c, i] < hour:
        before = t.seen_h[c, i]
        i += 1
    if i < count and t.seen_h[c, i] == hour:
        i += 1
    then = min(t.seen_h[c, i] if i < count else w.span[END], w.span[END])
    tau = w.cell[c, TAU]
    covered = max(hour, min(before + tau, then))
    s = 0
    while s + 1 < w.weight.shape[1] and hour >= w.edges[s + 1]:
        s += 1
    return float(w.weight[c, s, RATE] * max(min(hour + tau, then) - covered, 0.0))


@inner
def value_all(w: World, t: Tours) -> None:
    """What the looks of each cell are worth."""
    for c in range(len(w.cell)):
        t.value[c] = fresh_hours(w.span, w.cell, w.edges, w.weight, c, t.seen[c], t.seen_h)


@inner
def reached_worth(look: Any, reached: Any) -> float:
    """What it is worth that vessels to look at are reached, and early; nobody is sent who is too late."""
    total = 0.0
    for m in range(len(look)):
        first = math.inf
        for k in range(reached.shape[0]):
            first = min(first, reached[k, m])
        if first < math.inf:
            allowed = max(look[m, BY] - look[m, TOLD], 0.1)
            early = max(look[m, BY] - first, 0.0) / allowed
            total += look[m, WORTH] * (1.0 + EARLY_WORTH * early)
    return total
