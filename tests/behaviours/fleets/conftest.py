"""Simulated coasts as scenes, made once a session: what a picture without errors would hold, each minute."""

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from mihari.behaviours.fleets import FleetBook, Scene
from mihari.core.behaviour import UNNAMED
from mihari.core.picture import Category
from mihari.simulate import Simulation, load
from mihari.simulate.calls import Behaviour

sys.path.insert(0, str(Path(__file__).parent))

NM = 1852.0
CATEGORIES = {"cargo": Category.CARGO, "anchored": Category.CARGO, "moored": Category.CARGO, "tanker": Category.TANKER,
              "ferry": Category.PASSENGER, "fishing": Category.FISHING, "pleasure": Category.PLEASURE,
              "boat": Category.OTHER, "tug": Category.SERVICE, "pilot": Category.SERVICE}  # fmt: skip


@dataclass
class Coast:
    """A simulation, its vessels' keys, and what a book made of it."""

    simulation: Simulation
    key: np.ndarray
    steps: list

    @property
    def start(self):
        return int(self.simulation.scenario.start)

    @property
    def events(self):
        return [event for event in self.simulation.traffic.events if event.kind == "fleet"]

    def vessels(self, event):
        return set(self.key[list(event.vessels)].tolist())

    def behaviours(self, kind):
        """As they stand at the end."""
        last = {b.id: b for step in self.steps for b in step.behaviours}
        return [b for b in last.values() if b.kind == kind]


def scene_of(simulation, key, elapsed):
    v, rows = simulation.vessels, np.arange(len(simulation.vessels))
    rows = rows[simulation.traffic.there(elapsed, rows)]
    moving, speaks = simulation.traffic.motion.at(elapsed, rows), v.has_ais[rows]
    category = np.array([CATEGORIES[kind] for kind in v.kind[rows]])
    return Scene.of(
        len(rows),
        key=key[rows],
        lat_deg=moving.lat_deg,
        lon_deg=moving.lon_deg,
        east_mps=moving.east_mps,
        north_mps=moving.north_mps,
        category=np.where(speaks, category, 0),
        status=np.where(speaks, v.status[rows], -1),
        hull_length=np.where(speaks, v.hull_length[rows], np.nan),
        shore_m=30_000.0,
        told=speaks,
    )


def sailed(seed, variants, size=None, base="strait", hours=5.0, step=60):
    calls = tuple(Behaviour("fleet", (25.9, 126.6), 25 * NM, variant=variant, size=size) for variant in variants)
    scenario = replace(load(base), seed=seed, duration=hours * 3600, behaviours=calls)
    simulation = Simulation(scenario)
    mmsi = simulation.vessels.mmsi.astype(np.int64)
    key = np.where(mmsi > 0, mmsi, UNNAMED + np.arange(len(mmsi)))
    book, coast = FleetBook(), Coast(simulation, key, [])
    for elapsed in np.arange(0, scenario.duration + 1, step):
        coast.steps.append(book.step(coast.start + int(elapsed), scene_of(simulation, key, elapsed)))
    return coast


@pytest.fixture(scope="session")
def coast():
    """`coast(seed, variants, size)`: simulated once."""
    kept = {}

    def make(seed, variants=(), size=None, **more):
        key = (seed, variants, size, *more.items())
        if key not in kept:
            kept[key] = sailed(seed, variants, size, **more)
        return kept[key]

    return make
