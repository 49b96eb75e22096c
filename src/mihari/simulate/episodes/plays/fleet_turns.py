"""Fleet turns: boats that drift near each other in a mass turn to one course together and gather way.

After Park et al., Science Advances 6 (2020: fleets some hundred metres apart), AMTI on the fleets at Whitsun Reef
(2021) and reports of lines of boats in the East China Sea that broke up at once (December 2025). Alike: who only
drifts, goes one by one, scatters, is few, has been under way all along, ships in a lane.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import DEGREE, KNOT
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import off_shore
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import Span
from mihari.simulate.ways import Floats

NAME = "fleet_turns"
SIZE = 14
LIES_S, SAILS_S = 2700.0, 1800.0  # drifts before, under way after, at least
APART_M, SAILS_KN, DRIFTS_KN = (180.0, 320.0), (5.5, 10.0), (0.2, 0.9)


def block(rng: np.random.Generator, size: int, apart: float) -> Floats:
    """(size, 2) places in a disc, each about `apart` m from the next."""
    side = math.ceil(math.sqrt(size)) + 2
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) - (side - 1) / 2
    grid = grid[np.argsort(np.hypot(*grid.T), kind="stable")][:size]
    return np.asarray(apart * (grid + rng.uniform(-0.2, 0.2, grid.shape)))


def _leaves(
    scene: Scene, note: str, innocent: bool = False, size: int | None = None, spread_s: float = 300.0,
    scatter: float = 3 * DEGREE, drifts_kn: Span = DRIFTS_KN, sails_kn: Span = SAILS_KN, turn: float | None = None,
) -> Cast:  # fmt: skip
    """All drift, and within `spread_s` s each turns to the common course (give or take `scatter` rad) and goes."""
    rng, number = scene.rng, SIZE if size is None else size
    begin = scene.begin(spread_s + SAILS_S, LIES_S)
    heart, drift = scene.spot(off_shore(scene, 2.0)), scene.course()
    course = scene.course() if turn is None else drift + turn
    slow, fast = scene.kn(*drifts_kn), scene.kn(*sails_kn)
    leaves = begin + spread_s * np.sort(rng.uniform(0, 1, number))
    rng.shuffle(leaves)
    paths = []
    for place, at in zip(block(rng, number, float(rng.uniform(*APART_M))), leaves, strict=True):
        own = rng.normal(0, scatter)
        sails = max(scene.stage.duration + 300.0 - float(at), SAILS_S)
        way = legs(-300.0, heart + place, (drift + rng.normal(0, 0.05), slow, float(at) + 300.0),
                   (course + own, fast * (1 + rng.normal(0, 0.01)), sails))  # fmt: skip
        paths.append(scene.path(way, "fishing"))
    end = begin + spread_s + 600.0
    actors = tuple(Actor("fishing", path, device="B") for path in paths)
    told = f"{note}: {number} boats, {fast / KNOT:.1f} kn"
    return Cast(actors, in_window(scene, Event(NAME, tuple(range(number)), begin, end, innocent, told)))


def _turns(scene: Scene) -> Cast:
    return _leaves(scene, "turn together")


def _larger(scene: Scene) -> Cast:
    return _leaves(scene, "a larger fleet turns together", size=20, spread_s=float(scene.rng.uniform(120, 480)))


def _drifts(scene: Scene) -> Cast:
    return _leaves(scene, "only drifts", True, sails_kn=(0.3, 0.9), turn=0.2)


def _one_by_one(scene: Scene) -> Cast:
    spread = float(scene.rng.uniform(4200, 6000))
    return _leaves(scene, "one by one", True, spread_s=spread, scatter=0.5)


def _scatters(scene: Scene) -> Cast:
    return _leaves(scene, "to all sides", True, scatter=2.5)


def _few(scene: Scene) -> Cast:
    return _leaves(scene, "too few", True, size=int(scene.rng.integers(3, 6)))


def _on_passage(scene: Scene) -> Cast:
    cruise = (6.0, 8.0)
    return _leaves(scene, "under way all along", True, drifts_kn=cruise, sails_kn=cruise, turn=0.3, scatter=0.01)


def _lane(scene: Scene) -> Cast:
    """Ships one behind the other, half a mile and more apart."""
    number, course, speed = 8, scene.course(), scene.kn(9, 12)
    begin, heart = scene.begin(SAILS_S), scene.spot(off_shore(scene, 2.0))
    paths, aside = [], heads(course + math.pi / 2)
    for k in range(number):
        astern = k * float(scene.rng.uniform(900, 1500))
        place = heart - heads(course) * astern + aside * float(scene.rng.uniform(-100, 100))
        first = place - heads(course) * speed * begin
        paths.append(scene.path(legs(0.0, first, (course, speed, scene.stage.duration + 300.0)), "cargo"))
    there = moved(paths[0], np.array([begin, begin + SAILS_S]))
    if not scene.stage.wet(there.lat_deg, there.lon_deg).all():
        raise NoRoom("land is in the way")
    actors = tuple(Actor("cargo", path, device="A") for path in paths)
    event = Event(NAME, tuple(range(number)), begin, begin + 900.0, True, "ships in a lane")
    return Cast(actors, in_window(scene, event))


PLAY = Play(
    NAME,
    {"turns": _turns, "larger": _larger},
    {
        "only drifts": _drifts,
        "one by one": _one_by_one,
        "scatters": _scatters,
        "too few": _few,
        "on passage": _on_passage,
        "ships in a lane": _lane,
    },
    hours=3.0,
    margin_h=0.4,
)
