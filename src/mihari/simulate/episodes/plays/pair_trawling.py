"""Pair trawling: two vessels tow one net between them, side by side at 2 to 5 kn, for an hour or more.

After Park et al., Science Advances 6 (2020), of whose dark fleets pair trawlers were the larger part, and Mazzarella et
al. (FUSION 2014) for the speed of trawls. Alike: tows, a survey with its guard, two that drift or steam, near for a
short while, further apart.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import FISHING, in_window
from mihari.simulate.behaviours.measure import apart, longest, moved
from mihari.simulate.behaviours.points import centred, heads, legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import off_shore, seen
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import RESTRICTED, Span, says, to_and_fro

NAME = "pair_trawling"
TOGETHER_S = 3600.0
TOWS_KN = (2.2, 4.5)
BESIDE_M = (150.0, 420.0)


def _beside(
    scene: Scene, kinds: tuple[str, str], lasts: float, note: str, innocent: bool = True, kn: Span = TOWS_KN,
    distance: Span = BESIDE_M, status: int = 0, devices: tuple[str, str] = ("A", "A"), astern: float = 0.0,
) -> Cast:  # fmt: skip
    """Two on one way, abeam of each other, or the second one `astern` rad behind the beam."""
    away, begin = float(scene.rng.uniform(*distance)), scene.begin(lasts + 600.0, 300.0)
    courses = to_and_fro(scene, lasts, kn, (40, 100), scene.course(), 0.4, math.pi / 3)
    way = centred(legs(begin, np.zeros(2), *courses), scene.spot(off_shore(scene, 2.0)))
    way = way[way[:, 0] <= begin + lasts]
    other = way + np.array([0.0, *(away * heads(courses[0][0] + math.pi / 2 + astern))])
    parting = 1.2  # rad to either side, before and after
    paths = [
        scene.voyage(points, kind, scene.kn(7, 9), courses[0][0] - side * parting, courses[0][0] + side * parting)
        for points, kind, side in ((way, kinds[0], -1), (other, kinds[1], 1))
    ]
    first, second = (moved(path, scene.time) for path in paths)
    low, high = 0.85 * kn[0] * KNOT, 1.15 * kn[1] * KNOT
    alike = (apart(first, second) < away + 30.0) & (first.speed < high) & (second.speed < high) & (first.speed > low)
    start, end = longest(alike, scene.time)
    if abs(end - start - lasts) > 600.0 or (not innocent and end - start < 1.03 * TOGETHER_S):
        raise NoRoom("they do not stay together as long as they should")
    for path, device in zip(paths, devices, strict=True):
        if not device:
            seen(scene, path, start, end)
    actors = tuple(Actor(k, p, device=d, acts=says(status)) for k, p, d in zip(kinds, paths, devices, strict=True))
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), start, end, innocent, f"{note}, {away:.0f} m apart")))


def _long(scene: Scene) -> float:
    return scene.beyond() * TOGETHER_S * 1.15


def _say_fishing(scene: Scene) -> Cast:
    return _beside(scene, ("fishing", "fishing"), _long(scene), "a pair that says so", False, status=FISHING)


def _say_nothing(scene: Scene) -> Cast:
    return _beside(scene, ("fishing", "fishing"), _long(scene), "a pair, under way by what it says", False)


def _one_dark(scene: Scene) -> Cast:
    devices = ("A", "")
    return _beside(scene, ("fishing", "fishing"), _long(scene), "a pair, one without AIS", False, devices=devices)


def _tow(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _beside(scene, ("tug", "cargo"), lasts, "a tow", kn=(2.5, 4.8), astern=math.pi / 2, distance=(200, 450))


def _guarded(scene: Scene) -> Cast:
    return _beside(scene, ("tug", "tug"), _long(scene), "a survey and its guard", kn=(3.5, 4.8), status=RESTRICTED)


def _apart(scene: Scene) -> Cast:
    return _beside(scene, ("fishing", "fishing"), _long(scene), "two that trawl", distance=(600, 1500), status=FISHING)


def _steam(scene: Scene) -> Cast:
    return _beside(scene, ("fishing", "fishing"), _long(scene), "two on their way", kn=(6.0, 9.0))


def _drift(scene: Scene) -> Cast:
    return _beside(scene, ("fishing", "cargo"), _long(scene), "two that drift", kn=(0.5, 1.5), distance=(80, 300))


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * TOGETHER_S
    return _beside(scene, ("fishing", "fishing"), lasts, f"for {lasts / 60:.0f} min", status=FISHING)


PLAY = Play(
    NAME,
    {"say fishing": _say_fishing, "say nothing": _say_nothing, "one is dark": _one_dark},
    {
        "tow": _tow,
        "survey and guard": _guarded,
        "further apart": _apart,
        "on their way": _steam,
        "drifting": _drift,
        "short": _short,
    },
    hours=4.0,
    margin_h=0.3,
)
