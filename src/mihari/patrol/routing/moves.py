"""Moves of the search for team orienteering: put jobs in, take jobs out, go shorter.

Matrices may be asymmetric, and a way by a third node may be quicker than the direct one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mihari.core.kernels import inner
from mihari.patrol.routing.field import MATRIX, TOLERANCE, Field, Scratch, Ways
from mihari.patrol.search.anneal import below, chance

STRINGS, NEAREST = 0.6, 0.3  # of all moves, by what they take out
TAKEN = 0.7  # of the nearest, that the same is not taken out each time
SHORT = 3  # jobs that are moved along a route together at most
GAIN = 1e-9  # a shorter way must be shorter by this: else two of one length are changed to and fro


@inner
def measure(f: Field, s: Ways, v: int) -> None:
    """Add up a route anew: sums that are only corrected drift."""
    m, total, shut = f.van[v, MATRIX], 0.0, 0
    if s.size[v] > 0:
        for i in range(s.size[v] + 1):
            total += f.legs[m, s.stop[v, i], s.stop[v, i + 1]]
            shut += int(f.shut[m, s.stop[v, i], s.stop[v, i + 1]])
    s.length[v], s.shut[v] = total - shut * f.detour[m], shut


@inner
def scan(f: Field, s: Ways, x: Scratch, v: int, j: int) -> None:
    """Where job j adds least to route v."""
    m, least, behind = f.van[v, MATRIX], math.inf, 0
    for i in range(s.size[v] + 1):
        a, b = s.stop[v, i], s.stop[v, i + 1]
        cost = f.legs[m, a, j] + f.legs[m, j, b]
        if s.size[v] > 0:
            cost -= f.legs[m, a, b]
        if cost < least:
            least, behind = cost, i
    x.cost[v, j], x.behind[v, j] = least, behind


@inner
def rescan(f: Field, s: Ways, x: Scratch, v: int, j: int, at: int) -> None:
    """As `scan`, after a job was put in at `at`: only what is new, unless the best place is gone."""
    if s.size[v] == 1 or x.behind[v, j] == at - 1:
        scan(f, s, x, v, j)
        return
    if x.behind[v, j] >= at:
        x.behind[v, j] += 1
    m = f.van[v, MATRIX]
    for i in range(at - 1, at + 1):
        a, b = s.stop[v, i], s.stop[v, i + 1]
        cost = f.legs[m, a, j] + f.legs[m, j, b] - f.legs[m, a, b]
        if cost < x.cost[v, j]:
            x.cost[v, j], x.behind[v, j] = cost, i


@inner
def put_in(f: Field, s: Ways, v: int, j: int, at: int) -> None:
    """Job j becomes stop `at` of route v."""
    for i in range(s.size[v] + 1, at - 1, -1):
        s.stop[v, i + 1] = s.stop[v, i]
    s.stop[v, at] = j
    s.size[v] += 1
    s.whose[j] = v
    s.earned[0] += f.prize[j]
    measure(f, s, v)


@inner
def take_out(f: Field, s: Ways, x: Scratch, v: int, first: int, count: int) -> None:
    """Stops `first` to `first + count - 1` of route v are left out."""
    for i in range(first, first + count):
        j = s.stop[v, i]
        s.whose[j] = -1
        s.earned[0] -= f.prize[j]
        x.free[x.count[0]] = j
        x.count[0] += 1
    for i in range(first, s.size[v] + 2 - count):
        s.stop[v, i] = s.stop[v, i + count]
    s.size[v] -= count
    x.changed[v] = True
    measure(f, s, v)


@inner
def added(f: Field, s: Ways, x: Scratch, v: int, j: int) -> float:
    """What job j adds to route v at its best place, without detours."""
    m, a, b = f.van[v, MATRIX], s.stop[v, x.behind[v, j]], s.stop[v, x.behind[v, j] + 1]
    more = int(f.shut[m, a, j]) + int(f.shut[m, j, b])
    if s.size[v] > 0:
        more -= int(f.shut[m, a, b])
    return float(x.cost[v, j] - more * f.detour[m])


@inner
def fill(f: Field, s: Ways, x: Scratch, least: float) -> bool:
    """Put in jobs while any fits, first those that are wanted most for the time they add; whether there were any.

    `least`: time that each is taken to add at least.
    """
    vans, any_put = len(f.van), False
    for v in range(vans):
        for n in range(x.count[0]):
            scan(f, s, x, v, x.free[n])
    while True:
        most, van, pick = 0.0, -1, -1
        for v in range(vans):
            room = f.limit[v] - s.length[v] + TOLERANCE
            detours = 2.0 * f.detour[f.van[v, MATRIX]]
            for n in range(x.count[0]):
                j = x.free[n]
                if x.cost[v, j] <= room + detours:
                    want = x.pull[j] / (max(x.cost[v, j], 0.0) + least)
                    if want > most and (detours == 0.0 or added(f, s, x, v, j) <= room):
                        most, van, pick = want, v, n
        if van < 0:
            return any_put
        j = x.free[pick]
        at = x.behind[van, j] + 1
        put_in(f, s, van, j, at)
        x.changed[van] = True
        any_put = True
        x.count[0] -= 1
        x.free[pick] = x.free[x.count[0]]
        for n in range(x.count[0]):
            rescan(f, s, x, van, x.free[n], at)


@inner
def find(s: Ways, v: int, j: int) -> int:
    """Which stop of route v job j is."""
    i = 1
    while s.stop[v, i] != j:
        i += 1
    return i


@inner
def ruin(f: Field, s: Ways, x: Scratch, dice: NDArray[np.uint64], most: int) -> None:
    """Take out up to `most` jobs: strings of stops about a job that chance names, the jobs about it, or any."""
    wanted, seed = 1 + below(dice, most), below(dice, len(f.prize))
    kind = chance(dice)
    if kind < STRINGS:
        take_strings(f, s, x, dice, seed, wanted)
    elif kind < STRINGS + NEAREST:
        take_nearest(f, s, x, dice, seed, wanted)
    else:
        take_any(f, s, x, dice, wanted)


@inner
def take_strings(f: Field, s: Ways, x: Scratch, dice: NDArray[np.uint64], seed: int, wanted: int) -> None:
    """From each route that comes near a job, some stops in a row (Christiaens and Vanden Berghe 2020)."""
    longest = 1 + below(dice, wanted)
    for n in range(f.near.shape[1]):
        j = f.near[seed, n]
        v = s.whose[j]
        if v >= 0 and not x.changed[v]:
            count = min(1 + below(dice, longest), s.size[v], wanted)
            first = find(s, v, j) - below(dice, count)
            take_out(f, s, x, v, min(max(first, 1), s.size[v] + 1 - count), count)
            wanted -= count
            if wanted <= 0:
                return


@inner
def take_nearest(f: Field, s: Ways, x: Scratch, dice: NDArray[np.uint64], seed: int, wanted: int) -> None:
    """Most of the jobs nearest to one."""
    for n in range(f.near.shape[1]):
        j = f.near[seed, n]
        v = s.whose[j]
        if v >= 0 and chance(dice) < TAKEN:
            take_out(f, s, x, v, find(s, v, j), 1)
            wanted -= 1
            if wanted <= 0:
                return


@inner
def take_any(f: Field, s: Ways, x: Scratch, dice: NDArray[np.uint64], wanted: int) -> None:
    """Jobs from anywhere."""
    for _ in range(wanted):
        j = below(dice, len(f.prize))
        v = s.whose[j]
        if v >= 0:
            take_out(f, s, x, v, find(s, v, j), 1)


@inner
def turn(f: Field, s: Ways, v: int) -> bool:
    """Go one part of route v the other way round where that is shorter (2-opt); whether it was."""
    m, size = f.van[v, MATRIX], s.size[v]
    for i in range(1, size):
        before, first = s.stop[v, i - 1], s.stop[v, i]
        change = 0.0
        for j in range(i + 1, size + 1):
            a, b, after = s.stop[v, j - 1], s.stop[v, j], s.stop[v, j + 1]
            change += f.legs[m, b, a] - f.legs[m, a, b]
            gain = f.legs[m, before, first] + f.legs[m, b, after] - f.legs[m, before, b] - f.legs[m, first, after]
            if gain - change > GAIN:
                low, high = i, j
                while low < high:
                    s.stop[v, low], s.stop[v, high] = s.stop[v, high], s.stop[v, low]
                    low += 1
                    high -= 1
                return True
    return False


@inner
def shove(f: Field, s: Ways, v: int) -> bool:
    """Move one to three stops of route v along it where that is shorter (or-opt); whether it was."""
    m, size = f.van[v, MATRIX], s.size[v]
    for count in range(1, min(SHORT, size - 1) + 1):
        for i in range(1, size + 2 - count):
            before, first, last, after = s.stop[v, i - 1], s.stop[v, i], s.stop[v, i + count - 1], s.stop[v, i + count]
            saved = f.legs[m, before, first] + f.legs[m, last, after] - f.legs[m, before, after]
            if saved <= GAIN:
                continue
            for j in range(size + 1):
                if i - 1 <= j < i + count:
                    continue
                a, b = s.stop[v, j], s.stop[v, j + 1]
                if f.legs[m, a, first] + f.legs[m, last, b] - f.legs[m, a, b] < saved - GAIN:
                    slide(s, v, i, count, j)
                    return True
    return False


@inner
def slide(s: Ways, v: int, i: int, count: int, j: int) -> None:
    """Stops i to i + count - 1 of route v come behind stop j."""
    for n in range(count):
        if j > i:
            one = s.stop[v, i]
            for k in range(i, j):
                s.stop[v, k] = s.stop[v, k + 1]
            s.stop[v, j] = one
        else:
            one = s.stop[v, i + n]
            for k in range(i + n, j + 1 + n, -1):
                s.stop[v, k] = s.stop[v, k - 1]
            s.stop[v, j + 1 + n] = one


@inner
def shorten(f: Field, s: Ways, x: Scratch) -> bool:
    """Make the routes that were changed as short as turning and moving parts makes them; whether any became so."""
    any_shorter = False
    for v in range(len(f.van)):
        if x.changed[v]:
            while turn(f, s, v) or shove(f, s, v):
                any_shorter = True
            measure(f, s, v)
    return any_shorter
