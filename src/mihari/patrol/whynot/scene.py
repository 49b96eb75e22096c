"""What explanations of cells begin with: who is free, how far each gets, how fresh the plan keeps every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.file import AssetSection, PatrolFile
from mihari.patrol.ground import Ground, holds
from mihari.patrol.plan import Plan
from mihari.patrol.problem import Problem
from mihari.patrol.search.world import BEGIN, END, LAST, RATE, TAU
from mihari.patrol.whynot.patch import Patch, Relays, patch_of
from mihari.patrol.whynot.reach import Able, able
from mihari.patrol.whynot.remedies import Cell

if TYPE_CHECKING:
    from mihari.patrol.planner import Prepared

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """A patrol as it is prepared, and its plan. tries: changes to try for one demand; told: of those that help."""

    prepared: Prepared
    plan: Plan
    tries: int
    told: int

    @property
    def file(self) -> PatrolFile:
        """Of the patrol."""
        return self.prepared.file

    @property
    def ground(self) -> Ground:
        """What is to be watched."""
        return self.prepared.ground

    @property
    def problem(self) -> Problem:
        """What those who keep no station work on."""
        return self.prepared.problem

    @property
    def relays(self) -> Relays:
        """Stations that pass links on."""
        return tuple((station, vehicle.platform) for station, vehicle in self.prepared.manned.relays)

    @cached_property
    def able(self) -> list[Able]:
        """How far each asset gets, by cell."""
        return able(self.problem)

    @cached_property
    def assets(self) -> tuple[AssetSection, ...]:
        """Of those who are free to look at cells, each once, with how many there are."""
        counts: dict[tuple[str, str], int] = {}
        for v in self.problem.vehicles:
            if not v.section.on_call:
                key = v.platform.id, v.section.home
                counts[key] = counts.get(key, 0) + 1
        return tuple(
            a.vehicle.section.model_copy(
                update={"name": f"free {i}", "count": counts[a.vehicle.platform.id, a.vehicle.section.home]}
            )
            for i, a in enumerate(self.able)
        )  # fmt: skip

    @cached_property
    def demands(self) -> list[str]:
        """The demand that counts for each cell of the world."""
        named = np.full(len(self.ground.cells), "", dtype=object)
        for demand in self.file.demand:
            named[holds(demand, self.ground.cells)] = demand.name
        return [str(name) for name in named[self.problem.rows]]

    @cached_property
    def whole(self) -> Floats:
        """Weight times hours of each cell of the world."""
        return self._sums()[1][:, -1]

    @cached_property
    def fresh(self) -> Floats:
        """Share of them in which the plan keeps it fresh."""
        world = self.problem.world
        begin, end = float(world.span[BEGIN]), float(world.span[END])
        edges, sums = self._sums()
        rows = {int(row): token for token, row in enumerate(self.problem.rows)}
        looks: list[list[float]] = [[float(world.cell[c, LAST])] for c in range(len(world.cell))]
        start = self.file.start.timestamp()
        for sortie in self.plan.sorties:
            for stop in sortie.stops:
                token = rows.get(int(stop.name)) if stop.purpose == "cell" else None
                hour = (stop.leave - start) / 3600
                if token is not None and begin <= hour <= end:
                    looks[token].append(hour)
        shares = np.ones(len(world.cell))
        for c, hours in enumerate(looks):
            first = np.sort(np.array(hours))
            last = np.minimum(first + world.cell[c, TAU], np.append(first[1:], end))
            got = np.interp(last, edges, sums[c]) - np.interp(np.maximum(first, begin), edges, sums[c])
            shares[c] = np.maximum(got, 0.0).sum() / self.whole[c] if self.whole[c] else 1.0
        return shares

    def _sums(self) -> tuple[Floats, Floats]:
        """Hours at which something changes, and the weight of each cell until then."""
        world = self.problem.world
        edges = np.clip(np.append(world.edges[:-1], world.span[END]), world.span[BEGIN], world.span[END])
        sums = np.cumsum(world.weight[..., RATE] * np.diff(edges), axis=1)
        return edges, np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)

    def cell(self, token: int, between: tuple[float, float] | None = None) -> Cell:
        """A cell of the world, to be asked about."""
        row = int(self.problem.rows[token])
        return Cell(self.file, self.ground, self.relays, row, self.assets, between, self.tries, self.told)

    def patch(self, token: int, file: PatrolFile, assets: Sequence[AssetSection]) -> Patch:
        """A cell of the world and its neighbours, for a patrol file that may be changed, and a fleet."""
        return patch_of(self.file, self.ground, int(self.problem.rows[token]), file, assets, self.relays)

    def rows(self, tokens: list[int]) -> list[int]:
        """The ground's rows of cells of the world: the numbers that plans tell."""
        return [int(self.problem.rows[token]) for token in tokens]
