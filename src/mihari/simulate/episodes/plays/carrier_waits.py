"""Carrier waits: a cargo ship lies for hours alone and without way, far from ports and anchorages.

After Miller et al., Frontiers in Marine Science 5 (2018), and Global Fishing Watch, loitering: below 2 kn, far from
shore, for hours. Alike: at anchor in the roads, a short wait for a pilot, slow steaming, an engine under repair, two
that meet.
"""

from __future__ import annotations

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import AT_ANCHOR, in_window
from mihari.simulate.behaviours.measure import longest, moved
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.behaviours.slow import swinging
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import inshore, side_by_side, waiting, within
from mihari.simulate.episodes.plays.play import Play

NAME = "carrier_waits"
WAITS_S = 3 * 3600.0
OFF_NM = 6.0
NOT_UNDER_COMMAND = 2


def _length(scene: Scene) -> float:
    return float(scene.rng.uniform(75, 220))


def _lies(
    scene: Scene, lasts: float, kn: tuple[float, float], note: str, innocent: bool = True, status: int = 0,
    kind: str = "cargo", below: float = 2.0,
) -> Cast:  # fmt: skip
    path, (start, end) = waiting(scene, kind, lasts, kn, OFF_NM, below)
    length = _length(scene) if kind == "cargo" else float(scene.rng.uniform(20, 32))
    acts = (Act(0.0, status=0), Act(start, end, status=status))
    actor = Actor(kind, path, length, "A", acts=acts)
    return Cast((actor,), in_window(scene, Event(NAME, (0,), start, end, innocent, note)))


def _long(scene: Scene) -> float:
    return WAITS_S * float(scene.rng.uniform(1.04, 1.6))


def _drifts(scene: Scene) -> Cast:
    return _lies(scene, _long(scene), (0.2, 1.2), "adrift", False)


def _creeps(scene: Scene) -> Cast:
    return _lies(scene, _long(scene), (0.9, 1.8), "keeps her place against the current", False)


def _short(scene: Scene) -> Cast:
    return _lies(scene, scene.short() * WAITS_S, (0.2, 1.6), "a short wait")


def _steams(scene: Scene) -> Cast:
    return _lies(scene, _long(scene), (2.3, 4.0), "slow steaming", below=4.4)


def _repairs(scene: Scene) -> Cast:
    return _lies(scene, _long(scene), (0.3, 1.6), "engine under repair, and says so", status=NOT_UNDER_COMMAND)


def _fishes(scene: Scene) -> Cast:
    return _lies(scene, _long(scene), (0.5, 1.8), "a fishing vessel at work", status=7, kind="fishing")


def _anchored(scene: Scene) -> Cast:
    there = within(scene, "anchorage", 2.0)
    path = there.path(swinging(there, there.spot(inshore(there, 6.0))), "anchored")
    start = there.begin(WAITS_S * 1.2)
    actor = Actor("anchored", path, _length(there), "A", acts=(Act(-1e6, status=AT_ANCHOR),))
    event = Event(NAME, (0,), start, start + WAITS_S * 1.2, True, "at anchor in the roads")
    return Cast((actor,), in_window(there, event))


def _meets(scene: Scene) -> Cast:
    """She lies with another for half of the time: that is a meeting."""
    lasts = _long(scene)
    begin = scene.begin(lasts + 900.0)
    drift = scene.kn(0.3, 1.4)
    pair, _ = side_by_side(scene, ("cargo", "cargo"), lasts, float(scene.rng.uniform(60, 400)), drift, OFF_NM, begin)
    sailed = moved(pair[0], scene.time)
    start, end = longest(sailed.speed < 2 * KNOT, sailed.time)
    actors = tuple(Actor("cargo", path, _length(scene), "A", acts=(Act(0.0, status=0),)) for path in pair)
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), start, end, True, "two that lie together")))


PLAY = Play(
    NAME,
    {"adrift": _drifts, "keeps her place": _creeps},
    {
        "short": _short,
        "slow steaming": _steams,
        "under repair": _repairs,
        "at anchor": _anchored,
        "meets another": _meets,
        "fishing": _fishes,
    },
    hours=6.0,
    margin_h=0.2,
)
