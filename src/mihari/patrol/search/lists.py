"""Lists of looks per cell: a route's looks change in them, counted by what that is worth, and can be taken back."""

from __future__ import annotations

from mihari.core.kernels import inner, spliced
from mihari.patrol.search.world import (
    BEGIN,
    CELL,
    CUM,
    DONE,
    END,
    LAST,
    PLACED,
    RATE,
    SIZE,
    TAU,
    TOKEN,
    WHAT,
    Tours,
    Undo,
    World,
)

PUT_IN, TAKEN_OUT, MOVED = 0, 1, 2


@spliced
def between(w: World, c: int, look: float, then: float) -> float:
    """Weight times hours in which a look keeps a cell fresh until the next, or until the end."""
    begin, end, spells = w.span[BEGIN], w.span[END], w.weight.shape[1]
    start = look if look > begin else begin
    stop = look + w.cell[c, TAU]
    stop = stop if stop < then else then
    stop = stop if stop < end else end
    total = 0.0
    if stop > start:
        s = 0
        while s + 1 < spells and start >= w.edges[s + 1]:
            s += 1
        since = w.edges[s] if w.edges[s] > begin else begin
        total = -(w.weight[c, s, CUM] + w.weight[c, s, RATE] * (start - since))
        while s + 1 < spells and stop >= w.edges[s + 1]:
            s += 1
        since = w.edges[s] if w.edges[s] > begin else begin
        total += w.weight[c, s, CUM] + w.weight[c, s, RATE] * (stop - since)
    return total


@spliced
def note(u: Undo, c: int, j: int, what: int, before: float) -> None:
    """One entry more."""
    n = u.entries[0]
    u.entry[n, CELL], u.entry[n, PLACED], u.entry[n, WHAT], u.entry_h[n] = c, j, what, before
    u.entries[0] = n + 1


@spliced
def moved_on(w: World, t: Tours, u: Undo, c: int, old: float, goes_on: bool, new: float) -> bool:
    """A look to another time, in its place; taken out where that is not its place, or where it does not go on.

    Whether it has to be put in again.
    """
    count, j = t.seen[c], 0
    while j + 1 < count and t.seen_h[c, j] != old:
        j += 1
    before = t.seen_h[c, j - 1] if j > 0 else w.cell[c, LAST]
    then = t.seen_h[c, j + 1] if j + 1 < count else w.span[END]
    worth = between(w, c, before, old) + between(w, c, old, then)
    here = goes_on and (j == 0 or before <= new) and new <= then
    if here:
        t.seen_h[c, j] = new
        worth -= between(w, c, before, new) + between(w, c, new, then)
    else:
        for m in range(j, count - 1):
            t.seen_h[c, m] = t.seen_h[c, m + 1]
        t.seen[c] = count - 1
        worth -= between(w, c, before, then)
    note(u, c, j, MOVED if here else TAKEN_OUT, old)
    u.gain[0] -= worth
    return goes_on and not here


@spliced
def put_in(w: World, t: Tours, u: Undo, c: int, time: float) -> bool:
    """One more look; False where the list is full."""
    count = t.seen[c]
    room = count < t.seen_h.shape[1]
    if room:
        j = count
        while j > 0 and t.seen_h[c, j - 1] > time:
            t.seen_h[c, j] = t.seen_h[c, j - 1]
            j -= 1
        before = t.seen_h[c, j - 1] if j > 0 else w.cell[c, LAST]
        then = t.seen_h[c, j + 1] if j < count else w.span[END]
        t.seen_h[c, j] = time
        t.seen[c] = count + 1
        note(u, c, j, PUT_IN, 0.0)
        u.gain[0] += between(w, c, before, time) + between(w, c, time, then) - between(w, c, before, then)
    return bool(room)


@inner
def relist(w: World, t: Tours, u: Undo, r: int) -> bool:
    """The looks of a row that was taken up and changed instead of those it had; False where a list is full.

    From the end on both are the same but for their times: most such looks stay in their places.
    """
    k, first, had = u.whose[r, 0], u.whose[r, 1], u.count[r, SIZE]
    size, p, q = t.count[k, SIZE], had - 1, u.whose[r, 2] - 1
    while p >= first and q >= first and u.row[r, p, TOKEN] == t.row[k, q, TOKEN]:
        p -= 1
        q -= 1
    more = q + 1 if q + 1 < size else size
    for i in range(first, had + more - first):
        if i < had:  # first those that are no more, then those that may go on
            j = i + q - p
            c, listed, old = u.row[r, i, TOKEN], True, u.when[r, i, DONE]
            stays = i > p and j < size
        else:
            j = i - had + first
            c, listed, old, stays = t.row[k, j, TOKEN], False, 0.0, True
        new = t.when[k, j, DONE] if stays else 0.0
        if c < 0 or c >= len(w.cell) or (listed and stays and new == old):
            continue
        if listed:
            stays = moved_on(w, t, u, c, old, stays, new)
        if stays and not put_in(w, t, u, c, new):
            return False
    return True


@inner
def unlist(t: Tours, u: Undo) -> None:
    """Lists as they were before."""
    for n in range(u.entries[0] - 1, -1, -1):
        c, j, what = u.entry[n, CELL], u.entry[n, PLACED], u.entry[n, WHAT]
        if what == PUT_IN:
            t.seen[c] -= 1
            for m in range(j, t.seen[c]):
                t.seen_h[c, m] = t.seen_h[c, m + 1]
        else:
            if what == TAKEN_OUT:
                for m in range(t.seen[c], j, -1):
                    t.seen_h[c, m] = t.seen_h[c, m - 1]
                t.seen[c] += 1
            t.seen_h[c, j] = u.entry_h[n]
