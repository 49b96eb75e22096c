"""Drifting: a ship whose engine has failed goes where wind and current take it.

Definition: a ship of `LONGEST_BOAT_M` or more makes 1 to 5 kn over ground while its heading and its course differ by
more than `CRAB`, for at least `ADRIFT_S` and `ADRIFT_M`. Causes: engine or rudder failure, a broken tow, a parted
anchor chain. Innocent: a fishing vessel that hauls its gear beam-on, a ship that crabs in a current, a short stop.
Sources: Danish Maritime Authority, AisAbnormal (1 to 5 kn, 45°, 10 min, 500 m, 50 m long); AMSA, DriftDetector (45° to
135°, 0.25 to 20 kn); RTEC (adrift from 40°).
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import DEGREE, KNOT
from mihari.simulate.behaviours.contract import FISHING, Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import Bools, between_courses, longest, moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage

ADRIFT_KN = (1.0, 5.0)
CRAB = 45 * DEGREE
ADRIFT_S = 600.0
ADRIFT_M = 500.0
LONGEST_BOAT_M = 50.0
NOT_UNDER_COMMAND = 2  # navigation status, M.1371-5 table 47
SLOWING_S = 420.0  # a ship of 150 m loses its way in about this time


def _adrift(scene: Scene, path: Path, heading: float, start: float, end: float, crab: float = CRAB) -> Bools:
    """When speed and crab angle are those of a drift, while it tells this heading."""
    sailed = moved(path, scene.time)
    drifts = (sailed.speed > ADRIFT_KN[0] * KNOT) & (sailed.speed < ADRIFT_KN[1] * KNOT)
    told = (scene.time >= start) & (scene.time < end)
    return np.asarray(drifts & told & (between_courses(sailed.course, heading) > crab))


def _failing(scene: Scene, lasts: float, crab: float, innocent: bool, note: str, below: float) -> Cast:
    """The engine stops, the ship loses its way and is set aside; after `lasts` s of drift it gets going again."""
    rng = scene.rng
    begin = scene.begin(lasts + SLOWING_S + 300.0)
    kind, course = str(rng.choice(["cargo", "tanker"])), scene.course()
    drift, cruise, slow = course + crab, scene.kn(9.5, 12), scene.kn(1.9, 3.0)
    place, seed, stay, found = scene.spot(), scene.seeds(1)[0], lasts, (0.0, 0.0)
    off = begin + 60.0
    for _ in range(3):
        slowing = (course + crab / 4, 0.5 * cruise, SLOWING_S / 2), (course + crab / 2, 0.3 * cruise, SLOWING_S / 2)
        way = legs(begin, place, (course, cruise, 120.0), *slowing, (drift, slow, stay))
        path = scene.seeded(seed).voyage(way, kind, cruise, course, course + crab / 3)
        end = float(np.floor(way[-1, 0]))
        found = longest(_adrift(scene, path, course, off, end, below), scene.time)
        stay += lasts - (found[1] - found[0])
    clear(found[1] - found[0], scene.threshold(ADRIFT_S), innocent and lasts < scene.threshold(ADRIFT_S))
    acts = (Act(off, end, heading=course % (2 * np.pi)), Act(off + 90.0, end, status=NOT_UNDER_COMMAND))
    actor = Actor(kind, path, float(rng.uniform(80, 180)), "A", acts=acts)
    return Cast((actor,), in_window(scene, Event("drifting", (0,), *found, innocent, note)))


def _engine(scene: Scene) -> Cast:
    lasts, side = scene.beyond() * scene.threshold(ADRIFT_S), float(scene.rng.choice([-1.0, 1.0]))
    crab = side * scene.rng.uniform(70, 120) * DEGREE
    return _failing(scene, lasts, crab, False, "its engine has failed", CRAB)


def _short(scene: Scene) -> Cast:
    """Adrift too short a time, or not enough aside."""
    threshold, part = scene.threshold(ADRIFT_S), scene.short()
    side = float(scene.rng.choice([-1.0, 1.0]))
    if scene.rng.random() < 0.5:
        lasts = part * threshold
        note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s"
        return _failing(scene, lasts, side * scene.rng.uniform(70, 120) * DEGREE, True, note, CRAB)
    crab = CRAB * part
    note = f"short of {CRAB / DEGREE:.0f}° between heading and course by {(CRAB - crab) / DEGREE:.0f}°"
    return _failing(scene, scene.beyond() * threshold, side * crab, True, note, 0.9 * crab)


def _hauling(scene: Scene) -> Cast:
    """A fishing vessel lies beam-on to its gear."""
    lasts = scene.beyond() * scene.threshold(ADRIFT_S)
    begin = scene.begin(lasts + 300.0)
    course, side = scene.course(), float(scene.rng.choice([-1.0, 1.0]))
    heading = course + side * scene.rng.uniform(60, 110) * DEGREE
    way = legs(begin, scene.spot(), (course, scene.kn(1.3, 2.4), lasts + 300.0))
    path = scene.voyage(way, "fishing", scene.kn(5, 8))
    start, end = begin + 60.0, float(np.floor(begin + lasts + 240.0))
    found = longest(_adrift(scene, path, heading, start, end), scene.time)
    acts = (Act(0.0, status=FISHING), Act(start, end, heading=heading % (2 * np.pi)))
    actor = Actor("fishing", path, float(scene.rng.uniform(18, 32)), "A", acts=acts)
    event = Event("drifting", (0,), *found, True, "a fishing vessel hauls beam-on")
    return Cast((actor,), in_window(scene, event))


REAL: Variants = {"engine failure": _engine}
ALIKE: Variants = {"short": _short, "hauling": _hauling}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that drifts, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
