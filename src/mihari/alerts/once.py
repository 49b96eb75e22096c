"""Fleets of several nodes -> each with an id of this node's, and those that are one said to be: people see it once.

Two nodes' fleets are one where most members of the smaller are in the other, after all vessels have been called as they
are here. The elder of them is shown, which all nodes find to be the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from mihari.core.behaviour import Fleet, picture_id, unnamed

FOREIGN = 1 << 51  # ids from here are of other nodes' fleets; a browser's numbers reach to 2^53
MOST = 0.5  # of the smaller one's members


def foreign_id(author: str, fleet: int) -> int:
    """The id here of another node's fleet.

    >>> foreign_id("aa", 7) == foreign_id("aa", 7) != foreign_id("bb", 7)
    True
    """
    digest = hashlib.sha256(f"{author}:{fleet}".encode()).digest()
    return FOREIGN + int.from_bytes(digest[:6])


def brought_here(fleet: Fleet, author: str, node: str, number_of: Callable[[int], int]) -> Fleet:
    """Another node's fleet with ids of ours; `number_of`: its id of a vessel -> ours, 0 unknown."""
    keys = (_key(v, number_of) for v in fleet.members)
    members = tuple(dict.fromkeys(k for k in keys if k))
    parents = tuple(foreign_id(author, p) for p in fleet.parents)
    return replace(fleet, id=foreign_id(author, fleet.id), members=members, parents=parents, node=node)


def _key(vessel: int, number_of: Callable[[int], int]) -> int:
    number = picture_id(vessel)
    here = number_of(number) if number else 0
    return (unnamed(here) if here else 0) if number else vessel


def gathered(me: str, own: Sequence[Fleet], others: Iterable[tuple[str, Fleet]]) -> tuple[Fleet, ...]:
    """All fleets, the elder first, the younger of two that are one with `same_as`.

    `me` and the first of `others`: authors; others' fleets as `brought_here`. Those that are one are in each other's
    `parents`, so that what they do is one alert's.

    >>> a = Fleet(5, 0.0, 100, (1, 2, 3), 0.0, 0.0, (), 0.0, 0.0, 1.0)
    >>> b = Fleet(FOREIGN, 0.0, 40, (2, 3, 4, 6), 0.0, 0.0, (), 0.0, 0.0, 1.0, node="kume")
    >>> [(f.node, f.same_as == FOREIGN, f.parents == (5,)) for f in gathered("bb", [a], [("aa", b)])]
    [('kume', False, True), ('', True, False)]
    """
    elder_first = sorted([*((me, f) for f in own), *others], key=lambda one: (one[1].began, one[0], one[1].id))
    groups: list[list[Fleet]] = []
    for _, fleet in elder_first:
        same = next((g for g in groups if all(s.node != fleet.node for s in g) and _one(g[0], fleet)), None)
        if same is None:
            groups.append([fleet])
        else:
            same.append(fleet)
    return tuple(_told(fleet, group) for group in groups for fleet in group)


def _told(fleet: Fleet, group: list[Fleet]) -> Fleet:
    others = tuple(f.id for f in group if f.id != fleet.id)
    same = 0 if fleet is group[0] else group[0].id
    return fleet if not others else replace(fleet, parents=(*fleet.parents, *others), same_as=same)


def _one(one: Fleet, other: Fleet) -> bool:
    smaller = min(len(one.members), len(other.members))
    return smaller > 0 and len(set(one.members) & set(other.members)) > MOST * smaller
