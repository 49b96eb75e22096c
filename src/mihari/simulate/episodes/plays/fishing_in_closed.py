"""Fishing in a closed area: a vessel works there at 2 to 5 kn and turns, whatever it says of itself.

After Mazzarella et al. (FUSION 2014) and Natale et al., PLoS ONE 10(6) (2015): trawlers tow at 2 to 5 kn for an hour or
more and turn at the ends. Alike: who steams through slowly, a survey, work beside the area, a short while, drifting.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import FISHING
from mihari.simulate.behaviours.measure import Bools, Motion, moved
from mihari.simulate.behaviours.points import heads
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.coasts import SIDE_DEG
from mihari.simulate.episodes.plays.laying import within
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import RESTRICTED, Span, alone, fitted, says, to_and_fro

NAME = "fishing_in_closed"
WORKS_S = 2700.0
TOWS_KN = (2.2, 4.8)


def inside(scene: Scene, there: Motion, margin_deg: float = 0.0) -> Bools:
    """When a vessel is in the closed area."""
    lat_deg, lon_deg = scene.call.place
    side = SIDE_DEG + margin_deg
    return np.asarray((np.abs(there.lat_deg - lat_deg) < side) & (np.abs(there.lon_deg - lon_deg) < side))


def _works(
    scene: Scene, kind: str, lasts: float, note: str, innocent: bool = False, status: int = 0, kn: Span = TOWS_KN,
    minutes: Span = (12, 40), spread: float = 0.5, device: str = "A",
) -> Cast:  # fmt: skip
    here = within(scene, "closed", 1.5)
    fast = 1.1 * kn[1] * KNOT
    path, span = fitted(
        here, kind, here.spot(), to_and_fro(here, lasts, kn, minutes, here.course(), spread), lasts,
        lambda m: inside(here, m) & (m.speed < fast),
    )  # fmt: skip
    return alone(scene, NAME, Actor(kind, path, device=device, acts=says(status)), span, innocent, note)


def _long(scene: Scene) -> float:
    return scene.beyond() * WORKS_S * 1.2


def _trawls(scene: Scene) -> Cast:
    return _works(scene, "fishing", _long(scene), "trawls and says so", status=FISHING)


def _says_nothing(scene: Scene) -> Cast:
    return _works(scene, "fishing", _long(scene), "trawls, under way by what it says", minutes=(15, 45))


def _says_cargo(scene: Scene) -> Cast:
    return _works(
        scene, str(scene.rng.choice(["cargo", "tug"])), _long(scene), "trawls, something else by what it says"
    )


def _through(scene: Scene) -> Cast:
    """Straight through at a towing speed: fog, or a weak engine."""
    here, lasts = within(scene, "closed", 1.0), _long(scene)
    speed, course = here.kn(3.0, 4.8), here.course()
    bends = [(course + here.rng.uniform(-0.15, 0.15), speed, lasts / 3) for _ in range(3)]
    path, span = fitted(here, "cargo", here.spot(), bends, lasts, lambda m: m.speed > 0.8 * speed, None, speed, True)
    return alone(scene, NAME, Actor("cargo", path, device="A"), span, True, "steams through slowly")


def _survey(scene: Scene) -> Cast:
    return _works(scene, "tug", _long(scene), "a licensed survey", True, RESTRICTED, (3.5, 4.8), (15, 40), 0.1)


def _yacht(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "pleasure", lasts, "a yacht tacks", True, kn=(3.0, 4.8), minutes=(10, 25), device="B")


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * WORKS_S
    return _works(scene, "fishing", lasts, f"there for {lasts / 60:.0f} min", True, FISHING, minutes=(8, 20))


def _drifts(scene: Scene) -> Cast:
    return _works(scene, "cargo", _long(scene), "drifts and waits", True, kn=(0.3, 1.5), minutes=(8, 15), spread=1.5)


def _beside(scene: Scene) -> Cast:
    """Along the line, and outside of it."""
    lasts, side = _long(scene), int(scene.rng.integers(4))
    away = SIDE_DEG * 111_195.0 + float(scene.rng.uniform(900, 2500))
    place = heads(side * math.pi / 2) * away
    legs = to_and_fro(scene, lasts, TOWS_KN, (12, 30), side * math.pi / 2 + math.pi / 2, 0.03)
    path, span = fitted(scene, "fishing", place, legs, lasts, lambda m: m.speed < 5.2 * KNOT)
    if inside(scene, moved(path, np.arange(span[0], span[1], 30.0)), 0.001).any():
        raise NoRoom("it comes into the area")
    return alone(
        scene, NAME, Actor("fishing", path, device="A", acts=says(FISHING)), span, True, "works beside the area"
    )


PLAY = Play(
    NAME,
    {"trawls and says so": _trawls, "says nothing": _says_nothing, "says something else": _says_cargo},
    {
        "slowly through": _through,
        "survey": _survey,
        "beside the area": _beside,
        "short": _short,
        "yacht": _yacht,
        "drifts": _drifts,
    },
    spot="closed",
    hours=4.0,
    margin_h=0.5,
)
