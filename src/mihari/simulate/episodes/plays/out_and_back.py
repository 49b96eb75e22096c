"""Out and back: a small craft without AIS goes out, lies far out for half an hour or more, and comes back fast.

After what the United Kingdom's Border Force and National Crime Agency told of drop-offs at sea (2025): boats go out to
where bales float or a ship passes, look for them, and run for the shore. Alike: anglers who come home slowly, boats
with AIS, a short stop, near the shore, who goes on to somewhere else.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.points import heads
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Cast, Event
from mihari.simulate.episodes.plays.laying import seen, within
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.small_craft import boat, course_of, outside, way
from mihari.simulate.episodes.plays.working import Span

NAME = "out_and_back"
LIES_S = 1800.0
OUT_NM, OUT_KN, BACK_KN = (4.2, 9.0), (8.0, 25.0), (17.0, 38.0)


def _goes(
    scene: Scene, note: str, innocent: bool = False, far_nm: Span = OUT_NM, lies: float | None = None,
    back_kn: Span = BACK_KN, device: str = "", kind: str = "boat", home: bool = True,
) -> Cast:  # fmt: skip
    """Out, about a place for a while, back or elsewhere."""
    out, landing = outside(within(scene, "inshore", 9.0), *far_nm)
    far, go, back, slow = float(np.hypot(*(landing - out))), scene.kn(*OUT_KN), scene.kn(*back_kn), scene.kn(0.2, 1.2)
    stays = LIES_S * scene.beyond() * 1.1 if lies is None else lies
    begin = scene.begin(far / go + stays + far / back + 300.0)
    there, course = begin + far / go, scene.course()
    points = [(begin, landing), (there, out)]
    for k in range(3):  # it drifts about
        course += float(scene.rng.uniform(-1.5, 1.5))
        points.append((there + (k + 1) * stays / 3, points[-1][1] + heads(course) * slow * stays / 3))
    away = course_of(landing, out)
    end = landing if home else points[-1][1] + heads(away + scene.rng.uniform(-0.6, 0.6)) * 5 * NAUTICAL_MILE
    leaves, last = points[-1]
    steps = last + np.linspace(0, 1, 8)[:, None] * (end - last)
    if not home and not scene.stage.wet(*scene.degrees(*steps.T), 0.95 * far).all():
        raise NoRoom("another shore is near")
    arrives = leaves + float(np.hypot(*(end - last))) / back
    path = way(scene, [*points, (arrives, end)])
    seen(scene, path, begin, arrives if home else leaves)
    if arrives > scene.stage.duration:
        raise NoRoom("it does not end within the window")
    actor = boat(path, device, begin + 30.0, arrives - 15.0 if home else math.inf, kind)
    event = Event(NAME, (0,), begin, min(arrives, scene.stage.duration), innocent, f"{note}, {far / 1852:.1f} NM off")
    return Cast((actor,), in_window(scene, event))


def _fetches(scene: Scene) -> Cast:
    return _goes(scene, "lies out there and runs back")


def _lies_long(scene: Scene) -> Cast:
    return _goes(scene, "waits long and runs back", lies=float(scene.rng.uniform(3000, 5400)))


def _anglers(scene: Scene) -> Cast:
    return _goes(scene, "anglers come home slowly", True, back_kn=(5.0, 11.0))


def _heard(scene: Scene) -> Cast:
    return _goes(scene, "with AIS", True, device="B", kind="pleasure")


def _short(scene: Scene) -> Cast:
    lies = LIES_S * scene.short() * 0.8
    return _goes(scene, f"out there for {lies / 60:.0f} min", True, lies=lies)


def _near(scene: Scene) -> Cast:
    return _goes(scene, "near the shore", True, far_nm=(1.0, 2.4))


def _elsewhere(scene: Scene) -> Cast:
    return _goes(scene, "goes on, further out", True, home=False)


PLAY = Play(
    NAME,
    {"fetches": _fetches, "waits long": _lies_long},
    {
        "anglers": _anglers,
        "with AIS": _heard,
        "short": _short,
        "near the shore": _near,
        "goes on": _elsewhere,
    },
    spot="inshore",
    hours=4.5,
    margin_h=0.2,
)
