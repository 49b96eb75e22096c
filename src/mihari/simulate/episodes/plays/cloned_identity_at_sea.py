"""Cloned identity at sea: two hulls miles from each other tell one number for long, one of them off shore.

After C4ADS on vessel identity laundering (2021): a ship under sanctions sails under the number of an honest one; Global
Fishing Watch, pipe-segment: segments of one number that overlap in time. Alike: a number typed wrong and put right,
devices that nobody has set up, a tender near her ship, two boats of a harbour.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.cloned_identity import NEVER_TYPED
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import apart, moved
from mihari.simulate.behaviours.points import heads, legs, whole
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import (
    cruise,
    heard,
    inshore,
    off_shore,
    stays_inshore,
    stays_off,
    waiting,
    within,
)
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path

NAME = "cloned_identity_at_sea"
LASTS_S = 1800.0
APART_M = 1.0 * NAUTICAL_MILE
OFF_NM = 3.5
Two = Callable[[Scene, float], tuple[tuple[str, Path], tuple[str, Path], float]]


def _kind(scene: Scene) -> str:
    return str(scene.rng.choice(["cargo", "tanker", "fishing"]))


def _under_way(scene: Scene, lasts: float, nm: float = OFF_NM) -> tuple[tuple[str, Path], tuple[str, Path], float]:
    begin, made = scene.begin(lasts, 900.0), []
    for _ in range(2):
        kind, course = _kind(scene), scene.course()
        speed = cruise(scene, kind)
        way = legs(begin, scene.spot(off_shore(scene, nm)), (course, speed, lasts))
        made.append((kind, scene.voyage(way, kind, speed, course, course)))
    return made[0], made[1], begin


def _one_waits(scene: Scene, lasts: float) -> tuple[tuple[str, Path], tuple[str, Path], float]:
    """The clone creeps about and waits while the honest one sails."""
    path, (start, end) = waiting(scene, "tanker", lasts + 600.0, (0.3, 1.6), OFF_NM)
    if start < 900 or end - start < lasts:
        raise NoRoom("it does not wait long enough")
    kind, course = _kind(scene), scene.course()
    speed = cruise(scene, kind)
    way = legs(start, scene.spot(off_shore(scene, OFF_NM)), (course, speed, lasts))
    return (kind, scene.voyage(way, kind, speed, course, course)), ("tanker", path), start


def _cloned(scene: Scene, two: Two, lasts: float, note: str, innocent: bool, mmsi: int | None = None) -> Cast:
    honest, clone, begin = two(scene, lasts)
    during = np.arange(begin, begin + lasts + 1.0, 10.0)
    if apart(moved(honest[1], during), moved(clone[1], during)).min() < 1.1 * APART_M:
        raise NoRoom("the two come too near to each other")
    for _, path in (honest, clone):
        heard(scene, path, begin, begin + lasts)
    act = Act(begin, begin + lasts, identity=0)
    actors = (Actor(*honest, device="A", mmsi=mmsi), Actor(*clone, device="A", acts=(act,)))
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), begin, begin + lasts, innocent, note)))


def _both(scene: Scene) -> Cast:
    return _cloned(scene, _under_way, whole(scene.beyond() * LASTS_S), "both under way", False)


def _waits(scene: Scene) -> Cast:
    return _cloned(scene, _one_waits, whole(scene.beyond() * LASTS_S), "the clone waits", False)


def _long(scene: Scene) -> Cast:
    return _cloned(scene, _under_way, whole(3600.0 * scene.rng.uniform(1.0, 1.6)), "for an hour and more", False)


def _short(scene: Scene) -> Cast:
    lasts = whole(scene.short() * LASTS_S)
    return _cloned(scene, _under_way, lasts, f"put right after {lasts / 60:.0f} min", True)


def _never_typed(scene: Scene) -> Cast:
    mmsi = int(scene.rng.choice(NEVER_TYPED))
    return _cloned(scene, _under_way, whole(scene.beyond() * LASTS_S), "never typed in", True, mmsi)


def _tender(scene: Scene) -> Cast:
    """Her tender has her number and stays within a mile."""
    lasts = whole(scene.beyond() * LASTS_S)
    begin, course, speed = scene.begin(lasts, 900.0), scene.course(), scene.kn(4, 8)
    way = legs(begin, scene.spot(off_shore(scene, OFF_NM)), (course, speed, lasts))
    ship = scene.voyage(way, "cargo", speed, course, course)
    away = scene.rng.uniform(0.15, 0.9) * APART_M * heads(scene.course())
    tender = scene.ghost(way + np.array([0.0, *away]))
    stays_off(scene, tender, begin, begin + lasts, 1.0)
    actors = (
        Actor("cargo", ship, device="A"),
        Actor("boat", tender, device="A", acts=(Act(0.0, identity=0),), since=begin, until=begin + lasts),
    )
    event = Event(NAME, (0, 1), begin, begin + lasts, True, "her tender has her number")
    return Cast(actors, in_window(scene, event))


def _harbour(scene: Scene) -> Cast:
    """Two boats of one harbour, each in sight of the land."""
    there = within(scene, "anchorage", 6.0)

    def near(scene: Scene, lasts: float) -> tuple[tuple[str, Path], tuple[str, Path], float]:
        begin, made, half = scene.begin(lasts, 900.0), [], scene.stage.duration / 2 + 300
        for _ in range(2):
            place, course, speed = scene.spot(inshore(scene, 2.5)), scene.course(), scene.kn(0.3, 0.9)
            path = scene.path(legs(-300.0, place, (course, speed, half), (course + 3.0, speed, half)), "fishing")
            stays_inshore(scene, path, 0.0, scene.stage.duration, 2.9)
            made.append(("fishing", path))
        return made[0], made[1], begin

    return _cloned(there, near, whole(scene.beyond() * LASTS_S), "two boats of one harbour", True)


PLAY = Play(
    NAME,
    {"both under way": _both, "clone waits": _waits, "for long": _long},
    {"put right": _short, "never typed in": _never_typed, "tender": _tender, "one harbour": _harbour},
    hours=4.0,
    margin_h=0.4,
)
