"""Changed identity: a vessel under way at sea begins to tell another MMSI and name.

Definition: under way (`UNDER_WAY_KN` or more), more than `OFF_SHORE` from land, it tells another MMSI than before for
at least `CHANGED_S`. Causes: a second set of papers, shaking off who follows. Innocent: a number typed wrong and soon
put right; a vessel sold or reflagged, whose MMSI is typed anew in port.
Sources: Global Fishing Watch, identity records (Park et al. 2023, Science Advances 9: changes of identity and flag);
ITU-R M.585 (the number belongs to vessel and flag, changes happen ashore). The figures are ours.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import MOORED, Variants, in_window, staged
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import legs, whole
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.stage import SHORE_MARGIN, Stage

CHANGED_S = 600.0
UNDER_WAY_KN = 3.0
OFF_SHORE = 1.0 * NAUTICAL_MILE
QUAY = 1500.0  # m to land: as near as the coastline's data let a vessel lie


def _changed(scene: Scene, part: float) -> Cast:
    """Another name for `part` of the threshold, then the first one again."""
    threshold = scene.threshold(CHANGED_S)
    lasts = whole(part * threshold)
    begin = scene.begin(lasts)
    kind = str(scene.rng.choice(["cargo", "tanker", "fishing"]))
    cruise = scene.kn(7, 9) if kind == "fishing" else scene.kn(9.5, 13)
    course = scene.course()
    way = legs(begin, scene.spot(margin=1.2 * OFF_SHORE), (course, cruise, lasts))
    path = scene.voyage(way, kind, cruise, course, course)
    there = moved(path, np.linspace(begin, begin + lasts, 50))
    if not scene.stage.wet(there.lat_deg, there.lon_deg, 1.1 * OFF_SHORE).all():
        raise NoRoom("it comes too near to the land")
    act = Act(begin, begin + lasts, identity=1)
    note = "tells another name and MMSI at sea"
    if part < 1:
        note = f"short of {threshold:.0f} s by {threshold - lasts:.0f} s: typed wrong and put right"
    actors = (Actor(kind, path, device="A", acts=(act,)), Actor(kind, path, device="A", ghost=True))
    return Cast(actors, in_window(scene, Event("changed_identity", (0,), begin, begin + lasts, part < 1, note)))


def _at_sea(scene: Scene) -> Cast:
    return _changed(scene, scene.beyond())


def _short(scene: Scene) -> Cast:
    return _changed(scene, scene.short())


def _in_port(scene: Scene) -> Cast:
    """A vessel at its berth is set up anew, and keeps the new name."""
    quay = scene.spot(lambda lat, lon: ~scene.stage.wet(lat, lon, QUAY), SHORE_MARGIN)
    begin = scene.begin(scene.threshold(CHANGED_S))
    still = legs(-600.0, quay, (0.0, 0.0, scene.stage.duration + 1200.0))
    path = scene.path(still, "moored")
    acts = (Act(0.0, status=MOORED), Act(begin, identity=1, status=MOORED))
    actors = (Actor("moored", path, device="A", acts=acts), Actor("moored", path, device="A", ghost=True))
    event = Event("changed_identity", (0,), begin, scene.end, True, "typed anew in port")
    return Cast(actors, in_window(scene, event))


REAL: Variants = {"at sea": _at_sea}
ALIKE: Variants = {"short": _short, "in port": _in_port}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """One vessel that changes its name, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
