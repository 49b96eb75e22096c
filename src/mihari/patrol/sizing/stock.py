"""All that a fleet may be made of, prepared once: every fleet's world is then put together from its rows.

What sensors see, legs and links follow from the platforms and not from how many there are of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.problem import Problem, problem_of
from mihari.patrol.search.world import FREE_AT, SPOTS, World
from mihari.patrol.sizing.candidates import Candidate
from mihari.patrol.stations import Manned, man
from mihari.patrol.vehicles import vehicles_of
from mihari.sensors.platform import profile

Counts = Mapping[str, int]
OF_VEHICLES = ("craft", "back", "lands", "first")  # arrays of a world with a row for each


def with_rows(world: World, rows: NDArray[np.int64]) -> World:
    """The world with other vehicles: those of such rows, in their order, each as often as it is named."""
    return world._replace(**{name: getattr(world, name)[rows] for name in OF_VEHICLES})


@dataclass(frozen=True)
class Fleet:
    """A fleet as the planner works on it: the file with it, the ground, who keeps stations, the world of the rest."""

    file: PatrolFile
    ground: Ground
    manned: Manned
    problem: Problem


class Stock:
    """Candidates of a patrol -> fleets of so many of each, prepared as the planner wants them."""

    def __init__(self, file: PatrolFile, candidates: list[Candidate]) -> None:
        self.file, self.candidates = file, candidates
        self.kept = tuple(asset for asset in file.asset if asset.on_call)
        everybody = tuple(c.asset for c in candidates) + self.kept
        self.most = sum(c.most for c in candidates) + sum(asset.count for asset in self.kept)
        self.whole = file.model_copy(update={"asset": everybody})
        self.ground = ground_of(self.whole)
        self._manned: dict[tuple[int, ...], Manned] = {}
        self._problems: dict[tuple[tuple[str, str], ...], Problem] = {}

    @property
    def problem(self) -> Problem:
        """Of one vehicle of each candidate, none of which keeps a station."""
        return self._problem(())

    def file_of(self, counts: Counts) -> PatrolFile:
        """The patrol file with such a fleet, every vehicle an asset of its own: `tb2 #1`, `tb2 #2`."""
        assets = [
            c.asset.model_copy(
                update={"name": f"{c.name} #{i + 1}", "ready_h": c.asset.ready_h + i * c.asset.stagger_h}
            )
            for c in self.candidates for i in range(counts.get(c.name, 0))
        ]  # fmt: skip
        return self.file.model_copy(update={"asset": (*assets, *self.kept)})

    def fleet(self, counts: Counts) -> Fleet:
        """What the planner needs to know of a fleet: the same as from its file, without the wait."""
        file = self.file_of(counts)
        manned = self._man(file, counts)
        relays = tuple((station, vehicle.platform) for station, vehicle in manned.relays)
        whole = self._problem(tuple((station, platform.id) for station, platform in relays))
        vehicles = [v for v in vehicles_of(file) if v.name not in manned.vehicles]
        rows = {v.section.name: row for row, v in enumerate(whole.vehicles)}
        like = [v.section.name if v.section in self.kept else v.name.rsplit(" #", 1)[0] for v in vehicles]
        taken = np.array([rows[name] for name in like], np.int64)
        world = with_rows(whole.world, taken)
        world.craft[:, FREE_AT] = [v.ready_h for v in vehicles]
        port = whole.world.port.copy()
        spots = np.array([place.spots for place in whole.places], float)
        port[:, SPOTS] = np.where(spots < self.most, spots, np.inf)
        world = world._replace(port=port)
        return Fleet(file, self.ground, manned, replace(whole, file=file, vehicles=vehicles, world=world))

    def _man(self, file: PatrolFile, counts: Counts) -> Manned:
        """Who keeps the stations; the same for fleets that differ in nobody who could."""
        able = {name for station in file.station for name in station.platforms}
        anyone = any(not station.platforms for station in file.station)
        key = tuple(
            counts.get(c.name, 0)
            if c.asset.platform in able or (anyone and profile(c.asset.platform).kind == "aircraft") else 0
            for c in self.candidates
        )  # fmt: skip
        if key not in self._manned:
            self._manned[key] = man(file, self.ground, vehicles_of(file))
        return self._manned[key]

    def _problem(self, relays: tuple[tuple[str, str], ...]) -> Problem:
        if relays not in self._problems:
            told = tuple((station, profile(platform)) for station, platform in relays)
            self._problems[relays] = problem_of(self.whole, self.ground, told)
        return self._problems[relays]
