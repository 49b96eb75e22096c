"""The inputs of the last minute as entries in order, and states of the tracker to go back to. Bounded by the ring."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.tracks.entries import GRID_S, NOTHING, Entries
from mihari.tracks.tracker import Moment

PARTS = 64  # small parts that are joined into a larger one
MOST_S = 4096.0  # s before the end of a run in which states are kept, however long the ring is
LATELY_S = 32.0  # for so long after a late report others are expected to come as late
FINE = (1.0, 2.0, 4.0, 8.0)  # s between states of this age and more: to go back costs at most twice the age


class Part(NamedTuple):
    """Entries with the range of their orders."""

    entries: Entries
    low: float
    high: float


class Kept(NamedTuple):
    """The tracker after all entries with an order before `order`."""

    order: float
    moment: Moment


class Ring:
    """Entries by the order they were added; sorted where they were asked for. States by their order."""

    def __init__(self, begin: Kept) -> None:
        self.states = [begin]
        self._parts: list[Part] = []
        self._late = [(-math.inf, 0.0)]  # (when, by how much) reports came late, the later ones less so

    def add(self, entries: Entries) -> None:
        """More entries, in any order."""
        if len(entries):
            orders = entries.entries["order"]
            self._parts.append(Part(entries, float(orders.min()), float(orders.max())))
        if len(self._parts) > 2 * PARTS:
            recent = self._parts[-PARTS:]
            self._parts[-PARTS:] = [_part(Entries.joined([p.entries for p in recent]))]

    def since(self, order: float) -> Entries:
        """All entries from an order on, sorted by key; the ring holds them so from now on."""
        before, found = [], []
        for part in self._parts:
            if part.high < order:
                before.append(part)
            elif part.low >= order:
                found.append(part.entries)
            else:
                orders = part.entries.entries["order"]
                before.append(_part(part.entries.take(np.flatnonzero(orders < order))))
                found.append(part.entries.take(np.flatnonzero(orders >= order)))
        entries = Entries.joined(found).in_order() if found else NOTHING
        self._parts = before
        self.add(entries)
        return entries

    def all(self) -> Entries:
        """All entries from the first state on, sorted, in memory of their own; the ring stays as it is."""
        entries = Entries.joined([p.entries for p in self._parts]).in_order()
        return entries.take(np.flatnonzero(entries.entries["order"] >= self.states[0].order))

    def weight(self, order: float) -> int:
        """How many reports and entries there are from an order on."""
        found = 0
        for part in self._parts:
            if part.high >= order:
                entries = part.entries.entries
                found += int((1 + entries["count"])[entries["order"] >= order].sum())
        return found

    @property
    def load(self) -> int:
        """How many reports and entries are held: some 110 bytes each."""
        return sum(len(part.entries) + len(part.entries.reports) for part in self._parts)

    def back_to(self, order: float) -> Kept:
        """The last state that an entry of that order does not change; later ones are forgotten."""
        while len(self.states) > 1 and self.states[-1].order > order:
            self.states.pop()
        return self.states[-1]

    def keep(self, state: Kept) -> None:
        """A later state than all others."""
        if self.states[-1].order < state.order:
            self.states.append(state)

    def came_late(self, now: float, order: float) -> None:
        """At `now` the tracker goes back to `order`."""
        late = now - order
        self._late = [(t, by) for t, by in self._late if by > late and t >= now - LATELY_S]
        self._late.append((now, late))

    def wanted(self, start: float, orders: Array, floor: float) -> list[tuple[int, float]]:
        """(place, order) of the states to keep in a run of entries with these orders, after one of order `start`.

        The state is that before the entry at `place`. One every `GRID_S`, and where reports have come late one from
        which the next tick goes back.
        """
        if len(orders) == 0:
            return []
        end = float(orders[-1])
        low = max(start, floor - GRID_S, end - MOST_S)
        found = {k * GRID_S for k in range(math.floor(low / GRID_S) + 1, math.floor(end / GRID_S) + 1)}
        when, late = self._late[0]
        if when >= end - LATELY_S:
            found.add(float(math.floor(end + 1.0 - late)))
        places = {
            int(np.searchsorted(orders, order, "left")): order
            for order in sorted(found, reverse=True)
            if start < order <= end
        }
        return sorted(places.items())

    def thin(self, now: float) -> None:
        """Forget states that lie closer together than their age asks for."""
        self.states = [s for s in self.states if not math.isfinite(s.order) or due(s.order, now) or s is self.states[0]]

    def let_go(self, floor: float, moment: Callable[[], Moment] | None) -> None:
        """Nothing before `floor` will come. `moment`: the tracker's, if it has taken in nothing from there on."""
        earlier = [s for s in self.states if s.order < floor]
        if earlier:
            later = [s for s in self.states if s.order >= floor]
            self.states = self._from(floor, earlier[-1], later, moment)
        begin = self.states[0].order
        kept = []
        for part in self._parts:
            if part.high >= begin:
                if part.low < begin and len(part.entries) > 1000:
                    part = _part(part.entries.take(np.flatnonzero(part.entries.entries["order"] >= begin)))
                kept.append(part)
        self._parts = kept

    def _from(self, floor: float, last: Kept, later: list[Kept], moment: Callable[[], Moment] | None) -> list[Kept]:
        """States from `floor` on. The first is that at `floor` whatever states were kept, so a restored ring has it."""
        if later and later[0].order == floor:
            return later
        if not self._any(last.order, floor):
            return [Kept(floor, last.moment), *later]
        if later and not self._any(floor, later[0].order):
            return [Kept(floor, later[0].moment), *later[1:]]
        if not later and moment is not None:
            return [Kept(floor, moment())]
        return [last, *later]

    def _any(self, low: float, high: float) -> bool:
        """Whether an entry that was taken in lies from `low` up to `high`."""
        for part in self._parts:
            if part.low < high and part.high >= low:
                e = part.entries.entries
                if bool(np.any((e["order"] >= low) & (e["order"] < high) & (e["waits"] == 0))):
                    return True
        return False


def due(order: float, now: float) -> bool:
    """Whether a state of that order is kept at `now`.

    >>> [g for g in range(100) if due(g, 99.5)]
    [0, 16, 32, 48, 64, 80, 88, 92, 96, 98, 99]
    """
    age = max(now - order, 0.0)
    apart = max((f for f in FINE if f <= age), default=1.0) if age < GRID_S else GRID_S
    return order % apart == 0


def _part(entries: Entries) -> Part:
    orders = entries.entries["order"]
    return Part(entries, float(orders.min()), float(orders.max()))
