"""A row of tokens -> times: starts, legs, looks, landings of one vehicle, each as early as the rules allow."""

from __future__ import annotations

import math

from mihari.core.kernels import inner, spliced
from mihari.patrol.search.fresh import add
from mihari.patrol.search.motion import leg, meet, spell, where
from mihari.patrol.search.ports import bin_of, has_room, moved, slot_at, soonest_home
from mihari.patrol.search.world import (
    ALOFT,
    AT,
    BEGIN,
    BY,
    CALM,
    DONE,
    EAST,
    END,
    ENDURANCE,
    FREE,
    KIND,
    LAND,
    LAUNCHED,
    MOVES,
    NORTH,
    SHIP,
    SIZE,
    SPEED,
    START_X,
    START_Y,
    START_Z,
    STAY,
    STAYS,
    TOKEN,
    TOLD,
    TURN,
    Tours,
    World,
    X,
    Y,
    Z,
)

NEVER = 1e9  # h: of stays that nothing ends
ROUNDING_H = 1e-9  # that an endurance may be passed by


@spliced
def point(w: World, k: int, at: int, time: float) -> tuple[float, float, float]:
    """Unit vector of where a vehicle is."""
    cells, vessels = len(w.cell), len(w.look)
    if at == ALOFT:
        return w.craft[k, START_X], w.craft[k, START_Y], w.craft[k, START_Z]
    if at < cells:
        return w.cell[at, X], w.cell[at, Y], w.cell[at, Z]
    if at < cells + vessels:  # it stayed where the vessel was half-way
        return where(w.way_at, w.way, len(w.port) + at - cells, time - w.look[at - cells, STAY])
    return where(w.way_at, w.way, at - cells - vessels, time)


@spliced
def leg_to(w: World, k: int, at: int, token: int, time: float) -> float:
    """Hours from where a vehicle is to a cell or vessel, left at `time`; inf: it may not."""
    n, s, cells = int(w.craft[k, KIND]), spell(w.edges, time), len(w.cell)
    grounded = at - cells - len(w.look)
    if at == ALOFT and not w.first[k, token if token < cells else token + len(w.port)]:
        return math.inf
    if token < cells:
        if 0 <= at < cells:
            return float(w.legs[n, s, at, token])
        if grounded >= 0:
            if w.port[grounded, SHIP] == 0.0:
                return float(w.legs[n, s, cells + grounded, token])
            if not w.may[n, bin_of(w, time), 1 + grounded, token]:
                return math.inf
    if (
        at >= cells
        and grounded < 0
        and (token >= cells or not w.may[n, bin_of(w, time), 1 + len(w.port) + at - cells, token])
    ):
        return math.inf  # from one vessel to the next only by way of a cell
    if token >= cells and at != ALOFT:
        other = cells + grounded if grounded >= 0 else at
        if not w.may[n, bin_of(w, time), 1 + len(w.port) + token - cells, other]:
            return math.inf
    x, y, z = point(w, k, at, time)
    if token >= cells:
        return meet(w, n, x, y, z, time, len(w.port) + token - cells)
    bx, by, bz = w.cell[token, X], w.cell[token, Y], w.cell[token, Z]
    return leg(x, y, z, bx, by, bz, w.air[n, s, SPEED], w.air[n, s, EAST], w.air[n, s, NORTH])


@spliced
def look_takes(w: World, k: int, token: int, time: float) -> float:
    """Hours that a look takes that begins at `time`; inf: nothing is seen, or nobody would hear of it."""
    n, cells = int(w.craft[k, KIND]), len(w.cell)
    if not w.may[n, bin_of(w, time), 0, token if token < cells else token + len(w.port)]:
        return math.inf
    return float(w.dwell[n, spell(w.edges, time), token])


@spliced
def down_from(w: World, t: Tours, k: int, at: int, time: float) -> tuple[int, float]:
    """Where and when vehicle k can be down first that leaves what it is at."""
    x, y, z = point(w, k, at, time)
    return soonest_home(w, t, k, at, x, y, z, time)


@spliced
def latest(w: World, k: int, launched: float) -> float:
    """When vehicle k, launched then, has to be down: its endurance, and the sea that it bears."""
    calm = w.air[int(w.craft[k, KIND]), spell(w.edges, launched), CALM]
    return float(min(launched + w.craft[k, ENDURANCE] + ROUNDING_H, calm))


@spliced
def land(w: World, t: Tours, k: int, at: int, time: float, launched: float) -> tuple[int, float]:
    """Land vehicle k: where, and when it is down; (-1, inf) where it cannot in time."""
    place, down = down_from(w, t, k, at, time)
    if place < 0 or down > latest(w, k, launched) or not moved(t, k, place, down):
        return -1, math.inf
    return place, down


@inner
def look(w: World, t: Tours, k: int, at: int, token: int, free: float, launched: float) -> tuple[float, float, float]:
    """Vehicle k goes from what it is at to a token: launched, begins, done (h); done is inf where it may not.

    On the ground it starts in the first free slot; aloft `launched` stays.
    """
    cells = len(w.cell)
    grounded = at - cells - len(w.look)
    leaves = free
    if token >= cells:
        leaves = max(leaves, w.look[token - cells, TOLD])
    if grounded >= 0:
        leaves = slot_at(w, t, k, grounded, leaves)
        launched = leaves
        if not leaves < math.inf:
            return launched, math.inf, math.inf
    begins = leaves + leg_to(w, k, at, token, leaves)
    if not begins < math.inf:
        return launched, math.inf, math.inf
    if token >= cells and begins > w.look[token - cells, BY]:
        return launched, math.inf, math.inf
    done = begins + look_takes(w, k, token, begins)
    last = latest(w, k, launched)
    if done > last:
        return launched, math.inf, math.inf
    if token >= cells or done + w.back[k, bin_of(w, done), token] > last:
        _, down = down_from(w, t, k, token, done)
        if down > last:
            return launched, math.inf, math.inf
    return launched, begins, done


@inner
def recall(w: World, t: Tours, k: int, first: int) -> None:
    """When the tokens before `first` reach vessels."""
    cells = len(w.cell)
    for m in range(t.reached.shape[1]):
        t.reached[k, m] = math.inf
    for j in range(first):
        m = t.row[k, j, TOKEN] - cells
        if m >= 0:
            t.reached[k, m] = min(t.reached[k, m], t.when[k, j, DONE] - w.look[m, STAY])


@spliced
def stands_from(w: World, t: Tours, k: int, landed: float) -> float:
    """Since when (h) a vehicle stands where it is: since it landed; at the beginning, since ever."""
    return -NEVER if w.span[BEGIN] == 0.0 and t.count[k, MOVES] == 0 else landed


@inner
def follow(w: World, t: Tours, k: int, first: int) -> bool:
    """Work a vehicle's route out from its token `first` on; False where it cannot be done.

    Where the next look would leave too little to come home, a landing is put in before it. What would come after the
    end of the plan is cut off. Looks of cells are not yet taken down in their lists.
    """
    cells = len(w.cell)
    grounds = cells + len(w.look)
    kind, turn, end = int(w.craft[k, KIND]), w.craft[k, TURN], w.span[END]
    i, size, home = first, t.count[k, SIZE], False
    at, free, launched = t.row[k, i, AT], t.when[k, i, FREE], t.when[k, i, LAUNCHED]
    last = latest(w, k, launched)
    t.count[k, MOVES], t.count[k, STAYS] = t.row[k, i, MOVES], t.row[k, i, STAYS]
    if len(w.look):
        recall(w, t, k, first)
    while i < size or at < grounds:
        token = LAND if home or i >= size else t.row[k, i, TOKEN]
        if token == LAND:
            if at >= grounds:
                return False
            place, down = land(w, t, k, at, free, launched)
            if place < 0:
                return False
            at, free = grounds + place, down + turn
            if home or i >= size:
                size = i if free >= end else size
                home = False
                continue
            t.when[k, i, DONE] = down
        else:
            lifted, begins, done = launched, 0.0, math.inf
            if 0 <= at < cells and token < cells:  # as nearly always: no need to ask for more
                begins = free + w.legs[kind, spell(w.edges, free), at, token]
                if begins < end and w.may[kind, bin_of(w, begins), 0, token]:
                    done = begins + w.dwell[kind, spell(w.edges, begins), token]
                    if done + w.back[k, bin_of(w, done), token] > last:
                        done = math.inf
            if done == math.inf:
                lifted, begins, done = look(w, t, k, at, token, free, launched)
            if done == math.inf:
                if at < grounds:  # home first, then there
                    home = True
                elif free >= end or lifted >= end:
                    size = i
                else:
                    return False
                continue
            if done > end:
                size = i
                continue
            if at >= grounds:
                since = stands_from(w, t, k, free - turn)
                if not has_room(w, t, k, at - grounds, since, lifted) or not moved(t, k, at - grounds, lifted):
                    return False
                launched = lifted
                last = latest(w, k, launched)
            t.when[k, i, DONE] = done
            if token >= cells:
                t.reached[k, token - cells] = min(t.reached[k, token - cells], begins)
            at, free = token, done
        i += 1
        t.row[k, i, AT] = at
        t.when[k, i, FREE], t.when[k, i, LAUNCHED] = free, launched
        t.row[k, i, MOVES], t.row[k, i, STAYS] = t.count[k, MOVES], t.count[k, STAYS]
    t.count[k, SIZE] = i
    return has_room(w, t, k, at - grounds, stands_from(w, t, k, free - turn), NEVER)


@inner
def take_down(w: World, t: Tours, k: int) -> bool:
    """The looks of a route, into the lists of their cells; False where one is full."""
    for i in range(t.count[k, SIZE]):
        c = t.row[k, i, TOKEN]
        if 0 <= c < len(w.cell) and not add(t.seen, t.seen_h, c, t.when[k, i, DONE]):
            return False
    return True
