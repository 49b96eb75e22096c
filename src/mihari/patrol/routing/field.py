"""Team orienteering as kernels see it: what is given (`Field`), routes (`Ways`), routes met on the way (`Pool`).

Jobs j < J that earn a prize, vans v < V, nodes n < N: the jobs, then the places where vans start and end. Times in the
unit of the caller. Few arrays, since a kernel is handed each array of a tuple in seven parts.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

MATRIX, START, END, KIND = 0, 1, 2, 3  # of Field.van
TOLERANCE = 5e-10  # by which a route may pass its limit: sums of the same legs in another order differ by less
HELD = 2**20  # stops of routes in a pool together
ROUTES = 2**13  # in a pool at most


class Field(NamedTuple):
    """What a search is given.

    legs (M, N, N): time from node to node with what the job at its beginning takes; where there is no way (`shut`, of
    that shape), time by way of others plus `detour` (M,), above all limits if there is none either. prize (J,). van
    (V, 4): matrix, node of start and of end, kind (vans of one kind are alike). limit (V,): time that a route may take.
    near (J, m): jobs by way there and back, the job itself first. key (J,): of a set of jobs, the exclusive or of its
    keys is its name.
    """

    legs: Any
    shut: Any
    detour: Any
    prize: Any
    van: Any
    limit: Any
    near: Any
    key: Any


class Ways(NamedTuple):
    """Routes of all vans.

    stop (V, J + 2): nodes from start to end; size (V,): jobs; length (V,): without detours, 0 for a van that stays;
    shut (V,): legs where there is no way; whose (J,): van, -1 for none; earned (1,): sum of prizes.
    """

    stop: Any
    size: Any
    length: Any
    shut: Any
    whose: Any
    earned: Any


class Scratch(NamedTuple):
    """Room for one move.

    cost, behind (V, J): what jobs add to a route at best, and behind which stop. pull (J,): how much each is wanted.
    free (J,), count (1,): jobs on no route, and how many. changed (V,): routes.
    """

    cost: Any
    behind: Any
    pull: Any
    free: Any
    count: Any
    changed: Any


class Pool(NamedTuple):
    """Routes met on the way, by a hash of their jobs; of two with one hash that of the better whole stays.

    key, kind, size, length, worth (of the whole it was met in) (R,), stop (R, J).
    """

    key: Any
    kind: Any
    size: Any
    length: Any
    worth: Any
    stop: Any


def empty_ways(field: Field) -> Ways:
    """Vans that stay where they are."""
    jobs, vans = len(field.prize), len(field.van)
    stop = np.zeros((vans, jobs + 2), np.int64)
    stop[:, 0], stop[:, 1] = field.van[:, START], field.van[:, END]
    return Ways(
        stop,
        np.zeros(vans, np.int64),
        np.zeros(vans),
        np.zeros(vans, np.int64),
        np.full(jobs, -1, np.int64),
        np.zeros(1),
    )


def empty_scratch(field: Field) -> Scratch:
    """Room for one move."""
    jobs, vans = len(field.prize), len(field.van)
    return Scratch(
        np.zeros((vans, jobs)), np.zeros((vans, jobs), np.int64), np.zeros(jobs), np.zeros(jobs, np.int64),
        np.zeros(1, np.int64), np.zeros(vans, np.bool_),
    )  # fmt: skip


def empty_pool(field: Field) -> Pool:
    """Room for some thousand routes, less where jobs are many."""
    jobs = len(field.prize)
    rows = min(ROUTES, 1 << (HELD // jobs).bit_length())
    whole = np.zeros(rows, np.int64)
    return Pool(
        np.zeros(rows, np.uint64), whole, whole.copy(), np.zeros(rows), np.zeros(rows), np.zeros((rows, jobs), np.int32)
    )


def like(a: Ways, b: Ways) -> None:
    """`b` becomes what `a` is."""
    for one, other in zip(a, b, strict=True):
        other[...] = one
