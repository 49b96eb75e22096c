"""Identity changed after silence: a large ship at sea falls silent for minutes, and sails on under another name.

After C4ADS on vessel identity laundering (2021) and the US advisory of 14 May 2020: numbers are changed far out, on the
way. Alike: a number typed wrong and put right, a small craft, a change near the land, another ship that is first heard
near where one falls silent.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import heads, legs, whole
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import cruise, heard, inshore, stays_inshore, stays_off, steady, within
from mihari.simulate.episodes.plays.play import Play

NAME = "identity_changed_after_silence"
KEEPS_S = 1200.0
OFF_NM = 4.0
AHEAD_S = 3000.0  # for so long it is known by its first name


def _changed(
    scene: Scene, kind: str, length: float, silence: float, keeps: float, note: str, innocent: bool = True,
    near: float = 0.0, other: str = "", back: bool = False,
) -> Cast:  # fmt: skip
    speed = cruise(scene, kind)
    begin = scene.begin(silence + keeps + 300.0, AHEAD_S)
    nm, holds = (0.1, inshore(scene, near)) if near else (OFF_NM, None)
    path, start = steady(scene, kind, silence + keeps, speed, nm, begin, holds=holds)
    heard(scene, path, start - AHEAD_S, start + silence + keeps)
    if near:
        stays_inshore(scene, path, start, start + silence + keeps + 300.0, near)
    ends = start + silence + keeps if back else math.inf
    acts = (Act(start, start + silence, silent=True), Act(start + silence, ends, identity=1))
    actors = (
        Actor(kind, path, length, "A", acts=acts),
        Actor(other or kind, path, length * float(scene.rng.uniform(0.95, 1.05)), "A", ghost=True),
    )
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), start, start + silence + keeps, innocent, note)))


def _ship(scene: Scene) -> tuple[str, float]:
    return str(scene.rng.choice(["cargo", "tanker"])), float(scene.rng.uniform(85, 330))


def _keeps(scene: Scene) -> float:
    return whole(scene.beyond() * KEEPS_S * float(scene.rng.uniform(1.0, 2.0)))


def _silent(scene: Scene) -> Cast:
    silence = float(scene.rng.uniform(60, 480))
    note = f"silent for {silence / 60:.0f} min"
    return _changed(scene, *_ship(scene), silence, _keeps(scene), note, False)


def _at_once(scene: Scene) -> Cast:
    return _changed(scene, *_ship(scene), float(scene.rng.uniform(5, 50)), _keeps(scene), "at once", False)


def _another_trade(scene: Scene) -> Cast:
    """The tanker tells that it is a cargo ship."""
    length, silence = float(scene.rng.uniform(110, 330)), float(scene.rng.uniform(60, 480))
    note = "a tanker becomes a cargo ship"
    return _changed(scene, "tanker", length, silence, _keeps(scene), note, False, other="cargo")


def _put_right(scene: Scene) -> Cast:
    keeps = whole(scene.short() * KEEPS_S)
    note = f"put right after {keeps / 60:.0f} min"
    return _changed(scene, *_ship(scene), float(scene.rng.uniform(5, 200)), keeps, note, back=True)


def _small(scene: Scene) -> Cast:
    length = float(scene.rng.uniform(12, 45))
    return _changed(scene, "fishing", length, float(scene.rng.uniform(60, 400)), _keeps(scene), "a small craft")


def _inshore(scene: Scene) -> Cast:
    """On its way in or out, near the land."""
    there = within(scene, "anchorage", 6.0)
    silence = float(scene.rng.uniform(60, 300))
    return _changed(there, *_ship(scene), silence, 1.1 * KEEPS_S, "near the land", near=2.9, back=True)


def _another(scene: Scene) -> Cast:
    """One fails; another, first heard nearby, goes its own way."""
    (kind, length), silence, keeps = _ship(scene), float(scene.rng.uniform(60, 400)), _keeps(scene)
    speed = cruise(scene, kind)
    begin = scene.begin(silence + keeps + 300.0, AHEAD_S)
    path, start = steady(scene, kind, silence + keeps, speed, OFF_NM, begin)
    there = moved(path, start + silence)
    x, y = (float(c[0]) for c in scene.metres(there.lat_deg, there.lon_deg))
    away = float(scene.rng.uniform(100, 1500)) * heads(scene.course())
    course = float(there.course[0]) + float(scene.rng.choice([-1, 1]) * scene.rng.uniform(0.7, 2.4))
    way = legs(start + silence, np.array([x, y]) + away, (course, speed, keeps))
    other = scene.voyage(way, "cargo", speed, course, course)
    stays_off(scene, other, start + silence, start + silence + keeps, 1.0)
    actors = (
        Actor(kind, path, length, "A", acts=(Act(start, silent=True),)),
        Actor("cargo", other, length, "A", acts=(Act(0.0, start + silence, silent=True),)),
    )
    event = Event(NAME, (0, 1), start, start + silence + keeps, True, "another ship is first heard")
    return Cast(actors, in_window(scene, event))


PLAY = Play(
    NAME,
    {"after silence": _silent, "at once": _at_once, "another trade": _another_trade},
    {"put right": _put_right, "small craft": _small, "near the land": _inshore, "another ship": _another},
    hours=4.0,
    margin_h=0.75,
)
