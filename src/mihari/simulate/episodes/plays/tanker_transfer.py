"""Tanker transfer: two large ships lie side by side for hours out at sea, one of them a tanker at least.

After the OCIMF and ICS Ship to Ship Transfer Guide (adrift or at anchor, fender to fender, for most of a day) and
IMO resolution A.1192(33) (away from ports and roads where somebody looks). Alike: transfers in the roads, a small
bunker tanker, a tug that helps, two that wait near each other, a short stop.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.simulate.behaviours.contract import AT_ANCHOR, in_window
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import side_by_side, within
from mihari.simulate.episodes.plays.play import Play

NAME = "tanker_transfer"
STAYS_S = 7200.0  # the shortest transfer of a part cargo
OFF_NM = 4.0


def _beside(
    scene: Scene, kinds: tuple[str, str], lengths: tuple[float, float], lasts: float, note: str,
    innocent: bool = True, distance: float | None = None, anchored: bool = False, nm: float = OFF_NM,
) -> Cast:  # fmt: skip
    away = float(scene.rng.uniform(40, 200)) if distance is None else distance
    drift = scene.kn(0.02, 0.1) if anchored else scene.kn(0.3, 1.5)
    begin = scene.begin(lasts + 900.0)
    pair, (start, end) = side_by_side(scene, kinds, lasts, away, drift, nm, begin)
    status = Act(start, end, status=AT_ANCHOR) if anchored else Act(0.0, status=0)
    actors = tuple(
        Actor(kind, path, length, "A", acts=(status,)) for kind, path, length in zip(kinds, pair, lengths, strict=True)
    )
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), start, end, innocent, note)))


def _large(scene: Scene) -> float:
    return float(scene.rng.uniform(110, 330))


def _long(scene: Scene) -> float:
    return scene.beyond() * STAYS_S


def _adrift(scene: Scene) -> Cast:
    lengths = _large(scene), _large(scene)
    return _beside(scene, ("tanker", "tanker"), lengths, _long(scene), "two tankers adrift", False)


def _at_anchor(scene: Scene) -> Cast:
    lengths = _large(scene), _large(scene)
    note = "two tankers, one at anchor on a bank"
    return _beside(scene, ("tanker", "tanker"), lengths, _long(scene), note, False, anchored=True)


def _with_cargo(scene: Scene) -> Cast:
    lengths = _large(scene), _large(scene)
    return _beside(scene, ("tanker", "cargo"), lengths, _long(scene), "a tanker and another large ship", False)


def _roads(scene: Scene) -> Cast:
    """Where the port lets them: inside the anchorage."""
    lengths = _large(scene), _large(scene)
    there = within(scene, "anchorage", 1.0)
    return _beside(there, ("tanker", "tanker"), lengths, _long(scene), "in the roads", anchored=True, nm=0.1)


def _bunkers(scene: Scene) -> Cast:
    lengths = _large(scene), float(scene.rng.uniform(45, 85))
    return _beside(scene, ("cargo", "tanker"), lengths, _long(scene), "a small tanker gives bunkers")


def _helped(scene: Scene) -> Cast:
    lengths = _large(scene), float(scene.rng.uniform(25, 38))
    return _beside(scene, ("tanker", "tug"), lengths, _long(scene), "a tug helps")


def _waiting(scene: Scene) -> Cast:
    distance = float(np.exp(scene.rng.uniform(math.log(260), math.log(1200))))
    lengths = _large(scene), _large(scene)
    note = f"waiting {distance:.0f} m apart"
    return _beside(scene, ("tanker", "tanker"), lengths, _long(scene), note, distance=distance)


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * STAYS_S
    lengths = _large(scene), _large(scene)
    return _beside(scene, ("tanker", "tanker"), lengths, lasts, f"parted after {lasts / 3600:.1f} h")


PLAY = Play(
    NAME,
    {"adrift": _adrift, "at anchor": _at_anchor, "with a cargo ship": _with_cargo},
    {
        "in the roads": _roads,
        "small bunker tanker": _bunkers,
        "helped by a tug": _helped,
        "waiting apart": _waiting,
        "short": _short,
    },
    hours=6.0,
    margin_h=0.3,
)
