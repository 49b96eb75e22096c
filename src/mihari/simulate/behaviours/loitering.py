"""Loitering: a vessel under way that hardly moves for long, away from the shore.

Definition: slower than 2 kn for at least `LOITERING_S` without a break, neither at anchor, moored nor fishing, more
than `LOITERING_SHORE` from land. Causes: waiting for a transfer, watching, waiting for orders. Innocent: a ship that
swings at its anchor, a fishing vessel that hauls its gear, a short stop.
Sources: Global Fishing Watch, pipe-loitering (hours of less than 2 kn joined; research uses 4 h, more than 20 NM from
shore, for satellites); RTEC (slow or stopped, not near coast, not anchored, 1,800 s). One hour lies between.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import (
    AT_ANCHOR,
    FISHING,
    LOITERING_KN,
    LOITERING_S,
    LOITERING_SHORE,
    Variants,
    in_window,
    is_slow,
    staged,
)
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import centred, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import creeping, roads, swinging
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.stage import Stage

BEND = 0.6  # rad from leg to leg at most: it turns now and then
MARGIN = 1.4  # of LOITERING_SHORE, where it begins: it stays outside however it drifts


def _lingering(scene: Scene, lasts: float, speeds_kn: tuple[float, float], below_kn: float) -> tuple[Actor, Event]:
    """A vessel that comes, creeps for `lasts` s below `below_kn`, and goes; how long is set right by measuring it."""
    begin = scene.begin(lasts + 300.0)
    kind = str(scene.rng.choice(["cargo", "tanker", "tug", "pleasure"]))
    cruise = scene.kn(*{"tug": (7, 10), "pleasure": (6, 9)}.get(kind, (9.5, 13)))
    slow = creeping(scene, lasts, *speeds_kn, BEND)
    place = scene.spot(margin=MARGIN * LOITERING_SHORE)
    seed = scene.seeds(1)[0]
    start = end = begin
    stay = lasts
    for _ in range(3):
        way = centred(legs(begin, place, *((c, v, t * stay / lasts) for c, v, t in slow)), place)
        path = scene.seeded(seed).voyage(way, kind, cruise)
        sailed = moved(path, scene.time)
        start, end = longest(sailed.speed < below_kn * KNOT, sailed.time)
        if abs(end - start - lasts) < 5.0:
            return Actor(kind, path, device="A", acts=(Act(0.0, status=0),)), Event("loitering", (0,), start, end)
        stay += lasts - (end - start)
    raise NoRoom("it does not stay as long as it should")


def _waiting(scene: Scene) -> Cast:
    actor, event = _lingering(scene, scene.beyond() * scene.threshold(LOITERING_S), (0.4, 1.8), LOITERING_KN)
    return Cast((actor,), in_window(scene, Event("loitering", (0,), event.start, event.end, note="waits at sea")))


def _short(scene: Scene) -> Cast:
    """Short of the definition in time, or not slow enough."""
    threshold, part = scene.threshold(LOITERING_S), scene.short()
    if scene.rng.random() < 0.5:
        lasts = part * threshold
        actor, event = _lingering(scene, lasts, (0.4, 1.8), LOITERING_KN)
        note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s"
    else:
        speed = LOITERING_KN / part
        actor, event = _lingering(scene, scene.beyond() * threshold, (speed, speed * 1.05), speed * 1.1)
        note = f"short of {LOITERING_KN:g} kn by {speed - LOITERING_KN:.1f} kn"
    return Cast((actor,), in_window(scene, Event("loitering", (0,), event.start, event.end, True, note)))


def _anchorage(scene: Scene) -> Cast:
    """A ship at anchor swings with wind and tide."""
    path = scene.path(swinging(scene, roads(scene)), "anchored")
    actor = Actor("anchored", path, device="A", acts=(Act(0.0, status=AT_ANCHOR),))
    event = Event("loitering", (0,), scene.call.start, scene.end, True, "swings at anchor")
    return Cast((actor,), (event,))


def _hauling(scene: Scene) -> Cast:
    """A fishing vessel hauls its gear at 1 to 1.8 kn and says that it fishes."""
    lasts = scene.beyond() * scene.threshold(LOITERING_S)
    begin = scene.begin(lasts + 300.0)
    place = scene.spot(margin=MARGIN * LOITERING_SHORE)
    way = centred(legs(begin, place, *creeping(scene, lasts, 1.0, 1.8, BEND)), place)
    path = scene.voyage(way, "fishing", scene.kn(5, 8))
    sailed = moved(path, scene.time)
    start, end = longest(is_slow(sailed), sailed.time)
    actor = Actor("fishing", path, device="A", acts=(Act(0.0, status=FISHING),))
    return Cast((actor,), in_window(scene, Event("loitering", (0,), start, end, True, "hauls its fishing gear")))


REAL: Variants = {"waiting": _waiting}
ALIKE: Variants = {"short": _short, "anchorage": _anchorage, "fishing": _hauling}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that loiters, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
