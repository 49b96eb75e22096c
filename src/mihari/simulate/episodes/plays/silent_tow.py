"""Silent tow: two vessels go slowly and close behind each other for an hour or more, and neither is a tug.

After RTEC's maritime patterns (tugging: two close together, one of them a tug, at a tug's speed; Pitsikalis et al.,
DEBS 2019), turned round: no tug. Alike: a tug with its tow, pair trawling, an overtaking, two yachts in company, a
convoy at a cargo ship's speed, two that drift together.
"""

from __future__ import annotations

import numpy as np

from mihari.simulate.behaviours import rendezvous
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import apart, longest, moved
from mihari.simulate.behaviours.points import legs
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import off_shore, seen, stays_off, told
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path

NAME = "silent_tow"
LASTS_S = 3600.0
NEAR_M = 500.0
OFF_NM = 3.8


def _in_line(scene: Scene, lasts: float, speed: float, gap: float, kind: str) -> tuple[Path, Path, float]:
    """Two on one way, the one `gap` m behind the other, with a bend now and then; and when it begins."""
    begin = scene.begin(lasts + 300.0)
    course, n = scene.course(), max(2, round(lasts / 1500))
    bends = [course]
    for _ in range(n - 1):
        bends.append(bends[-1] + scene.rng.uniform(-0.35, 0.35))
    way = legs(begin, scene.spot(off_shore(scene, OFF_NM)), *((c, speed, lasts / n) for c in bends))
    behind = way.copy()
    behind[:, 0] += gap / speed
    first = scene.voyage(way, kind, speed * 1.6, course + 0.5, bends[-1] - 0.5)
    second = scene.voyage(behind, kind, speed * 1.6, course - 0.6, bends[-1] + 0.6)
    for path in (first, second):
        stays_off(scene, path, begin, begin + lasts, OFF_NM - 0.5)
    return first, second, begin


def _pair(
    scene: Scene, kinds: tuple[str, str], lasts: float, kn: tuple[float, float], note: str, innocent: bool = True,
    gap: tuple[float, float] = (130.0, 460.0), dark: bool = False, status: int = 0,
) -> Cast:  # fmt: skip
    first, second, _ = _in_line(scene, lasts, scene.kn(*kn), float(scene.rng.uniform(*gap)), kinds[0])
    together = longest(apart(moved(first, scene.time), moved(second, scene.time)) < NEAR_M, scene.time)
    start, end = together
    if dark:
        seen(scene, second, start, end)
    if not innocent and end - start < 1.03 * LASTS_S:
        raise NoRoom("they do not stay together long enough")
    if innocent and lasts < LASTS_S and end - start > 0.97 * LASTS_S:
        raise NoRoom("they stay together too long")
    acts = (Act(0.0, status=status),)
    actors = (
        Actor(kinds[0], first, device="A", acts=acts),
        Actor(kinds[1], second, device="" if dark else "A", acts=() if dark else acts),
    )
    return Cast(actors, in_window(scene, Event(NAME, (0, 1), start, end, innocent, note)))


def _long(scene: Scene) -> float:
    return scene.beyond() * LASTS_S * 1.1


def _ship(scene: Scene) -> Cast:
    kinds = [("cargo", "cargo"), ("tanker", "tanker"), ("cargo", "tanker")][int(scene.rng.integers(3))]
    return _pair(scene, kinds, _long(scene), (2.5, 7.5), "a ship tows a ship", False)


def _dark(scene: Scene) -> Cast:
    kinds = [("fishing", "fishing"), ("cargo", "fishing"), ("cargo", "cargo")][int(scene.rng.integers(3))]
    return _pair(scene, kinds, _long(scene), (2.5, 7.5), "what is towed has no AIS", False, dark=True)


def _tug(scene: Scene) -> Cast:
    return _pair(scene, ("tug", "cargo"), _long(scene), (3.0, 7.5), "a tug with its tow")


def _yachts(scene: Scene) -> Cast:
    return _pair(scene, ("pleasure", "pleasure"), _long(scene), (3.0, 7.0), "two yachts in company")


def _convoy(scene: Scene) -> Cast:
    return _pair(scene, ("cargo", "cargo"), _long(scene), (8.6, 13.0), "a convoy", gap=(200, 460))


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * LASTS_S * 0.8
    return _pair(scene, ("cargo", "cargo"), lasts, (3.0, 7.0), "a short common way")


def _apart(scene: Scene) -> Cast:
    """On one way, farther apart than any hawser."""
    first, second, begin = _in_line(scene, _long(scene), scene.kn(3, 7), float(scene.rng.uniform(640, 1500)), "cargo")
    actors = (Actor("cargo", first, device="A"), Actor("cargo", second, device="A"))
    near = apart(moved(first, scene.time), moved(second, scene.time)) < 1.05 * NEAR_M
    if np.count_nonzero(near) > 0.5 * LASTS_S:
        raise NoRoom("they come too near")
    event = Event(NAME, (0, 1), begin, begin + LASTS_S, True, "one way, far apart")
    return Cast(actors, in_window(scene, event))


def _trawling(scene: Scene) -> Cast:
    return told(rendezvous.ALIKE["pair trawling"](scene), NAME, True)


def _adrift(scene: Scene) -> Cast:
    return told(rendezvous.REAL["transfer"](scene), NAME, True, "two that drift together")


PLAY = Play(
    NAME,
    {"a ship tows": _ship, "towed in the dark": _dark},
    {
        "tug and tow": _tug,
        "pair trawling": _trawling,
        "yachts": _yachts,
        "convoy": _convoy,
        "short": _short,
        "far apart": _apart,
        "adrift": _adrift,
    },
    hours=4.0,
    margin_h=0.4,
)
