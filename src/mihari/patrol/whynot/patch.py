"""A few cells of a patrol with a fleet of one's choice: whether, how often and how well one cell can be looked at.

This is how explanations are tried: the patrol file, changed, goes through the same preparation and first plan as any
other, only that the area is one cell and its neighbours, and that nothing but the one cell counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import great_circle
from mihari.patrol.bound import bound
from mihari.patrol.file import AssetSection, PatrolFile
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.problem import Problem, problem_of
from mihari.patrol.search.anneal import start
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.made import empty_tours
from mihari.patrol.search.world import BEGIN, END, FREE_AT, RATE, Tours
from mihari.sensors.platform import PlatformProfile

OF_OTHERS = 1e-4  # of its weight is left to a neighbour: somewhere to go between two looks
ACROSS = 2.999  # cells to a side: the one, and one around it; a little less, or rounding would make it four
OF_SIGHT = ("area", "weather", "demand", "radar", "detect", "start", "hours")  # what decides who sees what
BEGINNINGS = 8  # times of launch that are tried for a first look

Floats = NDArray[np.float64]
Relays = tuple[tuple[str, PlatformProfile], ...]


@dataclass(frozen=True)
class Patch:
    """One cell (`middle`, a row of the world's cells) and its neighbours, and who may look at it."""

    problem: Problem
    middle: int

    def first_look(self, between: tuple[float, float] | None = None) -> float | None:
        """When the cell can first be looked at (h), within some hours; None: never by any of the fleet."""
        world = self.problem.world
        low, high = between or (float(world.span[BEGIN]), float(world.span[END]))
        for delay in np.linspace(low, high, BEGINNINGS, endpoint=False).tolist():
            craft = world.craft.copy()
            craft[:, FREE_AT] = np.maximum(craft[:, FREE_AT], delay)
            hours = [hour for hour in self._looks(craft) if low <= hour <= high]
            if hours:
                return hours[0]
        return None

    def share(self) -> float:
        """Of the hours, how many the cell is fresh in the first plan: somebody can do at least that."""
        world = self.problem.world
        tours = self._filled(world.craft)
        rates = world.weight[self.middle, :, RATE]
        edges = np.clip(np.append(world.edges[:-1], world.span[END]), world.span[BEGIN], world.span[END])
        whole = float((rates * np.diff(edges)).sum())
        return float(tours.value[self.middle]) / whole if whole else 1.0

    def bound(self) -> float:
        """Of the hours, how many the cell can be fresh at most if the whole fleet looks at nothing else."""
        return min(bound(self.problem.world) * (1 + len(self.problem.rows) * OF_OTHERS), 1.0)

    def _looks(self, craft: Floats) -> list[float]:
        tours = self._filled(craft)
        return [float(hour) for hour in tours.seen_h[self.middle, : tours.seen[self.middle]]]

    def _filled(self, craft: Floats) -> Tours:
        world = self.problem.world._replace(craft=craft)
        tours = empty_tours(world)
        if start(world, tours):
            fill(world, tours, np.array([1], np.uint64), np.zeros(len(tours.row), np.bool_), 1.0, 0.0)
        return tours


def patch_of(
    was: PatrolFile, ground: Ground, row: int, file: PatrolFile, assets: Sequence[AssetSection], relays: Relays = ()
) -> Patch:
    """The patch around a cell of a patrol (`row` of the ground of the file that `was`), for a fleet of such assets.

    `file` may be a changed one; what is seen is worked out anew where the change concerns it.
    """
    small = file.model_copy(update={"asset": tuple(assets), "look": ()})
    seen_alike = all(getattr(file, name) == getattr(was, name) for name in OF_SIGHT)
    if seen_alike and all(asset.platform in ground.dwell_h for asset in assets):
        cells = ground.cells
        near = (abs(cells.row - cells.row[row]) <= 1) & (abs(cells.column - cells.column[row]) <= 1)
        return _around(small, part_of(ground, np.flatnonzero(near)), int(near[:row].sum()), relays)
    lat, lon = float(ground.cells.lat_deg[row]), float(ground.cells.lon_deg[row])
    area = file.area.model_copy(
        update={"lat_deg": lat, "lon_deg": lon, "along_km": ACROSS * ground.cells.side[0] / 1000,
                "across_km": ACROSS * ground.cells.side[1] / 1000}
    )  # fmt: skip
    small = small.model_copy(update={"area": area})
    made = ground_of(small)
    away = great_circle(lat, lon, made.cells.lat_deg, made.cells.lon_deg)[0]
    unasked = ~np.isfinite(made.every_h) | (made.weight.max(axis=1) <= 0)
    return _around(small, made, int(np.where(unasked, np.inf, away).argmin()), relays)


def part_of(ground: Ground, rows: NDArray[np.int64]) -> Ground:
    """Some cells of a ground."""
    cells = ground.cells
    fields = ("lat_deg", "lon_deg", "sea", "shore", "corners", "points", "on_sea", "row", "column")
    return replace(
        ground, cells=replace(cells, **{name: getattr(cells, name)[rows] for name in fields}),
        every_h=ground.every_h[rows], vessel=ground.vessel[rows], weight=ground.weight[rows],
        watched=ground.watched[rows], dwell_h={name: dwell[rows] for name, dwell in ground.dwell_h.items()},
        seen={name: seen[rows] for name, seen in ground.seen.items()},
    )  # fmt: skip


def _around(file: PatrolFile, ground: Ground, row: int, relays: Relays) -> Patch:
    weight = np.asarray(OF_OTHERS * (ground.weight > 0), np.float64)
    weight[row] = ground.weight[row] / ground.weight[row].max()
    problem = problem_of(file, replace(ground, weight=weight), relays)
    return Patch(problem, int(np.flatnonzero(problem.rows == row)[0]))
