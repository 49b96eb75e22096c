"""Distress: a vessel stops, and a search and rescue transmitter calls from it.

Definition: position reports with an MMSI of 970, 972 or 974 (AIS-SART, person overboard, EPIRB-AIS) and navigation
status 14 (active), for at least `CALLS_S`. Causes: sinking, fire, a person overboard. Innocent: a test (status 15), a
transmitter set off by mistake and switched off.
Sources: ITU-R M.1371-5 annex 8 table 47 (status 14 and 15) and annex 9; ITU-R M.585 annex 2 (970, 972, 974); IEC
61097-14 (a burst of eight messages a minute while active, a test is one burst). `CALLS_S` is five bursts: longer than
a test, shorter than help takes.
"""

from __future__ import annotations

import numpy as np

from mihari.simulate.behaviours.contract import Variants, in_window, staged
from mihari.simulate.behaviours.points import legs, whole
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.stage import Stage

CALLS_S = 300.0
TEST_S = 60.0
SART, EPIRB = 970, 974
ACTIVE, TESTED = 14, 15  # navigation status
TOWED_KN = (3.0, 5.0)


def _number(scene: Scene) -> int:
    """Of a transmitter: 970 or 974, two digits of the maker, four of the set (M.585)."""
    first = int(scene.rng.choice([SART, EPIRB]))
    return first * 1_000_000 + int(scene.rng.integers(1, 100)) * 10_000 + int(scene.rng.integers(10_000))


def _beside(actor: Actor, mmsi: int) -> Actor:
    """The transmitter aboard: it lends its number to the vessel's place."""
    return Actor(actor.kind, actor.path, device="A", mmsi=mmsi, name="", ghost=True)


def _sinking(scene: Scene) -> Cast:
    """Its own AIS dies, a transmitter calls from where it lies, and later it is towed home in silence."""
    rng = scene.rng
    calls = whole(scene.beyond() * scene.threshold(CALLS_S))
    waits = whole(rng.uniform(120, 400))  # from stopping to calling
    begin = scene.begin(waits + calls + 600.0)
    kind = str(rng.choice(["fishing", "pleasure", "cargo"]))
    cruise = {"fishing": scene.kn(6, 9), "pleasure": scene.kn(5, 9)}.get(kind, scene.kn(9.5, 13))
    course, drift = scene.course(), scene.course()
    lies = waits + calls + 300.0
    tow = (scene.course(), scene.kn(*TOWED_KN), 600.0)
    way = legs(begin, scene.spot(), (course, cruise, 300.0), (drift, scene.kn(0.3, 1.2), lies), tow)
    path = scene.voyage(way, kind, scene.kn(*TOWED_KN) if kind == "pleasure" else cruise, course, tow[0])
    start = begin + 300.0 + waits
    acts = (
        Act(start - waits / 2, start, silent=True),
        Act(start, start + calls, identity=1, status=ACTIVE),
        Act(start + calls, silent=True),
    )
    actor = Actor(kind, path, device="A", acts=acts)
    event = Event("distress", (0,), start, start + calls, note="calls for help")
    return Cast((actor, _beside(actor, _number(scene))), in_window(scene, event))


def _mistake(scene: Scene, lasts: float, status: int, note: str) -> Cast:
    """A vessel under way whose transmitter speaks for a while."""
    begin = scene.begin(lasts + 60.0)
    course, cruise = scene.course(), scene.kn(6, 9)
    way = legs(begin, scene.spot(), (course, cruise, lasts + 60.0))
    path = scene.voyage(way, "fishing", cruise, course, course)
    actor = Actor("fishing", path, device="A", acts=(Act(begin, begin + lasts, identity=1, status=status),))
    event = Event("distress", (0,), begin, begin + lasts, True, note)
    return Cast((actor, _beside(actor, _number(scene))), in_window(scene, event))


def _short(scene: Scene) -> Cast:
    threshold = scene.threshold(CALLS_S)
    lasts = whole(scene.short() * threshold)
    note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s: set off by mistake, the vessel sails on"
    return _mistake(scene, lasts, ACTIVE, note)


def _test(scene: Scene) -> Cast:
    return _mistake(scene, TEST_S, TESTED, "a test of the transmitter")


REAL: Variants = {"sinking": _sinking}
ALIKE: Variants = {"short": _short, "test": _test}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel in distress, or seemingly."""
    return staged(stage, rng, call, REAL, ALIKE)
