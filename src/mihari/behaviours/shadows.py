"""Places every ten minutes -> pairs of which one keeps its place by the other, and turns when the other does.

Leaders and followers as Andersson, Gudmundsson, Laube, Wolle (GeoInformatica 12, 2008) define them: near each other,
of one direction, for long. Two ships on one route do that by chance; they do not turn together again and again. What
holds at a look follows from the grid of places; a look whose places have changed is looked at anew, so the order of
arrival says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mihari.behaviours.algebra import OPEN, Timelines
from mihari.behaviours.language import Definitions, evaluate
from mihari.behaviours.ledger import Ledger
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.pairs import Company
from mihari.behaviours.pairs.alongside import alongside
from mihari.behaviours.pairs.closest import sums
from mihari.behaviours.scene import FOLLOWING, Scene, beside
from mihari.behaviours.telling import called
from mihari.core.behaviour import Behaviour
from mihari.core.columns import Array
from mihari.core.units import KNOT, NAUTICAL_MILE

KIND = "shadowing"
EVERY_S = 600  # of data between two looks: at 1 NM a vessel that only sails by has come apart by then
LAG_S = 480  # a place between two samples up to 7 min apart is known when the second has come
SPEED_S = 300  # over which speed and course are taken: fixes good to 10 m give them to 0.1 kn and 1°
NEAR_M, FAR_M = 463.0, 2 * NAUTICAL_MILE  # 0.25 NM: nearer are tows, pairs that trawl, ships that meet. Ours
SLOWEST_MPS = 5 * KNOT  # slower ones tow, fish or drift together
ALIKE_RAD = np.radians(20.0)  # between the courses. Ours
MOVED = 0.15  # of the distance: so much the place by the other may change from look to look; 0.9 kn at 1 NM. Ours
TURN_LOOKS = 3  # half an hour: a ship astern turns minutes after the one ahead
TURNED_RAD = np.radians(30.0)  # common course, over that time; what yaws or drifts changes less. Ours
KEPT = 0.25  # of the distance: so much it may differ before and after a turn. Ours
ABEAM = 0.5  # of the distance: less of it along the course, and neither is astern
NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True)
class Look:
    """Pairs that sail alike at a time: names (slots a, b as a << 32 | b) ascending; told: as `alongside`; their sum."""

    names: Array
    told: Array
    known: int  # a sum over the places it rests on


@dataclass(frozen=True)
class Followed(Scene):
    """A scene whose pairs are chosen (rows of its vessels), each with timelines of how it sails."""

    chosen: Array | None = None
    sails: tuple[Timelines, ...] = ()  # in the order of FOLLOWING

    @property
    def pairs(self) -> Array:
        """(n, 2) rows of vessels."""
        assert self.chosen is not None
        return self.chosen

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding, by row of vessel or of pair."""
        return self.sails[FOLLOWING.index(name)] if name in FOLLOWING else super().timelines(name, words)


class Shadows:
    """Looks every ten minutes of data. `follows` and `turns`: time of a look -> names of pairs in it."""

    def __init__(self, memory: Memory, company: Company, definitions: Definitions) -> None:
        self._memory, self._company, self._definitions = memory, company, definitions
        self.looks: dict[int, Look] = {}
        self.follows: dict[int, Array] = {}
        self.turns: dict[int, Array] = {}
        self._newest = 0
        self._out = np.zeros((4096, 2), np.int64), np.zeros((4096, 3))

    def find(
        self, now: int, ledger: Ledger, scene: Callable[[Memory, Array], Scene]
    ) -> tuple[Followed, Timelines] | None:
        """The pairs that have turned together, or of which it goes on, and when the definition holds."""
        newest = (now - LAG_S) // EVERY_S * EVERY_S
        if newest == self._newest or KIND not in self._definitions.definitions:
            return None
        self._newest = max(newest, self._newest)
        self._look()
        names = np.union1d(self._twice(), self._told(ledger))
        if len(names) == 0:
            return None
        pairs = np.stack([names >> 32, names & 0xFFFFFFFF], axis=1)
        slots = np.unique(pairs)
        own = beside(scene(self._memory, slots))
        sails = (self._timelines(self.follows, names, EVERY_S), self._timelines(self.turns, names, self._turn_s))
        followed = Followed(**own, chosen=np.searchsorted(slots, pairs), sails=sails)
        return followed, evaluate(self._definitions, followed, only=[KIND])[KIND]

    def told(self, b: Behaviour, names: Names) -> Behaviour:
        """With how far they are apart, and who keeps astern, by the looks of the last hours."""
        a, c = (self._memory.slots.get(key, -1) for key in b.vessels)
        name, sign = min(a, c) << 32 | max(a, c), 1.0 if a < c else -1.0
        end = b.evidence.last
        here = [look.told[look.names == name] for t, look in self.looks.items() if b.start <= t <= end]
        told = np.concatenate([np.zeros((0, 3)), *here])
        if len(told) == 0:
            return b
        apart, along = float(np.median(np.hypot(told[:, 0], told[:, 1]))), sign * float(np.median(told[:, 0]))
        astern = b.vessels[0] if along > 0 else b.vessels[1]
        abeam = abs(along) < ABEAM * apart
        who = "abeam" if abeam else called(astern, names)
        facts = {**b.evidence.facts, "apart_nm": round(apart / NAUTICAL_MILE, 2), "astern": who}
        return replace(b, evidence=replace(b.evidence, facts=facts))

    def accompanied(self, slots: Array) -> Timelines:
        """By row of slots: when another vessel kept its place by it, or it by another, from look to look."""
        rows = [np.zeros((0, 2), np.int64)]
        for t, names in self.follows.items():
            here = np.flatnonzero(np.isin(slots, np.concatenate([names >> 32, names & 0xFFFFFFFF])))
            rows.append(np.column_stack([here, np.full(len(here), t)]))
        key, t = np.concatenate(rows).T
        return Timelines.made(key, t - EVERY_S, t, join=True)

    def forget(self, before: int) -> None:
        """Let go of looks before, UTC s."""
        for looks in (self.follows, self.turns):
            for time in [t for t in looks if t < before]:
                del looks[time]

    def state(self) -> dict[str, Any]:
        """As arrays and JSON values."""
        told = {name: _flat(looks) for name, looks in (("follows", self.follows), ("turns", self.turns))}
        return {"newest": self._newest, **told}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else; the grid has been restored before."""
        self._newest = state["newest"]
        self.follows, self.turns = ({int(t): flat[flat[:, 0] == t, 1] for t in np.unique(flat[:, 0]).tolist()}
                                      for flat in (state["follows"], state["turns"]))  # fmt: skip
        self._look()

    @property
    def _turn_s(self) -> int:
        return TURN_LOOKS * EVERY_S

    def _look(self) -> None:
        """Look at the times that are new or changed; of those more than six hours ago nothing changes any more."""
        grid, every = self._company.grid, self._company.pace.every_s
        known = sums(grid, np.arange(len(self._memory)))
        oldest = self._newest - self._memory.pace.revise_s + EVERY_S
        times = [t for t in range(oldest // EVERY_S * EVERY_S, self._newest + 1, EVERY_S) if t >= oldest]
        changed = set()
        for t in times:
            at, before = (t // every) % len(grid.times), ((t - SPEED_S) // every) % len(grid.times)
            if grid.times[at] != t or grid.times[before] != t - SPEED_S:
                continue
            total = hash((int(known[at]), int(known[before])))
            if t not in self.looks or self.looks[t].known != total:
                self.looks[t] = self._found(at, before, total)
                changed.add(t)
        for t in times:
            if changed & {t, t - EVERY_S, t - self._turn_s}:
                self.compare(t, oldest)
        for t in [t for t in self.looks if t < oldest]:
            del self.looks[t]

    def _found(self, at: int, before: int, known: int) -> Look:
        limits = NEAR_M, FAR_M, SLOWEST_MPS, ALIKE_RAD
        while True:
            pairs, told = self._out
            count = len(self._memory)
            n = alongside(self._company.grid, at, before, float(SPEED_S), count, limits, pairs, told)
            if n <= len(pairs):
                break
            self._out = np.zeros((2 * n, 2), np.int64), np.zeros((2 * n, 3))
        names = pairs[:n, 0] << 32 | pairs[:n, 1]
        order = np.argsort(names)
        return Look(names[order], told[:n][order], known)

    def compare(self, t: int, oldest: int) -> None:
        """Who follows whom since the look before, and who has turned together since three looks before."""
        if t - EVERY_S >= oldest:
            names, a, b = self._both(t - EVERY_S, t)
            moved = np.hypot(*(b[:, :2] - a[:, :2]).T)
            self._put(self.follows, t, names[moved <= MOVED * np.hypot(b[:, 0], b[:, 1])])
        if t - self._turn_s >= oldest:
            names, a, b = self._both(t - self._turn_s, t)
            was, now = np.hypot(a[:, 0], a[:, 1]), np.hypot(b[:, 0], b[:, 1])
            turned = np.abs((b[:, 2] - a[:, 2] + np.pi) % (2 * np.pi) - np.pi)
            self._put(self.turns, t, names[(turned >= TURNED_RAD) & (np.abs(now - was) <= KEPT * was)])

    def _both(self, first: int, second: int) -> tuple[Array, Array, Array]:
        """Names of the pairs in both looks, and what is told of them in each."""
        a, b = self.looks.get(first), self.looks.get(second)
        if a is None or b is None:
            return NOBODY, np.zeros((0, 3)), np.zeros((0, 3))
        names, i, j = np.intersect1d(a.names, b.names, assume_unique=True, return_indices=True)
        return names, a.told[i], b.told[j]

    def _put(self, looks: dict[int, Array], t: int, names: Array) -> None:
        if len(names):
            looks[t] = names
        else:
            looks.pop(t, None)

    def _timelines(self, looks: dict[int, Array], names: Array, seconds: int) -> Timelines:
        """By row of names: the time before each look they are in; the newest look holds until they are heard last."""
        rows = [(row, t) for t, here in looks.items() for row in np.flatnonzero(np.isin(names, here)).tolist()]
        told = np.array(rows, np.int64).reshape(-1, 2)
        key, t = told[:, 0], told[:, 1]
        heard = self._memory.heard()
        last = np.minimum(heard[names[key] >> 32], heard[names[key] & 0xFFFFFFFF])
        end = np.where(t == self._newest, np.maximum(last, t), t)
        return Timelines.made(key, t - seconds, end, join=True)

    def _twice(self) -> Array:
        """Names of the pairs that turned together at looks so far apart that it was not the same turn."""
        turned = _flat(self.turns)
        names, whose = np.unique(turned[:, 1], return_inverse=True)
        first, last = np.full(len(names), OPEN), np.zeros(len(names), np.int64)
        np.minimum.at(first, whose, turned[:, 0])
        np.maximum.at(last, whose, turned[:, 0])
        return np.asarray(names[last - first > self._turn_s])

    def _told(self, ledger: Ledger) -> Array:
        """Names of the pairs that were told: it may have ended, or not have been."""
        told = [sorted(self._memory.slots[key] for key in subject) for subject in ledger.holding(KIND)]
        return np.array([a << 32 | b for a, b in told], np.int64)


def _flat(looks: dict[int, Array]) -> Array:
    """(n, 2) time and name."""
    parts = [np.column_stack([np.full(len(names), t), names]) for t, names in sorted(looks.items())]
    return np.concatenate([np.zeros((0, 2), np.int64), *parts])
