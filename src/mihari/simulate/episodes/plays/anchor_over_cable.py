"""Anchor over a cable: a large ship on passage slows without reason, and crosses a cable while slow.

After what the Finnish police published of Newnew Polar Bear (2023) and Eagle S (2024) and the Swedish Accident
Investigation Authority of Yi Peng 3 (2025): an anchor on the ground costs a part of the speed, the ship keeps on its
way, for miles or for days. Alike: who crosses at full speed, was slow all along, slows elsewhere, slows for a moment,
small vessels, cable ships.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import RESTRICTED, Span, alone, off_line, on_line, says

NAME = "anchor_over_cable"
STEAMS_KN, SLOWED_KN = (10.5, 15.0), (3.0, 7.0)
SLOW_S = 1200.0
CORRIDOR_M = 1000.0


def _crosses(
    scene: Scene, note: str, innocent: bool = True, steams: Span = STEAMS_KN, slowed: Span = SLOWED_KN,
    before: Span = (0.2, 0.8), lasts: float | None = None, kind: str = "", length: Span = (100, 280), status: int = 0,
    over: bool = True,
) -> Cast:  # fmt: skip
    """On passage, slow for `lasts` s of which the share `before` ends at the cable, then on."""
    place, runs = on_line(scene)
    course = runs + math.pi / 2 + float(scene.rng.uniform(-0.8, 0.8)) + (math.pi if scene.rng.random() < 0.5 else 0.0)
    fast, slow = scene.kn(*steams), scene.kn(*slowed)
    stays = SLOW_S * scene.beyond() * 1.3 if lasts is None else lasts
    begin = scene.begin(stays + 600.0, 3000.0)
    first = place - heads(course) * slow * stays * float(scene.rng.uniform(*before))
    bends = [course + float(scene.rng.uniform(-0.08, 0.08)) for _ in range(3)]
    way = legs(begin, first, *((bend, slow, stays / 3) for bend in bends))
    kind = kind or str(scene.rng.choice(["cargo", "tanker"]))
    path = scene.voyage(way, kind, fast, course, course)
    sailed = moved(path, scene.time)
    start, end = longest(sailed.speed < (slow + fast) / 2, sailed.time) if fast > 1.2 * slow else (begin, begin + stays)
    there = moved(path, np.arange(start, end, 15.0))
    inside = off_line(scene, there) < (0.9 if over else 1.1) * CORRIDOR_M
    if inside.any() is not np.bool_(over):
        raise NoRoom("it is not slow where it should be")
    actor = Actor(kind, path, float(scene.rng.uniform(*length)), "A", acts=says(status))
    told = f"{note}: {fast / KNOT:.1f} kn, then {slow / KNOT:.1f} kn"
    return alone(scene, NAME, actor, (start, end), innocent, told)


def _slows(scene: Scene) -> Cast:
    return _crosses(scene, "slows before the cable", False)


def _for_long(scene: Scene) -> Cast:
    return _crosses(scene, "slow for an hour and more", False, lasts=scene.beyond() * 3600.0, slowed=(4.0, 7.0))


def _at_full_speed(scene: Scene) -> Cast:
    return _crosses(scene, "crosses at full speed", slowed=(10.5, 15.0), steams=(10.5, 12.0))


def _always_slow(scene: Scene) -> Cast:
    return _crosses(scene, "slow all along", steams=(4.0, 7.5), slowed=(4.0, 7.0))


def _elsewhere(scene: Scene) -> Cast:
    """Engine trouble, solved before the cable, or begun beyond it."""
    share = (1.6, 2.2) if scene.rng.random() < 0.5 else (-0.9, -0.4)
    return _crosses(scene, "slows elsewhere", before=share, over=False)


def _gives_way(scene: Scene) -> Cast:
    return _crosses(scene, "gives way", lasts=float(scene.rng.uniform(200, 420)))


def _small(scene: Scene) -> Cast:
    return _crosses(scene, "a small vessel slows", kind="fishing", length=(12, 35), steams=(9, 11))


def _cable_ship(scene: Scene) -> Cast:
    return _crosses(scene, "a cable ship begins its work", status=RESTRICTED, length=(90, 150))


PLAY = Play(
    NAME,
    {"slows": _slows, "slow for long": _for_long},
    {
        "full speed": _at_full_speed,
        "always slow": _always_slow,
        "slows elsewhere": _elsewhere,
        "gives way": _gives_way,
        "small vessel": _small,
        "cable ship": _cable_ship,
    },
    spot="cable",
    hours=4.0,
    margin_h=1.0,
)
