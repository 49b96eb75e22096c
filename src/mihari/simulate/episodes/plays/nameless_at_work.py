"""Nameless at work: who tells a number that nobody is given works or waits off shore for long.

After Global Fishing Watch on vessel identity (numbers typed in as 111111111, 412000000) and ITU-R M.585. Alike: the
same work under a number that is given, a nameless vessel that only sails by, one near the land, a short stop, a net
buoy that gives no echo.
"""

from __future__ import annotations

import math

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import (
    by_radar,
    cruise,
    heard,
    inshore,
    off_shore,
    plainly,
    seen,
    stays_inshore,
    steady,
    waiting,
    within,
)
from mihari.simulate.episodes.plays.play import Play

NAME = "nameless_at_work"
LASTS_S = 3600.0
OFF_NM = 3.5
NEVER_GIVEN = (111_111_111, 123_456_789, 888_888_888, 987_654_321, 222_222_222, 200_123_456, 799_000_123)


def _number(scene: Scene) -> int:
    return int(scene.rng.choice(NEVER_GIVEN))


def _works(
    scene: Scene, kind: str, lasts: float, kn: tuple[float, float], note: str, innocent: bool = False,
    named: bool = False, below: float = 2.0,
) -> Cast:  # fmt: skip
    path, (start, end) = waiting(scene, kind, lasts, kn, OFF_NM, below)
    heard(scene, path, start, end)
    device = "B" if kind == "fishing" and scene.rng.random() < 0.5 else "A"
    status = 7 if kind == "fishing" else 0
    mmsi = None if named else _number(scene)
    actor = Actor(kind, path, device=device, mmsi=mmsi, acts=(Act(0.0, status=status),))
    return Cast((actor,), in_window(scene, Event(NAME, (0,), start, end, innocent, note)))


def _long(scene: Scene) -> float:
    return scene.beyond() * LASTS_S


def _tows(scene: Scene) -> Cast:
    return _works(scene, "fishing", _long(scene), (2.4, 4.6), "tows gear", below=5.2)


def _waits(scene: Scene) -> Cast:
    kind = str(scene.rng.choice(["cargo", "fishing", "tanker"]))
    return _works(scene, kind, _long(scene), (0.3, 1.7), "waits")


def _hauls(scene: Scene) -> Cast:
    return _works(scene, "fishing", _long(scene), (0.8, 3.2), "hauls and shoots", below=3.8)


def _given(scene: Scene) -> Cast:
    return _works(scene, "fishing", _long(scene), (2.4, 4.6), "a number that is given", True, named=True, below=5.2)


def _short(scene: Scene) -> Cast:
    return _works(scene, "fishing", scene.short() * LASTS_S, (0.5, 1.7), "a short stop", True)


def _passes(scene: Scene) -> Cast:
    lasts = _long(scene)
    kind = str(scene.rng.choice(["cargo", "fishing"]))
    path, start = steady(scene, kind, lasts, cruise(scene, kind), 2.0)
    actor = Actor(kind, path, device="A", mmsi=_number(scene), acts=(Act(0.0, status=0),))
    return Cast((actor,), in_window(scene, Event(NAME, (0,), start, start + lasts, True, "sails by")))


def _inshore(scene: Scene) -> Cast:
    """A small craft whose device nobody has set up, near her harbour."""
    there, lasts = within(scene, "anchorage", 6.0), _long(scene)
    start, half = there.begin(lasts, 600.0), there.stage.duration / 2 + 300
    place, course, speed = there.spot(inshore(there, 2.4)), there.course(), there.kn(0.3, 1.0)
    path = there.path(legs(-300.0, place, (course, speed, half), (course + 3.0, speed, half)), "fishing")
    stays_inshore(there, path, 0.0, there.stage.duration, 2.9)
    actor = Actor("fishing", path, device="B", mmsi=_number(there))
    return Cast((actor,), in_window(there, Event(NAME, (0,), start, start + lasts, True, "near her harbour")))


def _buoy(scene: Scene) -> Cast:
    """A net buoy whose number somebody made up; radar sees nothing of it, and of its fisherman miles off."""
    lasts, whole_time = _long(scene), scene.stage.duration + 1200.0
    start = scene.begin(lasts, 600.0)
    scene = by_radar(scene)
    off, plain = off_shore(scene, OFF_NM), plainly(scene)
    place = scene.spot(lambda lat, lon: off(lat, lon) & plain(lat, lon))
    drift, speed = scene.course(), scene.kn(0.2, 1.2)
    buoy = scene.ghost(legs(-600.0, place, (drift, speed, whole_time)))
    seen(scene, buoy, 0.0, scene.stage.duration, plain)
    away = place + scene.rng.uniform(1.6, 4) * NAUTICAL_MILE * heads(scene.course())
    boat = scene.path(legs(-600.0, away, (drift, speed, whole_time)), "fishing")
    heard(scene, boat, 0.0, scene.stage.duration)
    actors = (
        Actor("fishing", boat, device="A", acts=(Act(-math.inf, place=1, identity=1, status=0),)),
        Actor("fishing", buoy, device="A", mmsi=_number(scene), ghost=True),
    )
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), start, start + lasts, True, "a net buoy with AIS")))


PLAY = Play(
    NAME,
    {"tows gear": _tows, "waits": _waits, "hauls": _hauls},
    {"number that is given": _given, "short": _short, "sails by": _passes, "near her harbour": _inshore,
     "net buoy": _buoy},
    hours=3.5,
    margin_h=0.3,
)  # fmt: skip
