"""Scenes -> the ways of vessels that hardly move: that creep over the sea, or swing at their anchor."""

from __future__ import annotations

import numpy as np

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.behaviours.scene import Scene
from mihari.simulate.ways import Floats

SHELTER = 3.0 * NAUTICAL_MILE  # ships anchor nearer to the shore than this; assumed


def creeping(
    scene: Scene, lasts: float, low_kn: float, high_kn: float, bend: float
) -> list[tuple[float, float, float]]:
    """Legs of a vessel that hardly moves: ten minutes or so each, turning by at most `bend` rad from leg to leg."""
    n = max(1, round(lasts / scene.rng.uniform(500, 900)))
    course, made = scene.course(), []
    for _ in range(n):
        made.append((course, scene.kn(low_kn, high_kn), lasts / n))
        course += scene.rng.uniform(-bend, bend)
    return made


def roads(scene: Scene) -> Floats:
    """(2,) a place where ships anchor: water, with land within `SHELTER`."""
    return scene.spot(lambda lat, lon: ~scene.stage.wet(lat, lon, SHELTER))


def swinging(scene: Scene, place: Floats) -> Floats:
    """Points of a ship that swings at its anchor near `place`, for the whole scenario and a little beyond."""
    radius, reach, period = scene.rng.uniform(40, 70), scene.rng.uniform(0.3, 0.7), scene.rng.uniform(3000, 5400)
    time = np.arange(-600.0, scene.stage.duration + 1200.0, 600.0)
    angle = scene.course() + reach * np.sin(2 * np.pi * time / period + scene.course())
    return np.column_stack([time, place + radius * np.column_stack([np.sin(angle), np.cos(angle)])])
