"""Linked pairs -> groups that are one vessel each, with at most one member per author: the strongest evidence holds.

Most knots of links hold each author once and are groups as they are. The others are resolved one by one: between two
authors each vessel gets at most one partner, so that the sum of evidence is greatest (Hungarian method), then pairs
join groups from the strongest on, as long as nothing of what is known of the two groups speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mihari.core.columns import Array
from mihari.picture.union.settings import UnionSettings

Pair = tuple[int, int]
Scores = dict[Pair, float]
Told = tuple[int, int, float, bool]  # row, row, weight, linked
FORCED = 1e4  # score of what a person has said


def groups_of(
    author: Array,
    order: Array,
    pairs: Array,
    score: Array,
    linked: Array,
    together: Array,
    forced: Mapping[Pair, bool],
    settings: UnionSettings,
) -> Array:
    """(n,) the group of each row: the least row of it.

    author, order: (n,), order the same at every node; pairs: (m, 2) rows, first < second, with score, whether they are
    linked and were together before; forced: pairs of rows of which a person has said that they are one, or two.

    >>> pair = np.array([[0, 1], [1, 2]])  # of 0 and 2, both of one author, 1 goes with the likelier
    >>> a = np.array([0, 1, 0]), np.arange(3), pair, np.array([5.0, 9.0]), np.ones(2, bool), np.zeros(2, bool)
    >>> groups_of(*a, {}, UnionSettings()).tolist(), groups_of(*a, {(1, 2): False}, UnionSettings()).tolist()
    ([0, 1, 1], [0, 0, 2])
    """
    found, knot = knots_of(len(author), pairs[linked], forced)
    inside = knot[pairs[:, 0]] == knot[pairs[:, 1]]
    weight = score + settings.together * together - settings.part * linked  # a link that still holds is no objection
    hard = hard_knots(author, knot, pairs[inside], weight[inside], forced)
    if not hard.any():
        return found
    rows = np.flatnonzero(hard[knot])
    found[rows] = rows
    inside &= hard[knot[pairs[:, 0]]]
    told = by_knot(knot, pairs[inside], weight[inside], linked[inside])
    spoken: dict[int, dict[Pair, bool]] = {}
    for (i, j), same in forced.items():
        if knot[i] == knot[j]:
            spoken.setdefault(int(knot[i]), {})[i, j] = same
    for k in sorted(told.keys() | spoken.keys()):
        resolve(told.get(k, []), spoken.get(k, {}), author, order, found, settings)
    return found


def knots_of(n: int, links: Array, forced: Mapping[Pair, bool]) -> tuple[Array, Array]:
    """(least row of each row's knot, number of the knot) of n rows: what hangs together by links and people's words."""
    said = [pair for pair, same in forced.items() if same]
    edges = np.concatenate([links, np.array(said, np.intp).reshape(-1, 2)])
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    knot = connected_components(graph, directed=False)[1]
    _, first = np.unique(knot, return_index=True)
    return first[knot], knot


def by_knot(knot: Array, pairs: Array, weight: Array, linked: Array) -> dict[int, list[Told]]:
    """Pairs as `resolve` takes them, by knot."""
    found: dict[int, list[Told]] = {}
    told = (knot[pairs[:, 0]].tolist(), pairs.tolist(), weight.tolist(), linked.tolist())
    for k, (i, j), much, on in zip(*told, strict=True):
        found.setdefault(k, []).append((i, j, much, on))
    return found


def hard_knots(author: Array, knot: Array, pairs: Array, weight: Array, forced: Mapping[Pair, bool]) -> Array:
    """(knots,) which hold an author twice, or something that speaks against their being one."""
    hard = np.zeros(int(knot.max(initial=-1)) + 1, bool)
    order = np.lexsort((author, knot))
    twice = (knot[order][1:] == knot[order][:-1]) & (author[order][1:] == author[order][:-1])
    hard[knot[order][1:][twice]] = True
    hard[knot[pairs[weight < 0.0, 0]]] = True
    for i, j in forced:
        hard[knot[[i, j]]] = True
    return hard


def resolve(
    told: Iterable[Told],
    forced: Mapping[Pair, bool],
    author: Array,
    order: Array,
    found: Array,
    settings: UnionSettings,
) -> None:
    """One knot into groups, written into `found`. told: (row, row, weight, linked) of its pairs."""
    weights: Scores = {}
    links: Scores = {}
    for i, j, weight, on in told:
        weights[i, j] = weight
        if on:
            links[i, j] = weight
    for pair, same in forced.items():
        weights[pair] = FORCED if same else -FORCED
        links.pop(pair, None)
        if same:
            links[pair] = FORCED
    kept = [p for ours in by_authors(links, author).values() for p in partners(ours, author, order, settings)]
    kept.sort(key=lambda p: (-round(links[p], 6), *sorted((order[p[0]], order[p[1]]))))
    join(kept, weights, author, found)


def by_authors(links: Scores, author: Array) -> dict[Pair, Scores]:
    """Links by the two authors that they are between."""
    found: dict[Pair, Scores] = {}
    for (i, j), weight in links.items():
        found.setdefault((int(author[i]), int(author[j])), {})[i, j] = weight
    return found


def partners(links: Scores, author: Array, order: Array, settings: UnionSettings) -> list[Pair]:
    """Of the links between two authors those of greatest sum in which everybody has one partner at most."""
    left = sorted({i for i, _ in links}, key=lambda i: int(order[i]))
    right = sorted({j for _, j in links}, key=lambda j: int(order[j]))
    if len(left) == len(links) == len(right):
        return list(links)
    if max(len(left), len(right)) > settings.most:
        return strongest(links, order)
    row, col = {i: k for k, i in enumerate(left)}, {j: k for k, j in enumerate(right)}
    gain = np.zeros((len(left), len(right)))
    for (i, j), weight in links.items():
        gain[row[i], col[j]] = max(weight, 1e-3)
    best = zip(*linear_sum_assignment(gain, maximize=True), strict=True)
    return [(left[a], right[b]) for a, b in best if gain[a, b] > 0.0]


def strongest(links: Scores, order: Array) -> list[Pair]:
    """The same where there are too many to weigh: the strongest link first."""
    used: set[int] = set()
    kept = []
    for i, j in sorted(links, key=lambda p: (-round(links[p], 6), *sorted((order[p[0]], order[p[1]])))):
        if not {i, j} & used:
            used |= {i, j}
            kept.append((i, j))
    return kept


def join(kept: list[Pair], weights: Scores, author: Array, found: Array) -> None:
    """Groups grow pair by pair, in this order; a group's row in `found` is its least."""
    members = {i: [i] for pair in kept for i in pair}
    for i, j in kept:
        one, other = members[i], members[j]
        if one is other or {int(author[k]) for k in one} & {int(author[k]) for k in other}:
            continue
        if sum(weights.get((min(a, b), max(a, b)), 0.0) for a in one for b in other) <= 0.0:
            continue
        one.extend(other)
        for k in other:
            members[k] = one
    for i, group in members.items():
        found[i] = min(group)
