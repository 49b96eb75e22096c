"""Swarm leaves: four or more small craft without AIS run together from the coast out to sea.

After BMP5 (2018: attacks by several skiffs at once, up to 25 kn) and Eisenstadt and Paz (2014) on hundreds of small
boats. Alike: a rally with AIS, two or three boats, home together, along the coast,
slowly, one by one.
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
from mihari.simulate.episodes.plays.small_craft import boat, course_of, nearest_land, outside, way
from mihari.simulate.episodes.plays.working import Span
from mihari.simulate.ways import Floats

NAME = "swarm_leaves"
FEWEST = 4
RUNS_KN = (14.0, 35.0)
ABREAST_M = (40.0, 110.0)
OUT_NM = (4.5, 8.0)


def _swarm(
    scene: Scene, note: str, innocent: bool = False, size: Span = (5, 9), kn: Span = RUNS_KN, device: str = "",
    every_s: float = 0.0, home: bool = False, ends: tuple[Floats, Floats] | None = None,
) -> Cast:  # fmt: skip
    """Side by side and astern of each other, all on one way; `every_s`: one after the other."""
    out, landing = outside(scene, *OUT_NM) if ends is None else ends
    first, last = (out, landing) if home else (landing, out)
    number = int(scene.rng.integers(round(size[0]), round(size[1]) + 1))
    speed, course = scene.kn(*kn), course_of(first, last)
    takes = float(np.hypot(*(last - first))) / speed
    begin = scene.begin(takes + number * every_s + 900.0, 120.0)
    actors = []
    for k in range(number):
        side = (k % 3 - 1) * float(scene.rng.uniform(*ABREAST_M)) * heads(course + math.pi / 2)
        astern = (k // 3) * float(scene.rng.uniform(*ABREAST_M))
        start = begin + k * every_s + astern / speed + float(scene.rng.uniform(0, 10))
        pace = takes * float(scene.rng.uniform(0.985, 1.015))
        on = last + side + (last - first) * 0.4
        points = [(start, first + side), (start + pace, last + side)]
        points += [] if home else [(start + pace * 1.4, on)]
        path = way(scene, points)
        if not device:
            seen(scene, path, start, start + pace)
        until = start + pace - 20.0 if home else math.inf
        actors.append(boat(path, device, start, until, "pleasure" if device else "boat"))
    end = begin + takes + (number - 1) * every_s
    told = f"{note}: {number} boats, {speed * 1.944:.0f} kn"
    return Cast(tuple(actors), in_window(scene, Event(NAME, tuple(range(number)), begin, end, innocent, told)))


def _runs(scene: Scene) -> Cast:
    return _swarm(scene, "run out together")


def _many(scene: Scene) -> Cast:
    return _swarm(scene, "many run out together", size=(10, 14))


def _rally(scene: Scene) -> Cast:
    return _swarm(scene, "a rally, with AIS", True, device="B")


def _few(scene: Scene) -> Cast:
    return _swarm(scene, "too few", True, size=(2, FEWEST - 1))


def _home(scene: Scene) -> Cast:
    return _swarm(scene, "home together", True, home=True)


def _slow(scene: Scene) -> Cast:
    return _swarm(scene, "a regatta, or boats that row or trawl", True, kn=(4.0, 8.0))


def _one_by_one(scene: Scene) -> Cast:
    return _swarm(scene, "one by one", True, size=(5, 7), every_s=float(scene.rng.uniform(240, 500)))


def _along(scene: Scene) -> Cast:
    """Abreast along the coast."""
    scene = within(scene, "inshore", 9.0)
    out, _ = outside(scene, 1.5, 4.0)
    bearing, away = nearest_land(scene, out)
    end = out + heads(bearing + math.pi / 2 * float(scene.rng.choice([-1.0, 1.0]))) * 4 * NAUTICAL_MILE
    if not 0.8 * away < nearest_land(scene, end)[1] < 1.3 * away:
        raise NoRoom("the coast bends")
    return _swarm(scene, "along the coast", True, ends=(end, out))


PLAY = Play(
    NAME,
    {"run out": _runs, "many run out": _many},
    {
        "rally": _rally,
        "too few": _few,
        "home": _home,
        "slow": _slow,
        "one by one": _one_by_one,
        "along the coast": _along,
    },
    spot="inshore",
    hours=3.0,
    margin_h=0.2,
)
