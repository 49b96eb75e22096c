"""Patrol file, ground -> the `World` that a search works on, and what its rows and columns stand for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground
from mihari.patrol.maker import Homeward, Maker, alike
from mihari.patrol.reach import (
    EARLY_H,
    kinds_of,
)
from mihari.patrol.search.world import World
from mihari.patrol.vehicles import (
    Place,
    Vehicle,
    places_of,
    vehicles_of,
)
from mihari.sensors.platform import PlatformProfile

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """What is planned: the file, the ground, vehicles, places; `rows` (c,): cells of the ground that the world has.

    relays: stations that pass links on, and by what.
    """

    file: PatrolFile
    ground: Ground
    vehicles: list[Vehicle]
    kinds: list[PlatformProfile]
    places: list[Place]
    rows: NDArray[np.int64]
    edges: Floats
    world: World
    relays: tuple[tuple[str, PlatformProfile], ...] = ()
    homeward: Homeward = field(default_factory=dict)


def problem_of(file: PatrolFile, ground: Ground, relays: tuple[tuple[str, PlatformProfile], ...] = ()) -> Problem:
    """Everything at its beginning: vehicles at home, cells as if just looked at. BadInput for misfits of the file."""
    vehicles = vehicles_of(file)
    kinds = kinds_of(vehicles)
    places = places_of(file)
    rows = np.flatnonzero(np.isfinite(ground.every_h) & (ground.weight.max(axis=1) > 1e-6))
    edges = _edges(file, ground)
    maker = Maker(file, ground, vehicles, kinds, places, rows, edges, relays)
    world = maker.made()
    return Problem(file, ground, vehicles, kinds, places, rows, edges, world, relays, maker.homeward)


def without(problem: Problem, busy: Collection[str]) -> Problem:
    """The problem of all vehicles but those who are busy with something else."""
    keep = [k for k, v in enumerate(problem.vehicles) if v.name not in busy]
    w = problem.world
    world = w._replace(craft=w.craft[keep], back=w.back[keep], lands=w.lands[keep], first=w.first[keep])
    return replace(problem, vehicles=[problem.vehicles[k] for k in keep], world=alike(world))


def _edges(file: PatrolFile, ground: Ground) -> Floats:
    """Hours at which something changes: weather, light, areas that open or close."""
    changes = {spell.start for spell in ground.spells}
    for area in file.keep_out:
        changes |= {hour for hour in (area.from_h - EARLY_H, area.to_h) if 0.0 < hour < file.hours}
    return np.array([*sorted(changes), max(file.hours, max(changes) + 1.0)])
