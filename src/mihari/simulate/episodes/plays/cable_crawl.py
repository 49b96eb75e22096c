"""Cable crawl: a vessel crawls or lies over a cable for an hour or more, and is neither cable ship nor fishing.

After reports of the research ship Yantar (H I Sutton, Naval News, August 2021), which lay between two cables and had
come along one of them, and of ships whose anchor was down there. Alike: cable ships, fishing vessels, who lies there
for a short while, beside the corridor, or passes along it.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import KNOT
from mihari.simulate.behaviours.contract import FISHING
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import heads
from mihari.simulate.behaviours.scene import NoRoom, Scene
from mihari.simulate.cast import Actor, Cast
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.working import RESTRICTED, Span, alone, fitted, off_line, on_line, says, to_and_fro

NAME = "cable_crawl"
LONG_S, CRAWL_KN, CORRIDOR_M = 3600.0, 3.0, 1000.0


def _stays(
    scene: Scene, kind: str, lasts: float, kn: Span, beside: Span, note: str, innocent: bool = True,
    status: int = 0, along: float = 0.2,
) -> Cast:  # fmt: skip
    """To and fro over the cable, or beside it; `along`: rad by which a leg may differ from the cable's course."""
    place, runs = on_line(scene)
    away = float(scene.rng.uniform(*beside))
    place = place + away * float(scene.rng.choice([-1.0, 1.0])) * heads(runs + np.pi / 2)
    within = max(CORRIDOR_M, away * 1.5)
    path, span = fitted(
        scene, kind, place, to_and_fro(scene, lasts, kn, (8, 25), runs, along), lasts,
        lambda m: (m.speed < max(CRAWL_KN, kn[1] * 1.1) * KNOT) & (off_line(scene, m) < within),
    )  # fmt: skip
    actor = Actor(kind, path, device="A", acts=says(status))
    return alone(scene, NAME, actor, span, innocent, f"{note}, {away:.0f} m off")


def _long(scene: Scene) -> float:
    return scene.beyond() * LONG_S


def _crawls(scene: Scene) -> Cast:
    kind = str(scene.rng.choice(["cargo", "tanker", "tug"]))
    return _stays(scene, kind, _long(scene), (1.0, 2.8), (0, 500), "crawls along the cable", False)


def _lies(scene: Scene) -> Cast:
    kind = str(scene.rng.choice(["cargo", "tanker", "pleasure"]))
    return _stays(scene, kind, _long(scene), (0.1, 0.9), (0, 600), "lies over the cable", False, along=1.5)


def _cable_ship(scene: Scene) -> Cast:
    return _stays(scene, "tug", _long(scene), (0.3, 1.5), (0, 60), "a cable ship at work", status=RESTRICTED)


def _fishes(scene: Scene) -> Cast:
    return _stays(scene, "fishing", _long(scene), (1.0, 2.8), (0, 500), "fishes over the cable", status=FISHING)


def _short(scene: Scene) -> Cast:
    lasts = scene.short() * LONG_S
    return _stays(scene, "cargo", lasts, (0.2, 1.5), (0, 500), f"over it for {lasts / 60:.0f} min")


def _beside(scene: Scene) -> Cast:
    cast = _stays(scene, "cargo", _long(scene), (0.2, 1.2), (1500, 3500), "waits beside the corridor", along=0.2)
    event = cast.events[0]
    there = moved(cast.actors[0].path, np.arange(event.start, event.end, 30.0))
    if (off_line(scene, there) < CORRIDOR_M * 1.03).any():
        raise NoRoom("it comes over the cable")
    return cast


def _passes(scene: Scene) -> Cast:
    """A tow or a slow steamer along the cable."""
    place, runs = on_line(scene)
    lasts = _long(scene)
    speed = scene.kn(3.5, 6.0)
    path, span = fitted(
        scene, "tug", place, [(runs, speed, lasts)], lasts, lambda m: m.speed > 0.8 * speed, speed=speed, passing=True
    )
    return alone(scene, NAME, Actor("tug", path, device="A"), span, True, "passes along the cable with a tow")


PLAY = Play(
    NAME,
    {"crawls along": _crawls, "lies above": _lies},
    {
        "cable ship": _cable_ship,
        "fishing": _fishes,
        "short": _short,
        "beside the corridor": _beside,
        "passes along": _passes,
    },
    spot="cable",
    hours=4.0,
    margin_h=0.3,
)
