"""Disguised fishing: a vessel says cargo or other and works as a trawler does, for two hours or more.

After de Souza et al., PLoS ONE 11(7) (2016), and Natale et al., PLoS ONE 10(6) (2015): 2 to 5 kn, tows of a quarter of
an hour to an hour, with turns. Alike: large ships that wait under way, surveys, slow steamers, drifting, a short while.
"""

from __future__ import annotations

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import FISHING
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.plays.laying import off_shore
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import RESTRICTED, Span, alone, fitted, says, to_and_fro

NAME = "disguised_fishing"
WORKS_S = 7200.0
TOWS_KN = (2.2, 4.8)


def _works(
    scene: Scene, kind: str, lasts: float, note: str, innocent: bool = True, status: int = 0, kn: Span = TOWS_KN,
    minutes: Span = (15, 45), spread: float = 0.6, length: Span | None = None, device: str = "A",
) -> Cast:  # fmt: skip
    fast = 1.1 * kn[1] * KNOT
    legs = to_and_fro(scene, lasts, kn, minutes, scene.course(), spread)
    path, span = fitted(scene, kind, scene.spot(off_shore(scene, 2.0)), legs, lasts, lambda m: m.speed < fast)
    hull = None if length is None else float(scene.rng.uniform(*length))
    return alone(scene, NAME, Actor(kind, path, hull, device, acts=says(status)), span, innocent, note)


def _long(scene: Scene) -> float:
    return WORKS_S * min(scene.beyond() * 1.1, 1.9)


def _says_cargo(scene: Scene) -> Cast:
    return _works(scene, "cargo", _long(scene), "trawls as a cargo ship", False, length=(25, 90))


def _says_other(scene: Scene) -> Cast:
    return _works(scene, "boat", _long(scene), "trawls as another vessel", False, length=(18, 60), minutes=(12, 35))


def _small_tanker(scene: Scene) -> Cast:
    return _works(scene, "tanker", _long(scene), "trawls as a tanker", False, length=(25, 80), minutes=(25, 60))


def _waits(scene: Scene) -> Cast:
    """Up and down before a port, until there is a berth."""
    return _works(scene, "cargo", _long(scene), "waits under way", kn=(2.5, 4.8), minutes=(30, 60), length=(110, 250))


def _survey(scene: Scene) -> Cast:
    lasts = _long(scene)
    return _works(scene, "boat", lasts, "surveys", status=RESTRICTED, kn=(3.5, 4.8), spread=0.05, length=(20, 80))


def _steams(scene: Scene) -> Cast:
    """Slowly on its way, with few bends."""
    lasts, speed, course = _long(scene), scene.kn(3.0, 4.8), scene.course()
    legs = [(course + scene.rng.uniform(-0.2, 0.2), speed, lasts / 4) for _ in range(4)]
    place = scene.spot(off_shore(scene, 2.0))
    path, span = fitted(scene, "cargo", place, legs, lasts, lambda m: m.speed > 0.8 * speed, None, speed, True)
    actor = Actor("cargo", path, float(scene.rng.uniform(30, 90)), "A")
    return alone(scene, NAME, actor, span, True, "steams slowly")


def _says_fishing(scene: Scene) -> Cast:
    return _works(scene, "fishing", _long(scene), "a trawler that says so", status=FISHING)


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * WORKS_S
    return _works(scene, "cargo", lasts, f"for {lasts / 3600:.1f} h", length=(30, 90), minutes=(12, 30))


def _drifts(scene: Scene) -> Cast:
    return _works(scene, "cargo", _long(scene), "drifts and waits", kn=(0.4, 1.5), spread=1.2, length=(30, 90))


PLAY = Play(
    NAME,
    {"says cargo": _says_cargo, "says other": _says_other, "says tanker": _small_tanker},
    {
        "waits under way": _waits,
        "survey": _survey,
        "steams slowly": _steams,
        "says fishing": _says_fishing,
        "short": _short,
        "drifts": _drifts,
    },
    hours=5.5,
    margin_h=0.2,
)
