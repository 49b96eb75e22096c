"""Moves can be taken back: rows of vehicles are kept before they change, lists of looks by what was changed in them."""

from __future__ import annotations

from mihari.core.kernels import inner
from mihari.patrol.search.lists import relist, unlist
from mihari.patrol.search.routes import follow
from mihari.patrol.search.world import MOVES, SIZE, STAYS, Tours, Undo, World


@inner
def begin(u: Undo) -> None:
    """Nothing has been changed yet."""
    u.whose[0, 0] = u.whose[1, 0] = -1
    u.entries[0] = 0
    u.gain[0] = 0.0


@inner
def take_up(t: Tours, u: Undo, k: int, first: int) -> None:
    """Keep a vehicle's row from its token `first` on."""
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
    for i in range(first, t.count[k, SIZE] + 1):
        for j in range(4):
            u.row[r, i, j] = t.row[k, i, j]
        for j in range(3):
            u.when[r, i, j] = t.when[k, i, j]


@inner
def worked_out(w: World, t: Tours, u: Undo) -> bool:
    """Work the rows out that were taken up and changed, and list their looks; False where one cannot be done."""
    for r in range(2):
        if u.whose[r, 0] >= 0:
            u.whose[r, 2] = t.count[u.whose[r, 0], SIZE]
            if not follow(w, t, u.whose[r, 0], u.whose[r, 1]):
                return False
    return (u.whose[0, 0] < 0 or relist(w, t, u, 0)) and (u.whose[1, 0] < 0 or relist(w, t, u, 1))


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
    unlist(t, u)
