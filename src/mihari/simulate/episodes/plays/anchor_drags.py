"""Anchor drags: a ship says that it is anchored, and the wind carries it off across its heading or astern.

After the Britannia P&I Club's guidance on dragging anchors (January 2024): out of its swinging circle at one to four
knots, its head held to wind or yawing. Alike: swinging and yawing at anchor, under way with the old status, a short
drag that is stopped, drifting without an anchor.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.simulate.behaviours.contract import AT_ANCHOR
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.behaviours.slow import swinging
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import off_shore, within
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import Leg, Span

NAME = "anchor_drags"
DRAGS_S = 900.0
DRAGS_KN = (0.9, 3.5)
ACROSS = (1.0, 2.7)  # rad between heading and course: from abeam of the wind to nearly astern
YAW_S = 240.0


def _yawing(scene: Scene, start: float, end: float, head: float, yaw: float) -> tuple[Act, ...]:
    """Its heading about `head` rad, to and fro by `yaw`; at anchor by what it says."""
    acts = [Act(0.0, status=AT_ANCHOR)]
    for k, time in enumerate(np.arange(start, end, YAW_S)):
        own = head + yaw * math.sin(k * 1.3) + float(scene.rng.normal(0, 0.03))
        acts.append(Act(float(time), min(float(time) + YAW_S, end), heading=own % (2 * math.pi)))
    return tuple(acts)


def _carried(
    scene: Scene, lasts: float, note: str, innocent: bool = False, kn: Span = DRAGS_KN, across: Span = ACROSS,
    status: int = AT_ANCHOR, kind: str = "anchored",
) -> Cast:  # fmt: skip
    """It lies, is carried off for `lasts` s, and lies again."""
    begin, wind = scene.begin(lasts + 1800.0, 1800.0), scene.course()
    speed = scene.kn(*kn)
    drift: list[Leg] = [(wind + scene.rng.uniform(-0.1, 0.1), speed * scene.rng.uniform(0.9, 1.1), lasts / 3)] * 3
    before, after = (wind, 0.02, begin + 1200.0), (wind, 0.02, scene.stage.duration + 1200.0)
    way = legs(-1200.0, scene.spot(off_shore(scene, 0.6)), before, *drift, after)
    path = scene.path(way, "tug")
    sailed = moved(path, scene.time)
    start, end = longest(sailed.speed > 0.6 * speed, sailed.time)
    if not innocent and end - start < 1.03 * DRAGS_S:
        raise NoRoom("it is not carried off for as long as it should")
    head = wind + float(scene.rng.uniform(*across)) * float(scene.rng.choice([-1.0, 1.0]))
    acts = _yawing(scene, 0.0, scene.stage.duration, head, 0.2)
    acts = tuple(Act(0.0, status=status) if act.status is not None else act for act in acts)
    actor = Actor(kind, path, float(scene.rng.uniform(70, 260)), "A", acts=acts)
    return Cast((actor,), (Event(NAME, (0,), start, end, innocent, f"{note}, {speed * 1.944:.1f} kn"),))


def _drags(scene: Scene) -> Cast:
    return _carried(scene, scene.beyond() * DRAGS_S * 1.1, "drags across its heading")


def _astern(scene: Scene) -> Cast:
    lasts = scene.beyond() * DRAGS_S * 1.2
    return _carried(scene, lasts, "drags astern, head to wind", across=(2.7, 3.1))


def _roads(scene: Scene) -> Cast:
    return _carried(within(scene, "anchorage", 2.0), scene.beyond() * DRAGS_S * 1.2, "drags in the roads")


def _swings(scene: Scene) -> Cast:
    """Round its anchor with wind and tide; its head points to it."""
    place = scene.spot(off_shore(scene, 0.6))
    path = scene.path(swinging(scene, place), "tug")
    acts = _yawing(scene, 0.0, scene.stage.duration, scene.course(), 0.6)
    actor = Actor("anchored", path, float(scene.rng.uniform(70, 260)), "A", acts=acts)
    start = scene.begin(DRAGS_S * 2)
    return Cast((actor,), (Event(NAME, (0,), start, start + DRAGS_S * 2, True, "swings at anchor"),))


def _sheers(scene: Scene) -> Cast:
    """In a gale it sheers from side to side, at up to 2 kn for minutes, and stays."""
    begin, wind, minutes = scene.begin(4500.0, 1500.0), scene.course(), float(scene.rng.uniform(2.5, 4.5))
    sides: list[Leg] = [(wind + (-1) ** k * 1.57, scene.kn(0.8, 1.8), minutes * 60) for k in range(14)]
    rest = (wind, 0.02, scene.stage.duration + 1200.0)
    way = legs(-1200.0, scene.spot(off_shore(scene, 0.6)), (wind, 0.02, begin + 1200.0), *sides, rest)
    path = scene.path(way, "ferry")
    acts = _yawing(scene, 0.0, scene.stage.duration, wind + math.pi, 0.5)
    actor = Actor("anchored", path, float(scene.rng.uniform(70, 260)), "A", acts=acts)
    return Cast((actor,), (Event(NAME, (0,), begin, begin + 4000.0, True, "sheers in a gale and holds"),))


def _weighs(scene: Scene) -> Cast:
    """It has weighed and goes slowly ahead; nobody has changed the status."""
    lasts = scene.beyond() * DRAGS_S * 2
    return _carried(scene, lasts, "under way with the old status", True, (1.5, 6.0), (0.0, 0.3))


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * DRAGS_S * 0.6
    return _carried(scene, lasts, f"held again after {lasts / 60:.0f} min", True)


def _adrift(scene: Scene) -> Cast:
    lasts = scene.beyond() * DRAGS_S * 2
    return _carried(scene, lasts, "adrift, not at anchor by what it says", True, status=0, kind="cargo")


PLAY = Play(
    NAME,
    {"across": _drags, "astern": _astern, "in the roads": _roads},
    {
        "swings": _swings,
        "sheers": _sheers,
        "under way": _weighs,
        "short": _short,
        "adrift": _adrift,
    },
    spot="inshore",
    hours=3.0,
    margin_h=0.5,
)
