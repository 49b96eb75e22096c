"""Night dash: a fast boat without AIS runs for the coast by night, from some miles out.

After Spain's Real Decreto-ley 16/2018 (fast boats that land hashish) and reports from the Strait of Gibraltar: 20 to
50 kn, without lights, straight for a beach. Alike: the same by day, pilot boats with AIS, along the coast, out to sea,
slow boats on their way home.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.points import heads
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Cast, Event
from mihari.simulate.episodes.plays.laying import seen
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.small_craft import boat, course_of, nearest_land, outside, way
from mihari.simulate.episodes.plays.working import Span

NAME = "night_dash"
BEGINS_H, DARK_H = 17.5, 20.0
NIGHT_S = (DARK_H - BEGINS_H) * 3600.0
RUNS_KN = (21.0, 42.0)
FROM_NM = (3.6, 8.0)


def _runs(
    scene: Scene, note: str, innocent: bool = False, kn: Span = RUNS_KN, day: bool = False, device: str = "",
    kind: str = "boat", outward: bool = False, far_nm: Span = FROM_NM,
) -> Cast:  # fmt: skip
    """From where it waits to the nearest shore, or from the shore out."""
    out, landing = outside(scene, *far_nm)
    speed = scene.kn(*kn)
    takes = float(np.hypot(*(landing - out))) / speed
    begin = scene.begin(takes + 600.0, 1200.0 if day else NIGHT_S * 1.03)
    if day and begin + takes > NIGHT_S * 0.97:
        raise NoRoom("the night comes")
    first, last = (landing, out) if outward else (out, landing)
    slow = scene.kn(1.0, 5.0)
    wait = first if outward else first - heads(course_of(first, last) + scene.rng.uniform(-1, 1)) * slow * 900.0
    path = way(scene, [(begin - 900.0, wait), (begin, first), (begin + takes, last)])
    seen(scene, path, begin - 900.0, begin + takes)
    actor = boat(path, device, begin - 900.0, begin + takes + 30.0 if not outward else math.inf, kind)
    event = Event(NAME, (0,), begin, begin + takes, innocent, f"{note}, {speed * 1.944:.0f} kn")
    return Cast((actor,), in_window(scene, event))


def _lands(scene: Scene) -> Cast:
    return _runs(scene, "runs for the shore")


def _from_far(scene: Scene) -> Cast:
    return _runs(scene, "runs for the shore from further out", kn=(25, 45), far_nm=(5.0, 10.0))


def _by_day(scene: Scene) -> Cast:
    return _runs(scene, "by day", True, day=True)


def _pilot(scene: Scene) -> Cast:
    return _runs(scene, "a pilot boat runs home", True, (21, 26), device="A", kind="pilot")


def _home(scene: Scene) -> Cast:
    return _runs(scene, "goes home", True, (6.0, 16.0))


def _out(scene: Scene) -> Cast:
    return _runs(scene, "runs out to sea", True, outward=True)


def _along(scene: Scene) -> Cast:
    """Fast along the coast, some miles off."""
    out, _ = outside(scene, 2.0, 6.0)
    bearing, away = nearest_land(scene, out)
    course = bearing + float(scene.rng.choice([-1.0, 1.0])) * math.pi / 2
    speed, takes = scene.kn(21, 32), float(scene.rng.uniform(500, 900))
    begin, end = scene.begin(takes + 600.0, NIGHT_S * 1.03), out + heads(course) * speed * takes
    if not 0.8 * away < nearest_land(scene, end)[1] < 1.5 * away:
        raise NoRoom("the coast bends")
    path = way(scene, [(begin - 60.0, out - heads(course) * speed * 60.0), (begin, out), (begin + takes, end)])
    seen(scene, path, begin, begin + takes)
    actor = boat(path, "", begin - 30.0, begin + takes - 30.0)
    return Cast((actor,), in_window(scene, Event(NAME, (0,), begin, begin + takes, True, "runs along the coast")))


PLAY = Play(
    NAME,
    {"lands": _lands, "from far": _from_far},
    {
        "by day": _by_day,
        "pilot boat": _pilot,
        "goes home": _home,
        "out to sea": _out,
        "along the coast": _along,
    },
    spot="inshore",
    hours=5.5,
    hour=BEGINS_H,
    margin_h=0.5,
)
