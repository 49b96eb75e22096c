"""Dash for the coast: a small boat without AIS runs fast and straight from the open sea to the shore.

Definition: at least `FAST_KN` for at least `RUN_S`, the shore coming nearer by four fifths of the way made or more, by
a boat that tells no AIS, from more than `OFF_SHORE` off. Causes: smuggling, landing people unseen. Innocent: pleasure
craft that run along the coast, a pilot boat on its way home, a boat that is not that fast.
Sources: RTEC (high speed near coast from 5 kn, far too many of them); the figures are ours: go-fast boats make 25 kn
and more loaded (judgement).
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import DEGREE, KNOT, NAUTICAL_MILE
from mihari.simulate.behaviours.contract import Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import OPEN_WATER, NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.stage import Stage
from mihari.simulate.ways import Floats

FAST_KN = 20.0
FASTEST_KN = 40.0
RUN_S = 300.0
OFF_SHORE = 3.0 * NAUTICAL_MILE
LANDING = 400.0  # m to land, where it lies afterwards
LOOK_M, LOOK_STEP_M = 25 * NAUTICAL_MILE, 200.0  # how far the land is looked for, and in which steps


def _shore(scene: Scene, place: Floats) -> tuple[float, float]:
    """Bearing of and distance to the nearest land."""
    bearing = np.arange(72) * (5 * DEGREE)
    out = np.arange(LOOK_STEP_M, LOOK_M, LOOK_STEP_M)
    x = place[0] + out[:, None] * np.sin(bearing)
    y = place[1] + out[:, None] * np.cos(bearing)
    land = scene.stage.on_land(*scene.degrees(x, y))
    if not land.any():
        raise NoRoom("no land is within 25 NM")
    first = np.where(land.any(axis=0), land.argmax(axis=0), len(out))
    nearest = int(first.argmin())
    return float(bearing[nearest]), float(out[first[nearest]])


def _ashore(scene: Scene, speed: float, kind: str, device: str) -> tuple[Actor, tuple[float, float], float]:
    """A boat that waits outside and runs for the nearest shore; when it ran, and from how far off."""
    place = scene.spot(margin=1.1 * OFF_SHORE)
    bearing, away = _shore(scene, place)
    run = (away - LANDING) / speed
    begin = scene.begin(run + 120.0)
    way = legs(begin, place, (bearing, speed, run))
    before = scene.lead_in(way[0], scene.kn(4, 7), bearing + scene.rng.uniform(-0.5, 0.5))
    rest = np.array([[max(scene.stage.duration + 120.0, way[-1, 0] + 600.0), *way[-1, 1:]]])
    path = scene.path(np.vstack([before, way, rest]), kind)
    sailed = moved(path, scene.time)
    ran = longest(sailed.speed > 0.9 * speed, sailed.time)
    return Actor(kind, path, device=device), ran, away


def _dash(scene: Scene, low: float, high: float, innocent: bool, note: str) -> Cast:
    speed = scene.kn(low, high)
    actor, _, away = _ashore(scene, speed, "boat", "")
    sailed = moved(actor.path, scene.time)
    fast = longest(sailed.speed > (FAST_KN * KNOT if not innocent else 0.9 * speed), sailed.time)
    clear(fast[1] - fast[0], scene.threshold(RUN_S), False)
    note = note or f"short of {FAST_KN:g} kn by {FAST_KN - speed / KNOT:.1f} kn"
    told = f"{note}, from {away / NAUTICAL_MILE:.1f} NM off"
    return Cast((actor,), in_window(scene, Event("dash", (0,), *fast, innocent, told)))


def _runs(scene: Scene) -> Cast:
    return _dash(scene, 1.25 * FAST_KN, FASTEST_KN, False, "runs for the shore without AIS")


def _short(scene: Scene) -> Cast:
    part = scene.short()
    return _dash(scene, part * FAST_KN, part * FAST_KN, True, "")


def _along(scene: Scene) -> Cast:
    """A fast pleasure boat that keeps its distance to the shore."""
    speed, lasts = scene.kn(21, 27), scene.beyond() * scene.threshold(RUN_S)
    begin = scene.begin(lasts + 120.0)
    place = scene.spot(lambda lat, lon: ~scene.stage.wet(lat, lon, 2 * OFF_SHORE), 2 * OPEN_WATER)
    bearing, _ = _shore(scene, place)
    course = bearing + float(scene.rng.choice([-0.5, 0.5])) * math.pi
    way = legs(begin, place, (course, speed, lasts))
    path = scene.voyage(way, "boat", scene.kn(6, 12), course, course)
    _, before = _shore(scene, place)
    _, after = _shore(scene, way[-1, 1:])
    if before - after > 0.5 * speed * lasts:
        raise NoRoom("the coast bends towards it")
    sailed = moved(path, scene.time)
    fast = longest(sailed.speed > FAST_KN * KNOT, sailed.time)
    event = Event("dash", (0,), *fast, True, "runs along the coast, not towards it")
    return Cast((Actor("boat", path, device=""),), in_window(scene, event))


def _pilot(scene: Scene) -> Cast:
    """A pilot boat runs home; its AIS says who it is."""
    actor, ran, _ = _ashore(scene, scene.kn(21, 25), "pilot", "A")
    return Cast((actor,), in_window(scene, Event("dash", (0,), *ran, True, "a pilot boat runs home, with its AIS on")))


REAL: Variants = {"runs": _runs}
ALIKE: Variants = {"short": _short, "along the coast": _along, "pilot boat": _pilot}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One boat that dashes for the coast, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
