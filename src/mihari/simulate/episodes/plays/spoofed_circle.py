"""Spoofed circle: the place that a ship tells runs round a circle, where radar sees nobody.

After Bergman, SkyTruth and Global Fishing Watch: off Chinese oil terminals (2019) circles of 200 m across at 31 kn, off
Point Reyes (2020) some kilometres at 20 kn; course and heading aboard stay what they are. Alike: a vessel that truly
turns circles, one that does with her compass fixed, a ship that swings at anchor, a place made up without a circle, a
circle for some minutes.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import AT_ANCHOR, in_window
from mihari.simulate.behaviours.measure import apart, moved
from mihari.simulate.behaviours.points import legs, whole
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import swinging
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import (
    Holds,
    afloat,
    by_radar,
    cruise,
    heard,
    inshore,
    off_shore,
    plainly,
    seen,
    steady,
    within,
)
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

NAME = "spoofed_circle"
LASTS_S = 5400.0
OFF_NM = 2.0
STEP = 0.3  # rad from point to point of a circle
TRUE_TURN_KN = (5.5, 9.0)


def _clear(scene: Scene) -> Holds:
    off, plain = off_shore(scene, OFF_NM), plainly(scene)
    return lambda lat, lon: off(lat, lon) & plain(lat, lon)


def _ring(scene: Scene, place: Floats, radius: float, speed: float, start: float, end: float) -> Path:
    """Round and round a place at `speed` m/s."""
    steps = np.arange(math.ceil((end - start + 240.0) * speed / radius / STEP) + 2)
    angle, sense = STEP * steps + scene.course(), float(scene.rng.choice([-1, 1]))
    time = start - 120.0 + STEP * steps * radius / speed
    ring = np.column_stack([time, place[0] + radius * np.sin(sense * angle), place[1] + radius * np.cos(sense * angle)])
    return scene.ghost(ring, blend=STEP * radius / speed)


def _size(scene: Scene) -> tuple[float, float]:
    """Radius m and speed m/s, as at Shanghai or as at Point Reyes."""
    if scene.rng.random() < 0.5:
        return float(scene.rng.uniform(95, 300)), scene.kn(20, 33)
    return float(scene.rng.uniform(400, 1400)), scene.kn(15, 24)


def _told(scene: Scene, path: Path, lasts: float, start: float, note: str, innocent: bool = False) -> Cast:
    """She tells a circle under radar cover, miles from where she is; her heading stays what it is."""
    there = by_radar(scene)
    (radius, speed), place = _size(scene), there.spot(_clear(there))
    ghost = _ring(there, place, radius, speed, start, start + lasts)
    seen(scene, ghost, start, start + lasts, plainly(scene))
    heard(scene, path, start, start + lasts)
    between = np.arange(start, start + lasts, 30.0)
    own = moved(path, between)
    if apart(own, moved(ghost, between)).min() < 1.15 * NAUTICAL_MILE:
        raise NoRoom("it comes near the place that it tells")
    pieces = np.linspace(start, start + lasts, 9)
    headings = [float(moved(path, at).course[0]) for at in pieces[:-1]]
    acts = [
        Act(float(a), float(b), place=1, status=0, heading=h)
        for a, b, h in zip(pieces[:-1], pieces[1:], headings, strict=True)
    ]
    actors = (Actor("tanker", path, device="A", acts=tuple(acts)), Actor("tanker", ghost, device="", ghost=True))
    note = f"{note} {radius:.0f} m wide"
    return Cast(actors, in_window(scene, Event(NAME, (0,), start, start + lasts, innocent, note)))


def _lasts(scene: Scene) -> float:
    return whole(LASTS_S * float(scene.rng.uniform(1.06, 1.6)))


def _sails(scene: Scene) -> Cast:
    lasts = _lasts(scene)
    path, start = steady(scene, "tanker", lasts, cruise(scene, "tanker"), 1.0, scene.begin(lasts, 600.0))
    return _told(scene, path, lasts, start, "under way, told a circle")


def _lies(scene: Scene) -> Cast:
    """At anchor in the roads, as off the terminals."""
    there, lasts = within(scene, "anchorage", 3.0), _lasts(scene)
    path = there.path(swinging(there, there.spot(inshore(there, 6.0))), "anchored")
    return _told(scene, path, lasts, scene.begin(lasts, 600.0), "at anchor, told a circle")


def _short(scene: Scene) -> Cast:
    lasts = whole(scene.short() * LASTS_S)
    path, start = steady(scene, "tanker", lasts, cruise(scene, "tanker"), 1.0, scene.begin(lasts, 600.0))
    return _told(scene, path, lasts, start, "for some minutes a circle", True)


def _turns(scene: Scene, compass: float | None, note: str) -> Cast:
    """One that truly goes round: searching, training or adjusting her compass."""
    there, lasts = by_radar(scene), _lasts(scene)
    start = scene.begin(lasts, 300.0)
    radius, speed = float(scene.rng.uniform(150, 900)), scene.kn(*TRUE_TURN_KN)
    path = _ring(there, there.spot(_clear(there)), radius, speed, 0.0, scene.stage.duration)
    afloat(scene, path)
    heard(scene, path, start, start + lasts)
    acts = () if compass is None else (Act(0.0, heading=compass),)
    actor = Actor("fishing", path, device="A", acts=acts)
    return Cast((actor,), in_window(scene, Event(NAME, (0,), start, start + lasts, True, note)))


def _truly(scene: Scene) -> Cast:
    return _turns(scene, None, "truly turns circles")


def _compass(scene: Scene) -> Cast:
    return _turns(scene, scene.course(), "truly turns circles, her compass stands still")


def _swings(scene: Scene) -> Cast:
    there, lasts = within(scene, "anchorage", 3.0), _lasts(scene)
    path = there.path(swinging(there, there.spot(inshore(there, 6.0))), "anchored")
    start = scene.begin(lasts)
    actor = Actor("anchored", path, device="A", acts=(Act(-1e6, status=AT_ANCHOR),))
    return Cast((actor,), in_window(scene, Event(NAME, (0,), start, start + lasts, True, "swings at anchor")))


def _straight(scene: Scene) -> Cast:
    """A place made up, but no circle."""
    there, lasts = by_radar(scene), _lasts(scene)
    path, start = steady(scene, "cargo", lasts, cruise(scene, "cargo"), 1.0, scene.begin(lasts, 600.0))
    course, speed = scene.course(), scene.kn(1, 4)
    ghost = there.ghost(legs(start - 60.0, there.spot(_clear(there)), (course, speed, lasts + 120.0)))
    heard(scene, path, start, start + lasts)
    actors = (
        Actor("cargo", path, device="A", acts=(Act(start, start + lasts, place=1, status=0),)),
        Actor("cargo", ghost, device="", ghost=True),
    )
    event = Event(NAME, (0,), start, start + lasts, True, "a place made up, no circle")
    return Cast(actors, in_window(scene, event))


PLAY = Play(
    NAME,
    {"under way": _sails, "at anchor": _lies},
    {
        "for some minutes": _short,
        "truly turns": _truly,
        "compass fixed": _compass,
        "swings at anchor": _swings,
        "no circle": _straight,
    },
    hours=4.0,
    margin_h=0.2,
)
