"""Ships that converge -> the definitions of two vessels that ask for it, of those pairs alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.language import Definitions, evaluate
from mihari.behaviours.ledger import Ledger
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.pairs import Company
from mihari.behaviours.pairs.converging import LARGE_M, LEVELS, Converging, name_of, pair_of
from mihari.behaviours.scene import Scene, beside
from mihari.core.behaviour import Standing, mmsi_of
from mihari.core.columns import Array

KINDS = ("collision", "collision_close")  # in the order of LEVELS
EVERY_S = 60  # of data, as the grid


@dataclass(frozen=True)
class Meeting(Scene):
    """A scene whose pairs are chosen (rows of its vessels), each with a timeline of how it converges."""

    chosen: Array | None = None
    converges: Timelines | None = None

    @property
    def pairs(self) -> Array:
        """(n, 2) rows of vessels."""
        assert self.chosen is not None
        return self.chosen

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding, by row of vessel or of pair."""
        if name in LEVELS and self.converges is not None:
            return self.converges
        return super().timelines(name, words)


class Collisions:
    """Looks once a minute of data."""

    def __init__(self, memory: Memory, company: Company, names: Names, definitions: Definitions) -> None:
        self._memory, self._names, self._definitions = memory, names, definitions
        self._converging = Converging(company)
        self._looked = 0

    def find(self, scene: Scene, ledger: Ledger) -> Iterator[tuple[str, Meeting, Timelines]]:
        """(kind, the pairs that may have changed, when each kind holds), at the time of the scene."""
        if 0 <= scene.now - self._looked < EVERY_S:
            return
        self._looked = scene.now
        changed = np.array(self._converging.look(self._large()), np.int64)
        for level, kind in enumerate(KINDS):
            going = self._going(ledger, kind, level)
            names = np.union1d(changed[changed & 1 == level], going)
            if kind in self._definitions.definitions and len(names):
                meeting = self._meeting(scene, names)
                yield kind, meeting, evaluate(self._definitions, meeting, only=[kind])[kind]

    def _large(self) -> Array:
        """Slots of the vessels that tell a length of 50 m or more."""
        lengths = [self._names.of(mmsi_of(key)).length for key in self._memory.keys.tolist()]
        return np.flatnonzero(np.array(lengths) >= LARGE_M)

    def _going(self, ledger: Ledger, kind: str, level: int) -> Array:
        """Names of the pairs of which a kind goes on: they may have ended in silence."""
        live = [
            sorted(self._memory.slots[key] for key in subject)
            for subject, entries in ledger.holding(kind).items()
            if any(e.standing is Standing.GOING_ON for e in entries)
        ]
        return name_of(np.array(live, np.int64).reshape(-1, 2), level)

    def _meeting(self, scene: Scene, names: Array) -> Meeting:
        pairs = pair_of(names)
        slots = np.unique(pairs)
        told = self._converging.timelines(names.tolist())
        own = beside(scene) | {"slots": slots, "company_rows": np.zeros(0, np.int64)}
        return Meeting(**own, chosen=np.searchsorted(slots, pairs), converges=told)
