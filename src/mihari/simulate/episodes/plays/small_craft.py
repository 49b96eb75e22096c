"""Scenes -> small craft between the shore and the sea: from or to a landing place, under radar, by night or by day."""

from __future__ import annotations

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.measure import moved
from mihari.simulate.behaviours.scene import OPEN_WATER, NoRoom, Scene
from mihari.simulate.cast import Actor
from mihari.simulate.paths import Path
from mihari.simulate.ways import Floats

BEARINGS = np.arange(72) * (np.pi / 36)
LANDING_M = 450.0  # from land, where it comes and goes
LOOK_M, STEP_M = 22_000.0, 150.0


def nearest_land(scene: Scene, place: Floats) -> tuple[float, float]:
    """Bearing (rad) of the nearest land and metres to it."""
    out = np.arange(STEP_M, LOOK_M, STEP_M)
    x, y = place[0] + out[:, None] * np.sin(BEARINGS), place[1] + out[:, None] * np.cos(BEARINGS)
    land = scene.stage.on_land(*scene.degrees(x, y))
    if not land.any():
        raise NoRoom("no land is near")
    first = np.where(land.any(axis=0), land.argmax(axis=0), len(out) - 1)
    nearest = int(first.argmin())
    return float(BEARINGS[nearest]), float(out[first[nearest]])


def outside(scene: Scene, low_nm: float, high_nm: float) -> tuple[Floats, Floats]:
    """A place so many miles off, and the landing place nearest to it; open water and radar all the way."""
    for _ in range(40):
        out = scene.spot(
            lambda lat, lon: (
                scene.stage.wet(lat, lon, low_nm * NAUTICAL_MILE) & ~scene.stage.wet(lat, lon, high_nm * NAUTICAL_MILE)
            )
        )
        bearing, away = nearest_land(scene, out)
        if not low_nm * NAUTICAL_MILE <= away <= high_nm * NAUTICAL_MILE:
            continue
        landing = out + (away - LANDING_M) * np.array([np.sin(bearing), np.cos(bearing)])
        steps = out + np.linspace(0, 1, 20)[:, None] * (landing - out)
        if not scene.is_open(out, landing, OPEN_WATER / 2):
            continue
        if scene.stage.under_radar(*scene.degrees(*steps.T)).all():
            return out, landing
    raise NoRoom("no place off the shore is open and under radar")


def way(scene: Scene, points: list[tuple[float, Floats]], blend: float = 60.0) -> Path:
    """Through places at times, at rest before and after; NoRoom where land is in the way."""
    rows = np.array([(time, *place) for time, place in points])
    path = scene.ghost(rows, blend)
    there = moved(path, np.arange(rows[0, 0], rows[-1, 0], 20.0))
    if not scene.stage.wet(there.lat_deg, there.lon_deg).all():
        raise NoRoom("land is in the way")
    return path


def boat(path: Path, device: str = "", since: float = -np.inf, until: float = np.inf, kind: str = "boat") -> Actor:
    """A small craft; `since` and `until`: at its quay no radar tells it from the shore."""
    return Actor(kind, path, device=device, since=since, until=until)


def course_of(a: Floats, b: Floats) -> float:
    """From one place to another, rad."""
    return float(np.arctan2(*(b - a)))
