"""Shadowed ferry: another vessel keeps its place by a ferry off shore and turns when she turns.

Leaders and followers after Andersson, Gudmundsson, Laube, Wolle, GeoInformatica 12 (2008); the figures are ours: half a
mile to two off, at a ferry's speed. Alike: an overtaking, a straight lane with one speed, the next ferry of the line
far behind, a short common way, a cargo ship that is followed.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import apart, longest, moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import by_radar, heard, off_shore, seen, stays_off
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.ways import Floats

NAME = "shadowed_ferry"
FOLLOWED_S = 2700.0
OFF_NM = 1.8
NEAR_M, FAR_M = 0.3 * NAUTICAL_MILE, 1.9 * NAUTICAL_MILE
BENDS = (0.7, 1.2)  # rad
LEG_S = 2100.0  # from bend to bend of a ferry's way


def _way(scene: Scene, start: float, lasts: float, speed: float, bends: tuple[float, float]) -> tuple[Floats, Floats]:
    """Points of a ferry's way for so long, and her courses: a bend each half hour or so, all to one side."""
    n = max(2, round(lasts / LEG_S))
    turn = float(scene.rng.choice([-1.0, 1.0]))
    courses = scene.course() + np.append(0.0, np.cumsum(turn * scene.rng.uniform(*bends, n - 1)))
    return legs(start, scene.spot(off_shore(scene, OFF_NM)), *((c, speed, lasts / n) for c in courses)), courses


def _pair(
    scene: Scene, lasts: float, away: float, note: str, innocent: bool = True, bends: tuple[float, float] = BENDS,
    faster: float = 1.0, kinds: tuple[str, str] = ("ferry", "cargo"), dark: bool = False,
) -> Cast:  # fmt: skip
    speed = scene.kn(11, 16)
    lag = away / speed
    start = scene.begin(lasts + lag + 300.0, 300.0)
    way, courses = _way(scene, start, lasts + lag, speed, bends)
    leader = scene.voyage(way, kinds[0], speed, courses[0], courses[-1])
    after = way + np.array([lag, *scene.rng.uniform(-100, 100, 2)])
    if faster != 1.0:  # it begins as far behind and comes past
        after[:, 0] = start + lag + (way[:, 0] - start) / faster
    follower = scene.voyage(after, kinds[1], speed * faster, courses[0] + 1.2, courses[-1] - 1.2)
    first, second = moved(leader, scene.time), moved(follower, scene.time)
    during = (scene.time >= start + lag) & (scene.time <= start + lag + lasts)
    begin, end = longest(during & (apart(first, second) < max(1.2 * away, FAR_M)), scene.time)
    for path in (leader, follower):
        heard(scene, path, begin, end)
    stays_off(scene, leader, begin, end, OFF_NM - 0.4)
    if dark:
        seen(scene, follower, begin, end)
    if not innocent and end - begin < 1.03 * FOLLOWED_S:
        raise NoRoom("it does not follow long enough")
    actors = (Actor(kinds[0], leader, 100.0, "A"), Actor(kinds[1], follower, device="" if dark else "A"))
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), begin, max(end, begin + 60.0), innocent, note)))


def _away(scene: Scene) -> float:
    return float(scene.rng.uniform(1.1 * NEAR_M, FAR_M))


def _long(scene: Scene) -> float:
    return scene.beyond() * FOLLOWED_S * 1.05


def _follows(scene: Scene) -> Cast:
    return _pair(scene, _long(scene), _away(scene), "a ship follows her", False)


def _boat(scene: Scene) -> Cast:
    kinds = ("ferry", "fishing")
    return _pair(scene, _long(scene), _away(scene), "a small vessel follows her", False, kinds=kinds)


def _dark(scene: Scene) -> Cast:
    """Who follows has no AIS."""
    return _pair(by_radar(scene), _long(scene), _away(scene), "who follows has no AIS", False, dark=True)


def _lane(scene: Scene) -> Cast:
    return _pair(scene, _long(scene), _away(scene), "one straight lane, one speed", bends=(0.0, 0.05))


def _short(scene: Scene) -> Cast:
    return _pair(scene, scene.short() * FOLLOWED_S * 0.5, _away(scene), "a short common way")


def _next(scene: Scene) -> Cast:
    away = float(scene.rng.uniform(2.2, 4.5)) * NAUTICAL_MILE
    return _pair(scene, _long(scene), away, "the next ferry of the line", kinds=("ferry", "ferry"))


def _cargo(scene: Scene) -> Cast:
    return _pair(scene, _long(scene), _away(scene), "a cargo ship is followed", kinds=("cargo", "cargo"))


def _overtakes(scene: Scene) -> Cast:
    """Faster by a fifth to a half, on the same way."""
    faster = float(scene.rng.uniform(1.2, 1.5))
    return _pair(scene, _long(scene), FAR_M, "comes past her", faster=faster)


def _crosses(scene: Scene) -> Cast:
    start, speed, other = scene.begin(3600.0, 300.0), scene.kn(11, 16), scene.kn(9, 15)
    way, courses = _way(scene, start, 3600.0, speed, BENDS)
    leader = scene.voyage(way, "ferry", speed, courses[0], courses[-1])
    course = courses[0] + float(scene.rng.choice([-1, 1]) * scene.rng.uniform(0.6, 2.4))
    middle = way[len(way) // 2]
    place = middle[1:] + scene.rng.uniform(-1, 1, 2) * 0.7 * NAUTICAL_MILE - other * 900.0 * heads(course)
    crossing = scene.voyage(legs(middle[0] - 900.0, place, (course, other, 1800.0)), "cargo", other, course, course)
    stays_off(scene, leader, start, start + 3600.0, OFF_NM - 0.4)
    actors = (Actor("ferry", leader, 100.0, "A"), Actor("cargo", crossing, device="A"))
    event = Event(NAME, (0, 1), start, start + 3600.0, True, "crosses her way")
    return Cast(actors, in_window(scene, event))


PLAY = Play(
    NAME,
    {"a ship follows": _follows, "a small vessel follows": _boat, "follows in the dark": _dark},
    {
        "straight lane": _lane,
        "short": _short,
        "next ferry": _next,
        "cargo ship followed": _cargo,
        "overtaking": _overtakes,
        "crossing": _crosses,
    },
    hours=3.0,
    margin_h=0.4,
)
