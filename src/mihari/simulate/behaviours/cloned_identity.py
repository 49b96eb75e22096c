"""Cloned identity: two vessels tell one MMSI at the same time.

Definition: one MMSI is told from two places more than `APART_M` apart, for at least `CLONED_S`. Causes: hiding behind
an honest vessel's name; one licence for many boats. Innocent: devices in which no MMSI was ever typed, a number typed
wrong and soon put right.
Sources: Global Fishing Watch, pipe-segment (segments of one MMSI that overlap in time) and gpsdio-segment (25 kn at
most between two places); ITU-R M.585 (what an MMSI is). The figures are ours: one ship cannot be in both places.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import Variants, in_window, staged
from mihari.simulate.behaviours.measure import apart, moved
from mihari.simulate.behaviours.points import legs, whole
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage

CLONED_S = 600.0
APART_M = 2.0 * NAUTICAL_MILE
NEVER_TYPED = (111111111, 123456789, 999999999, 888888888)  # numbers that are met in devices nobody has set up


def _two(scene: Scene, lasts: float) -> tuple[tuple[str, Path], tuple[str, Path], float]:
    """Two vessels under way far from each other, and when it begins."""
    begin = scene.begin(lasts)
    made = []
    for _ in range(2):
        kind = str(scene.rng.choice(["cargo", "tanker", "fishing"]))
        cruise = scene.kn(7, 9) if kind == "fishing" else scene.kn(9.5, 13)
        course = scene.course()
        way = legs(begin, scene.spot(), (course, cruise, lasts))
        made.append((kind, scene.voyage(way, kind, cruise, course, course)))
    during = np.arange(begin, begin + lasts + 1.0)
    if apart(moved(made[0][1], during), moved(made[1][1], during)).min() < 1.03 * APART_M:
        raise NoRoom("the two come too near to each other")
    return made[0], made[1], begin


def _cloned(scene: Scene, part: float) -> Cast:
    """The second takes the first one's identity for `part` of the threshold, and then its own again."""
    threshold = scene.threshold(CLONED_S)
    lasts = whole(part * threshold)
    honest, clone, begin = _two(scene, lasts)
    act = Act(begin, begin + lasts, identity=0)
    note = "the second tells the first one's identity"
    if part < 1:
        note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s: typed wrong and put right"
    actors = (Actor(*honest, device="A"), Actor(*clone, device="A", acts=(act,)))
    return Cast(actors, in_window(scene, Event("cloned_identity", (0, 1), begin, begin + lasts, part < 1, note)))


def _clone(scene: Scene) -> Cast:
    return _cloned(scene, scene.beyond())


def _short(scene: Scene) -> Cast:
    return _cloned(scene, scene.short())


def _never_typed(scene: Scene) -> Cast:
    """Two boats whose devices nobody has set up."""
    first, second, _ = _two(scene, 2 * scene.threshold(CLONED_S))
    mmsi = int(scene.rng.choice(NEVER_TYPED))
    act = Act(0.0, identity=2)
    actors = (
        Actor(*first, device="A", acts=(act,)),
        Actor(*second, device="A", acts=(act,)),
        Actor(*first, device="A", mmsi=mmsi, name="", ghost=True),
    )
    note = f"both tell {mmsi}: no MMSI was ever typed in"
    return Cast(actors, (Event("cloned_identity", (0, 1), scene.call.start, scene.end, True, note),))


REAL: Variants = {"clone": _clone}
ALIKE: Variants = {"short": _short, "never typed in": _never_typed}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """Two vessels of one name, or seemingly."""
    return staged(stage, rng, call, REAL, ALIKE)
