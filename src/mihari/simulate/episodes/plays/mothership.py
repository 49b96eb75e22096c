"""Mothership: small craft without AIS come from a larger vessel far out, or to it, and stay around it.

After BMP5 (2018) and UKMTO: two or more skiffs, carried, launched or towed by a dhow, a fishing vessel or a captured
ship. Alike: one boat, boats with AIS, boats that only pass, a short visit, tenders near the land, a seiner with her
skiffs where fishing is known.
"""

from __future__ import annotations

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.contract import in_window
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.points import heads, legs
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.cast import Act, Actor, Cast, Event
from mihari.simulate.episodes.plays.laying import (
    Holds,
    by_radar,
    cruise,
    inshore,
    off_shore,
    seen,
    stays_inshore,
    stays_off,
    within,
)
from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

NAME = "mothership"
STAYS_S = 1800.0
OFF_NM = 6.0
STEP_S = 240.0


def _where(scene: Scene) -> Holds:
    off = off_shore(scene, OFF_NM)
    return lambda lat, lon: off(lat, lon) & scene.stage.under_radar(lat, lon)


def _around(scene: Scene, ship: Path, start: float, end: float, low: float, high: float) -> Floats:
    """Points of a boat that keeps about a ship, so many m off."""
    time = np.append(np.arange(start, end - STEP_S / 2, STEP_S), end)
    there = moved(ship, time)
    x, y = scene.metres(there.lat_deg, there.lon_deg)
    angle = scene.course() + np.cumsum(scene.rng.uniform(-0.7, 0.7, len(time)))
    away = scene.rng.uniform(low, high, len(time))
    return np.column_stack([time, x + away * np.sin(angle), y + away * np.cos(angle)])


def _boat(scene: Scene, ship: Path, start: float, end: float, launched: bool, device: str) -> Actor:
    """One boat: put into the water beside the ship, or come from the sea; it leaves fast."""
    points = _around(scene, ship, start, end, 60.0, 400.0)
    path = scene.voyage(points, "boat", scene.kn(15, 24))
    since = start if launched else -1e9
    return Actor("boat", path, float(scene.rng.uniform(5, 9)), device, since=since)


def _cast(
    scene: Scene, boats: int, stays: float, note: str, innocent: bool = False, launched: bool = False,
    device: str = "", holds: Holds | None = None, kind: str = "", status: int = 0, near: float = 0.0,
) -> Cast:  # fmt: skip
    kind = kind or str(scene.rng.choice(["fishing", "cargo"]))
    start = scene.begin(stays + 600.0, 600.0)
    drift, speed = scene.course(), scene.kn(0.4, 4.0)
    place = scene.spot(holds or _where(scene))
    ship = scene.voyage(legs(start - 300, place, (drift, speed, stays + 600)), kind, cruise(scene, kind), drift, drift)
    if near:
        stays_inshore(scene, ship, start, start + stays, near)
    elif not holds:
        stays_off(scene, ship, start, start + stays, OFF_NM - 0.4)
        seen(scene, ship, start - 300.0, start + stays + 300.0)
    length = float(scene.rng.uniform(25, 32)) if kind == "fishing" else float(scene.rng.uniform(70, 200))
    crew = [_boat(scene, ship, start, start + stays, launched, device) for _ in range(boats)]
    actors = (Actor(kind, ship, length, "A", acts=(Act(0.0, status=status),)), *crew)
    event = Event(NAME, tuple(range(boats + 1)), start, start + stays, innocent, note)
    return Cast(actors, in_window(scene, event))


def _several(scene: Scene) -> int:
    return int(scene.rng.integers(2, 5))


def _long(scene: Scene) -> float:
    return scene.beyond() * STAYS_S


def _launched(scene: Scene) -> Cast:
    return _cast(by_radar(scene), _several(scene), _long(scene), "boats put into the water", launched=True)


def _come(scene: Scene) -> Cast:
    return _cast(by_radar(scene), _several(scene), _long(scene), "boats come to her")


def _one(scene: Scene) -> Cast:
    return _cast(by_radar(scene), 1, _long(scene), "one boat", True)


def _named(scene: Scene) -> Cast:
    return _cast(by_radar(scene), _several(scene), _long(scene), "boats with AIS", True, device="B")


def _short(scene: Scene) -> Cast:
    return _cast(by_radar(scene), _several(scene), scene.short() * STAYS_S, "a short visit", True)


def _tenders(scene: Scene) -> Cast:
    there = within(scene, "anchorage", 6.0)
    return _cast(there, 3, _long(scene), "tenders", True, holds=inshore(there, 2.0), kind="ferry", near=2.9)


def _seiner(scene: Scene) -> Cast:
    there = within(scene, "fishing", 1.5)
    holds = off_shore(there, 1.0)
    return _cast(there, 3, _long(scene), "a seiner with her skiffs", True, holds=holds, kind="fishing", status=7)


def _pass(scene: Scene) -> Cast:
    """Boats cross her way close by and go on."""
    there = by_radar(scene)
    start, drift, speed = scene.begin(1200.0, 600.0), scene.course(), scene.kn(1, 4)
    place = there.spot(_where(there))
    ship = there.voyage(legs(start, place, (drift, speed, 1200.0)), "cargo", cruise(scene, "cargo"), drift, drift)
    crew = []
    for _ in range(3):
        course, fast = scene.course(), scene.kn(14, 24)
        beside = place + scene.rng.uniform(60, 400) * heads(scene.course()) - fast * 600 * heads(course)
        path = there.voyage(legs(start, beside, (course, fast, 1200.0)), "boat", fast, course, course)
        crew.append(Actor("boat", path, float(scene.rng.uniform(5, 9)), ""))
    actors = (Actor("cargo", ship, 120.0, "A"), *crew)
    event = Event(NAME, tuple(range(4)), start, start + 1200.0, True, f"pass within {0.5 * NAUTICAL_MILE:.0f} m")
    return Cast(actors, in_window(scene, event))


PLAY = Play(
    NAME,
    {"boats launched": _launched, "boats come": _come},
    {
        "one boat": _one,
        "boats with AIS": _named,
        "short": _short,
        "tenders": _tenders,
        "seiner": _seiner,
        "boats pass": _pass,
    },
    hours=3.0,
    margin_h=0.3,
)
