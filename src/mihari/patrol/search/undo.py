"""Moves can be taken back: rows of vehicles and lists of cells are kept before they change."""

from __future__ import annotations

from mihari.core.kernels import inner
from mihari.patrol.search.fresh import drop, touch
from mihari.patrol.search.world import DONE, MOVES, SIZE, STAYS, TOKEN, Tours, Undo, World


@inner
def begin(u: Undo) -> None:
    """Nothing has been changed yet."""
    u.whose[0, 0] = u.whose[1, 0] = -1
    u.many[0] = 0


@inner
def take_up(w: World, t: Tours, u: Undo, move: int, k: int, first: int) -> None:
    """Keep a vehicle's row from its token `first` on, and take its looks from there on out of their cells' lists."""
    r = 0 if u.whose[0, 0] < 0 else 1
    u.whose[r, 0], u.whose[r, 1] = k, first
    for i in range(4):
        u.count[r, i] = t.count[k, i]
    for i in range(t.count[k, MOVES]):
        u.move[r, i, 0], u.move[r, i, 1] = t.move[k, i, 0], t.move[k, i, 1]
    for i in range(t.count[k, STAYS]):
        for j in range(3):
            u.stay[r, i, j] = t.stay[k, i, j]
    for m in range(t.reached.shape[1]):
        u.reached[r, m] = t.reached[k, m]
    for i in range(first, t.count[k, SIZE]):
        c = t.row[k, i, TOKEN]
        if 0 <= c < len(w.cell):
            touch(t, u, move, c)
            drop(t.seen, t.seen_h, c, t.when[k, i, DONE])
    for i in range(first, t.count[k, SIZE] + 1):
        for j in range(4):
            u.row[r, i, j] = t.row[k, i, j]
        for j in range(3):
            u.when[r, i, j] = t.when[k, i, j]


@inner
def put_back(t: Tours, u: Undo) -> None:
    """As it was before the move."""
    for r in range(2):
        k = u.whose[r, 0]
        if k < 0:
            continue
        for i in range(4):
            t.count[k, i] = u.count[r, i]
        for i in range(t.count[k, MOVES]):
            t.move[k, i, 0], t.move[k, i, 1] = u.move[r, i, 0], u.move[r, i, 1]
        for i in range(t.count[k, STAYS]):
            for j in range(3):
                t.stay[k, i, j] = u.stay[r, i, j]
        for m in range(t.reached.shape[1]):
            t.reached[k, m] = u.reached[r, m]
        for i in range(u.whose[r, 1], t.count[k, SIZE] + 1):
            for j in range(4):
                t.row[k, i, j] = u.row[r, i, j]
            for j in range(3):
                t.when[k, i, j] = u.when[r, i, j]
    for j in range(u.many[0]):
        c = u.touched[j, 1]
        t.seen[c] = u.touched[c, 2]
        t.value[c] = u.value[c]
        for i in range(t.seen[c]):
            t.seen_h[c, i] = u.seen_h[c, i]
