"""Fleet: many fishing vessels that drift near each other and then get under way together.

Definition: at least `FEWEST` vessels, of which four fifths go from drifting to more than `UNDER_WAY_KN` within
`TOGETHER_S` and then keep to one course, nearer than `WITHIN_M` to the next one. Causes: a sign from the fleet's
leader, a closed ground that opens, weather, a fleet that is led. Innocent: a fleet that only drifts, one by one going
home, ships that follow each other in a lane.
Sources: none is published for a common departure; the figures are ours (judgement). Fleets of 100 to 300 vessels with
spacings of some hundred metres are reported of squid and mackerel fisheries (Park et al. 2020, Science Advances 6).
"""

from __future__ import annotations

import math
from itertools import count

import numpy as np

from mihari.core.units import DEGREE, KNOT
from mihari.simulate.behaviours.contract import Variants, clear, in_window, staged
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.calls import Behaviour
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.paths import Path
from mihari.simulate.stage import Stage
from mihari.simulate.ways import Floats

FEWEST = 20
MOST_OF = 0.8  # of the members
TOGETHER_S = 600.0
UNDER_WAY_KN = 4.0
WITHIN_M = 1000.0
USUAL_SIZE = 120
LANE_SIZE = 12  # ships in a lane
PASSAGE_S = (2400.0, 4200.0)  # under way together, before they drift again


def _formation(rng: np.random.Generator, size: int) -> Floats:
    """(size, 2) places east and north in m, about one spacing from each other, in a disc."""
    spacing = rng.uniform(220, 380)
    side = math.ceil(math.sqrt(4 * size / math.pi)) + 1
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - (side - 1) / 2
    grid = grid[np.argsort(np.hypot(*grid.T), kind="stable")][:size]
    return np.asarray(spacing * (grid + rng.uniform(-0.25, 0.25, grid.shape)))


def _departing(scene: Scene, size: int, spread: float) -> tuple[list[Path], float]:
    """Paths of a fleet that drifts, of which four fifths leave within `spread` s; and when the first leaves."""
    rng = scene.rng
    lasts = float(rng.uniform(*PASSAGE_S))
    begin = scene.begin(1.4 * spread + lasts, ahead=300.0)
    heart, drift, speed = scene.spot(), scene.course(), scene.kn(0.3, 0.8)
    course, passage = scene.course(), scene.kn(8, 10)
    leaving = begin + spread * _ranks(rng, size)
    ways = []
    for place, leaves in zip(_formation(rng, size), leaving, strict=True):
        own, pace = rng.normal(0, 3 * DEGREE), 1 + rng.normal(0, 0.01)
        still = leaves + 600.0
        rest = scene.stage.duration + still - leaves - lasts
        drifts = (drift + own, speed * pace, still)
        goes = (course + own / 4, passage * pace, lasts)
        ways.append(legs(-600.0, heart + place, drifts, goes, (drift - own, speed * pace, max(rest, 600.0))))
    if not scene.is_open(ways[0][1, 1:], ways[0][2, 1:], 600.0):
        raise NoRoom("land is in the way")
    return [scene.path(way, "fishing") for way in ways], begin


def _ranks(rng: np.random.Generator, size: int) -> Floats:
    """(size,) when each leaves, 0 the first and 1 that with which four fifths have left; in random order."""
    order = np.sort(rng.uniform(0, 1, size))
    order -= order[0]
    return np.asarray(rng.permutation(order / order[math.ceil(MOST_OF * size) - 1]))


def _sailed(scene: Scene, paths: list[Path]) -> tuple[float, float, float]:
    """When the first gets under way, when four fifths have, and when no longer four fifths are."""
    going = np.array([moved(path, scene.time).speed > UNDER_WAY_KN * KNOT for path in paths])
    enough = np.flatnonzero(going.sum(axis=0) >= math.ceil(MOST_OF * len(paths)))
    if not len(enough):
        raise NoRoom("the fleet does not get under way")
    first = float(scene.time[np.flatnonzero(going.any(axis=0))[0]])
    return first, float(scene.time[enough[0]]), float(scene.time[min(enough[-1] + 1, len(scene.time) - 1)])


def _together(scene: Scene, size: int, part: float, innocent: bool, note: str) -> Cast:
    threshold = scene.threshold(TOGETHER_S)
    paths, _ = _departing(scene, size, threshold / part)
    first, gone, end = _sailed(scene, paths)
    clear(threshold / (gone - first), 1.0, part < 1)
    actors = tuple(Actor("fishing", path) for path in paths)
    event = Event("fleet", tuple(range(size)), first, end, innocent, note or _late(gone - first, threshold))
    lies = _near_each_other(size, 0.0, first), _near_each_other(size, end, scene.stage.duration)
    return Cast(actors, (*in_window(scene, event), *(lie for lie in lies if lie.end > lie.start)))


def _near_each_other(size: int, start: float, end: float) -> Event:
    """Neighbours in a fleet that drifts are as near and as slow as in a rendezvous: no meeting, whoever they are."""
    return Event("rendezvous", tuple(range(size)), start, end, True, "any two of a fleet that drifts")


def _late(took: float, threshold: float) -> str:
    return f"short of {threshold:.0f} s until four fifths had left by {took - threshold:.0f} s"


def _departure(scene: Scene) -> Cast:
    size = max(scene.call.size or USUAL_SIZE, FEWEST + 1)
    return _together(scene, size, scene.beyond(), False, f"{size} vessels leave together")


def _short(scene: Scene) -> Cast:
    """One by one instead of together, or together but too few."""
    if scene.rng.random() < 0.5:
        return _together(scene, max(scene.call.size or USUAL_SIZE, FEWEST + 1), scene.short(), True, "")
    few = int(FEWEST * scene.short())
    return _together(scene, few, scene.beyond(), True, f"short of {FEWEST} vessels by {FEWEST - few}")


def _drifting(scene: Scene) -> Cast:
    """A fleet that stays where it is, as the wind lets it."""
    size = scene.call.size or USUAL_SIZE
    heart, drift, speed = scene.spot(), scene.course(), scene.kn(0.3, 0.8)
    lasts = scene.stage.duration + 1200.0
    ways = [
        legs(-600.0, heart + place, (drift + scene.rng.normal(0, 3 * DEGREE), speed, lasts))
        for place in _formation(scene.rng, size)
    ]
    actors = tuple(Actor("fishing", scene.path(way, "fishing")) for way in ways)
    event = Event("fleet", tuple(range(size)), scene.call.start, scene.end, True, "the fleet only drifts")
    return Cast(actors, (event, _near_each_other(size, 0.0, scene.stage.duration)))


def _lane(scene: Scene) -> Cast:
    """Ships that follow each other along a lane: near each other on one course, but they never drifted together."""
    rng, size = scene.rng, min(scene.call.size or LANE_SIZE, LANE_SIZE)
    gaps = np.cumsum(rng.uniform(180, 420, size))
    lasts = scene.stage.duration + float(gaps[-1]) + 600.0
    speed, course = scene.kn(9.5, 12), scene.course()
    way = np.vstack(list(_lane_points(scene, course, speed, lasts)))
    way[:, 0] -= 300.0
    paths = []
    for gap in gaps - gaps[0]:
        aside = np.array([0.0, *rng.uniform(-150, 150, 2)])
        paths.append(scene.path(way + aside - np.array([gap, 0.0, 0.0]), "cargo"))
    actors = tuple(Actor("cargo", path, device="A") for path in paths)
    note = "ships in a lane, one after the other"
    return Cast(actors, (Event("fleet", tuple(range(size)), scene.call.start, scene.end, True, note),))


def _lane_points(scene: Scene, course: float, speed: float, lasts: float) -> list[Floats]:
    """A lane through a place of the call, with a slight bend each half hour; NoRoom where it meets land."""
    point, made = np.array([0.0, *scene.spot()]), []
    for k in count():
        made.append(point)
        if point[0] >= lasts:
            return made
        point = legs(float(point[0]), point[1:], (course, speed, 1800.0))[1]
        if not scene.is_open(made[k][1:], point[1:]):
            raise NoRoom("land is in the way")
        course += scene.rng.uniform(-0.35, 0.35)
    return made


REAL: Variants = {"departure": _departure}
ALIKE: Variants = {"short": _short, "drifting": _drifting, "lane": _lane}


def cast(stage: Stage, rng: np.random.Generator, call: Behaviour) -> Cast:
    """A fleet that leaves together, or seems to."""
    return staged(stage, rng, call, REAL, ALIKE)
