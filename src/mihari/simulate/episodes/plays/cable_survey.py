"""Cable survey: a vessel runs back and forth over a cable, or along it, at the speed of a survey.

After H I Sutton on the search patterns of the Yantar about cables (2016 to 2021) and IHO S-44 (lines beside each other,
crossed by others). Alike: cable ships, trawlers, who passes along once, who crosses once, a survey beside the corridor.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import FISHING
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import heads
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import (
    RESTRICTED,
    Leg,
    Span,
    alone,
    arc,
    fitted,
    off_line,
    on_line,
    says,
    to_and_fro,
)

NAME = "cable_survey"
SURVEYS_S = 5400.0
LINES_KN = (3.2, 6.8)
CORRIDOR_M = 1000.0


def _runs(
    scene: Scene, kind: str, lasts: float, note: str, innocent: bool = True, kn: Span = LINES_KN, status: int = 0,
    minutes: Span = (15, 40), across: float = 0.0, beside: Span = (0, 300),
) -> Cast:  # fmt: skip
    """Lines along the cable, or `across` rad to it."""
    place, runs = on_line(scene)
    away = float(scene.rng.uniform(*beside))
    place = place + away * float(scene.rng.choice([-1.0, 1.0])) * heads(runs + math.pi / 2)
    legs = to_and_fro(scene, lasts, kn, minutes, runs + across, 0.04)
    path, span = fitted(scene, kind, place, legs, lasts, lambda m: m.speed < 1.1 * kn[1] * KNOT, None, scene.kn(9, 12))
    if away > CORRIDOR_M and (off_line(scene, moved(path, np.arange(*span, 30.0))) < CORRIDOR_M * 1.03).any():
        raise NoRoom("it comes over the cable")
    return alone(scene, NAME, Actor(kind, path, device="A", acts=says(status)), span, innocent, note)


def _long(scene: Scene) -> float:
    return SURVEYS_S * scene.beyond() * 1.2


def _along(scene: Scene) -> Cast:
    return _runs(scene, "boat", _long(scene), "lines along the cable", False)


def _across(scene: Scene) -> Cast:
    """Zigzag over it: each line is some kilometres long, and crosses."""
    lasts, turn, line = _long(scene), float(scene.rng.uniform(0.7, 1.57)), float(scene.rng.uniform(12, 22))
    kind = str(scene.rng.choice(["cargo", "tug"]))
    return _runs(scene, kind, lasts, "lines across the cable", False, minutes=(line, line * 1.05), across=turn)


def _cable_ship(scene: Scene) -> Cast:
    return _runs(scene, "tug", _long(scene), "a cable ship surveys its route", status=RESTRICTED)


def _trawls(scene: Scene) -> Cast:
    return _runs(scene, "fishing", _long(scene), "trawls over the cable", kn=(2.2, 4.8), status=FISHING)


def _beside(scene: Scene) -> Cast:
    return _runs(scene, "boat", _long(scene), "surveys beside the corridor", beside=(1600, 4000))


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * SURVEYS_S * 0.7
    return _runs(scene, "boat", lasts, f"back and forth for {lasts / 60:.0f} min", minutes=(12, 25))


def _passes(scene: Scene) -> Cast:
    """Along the cable once, on its way."""
    (place, runs), lasts, speed = on_line(scene), _long(scene), scene.kn(4.5, 7.5)
    legs = [(runs + scene.rng.uniform(-0.1, 0.1), speed, lasts / 3) for _ in range(3)]
    path, span = fitted(scene, "tug", place, legs, lasts, lambda m: m.speed > 0.8 * speed, None, speed, True)
    return alone(scene, NAME, Actor("tug", path, device="A"), span, True, "passes along the cable")


def _there_and_back(scene: Scene) -> Cast:
    """It crosses the cable, turns some miles off, and crosses it again."""
    (place, runs), lasts = on_line(scene), SURVEYS_S * scene.beyond()
    course, speed = runs + math.pi / 2 + float(scene.rng.uniform(-0.5, 0.5)), scene.kn(4.5, 7.0)
    back: list[Leg] = [(course, speed, lasts / 2), *arc(course, course + math.pi, speed, 1)]
    legs = [*back, (course + math.pi, speed, lasts / 2)]
    away = place + heads(course) * speed * lasts / 8
    path, span = fitted(scene, "boat", away, legs, lasts, lambda m: m.speed > 0.7 * speed, None, speed, True)
    return alone(scene, NAME, Actor("boat", path, device="A"), span, True, "crosses, and crosses again on its way back")


PLAY = Play(
    NAME,
    {"along": _along, "across": _across},
    {
        "cable ship": _cable_ship,
        "trawler": _trawls,
        "beside the corridor": _beside,
        "short": _short,
        "passes along": _passes,
        "there and back": _there_and_back,
    },
    spot="cable",
    hours=5.0,
    margin_h=0.3,
)
