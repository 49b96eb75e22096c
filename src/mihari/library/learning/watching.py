"""A case -> what the engine knows of its vessels when it ends: the facts that conditions are asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from mihari.behaviours.algebra import Timelines
from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Definitions, evaluate, parse
from mihari.behaviours.memory import Pace
from mihari.behaviours.scene import VOCABULARY, Scene
from mihari.core.columns import Array
from mihari.library.cases import Case
from mihari.library.grounds import Grounds
from mihari.library.learning.variants import silenced
from mihari.library.taking import taken_in

REVISED_S = 86_400  # measures of a whole case, not of its last six hours alone


@dataclass(frozen=True, slots=True)
class Watched:
    """A case and its scene: vessels and pairs in rows."""

    case: Case
    scene: Scene

    @property
    def own(self) -> Array:
        """(vessels,) whether the case is about it."""
        return np.isin(self.scene.keys, self.case.vessels)

    @property
    def pairs_own(self) -> Array:
        """(pairs,) whether the case is about both."""
        return np.asarray(self.own[self.scene.pairs].all(axis=1))

    def when(self, definitions: Definitions) -> Mapping[str, Timelines]:
        """When each definition holds, by row of vessel or pair; what goes on ends with the case."""
        now = self.scene.now
        found = evaluate(definitions, self.scene, now=now)
        return {name: t.replace(end=np.minimum(t.end, now)) for name, t in found.items()}


def watched(case: Case) -> Watched:
    """All of a case taken in, as its proof does it."""
    engine = Engine(Grounds(case.rows), _quiet(), Pace(revise_s=REVISED_S))
    for _ in taken_in(engine, case):
        pass
    engine.step(case.last + 1.0)
    return Watched(case, _scene(engine, int(case.last) + 1))


def _scene(engine: Engine, now: int) -> Scene:
    """All vessels that the engine remembers, and the pairs among them."""
    slots = np.arange(len(engine.memory))
    finder = engine.finder
    return Scene(
        engine.memory, engine.company, engine.names, engine.places, engine.reception, engine.rolls, engine.succession,
        slots, engine.company.of_vessels(slots), now, finder.jamming.timelines, engine.lists,
        finder.circles.timelines, finder.shadows.accompanied,
    )  # fmt: skip


@cache
def _quiet() -> Definitions:
    """What comes with the program, told of to nobody."""
    return silenced(built_in())


def asked(conditions: Mapping[str, str], vessels: str) -> Definitions:
    """Definitions of conditions by a name each, of `v` or of `a, b`.

    >>> list(asked({"one": "slow(v)", "two": "slow(v) and category(v) is tanker"}, "v").definitions)
    ['one', 'two']
    """
    text = "\n".join(f"{name}({vessels}) = {condition}" for name, condition in conditions.items())
    return parse(text, "conditions", VOCABULARY)
