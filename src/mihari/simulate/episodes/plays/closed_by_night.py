"""Closed by night: a vessel without AIS, or that has fallen silent, is slow inside a closed area by night.

After Elvidge et al., Frontiers in Marine Science 5 (2018): boats at work in closed areas by night, most of them without
any beacon. Alike: the same by day, with AIS on, beside the area, only passing through, for a short while.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.measure import Bools, Motion
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast
from mihari.simulate.episodes.plays.fishing_in_closed import inside
from mihari.simulate.episodes.plays.laying import seen, within
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import Span, alone, fitted, says, to_and_fro

NAME = "closed_by_night"
BEGINS_H, DARK_H = 16.5, 20.0  # by the sun
NIGHT_S = (DARK_H - BEGINS_H) * 3600.0
STAYS_S = 1800.0


def _stays(
    scene: Scene, lasts: float, note: str, innocent: bool = False, kn: Span = (0.5, 4.5), day: bool = False,
    device: str = "", silent: bool = False, beside: bool = False,
) -> Cast:  # fmt: skip
    """To and fro in the area, or in the fishing ground elsewhere."""
    here = within(scene, "open" if beside else "closed", 3.5)
    closed = within(scene, "closed", 1.0)
    begin = here.begin(lasts + 300.0, 300.0 if day else NIGHT_S * 1.03 + 300.0)
    if day and begin + lasts > NIGHT_S * 0.97:
        raise NoRoom("the night comes")
    fast = 1.15 * kn[1] * KNOT

    def works(m: Motion) -> Bools:
        return np.asarray((inside(closed, m) ^ beside) & (m.speed < fast))

    legs = to_and_fro(here, lasts, kn, (8, 25), here.course(), 0.8)
    path, span = fitted(here, "fishing", here.spot(), legs, lasts, works, begin, here.kn(6.5, 10))
    if not device or silent:
        seen(scene, path, *span)
    acts = (*says(0), Act(span[0] - float(scene.rng.uniform(600, 3000)), math.inf, silent=True)) if silent else says(0)
    return alone(scene, NAME, Actor("fishing", path, device=device, acts=acts), span, innocent, note)


def _long(scene: Scene) -> float:
    return scene.beyond() * STAYS_S * 1.25


def _dark(scene: Scene) -> Cast:
    return _stays(scene, _long(scene), "without AIS")


def _silent(scene: Scene) -> Cast:
    return _stays(scene, _long(scene), "it has switched its AIS off", device="A", silent=True)


def _by_day(scene: Scene) -> Cast:
    return _stays(scene, _long(scene), "by day", True, day=True)


def _heard(scene: Scene) -> Cast:
    return _stays(scene, _long(scene), "its AIS is on", True, device="A")


def _beside(scene: Scene) -> Cast:
    return _stays(scene, _long(scene), "where it may", True, beside=True)


def _through(scene: Scene) -> Cast:
    """Across the area on its way home."""
    here, speed, course = within(scene, "closed", 2.0), scene.kn(7, 12), scene.course()
    lasts = float(scene.rng.uniform(1500, 2700))
    begin = here.begin(lasts + 300.0, NIGHT_S * 1.03)
    legs = [(course + scene.rng.uniform(-0.1, 0.1), speed, lasts / 2) for _ in range(2)]

    def passes(m: Motion) -> Bools:
        return np.asarray((m.time > begin) & (m.time < begin + lasts))

    path, span = fitted(here, "fishing", here.spot(), legs, lasts, passes, begin, speed, True)
    seen(scene, path, *span)
    return alone(scene, NAME, Actor("fishing", path, device=""), span, True, "passes through")


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * STAYS_S * 0.8
    return _stays(scene, lasts, f"for {lasts / 60:.0f} min", True)


PLAY = Play(
    NAME,
    {"without AIS": _dark, "switched off": _silent},
    {"by day": _by_day, "AIS on": _heard, "beside the area": _beside, "passes through": _through, "short": _short},
    spot="closed",
    hours=7.0,
    hour=BEGINS_H,
    margin_h=0.4,
)
