"""Identities told by several nodes -> one per row of the picture, made anew only where what was told has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Identity, Picture
from mihari.core.shared import Foreign
from mihari.picture.claims import category_of
from mihari.picture.union.members import PER_AUTHOR, Members
from mihari.picture.union.names import Claims, united
from mihari.picture.union.rows import Groups, Holders


class Told(NamedTuple):
    """What an identity is made of, the identity, and its MMSI and category where members disagree about them."""

    given: tuple[Claims, ...]
    identity: Identity
    best: tuple[int, int] | None


class Identities:
    """`hear` what is told at ticks, `tell` whose it is; between ticks names stay as they are."""

    def __init__(self) -> None:
        self.several: dict[int, Claims] = {}  # by key, of those that have told more than one MMSI
        self._claims: dict[int, Claims] = {}
        self._own: Mapping[int, Identity] = {}
        self._told: dict[int, Told] = {}
        self._best: dict[int, tuple[int, int]] = {}
        self._mapping: Mapping[int, Identity] = MappingProxyType({})
        self._called: dict[int, Identity] = {}  # of vessels that tell no name: what all nodes call them
        self._held: dict[int, tuple[Identity, Identity]] = {}  # of those not ours alone: without its nodes, with them

    def hear(self, own: Picture, foreign: Sequence[tuple[int, Foreign]]) -> None:
        """What each author's vessels have claimed: (its index, what it tells)."""
        self._own = own.identities
        self._claims = {vessel: identity.claims for vessel, identity in own.identities.items()}
        for author, one in foreign:
            base = author * PER_AUTHOR
            self._claims.update((base + v, c) for v, c in one.identities.items() if 0 <= v < PER_AUTHOR and c)
        self.several = {key: claims for key, claims in self._claims.items() if len(claims) > 1}

    def tell(self, members: Members, groups: Groups, ids: Array, sequence: int) -> None:
        """The identity of each row; `sequence`: of the picture in which it is told."""
        told = [self._claims.get(key, ()) for key in members.key[groups.member].tolist()]
        before, self._told = self._told, {}
        start = groups.start.tolist()
        alone = (members.author[groups.member[groups.start[:-1]]] == 0) & (groups.size == 1)
        for g, (vessel, ours) in enumerate(zip(ids.tolist(), alone.tolist(), strict=True)):
            given = tuple([c for c in told[start[g] : start[g + 1]] if c])
            if given:
                was = before.get(vessel)
                same = was is not None and was.given == given
                self._told[vessel] = was if same and was else self._made(vessel, given, ours, sequence)
        self._best = {vessel: one.best for vessel, one in self._told.items() if one.best is not None}

    def call(self, names: Mapping[int, str], holders: Mapping[int, Holders], sequence: int) -> None:
        """After `tell`: what all nodes call the vessels of these ids, where they tell no name; who holds them."""
        before = self._called
        self._called = {
            v: before[v] if v in before and before[v].called == n else Identity(v, (), sequence, n)
            for v, n in names.items()
            if v not in self._told
        }
        whole = self._called | {vessel: one.identity for vessel, one in self._told.items()}
        self._held = {v: self._with(v, whole[v], nodes, sequence) for v, nodes in holders.items() if v in whole}
        self._mapping = MappingProxyType(whole | {vessel: shown for vessel, (_, shown) in self._held.items()})

    def _with(self, vessel: int, plain: Identity, nodes: Holders, sequence: int) -> tuple[Identity, Identity]:
        """An identity without and with its nodes; the same as before where nothing is new."""
        was = self._held.get(vessel)
        if was is not None and was[0] is plain and was[1].held_by == nodes.held_by and was[1].namer == nodes.namer:
            return was
        return plain, replace(plain, changed=sequence, namer=nodes.namer, held_by=nodes.held_by)

    def _made(self, vessel: int, given: tuple[Claims, ...], ours: bool, sequence: int) -> Told:
        """Who a row is, of what its members tell; `ours`: only we hold it."""
        own = self._own.get(vessel) if ours else None
        identity = own or Identity(vessel, given[0] if len(given) == 1 else united(given), sequence)
        if len({claims[0].mmsi for claims in given}) == 1:
            return Told(given, identity, None)
        best = identity.claims[0]
        return Told(given, identity, (best.mmsi, int(category_of(best.ship_type, best.subject))))

    def settle(self, columns: dict[str, Array], ids: Array) -> dict[str, Array]:
        """`columns` with the weightiest MMSI and its category where members disagree about them."""
        if not self._best:
            return columns
        at = np.flatnonzero(np.isin(ids, list(self._best)))
        best = [self._best[i] for i in ids[at].tolist()]
        out = columns | {name: columns[name].copy() for name in ("mmsi", "category")}
        out["mmsi"][at], out["category"][at] = [b[0] for b in best], [b[1] for b in best]
        return out

    def mapping(self) -> Mapping[int, Identity]:
        """Id of a row -> who it is; another mapping only where something may have changed."""
        return self._mapping
